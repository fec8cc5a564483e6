"""A gateway before the simulated providers, for the measurements beside this file. It measures nothing."""

import contextlib
import http.client
import json
import os
import resource
import signal
import subprocess
import tempfile
import time
import urllib.request

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOON_FULL = "8MiB"  # a cache in which memory can be seen to stay
PROVIDERS = ("hyperrep", "heppu", "converra", "agenthuman")
ORGANIZATION = "gAAAAABexampleOrganizationIdReturnedByApi7mN4qP2xLs9dV5kTr8cY1hJ6uW3"


def take_all_descriptors():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def configuration(urls, server, provider, page_size, cache, access):
    """The configuration's text; `server` and `provider` are further keys, as YAML in flow style."""
    lines = [
        "server: {listen: 127.0.0.1:0, admin: 127.0.0.1:0, %s}" % server,
        "cursor: {secret: only-for-measurements-0123}",
        "log: {level: warning}",
        "cache: {bytes: %s}" % cache,
        "access: %s" % access,
        "providers:",
    ]
    for name in PROVIDERS:
        more = provider
        if name == "hyperrep":
            more += ", params: {organization_id: %s}" % ORGANIZATION
        if page_size and name != "agenthuman":  # whose pages have a size of their own
            more += ", page_size: %d" % page_size
        lines.append(
            "  - {name: %s, profile: %s, base_url: '%s', credential: {value: test-key-%s}, "
            "quota: {calls: 1000000, per: 1s}, %s}" % (name, name, urls[name], name, more)
        )
    return "\n".join(lines) + "\n"


def wait_for(path, process):
    while not (os.path.exists(path) and os.path.getsize(path)):
        if process.poll() is not None:
            raise SystemExit("the simulators ended: see above")
        time.sleep(0.02)


def listening_sockets(process):
    """The ports on which the process listens, from the kernel's tables."""
    inodes = set()
    for descriptor in os.listdir("/proc/%d/fd" % process.pid):
        with contextlib.suppress(OSError):
            target = os.readlink("/proc/%d/fd/%s" % (process.pid, descriptor))
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in inodes}


@contextlib.contextmanager
def child(arguments, **options):
    process = subprocess.Popen(arguments, **options)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


class Simulators:
    """The control over the simulated providers."""

    def __init__(self, url):
        self.url = url

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data=data, method=method)):
            pass


@contextlib.contextmanager
def deployment(build, server, provider, agents=400, page_size=None, cache=SOON_FULL, access="open"):
    """Yields the gateway's process, its public port, and the simulators."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ports = os.path.join(folder, "ports.json")
        simulators = [os.path.join(build, "rollcall-simulator"), "--port-file", ports, "--control", "0"]
        for name in PROVIDERS:
            simulators += ["--provider", "%s:agents=%d" % (name, agents)]
        running = stack.enter_context(child(simulators, stdout=subprocess.DEVNULL))
        wait_for(ports, running)
        with open(ports) as file:
            listening = json.load(file)
        file_name = os.path.join(folder, "rollcall.yaml")
        with open(file_name, "w") as file:
            file.write(configuration(listening, server, provider, page_size, cache, access))
        arguments = [os.path.join(build, "rollcall"), "serve", "--config", file_name]
        gateway = stack.enter_context(child(arguments))
        yield gateway, wait_until_ready(gateway), Simulators(listening["control"])


def processor_seconds(process):
    """What it has used so far."""
    with open("/proc/%d/stat" % process.pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_ready(gateway):
    while True:
        if gateway.poll() is not None:
            raise SystemExit("the gateway ended: see above")
        for port in listening_sockets(gateway):
            if status_of(port, "/readyz") == 200:
                return next(iter(listening_sockets(gateway) - {port}))
        time.sleep(0.02)


def admin_port(gateway, public):
    return next(iter(listening_sockets(gateway) - {public}))


def status_of(port, path):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
