#!/usr/bin/env python3
"""What the harness costs in an echo: the floor as `sockspec bench` measures it, beside a bare client and server in C.

Both in the same kind of lab, on the same core, in real time where it is granted, turn by turn. The lower quartiles of the
turns are compared: what else the machine does only ever makes a turn longer.
`python3 benches/dev/harness_cost.py [ROUNDS] [SOCKSPEC]`; it needs a C compiler. Status 1 where the harness costs more than 3 %.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile

MOST = 0.03
HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 9
SOCKSPEC = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "../../target/release/sockspec"))
SCENARIOS = [(transport, size) for transport in ("tcp4", "tcp6", "udp4", "unix") for size in (1, 64, 1024, 4096, 65536)]


def said(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def by_harness(scenario):
    out = said(SOCKSPEC, "bench", "echo", "--scenario", scenario, "--rounds", "5", "--turn", "0.02", "--json")
    (result,) = json.loads(out)["scenarios"]
    return next(one["median"] for one in result["measurements"] if one["label"] == "floor")


def by_bare_c(bare, transport, size):
    trips = 4000 if size < 65000 else 1500
    turns = [float(said(SOCKSPEC, "lab", "--", bare, transport, str(size), str(trips))) for _ in range(5)]
    return statistics.median(turns)


def main():
    with tempfile.TemporaryDirectory() as folder:
        bare = os.path.join(folder, "bare")
        subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", bare, os.path.join(HERE, "bare.c")], check=True)
        print("%-28s %10s %10s %10s" % ("", "bare C", "harness", "costs"))
        costs = []
        for transport, size in SCENARIOS:
            if transport == "udp4":
                size = min(size, 65507)
            scenario = "echo/server/%s/%d%s" % (transport, size, "/whole" if size > 1024 else "")
            pairs = []
            for turn in range(ROUNDS):
                if turn % 2:
                    own = by_harness(scenario)
                    pairs.append((by_bare_c(bare, transport, size), own))
                else:
                    base = by_bare_c(bare, transport, size)
                    pairs.append((base, by_harness(scenario)))
            base, own = (sorted(each)[len(each) // 4] for each in zip(*pairs))
            cost = own / base - 1
            costs.append(cost)
            print("%-28s %7.0f ns %7.0f ns %8.1f %%" % (scenario, base, own, cost * 100), flush=True)
    print("at most %.1f %%, typically %.1f %%" % (max(costs) * 100, statistics.median(costs) * 100))
    return 1 if max(costs) > MOST else 0


sys.exit(main())
