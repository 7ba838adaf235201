"""trio.socket with its coroutines run to their end, so that the driver can call it: --module sockspec_trio

Each call is a trio.run() of its own. A trio socket registers with the running loop while it waits and not longer, so that
it outlives one. Nothing is added: what trio.socket lacks is lacking here.
"""

import inspect

import trio
import trio.socket

__version__ = trio.__version__
error, gaierror, herror, timeout = OSError, trio.socket.gaierror, trio.socket.herror, TimeoutError


class Socket:
    """A trio socket whose methods return what they are awaited for."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return awaited(getattr(self._inner, name))


SocketType = Socket


def wrap(value):
    if isinstance(value, trio.socket.SocketType):
        return Socket(value)
    return tuple(map(wrap, value)) if isinstance(value, tuple) else value


def awaited(function):
    if not callable(function) or inspect.isclass(function):
        return function

    def call(*args, **named):
        async def wait():
            result = function(*args, **named)
            return await result if inspect.isawaitable(result) else result

        return wrap(trio.run(wait))

    return call


def __getattr__(name):
    return awaited(getattr(trio.socket, name))


def __dir__():
    return dir(trio.socket)
