"""Whoever speaks to a node's peer port with an office's key and is no honest office: dropped for a counted reason, the node as
healthy as before, and the honest office unaffected."""

import hashlib
import ssl
import struct
import time
import unittest

import peer
from case import COUNT_LIMIT_S, HostileCase  # finds what follows
from ledger import Ledger, need, public_record, tallinn

KYIV, WARSAW = (0, 1), (1, 1)  # office and epoch of each log
FLOOD = 20_000
CONNECTIONS_OF_ONE_PEER = 4
MEMORY_GROWTH_LIMIT_KB = 64 * 1024


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

    def test_05_of_many_connections_by_one_key_few_are_kept(self):
        before = self.counts().get("flood", 0)
        connections = []
        try:
            for _ in range(60):
                try:
                    connections.append(peer.Connection(self.listen_port(), key=self.key))
                except (ssl.SSLError, ConnectionError):
                    pass  # was told to go already
            still_open = [one for one in connections if self.is_open(one)]
            self.assertLessEqual(len(still_open), CONNECTIONS_OF_ONE_PEER)
            self.wait_counted("flood", before + 30)  # the others had no hello in time
            self.assertGreaterEqual(self.counts().get("flood", 0), before + 30)
        finally:
            for one in connections:
                one.__exit__()
        self.assertLess(self.ledger.log("warsaw").count("newer connections of its peer"), 20)  # told now and then

    @staticmethod
    def is_open(connection):
        """After what the node said at first."""
        connection.tls.settimeout(0.2)
        try:
            while connection.tls.recv(65536):
                pass
        except TimeoutError:
            return True
        except (ssl.SSLError, OSError):
            pass
        return False

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
