def recv_exactly(sock, size):
    """So many bytes, or fewer when the end comes first."""
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            break
        data += more
    return data
