"""Keys for the measurements of access, and a connection that asks with one. It measures nothing."""

import os
import socket
import subprocess


def new_key(build):
    """What `rollcall key new` makes: the key, and its hash for the configuration."""
    output = subprocess.run([os.path.join(build, "rollcall"), "key", "new"], check=True, capture_output=True, text=True)
    lines = output.stdout.splitlines()
    return lines[0], next(line for line in lines if '"rc_' in line).split('"')[1]


def misspelt(key, turn=1):
    """The same beginning, and another secret for each turn below the secret's length."""
    secret = key[14:]
    return key[:14] + "".join(reversed(secret[turn:] + secret[:turn]))


class Connection:
    """One kept-alive connection, as near to the socket as Python goes."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request):
        """The whole answer, which must come with its length."""
        self.socket.sendall(request)
        answer = self.socket.recv(65536)
        head = answer.find(b"\r\n\r\n") + 4
        at = answer.find(b"Content-Length: ") + 16
        whole = head + int(answer[at : answer.find(b"\r", at)])
        while len(answer) < whole:
            answer += self.socket.recv(65536)
        return answer


def request(target, key):
    return ("GET %s HTTP/1.1\r\nHost: a\r\nx-api-key: %s\r\n\r\n" % (target, key)).encode()
