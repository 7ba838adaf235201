def a_str(got):
    return isinstance(got, (str, type(u"")))
