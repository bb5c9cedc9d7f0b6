"""A withheld value: shown to whom it is for, proven to anyone, in no public file, and erased from every file of both offices."""

import json
import stat
import time
import unittest

from ledger import OFFICES, Ledger, public_record, tallinn, text_of

LIMIT_S = 30
EVENT = "0199e52a-a000-7001-8d78-7d89ef3ae777"
SITE = "5hNf2Qx8Zr0LkVw7Yc3Tb9Jm1Dp6GsEu4AiHoXqRtKyW"  # in no file by chance, and not to be compressed away


def need(**withhold):
    return json.dumps({"id": EVENT, "type": "NeedRegistered", "author": "UA", "occurred": "2024-12-01",
                       "withhold": withhold, "body": {
                           "need": "UA-2024-77", "title": {"en": "Spare parts", "uk": "Запасні частини"},
                           "kind": "hardware", "sector": "energy", "recipient": "UA", "urgency": "low",
                           "lines": [{"line": 1, "description": "parts", "quantity": 2, "unit": "C62"}]}})


def files_with(folder, text):
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


class Withheld(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)

    def disclose(self, party, *more, office="kyiv"):
        return tallinn("disclose", EVENT, *more, "--key", self.ledger.root / "keys" / f"{party}.key",
                       "--node", self.ledger.urls[office])

    def verify(self, file, *more):
        return tallinn("verify", file, "--charter", self.ledger.charter, *more)

    def erase(self, *offices):
        nodes = [word for office in offices for word in ("--node", self.ledger.urls[office])]
        return tallinn("erase", EVENT, "site", "--key", self.ledger.root / "keys" / "UA.key", *nodes)

    def wait_gone(self, office):
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            if not files_with(self.ledger.root / office, SITE):
                return
            time.sleep(0.1)
        raise AssertionError(f"{files_with(self.ledger.root / office, SITE)}\n{self.ledger.log(office)}")

    def check_shown(self, file, chain):
        """To those entitled, as a file that proves itself."""
        self.assertEqual(self.disclose("NAO-EE", "site", "--out", file).returncode, 0)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        proven = text_of(self.verify(file))
        self.assertIn(SITE, proven)
        self.assertIn("whose party is not proven", proven)
        self.assertIn("a key of NAO-EE", text_of(self.verify(file, "--chain", chain)))
        whole = file.read_bytes()
        for at in range(5, len(whole), 61):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            self.assertEqual(self.verify(file).returncode, 1, at)
        file.write_bytes(whole)
        by_author = json.loads(text_of(self.disclose("UA", "site", office="warsaw")))
        self.assertEqual(by_author["value"], json.loads(whole)["value"])
        listed = json.loads(text_of(self.disclose("NAO-EE", "--json")))
        self.assertEqual(listed, [{"field": "site", "tlp": "AMBER", "state": "held"}])

    def check_hidden(self):
        """From everybody else, who does not even learn whether there is one."""
        refused = {self.disclose(*asked).stderr for asked in
                   (("NATO", "site"), ("NATO", "other"), ("NATO",), ("NAO-EE", "name"), ("UA", "other"))}
        self.assertEqual(len(refused), 1)
        self.assertIn(b"nothing here that this key is shown", refused.pop())
        ledger = self.ledger
        folder = ledger.folder / "public"
        folder.mkdir()
        site = ("--node", ledger.urls["kyiv"])
        self.assertEqual(tallinn("export", "tiles", folder / "site", *site).returncode, 0)
        self.assertEqual(tallinn("bundle", "UA", "--out", folder / "UA.trail.json", *site).returncode, 0)
        self.assertEqual(tallinn("backup", ledger.root / "kyiv", "--to", folder / "backup").returncode, 0)
        (folder / "event.json").write_bytes(ledger.get("kyiv", f"/api/v1/events/{EVENT}")[1])
        self.assertEqual(files_with(folder, SITE), [])

    def test_a_mirror_gets_the_event_and_never_the_value(self):
        ledger = self.ledger
        ledger.add_mirror("tallinn", {"kyiv": f"127.0.0.1:{ledger.base}", "warsaw": f"127.0.0.1:{ledger.base + 2}"})
        ledger.start(*OFFICES, "tallinn")
        self.assertEqual(len(ledger.record(public_record()[:56])), 56)
        recorded = ledger.record([need(site={"tlp": "AMBER", "value": SITE})])
        self.assertTrue(recorded[0].endswith(" recorded"), recorded)
        ledger.wait_equal()
        ledger.wait_as("tallinn", "kyiv")
        self.assertEqual(json.loads(ledger.get("tallinn", f"/api/v1/events/{EVENT}")[1])["id"], EVENT)
        self.assertEqual([bool(files_with(ledger.root / node, SITE)) for node in (*OFFICES, "tallinn")], [True, True, False])
        self.assertEqual(self.disclose("NAO-EE", "site", office="warsaw").returncode, 0)
        self.assertNotEqual(self.disclose("NAO-EE", "site", office="tallinn").returncode, 0)

    def test_a_withheld_value_is_shown_to_few_and_erased_from_every_file(self):
        ledger = self.ledger
        ledger.start()
        self.assertEqual(len(ledger.record(public_record()[:56])), 56)
        recorded = ledger.record([need(site={"tlp": "AMBER", "value": SITE}, name={"tlp": "RED", "value": "Olena"})])
        self.assertTrue(recorded[0].endswith(" recorded"), recorded)
        ledger.wait_equal()
        ledger.wait_joint_state("kyiv")
        chain = ledger.folder / "chain.json"
        chain.write_bytes(ledger.get("kyiv", "/api/v1/charter?chain=1")[1])
        kept = ledger.folder / "site.disclosure.json"
        self.check_shown(kept, chain)
        self.check_hidden()
        ledger.stop()
        ledger.start("kyiv")  # what was in a write-ahead log is in a table now
        for office in OFFICES:
            self.assertTrue(files_with(ledger.root / office, SITE), "both offices hold it")

        by_another = tallinn("erase", EVENT, "site", "--key", ledger.root / "keys" / "EE.key", "--node",
                             ledger.urls["kyiv"])
        self.assertEqual(by_another.returncode, 1)
        alone = self.erase("kyiv", "warsaw")  # Warsaw is cut off
        self.assertEqual(alone.returncode, 3)
        self.assertIn("in no file of this node", text_of(alone))
        self.assertEqual(files_with(ledger.root / "kyiv", SITE), [])
        self.assertTrue(files_with(ledger.root / "warsaw", SITE))
        ledger.start("warsaw")
        self.wait_gone("warsaw")
        both = self.erase("kyiv", "warsaw")
        self.assertEqual((both.returncode, text_of(both).count("in no file of this node")), (0, 2), both.stderr)

        for office in OFFICES:
            erased = self.disclose("UA", "site", office=office)
            self.assertEqual(erased.returncode, 1)
            self.assertIn(b"was erased on", erased.stderr)
            (shown,) = ledger.get_json(office, f"/api/v1/events/{EVENT}")["erased"]
            self.assertEqual((shown["field"], shown["by"]), ("site", "UA"))
            statement = ledger.folder / "site.erasure"
            statement.write_text(shown["statement"])
            self.assertIn("a key of UA", text_of(self.verify(statement)))
            self.assertEqual(self.disclose("UA", "name", office=office).returncode, 0)
        self.assertIn(SITE, text_of(self.verify(kept)))
        result, _ = ledger.audit(ledger.urls["warsaw"])
        self.assertEqual(result.returncode, 0, text_of(result))
        ledger.record([need(site={"tlp": "AMBER", "value": SITE}, name={"tlp": "RED", "value": "Olena"})])
        ledger.stop()
        for office in OFFICES:
            self.assertEqual(files_with(ledger.root / office, SITE), [])
            checked = tallinn("fsck", ledger.root / office)
            self.assertEqual(checked.returncode, 0, checked.stdout)
            self.assertIn(b"1 withheld value,", checked.stdout)
            self.assertNotIn(SITE, ledger.log(office))
        local = tallinn("disclose", EVENT, "name", "--key", ledger.root / "keys" / "NATO.key", "--data",
                        ledger.root / "kyiv")
        self.assertIn("T2xlbmE=", text_of(local))  # Olena: who holds the files needs no entitlement


if __name__ == "__main__":
    unittest.main()
