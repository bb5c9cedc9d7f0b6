"""A cloned office: a second history under the same key is evidence that anyone verifies, and the log is frozen."""

import json
import shutil
import time
import unittest

from ledger import OFFICES, Ledger, need, public_record, tallinn, text_of

LIMIT_S = 30


class Evidence(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)

    def copy_of_kyiv(self, name):
        """Data and anchor, as a copy of the whole machine has them."""
        shutil.copytree(self.ledger.root / "kyiv", self.ledger.folder / name / "kyiv")
        shutil.copytree(self.ledger.root / "anchors", self.ledger.folder / name / "anchors")

    def put_back(self, name):
        shutil.rmtree(self.ledger.root / "kyiv")
        shutil.copytree(self.ledger.folder / name / "kyiv", self.ledger.root / "kyiv")
        for anchor in (self.ledger.folder / name / "anchors").glob("kyiv*"):
            shutil.copy(anchor, self.ledger.root / "anchors")

    def wait_evidence(self, office):
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            items = self.ledger.get_json(office, "/api/v1/evidence")["items"]
            if items:
                return items
            time.sleep(0.1)
        raise AssertionError(f"no evidence at {office}:\n{self.ledger.log('kyiv')}\n{self.ledger.log('warsaw')}")

    def verify(self, *arguments):
        return tallinn("verify", *arguments, "--charter", self.ledger.charter)

    def test_a_cloned_office_is_found_out_frozen_and_proven_to_anyone(self):
        ledger = self.ledger
        ledger.start()
        self.assertEqual(len(ledger.record(public_record()[:50])), 50)
        ledger.wait_equal()
        ledger.stop()
        self.copy_of_kyiv("clone")

        ledger.start()  # the first history: Warsaw holds it
        self.assertTrue(ledger.record([need(71), need(72)])[1].endswith(" recorded"))
        ledger.wait_equal()
        kept = ledger.folder / "kept.checkpoints"
        self.assertEqual(tallinn("checkpoint", "--node", ledger.urls["warsaw"], "--out", kept).returncode, 0)
        receipts = ("--receipts", ledger.folder / "receipts")
        lost = tallinn("audit", ledger.folder / "clone" / "kyiv", "--charter", ledger.charter, *receipts)
        self.assertEqual(lost.returncode, 1, lost.stderr)
        self.assertIn("evidence of loss", text_of(lost))
        held = tallinn("audit", ledger.urls["warsaw"], "--charter", ledger.charter, *receipts)
        self.assertEqual(held.returncode, 0, text_of(held))
        ledger.stop()

        self.put_back("clone")  # a second one, before Warsaw can be asked
        ledger.start("kyiv")
        self.assertTrue(ledger.record([need(81)])[0].endswith(" recorded"), ledger.log("kyiv"))
        ledger.start("warsaw")
        origin = "tallinn-mechanism.example/kyiv/1"
        names = set()
        for office in OFFICES:
            (item,) = self.wait_evidence(office)
            self.assertEqual((item["subject"], item["frozen"]), (origin, True))
            names.add(item["sha256"])
            status = ledger.get_json(office, "/api/v1/status")
            self.assertEqual([log["frozen"] for log in status["logs"]], [True, False])
            self.assertTrue(any(item["text"] in alarm for alarm in status["alarms"]), status["alarms"])
            self.assertIn(f'tallinn_log_frozen{{log="{origin}"}} 1', ledger.get(office, "/metrics")[1].decode())
        self.assertEqual(len(names), 1, "both keep the same evidence")
        self.assertIn("contradiction", ledger.log("warsaw"))

        # Kyiv appends no more, Warsaw does, also after a restart.
        ledger.stop()
        ledger.start()
        self.assertIn("not_appending", ledger.record([need(82)])[0])
        self.assertFalse(ledger.get_json("kyiv", "/api/v1/status")["appends"])
        self.assertTrue(ledger.get_json("warsaw", "/api/v1/status")["appends"])
        self.assertTrue(ledger.record([public_record()[50]], "warsaw")[0].split()[0].endswith("/warsaw/1"))

        # Anyone verifies it with the charter alone; every changed byte is refused.
        name = names.pop()
        file = ledger.folder / "kyiv.evidence"
        for source in (("--node", ledger.urls["warsaw"]), ("--data", ledger.root / "kyiv")):
            shown = tallinn("evidence", "show", name[:8], *source, "--out", file)
            self.assertEqual(shown.returncode, 0, shown.stderr)
        listed = json.loads(tallinn("evidence", "list", "--node", ledger.urls["kyiv"], "--json").stdout)
        self.assertEqual([item["sha256"] for item in listed], [name])
        proven = self.verify(file)
        self.assertEqual(proven.returncode, 0, proven.stderr)
        self.assertIn("they cannot both be true", text_of(proven))
        whole = file.read_bytes()
        for at in range(30, len(whole), 97):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            self.assertEqual(self.verify(file).returncode, 1, at)

        # The receipt of the second history convicts the office at whoever holds the first.
        folder = ledger.folder / "found"
        audited = tallinn("audit", ledger.urls["warsaw"], "--charter", ledger.charter, *receipts, "--evidence", folder)
        self.assertEqual(audited.returncode, 1)
        (found,) = folder.iterdir()
        self.assertEqual(self.verify(found).returncode, 0)

        # What was kept before shows it too: against what the clone serves.
        today = ledger.folder / "today.checkpoints"
        since = tallinn("checkpoint", "--node", ledger.urls["kyiv"], "--since", kept, "--out", today)
        self.assertEqual(since.returncode, 1, since.stdout)

    def test_an_unchanged_log_stays_fresh_and_verify_tells_its_age(self):
        ledger = self.ledger
        for office in OFFICES:
            config = ledger.root / office / "node.toml"
            config.write_text("cosign_every_s = 2\n" + config.read_text().replace("cosign_every_s = 600\n", ""))
        ledger.start()
        self.assertTrue(ledger.record(public_record()[:1])[0].endswith(" recorded"))
        ledger.wait_equal()
        ledger.wait_joint_state("kyiv")

        def cosigned():
            return [one for log in ledger.get_json("warsaw", "/api/v1/status")["logs"] for one in log["cosigned"]]

        (first,) = cosigned()
        time.sleep(5)
        (later,) = cosigned()
        self.assertEqual((first["by"], later["size"]), ("kyiv", first["size"]))
        self.assertGreaterEqual(later["time"], first["time"] + 2)
        self.assertLess(later["age_s"], 5)
        self.assertIn('tallinn_cosignature_age_seconds{by="kyiv",log="tallinn-mechanism.example/warsaw/1"}',
                      ledger.get("warsaw", "/metrics")[1].decode())
        today = ledger.folder / "today.checkpoints"
        self.assertEqual(tallinn("checkpoint", "--node", ledger.urls["warsaw"], "--out", today).returncode, 0)
        ledger.stop()
        fresh = self.verify(today, "--max-age", "1h")
        self.assertEqual(fresh.returncode, 0, fresh.stderr)
        self.assertIn("within 1 h", text_of(fresh))
        time.sleep(2)
        stale = self.verify(today, "--max-age", "1s")
        self.assertEqual(stale.returncode, 1)
        self.assertIn(b"old, not within 1 s", stale.stderr)
        self.assertEqual(self.verify(today, "--max-age", "soon").returncode, 2)


if __name__ == "__main__":
    unittest.main()
