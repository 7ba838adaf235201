def a_socket(got):
    return isinstance(got, socket.socket) or type(got).__name__ == "socket"
