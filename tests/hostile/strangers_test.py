"""Whoever reaches a node's peer port and has no key of the ledger: not heard, counted, and in nobody's way."""

import errno
import os
import socket
import ssl
import threading
import time
import unittest

import peer
from case import COUNT_LIMIT_S, HostileCase  # finds what follows
from ledger import Ledger, public_record

PLACES_OF_ONE_NETWORK = 8
COMES_BACK_WITHIN_S = 10


class SilentFlood:
    """Who opens a connection for each that the node closes, from several addresses, and never says a word."""

    def __init__(self, port, networks, at_once):
        self.port, self.networks, self.at_once = port, networks, at_once
        self.opened = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join(20)

    def _run(self):
        silent = []
        while not self._ended.wait(0.01):
            silent = [one for one in silent if self._is_open(one)]
            while len(silent) < self.at_once and not self._ended.is_set():
                source = (f"127.0.1.{1 + self.opened % self.networks}", 0)
                try:
                    silent.append(socket.create_connection(("127.0.0.1", self.port), timeout=1, source_address=source))
                except OSError:
                    break
                self.opened += 1
        for one in silent:
            one.close()

    @staticmethod
    def _is_open(one):
        one.setblocking(False)
        try:
            one.recv(1)  # the node says nothing before the handshake: its end
        except BlockingIOError:
            return True
        except OSError:
            pass
        one.close()
        return False


class Strangers(HostileCase):
    """Nobody whose key the charter names, while both offices are at work."""

    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger.running_for(cls)
        cls.lines = public_record()
        assert len(cls.ledger.record(cls.lines[:40])) == 40
        cls.ledger.wait_equal()
        cls.recorded = 40

    def record_one(self):
        """The honest office is unaffected: what is recorded now is settled at both."""
        answer = self.ledger.record([self.lines[self.recorded]])
        self.assertTrue(answer[0].endswith(" recorded"), answer)
        type(self).recorded += 1
        self.ledger.wait_equal()

    def attempt(self, **how):
        """Is told why by OpenSSL, at the handshake or at the first read."""
        try:
            with peer.Connection(self.listen_port(), **how) as connection:
                connection.send(peer.hello(bytes(32), "kyiv"))
                return list(connection.frames())
        except (ssl.SSLError, ConnectionError):
            return []

    def test_nobody_without_an_offices_key_gets_a_word(self):
        stranger = peer.Key(os.urandom(32))
        transport = peer.Key(peer.derive(peer.office_seed(self.ledger.root / "kyiv" / "office.key"), peer.TRANSPORT))
        other_role = peer.Key(peer.derive(peer.office_seed(self.ledger.root / "kyiv" / "office.key"), peer.LOG))
        table = (
            ("a key that nobody knows", {"key": stranger}),
            ("no certificate", {}),
            ("the office's log key", {"key": other_role}),
            ("TLS 1.2", {"key": transport, "version": ssl.TLSVersion.TLSv1_2}),
            ("another protocol by ALPN", {"key": transport, "alpn": "http/1.1"}),
            ("no ALPN", {"key": transport, "alpn": None}),
        )
        for what, how in table:
            with self.subTest(what):
                before = self.counts()
                self.assertEqual(self.attempt(**how), [], what)
                self.assert_counted(before, "handshake", what)
        self.record_one()

    def test_bytes_that_are_no_handshake_end_the_connection(self):
        for what, sent in (("HTTP", b"GET / HTTP/1.1\r\n\r\n"), ("noise", os.urandom(4096)), ("zeros", bytes(64)),
                           ("half a record", b"\x16\x03\x01\x40\x00" + os.urandom(100))):
            with self.subTest(what):
                before = self.counts()
                with socket.create_connection(("127.0.0.1", self.listen_port()), timeout=peer.ANSWER_LIMIT_S) as raw:
                    raw.sendall(sent)
                    raw.shutdown(socket.SHUT_WR)
                    while raw.recv(4096):
                        pass
                self.assert_counted(before, "handshake", what)
        self.record_one()

    def test_many_who_say_nothing_are_dropped_and_keep_nobody_out(self):
        before = self.counts()
        idle = [socket.create_connection(("127.0.0.1", self.listen_port()), timeout=peer.ANSWER_LIMIT_S,
                                         source_address=("127.0.0.3", 0)) for _ in range(100)]
        try:
            self.record_one()  # the link that stands is not touched
            self.wait_counted("handshake", before.get("handshake", 0) + 100 - PLACES_OF_ONE_NETWORK)  # gave way at once
            deadline = time.monotonic() + peer.ANSWER_LIMIT_S
            for connection in idle:
                connection.settimeout(max(0.1, deadline - time.monotonic()))
                try:
                    self.assertEqual(connection.recv(1), b"")
                except ConnectionResetError:
                    pass
        finally:
            for connection in idle:
                connection.close()
        expected = before.get("handshake", 0) + 100
        self.wait_counted("handshake", expected)
        self.assertGreaterEqual(self.counts()["handshake"], expected)
        self.ledger.stop("kyiv")
        self.ledger.start("kyiv")  # and a new one can be made
        self.record_one()

    def test_an_office_that_comes_back_amid_a_flood_of_strangers_is_let_in(self):
        self.ledger.stop("kyiv")
        before = self.counts().get("handshake", 0)
        with SilentFlood(self.listen_port(), networks=8, at_once=32) as flood:
            deadline = time.monotonic() + COUNT_LIMIT_S
            while flood.opened < flood.at_once and time.monotonic() < deadline:
                time.sleep(0.05)
            self.ledger.start("kyiv")
            deadline = time.monotonic() + COMES_BACK_WITHIN_S
            while not self.ledger.get_json("kyiv", "/api/v1/status")["peers"][0]["connected"]:
                self.assertLess(time.monotonic(), deadline, self.ledger.log("kyiv"))
                time.sleep(0.05)
            self.record_one()
            self.wait_counted("handshake", before + flood.at_once)  # each had its time and no more, and others came
            self.assertGreater(flood.opened, flood.at_once)
            self.record_one()
        self.wait_counted("handshake", before + flood.opened)
        self.assertEqual(self.counts()["handshake"], before + flood.opened)

    def test_who_fails_too_often_is_not_served_and_others_are(self):
        before = self.counts().get("flood", 0)
        for _ in range(600):  # twice what two minutes allow, should one end meanwhile
            try:
                with socket.create_connection(("127.0.0.1", self.listen_port()), timeout=peer.ANSWER_LIMIT_S,
                                              source_address=("127.0.0.2", 0)) as raw:
                    raw.sendall(b"no handshake")
                    raw.shutdown(socket.SHUT_WR)
                    while raw.recv(4096):
                        pass
            except OSError as error:  # closed by the other side, before or after; silence would be a fault
                if not isinstance(error, ConnectionError) and error.errno != errno.ENOTCONN:
                    raise
            if self.counts().get("flood", 0) > before:
                break
        self.assertGreater(self.counts().get("flood", 0), before)
        self.ledger.stop("kyiv")
        self.ledger.start("kyiv")  # its handshake comes from another address
        self.record_one()


if __name__ == "__main__":
    unittest.main()
