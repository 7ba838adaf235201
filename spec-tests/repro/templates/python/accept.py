def accept(listener):
    sock, address = listener.accept()
    sock.settimeout(5)
    return sock, address
