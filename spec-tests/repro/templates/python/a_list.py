def a_list(got):
    return isinstance(got, list)
