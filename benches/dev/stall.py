#!/usr/bin/env python3
"""When the document's echo server stalls on this system.

The server asks for 1,024 bytes at once and sends back what came; the client sends a message and waits until all of it is back.
One condition is changed at a time. `python3 benches/dev/stall.py`, with nothing but Python 3 on Linux.
"""
import os
import socket
import statistics
import sys
import time

STALL = 0.02  # seconds: nothing but a timer takes that long on loopback
EXCHANGES = 12
BUFFER = 1024


def serve(listening, family, buffer, nodelay, core):
    if core is not None:
        os.sched_setaffinity(0, {core})
    connection, _ = listening.accept()
    if nodelay:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        data = connection.recv(buffer)
        if not data:
            return
        connection.send(data)


def exchange(size=4096, buffer=BUFFER, server_nodelay=False, client_nodelay=False, quickack=False, segment=None,
             pause=0.0, halves=False, new_connection=False, cores=(None, None), family=socket.AF_INET):
    """How long each exchange took, in seconds."""
    took = []
    rounds = EXCHANGES if new_connection else 1
    for _ in range(rounds):
        listening = socket.socket(family)
        if segment:
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        listening.bind("\0sockspec-stall-%d" % os.getpid() if family == socket.AF_UNIX else ("127.0.0.1", 0))
        listening.listen(1)
        child = os.fork()
        if not child:
            try:
                serve(listening, family, buffer, server_nodelay, cores[0])
            finally:
                os._exit(0)
        before = os.sched_getaffinity(0)
        if cores[1] is not None:
            os.sched_setaffinity(0, {cores[1]})
        client = socket.socket(family)
        client.connect(listening.getsockname())
        if client_nodelay:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        message = b"x" * size
        for _ in range(1 if new_connection else EXCHANGES):
            if pause:  # what is measured: how an idle connection behaves; nothing is waited for
                time.sleep(pause)
            start = time.perf_counter()
            if halves:
                client.sendall(message[:size // 2])
                client.sendall(message[size // 2:])
            else:
                client.sendall(message)
            missing = size
            while missing:
                if quickack:  # it does not stay: the system goes back by itself
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                missing -= len(client.recv(missing))
            took.append(time.perf_counter() - start)
        client.close()
        listening.close()
        os.waitpid(child, 0)
        os.sched_setaffinity(0, before)
    return took


def main():
    cores = sorted(os.sched_getaffinity(0))
    one, two = (cores[-1], cores[-1]), (cores[0], cores[-1])
    conditions = [
        ("as the document has it, 4096 B", {}),
        ("both ends on one core", {"cores": one}),
        ("each end on a core of its own", {"cores": two}),
        ("1024 B: all of it read at once", {"size": 1024}),
        ("1025 B: one byte more", {"size": 1025}),
        ("65536 B", {"size": 65536}),
        ("4096 B, the server asks for 4096", {"buffer": 4096}),
        ("the server sets TCP_NODELAY", {"server_nodelay": True}),
        ("only the client sets TCP_NODELAY", {"client_nodelay": True}),
        ("the client sets TCP_QUICKACK before each recv", {"quickack": True}),
        ("segments of 1024 B: each piece is a full one", {"segment": 1024 + 12}),
        ("segments of 536 B", {"segment": 536}),
        ("the client sends the message in two halves", {"halves": True}),
        ("100 ms between exchanges", {"pause": 0.1}),
        ("a new connection for each message", {"new_connection": True}),
        ("AF_UNIX", {"family": socket.AF_UNIX}),
    ]
    print("%s %s" % (os.uname().sysname, os.uname().release))
    print("%-48s %10s %10s %10s  %s" % ("", "first", "median", "longest", "stalled"))
    for words, condition in conditions:
        took = exchange(**condition)
        stalled = [at for at, each in enumerate(took) if each > STALL]
        print("%-48s %7.2f ms %7.2f ms %7.2f ms  %d of %d" % (
            words, took[0] * 1e3, statistics.median(took) * 1e3, max(took) * 1e3, len(stalled), len(took)))
        sys.stdout.flush()


main()
