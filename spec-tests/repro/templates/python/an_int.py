def an_int(got):
    return isinstance(got, numbers.Integral) and not isinstance(got, bool)
