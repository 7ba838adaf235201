def members(count, want):
    return lambda got: isinstance(got, (tuple, list)) and len(got) == count and matches(got, want)
