#!/usr/bin/env python3
"""How much memory and processor time the gateway takes: what requests and limits of a container follow from.

Starts the release build with two threads before the simulated providers, and tells its resident memory at the start,
for each idle connection of a client, for each page in the cache, with the cache full and for each request in flight;
and its processor time for each request, from the cache and with a call to each of four providers.

    bench/sizing.py [--build build] [--connections 5000] [--seconds 5]

Needs wrk (a package of the distribution).
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

from deployment import PROVIDERS, SOURCE, admin_port, deployment, processor_seconds, take_all_descriptors

SERVER = "threads: 2, request_timeout: 10s"
COLD = "timeout: 8s, cache: {ttl: 0s}, connections: 400"
CACHED = "timeout: 8s, cache: {ttl: 1h}"
LIMIT = 100  # agents of a page
PAGE_SIZE = 50  # of each provider
AGENTS = 100
# Of each provider: more than the cache holds, and so many pages that few clients ask for the same one. A provider whose
# list is one page is left out there.
MANY_AGENTS = 40_000
MANY_PAGED = "&provider=" + ",".join(name for name in PROVIDERS if name != "agenthuman")
CACHE_MIB = 64  # the default
CLIENTS = 16
CONNECTIONS_AT_ONCE = 100
CLIENTS_AT_ONCE = 200
DELAY_MS = 200  # of the providers, so that all of these are in flight
MOST_TARGETS = 1000
SETTLE_S = 1


def resident(gateway):
    """Bytes."""
    with open("/proc/%d/status" % gateway.pid) as file:
        return 1024 * int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1])


def settled(gateway):
    """What it takes once nothing is under way."""
    time.sleep(SETTLE_S)
    return resident(gateway)


def target_of(cursor, limit=LIMIT, more=""):
    return "/agents?limit=%d" % limit + more + ("&cursor=" + cursor if cursor else "")


def next_cursor(public, target):
    """Reads a page, which no provider may be missing from, and says where the next one begins."""
    with urllib.request.urlopen("http://127.0.0.1:%d%s" % (public, target)) as answer:
        read = json.load(answer)
    if read["partial"]:
        raise SystemExit("a page is partial: %s" % read["providers"])
    return read["page"]["next_cursor"]


def count(admin, series):
    """The sum of the series that begin so."""
    with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % admin) as answer:
        lines = answer.read().decode().splitlines()
    return int(sum(float(line.split()[-1]) for line in lines if line.startswith(series)))


def cache_events(admin, event):
    """Of all providers together."""
    return count(admin, 'rollcall_cache_events_total{event="%s"' % event)


def tell(what, number, unit):
    print("%-72s %8.1f %s" % (what, number, unit), flush=True)


def ask_over(connections):
    """A page over each."""
    request = ("GET /agents?limit=%d HTTP/1.1\r\nHost: bench\r\n\r\n" % LIMIT).encode()
    for connection in connections:
        connection.sendall(request)
    for connection in connections:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        if answer.status != 200 or not answer.read():
            raise SystemExit("a kept connection gave %d" % answer.status)


def measure_connections(build, many, ask, what):
    with deployment(build, SERVER, CACHED) as (gateway, public, _), contextlib.ExitStack() as stack:
        next_cursor(public, target_of(None))
        before = settled(gateway)
        while many:
            some = min(many, CONNECTIONS_AT_ONCE)
            connections = [
                stack.enter_context(socket.create_connection(("127.0.0.1", public))) for _ in range(some)
            ]
            ask(connections)
            many -= some
        opened = count(admin_port(gateway, public), "rollcall_http_connections ")
        tell("for each connection that " + what, (settled(gateway) - before) / opened / 1024, "KiB")


def measure_start(build):
    with deployment(build, SERVER, CACHED) as (gateway, _, _):
        tell("resident memory at the start, four providers", settled(gateway) / 2**20, "MiB")


def measure_cache(build):
    """Walks through more agents than the cache holds."""
    with deployment(build, SERVER, CACHED, agents=MANY_AGENTS, cache="%dMiB" % CACHE_MIB) as (gateway, public, _):
        admin = admin_port(gateway, public)
        cursor = next_cursor(public, target_of(None, more=MANY_PAGED))
        before, misses = settled(gateway), cache_events(admin, "miss")
        while cursor and not cache_events(admin, "evicted"):
            cursor = next_cursor(public, target_of(cursor, 200, MANY_PAGED))
        if not cursor:
            raise SystemExit("the cache was not filled: more agents are needed")
        pages = cache_events(admin, "miss") - misses
        tell("for each page of a provider in the cache, at the provider's page size",
             (settled(gateway) - before) / pages / 1024, "KiB")
        tell("resident memory with a cache of %d MiB just full" % CACHE_MIB, resident(gateway) / 2**20, "MiB")
        while cursor:
            cursor = next_cursor(public, target_of(cursor, 200, MANY_PAGED))
        times = cache_events(admin, "miss") / pages
        tell("the same after %.1f times as much went through it" % times, settled(gateway) / 2**20, "MiB")


def targets_of(public, more):
    """Pages all along one walk: equal ones that are asked for at the same time would cost one call."""
    targets, cursor = [target_of(None, more=more)], next_cursor(public, target_of(None, more=more))
    while cursor and len(targets) < MOST_TARGETS:
        targets.append(target_of(cursor, more=more))
        cursor = next_cursor(public, targets[-1])
    return targets


class Load:
    """wrk, which asks for the pages of a walk in no order."""

    def __init__(self, public, folder, more=""):
        self.url = "http://127.0.0.1:%d" % public
        self.targets_file = os.path.join(folder, "targets")
        with open(self.targets_file, "w") as file:
            file.write("\n".join(targets_of(public, more)) + "\n")

    def run(self, clients, seconds):
        """Returns how many pages came; an answer that is no whole page ends it all."""
        script = os.path.join(SOURCE, "bench", "overload.lua")
        command = ["wrk", "-t1", "-c%d" % clients, "-d%ds" % seconds, "--timeout", "30s", "-s", script, self.url]
        command += ["--", "0", self.targets_file, "1"]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        result = json.loads(next(line for line in output.splitlines() if line.startswith("RESULT "))[7:])
        if result["partial"] or result["shed"] or result["failed"] or result["broken"] or result["unanswered"]:
            raise SystemExit("not every answer was a whole page: %s" % result)
        return result["whole"]


def measure_processor(build, provider, what, seconds):
    with tempfile.TemporaryDirectory() as folder, deployment(
        build, SERVER, provider, agents=AGENTS, page_size=PAGE_SIZE, cache="%dMiB" % CACHE_MIB
    ) as (gateway, public, _):
        load = Load(public, folder)
        before = processor_seconds(gateway)
        asked = load.run(1, seconds)
        took = processor_seconds(gateway) - before
        tell("processor time for a page of %d, %s" % (LIMIT, what), took / asked * 1e6, "µs")


def measure_in_flight(build, seconds):
    """The most that it takes while so many clients wait for calls of their own to the providers."""
    with tempfile.TemporaryDirectory() as folder, deployment(
        build, SERVER, COLD, agents=MANY_AGENTS, page_size=PAGE_SIZE
    ) as (gateway, public, simulators):
        load = Load(public, folder, MANY_PAGED)
        load.run(CLIENTS, 1)
        before = settled(gateway)
        for name in PROVIDERS:
            simulators.control("PUT", "/faults/" + name, {"mode": "delay", "ms": DELAY_MS})
        load.run(CLIENTS_AT_ONCE, seconds)
        tell("for each of %d requests in flight at once, with a call to each of three" % CLIENTS_AT_ONCE,
             (resident(gateway) - before) / CLIENTS_AT_ONCE / 1024, "KiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(SOURCE, "build"))
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    take_all_descriptors()
    measure_start(options.build)
    measure_connections(options.build, options.connections, lambda connections: None, "has asked nothing")
    measure_connections(options.build, options.connections, ask_over, "is kept after a page of %d" % LIMIT)
    measure_cache(options.build)
    measure_in_flight(options.build, options.seconds)
    measure_processor(options.build, CACHED, "from the cache", options.seconds)
    measure_processor(options.build, COLD, "with a call to each of four", options.seconds)


if __name__ == "__main__":
    main()
