def a_class(got):
    return isinstance(got, type)
