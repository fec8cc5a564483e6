#!/usr/bin/env python3
"""What ten thousand idle and slow clients cost a good one.

Starts the release build before the simulated providers and measures a good client's latency on a cached page, in
rounds, by turns without and with a crowd of slow clients: half of them idle, a quarter sending a request's head one
byte a second, a quarter reading a large answer one byte a second. Whom the gateway gives up comes back at once.

    bench/slow_clients.py [--build build] [--clients 10000] [--rounds 5] [--seconds 5]
"""

import argparse
import errno
import multiprocessing
import socket
import statistics
import time

from deployment import deployment, processor_seconds, take_all_descriptors

HEAD = b"GET /agents?limit=5 HTTP/1.1\r\nHost: a\r\nX-Slow: " + b"s" * 200 + b"\r\n\r\n"
LARGE = b"GET /agents?limit=200 HTTP/1.1\r\nHost: a\r\n\r\n"
GOOD = b"GET /agents?limit=20 HTTP/1.1\r\nHost: a\r\n\r\n"
PERIOD = 1.0  # between two signs of life of a slow client, in seconds
TICKS = 20  # into which that is cut, so that the crowd does not act in bursts
GOOD_PAUSE = 0.002  # between two requests of the good client: its rate is the same however fast it is answered


class Slow:
    """One client of the crowd, a step at a time."""

    def __init__(self, number, kind, port):
        self.source = "127.0.%d.%d" % (1 + number % 200, 1 + number // 200 % 200)
        self.kind, self.port = kind, port
        self.comebacks = -1
        self.connect()

    def connect(self):
        self.comebacks += 1
        self.socket = socket.socket()
        if self.kind == "reading":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # Several sources, because one has no ports for all that come back while the old ones are in TIME_WAIT.
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        self.socket.bind((self.source, 0))
        self.socket.connect(("127.0.0.1", self.port))
        self.socket.setblocking(False)
        self.sent = 0
        if self.kind == "reading":
            self.socket.send(LARGE)

    def step(self):
        try:
            if self.kind == "sending" and self.sent < len(HEAD) - 1:
                self.socket.send(HEAD[self.sent : self.sent + 1])
                self.sent += 1
                return
            if not self.socket.recv(1 if self.kind == "reading" else 4096):
                self.come_back()
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.ECONNRESET):
                raise
            self.come_back()

    def come_back(self):
        self.socket.close()
        self.connect()


def crowd(port, count, orders):
    """Told by `orders`: True makes the crowd appear, False leave, None ends the process."""
    take_all_descriptors()
    clients = []
    tick = 0
    while True:
        if orders.poll(0 if clients else None):
            order = orders.recv()
            for client in clients:
                client.socket.close()
            if order is None:
                return
            kinds = ("idle", "sending", "idle", "reading")
            clients = [Slow(number, kinds[number % 4], port) for number in range(count)] if order else []
            orders.send(len(clients))
        began = time.monotonic()
        for client in clients[tick % TICKS :: TICKS]:
            client.step()
        tick += 1
        time.sleep(max(0.0, began + PERIOD / TICKS - time.monotonic()))


def one_answer(connection):
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head[:16]:
        raise SystemExit(head.decode())
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)


def latencies(port, seconds):
    """Of the good client's requests, in microseconds."""
    taken = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            began = time.perf_counter()
            connection.sendall(GOOD)
            one_answer(connection)
            taken.append((time.perf_counter() - began) * 1e6)
            time.sleep(GOOD_PAUSE)
    return sorted(taken)


def measure(gateway, public, seconds):
    before = processor_seconds(gateway)
    taken = latencies(public, seconds)
    busy = (processor_seconds(gateway) - before) / seconds
    return {"p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)], "busy": busy * 100}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build", help="where the release build is")
    parser.add_argument("--clients", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of one measurement; a round has two")
    options = parser.parse_args()
    take_all_descriptors()
    limits = "limits: {connections: %d}" % (options.clients + 100)
    with deployment(options.build, limits, "cache: {ttl: 1h}") as (gateway, public, _):
        here, there = multiprocessing.Pipe()
        mob = multiprocessing.Process(target=crowd, args=(public, options.clients, there), daemon=True)
        mob.start()
        latencies(public, 1)  # fills the cache
        alone, crowded = [], []
        for number in range(options.rounds):
            for present, results in ((False, alone), (True, crowded)):
                here.send(present)
                here.recv()
                time.sleep(1)  # the gateway takes note of those that came or went
                results.append(measure(gateway, public, options.seconds))
                print(
                    "round %d, %6d slow clients: p50 %5.0f us, p99 %6.0f us, gateway busy %5.1f %%"
                    % (number + 1, options.clients if present else 0, *results[-1].values()),
                    flush=True,
                )
        here.send(None)
        mob.join()
    for name in ("p50", "p99"):
        medians = [statistics.median(result[name] for result in results) for results in (alone, crowded)]
        ratio = medians[1] / medians[0]
        print("%s: %.0f us alone, %.0f us in the crowd, ratio %.2f (medians)" % (name, *medians, ratio))


if __name__ == "__main__":
    main()
