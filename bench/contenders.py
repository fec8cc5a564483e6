"""The programs that whole_path.py holds against each other, each on one core, before upstreams that answer from memory.

It measures nothing.
"""

import contextlib
import dataclasses
import json
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

from deployment import ORGANIZATION, SOURCE, child, wait_for, wait_until_ready
from machine import GATEWAY_CORE, LOAD_CORE, pinned_to

PEERS = os.path.join(SOURCE, "bench", "peers")
PROFILES = os.path.join(SOURCE, "config", "profiles")
NGINX_MODULES = "/usr/lib/nginx/modules"
ENVOY = os.path.join(SOURCE, "build", "peers", "bin", "envoy")
KINDS = ("hyperrep", "heppu", "converra", "agenthuman")
MOST_PER_PAGE = {"hyperrep": 500, "heppu": 100, "converra": 100, "agenthuman": 500}
READY_S = 10


@dataclasses.dataclass
class Contender:
    name: str
    process: subprocess.Popen
    url: str
    targets: list  # what is asked for, in turn
    body: bytes = None  # of a POST


@dataclasses.dataclass
class Provider:
    name: str
    kind: str
    port: int = 0
    request: str = ""  # that Rollcall sends it


def four():
    return many(4)


def many(number):
    """So many providers, of all kinds in turn."""
    kinds = [KINDS[i % len(KINDS)] for i in range(number)]
    marks = ["-%d" % (i // len(KINDS)) if i >= len(KINDS) else "" for i in range(number)]
    return [Provider(kind + mark, kind) for kind, mark in zip(kinds, marks)]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_open(port, process):
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise SystemExit("%s is not ready: see above" % process.args[0])


def fetch(url, context=None):
    with urllib.request.urlopen(url, context=context) as answer:
        return answer.read()


class Stage:
    """Everything that is started, and ends, together."""

    def __init__(self, stack, build):
        self.stack, self.build = stack, build
        self.folder = stack.enter_context(tempfile.TemporaryDirectory())
        self.processes = []
        self.control = None

    def start(self, arguments, core, **options):
        process = self.stack.enter_context(child(arguments, preexec_fn=pinned_to(core), **options))
        self.processes.append(process)
        return process

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb" if isinstance(content, bytes) else "w") as file:
            file.write(content)
        return path

    # --- behind ---

    def upstreams(self, origins):
        """Ports that answer from memory, for each origin one: a port, or a file with a whole answer."""
        program = [os.path.join(self.build, "prepared-upstreams"), *map(str, origins)]
        process = self.start(program, LOAD_CORE, stdout=subprocess.PIPE)
        told = json.loads(process.stdout.readline())
        self.control = told["control"]
        return told["ports"]

    def providers(self, providers, agents):
        """Simulated ones, each with so many agents (a number, or one for each kind), whose answers are replayed."""
        ports = os.path.join(self.folder, "ports.json")
        command = [os.path.join(self.build, "rollcall-simulator"), "--port-file", ports]
        for provider in providers:
            number = agents[provider.kind] if isinstance(agents, dict) else agents
            command += ["--provider", "%s@%s:agents=%d" % (provider.kind, provider.name, number)]
        wait_for(ports, self.start(command, LOAD_CORE, stdout=subprocess.DEVNULL))
        with open(ports) as file:
            urls = json.load(file)
        origins = [urls[provider.name].rsplit(":", 1)[1] for provider in providers]
        for provider, port in zip(providers, self.upstreams(origins)):
            provider.port = port
        return providers

    def asked(self):
        """How many requests the upstreams have got."""
        return sum(upstream["asked"] for upstream in self.told())

    def told(self):
        return json.loads(fetch("http://127.0.0.1:%d/" % self.control)) if self.control else []

    def learn_requests(self, providers):
        """What Rollcall has just asked them, for the peers to ask the same."""
        for provider, upstream in zip(providers, self.told()):
            provider.request = upstream["last"]

    # --- Rollcall ---

    def rollcall(self, providers, cache, page_size, server="", environment=None):
        """With every default but the cache's, and quotas that do not refuse."""
        lines = ["server: {listen: 127.0.0.1:0, admin: 127.0.0.1:0%s}" % server]
        lines += ["cursor: {secret: only-for-measurements-0123}", "providers:"]
        for provider in providers:
            keys = {
                "name": provider.name,
                "profile": self.profile_of(provider.kind),
                "base_url": "http://127.0.0.1:%d" % provider.port,
                "credential": "{value: test-key-%s}" % provider.kind,
                "quota": "{calls: 1000000, per: 1s}",
                "page_size": min(page_size, MOST_PER_PAGE[provider.kind]),
                "cache": "{%s}" % cache,
            }
            if provider.kind == "hyperrep":
                keys["params"] = "{organization_id: %s}" % ORGANIZATION
            lines.append("  - {%s}" % ", ".join("%s: %s" % (key, value) for key, value in keys.items()))
        configuration = self.file("rollcall.yaml", "\n".join(lines) + "\n")
        log = self.stack.enter_context(open(os.path.join(self.folder, "rollcall.log"), "w"))
        command = [os.path.join(self.build, "rollcall"), "serve", "--config", configuration]
        process = self.start(command, GATEWAY_CORE, stdout=log, env={**os.environ, **(environment or {})})
        return process, wait_until_ready(process)

    def profile_of(self, kind):
        """The shipped one, but for Agent Human's: its one answer never differs, so that equal calls would be made once.
        Its pages are counted here, and the simulator, which does not know what that means, sends all of them."""
        if kind != "agenthuman":
            return kind
        with open(os.path.join(PROFILES, kind + ".yaml")) as file:
            text = file.read()
        paging = "  style: page\n  size: {name: limit, maximum: 500}\n  position: {name: page}\n"
        text, replaced = re.subn(r"(?m)^  style: none.*\n", paging, text)
        if replaced != 1:
            raise SystemExit("the profile of Agent Human is not what it was")
        return self.file("agenthuman.yaml", text)

    # --- the peers ---

    def floor(self, providers, answer_bytes):
        command = [os.path.join(self.build, "floor-gateway"), str(answer_bytes)]
        for provider in providers:
            command += [str(provider.port), self.file(provider.name + ".request", provider.request)]
        process = self.start(command, GATEWAY_CORE, stdout=subprocess.PIPE)
        return process, int(process.stdout.readline())

    def nginx_lua(self, providers):
        upstreams, locations, names = [], [], []
        for provider in providers:
            path, headers = request_of(provider)
            upstreams.append(
                "upstream %s { server 127.0.0.1:%d; keepalive 128; keepalive_requests 1000000000; }"
                % (provider.name, provider.port)
            )
            sent = "".join(' proxy_set_header %s "%s";' % header for header in headers.items())
            locations.append("location = /%s { internal;%s proxy_pass http://%s%s; }"
                             % (provider.name, sent, provider.name, path))
            names.append('{"%s", "%s"}' % (provider.name, provider.kind))
        return self.nginx("nginx_lua.conf", UPSTREAMS="\n".join(upstreams), LOCATIONS="\n".join(locations),
                          NAMES=", ".join(names), PEERS=PEERS, MODULES=NGINX_MODULES)

    def node(self, providers):
        listed = []
        for provider in providers:
            path, headers = request_of(provider)
            listed.append({"name": provider.name, "kind": provider.kind, "port": provider.port, "path": path,
                           "headers": headers})
        port = free_port()
        command = ["node", os.path.join(PEERS, "agents.js"), str(port), self.file("providers.json", json.dumps(listed))]
        process = self.start(command, GATEWAY_CORE)
        wait_until_open(port, process)
        return process, port

    def nginx_proxy(self, upstream, certificate=None):
        files = "ssl_certificate %s; ssl_certificate_key %s;" % certificate if certificate else ""
        return self.nginx("nginx_proxy.conf", UPSTREAM=str(upstream), TLS="ssl" if certificate else "",
                          CERTIFICATE=files)

    def nginx(self, template, **values):
        port = free_port()
        configuration = self.filled(template, PORT=str(port), FOLDER=self.folder, **values)
        process = self.start(["nginx", "-e", "stderr", "-c", configuration], GATEWAY_CORE)
        wait_until_open(port, process)
        return process, port

    def haproxy(self, upstream):
        port = free_port()
        configuration = self.filled("haproxy.cfg", PORT=str(port), UPSTREAM=str(upstream))
        process = self.start(["haproxy", "-q", "-db", "-f", configuration], GATEWAY_CORE)
        wait_until_open(port, process)
        return process, port

    def envoy(self, upstream):
        port = free_port()
        configuration = self.filled("envoy.yaml", PORT=str(port), UPSTREAM=str(upstream))
        command = [ENVOY, "-c", configuration, "--concurrency", "1", "--disable-hot-restart", "-l", "error"]
        process = self.start(command, GATEWAY_CORE)
        wait_until_open(port, process)
        return process, port

    def filled(self, template, **values):
        with open(os.path.join(PEERS, template)) as file:
            text = file.read()
        return self.file(template, re.sub("@([A-Z]+)@", lambda found: values[found[1]], text))


def request_of(provider):
    """Path and credential of the request that Rollcall sends."""
    line, *headers = provider.request.split("\r\n")
    named = dict(header.split(": ", 1) for header in headers if ": " in header)
    return line.split(" ")[1], {name: named[name] for name in named if name.lower() in ("authorization", "x-api-key")}
