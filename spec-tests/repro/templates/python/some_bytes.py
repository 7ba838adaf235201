def some_bytes(got):  # Python 2 has one type for text and bytes
    return isinstance(got, (bytes, type(u"")) if str is bytes else bytes)
