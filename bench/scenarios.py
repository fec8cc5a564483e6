"""What whole_path.py can measure: each scenario sets a stage with its contenders. How, is not told here."""

import dataclasses
import itertools
import json
import os
import ssl
import subprocess
from urllib.parse import quote

from contenders import ENVOY, KINDS, Contender, Provider, fetch, four, many

AGENTS_OF_A_PROVIDER = 13
PAGES = 64  # of one walk, that the clients ask for in turn: of those in flight at once no two are the same
FAN_OUT = (1, 2, 4, 8, 16, 32)
AGENTS_OF_MANY = 6  # so that a page of 200 holds all that was read of 32 providers
PAGE_SIZES = (13, 50, 100, 500)
MOST_AGENTS = 200  # of one page of Rollcall's
COLD = "ttl: 0s"
KEPT = "ttl: 1h"


def json_of(port, target):
    return json.loads(fetch("http://127.0.0.1:%d%s" % (port, target)))


def walk(port, limit):
    """The pages of a walk, in turn."""
    cursor = ""
    while cursor is not None:
        target = "/agents?limit=%d" % limit + ("&cursor=" + cursor if cursor else "")
        yield target
        cursor = json_of(port, target)["page"]["next_cursor"]


def page_targets(port, limit, page_size, providers):
    """Pages of a walk, each of which takes a page of every provider that no other one does."""
    stride = max(1, page_size * providers // limit)
    targets = list(itertools.islice(walk(port, limit), 0, PAGES * stride, stride))
    if len(targets) < PAGES:
        raise SystemExit("a walk of pages of %d ends too soon" % limit)
    return targets


def plain(port):
    return "http://127.0.0.1:%d" % port


def cold(stage, providers, page_size, limit, peers):
    """A page with every provider asked."""
    # Agent Human's only page is given again and again.
    agents = dict.fromkeys(KINDS, page_size * (PAGES + 1))
    agents["agenthuman"] = page_size
    stage.providers(providers, agents)
    process, port = stage.rollcall(providers, COLD, page_size)
    first = fetch(plain(port) + "/agents?limit=%d" % limit)
    if json.loads(first)["page"]["count"] != limit:
        raise SystemExit("the first page is not full: %s" % first[-500:])
    stage.learn_requests(providers)
    targets = page_targets(port, limit, page_size, len(providers))
    yield Contender("Rollcall", process, plain(port), targets)
    process, port = stage.floor(providers, len(first))
    yield Contender("floor", process, plain(port), ["/agents"])
    if peers:
        process, port = stage.nginx_lua(providers)
        yield Contender("nginx + Lua", process, plain(port), ["/agents"])
        process, port = stage.node(providers)
        yield Contender("Node.js", process, plain(port), ["/agents"])


def cold_page(stage):
    limit = 4 * AGENTS_OF_A_PROVIDER
    return cold(stage, four(), AGENTS_OF_A_PROVIDER, limit, peers=True)


def equal(stage):
    """All clients ask for the same page, which the providers are then asked for once."""
    providers = stage.providers(four(), AGENTS_OF_A_PROVIDER)
    process, port = stage.rollcall(providers, COLD, AGENTS_OF_A_PROVIDER)
    yield Contender("Rollcall", process, plain(port), ["/agents?limit=%d" % (4 * AGENTS_OF_A_PROVIDER)])


def fan_out(number):
    def setting(stage):
        return cold(stage, many(number), AGENTS_OF_MANY, AGENTS_OF_MANY * number, peers=False)
    return setting


def page_of(size):
    def setting(stage):
        limit = min(4 * size, MOST_AGENTS)
        return cold(stage, four(), size, limit, peers=False)
    return setting


def cached(limit, secure=False):
    """A page from the cache: the same all the time, or those of a walk in turn, which are put together each time. The
    proxies pass on one request to an upstream that answers with as many bytes."""
    def setting(stage):
        providers = stage.providers(four(), MOST_AGENTS)
        certificate = make_certificate(stage) if secure else None
        server = ", tls: {certificate: %s, key: %s}" % certificate if secure else ""
        process, port = stage.rollcall(providers, KEPT, MOST_AGENTS, server)
        url = "https://127.0.0.1:%d" % port if secure else plain(port)
        target = "/agents?limit=%d" % limit
        context = ssl._create_unverified_context() if secure else None
        body = fetch(url + target, context)
        yield Contender("Rollcall", process, url, [target])
        if not secure:
            full_pages = MOST_AGENTS * len(providers) // limit - 1
            yield Contender("Rollcall, a walk", process, url, list(itertools.islice(walk(port, limit), 1, full_pages)))
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        upstream, = stage.upstreams([stage.file("answer", head.encode() + body)])
        process, port = stage.nginx_proxy(upstream, certificate)
        yield Contender("nginx, a proxy", process, "https://127.0.0.1:%d" % port if secure else plain(port), [target])
        if secure:
            return
        process, port = stage.haproxy(upstream)
        yield Contender("HAProxy, a proxy", process, plain(port), [target])
        if os.path.exists(ENVOY):
            process, port = stage.envoy(upstream)
            yield Contender("Envoy, a proxy", process, plain(port), [target])
        process, port = stage.floor([], len(body))
        yield Contender("floor", process, plain(port), [target])
    return setting


def make_certificate(stage):
    files = stage.file("certificate.pem", ""), stage.file("key.pem", "")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=127.0.0.1", "-out", files[0], "-keyout", files[1]]
    subprocess.run(command, check=True, capture_output=True)
    return files


def single(stage):
    """One agent, from the provider that has it, which is asked each time."""
    providers = [Provider("heppu", "heppu")]
    stage.providers(providers, 100)
    process, port = stage.rollcall(providers, COLD, 100)
    targets = ["/agents/" + quote(agent["id"]) for agent in json_of(port, "/agents?limit=100")["data"]]
    body = fetch(plain(port) + targets[0])
    stage.learn_requests(providers)
    yield Contender("Rollcall", process, plain(port), targets)
    process, port = stage.floor(providers, len(body))
    yield Contender("floor", process, plain(port), [targets[0]])


def write(stage):
    """An agent created; its provider is asked to create it, and then for the whole of it."""
    providers = stage.providers([Provider("converra", "converra")], AGENTS_OF_A_PROVIDER)
    process, port = stage.rollcall(providers, KEPT, AGENTS_OF_A_PROVIDER)
    body = {"provider": "converra", "name": "Concierge", "instructions": "You are a concierge.", "model": "gpt-4o"}
    yield Contender("Rollcall", process, plain(port), ["/agents"], json.dumps(body).encode())


@dataclasses.dataclass
class Scenario:
    title: str
    setting: object  # given a stage, it yields the contenders
    connections: int = 32


SCENARIOS = {
    "cold": Scenario("a page of 52, four providers of 13 asked each time", cold_page),
    "cold-one": Scenario("the same, one connection", cold_page, 1),
    "cached": Scenario("a page of 50 from the cache", cached(50)),
    **{"fan-out-%d" % number: Scenario("%d providers of 6 asked each time" % number, fan_out(number))
       for number in FAN_OUT},
    **{"page-%d" % size: Scenario("four providers' pages of %d read, up to 200 of them given" % size, page_of(size), 8)
       for size in PAGE_SIZES},
    "cached-200": Scenario("a page of 200 from the cache", cached(200)),
    "agent": Scenario("one agent, its provider asked each time", single),
    "tls": Scenario("a page of 50 from the cache, over TLS", cached(50, secure=True)),
    "cached-one": Scenario("a page of 50 from the cache, one connection", cached(50), 1),
    "cached-1000": Scenario("a page of 50 from the cache, 1,000 connections", cached(50), 1000),
    "equal": Scenario("a page of 52 that all 32 clients ask for: equal calls are made once", equal),
    "write": Scenario("an agent created: one call to create it, one to read it", write),
}
