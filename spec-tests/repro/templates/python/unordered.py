def unordered(*wants):
    """Just these, in any order."""
    return lambda got: isinstance(got, (tuple, list)) and len(got) == len(wants) and assign(wants, got)
