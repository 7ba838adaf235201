def drain(sock):
    """Starts to read until the end; Background.wait(sock) gives all the bytes."""
    Background(sock, lambda: b"".join(iter(lambda: sock.recv(65536), b"")))
