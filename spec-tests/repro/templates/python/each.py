def each(want):
    return lambda got: isinstance(got, (tuple, list)) and len(got) > 0 and all(matches(item, want) for item in got)
