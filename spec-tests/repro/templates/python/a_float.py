def a_float(got):
    return isinstance(got, float)
