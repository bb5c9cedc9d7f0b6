"""An office whose disk is lost goes on in its next epoch: what donors and auditors can check afterwards."""

import base64
import json
import time
import unittest

from ledger import EQUAL_LIMIT_S, OFFICES, Ledger, public_record, tallinn, text_of
from lost_office import LostOffice

KYIV_2 = "tallinn-mechanism.example/kyiv/2"


class NextEpoch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.story = LostOffice()
        cls.ledger = cls.story.ledger
        cls.addClassCleanup(cls.ledger.close)

    def verify(self, file, *arguments):
        return tallinn("verify", file, "--charter", self.ledger.charter, *arguments)

    def test_the_prepared_events_end_the_log_where_the_other_office_holds_it(self):
        self.assertEqual([event["type"] for event in self.story.events], ["LogSealed", "LogOpened"])
        sealed = self.story.events[0]["body"]
        self.assertEqual(sealed["size"], self.story.before["tallinn-mechanism.example/kyiv/1"][0])
        self.assertEqual(self.story.events[1]["body"]["previous"], {key: sealed[key] for key in ("epoch", "size", "root")})

    def test_the_office_appends_in_its_next_epoch_what_was_lost_with_the_last(self):
        self.assertTrue(all(line.endswith(" recorded") for line in self.story.answers), self.story.answers)
        places = {line.split()[2]: line.split()[0] for line in self.story.answers}
        for lost in self.story.lost:
            self.assertEqual(places[lost], KYIV_2)
        self.assertEqual(self.ledger.sizes("kyiv"), self.ledger.sizes("warsaw"))

    def test_both_audits_pass_with_one_state_root(self):
        roots = set()
        for office in OFFICES:
            for source in (self.ledger.urls[office], self.ledger.root / office):
                result, report = self.ledger.audit(source)
                self.assertEqual(result.returncode, 0, text_of(result) + result.stderr.decode())
                self.assertIn(KYIV_2, [log["origin"] for log in report["logs"]])
                roots.add(report["state"]["root"])
        self.assertEqual(len(roots), 1)

    def test_a_bundle_carries_the_keys_of_every_epoch_itself(self):
        file = self.ledger.folder / "EE.trail.json"
        made = tallinn("bundle", "EE", "--node", self.ledger.urls["kyiv"], "--out", file)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(self.verify(file, "--at-least", "settled").returncode, 0)

    def test_receipts_of_the_new_epoch_need_the_governance_chain(self):
        receipt = self.ledger.folder / "receipts" / f"{self.story.lost[0]}.tlog-proof"
        self.assertNotEqual(self.verify(receipt).returncode, 0)
        held = self.verify(receipt, "--chain", self.story.chain)
        self.assertEqual(held.returncode, 0, held.stderr)
        self.assertIn(KYIV_2, text_of(held))
        self.assertEqual(self.verify(self.story.early, "--chain", self.story.chain).returncode, 0)

    def test_a_receipt_of_an_entry_that_was_lost_is_evidence_of_the_loss(self):
        told = self.verify(self.story.lost_receipt, "--chain", self.story.chain)
        self.assertEqual(told.returncode, 1)
        self.assertIn(b"evidence of loss", told.stderr)
        self.assertEqual(self.verify(self.story.lost_receipt).returncode, 0)  # its signatures hold all the same

    def test_a_changed_chain_is_refused(self):
        text = self.story.chain.read_text()
        chain = json.loads(text)
        for number, link in enumerate(chain["chain"]):
            changed = json.loads(text)
            entry = bytearray(base64.b64decode(link["bytes"]))
            entry[len(entry) // 2] ^= 1
            changed["chain"][number]["bytes"] = base64.b64encode(entry).decode()
            broken = self.ledger.folder / "broken.json"
            broken.write_text(json.dumps(changed, separators=(",", ":"), ensure_ascii=False) + "\n")
            self.assertEqual(self.verify(self.story.early, "--chain", broken).returncode, 1)
        opened = [link for link in chain["chain"] if link["office"] == "warsaw"][-1]
        changed = json.loads(text)
        changed["chain"] = [link for link in changed["chain"] if link["index"] != opened["index"] - 1
                            or link["office"] != "warsaw"]  # LogOpened without its LogSealed
        broken.write_text(json.dumps(changed, separators=(",", ":"), ensure_ascii=False) + "\n")
        refused = self.verify(self.story.early, "--chain", broken)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(b"governance chain", refused.stderr)

    def test_todays_checkpoints_name_every_epoch(self):
        kept = self.ledger.folder / "today.checkpoints"
        made = tallinn("checkpoint", "--node", self.ledger.urls["warsaw"], "--out", kept, "--charter",
                       self.ledger.charter)
        self.assertEqual(made.returncode, 0, made.stderr)
        held = self.verify(kept, "--chain", self.story.chain)
        self.assertEqual(held.returncode, 0, held.stderr)
        self.assertIn(KYIV_2, text_of(held))

    def test_a_static_export_carries_the_chain_and_is_audited(self):
        site = self.ledger.folder / "site"
        made = tallinn("export", "tiles", site, "--node", self.ledger.urls["kyiv"])
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual((site / "chain.json").read_bytes(), self.story.chain.read_bytes())
        audited = tallinn("audit", site, "--charter", self.ledger.charter)
        self.assertEqual(audited.returncode, 0, text_of(audited) + audited.stderr.decode())


    def test_fsck_and_backup_know_every_epoch(self):
        for office in OFFICES:
            folder = self.ledger.root / office
            checked = tallinn("fsck", folder)
            self.assertEqual(checked.returncode, 0, text_of(checked) + checked.stderr.decode())
            backup = self.ledger.folder / f"backup-{office}"
            made = tallinn("backup", folder, "--to", backup)
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertIn(KYIV_2, (backup / "backup.txt").read_text())
            result, report = self.ledger.audit(backup)
            self.assertEqual(result.returncode, 0, text_of(result) + result.stderr.decode())
            self.assertIn(KYIV_2, [log["origin"] for log in report["logs"]])
            receipt = self.ledger.folder / "receipts" / f"{self.story.lost[0]}.tlog-proof"
            held = tallinn("audit", backup, "--charter", self.ledger.charter, "--receipts", receipt)
            self.assertEqual(held.returncode, 0, text_of(held) + held.stderr.decode())
            restored = tallinn("restore", backup, "--to", self.ledger.folder / f"restored-{office}")
            self.assertEqual(restored.returncode, 0, restored.stderr)


class OldKeys(unittest.TestCase):
    def test_an_office_started_again_with_the_old_keys_of_a_sealed_log_appends_nothing(self):
        ledger = Ledger()
        self.addCleanup(ledger.close)
        ledger.start()
        ledger.record(public_record()[:10])
        ledger.wait_equal()
        new = ledger.folder / "kyiv-2"
        tallinn("office", "new", "--office", "kyiv", "--out", new)
        prepared = tallinn("office", "epoch", "--line", new / "office.line", "--node", ledger.urls["warsaw"],
                           "--charter", ledger.charter)
        sealed = text_of(prepared).splitlines()[0]
        self.assertTrue(ledger.record([sealed], "warsaw")[0].endswith(" recorded"))
        deadline = time.monotonic() + EQUAL_LIMIT_S
        while ledger.get_json("kyiv", "/api/v1/status")["standing"] != "sealed":
            self.assertLess(time.monotonic(), deadline, ledger.log("kyiv"))
            time.sleep(0.1)
        ledger.stop("kyiv")
        ledger.start("kyiv")
        status = ledger.get_json("kyiv", "/api/v1/status")
        self.assertEqual((status["standing"], status["appends"]), ("sealed", False))
        need = next(line for line in public_record() if '"NeedRegistered"' in line)
        self.assertIn("not_appending", ledger.record([need], "kyiv")[0])


if __name__ == "__main__":
    unittest.main()
