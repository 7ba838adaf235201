scratch = tempfile.mkdtemp()
atexit.register(shutil.rmtree, scratch, True)
os.chdir(scratch)


def path(name, length=0):
    """A path in a scratch folder, padded to so many bytes."""
    return os.path.join(scratch, name).ljust(length, "x")
