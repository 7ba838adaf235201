def assign(wants, items):
    """Whether each of the wanted can have an item of its own, however they overlap."""
    owner = {}

    def place(want, seen):
        for at, item in enumerate(items):
            if at not in seen and matches(item, wants[want]):
                seen.add(at)
                if at not in owner or place(owner[at], seen):
                    owner[at] = want
                    return True
        return False

    return all(place(want, set()) for want in range(len(wants)))
