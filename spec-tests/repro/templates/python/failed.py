def failed(*trouble):
    """An expectation refers to what an earlier step should have given, and did not."""
    traceback.print_exception(*trouble)
    print("departs")


sys.excepthook = failed
