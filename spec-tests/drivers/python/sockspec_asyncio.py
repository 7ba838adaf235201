"""asyncio's socket coroutines as a socket module, run to their end: --module sockspec_asyncio

The loop's getaddrinfo, getnameinfo and sock_ methods take the place of the module's functions and the sockets' methods of
those names. A socket is made, bound and closed as asyncio has it: by the standard module, non-blocking. Whatever has no
counterpart in the loop is lacking. SOCKSPEC_LOOP=uvloop takes uvloop's loop instead.
"""

import os
import socket as standard

import __main__ as driver  # what is lacking is told by its class
from socket import *  # noqa: F401,F403 - the constants

if os.environ.get("SOCKSPEC_LOOP") == "uvloop":
    import uvloop as package
else:
    import asyncio as package

__version__ = getattr(package, "__version__", "%s.new_event_loop" % package.__name__)
LOOP = package.new_event_loop()
error, gaierror, herror, timeout = standard.error, standard.gaierror, standard.herror, standard.timeout
PLAIN = ("bind", "close", "fileno", "getpeername", "getsockname", "getsockopt", "listen", "setsockopt", "shutdown")
AWAITED = ("accept", "connect", "recv", "recvfrom", "sendall", "sendto")
# The loop's methods take no flags: recv(bufsize), sendall(data), sendto(data, address).
MOST = {"accept": 0, "connect": 1, "recv": 1, "recvfrom": 1, "sendall": 1, "sendto": 2}


def lacking(name):
    raise driver.Lacking("%s has no counterpart of %s" % (package.__name__, name))


class Socket(object):
    def __init__(self, inner):
        inner.setblocking(False)
        self._inner = inner

    def __getattr__(self, name):
        if name in PLAIN:
            return getattr(self._inner, name)
        method = getattr(LOOP, "sock_" + name, None)
        if name not in AWAITED or method is None:
            lacking(name)

        def call(*args, **named):
            if len(args) > MOST[name]:
                lacking("%s with %d arguments" % (name, len(args)))
            try:
                result = LOOP.run_until_complete(method(self._inner, *args, **named))
            except NotImplementedError:
                lacking("sock_" + name)
            return (Socket(result[0]), result[1]) if name == "accept" else result

        return call


SocketType = Socket


def socket(*args, **named):
    return Socket(standard.socket(*args, **named))


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    hints = {"family": family, "type": type, "proto": proto, "flags": flags}
    return LOOP.run_until_complete(LOOP.getaddrinfo(host, port, **hints))


def getnameinfo(*args):
    return LOOP.run_until_complete(LOOP.getnameinfo(*args))


def without(name):
    return lambda *args, **named: lacking(name)


for _name in (
    "gethostbyname gethostbyname_ex gethostbyaddr gethostname getfqdn getservbyname getprotobyname ntohl ntohs htonl htons "
    "inet_aton inet_ntoa fromfd"
).split():
    globals()[_name] = without(_name)
