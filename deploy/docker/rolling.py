#!/usr/bin/env python3
"""Replaces containers of the image one after the other, as Kubernetes does, while clients ask; no request may be lost.

HAProxy stands for the Service: it hands connections on without looking into them, by the chart's own readiness probe.
The drain, the grace period and the rest of the timings come from the chart's values.

    deploy/docker/rolling.py TAG    needs build/rollcall-simulator, the ports of config/demo.yaml, haproxy, python3-yaml
"""

import contextlib
import http.client
import itertools
import json
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import typing
import urllib.request

import yaml

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
REPLICAS, SURGE = 2, 1
BUSY_CLIENTS, SLOW_CLIENTS, SLOW_PAUSE_S = 6, 4, 0.3
REQUESTS_OF_A_CONNECTION = 50  # then the client makes a new one, as pools do
PATIENCE_S = 15
STEADY_S = 2  # before, between and after the replacements
STOPPED_WELL = 0


def fail(what):
    """Ends it all."""
    sys.exit(f"rolling: {what}")


class Timings:
    """What the chart's values say of the life and death of a pod; in seconds."""

    def __init__(self):
        values = yaml.safe_load((SOURCE / "deploy/helm/rollcall/values.yaml").read_text(encoding="utf-8"))
        self.server = values["config"]["server"]
        self.probe = values["readinessProbe"]
        self.min_ready = values["minReadySeconds"]
        drain = sum(int(self.server[key].removesuffix("s")) for key in ("drain_delay", "drain_timeout"))
        self.grace = values["terminationGracePeriodSeconds"] or drain + 5  # as templates/_helpers.tpl reckons it


def free_ports(count):
    """Ports that nobody has; they are held until all are found, so that they differ."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def wait_until(condition, what):
    """Until it is true, within patience."""
    until = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > until:
            fail(f"{what}: not within {PATIENCE_S} s")
        time.sleep(0.05)


class Place(typing.NamedTuple):
    """Two ports behind the balancer, for one container at a time."""

    name: str
    public: int
    admin: int


class Container:
    """One container of the image, at one place."""

    numbers = itertools.count(1)

    def __init__(self, engine, tag, folder, place, timings):
        self.engine, self.place, self.grace = engine, place, timings.grace
        self.name = f"rollcall-rolling-{next(self.numbers)}"
        config = yaml.safe_load((SOURCE / "config/demo.yaml").read_text(encoding="utf-8"))
        addresses = {"listen": f"127.0.0.1:{place.public}", "admin": f"127.0.0.1:{place.admin}"}
        config["server"] = {**timings.server, **addresses}
        config["log"] = {"level": "warning", "format": "json"}
        for provider in config["providers"]:  # more is asked than the quotas of the real providers allow
            provider["quota"] = {"calls": 1_000_000, "per": "1s"}
        file = folder / f"{self.name}.yaml"
        file.write_text(yaml.safe_dump(config), encoding="utf-8")
        self.run("run", "--detach", "--name", self.name, "--network=host", "--read-only", "--cap-drop=ALL",
                 "--user", "65532", "--security-opt", "no-new-privileges", "--ulimit", "nofile=4096",
                 "--ulimit", "nproc=1024", "--volume", f"{file}:/etc/rollcall/rollcall.yaml:ro", tag)

    def run(self, *arguments):
        """What the engine says to it."""
        done = subprocess.run([*self.engine, *arguments], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            fail(f"{' '.join(arguments[:2])}: {done.stderr}")
        return done.stdout.strip()

    def requests(self):
        """How many it has answered."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.place.admin}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("rollcall_http_requests_total{"))

    def stop(self):
        """SIGTERM, and SIGKILL after the grace period; returns how long it took."""
        if not self.requests():
            fail(f"{self.name} was asked nothing")
        began = time.monotonic()
        self.run("stop", "--time", str(self.grace), self.name)
        took = time.monotonic() - began
        exit_code = int(self.run("inspect", "--format", "{{.State.ExitCode}}", self.name))
        if exit_code != STOPPED_WELL:
            fail(f"{self.name} ended with {exit_code}: {self.run('logs', self.name)}")
        self.remove()
        return took

    def remove(self):
        """Whatever it is doing."""
        subprocess.run([*self.engine, "rm", "--force", self.name], check=False, capture_output=True)


class Balancer:
    """HAProxy before the places: a new connection goes to one that is ready, and stays there."""

    def __init__(self, folder, port, places, probe):
        self.socket = folder / "haproxy.sock"
        period, timeout, failures = (probe[key] for key in ("periodSeconds", "timeoutSeconds", "failureThreshold"))
        servers = [f"server {place.name} 127.0.0.1:{place.public} check port {place.admin}" for place in places]
        lines = [
            "global", f"stats socket {self.socket}",
            "defaults", "mode tcp", "timeout connect 5s", "timeout client 1m", "timeout server 1m",
            "retries 0",  # a connection that is refused is the client's loss, as it is with a Service
            f"timeout check {timeout}s",
            "listen rollcall", f"bind 127.0.0.1:{port}", "balance random",
            "option httpchk GET /readyz", "http-check expect status 200",
            f"default-server inter {period}s fall {failures} rise 1", *servers,
        ]
        config = folder / "haproxy.cfg"
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.process = subprocess.Popen(["haproxy", "-q", "-f", config])

    def is_ready(self, place):
        """Whether it gives connections to that place."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self.socket))
            control.sendall(b"show stat\n")
            table = control.makefile().read()
            row = next(line.split(",") for line in table.splitlines() if line.startswith(f"rollcall,{place.name},"))
            return row[17].startswith("UP")
        return False


class Client(threading.Thread):
    """Walks through the agents, page by page, over one kept connection and then another."""

    def __init__(self, port, pause_s, over):
        super().__init__(daemon=True)
        self.port, self.pause_s, self.over = port, pause_s, over
        self.asked, self.losses, self.cursor = 0, [], None

    def run(self):
        while not self.over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
            with contextlib.closing(connection):
                self.use(connection)

    def use(self, connection):
        """Asks over it until the server, or the client, has had enough of it."""
        for _ in range(random.randint(1, REQUESTS_OF_A_CONNECTION)):
            self.asked += 1
            try:
                closes = self.ask(connection)
            except (OSError, http.client.HTTPException, ValueError, KeyError) as reason:
                self.losses.append(repr(reason))
                return
            if closes or self.over.wait(self.pause_s):
                return

    def ask(self, connection):
        """One page; the cursor goes to whichever container answers next. Returns whether the connection ends."""
        connection.request("GET", "/agents?limit=8" + (f"&cursor={self.cursor}" if self.cursor else ""))
        answer = connection.getresponse()
        body = json.loads(answer.read())
        if answer.status != 200 or body["partial"]:
            raise ValueError(f"{answer.status} {body}")
        self.cursor = body["page"]["next_cursor"]
        return answer.will_close


def replace(old, start, balancer, timings, place):
    """A new one first, at a free place; when it has been ready for long enough, the old one is stopped."""
    wait_until(lambda: not balancer.is_ready(place), "the balancer knows that the place is free")
    new = start(place)
    wait_until(lambda: balancer.is_ready(place), f"{new.name} is ready")
    time.sleep(timings.min_ready)
    took = old.stop()
    print(f"rolling: {old.name} was replaced; its stop took {took:.1f} s of {timings.grace}")
    return new


def roll(tag, engine, folder, stack):
    """Replaces every container under load; returns the clients."""
    timings = Timings()
    front, *ports = free_ports(1 + 2 * (REPLICAS + SURGE))
    places = [Place(f"place{each}", *ports[2 * each:2 * each + 2]) for each in range(REPLICAS + SURGE)]

    def start(place):
        container = Container(engine, tag, folder, place, timings)
        stack.callback(container.remove)
        return container

    balancer = Balancer(folder, front, places, timings.probe)
    stack.callback(balancer.process.terminate)
    old = [start(place) for place in places[:REPLICAS]]
    wait_until(lambda: [balancer.is_ready(each) for each in places] == [True] * REPLICAS + [False] * SURGE,
               "the balancer knows who is ready")
    over = threading.Event()
    clients = [Client(front, pause, over) for pause in [0] * BUSY_CLIENTS + [SLOW_PAUSE_S] * SLOW_CLIENTS]
    stack.callback(over.set)
    for client in clients:
        client.start()
    time.sleep(STEADY_S)
    free = places[-1]
    for container in old:
        replace(container, start, balancer, timings, free)
        free = container.place
        time.sleep(STEADY_S)
    over.set()
    for client in clients:
        client.join()
    return clients


def main():
    """Ends with 0 if every request was answered as it should."""
    tag = sys.argv[1]
    docker = shutil.which("docker")
    has_docker = docker and subprocess.run([docker, "info"], check=False, capture_output=True).returncode == 0
    engine = [docker] if has_docker else ["podman", "--runtime", shutil.which("runc")]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # the container's user reads its configuration
        simulator = subprocess.Popen([SOURCE / "build/rollcall-simulator", "--demo"], stdout=subprocess.DEVNULL)
        stack.callback(simulator.terminate)
        clients = roll(tag, engine, folder, stack)
    losses = list(itertools.chain.from_iterable(client.losses for client in clients))
    asked = sum(client.asked for client in clients)
    if losses or not all(client.asked for client in clients):
        fail(f"{len(losses)} of {asked} requests were lost: {'; '.join(sorted(set(losses))[:5])}")
    print(f"rolling: {REPLICAS} containers were replaced, {asked} requests of {len(clients)} clients, none lost")


if __name__ == "__main__":
    main()
