#!/usr/bin/env python3
"""What one request to the whole gateway takes, counted: system calls and allocations, of one client that asks in turn.

Unlike times these do not depend on who else works on the machine. System calls are counted by strace, allocations by
allocation-count, which is preloaded and takes the place of mimalloc; each in a gateway of its own, behind the same
upstreams as in whole_path.py.

    bench/counts.py [--requests 1000]
"""

import argparse
import contextlib
import http.client
import os
import re
import signal
import subprocess
import time

from contenders import Stage, four
from deployment import SOURCE
from scenarios import AGENTS_OF_A_PROVIDER, COLD, KEPT

SITUATIONS = {
    "a page of 52, four providers asked": (COLD, AGENTS_OF_A_PROVIDER, 4 * AGENTS_OF_A_PROVIDER),
    "a page of 50 from the cache": (KEPT, 100, 50),
}
READS = ("recvfrom", "recvmsg", "recvmmsg", "readv")
WARM_UP = 200
ATTACH_S = 1


class Client:
    def __init__(self, port, limit):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.target = "/agents?limit=%d" % limit

    def ask(self, times):
        for _ in range(times):
            self.connection.request("GET", self.target)
            answer = self.connection.getresponse()
            if not answer.read() or answer.status != 200 or answer.getheader("X-Rollcall-Complete") != "true":
                raise SystemExit("not every answer was a whole page")


@contextlib.contextmanager
def gateway(options, cache, page_size, environment=None):
    """Yields its process, its port, and the stage."""
    with contextlib.ExitStack() as stack:
        stage = Stage(stack, options.build)
        providers = stage.providers(four(), page_size)
        yield *stage.rollcall(providers, cache, page_size, environment=environment), stage


def count_allocations(options, cache, page_size, limit):
    file = os.path.join(options.build, "allocations")
    shim = os.path.join(options.build, "allocation-count.so")
    with gateway(options, cache, page_size, {"LD_PRELOAD": shim, "COUNT_FILE": file}) as (_, port, _):
        client = Client(port, limit)
        client.ask(WARM_UP)
        before = read_count(file)
        client.ask(options.requests)
        return (read_count(file) - before) / options.requests


def read_count(file):
    with open(file, "rb") as content:
        return int.from_bytes(content.read(8), "little")


def count_system_calls(options, cache, page_size, limit):
    """Name to calls of a request, of which so many failed, mostly because there was nothing to be read yet."""
    with gateway(options, cache, page_size) as (process, port, stage):
        client = Client(port, limit)
        client.ask(WARM_UP)
        table = os.path.join(stage.folder, "strace")
        counting = subprocess.Popen(["strace", "-q", "-f", "-c", "-o", table, "-p", str(process.pid)])
        time.sleep(ATTACH_S)
        client.ask(options.requests)
        counting.send_signal(signal.SIGINT)
        counting.wait()
        with open(table) as file:
            rows = re.findall(r"(?m)^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(\d+)? *(\w+)$", file.read())
    return {name: (int(calls) / options.requests, int(failed or 0) / options.requests)
            for calls, failed, name in rows if name != "total"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--build", default=os.path.join(SOURCE, "build"), help="where rollcall is")
    options = parser.parse_args()
    for title, situation in SITUATIONS.items():
        calls = count_system_calls(options, *situation)
        reads = [sum(calls.get(name, (0, 0))[part] for name in READS) for part in (0, 1)]
        print("%s: %.1f allocations, %.1f reads of sockets, %.1f of them in vain" %
              (title, count_allocations(options, *situation), *reads))
        most = sorted(calls.items(), key=lambda call: -call[1][0])
        told = ["%s %.1f" % (name, number) for name, (number, _) in most if number >= 0.05]
        print("  system calls: " + ", ".join(told), flush=True)


if __name__ == "__main__":
    main()
