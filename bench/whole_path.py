#!/usr/bin/env python3
"""The whole gateway, held against what else could stand in its place, in the same run.

Rollcall (the release build, every default on, its log to a file) and each peer have one core to themselves; wrk and
the upstreams, which answer from memory, have the other. The rounds of the contenders alternate, the table has their
medians. A round during which others worked on the machine is done again.

    bench/whole_path.py [--scenario NAME...] [--rounds 5] [--seconds 3] [--renew]

`floor` makes the same exchanges with nothing but system calls, and reads no JSON. docs/performance.md tells the rest.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys

import cores
import holding
import plots
import table
from contenders import ENVOY, Stage, fetch
from deployment import SOURCE, admin_port, take_all_descriptors
from machine import (
    GATEWAY_CORE,
    MOST_FOREIGN,
    NETWORK,
    Neighbours,
    described,
    resident_kib,
    spent,
    used,
    wait_for_quiet,
)
from scenarios import SCENARIOS
from wrk import load

BESIDE = {
    "cores": ("a thread for each of two cores against one", cores.one_and_two),
    "idle": ("1,000 idle connections", holding.idle),
    "walk": ("a walk of 100,000 agents, providers' pages of at most 500, default cache", holding.walk),
}
RESULTS = os.path.join(SOURCE, "bench", "results", "whole_path.json")
MOST_TURNS = 40  # of one round, until one is quiet


def metrics_of(contender):
    """The lines of Rollcall's counters that count something; others have none."""
    if not contender.name.startswith("Rollcall"):
        return []
    public = int(contender.url.rsplit(":", 1)[1])
    text = fetch("http://127.0.0.1:%d/metrics" % admin_port(contender.process, public)).decode()
    return [line for line in text.splitlines() if not line.endswith(" 0")]


def partial_answers(contender):
    """So far: answers that lacked a provider."""
    return sum(float(line.split()[-1]) for line in metrics_of(contender)
               if line.startswith("rollcall_partial_answers_total"))


def failures(contender):
    """How the exchanges with the providers have failed so far, and what kept calls from them."""
    return [line for line in metrics_of(contender)
            if line.startswith(("rollcall_upstream_requests_total", "rollcall_upstream_shed_total"))
            and 'outcome="ok"' not in line]


def measure_once(stage, contender, connections, seconds):
    pids = [contender.process.pid, NETWORK[GATEWAY_CORE]]
    asked, before = stage.asked(), [used(pid) for pid in pids]
    neighbours = Neighbours(stage.processes)
    result = load(stage, contender, connections, seconds)
    foreign = neighbours.work()
    user, system = (sum(part) for part in zip(*map(spent, pids, before)))
    requests = result["requests"]
    return foreign, {
        "requests_per_s": requests / result["seconds"],
        "p50_us": result["p50_us"],
        "p99_us": result["p99_us"],
        "p999_us": result["p999_us"],
        "user_us": user / requests * 1e6,
        "system_us": system / requests * 1e6,
        "cpu_us": (user + system) / requests * 1e6,
        "busy_percent": 100 * (user + system) / result["seconds"],
        "resident_kib": resident_kib(contender.process.pid),
        "upstream_calls": (stage.asked() - asked) / requests,
        "answer_bytes": result["bytes"] / requests,
    }


def measure(stage, contender, connections, seconds):
    """Until nobody else worked meanwhile, and every answer was whole."""
    for _ in range(MOST_TURNS):
        wait_for_quiet(stage.processes)
        partial = partial_answers(contender)
        foreign, result = measure_once(stage, contender, connections, seconds)
        partial = partial_answers(contender) - partial
        if partial:
            told = "; ".join(failures(contender))
            print("%d of Rollcall's answers were partial; once more. So far: %s" % (partial, told), file=sys.stderr)
        elif foreign < MOST_FOREIGN:
            return result
    raise SystemExit("others worked on the machine, or answers were partial, in each of %d turns" % MOST_TURNS)


def run(name, options):
    version = measured_version()
    if name in BESIDE:
        title, figures_of = BESIDE[name]
        return {"title": title, "rollcall": version, "figures": figures_of(options.build)}
    scenario = SCENARIOS[name]
    return {"title": scenario.title, "rollcall": version, "connections": scenario.connections, "rounds": options.rounds,
            "seconds": options.seconds, "contenders": medians(scenario, options)}


def medians(scenario, options):
    """Of every column, for each contender."""
    with contextlib.ExitStack() as stack:
        stage = Stage(stack, options.build)
        contenders = list(scenario.setting(stage))
        for contender in contenders:
            load(stage, contender, scenario.connections, options.seconds)
        rounds = {contender.name: [] for contender in contenders}
        for _ in range(options.rounds):
            for contender in contenders:
                rounds[contender.name].append(measure(stage, contender, scenario.connections, options.seconds))
        return {
            name: {key: statistics.median(result[key] for result in results) for key in results[0]}
            for name, results in rounds.items()
        }


def output_of(*command):
    with contextlib.suppress(OSError):
        done = subprocess.run(command, capture_output=True, text=True)
        return done.stdout + done.stderr
    return ""


def version_of(*command):
    found = re.search(r"\d+\.[\w.+~-]+", output_of(*command))
    return found[0] if found else "missing"


def measured_version():
    """The last commit that changed more than what is told of measurements."""
    here = ["--", SOURCE, ":!bench/results", ":!docs"]
    changed = output_of("git", "-C", SOURCE, "status", "--porcelain", *here)
    return output_of("git", "-C", SOURCE, "log", "-1", "--format=%h", *here).strip() + ("-dirty" if changed else "")


def versions():
    return {
        "nginx": version_of("nginx", "-v"),
        "haproxy": version_of("haproxy", "-v"),
        "envoy": version_of(ENVOY, "--version"),
        "node": version_of("node", "--version"),
        "wrk": version_of("wrk", "-v"),
    }


def read(path):
    """The scenarios of earlier runs on this machine, which stay unless they are measured again."""
    if not path or not os.path.exists(path):
        return {}
    with open(path) as file:
        whole = json.load(file)
    return whole["scenarios"] if whole["machine"] == described() else {}


def write(whole, path):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w") as file:
        json.dump(whole, file, indent=1)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", nargs="+", choices=[*SCENARIOS, *BESIDE], default=[*SCENARIOS, *BESIDE],
                        metavar="NAME", help=", ".join([*SCENARIOS, *BESIDE]))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of one measurement")
    parser.add_argument("--build", default=os.path.join(SOURCE, "build"), help="where rollcall is")
    parser.add_argument("--results", help="keep the figures in this file, with those of other scenarios")
    parser.add_argument("--renew", action="store_true", help="keep them in bench/results/, and draw the plots of the documentation")
    options = parser.parse_args()
    if os.cpu_count() < 2:
        raise SystemExit("this takes a core for the gateway and one for the load")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # which ends what has been started
    take_all_descriptors()
    path = RESULTS if options.renew else options.results
    whole = {"machine": described(), "versions": versions(), "scenarios": read(path)}
    print(table.head(), flush=True)
    for name in sorted(options.scenario, key=lambda name: name in BESIDE):
        whole["scenarios"][name] = measured = run(name, options)
        print((table.lines if name in BESIDE else table.rows)(name, measured), flush=True)
        if path:
            write(whole, path)
    if options.renew:
        plots.write(whole, os.path.join(SOURCE, "docs", "performance"))


if __name__ == "__main__":
    main()
