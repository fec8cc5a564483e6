"""What whole_path.py tells beside its table: the memory of idle connections, and a walk to the end of a long list."""

import contextlib
import http.client
import re
import socket
import time

from contenders import MOST_PER_PAGE, Stage, fetch, four
from machine import resident_kib, spent, used, wait_for_quiet
from scenarios import MOST_AGENTS, cached, cold_page

IDLE = 1000
AT_ONCE = 100
SETTLE_S = 1
WALKED = {"hyperrep": 40_000, "heppu": 30_000, "converra": 29_900, "agenthuman": 100}  # 100,000 in all
DEFAULT_CACHE = "ttl: 10s"
HELD = (
    (cached(50), ("Rollcall", "nginx, a proxy", "HAProxy, a proxy")),
    (cold_page, ("nginx + Lua", "Node.js")),
)
PAGE_END = re.compile(rb'"count":(\d+),"has_more":(?:true|false),"next_cursor":(?:"([^"]*)"|null)')


def settled(process):
    time.sleep(SETTLE_S)
    return resident_kib(process.pid)


def open_some(stack, contender, number, ask):
    port = int(contender.url.rsplit(":", 1)[1])
    request = ("GET %s HTTP/1.1\r\nHost: bench\r\n\r\n" % contender.targets[0]).encode()
    while number:
        connections = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(AT_ONCE)]
        if ask:
            for connection in connections:
                connection.sendall(request)
                answer = http.client.HTTPResponse(connection)
                answer.begin()
                if answer.status != 200 or not answer.read():
                    raise SystemExit("%s answered with %d" % (contender.name, answer.status))
        number -= AT_ONCE


def idle(build):
    """Resident memory after one answer, and how much more each idle connection takes."""
    told = {}
    for setting, names in HELD:
        for ask, what in ((False, "KiB for each that never asked"), (True, "KiB for each that was answered once")):
            with contextlib.ExitStack() as stack:
                for contender in setting(Stage(stack, build)):
                    if contender.name not in names:
                        continue
                    fetch(contender.url + contender.targets[0])
                    before = settled(contender.process)
                    open_some(stack, contender, IDLE, ask)
                    figures = told.setdefault(contender.name, {})
                    figures["MiB before"] = before / 1024
                    figures[what] = (settled(contender.process) - before) / IDLE
    return told


def walk_once(port):
    """Agents and pages of a whole walk over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    agents, pages, cursor = 0, 0, b""
    while cursor is not None:
        target = "/agents?limit=%d" % MOST_AGENTS + ("&cursor=" + cursor.decode() if cursor else "")
        connection.request("GET", target)
        body = connection.getresponse().read()
        end = PAGE_END.search(body, body.rindex(b'"page":'))
        if not end:
            raise SystemExit("no page: %s" % body[-500:])
        agents, pages, cursor = agents + int(end[1]), pages + 1, end[2]
    return agents, pages


def walk(build):
    """Twice: the upstreams learn their answers in the first walk, and the gateway starts anew for the second."""
    with contextlib.ExitStack() as stack:
        stage = Stage(stack, build)
        providers = stage.providers(four(), WALKED)
        for _ in range(2):
            process, port = stage.rollcall(providers, DEFAULT_CACHE, max(MOST_PER_PAGE.values()))
            start = settled(process)
            wait_for_quiet(stage.processes)
            asked, before, began = stage.asked(), used(process.pid), time.monotonic()
            agents, pages = walk_once(port)
            took, processor = time.monotonic() - began, sum(spent(process.pid, before))
        if agents != sum(WALKED.values()):
            raise SystemExit("a walk found %d agents" % agents)
        return {"Rollcall": {
            "agents": agents, "pages": pages, "calls to the providers": stage.asked() - asked,
            "seconds": took, "µs of processor time for each agent": processor / agents * 1e6,
            "MiB at the start": start / 1024, "MiB at the end": resident_kib(process.pid) / 1024,
        }}
