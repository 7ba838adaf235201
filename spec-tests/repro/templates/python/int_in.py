def int_in(low, high):
    return lambda got: isinstance(got, numbers.Integral) and not isinstance(got, bool) and low <= got <= high
