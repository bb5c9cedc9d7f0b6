"""A mirror beside two offices: it holds, verifies, serves and cosigns every log, and decides nothing."""

import json
import os
import stat
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from ledger import BINARY, Ledger, need, public_record, tallinn, text_of

MIRROR = "tallinn"


class Mirror(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = ledger = Ledger()
        cls.addClassCleanup(ledger.close)
        ledger.add_mirror(MIRROR, {"kyiv": f"127.0.0.1:{ledger.base}"})  # one office is enough
        ledger.start("kyiv", "warsaw", MIRROR)
        assert ledger.record_command(public_record()).returncode == 0
        ledger.wait_equal()
        ledger.wait_joint_state("kyiv")
        cls.status, cls.kyiv = ledger.wait_as(MIRROR, "kyiv")

    def test_its_keys_are_for_its_owner_only(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.ledger.root / MIRROR / "mirror.key").st_mode), 0o600)
        shown = tallinn("key", "show", self.ledger.root / MIRROR / "mirror.key")
        self.assertIn("mirror", text_of(shown))

    def test_it_says_what_it_is(self):
        self.assertEqual((self.status["role"], self.status["mirror"], self.status["standing"], self.status["appends"]),
                         ("mirror", MIRROR, "mirror", False))
        self.assertNotIn("office", self.status)
        self.assertEqual([peer["name"] for peer in self.status["peers"] if peer["connected"]], ["kyiv"])
        peers = {peer["name"]: peer for peer in self.kyiv["peers"]}
        self.assertTrue(peers[MIRROR]["connected"])
        self.assertLess(abs(peers[MIRROR].get("clock_ahead_ms", 0)), 5_000)

    def test_it_answers_every_reader_as_the_office_does(self):
        for arguments in (("ladder", "EE"), ("trail", "EE"), ("needs",), ("exceptions",), ("corrections",)):
            self.assertEqual(self.ledger.listing(MIRROR, *arguments), self.ledger.listing("warsaw", *arguments), arguments)
        for tile in ("/log/kyiv/1/tile/entries/000.p/1", "/log/warsaw/1/tile/0/000.p/1"):
            self.assertEqual(self.ledger.get(MIRROR, tile), self.ledger.get("kyiv", tile), tile)
        bundle = self.ledger.folder / "EE.trail.json"
        made = tallinn("bundle", "EE", "--node", self.ledger.urls[MIRROR], "--out", bundle)
        self.assertEqual(made.returncode, 0, made.stderr)
        verified = tallinn("verify", bundle, "--charter", self.ledger.charter)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        audited, report = self.ledger.audit(self.ledger.urls[MIRROR])
        self.assertEqual(audited.returncode, 0, audited.stderr)
        self.assertTrue(report["logs"])

    def test_its_cosignature_stands_on_the_checkpoint_of_both_offices(self):
        self.ledger.wait_as(MIRROR, "warsaw")
        for office in ("kyiv", "warsaw"):
            for log in ("kyiv/1", "warsaw/1"):
                checkpoint = self.ledger.get(office, f"/log/{log}/checkpoint")[1].decode()
                self.assertIn(f"\n— tallinn-mechanism.example/{MIRROR}/witness ", checkpoint)
        self.assertIn(f'by="{MIRROR}"', self.ledger.get("kyiv", "/metrics")[1].decode())

    def test_what_is_recorded_at_it_goes_to_an_office(self):
        before = self.ledger.sizes(MIRROR)
        answered = self.ledger.record_command([need(800)], url=self.ledger.urls[MIRROR])
        self.assertEqual(answered.returncode, 0, answered.stderr)
        self.assertIn(b" recorded", answered.stdout)
        self.ledger.wait_equal()
        self.ledger.wait_as(MIRROR, "kyiv")
        self.assertNotEqual(self.ledger.sizes(MIRROR), before)

    def test_it_witnesses_as_an_office_does_and_goes_on_after_kill_9(self):
        self.ledger.wait_as(MIRROR, "warsaw")
        checkpoint = self.ledger.get("warsaw", "/log/warsaw/1/checkpoint")[1]
        size = int(checkpoint.split(b"\n")[1])
        for old, status, body in ((size, 200, f"— tallinn-mechanism.example/{MIRROR}/witness ".encode()),
                                  (size - 1, 409, str(size).encode())):
            answer = self.witness(f"old {old}\n\n".encode() + checkpoint)
            self.assertEqual(answer[0], status, answer)
            self.assertTrue(answer[1].startswith(body), answer)
        self.ledger.kill(MIRROR)
        self.ledger.record([need(810)])
        self.ledger.start(MIRROR)
        self.ledger.wait_as(MIRROR, "kyiv")

    def test_its_data_are_checked_and_backed_up_as_an_offices_are(self):
        backup = self.ledger.folder / "mirror-backup"
        self.assertEqual(tallinn("backup", self.ledger.root / MIRROR, "--to", backup).returncode, 0)
        audited = tallinn("audit", backup, "--charter", self.ledger.charter)
        self.assertEqual(audited.returncode, 0, audited.stderr)
        self.ledger.stop(MIRROR)
        checked = tallinn("fsck", self.ledger.root / MIRROR)
        self.ledger.start(MIRROR)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_a_mirror_that_no_office_lists_is_a_stranger(self):
        folder = self.ledger.root / "stranger"
        self.assertEqual(tallinn("mirror", "new", "--name", "stranger", "--out", folder).returncode, 0)
        toml = (self.ledger.root / MIRROR / "node.toml").read_text()
        port = self.ledger.urls[MIRROR].rsplit(":", 1)[1]
        (folder / "node.toml").write_text(toml.replace(f'http = "127.0.0.1:{port}"', 'http = "127.0.0.1:0"'))
        before = self.ledger.get_json("kyiv", "/api/v1/status")["refused_peers"].get("handshake", 0)
        self.ledger.nodes["stranger"] = node = self.start_unseen("stranger")
        try:
            self.wait_for(lambda: self.ledger.get_json("kyiv", "/api/v1/status")["refused_peers"].get("handshake", 0) > before)
        finally:
            del self.ledger.nodes["stranger"]
            node.kill()
            node.wait(30)

    def witness(self, body):
        try:
            with urllib.request.urlopen(self.ledger.urls[MIRROR] + "/witness/add-checkpoint", data=body, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def start_unseen(self, name):
        with open(self.ledger.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen([BINARY, "node", str(self.ledger.root / name)], stdout=log, stderr=log)

    def wait_for(self, holds, limit_s=20):
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if holds():
                return
            time.sleep(0.1)
        self.fail("it did not come to that")


class Configuration(unittest.TestCase):
    def test_a_mirror_with_what_only_offices_have_does_not_start(self):
        ledger = Ledger()
        self.addCleanup(ledger.close)
        ledger.add_mirror(MIRROR, {"kyiv": f"127.0.0.1:{ledger.base}"})
        toml = ledger.root / MIRROR / "node.toml"
        whole = toml.read_text()
        line = json.dumps((ledger.root / MIRROR / "mirror.line").read_text().strip())
        for change, told in ((('role = "mirror"', 'role = "mirror"\nanchor = "a"'), "a mirror has nothing to anchor"),
                             (('role = "mirror"', 'role = "mirror"\nlisten = "127.0.0.1:0"'), "a mirror dials"),
                             (('role = "mirror"', 'role = "miror"'), "is neither office nor mirror"),
                             (('key = "mirror.key"', 'key = "../kyiv/office.key"'), "is not the key of a mirror"),
                             (('role = "mirror"', f'role = "mirror"\nmirrors = [{line}, {line}]'), "is listed twice"),
                             (('role = "mirror"', 'role = "mirror"\nmirrors = ["mirror kyiv a b"]'), "is an office"),
                             (('role = "mirror"', 'role = "mirror"\nmirrors = ["mirror"]'), "a mirror line is"),
                             (('addresses = [', 'addresses = [] #'), "it needs the address of an office"),
                             (('role = "mirror"', 'rolle = "mirror"'), 'did you mean "role"?')):
            toml.write_text(whole.replace(*change))
            refused = tallinn("node", ledger.root / MIRROR)
            self.assertNotEqual(refused.returncode, 0, change)
            self.assertIn(told, refused.stderr.decode(), change)


if __name__ == "__main__":
    unittest.main()
