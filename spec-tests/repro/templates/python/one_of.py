def one_of(*wants):
    return lambda got: any(matches(got, want) for want in wants)
