def a_bool(got):
    return isinstance(got, bool)
