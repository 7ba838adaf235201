def text(data):
    """Text of these bytes, in the type that this Python has for text."""
    return data if str is bytes else data.decode("utf-8", "surrogateescape")
