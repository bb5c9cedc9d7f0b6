"""What a node and its commands know and never tell: no seed and no withheld value in a log, in JSON, on a route or in a core
file; and every file that holds a key is its owner's alone."""

import base64
import contextlib
import json
import os
import resource
import shutil
import signal
import stat
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e"), str(HERE.parent / "hostile")]

import peer  # noqa: E402
from ledger import BINARY, OFFICES, Ledger, need, public_record, tallinn, text_of  # noqa: E402

VALUE = "7vQ2-withheld-Zr0LkV"
EVENT = "0199e52a-a000-7001-8d78-7d89ef3ae778"
DIES_WITHIN_S = 20


def withholding():
    return json.dumps(dict(json.loads(need(78)), id=EVENT, withhold={"site": {"tlp": "AMBER", "value": VALUE}}))


def spellings(secret):
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), base64.b64encode(secret).rstrip(b"=")]


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@contextlib.contextmanager
def umask(value):
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


class Told(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = ledger = Ledger.running_for(cls)
        assert len(ledger.record(public_record()[:56])) == 56
        assert ledger.record([withholding()])[0].endswith(" recorded")
        ledger.wait_equal()
        ledger.stop("warsaw")
        ledger.start("warsaw")
        ledger.wait_equal()
        cls.secrets = [*spellings(VALUE.encode())]
        for office in OFFICES:
            seed = peer.office_seed(ledger.root / office / "office.key")
            for secret in (seed, *(peer.derive(seed, role) for role in range(1, 5))):
                cls.secrets += spellings(secret)
        for file in (ledger.root / "keys").glob("*.key"):
            cls.secrets += spellings(peer.office_seed(file))

    def assert_tells_nothing(self, what, text):
        self.assertTrue(text, what)
        for secret in self.secrets:
            self.assertNotIn(secret, text, what)

    def test_a_seed_would_be_found(self):
        with self.assertRaises(AssertionError):
            self.assert_tells_nothing("a key file", (self.ledger.root / "kyiv" / "office.key").read_bytes())

    def test_no_log_tells_a_secret(self):
        for office in OFFICES:
            self.assert_tells_nothing(office, (self.ledger.folder / f"{office}.log").read_bytes())
            for log in (self.ledger.root / office / "data").rglob("LOG*"):
                self.assert_tells_nothing(log, log.read_bytes())

    def test_no_route_tells_a_secret(self):
        routes = self.ledger.get_json("kyiv", "/api/v1/openapi.json")["paths"]
        targets = [path for path, methods in routes.items() if "get" in methods and "{" not in path and "feed" not in path]
        self.assertGreater(len(targets), 10)
        for target in [*targets, f"/api/v1/events/{EVENT}", f"/api/v1/events/{EVENT}/receipt", "/api/v1/trail/UA",
                       "/api/v1/bundle/UA", "/api/v1/charter?chain=1", "/log/kyiv/1/tile/entries/000.p/1"]:
            self.assert_tells_nothing(target, self.ledger.get("kyiv", target)[1])

    def test_no_command_tells_a_secret(self):
        ledger = self.ledger
        node, data = ("--node", ledger.urls["kyiv"]), ledger.root / "kyiv"
        for command in (("status", *node), ("event", EVENT, *node, "--json"), ("parties", *node, "--json"),
                        ("trail", "UA", *node, "--json"), ("event", EVENT, "--data", data, "--json"),
                        ("key", "show", ledger.root / "keys" / "UA.key"), ("key", "show", data / "office.key"),
                        ("charter", "show", ledger.charter), ("fsck", data, "--json"),
                        ("audit", data, "--charter", ledger.charter, "--json"),
                        ("office", "new", "--office", "kyiv", "--out", ledger.folder / "kyiv-2")):
            ended = tallinn(*command)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assert_tells_nothing(command[0], ended.stdout + ended.stderr)
        new = peer.office_seed(ledger.folder / "kyiv-2" / "office.key")
        line = (ledger.folder / "kyiv-2" / "office.line").read_bytes()
        for secret in spellings(new):
            self.assertNotIn(secret, line)

    def test_no_message_about_a_broken_key_file_tells_it(self):
        broken = self.ledger.folder / "broken.key"
        whole = (self.ledger.root / "keys" / "UA.key").read_text()
        for text in (whole + "x", whole.replace("seed plain", "seed plane"), whole.replace("party UA", "party EE"), whole[:-3]):
            broken.write_text(text)
            broken.chmod(0o600)
            refused = tallinn("key", "show", broken)
            signed = tallinn("disclose", EVENT, "--key", broken, "--node", self.ledger.urls["kyiv"])
            self.assertNotEqual(signed.returncode, 0)
            self.assert_tells_nothing("a broken key file", refused.stdout + refused.stderr + signed.stderr + b".")


class Modes(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)

    def test_files_with_keys_are_their_owners_alone_whatever_the_umask(self):
        folder = self.ledger.folder
        with umask(0):
            self.assertEqual(tallinn("sandbox", folder / "two", "--ports", self.ledger.base).returncode, 0)
            self.assertEqual(tallinn("key", "new", "--party", "EE", "--out", folder / "EE.key").returncode, 0)
            self.assertEqual(tallinn("office", "new", "--office", "kyiv", "--out", folder / "office").returncode, 0)
            self.assertEqual(tallinn("generate", folder / "made", "--events", "10").returncode, 0)
        keys = list(folder.rglob("*.key"))
        self.assertGreater(len(keys), 10)
        for key in keys:
            self.assertEqual(mode(key), 0o600, key)

    def test_an_existing_file_is_never_filled_with_a_key(self):
        taken = self.ledger.folder / "taken.key"
        taken.write_text("kept")
        taken.chmod(0o666)
        self.assertEqual(tallinn("key", "new", "--party", "EE", "--out", taken).returncode, 1)
        (self.ledger.folder / "office").mkdir()
        shutil.copy(taken, self.ledger.folder / "office" / "office.key")
        self.assertEqual(tallinn("office", "new", "--office", "kyiv", "--out", self.ledger.folder / "office").returncode, 1)
        self.assertEqual((taken.read_text(), mode(taken)), ("kept", 0o666))

    def test_a_key_that_others_may_read_is_not_used(self):
        for bits in (0o640, 0o604, 0o660, 0o644):
            (self.ledger.root / "kyiv" / "office.key").chmod(bits)
            refused = tallinn("node", self.ledger.root / "kyiv", limit_s=20)
            self.assertEqual(refused.returncode, 1, oct(bits))
            self.assertIn(b"chmod 600", refused.stderr)
        (self.ledger.root / "keys" / "EE.key").chmod(0o640)
        refused = tallinn("record", "-", "--node", self.ledger.urls["kyiv"], "--keys", self.ledger.root / "keys", data=b"")
        self.assertIn(b"chmod 600", refused.stderr)
        self.assertNotEqual(refused.returncode, 0)

    def test_files_with_withheld_values_are_their_owners_alone(self):
        ledger = self.ledger
        with umask(0):
            ledger.start()
            self.assertEqual(len(ledger.record(public_record()[:56])), 56)
            self.assertTrue(ledger.record([withholding()])[0].endswith(" recorded"))
            ledger.wait_equal()
            shown, carried = ledger.folder / "shown.json", ledger.folder / "carried.logs"
            for file in (shown, carried):
                file.touch(0o666)
            self.assertEqual(tallinn("disclose", EVENT, "site", "--key", ledger.root / "keys" / "UA.key", "--node",
                                     ledger.urls["kyiv"], "--out", shown).returncode, 0)
            self.assertEqual(tallinn("export", "logs", carried, "--data", ledger.root / "kyiv", "--withheld").returncode, 0)
        for file in (shown, carried):
            self.assertEqual(mode(file), 0o600, file)
        self.assertEqual(mode(ledger.root / "kyiv" / "data" / "db"), 0o700)


class Cores(unittest.TestCase):
    """A process that dies by a signal which leaves a core file, where core files are allowed and unlimited."""

    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)
        self.folder = self.ledger.folder / "cores"
        self.folder.mkdir()

    def dumps_core(self, words, ready):
        """Starts it, kills it by SIGSEGV when it is ready: does the kernel say that it dumped?"""
        feed, keep = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.chdir(self.folder)
                os.dup2(feed, 0)
                os.dup2(os.open("out", os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
                os.dup2(1, 2)
                resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                os.execvp(words[0], words)
            finally:
                os._exit(127)
        try:
            self.wait(ready)
            os.kill(pid, signal.SIGSEGV)
        finally:
            _, status = os.waitpid(pid, 0)
            os.close(feed)
            os.close(keep)
        self.assertTrue(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV, status)
        return os.WCOREDUMP(status)

    def wait(self, ready):
        deadline = time.monotonic() + DIES_WITHIN_S
        while not ready():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_neither_a_node_nor_a_command_with_keys_leaves_a_core_file(self):
        out = self.folder / "out"
        if not self.dumps_core(["sh", "-c", "echo ready; read word"], lambda: out.exists() and "ready" in out.read_text()):
            self.skipTest("no process leaves a core file on this machine")
        for core in self.folder.glob("core*"):
            core.unlink()
        binary = str(Path(BINARY).resolve())
        self.assertFalse(self.dumps_core([binary, "node", str(self.ledger.root / "kyiv")], lambda: " started " in out.read_text()))
        self.ledger.start("warsaw")
        receipts = self.folder / "receipts"  # made once the keys are read
        recording = [binary, "record", "-", "--node", self.ledger.urls["warsaw"], "--keys", str(self.ledger.root / "keys"),
                     "--receipts", str(receipts)]
        self.assertFalse(self.dumps_core(recording, receipts.exists))
        self.assertEqual(list(self.folder.glob("core*")), [])


if __name__ == "__main__":
    unittest.main()
