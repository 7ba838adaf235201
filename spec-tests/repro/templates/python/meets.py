def meets(got, raised, returns=anything, raises=None, args=anything, also=""):
    if raises is None:
        return raised is None and matches(got, returns)
    if raised is None or not any(is_a(raised, name) for name in raises.split(" or ")):
        return False
    return matches(raised.args, args) and all(name in classes(raised) for name in also.split())
