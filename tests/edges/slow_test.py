"""Clients that are slow on purpose: they keep nobody out, cost bounded memory, and are closed when their time is over."""

import contextlib
import os
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from ledger import Ledger, public_record  # noqa: E402
from wire import Wire, limit, memory_kb, say, statuses  # noqa: E402

PLACES = 100  # connections of the node
KIND = PLACES // 4  # of them for each kind of request that takes long
IDLE_S, REQUEST_S = 3, 2
CLOSED_WITHIN_S = 15
HONEST_WITHIN_S = 5
MEMORY_GROWTH_LIMIT_KB = 64 * 1024
HONEST = b"GET /api/v1/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
HALF_HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nX-A: "
HALF_BODY = b"POST /api/v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"


class Slow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger()
        cls.addClassCleanup(cls.ledger.close)
        limit(cls.ledger.root / "kyiv", max_connections=PLACES, idle_timeout_ms=IDLE_S * 1000,
              request_timeout_ms=REQUEST_S * 1000)
        cls.ledger.start()
        assert len(cls.ledger.record(public_record()[:56])) == 56
        cls.ledger.wait_equal()
        cls.port = cls.ledger.base + 1
        cls.pid = cls.ledger.nodes["kyiv"].pid
        cls.memory_kb = memory_kb(cls.pid)

    def tearDown(self):
        self.assertLess(memory_kb(self.pid), self.memory_kb + MEMORY_GROWTH_LIMIT_KB)
        self.assert_honest()

    def assert_honest(self):
        begun = time.monotonic()
        answer = say(self.port, HONEST)
        self.assertEqual(statuses(answer), [200], answer[:200])
        self.assertLess(time.monotonic() - begun, HONEST_WITHIN_S)

    def crowd(self, stack, count, data):
        wires = [stack.enter_context(Wire(self.port)) for _ in range(count)]
        for wire in wires:
            wire.send(data)
        return wires

    def test_more_slow_clients_than_there_are_places_keep_nobody_out(self):
        for what, begun in (("silent", b""), ("half a head", HALF_HEAD), ("half a body", HALF_BODY)):
            with self.subTest(what), contextlib.ExitStack() as stack:
                for _ in range(3):
                    self.crowd(stack, PLACES, begun)
                    self.assert_honest()
                    self.assertTrue(self.ledger.record(public_record()[:1])[0].endswith(" recorded"))
                connections = len(os.listdir(f"/proc/{self.pid}/fd"))
                self.assertLess(connections, PLACES + 100)

    def test_a_request_that_comes_byte_by_byte_has_its_time_and_no_more(self):
        for what, begun in (("head", HALF_HEAD), ("body", HALF_BODY)):
            with self.subTest(what), Wire(self.port) as wire:
                wire.send(begun)
                start = time.monotonic()
                while wire.send(b"x") and time.monotonic() - start < CLOSED_WITHIN_S:
                    time.sleep(0.05)
                took = time.monotonic() - start
                self.assertGreater(took, REQUEST_S * 0.8)
                self.assertLess(took, CLOSED_WITHIN_S)

    def test_a_client_that_never_speaks_is_closed(self):
        with Wire(self.port) as wire:
            self.assertEqual(wire.rest(CLOSED_WITHIN_S), b"")

    def test_who_reads_no_answers_costs_what_the_system_buffers_and_is_closed(self):
        with contextlib.ExitStack() as stack:
            wires = self.crowd(stack, 40, b"")
            for wire in wires:
                wire.socket.setblocking(False)
                request = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 2_000
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    while request:
                        request = request[wire.socket.send(request):]
            self.assert_honest()
            self.assertLess(memory_kb(self.pid), self.memory_kb + MEMORY_GROWTH_LIMIT_KB)
            time.sleep(REQUEST_S + 2)  # nothing was read: closed, whatever more is waiting
            for wire in wires:
                wire.socket.setblocking(True)
                wire.socket.settimeout(CLOSED_WITHIN_S)
                read = wire.rest(CLOSED_WITHIN_S)
                self.assertLess(len(statuses(read)), 2_000)

    def test_followers_of_the_feed_are_counted_and_leave_places_to_others(self):
        follow = b"GET /api/v1/feed HTTP/1.1\r\nHost: a\r\n\r\n"
        with contextlib.ExitStack() as stack:
            wires = self.crowd(stack, KIND + 10, follow)
            heads = [wire.until(b"\r\n\r\n") for wire in wires]
            counts = [statuses(head)[0] for head in heads]
            self.assertEqual((counts.count(200), counts.count(503)), (KIND, 10))
            self.crowd(stack, PLACES, HALF_HEAD)
            self.assert_honest()

    def test_requests_that_wait_for_what_never_comes_leave_places_to_others(self):
        waiting = (b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                   b"Tallinn-After: tallinn-mechanism.example/kyiv/1 999999\r\n\r\n")
        with contextlib.ExitStack() as stack:
            for _ in range(2):
                self.crowd(stack, PLACES, waiting)
                self.assert_honest()


if __name__ == "__main__":
    unittest.main()
