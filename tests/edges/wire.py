"""A client that says to a node's HTTP port whatever a test wants, byte by byte, and reads what comes back."""

import re
import socket
import time
from pathlib import Path

ANSWER_LIMIT_S = 10
STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


class Wire:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_LIMIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False when the node has closed."""
        try:
            self.socket.sendall(data)
            return True
        except ConnectionError:
            return False

    def rest(self, limit_s=ANSWER_LIMIT_S):
        """Everything until the node closes, or an assertion when it does not in time."""
        deadline = time.monotonic() + limit_s
        read = b""
        while True:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                part = self.socket.recv(65536)
            except ConnectionError:
                return read
            except TimeoutError as error:
                raise AssertionError(f"not closed within {limit_s} s: {read[:300]}") from error
            if not part:
                return read
            read += part

    def until(self, text):
        """The bytes up to and with that text; fewer when the node closes before."""
        read = b""
        while text not in read:
            part = self.socket.recv(1)
            if not part:
                break
            read += part
        return read


def say(port, data):
    """Sends it all at once, then says no more; the whole answer."""
    with Wire(port) as wire:
        wire.send(data)
        try:
            wire.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the node has closed
        return wire.rest()


def statuses(answer):
    """Of every answer in it, in order."""
    return [int(status) for status in STATUS_LINE.findall(answer)]


def limit(folder, **limits):
    """Writes limits into the node.toml of a sandbox's office."""
    config = Path(folder) / "node.toml"
    text = config.read_text()
    for name, value in limits.items():
        text, changed = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        assert changed == 1, name
    config.write_text(text)


def memory_kb(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))
