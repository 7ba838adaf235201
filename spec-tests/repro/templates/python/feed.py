def feed(sock, data):
    """Starts to send, and closes the sending side after it."""
    Background(sock, lambda: (sock.sendall(data), sock.shutdown(1))[1])
