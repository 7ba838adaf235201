#!/usr/bin/env python3
"""Runs a command, and shows every packet that passed any interface outside of it meanwhile: `ci/outside.py COMMAND ARG...`.

A packet socket on every interface of this network namespace, loopback among them, counts what comes and goes. A ping of our
own on loopback before and after shows that the capture sees. Needs CAP_NET_RAW; without it, status 3 and NOT RUN. On a
machine where others use the network too, give the run a namespace of its own: `unshare -rn ci/outside.py --own COMMAND`,
where `--own` brings its loopback up first, so that there is somewhere to leak to.
"""
import collections
import fcntl
import socket
import struct
import subprocess
import sys
import threading

ETH_P_ALL = 0x0003
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def up(name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", name.encode(), 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", name.encode(), flags | IFF_UP))


def mark(word):
    """A datagram to a port of our own on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        ours.sendto(word, ours.getsockname())
        ours.recv(100)


def main():
    command = sys.argv[1:]
    own = command[:1] == ["--own"]
    command = command[own:]
    if not command:
        sys.exit("write a command to run")
    if own:
        up("lo")
    try:
        capture = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    except PermissionError as error:
        print("NOT RUN: no capture without CAP_NET_RAW: %s" % error)
        sys.exit(3)
    capture.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
    first, last = b"sockspec: before the run", b"sockspec: after the run"
    seen, packets, ready, done = [], collections.Counter(), threading.Event(), threading.Event()

    def watch():
        while True:
            data, (name, *_) = capture.recvfrom(65535)
            if first in data:
                ready.set()
            elif last in data:
                done.set()
                return
            else:
                packets[name] += 1
                seen.append((name, data[:96].hex()))

    threading.Thread(target=watch, daemon=True).start()
    mark(first)
    if not ready.wait(30):
        sys.exit("the capture sees nothing, not even our own packet")
    # The second copy of each of ours: loopback shows what goes and what comes.
    status = subprocess.call(command)
    mark(last)
    if not done.wait(30):
        sys.exit("the capture did not see the end")
    # PACKET_STATISTICS: what the kernel had no room for would be a hole in the proof.
    lost = struct.unpack("II", capture.getsockopt(263, 6, 8))[1]
    interfaces = ", ".join(name for _, name in socket.if_nameindex())
    for name, data in seen[:20]:
        print("a packet on %s: %s" % (name, data))
    print(
        "outside of the lab, on %s: %d packets while the command ran (status %d), %d lost to the capture"
        % (interfaces, sum(packets.values()), status, lost)
    )
    sys.exit(1 if packets or lost else status)


if __name__ == "__main__":
    main()
