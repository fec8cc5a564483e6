#!/usr/bin/env python3
"""Whether the gateway stays well: mixed load for a long time, while faults of the providers switch on and off.

Starts the release build before the simulated providers, lets clients read, write, err and leave, and reloads it now and
then. Fails if an answer is not what the API's document allows, if memory or descriptors grow after the warm-up, or if
the providers are called more often than the clients' requests can account for.

    bench/soak.py [--build build] [--seconds 3600] [--clients 6]

Needs python3-jsonschema (a package of the distribution).
"""

import argparse
import collections
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import threading
import time
import urllib.parse
import urllib.request

from contract import Contract
from deployment import PROVIDERS, SOURCE, admin_port, deployment

SERVER = "request_timeout: 2s"
PROVIDER = (
    "timeout: 800ms, hedging: true, connection_queue: {wait: 50ms}, breaker: {open_for: 500ms, open_at_most: 2s}, "
    "cache: {ttl: 500ms, stale_while_revalidate: 500ms, stale_if_error: 2s}"
)
AGENTS = 60
DATES = "start_date=2026-01-01&end_date=2026-03-01"
FAULTS = (
    {"mode": "status", "status": 500},
    {"mode": "status", "status": 503, "retry_after": "1"},
    {"mode": "delay", "ms": 200},
    {"mode": "delay", "ms": 1500},
    {"mode": "hang"},
    {"mode": "reset"},
    {"mode": "truncate"},
    {"mode": "garbage"},
    {"mode": "success_false"},
    {"mode": "unauthorized"},
    {"mode": "close"},
    {"mode": "repeat_token"},
    {"mode": "slow_body", "ms": 300},
    {"mode": "rate_limited", "retry_after": "1"},
)
FAULT_LASTS_S = (1, 6)
RELOAD_EVERY_S = 30
SAMPLE_EVERY_S = 2
WARM_UP_SHARE = 0.2
MOST_GROWTH_BYTES = 4 * 1024 * 1024  # what an allocator may keep aside from one sample to the next
MOST_GROWTH_DESCRIPTORS = 16


class Client(threading.Thread):
    """Asks one thing after the other over a kept connection, and holds each answer against the contract."""

    def __init__(self, port, contract, until, seed):
        super().__init__(daemon=True)
        self.port, self.contract, self.until = port, contract, until
        self.random = random.Random(seed)
        self.statuses, self.faults = collections.Counter(), []
        self.connection = None
        self.ids, self.cursor = [], None

    def run(self):
        deeds = (
            [self.read_page] * 12
            + [self.read_agent] * 4
            + [self.read_records] * 4
            + [self.live_and_die] * 2
            + [self.err] * 2
            + [self.leave] * 2
            + [self.look_at_providers]
        )
        while time.monotonic() < self.until:
            self.random.choice(deeds)()

    def ask(self, route, method, target, body=None, headers=None):
        """The answer's value; None where it is none of the good ones."""
        headers = dict(headers or {})
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            self.connection.request(method, target, body, headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            self.faults.append("%s %s: %r" % (method, target, error))
            return None
        self.statuses[answer.status] += 1
        fault = self.contract.fault_of(route, method, answer.status, answer.headers, text)
        if fault:
            self.faults.append("%s %s: %s" % (method, target, fault))
        return json.loads(text) if text and answer.status < 300 else None

    def read_page(self):
        target = "/agents?limit=%d" % self.random.choice((1, 7, 50, 200))
        if self.cursor and self.random.random() < 0.8:
            target += "&cursor=" + self.cursor
        elif self.random.random() < 0.2:
            target += "&partial=deny"
        headers = {"Cache-Control": "no-cache"} if self.random.random() < 0.1 else {}
        page = self.ask("/agents", "GET", target, headers=headers)
        if page:
            self.ids = [agent["id"] for agent in page["data"]] or self.ids
            self.cursor = page["page"]["next_cursor"]

    def some_agent(self):
        return urllib.parse.quote(self.random.choice(self.ids) if self.ids else "heppu:nobody", safe="")

    def read_agent(self):
        self.ask("/agents/{id}", "GET", "/agents/" + self.some_agent())

    def read_records(self):
        part, query = self.random.choice(
            (("status", ""), ("insights", "?days=30"), ("conversations", "?limit=7"), ("sales", ""), ("analytics", "?" + DATES))
        )
        self.ask("/agents/{id}/" + part, "GET", "/agents/%s/%s%s" % (self.some_agent(), part, query))

    def live_and_die(self):
        new = {"provider": "converra", "name": "soak", "instructions": "None.", "model": "gpt-4o"}
        # An answer is kept for a day under each key; few of them, because that is growth of a known kind.
        key = {"Idempotency-Key": "%032x" % self.random.getrandbits(128)} if self.random.random() < 0.02 else {}
        made = self.ask("/agents", "POST", "/agents", new, key)
        if made:
            target = "/agents/" + urllib.parse.quote(made["id"], safe="")
            self.ask("/agents/{id}", "PATCH", target, {"name": "soaked"})
            self.ask("/agents/{id}", "DELETE", target)

    def err(self):
        route, method, target, body = self.random.choice(
            (
                ("/agents", "GET", "/agents?limit=0", None),
                ("/agents", "GET", "/agents?cursor=forged", None),
                ("/agents/{id}", "GET", "/agents/nobody%3A1", None),
                ("/agents", "POST", "/agents", {"provider": "converra", "colour": "red"}),
                ("/agents/{id}", "PATCH", "/agents/" + self.some_agent(), {}),
            )
        )
        self.ask(route, method, target, body)

    def leave(self):
        """Goes away in the middle of a head, a body or an answer."""
        head = b"GET /agents?limit=200 HTTP/1.1\r\nHost: soak\r\nCache-Control: no-cache\r\n\r\n"
        post = b"POST /agents HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(self.random.choice((head, head[:20], post)))
            if self.random.random() < 0.5:
                connection.settimeout(0.05)
                try:
                    connection.recv(1)
                except TimeoutError:
                    pass

    def look_at_providers(self):
        self.ask("/providers", "GET", "/providers")


class Weather(threading.Thread):
    """Switches faults on and off, one provider after the other, and reloads the gateway."""

    def __init__(self, gateway, simulators, until):
        super().__init__(daemon=True)
        self.gateway, self.simulators, self.until = gateway, simulators, until
        self.reloads = self.changes = 0

    def run(self):
        next_reload = time.monotonic() + RELOAD_EVERY_S
        while time.monotonic() < self.until:
            path = "/faults/" + random.choice(PROVIDERS)
            listeners = path.replace("faults", "listeners")
            if random.random() < 0.15:
                self.simulators.control("PUT", listeners, {"open": False})
            else:
                self.simulators.control("PUT", path, random.choice(FAULTS))
            time.sleep(random.uniform(*FAULT_LASTS_S))
            self.simulators.control("DELETE", path)
            self.simulators.control("PUT", listeners, {"open": True})
            for name in PROVIDERS:  # what they remember would be all that grows
                self.simulators.control("DELETE", "/requests/" + name)
            self.changes += 1
            if time.monotonic() >= next_reload:
                self.gateway.send_signal(signal.SIGHUP)
                self.reloads += 1
                next_reload += RELOAD_EVERY_S


def sample(process):
    with open("/proc/%d/statm" % process.pid) as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resident, len(os.listdir("/proc/%d/fd" % process.pid))


def metric(admin, name):
    """The sum of a metric over its labels."""
    with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % admin) as answer:
        text = answer.read().decode()
    return sum(float(value) for value in re.findall(r"^%s(?:\{.*\})? (\S+)$" % name, text, re.MULTILINE))


def growth(samples, index):
    """How much the last third of what follows the warm-up has above its first third, by the medians."""
    values = [each[index] for each in samples[int(len(samples) * WARM_UP_SHARE) :]]
    third = max(1, len(values) // 3)
    return statistics.median(values[-third:]) - statistics.median(values[:third]), statistics.median(values[-third:])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", default=os.path.join(SOURCE, "build"))
    options.add_argument("--seconds", type=int, default=3600)
    options.add_argument("--clients", type=int, default=6)
    chosen = options.parse_args()

    with deployment(chosen.build, SERVER, PROVIDER, AGENTS) as (gateway, port, simulators):
        until = time.monotonic() + chosen.seconds
        contract = Contract(port, thoroughness=0.05)
        clients = [Client(port, contract, until, seed) for seed in range(chosen.clients)]
        weather = Weather(gateway, simulators, until)
        for thread in (*clients, weather):
            thread.start()
        samples = []
        while time.monotonic() < until:
            time.sleep(SAMPLE_EVERY_S)
            if gateway.poll() is not None:
                raise SystemExit("the gateway ended with %d" % gateway.returncode)
            samples.append(sample(gateway))
        for thread in (*clients, weather):
            thread.join(timeout=60)
        admin = admin_port(gateway, port)
        asked = metric(admin, "rollcall_http_requests_total")
        called = metric(admin, "rollcall_upstream_requests_total")
        retried = metric(admin, "rollcall_upstream_retries_total")

    faults = [fault for client in clients for fault in client.faults]
    statuses = sum((client.statuses for client in clients), collections.Counter())
    resident_growth, resident = growth(samples, 0)
    descriptor_growth, descriptors = growth(samples, 1)
    print("%d s, %d changes of the weather, %d reloads" % (chosen.seconds, weather.changes, weather.reloads))
    print("answers:     %s" % ", ".join("%d %d times" % pair for pair in sorted(statuses.items())))
    print("upstream:    %d calls, %d of them again, for %d requests" % (called, retried, asked))
    print("resident:    %.1f MiB, grown by %+.1f MiB" % (resident / 2**20, resident_growth / 2**20))
    print("descriptors: %d, grown by %+d" % (descriptors, descriptor_growth))
    print("outside the contract: %d" % len(faults))
    for fault in faults[:20]:
        print("  " + fault)
    # A page asks each provider at most once, but that one that is walked past its limit is asked for the next page too.
    accounted = called <= asked * len(PROVIDERS) * 2
    flat = resident_growth <= MOST_GROWTH_BYTES and descriptor_growth <= MOST_GROWTH_DESCRIPTORS
    if faults or not flat or not accounted:
        raise SystemExit("soak: not well")
    print("soak: all is well")


if __name__ == "__main__":
    main()
