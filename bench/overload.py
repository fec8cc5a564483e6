#!/usr/bin/env python3
"""How much the gateway still carries when it is offered three times what it can.

Starts the release build before the simulated providers, with nothing cached, and lets wrk ask for pages of a walk, or
for single agents, of which few that are asked for at the same time are the same. Three loads are found and then given
in turns: as few clients as carry the most, each of which asks again as soon as it is answered; a crowd that pauses so
long that it is answered the most; and the same crowd when it pauses so much less that three times that is offered,
however slowly it is answered. The crowd's most is less than the few clients' because of its connections: what overload
itself costs is what the third loses against the second.
wrk and the simulators take their part of the machine, the more the more is refused; so whole answers are also told for
each second of processor time that the gateway itself used, which no neighbour changes much.

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
FEW_CLIENTS = (8, 16, 32, 64, 128)
CROWD_SHARES = (0.5, 0.7, 0.9, 1.2)  # of what few clients are answered, offered by the crowd
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


def find_most(load, title, choices):
    """The choice that was answered the most, and how much that was; a choice is a number of clients and their pause."""
    results = []
    for clients, pause_ms in choices:
        result = load.run(clients, pause_ms)
        show(title % (clients, pause_ms), result)
        results.append((result["goodput"], (clients, pause_ms)))
    most, choice = max(results)
    return choice, most


def percent(part, whole, figure):
    return 100 * part[figure] / whole[figure]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--of", choices=("pages", "agents"), default="pages", help="what is asked for")
    parser.add_argument("--build", default="build", help="where the release build is")
    parser.add_argument("--times", type=float, default=3, help="the load that can be carried")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8, help="of one measurement")
    parser.add_argument("--clients", type=int, default=6000, help="of the crowd")
    parser.add_argument("--server", default="threads: 0", help="keys of `server`")
    parser.add_argument("--provider", default="cache: {ttl: 0s}", help="keys of each provider")
    options = parser.parse_args()
    take_all_descriptors()

    def pausing(rate):
        """The crowd, so that it would offer that many requests a second if each were answered at once."""
        return options.clients, 1000 * options.clients / rate

    with deployment(options.build, options.server, options.provider, AGENTS, PAGE_SIZE) as (gateway, public, _):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(targets_of(public, options.of)) + "\n")
            file.flush()
            load = Load(gateway, public, file.name, options.seconds)
            title = "%d, pausing %.0f ms"
            few, most_of_few = find_most(load, title, [(clients, 0.0) for clients in FEW_CLIENTS])
            crowd, most = find_most(load, title, [pausing(share * most_of_few) for share in CROWD_SHARES])
            kept = {"of the crowd's most": [], "of the few's": [], "of the crowd's for a processor second": []}
            for _ in range(options.rounds):
                results = []
                for choice in (few, crowd, pausing(options.times * most)):
                    results.append(load.run(*choice))
                    show(title % choice, results[-1])
                best, full, overloaded = results
                shares = (
                    percent(overloaded, full, "goodput"),
                    percent(overloaded, best, "goodput"),
                    percent(overloaded, full, "per_processor_second"),
                )
                for values, share in zip(kept.values(), shares):
                    values.append(share)
                late = overloaded["longest_ms"] > REQUEST_TIMEOUT_MS or overloaded["unanswered"] > 0
                print("  " + told(dict(zip(kept, shares))) + (", answers past the deadline" if late else ""))
    print("median: " + told({name: statistics.median(values) for name, values in kept.items()}))


def told(shares):
    return ", ".join("%.0f %% %s" % (share, name) for name, share in shares.items())


if __name__ == "__main__":
    main()
