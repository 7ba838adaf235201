def forget(name):
    """Drops the last reference to what has that name, without closing it, and collects."""
    del globals()[name]
    gc.collect()
