#!/usr/bin/env python3
"""Whether the time of a refusal tells what the refusal does not say.

Compares refusals that must look alike, asked in turns, in an order that changes at random, on one connection: a key that
nobody has against one that begins as a key does and goes on otherwise; a provider that the client may not see against
one that is not configured, in ids and in the query. For each pair it tells both medians, the shift between them
(Hodges-Lehmann, over quantiles), and how likely so large a difference of the ranks is by chance (Mann-Whitney U, two-sided).

    bench/access_timing.py [--build build] [--tries 10000] [--seed 1]
"""

import argparse
import itertools
import math
import random
import statistics
import time

from access_keys import Connection, misspelt, new_key, request
from deployment import deployment


def mann_whitney(left, right):
    """U of the left sample, and the two-sided p of the normal approximation, ties taken into account."""
    values = sorted([(value, 0) for value in left] + [(value, 1) for value in right])
    ranks_left, ties, at = 0.0, 0, 0
    while at < len(values):
        end = at
        while end < len(values) and values[end][0] == values[at][0]:
            end += 1
        rank = (at + 1 + end) / 2
        ranks_left += rank * sum(1 for _, sample in values[at:end] if sample == 0)
        ties += (end - at) ** 3 - (end - at)
        at = end
    n, m = len(left), len(right)
    u = ranks_left - n * (n + 1) / 2
    variance = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
    z = (u - n * m / 2) / math.sqrt(variance)
    return u, math.erfc(abs(z) / math.sqrt(2))


def shift(left, right):
    """The median of the differences between the quantiles."""
    hundredths = range(1, 100)
    cut = [(statistics.quantiles(left, n=100)[i - 1], statistics.quantiles(right, n=100)[i - 1]) for i in hundredths]
    return statistics.median(b - a for a, b in cut)


def times(connection, pair, tries, chance):
    """Nanoseconds of each try of both requests."""
    taken = ([], [])
    for _ in range(tries):
        turn = [0, 1]
        chance.shuffle(turn)
        for which in turn:
            asked = pair[which]()
            began = time.perf_counter_ns()
            connection.ask(asked)
            taken[which].append(time.perf_counter_ns() - began)
    return taken


def pairs(build, known, seeing):
    """What is compared: a name, and two makers of requests, of which each makes the same number of bytes."""
    strangers = itertools.cycle([request("/agents", new_key(build)[0]) for _ in range(20)])
    wrong = itertools.cycle([request("/agents", misspelt(known, turn)) for turn in range(20)])
    hidden, absent = "converra", "convarre"
    agent = "agent_17eb9055861e0a8b31e8"
    yield "unknown key, wrong secret", (lambda: next(strangers), lambda: next(wrong))
    for name, target in (
        ("id of a hidden, of an absent provider", "/agents/%%s:%s" % agent),
        ("status of the same", "/agents/%%s:%s/status" % agent),
        ("provider= of the same", "/agents?provider=%s"),
    ):
        both = request(target % hidden, seeing), request(target % absent, seeing)
        yield name, (lambda both=both: both[0], lambda both=both: both[1])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("--build", default="build")
    arguments.add_argument("--tries", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    key, key_hash = new_key(options.build)
    access = '{unauthenticated: {requests: 1000000}, clients: [{name: bench, keys: ["%s"], providers: [heppu, hyperrep]}]}' % key_hash
    with deployment(options.build, "threads: 1", "cache: {ttl: 1h}", access=access) as (_, port, _):
        connection = Connection(port)
        for name, pair in pairs(options.build, key, key):
            times(connection, pair, options.tries // 10, chance)  # to warm up
            left, right = times(connection, pair, options.tries, chance)
            u, p = mann_whitney(left, right)
            print(
                "%-40s medians %.2f and %.2f us, shift %+.3f us, U %.0f, p %.3f"
                % (name, statistics.median(left) / 1e3, statistics.median(right) / 1e3, shift(left, right) / 1e3, u, p)
            )


if __name__ == "__main__":
    main()
