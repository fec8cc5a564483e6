#!/usr/bin/env python3
"""Whether every panel of the dashboard and every recording rule has data, and whether promtool finds fault with a metric.

A real Prometheus scrapes a gateway before the simulated providers, with a Redis beside it, while clients use it.

    deploy/grafana/check.py [--build build]

Needs prometheus and redis-server (packages of the distribution).
"""

import argparse
import contextlib
import http
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "bench"))

from access_keys import new_key  # noqa: E402
from deployment import admin_port, child, deployment  # noqa: E402

RULES = os.path.join(SOURCE, "deploy/prometheus/rollcall-rules.yaml")
PATIENCE_S = 60
# What Grafana puts in before it asks. The rules look back for five minutes at least, and have data from the first on.
VARIABLES = {"$__rate_interval": "10s", "$__range": "30s", "$namespace": ".*", "$job": ".*", "$provider": ".*"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def prometheus(admin):
    """Yields the URL of a Prometheus that scrapes the gateway."""
    with tempfile.TemporaryDirectory() as folder:
        file_name = os.path.join(folder, "prometheus.yaml")
        scrape = {"job_name": "rollcall", "static_configs": [{"targets": ["127.0.0.1:%d" % admin]}]}
        intervals = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        with open(file_name, "w") as file:  # JSON is YAML
            json.dump({"global": intervals, "rule_files": [RULES], "scrape_configs": [scrape]}, file)
        listen = "127.0.0.1:%d" % free_port()
        command = ["prometheus", "--config.file", file_name, "--storage.tsdb.path", os.path.join(folder, "data")]
        command += ["--web.listen-address", listen, "--log.level", "error"]
        with child(command):
            yield "http://" + listen


@contextlib.contextmanager
def redis():
    """Yields the URL of a Redis that keeps nothing."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with child(command, stdout=subprocess.DEVNULL):
            yield "redis://127.0.0.1:%d" % port


def has_data(server, expression):
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    url = server + "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    try:
        with urllib.request.urlopen(url) as answer:
            results = json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.SERVICE_UNAVAILABLE:  # which it is while it reads what it has kept
            raise SystemExit("%s: %s" % (expression, error.read().decode()))
        return False
    except OSError:
        return False  # it is still starting
    return any(not math.isnan(float(result["value"][1])) for result in results)


def use(public, key):
    """A little of everything: pages, agents, what does not exist, what is not allowed, and who is not."""
    base = "http://127.0.0.1:%d" % public
    for target in ("/agents?limit=20", "/agents?limit=20", "/agents/converra:nobody", "/agents?limit=0", "/providers"):
        for headers in ({"x-api-key": key}, {}):
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(urllib.request.Request(base + target, headers=headers)).read()


def expressions():
    """What is asked, and by whom."""
    with open(os.path.join(SOURCE, "deploy/grafana/rollcall.json")) as file:
        for panel in json.load(file)["panels"]:
            for target in panel.get("targets", ()):
                if target["expr"].count("$job") != target["expr"].count("$namespace"):
                    raise SystemExit("panel '%s' takes jobs of one name for one: %s" % (panel["title"], target["expr"]))
                yield "panel '%s'" % panel["title"], target["expr"]
    with open(RULES) as file:
        for line in file:
            if line.lstrip().startswith("- record:"):
                yield "rule", line.split("record:")[1].strip()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", default=os.path.join(SOURCE, "build"))
    build = options.parse_args().build
    key, key_hash = new_key(build)
    access = '{clients: [{name: crm, keys: ["%s"], limits: {requests: 1000}}]}' % key_hash
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(redis())
        # A section of its own, on the line behind that of access.
        sections = access + "\nredis: {url: '%s', timeout: 1s}" % store
        started = deployment(build, "request_timeout: 2s", "cache: {ttl: 500ms}", agents=50, access=sections)
        gateway, public, _ = stack.enter_context(started)
        admin = admin_port(gateway, public)
        with prometheus(admin) as server:
            missing = dict.fromkeys(expressions())
            until = time.monotonic() + PATIENCE_S
            while missing and time.monotonic() < until:
                use(public, key)
                missing = {asked: None for asked in missing if not has_data(server, asked[1])}
                time.sleep(0.2)
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % admin) as answer:
            linted = subprocess.run(["promtool", "check", "metrics"], input=answer.read(), capture_output=True)
    for name, expression in missing:
        print("%s has no data: %s" % (name, expression))
    print((linted.stdout + linted.stderr).decode(), end="")
    if missing or linted.returncode or linted.stdout or linted.stderr:
        raise SystemExit("dashboard: not well")
    print("dashboard: every panel and every rule has data, and promtool has no complaint")


if __name__ == "__main__":
    main()
