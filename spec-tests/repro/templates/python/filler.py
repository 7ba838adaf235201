def filler(length):
    """So many bytes in which a lost or swapped piece shows."""
    return bytes(bytearray((i % 251 + i // 251 * 7) % 256 for i in range(length)))
