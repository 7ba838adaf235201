def matches(got, want):
    """Equal, and of equal type: True is no int, a tuple is no list."""
    if isinstance(want, types.FunctionType):
        return want(got)
    if isinstance(want, (tuple, list)):
        alike = isinstance(got, tuple if isinstance(want, tuple) else list)
        return alike and len(got) == len(want) and all(map(matches, got, want))
    if str is bytes and isinstance(got, type(u"")):
        got = got.encode("utf-8")
    both_int = isinstance(got, numbers.Integral) and isinstance(want, numbers.Integral)
    alike = (both_int or isinstance(got, type(want))) and isinstance(got, bool) == isinstance(want, bool)
    return alike and got == want
