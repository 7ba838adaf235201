def regex(pattern):
    """Text or bytes, the whole of it, byte by byte."""
    whole = re.compile(b"(?s)(?:" + pattern + b")\\Z")

    def test(got):
        if isinstance(got, type(u"")):
            got = got.encode("utf-8", "strict" if str is bytes else "surrogateescape")
        return isinstance(got, bytes) and whole.match(got) is not None

    return test
