#!/usr/bin/env python3
"""Runs a command, and shows every packet that passed any interface outside of it meanwhile: `ci/outside.py COMMAND ARG...`.

A packet socket on every interface of this network namespace, loopback among them, counts what comes and goes. A ping of our
own on loopback before and after shows that the capture sees. Needs CAP_NET_RAW; without it, status 3 and NOT RUN. On a
machine where others use the network too, give the run a namespace of its own: `unshare -rn ci/outside.py --own COMMAND`.
`--own` brings its loopback up first, and an outer interface by which every address of IPv4 and IPv6 can be reached, so that
there is somewhere to leak to; a datagram of our own to each shows that a leak would be seen there. That needs `ip` (Debian:
iproute2).
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


# Addresses for documentation: nobody has them. The gateway answers nothing, and need not be asked where it is.
GATEWAY = "02:00:00:00:00:fe"
OUTER = """
link add out0 type veth peer name out1
link set out0 addrgenmode none
link set out1 addrgenmode none
link set out0 up
link set out1 up
addr add 192.0.2.1/24 dev out0
neigh add 192.0.2.254 lladdr {gateway} dev out0
route add default via 192.0.2.254 dev out0
-6 addr add 2001:db8::1/64 dev out0 nodad
-6 neigh add 2001:db8::fe lladdr {gateway} dev out0
-6 route add default via 2001:db8::fe dev out0
"""
ELSEWHERE = [(socket.AF_INET, "198.51.100.1"), (socket.AF_INET6, "2001:db8:1::1")]


def outer():
    """An interface that leads everywhere, whose other end nobody reads but the capture."""
    for line in OUTER.format(gateway=GATEWAY).split("\n"):
        if line:
            subprocess.run(["ip", *line.split()], check=True)


def is_the_kernels_own(data):
    """Whether that is a report of multicast groups, which the kernel sends of itself for a new interface (RFC 3810)."""
    if data[12:14] != b"\x86\xdd":
        return False
    hop_by_hop = data[20] == 0
    return data[62 if hop_by_hop else 54 : 63 if hop_by_hop else 55] in (b"\x83", b"\x84", b"\x8f")


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
            outer()
        except (OSError, subprocess.CalledProcessError) as error:
            print("NOT RUN: no outer interface: %s" % error)
            sys.exit(3)
    try:
        capture = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    except PermissionError as error:
        print("NOT RUN: no capture without CAP_NET_RAW: %s" % error)
        sys.exit(3)
    capture.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
    first, last = b"sockspec: before the run", b"sockspec: after the run"
    away = b"sockspec: to somewhere else"
    seen, packets, ready, done = [], collections.Counter(), threading.Event(), threading.Event()
    left, gone = collections.Counter(), threading.Event()

    def watch():
        while True:
            data, (name, *_) = capture.recvfrom(65535)
            if away in data:
                left[name, data[12:14]] += 1
                if len(left) == 2 * len(ELSEWHERE):
                    gone.set()
            elif is_the_kernels_own(data):
                pass
            elif first in data:
                ready.set()
            elif last in data:
                done.set()
                return
            else:
                packets[name] += 1
                seen.append((name, data[:96].hex()))

    threading.Thread(target=watch, daemon=True).start()
    if own:
        for family, address in ELSEWHERE:
            with socket.socket(family, socket.SOCK_DGRAM) as ours:
                ours.sendto(away, (address, 9))
        # Each is seen where it leaves and where it arrives.
        if not gone.wait(30):
            sys.exit("the capture does not see what leaves: %r" % dict(left))
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
