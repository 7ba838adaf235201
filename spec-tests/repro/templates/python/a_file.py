def a_file(got):
    return isinstance(got, (io.IOBase, getattr(socket, "_fileobject", io.IOBase)))
