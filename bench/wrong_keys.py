#!/usr/bin/env python3
"""What a flood of wrong keys costs a client whose key is good.

A good client asks for the same cached page at an even pace on one connection, in rounds that alternate: with nobody else,
and while another process sends wrong keys, half of them unknown and half misspelt, at an even pace too. Tells the good
client's percentiles of both kinds of rounds, their ratios, and what the gateway's processor time was.

    bench/wrong_keys.py [--build build] [--per-minute 100000] [--rounds 6] [--seconds 10] [--rate 200]
"""

import argparse
import multiprocessing
import statistics
import time

from access_keys import Connection, misspelt, new_key, request
from deployment import deployment, processor_seconds

CONNECTIONS_OF_THE_FLOOD = 8


def paced(rate, seconds, act):
    """Calls `act` at an even pace; returns how often."""
    began = time.perf_counter()
    count = 0
    while (now := time.perf_counter() - began) < seconds:
        wait = count / rate - now
        if wait > 0:
            time.sleep(wait)
        act(count)
        count += 1
    return count


def flood(port, keys, rate, seconds, sent):
    """Wrong keys on several connections in turn; each answer must be a refusal."""
    connections = [Connection(port) for _ in range(CONNECTIONS_OF_THE_FLOOD)]
    requests = [request("/agents?limit=50", key) for key in keys]

    def refuse(turn):
        answer = connections[turn % len(connections)].ask(requests[turn % len(requests)])
        assert answer.startswith(b"HTTP/1.1 401 "), answer[:80]

    sent.value = paced(rate, seconds, refuse)


def good_client(connection, asked, rate, seconds):
    """Milliseconds that each answer took."""
    taken = []

    def ask(_):
        began = time.perf_counter_ns()
        answer = connection.ask(asked)
        taken.append((time.perf_counter_ns() - began) / 1e6)
        assert answer.startswith(b"HTTP/1.1 200 "), answer[:80]

    paced(rate, seconds, ask)
    return taken


def percentiles(taken):
    cuts = statistics.quantiles(taken, n=100)
    return cuts[49], cuts[98]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("--build", default="build")
    arguments.add_argument("--per-minute", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=6, help="of each kind")
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--rate", type=float, default=200, help="of the good client, a second")
    options = arguments.parse_args()
    key, key_hash = new_key(options.build)
    wrong = [misspelt(key, turn % 40) for turn in range(50)] + [new_key(options.build)[0] for _ in range(50)]
    access = '{unauthenticated: {requests: 1000000}, clients: [{name: good, keys: ["%s"]}]}' % key_hash
    with deployment(options.build, "threads: 1", "cache: {ttl: 1h}", access=access) as (gateway, port, _):
        connection = Connection(port)
        asked = request("/agents?limit=50", key)
        good_client(connection, asked, options.rate, 1)
        rounds = {False: [], True: []}
        sent = multiprocessing.Value("L", 0)
        for turn in range(2 * options.rounds):
            attacked = turn % 4 in (1, 2)  # so that a drift of the machine meets both alike
            attacker = None
            if attacked:
                rate = options.per_minute / 60
                attacker = multiprocessing.Process(target=flood, args=(port, wrong, rate, options.seconds, sent))
                attacker.start()
            used = processor_seconds(gateway)
            p50, p99 = percentiles(good_client(connection, asked, options.rate, options.seconds))
            used = processor_seconds(gateway) - used
            rounds[attacked].append((p50, p99))
            print("%-16s p50 %.3f ms, p99 %.3f ms, gateway %.2f s" % ("wrong keys" if attacked else "alone", p50, p99, used))
            if attacker:
                attacker.join()
                assert attacker.exitcode == 0
                print("%16s %.0f wrong keys a minute" % ("", sent.value / options.seconds * 60))
        for at, name in enumerate(("p50", "p99")):
            alone, attacked = (statistics.median(each[at] for each in rounds[kind]) for kind in (False, True))
            print("%s: %.3f ms alone, %.3f ms under wrong keys, ratio %.3f" % (name, alone, attacked, attacked / alone))


if __name__ == "__main__":
    main()
