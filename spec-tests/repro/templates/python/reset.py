def reset(sock):
    """Closes with a reset: a linger of zero turns the close into one."""
    sock.setsockopt(PLAIN.SOL_SOCKET, PLAIN.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
