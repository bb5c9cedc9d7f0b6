"""A link between two nodes with weather on it: a TCP relay that delays, narrows, stalls one way, or cuts where it is told.

What TCP makes of loss, duplication and reordering on a real link is delay and stalls; those are made here directly, so that a
test needs no kernel module and no rights.
"""

import socket
import threading
import time

STEP_S = 0.005
CHUNK = 16384
REPLAYED = 64  # bytes that are said again
BACKLOG_LIMIT = 1 << 20  # bytes of one direction held here; then the sender is not read, as on a real link


class Weather:
    """How the link is now. Any thread may change it."""

    def __init__(self):
        self.delay_s = 0.0
        self.bytes_per_s = None  # of each direction
        self.stalled = set()  # directions in which nothing arrives: "out" from who dials, "back" to it
        self.up = True  # down: connections are cut and none is made
        self.cut_after = None  # bytes of one connection, both directions together
        self.meddling = None  # (how, after so many bytes of one connection): "flip", "drop" or "replay", once for each connection


class _Pipe:
    """One direction of one connection."""

    def __init__(self, name, source, target):
        self.name, self.source, self.target = name, source, target
        self.waiting = []  # (due, bytes)
        self.held = 0
        self.allowance = 0.0
        self.ended = False
        self.said_last = b""  # of what was relayed


class _Connection:
    def __init__(self, pipes):
        self.pipes = pipes
        self.relayed = 0  # bytes, both directions together
        self.meddled = False


class Link:
    """Listens on a port of its own and relays to `target_port` until it is closed."""

    def __init__(self, target_port):
        self.weather = Weather()
        self.target_port = target_port
        self.connections = 0
        self.relayed = {"out": 0, "back": 0}
        self.meddled = 0  # connections that were meddled with
        self.meddled_over = 0  # of these, those that have ended since
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._open = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join(10)
        for connection in self._open:
            self._drop(connection.pipes)
        self._listener.close()

    def _run(self):
        last = time.monotonic()
        while not self._stop.is_set():
            self._accept()
            now = time.monotonic()
            for connection in list(self._open):
                if not self._relay(connection, now, now - last):
                    self._drop(connection.pipes)
                    self._open.remove(connection)
                    self.meddled_over += connection.meddled
            last = now
            time.sleep(STEP_S)

    def _accept(self):
        while True:
            try:
                dialled, _ = self._listener.accept()
            except BlockingIOError:
                return
            if not self.weather.up:
                dialled.close()
                continue
            try:
                target = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
            except OSError:
                dialled.close()
                continue
            for one in (dialled, target):
                one.setblocking(False)
            self.connections += 1
            self._open.append(_Connection([_Pipe("out", dialled, target), _Pipe("back", target, dialled)]))

    @staticmethod
    def _drop(pipes):
        for pipe in pipes:
            pipe.source.close()

    def _relay(self, connection, now, passed_s):
        """False: the connection is over."""
        pipes = connection.pipes
        if not self.weather.up:
            return False
        for pipe in pipes:
            self._read(pipe, now)
            if not self._write(pipe, connection, now, passed_s):
                return False
        return not any(pipe.ended and not pipe.waiting for pipe in pipes)

    def _read(self, pipe, now):
        while not pipe.ended and pipe.held < BACKLOG_LIMIT:
            try:
                part = pipe.source.recv(CHUNK)
            except BlockingIOError:
                return
            except OSError:
                part = b""
            pipe.ended = not part
            if part:
                pipe.waiting.append((now + self.weather.delay_s, part))
                pipe.held += len(part)

    def _write(self, pipe, connection, now, passed_s):
        if pipe.name in self.weather.stalled:
            return True
        rate = self.weather.bytes_per_s
        pipe.allowance = CHUNK if rate is None else min(pipe.allowance + rate * passed_s, rate * 0.1)
        while pipe.waiting and pipe.waiting[0][0] <= now and pipe.allowance >= 1:
            due, part = pipe.waiting.pop(0)
            most = len(part) if rate is None else min(len(part), int(pipe.allowance))
            if self.weather.cut_after is not None:
                most = min(most, self.weather.cut_after - connection.relayed)
            if most <= 0:
                return False
            part = self._meddle(pipe, connection, part, most)
            try:
                sent = pipe.target.send(part[:most])
            except BlockingIOError:
                sent = 0
            except OSError:
                return False
            pipe.held -= sent
            connection.relayed += sent
            self.relayed[pipe.name] += sent
            pipe.said_last = (pipe.said_last + part[:sent])[-REPLAYED:]
            if rate is not None:
                pipe.allowance -= sent
            if sent < len(part):
                pipe.waiting.insert(0, (due, part[sent:]))
                if sent == 0:
                    break
        return True

    def _meddle(self, pipe, connection, part, most):
        """What goes on instead of that part, of which so many bytes would."""
        if self.weather.meddling is None or connection.meddled:
            return part
        how, after = self.weather.meddling
        at = after - connection.relayed
        if at >= most or (how == "replay" and not pipe.said_last):
            return part
        at = max(at, 0)
        connection.meddled = True
        self.meddled += 1
        if how == "flip":
            return part[:at] + bytes([part[at] ^ 0x10]) + part[at + 1:]
        if how == "drop":
            return part[:at] + part[at + 1:]
        assert how == "replay"
        said = (pipe.said_last + part[:at])[-REPLAYED:]
        return part[:at] + said + part[at:]
