"""Whoever speaks to a node's peer port and is no honest office: dropped for a counted reason, the node as healthy as before,
and the honest office unaffected. Kyiv is who is played here: it dials, Warsaw listens."""

import errno
import hashlib
import os
import socket
import ssl
import struct
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

import peer  # noqa: E402
from ledger import Ledger, need, public_record, tallinn  # noqa: E402

KYIV, WARSAW = (0, 1), (1, 1)  # office and epoch of each log
COUNT_LIMIT_S = 20
FLOOD = 20_000
MEMORY_GROWTH_LIMIT_KB = 64 * 1024


class HostileCase(unittest.TestCase):
    def counts(self):
        return self.ledger.get_json("warsaw", "/api/v1/status")["refused_peers"]

    def assert_counted(self, before, reason, what):
        """Exactly one more for that reason, none for any other; and the node answers."""
        expected = dict(before)
        expected[reason] = expected.get(reason, 0) + 1
        self.wait_counted(reason, expected[reason])
        self.assertEqual(self.counts(), expected, f"{what}\n{self.ledger.log('warsaw')}")
        self.assertEqual(self.ledger.get("warsaw", "/readyz")[0], 200, what)
        metrics = self.ledger.get("warsaw", "/metrics")[1].decode()
        self.assertIn(f'tallinn_peers_refused{{reason="{reason}"}} {expected[reason]}\n', metrics)

    def wait_counted(self, reason, at_least):
        """A connection is counted when it has ended, which its other end may see first."""
        deadline = time.monotonic() + COUNT_LIMIT_S
        while self.counts().get(reason, 0) < at_least and time.monotonic() < deadline:
            time.sleep(0.05)

    def listen_port(self):
        return self.ledger.base + 2

    def memory_kb(self):
        status = Path(f"/proc/{self.ledger.nodes['warsaw'].pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


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
        idle = [socket.create_connection(("127.0.0.1", self.listen_port()), timeout=peer.ANSWER_LIMIT_S) for _ in range(100)]
        try:
            self.record_one()  # the link that stands is not touched
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
        expected = before.get("handshake", 0) + 32
        self.wait_counted("handshake", expected)
        self.assertGreaterEqual(self.counts()["handshake"], expected)
        self.ledger.stop("kyiv")
        self.ledger.start("kyiv")  # and a new one can be made
        self.record_one()

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


class HostileOffice(HostileCase):
    """Kyiv's own keys in the hands of somebody else, who also has five entries that Warsaw lacks."""

    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger()
        cls.addClassCleanup(cls.ledger.close)
        ledger = cls.ledger
        ledger.start()
        assert len(ledger.record(public_record())) == 76
        ledger.wait_equal()
        cls.before = ledger.get_json("kyiv", "/api/v1/status")["logs"][0]["size"]
        cls.older_checkpoint = ledger.get("kyiv", "/log/kyiv/1/checkpoint")[1]
        ledger.stop("warsaw")
        for number in range(70, 75):
            answer = ledger.record([need(number)])
            assert answer[0].endswith(" recorded"), answer
        cls.size = cls.before + 5
        cls.checkpoint = ledger.get("kyiv", "/log/kyiv/1/checkpoint")[1]
        bundle = ledger.get("kyiv", f"/log/kyiv/1/tile/entries/000.p/{cls.size}")[1]
        cls.entries = []
        while bundle:
            length = struct.unpack(">H", bundle[:2])[0]
            cls.entries.append(bundle[2:2 + length])
            bundle = bundle[2 + length:]
        assert len(cls.entries) == cls.size
        ledger.stop("kyiv")
        ledger.start("warsaw")
        cls.ledger_id = hashlib.sha256(cls.charter_text().encode()).digest()
        seed = peer.office_seed(ledger.root / "kyiv" / "office.key")
        cls.key = peer.Key(peer.derive(seed, peer.TRANSPORT))
        cls.log_key = peer.Key(peer.derive(seed, peer.LOG))

    @classmethod
    def charter_text(cls):
        return cls.ledger.charter.read_text().split("\n\n— ")[0] + "\n"

    def hello(self, **changes):
        how = {"ledger": self.ledger_id, "name": "kyiv", "logs": [(*KYIV, self.size), (*WARSAW, 57)]}
        how.update(changes)
        return peer.hello(**how)

    def refused(self, what, reason, *sent, says="", half_close=False):
        """Sends after the hello; the node says why and counts it."""
        with self.subTest(what):
            before = self.counts()
            with peer.Connection(self.listen_port(), key=self.key) as connection:
                try:
                    connection.send(*sent)
                except (ssl.SSLError, ConnectionError):
                    pass  # closed while we spoke
                bye = connection.bye()
            self.assert_counted(before, reason, what)
            self.assertIn(says, bye, what)

    def items(self, entries=None):
        entries = entries or self.entries[self.before:]
        return [peer.item(KYIV, self.before + i, entry) for i, entry in enumerate(entries)]

    def batch(self, items=None, size=None, checkpoint=None, log=KYIV):
        checkpoint = self.checkpoint if checkpoint is None else checkpoint
        return peer.batch([peer.growth(log, size or self.size, checkpoint)], self.items() if items is None else items)

    def own_checkpoint(self, size, root):
        text = f"tallinn-mechanism.example/kyiv/1\n{size}\n{peer.base64.b64encode(root).decode()}\n"
        return text + "\n" + peer.note_signature("tallinn-mechanism.example/kyiv/1", self.log_key, text)

    def test_01_frames_that_break_the_grammar(self):
        hello = self.hello()
        long_frame = struct.pack(">IB", (4 << 20) + 1, peer.NOTE)
        table = (
            ("a frame longer than any", "frame", [hello, long_frame], ""),
            ("a length of four gigabytes, first", "frame", [b"\xff\xff\xff\xff"], ""),
            ("noise", "frame", [b"\x00\x00\x00\x30" + b"\xee" * 48], ""),
            ("an empty frame", "frame", [hello, b"\x00\x00\x00\x00"], ""),
            ("an unknown type", "frame", [hello, peer.frame(9)], ""),
            ("a hello cut short", "frame", [peer.frame(peer.HELLO, b"tallinn-ledger/peer@v1\n\x00")], ""),
            ("a hello with something behind", "frame", [peer.frame(peer.HELLO, hello[5:] + b"?")], ""),
            ("a ping with something in it", "frame", [hello, peer.frame(peer.PING, b"?")], ""),
            ("a batch of noise", "frame", [hello, peer.frame(peer.BATCH, b"\xa5" * 200)], ""),
            ("a zstd frame of noise", "frame", [hello, peer.frame(peer.BATCH_ZSTD, b"\x28\xb5\x2f\xfd" + b"\xa5" * 90)], ""),
            ("a note of no kind", "frame", [hello, peer.frame(peer.NOTE, b"\x09text")], ""),
            ("a ping before the hello", "turn", [peer.frame(peer.PING)], "before its hello"),
            ("a second hello", "turn", [hello, hello], "hello twice"),
            ("an ack of nothing", "turn", [hello, peer.frame(peer.ACK, peer.held((*KYIV, 1)))], "not sent"),
            ("an older version", "version", [self.hello(version=1)], "speaks version 1"),
            ("a newer version", "version", [self.hello(version=3)], "speaks version 3"),
            ("another ledger", "ledger", [self.hello(ledger=bytes(32))], "another ledger"),
            ("another name", "name", [self.hello(name="warsaw")], "not who its key says"),
        )
        for what, reason, sent, says in table:
            self.refused(what, reason, *sent, says=says)

    def test_02_who_is_too_slow_is_dropped(self):
        self.refused("no hello at all", "silence", says="no hello in time")
        with self.subTest("a hello byte by byte"):
            before = self.counts()
            with peer.Connection(self.listen_port(), key=self.key) as connection:
                begun = time.monotonic()
                try:
                    for byte in self.hello():
                        connection.send(bytes([byte]))
                        time.sleep(0.4)
                except (ssl.SSLError, ConnectionError):
                    pass
                self.assertLess(time.monotonic() - begun, peer.ANSWER_LIMIT_S)
            self.assert_counted(before, "silence", "a hello byte by byte")

    def test_03_batches_that_are_not_the_logs_next_entries(self):
        hello = self.hello()
        entry = self.entries[self.before]
        table = [(f"byte {at} of an entry flipped", [hello, self.batch(items=self.items(
            [entry[:at] + bytes([entry[at] ^ 0x10]) + entry[at + 1:]] + self.entries[self.before + 1:]))])
            for at in range(4, len(entry), max(1, len(entry) // 23))]
        items = self.items()
        forged = self.checkpoint.replace(b"\n\xe2\x80\x94 ", b"\n\xe2\x80\x94 ", 1)
        cut = forged.rindex(b" ") + 9
        forged = forged[:cut] + (b"A" if forged[cut:cut + 1] != b"A" else b"B") + forged[cut + 1:]
        table += [
            ("an entry left out", [hello, self.batch(items=items[:2] + items[3:])]),
            ("two entries swapped", [hello, self.batch(items=[items[1], items[0]] + items[2:])]),
            ("an entry twice", [hello, self.batch(items=items + [items[-1]], size=self.size + 1)]),
            ("fewer entries than it proves", [hello, self.batch(items=items[:3])]),
            ("entries as of the other log", [hello, self.batch(items=[peer.item(WARSAW, 57, entry)], size=58, log=WARSAW)]),
            ("entries of an office that there is not", [hello, self.batch(
                items=[peer.item((7, 1), 0, entry)], size=1, log=(7, 1))]),
            ("an epoch that nobody opened", [hello, self.batch(items=[peer.item((0, 2), 0, entry)], size=1, log=(0, 2))]),
            ("a checkpoint whose signature does not hold", [hello, self.batch(checkpoint=forged)]),
            ("a checkpoint older than the entries", [hello, self.batch(checkpoint=self.older_checkpoint)]),
            ("no checkpoint", [hello, self.batch(checkpoint=b"")]),
        ]
        for what, sent in table:
            self.refused(what, "batch", *sent)
        self.assertEqual(self.ledger.get_json("warsaw", "/api/v1/status")["logs"][0]["size"], self.before)

    def test_04_notes_that_do_not_hold(self):
        hello = self.hello()
        bad_line = peer.note_signature("tallinn-mechanism.example/kyiv/1", self.key, "something else\n")
        text = f"tallinn-mechanism.example/kyiv/1\n{self.before}\n{peer.base64.b64encode(bytes(32)).decode()}\n"
        table = (
            ("a checkpoint that is none", peer.CHECKPOINT, "three\nlines\n"),
            ("a checkpoint signed by another key", peer.CHECKPOINT, text + "\n" + bad_line),
            ("a promise that is none", peer.PROMISE, "tallinn-ledger/promise@v1\n\n"),
            ("a state note that is none", peer.STATE_NOTE, "tallinn-ledger/state@v1\n\n"),
            ("evidence that is none", peer.EVIDENCE, "tallinn-ledger/evidence@v1\n\n"),
        )
        for what, kind, said in table:
            self.refused(what, "note", hello, peer.note(kind, said))

    def test_05_a_flood_costs_nothing_that_stays(self):
        before = self.memory_kb()
        for flood in (peer.frame(peer.PING) * FLOOD,
                      peer.note(peer.CHECKPOINT, self.checkpoint.decode()) * (FLOOD // 20)):
            with peer.Connection(self.listen_port(), key=self.key) as connection:
                connection.send(self.hello())
                connection.wait_for(peer.HELLO)
                try:
                    connection.send(flood)
                except (ssl.SSLError, ConnectionError, TimeoutError):
                    pass  # it may well have enough
            self.assertEqual(self.ledger.get("warsaw", "/readyz")[0], 200)
        self.assertLess(self.memory_kb() - before, MEMORY_GROWTH_LIMIT_KB)

    def test_06_the_honest_office_comes_back_and_everything_is_settled(self):
        self.ledger.start("kyiv")
        self.ledger.wait_equal()
        self.assertEqual(self.ledger.get_json("warsaw", "/api/v1/status")["logs"][0]["size"], self.size)
        self.assertEqual(self.ledger.get_json("warsaw", "/api/v1/evidence")["items"], [])
        audited = tallinn("audit", self.ledger.urls["warsaw"], "--charter", self.ledger.charter)
        self.assertEqual(audited.returncode, 0, audited.stderr)

    def test_07_another_root_under_its_own_key_is_kept_as_evidence_that_anyone_verifies(self):
        self.ledger.stop("kyiv")
        with peer.Connection(self.listen_port(), key=self.key) as connection:
            connection.send(self.hello(), peer.note(peer.CHECKPOINT, self.own_checkpoint(self.size, b"\x07" * 32)))
            deadline = time.monotonic() + COUNT_LIMIT_S
            items = []
            while not items and time.monotonic() < deadline:
                items = self.ledger.get_json("warsaw", "/api/v1/evidence")["items"]
        self.assertEqual(len(items), 1, self.ledger.log("warsaw"))
        kept = self.ledger.folder / "fork.evidence"
        kept.write_bytes(self.ledger.get("warsaw", f"/api/v1/evidence/{items[0]['sha256']}")[1])
        proven = tallinn("verify", kept, "--charter", self.ledger.charter)
        self.assertEqual(proven.returncode, 0, proven.stderr)
        self.assertEqual(self.ledger.get("warsaw", "/readyz")[0], 200)


if __name__ == "__main__":
    unittest.main()
