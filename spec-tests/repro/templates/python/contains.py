def contains(*wants):
    """At least these, in any order."""
    return lambda got: isinstance(got, (tuple, list)) and assign(wants, got)
