"""What whole_path.py tells beside its table: what a request takes with a thread for each of two cores.

On a machine of two cores the load and the upstreams work on one of them as well, so requests a second would say little.
The processor time of a request says whether the threads hold each other up, if a little too much: the second one also
shares its core's caches with the load, and two threads that are not busy all the time find less to do in each turn.
"""

import contextlib
import os
import statistics

from contenders import Stage
from machine import GATEWAY_CORE, LOAD_CORE, spent, used, wait_for_quiet
from scenarios import cached, cold_page
from wrk import load

ROUNDS = 5
SECONDS = 2
CONNECTIONS = 32
SITUATIONS = {"a cold page of four": cold_page, "a cached page of 50": cached(50)}
CORES = {1: {GATEWAY_CORE}, 2: {GATEWAY_CORE, LOAD_CORE}}


class ThreadedStage(Stage):
    """Rollcall has so many threads there, which may run on as many cores."""

    threads = 1

    def rollcall(self, providers, cache, page_size, server="", environment=None):
        server += ", threads: %d" % self.threads
        process, port = super().rollcall(providers, cache, page_size, server, environment)
        for thread in os.listdir("/proc/%d/task" % process.pid):
            os.sched_setaffinity(int(thread), CORES[self.threads])
        return process, port


def processor_us(stage, contender):
    """For each request, of one round."""
    wait_for_quiet(stage.processes)
    before = used(contender.process.pid)
    requests = load(stage, contender, CONNECTIONS, SECONDS)["requests"]
    return sum(spent(contender.process.pid, before)) / requests * 1e6


def one_and_two(build):
    told = {}
    for title, setting in SITUATIONS.items():
        with contextlib.ExitStack() as stack:
            pairs = []
            for threads in CORES:
                stage = ThreadedStage(stack, build)
                stage.threads = threads
                pairs.append((stage, next(setting(stage))))
            for stage, contender in pairs:
                load(stage, contender, CONNECTIONS, SECONDS)
            rounds = [[processor_us(*pair) for pair in pairs] for _ in range(ROUNDS)]
            one, two = (statistics.median(column) for column in zip(*rounds))
            told["Rollcall, " + title] = {"µs with one thread": one, "µs with two": two,
                                          "% more": 100 * (two / one - 1)}
    return told
