#!/usr/bin/env python3
"""How much the gateway still carries when it is offered three times what it can.

Starts the release build before the simulated providers, with nothing cached, and lets wrk ask for pages of a walk, or
for single agents, of which few that are asked for at the same time are the same: first with more and more clients, each of which asks again as soon as it is answered, to find the most whole answers a
second; then with so many that pause so long that three times that is offered, however slowly it is answered.
The two alternate. wrk and the simulators take their part of the machine, the more the more is refused; so whole answers
are also told for each second of processor time that the gateway itself used, which no neighbour changes much.

    bench/overload.py [--of pages|agents] [--build build] [--times 3] [--rounds 3] [--seconds 8] [--clients 6000]

Needs wrk (a package of the distribution).
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import urllib.request
from urllib.parse import quote

from deployment import SOURCE, deployment, processor_seconds, take_all_descriptors

AGENTS = 400  # of each provider
LIMIT = 100
PAGE_SIZE = 50
CLIENTS_AT_CAPACITY = (8, 16, 32, 64, 128)
REQUEST_TIMEOUT_MS = 3000


def targets_of(public, kind):
    """The pages of one walk, or the agents on them that their providers can be asked for one by one."""
    pages, agents, cursor = [], [], None
    while True:
        pages.append("/agents?limit=%d" % LIMIT + ("&cursor=" + cursor if cursor else ""))
        with urllib.request.urlopen("http://127.0.0.1:%d%s" % (public, pages[-1])) as response:
            answer = json.load(response)
        agents += ["/agents/" + quote(agent["id"]) for agent in answer["data"] if agent["provider"] != "agenthuman"]
        cursor = answer["page"]["next_cursor"]
        if not cursor:
            return pages if kind == "pages" else agents


class Load:
    def __init__(self, gateway, public, targets_file, seconds):
        self.gateway = gateway
        self.url = "http://127.0.0.1:%d" % public
        self.targets_file, self.seconds = targets_file, seconds
        self.turn = 0

    def run(self, clients, pause_ms=0.0):
        """wrk's result; each client waits `pause_ms` on average between an answer and its next request."""
        self.turn += 1
        script = os.path.join(SOURCE, "bench", "overload.lua")
        command = ["wrk", "-t1", "-c%d" % clients, "-d%ds" % self.seconds, "--timeout", "30s", "-s", script, self.url]
        command += ["--", str(pause_ms), self.targets_file, str(self.turn)]
        before = processor_seconds(self.gateway)
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        line = next(line for line in output.splitlines() if line.startswith("RESULT "))
        result = json.loads(line[7:])
        used = processor_seconds(self.gateway) - before
        result["goodput"] = result["whole"] / result["seconds"]
        result["per_processor_second"] = result["whole"] / used
        result["busy_percent"] = 100 * used / result["seconds"]
        answers = sum(result[kind] for kind in ("whole", "partial", "shed", "failed"))
        result["offered"] = (answers + result["unanswered"]) / result["seconds"]
        return result


def show(title, result):
    print(
        "{title:25} {goodput:6.0f} whole/s of {offered:6.0f}/s, {per_processor_second:6.0f} for each of the gateway's "
        "processor seconds ({busy_percent:.0f} % busy) | partial {partial}, shed {shed} ({without_retry_after} without "
        "Retry-After), failed {failed}, broken {broken}, unanswered {unanswered} | p50 {p50_ms:.0f}, p99 {p99_ms:.0f}, "
        "longest {longest_ms:.0f} ms".format(title=title, **result),
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--of", choices=("pages", "agents"), default="pages", help="what is asked for")
    parser.add_argument("--build", default="build", help="where the release build is")
    parser.add_argument("--times", type=float, default=3, help="the load that can be carried")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8, help="of one measurement")
    parser.add_argument("--clients", type=int, default=6000, help="that offer too much")
    parser.add_argument("--server", default="threads: 0", help="keys of `server`")
    parser.add_argument("--provider", default="cache: {ttl: 0s}", help="keys of each provider")
    options = parser.parse_args()
    take_all_descriptors()
    with deployment(options.build, options.server, options.provider, AGENTS, PAGE_SIZE) as (gateway, public, _):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(targets_of(public, options.of)) + "\n")
            file.flush()
            load = Load(gateway, public, file.name, options.seconds)
            at_capacity, most = 0, 0.0
            for clients in CLIENTS_AT_CAPACITY:
                result = load.run(clients)
                show("%d clients without pause" % clients, result)
                if result["goodput"] > most:
                    at_capacity, most = clients, result["goodput"]
            ratios, shares = [], []
            for _ in range(options.rounds):
                best = load.run(at_capacity)
                show("%d clients without pause" % at_capacity, best)
                pause_ms = options.clients / (options.times * best["goodput"]) * 1000
                overloaded = load.run(options.clients, pause_ms)
                show("%d, pausing %.0f ms" % (options.clients, pause_ms), overloaded)
                ratios.append(100 * overloaded["goodput"] / best["goodput"])
                shares.append(100 * overloaded["per_processor_second"] / best["per_processor_second"])
                late = overloaded["longest_ms"] > REQUEST_TIMEOUT_MS or overloaded["unanswered"] > 0
                print("  %.0f %% of the most, %.0f %% for a processor second" % (ratios[-1], shares[-1]), end="")
                print(", answers past the deadline" if late else "")
    print("median: %.0f %%, %.0f %% for a processor second" % (statistics.median(ratios), statistics.median(shares)))


if __name__ == "__main__":
    main()
