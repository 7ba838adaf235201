#!/usr/bin/env python
"""Puts a Python module with a socket interface behind sockspec's wire: sockspec_driver.py [--module NAME]

One file, standard library only, the same for CPython 2.7 and 3.6 onwards, PyPy and Jython. Requests come as JSON
lines on standard input, replies leave on standard output. The driver translates and does no more: it repairs, reorders
and renames nothing, and it knows nothing of what the suite expects.

In this order: the wire (streams and lines), text, the driver (values, then operations), work, the main loop.
"""

from __future__ import print_function

import argparse
import binascii
import errno
import gc
import importlib
import io
import itertools
import json
import os
import platform
import re
import sys
import time
import traceback
import types

PROTOCOL = 1
EXACT = 2 ** 53  # integers up to this size travel as JSON numbers, larger ones as digits
DEEPEST = 32  # tuples and lists inside each other that the protocol allows
PYTHON_2 = sys.version_info[0] == 2
JAVA = sys.platform.startswith("java")
if PYTHON_2:
    TEXT, INTEGERS, CLASSES = (str, unicode), (int, long), (type, types.ClassType)  # noqa: F821
else:
    TEXT, INTEGERS, CLASSES = str, int, type
# Values that a test would not call a method of: they travel as their repr and are not kept.
# Tuples and lists come here when they lie too deep in each other.
SHOWN = (bytearray, memoryview, dict, set, frozenset, complex, BaseException, types.ModuleType, tuple, list)
# What these return is a socket and a file by definition, whatever its class.
MAKERS = {"socket": "socket", "makefile": "file"}


class Malformed(Exception):
    """The request makes no sense: the reply is a fault."""


class Lacking(Exception):
    """The module has no such thing: the reply is unsupported."""


# The wire -----------------------------------------------------------------------------------------------------------


def take_streams():
    """Takes the standard streams away from everybody else: a function that reads a line, one that writes some bytes.

    Afterwards descriptor 0 is empty and descriptor 1 is standard error, so that nothing which the module under test
    reads or prints, in Python, in C or in a child process, can touch the wire.
    """
    if not hasattr(os, "dup2"):
        return take_stream_objects()
    requests, replies, nothing = os.dup(0), os.dup(1), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if PYTHON_2:  # Python 3 keeps its copies from child processes by itself
        import fcntl

        fcntl.fcntl(requests, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        fcntl.fcntl(replies, fcntl.F_SETFD, fcntl.FD_CLOEXEC)

    def write(data):
        while data:
            data = data[os.write(replies, data):]

    return io.open(requests, "rb").readline, write


def take_stream_objects():
    """For Jython, which cannot duplicate descriptors: replaces the streams of Python and of Java instead."""
    requests, replies = sys.stdin, sys.stdout
    sys.stdin = sys.__stdin__ = open(os.devnull)
    sys.stdout = sys.__stdout__ = sys.stderr
    if JAVA:
        from java.io import ByteArrayInputStream
        from java.lang import System

        System.setIn(ByteArrayInputStream(b""))
        System.setOut(System.err)

    def write(data):
        replies.write(data)
        replies.flush()

    return requests.readline, write


# Made once: json.loads and json.dumps would go through their options for every line.
parse = json.JSONDecoder().decode
render = json.JSONEncoder(separators=(",", ":")).encode


# Text ---------------------------------------------------------------------------------------------------------------


def unhex(digits):
    return binascii.unhexlify(digits.encode("ascii"))


def is_utf8(data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # Python 2 lets surrogates pass, which are no UTF-8: 0xed, then 0xa0 to 0xbf.
    return not (PYTHON_2 and re.search(b"\xed[\xa0-\xbf]", data))


def encode_text(text):
    """Text as JSON text where it is UTF-8, else as {"str": hex of its bytes}."""
    if PYTHON_2:
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        if is_utf8(data):
            return data.decode("utf-8")
    else:
        try:
            text.encode("utf-8")
            return text
        except UnicodeEncodeError:
            pass
        try:
            data = text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            data = b""
        if is_utf8(data):  # surrogates that do not stand for undecodable bytes: they travel as they are
            data = text.encode("utf-8", "surrogatepass")
    return {"str": binascii.hexlify(data).decode("ascii")}


def shown(value, how=repr):
    """How a value shows itself, for people to read: always text that JSON can carry, whatever its repr does."""
    try:
        text = how(value)
    except Exception:
        text = "<%s that cannot be shown>" % type(value).__name__
    if PYTHON_2:
        return text.decode("utf-8" if is_utf8(text) else "latin-1")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Driver(object):
    def __init__(self, name, module):
        self.name = name
        self.module = module
        self.objects = {}  # number -> object; it keeps them alive, so no id() stands for two of them
        self.numbers = {}  # id() -> number
        self.last = 0  # the last number that was given
        sockets = [getattr(module, each, None) for each in ("socket", "SocketType")]
        files = [io.IOBase, getattr(module, "_fileobject", None)] + ([file] if PYTHON_2 else [])  # noqa: F821
        self.sockets = tuple(each for each in sockets if isinstance(each, CLASSES))
        self.files = tuple(each for each in files if isinstance(each, CLASSES))
        self.made = {}  # further classes -> kind, see MAKERS
        errors = ("timeout", "gaierror", "herror", "error")
        self.errors = [(each, getattr(module, each)) for each in errors if hasattr(module, each)]

    # Values -----------------------------------------------------------------------------------------------------

    def encode(self, value, room=DEEPEST):
        """A Python value as the wire's JSON."""
        if value is None or value is True or value is False:
            return value
        if isinstance(value, INTEGERS):
            value = int(value)  # a member of an enum is its number
            return value if -EXACT <= value <= EXACT else {"int": "%d" % value}
        if isinstance(value, TEXT):
            return encode_text(value)
        if isinstance(value, bytes):
            return {"bytes": binascii.hexlify(value).decode("ascii")}
        if isinstance(value, (tuple, list)) and room:
            items = [self.encode(item, room - 1) for item in value]
            return {"tuple": items} if isinstance(value, tuple) else {"list": items}
        if isinstance(value, float):
            return {"float": repr(float(value))}
        kind = self.kind(value)
        if kind is None:
            return {"opaque": shown(value)}
        if id(value) not in self.numbers:
            self.last += 1
            self.numbers[id(value)] = self.last
            self.objects[self.last] = value
        return {"object": self.numbers[id(value)], "kind": kind}

    def kind(self, value):
        """What an object is called on the wire; None when it is shown instead of kept."""
        if isinstance(value, CLASSES):
            return "type"
        if isinstance(value, self.sockets):
            return "socket"
        if isinstance(value, self.files):
            return "file"
        if type(value) in self.made:
            return self.made[type(value)]
        # What can be called is a function or a method: shown too.
        return None if isinstance(value, SHOWN) or callable(value) else type(value).__name__

    def decode(self, value):
        """The wire's JSON as a Python value."""
        if value is None or isinstance(value, INTEGERS):
            return value
        if isinstance(value, TEXT):
            return value.encode("utf-8") if PYTHON_2 else value
        if isinstance(value, dict) and "object" in value:
            return self.object(value)
        if not isinstance(value, dict) or len(value) != 1:
            raise Malformed("no value: %s" % shown(value))
        (tag, content), = value.items()
        if tag == "tuple":
            return tuple([self.decode(item) for item in content])
        if tag == "list":
            return [self.decode(item) for item in content]
        if tag == "const":
            return self.constant(content)
        if tag == "bytes":
            return unhex(content)
        if tag == "str":
            return unhex(content) if PYTHON_2 else unhex(content).decode("utf-8", "surrogateescape")
        if tag == "int":
            return int(content)
        if tag == "float":
            return float(content)
        raise Malformed("no value has the tag %s" % shown(tag))

    def constant(self, names):
        """The constant of that name, or of several names joined by '|', as the module has it (an enum's member)."""
        result = None
        for name in names.split("|"):
            number = getattr(self.module, name, getattr(errno, name, None))
            if not isinstance(number, INTEGERS):
                raise Lacking("%s has no constant %s" % (self.name, name))
            result = number if result is None else result | number
        return result

    def object(self, reference):
        if reference["object"] not in self.objects:
            raise Malformed("no object has the number %s since the last reset" % shown(reference["object"]))
        return self.objects[reference["object"]]

    def raised(self, exception):
        classes = []
        for each in getattr(exception.__class__, "__mro__", (exception.__class__,)):
            # The module's errors may be classes of other names, OSError for one. They go by both, the document's first.
            names = [name for name, error in self.errors if error is each]
            classes += names if each.__name__ in names else names + [each.__name__]
        args = [self.encode(each) for each in getattr(exception, "args", ())]
        return {"classes": classes, "args": args, "text": shown(exception, str)}

    # Operations -------------------------------------------------------------------------------------------------

    def answer(self, line):
        """One request, one reply, both a line of bytes."""
        number = None
        try:
            request = parse(line.decode("utf-8"))
            number = request["id"]
            operation = getattr(self, "op_" + request["op"], None)
            if operation is None:
                raise Malformed("no operation is called %s" % shown(request["op"]))
            reply = operation(request)
        except Lacking as why:
            reply = {"unsupported": shown(why, str)}
        except Malformed as why:
            reply = {"fault": shown(why, str)}
        except Exception as trouble:
            # The driver's own trouble, or the harness's. What the module under test raises ends in attempt().
            reply = {"fault": "%s: %s" % (type(trouble).__name__, shown(trouble, str))}
        reply["id"] = number
        return render(reply).encode("ascii") + b"\n"

    def op_hello(self, request):
        if request["protocol"] != PROTOCOL:
            raise Malformed("this driver speaks protocol %d, not %s" % (PROTOCOL, shown(request["protocol"])))
        name, version = describe(self.name)
        hello = {"protocol": PROTOCOL, "name": name, "version": version, "platform": describe_platform()}
        hello["edition"] = "2.2" if PYTHON_2 else "3"
        hello["strings"] = "one" if PYTHON_2 else "distinct"
        hello["constants"] = dict(constants(errno), **constants(self.module))
        hello["capabilities"] = []
        return {"hello": hello}

    def op_call(self, request):
        target, name = self.target(request)
        args = [self.decode(each) for each in request["args"]]
        named = dict((str(key), self.decode(each)) for key, each in request.get("named", {}).items())
        return self.attempt(self.invoke, target, name, args, named)

    def invoke(self, target, name, args, named):
        try:
            function = getattr(target, name)
        except AttributeError:
            raise Lacking("%s has no %s" % (self.name if target is self.module else self.kind(target), name))
        result = function(*args, **named)
        if name in MAKERS:
            self.made[type(result)] = MAKERS[name]
        return result

    def op_get(self, request):
        return self.attempt(getattr, *self.target(request))

    def target(self, request):
        if not isinstance(request["name"], TEXT):
            raise Malformed("no name: %s" % shown(request["name"]))
        return self.object(request["on"]) if "on" in request else self.module, str(request["name"])

    def attempt(self, action, *args):
        """What the action returns or raises, as a reply."""
        try:
            result = action(*args)
        except Lacking:
            raise
        except:  # noqa: E722 - all that can be raised is an outcome: SystemExit, Python 2's old-style classes
            return {"raised": self.raised(sys.exc_info()[1])}
        return {"returned": self.encode(result)}

    def op_echo(self, request):
        return {"returned": self.encode(self.decode(request["value"]))}

    def op_ping(self, _):
        return {"pong": True}

    def op_forget(self, request):
        """Drops the last reference to an object, and collects what nobody refers to any more."""
        del self.numbers[id(self.object(request["on"]))]
        del self.objects[request["on"]["object"]]
        for _ in range(3):  # some collectors finalize in one pass what they free in the next
            gc.collect()
        return {"returned": None}

    def op_work(self, request):
        """Something many times over, and how long it took."""
        try:
            if "on" in request:
                took = serve(self.object(request["on"]), request["connections"], request["buffer"])
            elif "message" in request:
                took = ask([self.decode(each) for each in request["args"]], request["message"], request["times"])
            else:
                function = getattr(self.module, request["name"]) if "name" in request else nothing
                took = repeat(function, [self.decode(each) for each in request.get("args", ())], request["times"])
        except (Lacking, Malformed):
            raise
        except:  # noqa: E722 - as in attempt()
            return {"raised": self.raised(sys.exc_info()[1])}
        return {"took": took}

    def op_reset(self, _):
        for _, each in sorted(self.objects.items()):
            try:
                if not isinstance(each, CLASSES):
                    each.close()
            except:  # noqa: E722 - it has no such method, was closed before, or is broken
                pass
        self.objects.clear()
        self.numbers.clear()
        self.last = 0
        return {"reset": True}


def describe(module_name):
    """The name and the version of the implementation; for another module than socket, of its package as well."""
    name, version = platform.python_implementation(), platform.python_version()
    own = getattr(sys, "pypy_version_info", None) or getattr(getattr(sys, "implementation", None), "version", None)
    if own and own[:3] != sys.version_info[:3]:
        version += " (%s %d.%d.%d)" % ((name,) + tuple(own[:3]))
    if module_name != "socket":
        name = "%s on %s" % (module_name, name)
        package = module_name.split(".")[0]
        package_version = getattr(sys.modules.get(package), "__version__", None)
        version += ", %s %s" % (package, package_version) if package_version else ""
    return name, version


def describe_platform():
    # os.uname() where there is one: platform.system() starts a process in some versions of Python.
    system, machine = os.uname()[::4] if hasattr(os, "uname") else (platform.system(), platform.machine())
    try:
        library = os.confstr("CS_GNU_LIBC_VERSION")  # platform.libc_ver() reports what the executable asks for at least
    except (AttributeError, ValueError, OSError):
        library = None
    return "%s %s%s" % (system, machine, ", " + library if library else "")


def constants(module):
    """Every integer of the module with an upper-case name."""
    values = [(name, getattr(module, name, None)) for name in dir(module) if name.isupper() and name[0] != "_"]
    return dict((name, int(value)) for name, value in values if isinstance(value, INTEGERS) and abs(value) < 2 ** 63)


# Work: what is measured, with nothing of the driver inside its loops ---------------------------------------------------

if hasattr(time, "perf_counter_ns"):
    clock = time.perf_counter_ns
else:

    def clock():
        return int(getattr(time, "perf_counter", time.time)() * 1e9)


def nothing():
    pass


def repeat(function, args, times):
    start = clock()
    for _ in itertools.repeat(None, times):
        try:
            function(*args)
        except Exception:  # to fail is an answer too: that a host is unknown
            pass
    return [clock() - start]


def serve(server, connections, size):
    """The document's echo server: until a connection ends, or an empty datagram comes."""
    start = clock()
    if not connections:
        while True:
            data, sender = server.recvfrom(size)
            if not data:
                return [clock() - start]
            server.sendto(data, sender)
    accepted = [server.accept()[0] for _ in range(connections)]
    try:
        while True:
            for connection in accepted:
                data = connection.recv(size)
                if not data:
                    return [clock() - start]
                connection.send(data)
    finally:
        for connection in accepted:
            connection.close()


def ask(clients, size, times):
    """The document's echo client: how long each round took."""
    took, message = [], b"x" * size
    for _ in itertools.repeat(None, times):
        start = clock()
        for client in clients:
            client.sendall(message)
        for client in clients:
            missing = size
            while missing > 0:
                data = client.recv(size)
                if not data:
                    raise EOFError("the server is gone")
                missing -= len(data)
        took.append(clock() - start)
    return took


# The main loop ------------------------------------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description="Puts a Python module with a socket interface behind sockspec's wire.")
    parser.add_argument("--module", default="socket", metavar="NAME", help="what to test (default: %(default)s)")
    name = parser.parse_args().module
    if not JAVA:
        # An interrupt ends the driver at once: a KeyboardInterrupt is then always the module's own.
        import signal

        signal.signal(signal.SIGINT, signal.SIG_DFL)
    read, write = take_streams()  # before the import, since a module may print while it is imported
    try:
        module = importlib.import_module(name)
    except BaseException as trouble:
        if not isinstance(trouble, ImportError):
            traceback.print_exc()
        why = "%s: %s" % (type(trouble).__name__, shown(trouble, str))
        print("sockspec_driver: cannot import %s: %s" % (name, why), file=sys.stderr)
        sys.exit(3)
    driver = Driver(name, module)
    for line in iter(read, b""):
        reply = driver.answer(line)
        try:
            write(reply)
        except EnvironmentError:  # nobody listens any more
            os._exit(1)


if __name__ == "__main__":
    main()
