def peer(family, kind):
    """The other end: a plain socket that never waits for long."""
    sock = PLAIN.socket(family, kind)
    sock.settimeout(5)
    return sock
