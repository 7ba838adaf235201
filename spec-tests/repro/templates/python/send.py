def send(sock, data):
    sock.sendall(data)
    return len(data)
