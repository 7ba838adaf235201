def a_tuple(got):
    return isinstance(got, tuple)
