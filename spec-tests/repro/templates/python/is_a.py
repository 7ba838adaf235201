DOCUMENTED = ("timeout", "gaierror", "herror", "error")


def classes(raised):
    """Its classes, nearest first; the module's own errors by the names that the document gives them."""
    names = []
    for each in type(raised).__mro__:
        names += [name for name in DOCUMENTED if each is getattr(socket, name, None)] + [each.__name__]
    return names


def is_a(raised, wanted):
    """The document's own classes are told apart, an ordinary one is met by its subclasses too."""
    names = classes(raised)
    own = [name for name in names if name in DOCUMENTED]
    return own[0] == wanted if own else wanted in names
