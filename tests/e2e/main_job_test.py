"""The main job: a contribution recorded in two offices, followed and verified by its donor."""

import base64
import json
import shutil
import time
import unittest

from in_ukrainian import latin_words, words_of
from ledger import OFFICES, Ledger, public_record, tallinn, text_of

SETTLED_LIMIT_S = 2.0
FLIPS = 48  # places in the bundle's file; projections_test goes through all of them

# What a reader must find after recording the public record: EUR, by the pledge's year.
RUNGS = ("pledged", "committed", "disbursed", "allocated", "dispatched", "received", "accepted", "in_service")
LADDERS = {
    ("EE", 2024): ("500000.00", "500000.00", "480000.00", "480000.00", "480000.00", "480000.00", "480000.00", "0.00"),
    ("PL", 2024): ("120000.00", "120000.00", "0.00", "90000.00", "90000.00", "87000.00", "81000.00", "75000.00"),
}
LOSSES = {
    ("EE", 2024): {"refunded": "20000.00", "not_in_service": "480000.00"},
    ("PL", 2024): {"unallocated": "30000.00", "lost": "3000.00", "rejected": "6000.00", "not_in_service": "6000.00"},
}


class MainJob(unittest.TestCase):
    """One recorded ledger; every test only looks at it."""

    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger.running_for(cls)
        cls.lines = public_record()
        cls.recorded = cls.ledger.record_command(cls.lines)
        cls.settled_after_s = cls.time_until_trail_is_settled()
        cls.sizes = cls.ledger.wait_equal()
        for office in OFFICES:
            cls.ledger.wait_joint_state(office)

    @classmethod
    def time_until_trail_is_settled(cls):
        begin = time.monotonic()
        while time.monotonic() - begin < 10 * SETTLED_LIMIT_S:
            trails = [cls.ledger.get_json(office, "/api/v1/trail/EE")["items"] for office in OFFICES]
            if all(trail and all(entry["level"] == "settled" for entry in trail) for trail in trails):
                return time.monotonic() - begin
            time.sleep(0.05)
        return float("inf")

    def test_every_event_is_recorded_through_kyiv_each_in_its_home_office(self):
        answers = text_of(self.recorded).splitlines()
        self.assertEqual(self.recorded.returncode, 0, (answers, self.recorded.stderr))
        self.assertEqual(len(answers), 76)
        ids = [json.loads(line)["id"] for line in self.lines]
        self.assertEqual([answer.split()[2:] for answer in answers], [[event, "recorded"] for event in ids])
        homes = {json.loads(line)["type"]: answer.split()[0].split("/")[1] for line, answer in zip(self.lines, answers)}
        self.assertEqual(homes["NeedRegistered"], "kyiv")
        self.assertEqual(homes["PledgeAnnounced"], "warsaw")
        self.assertEqual(homes["FundsDisbursed"], "kyiv")
        self.assertEqual(len(list((self.ledger.folder / "receipts").glob("*.tlog-proof"))), 76)

    def test_the_ladders_come_out_to_the_cent_on_both_nodes(self):
        for office in OFFICES:
            for (party, year), figures in LADDERS.items():
                rows = [row for row in self.ledger.listing(office, "ladder", party)
                        if (row["year"], row["currency"]) == (year, "EUR")]
                self.assertEqual(len(rows), 1, (office, party, rows))
                self.assertEqual(tuple(rows[0][rung] for rung in RUNGS), figures, (office, party))
                self.assertEqual(rows[0]["losses"], LOSSES[(party, year)], (office, party))

    def test_the_events_of_a_rung_sum_to_it(self):
        events = self.ledger.listing("warsaw", "ladder", "EE", "--events", "disbursed")
        cents = sum(round(float(event["amount"]) * 100) for event in events if event["year"] == 2024)
        self.assertEqual(cents, 48_000_000)

    def test_one_exception_is_open_on_both_nodes(self):
        for office in OFFICES:
            exceptions = self.ledger.listing(office, "exceptions")
            self.assertEqual([(one["id"], one["state"]) for one in exceptions],
                             [("receipt_without_dispatch/C-2024-99", "open")])

    def test_the_estonian_trail_is_settled_within_two_seconds(self):
        self.assertLess(self.settled_after_s, SETTLED_LIMIT_S)
        for office in OFFICES:
            trail = self.ledger.listing(office, "trail", "EE")
            self.assertGreater(len(trail), 10)
            self.assertEqual({entry["level"] for entry in trail}, {"settled"})

    def test_every_listing_answers_the_same_from_a_node_and_from_its_data(self):
        self.assertEqual(len(self.ledger.listing("kyiv", "parties")), 22)
        for kind in ("parties", "needs", "pledges", "commitments", "allocations", "deliveries", "exceptions",
                     "corrections"):
            offline = tallinn(kind, "--data", self.ledger.root / "warsaw", "--json")
            self.assertEqual(offline.returncode, 0, offline.stderr)
            self.assertEqual(json.loads(offline.stdout), self.ledger.listing("kyiv", kind), kind)
            table = text_of(tallinn(kind, "--node", self.ledger.urls["kyiv"], "--lang", "uk"))
            self.assertGreaterEqual(len(table.splitlines()), 1, kind)

    def test_an_event_is_shown_in_full_by_place_and_by_id(self):
        by_place = tallinn("event", "tallinn-mechanism.example/warsaw/1", "0", "--node", self.ledger.urls["kyiv"])
        event = json.loads(by_place.stdout)
        self.assertEqual(event["event"]["id"], json.loads(self.lines[0])["id"])
        by_id = tallinn("event", event["event"]["id"], "--data", self.ledger.root / "kyiv")
        self.assertEqual(json.loads(by_id.stdout)["event"], event["event"])

    def test_a_follower_hears_of_every_entry_once_at_either_node_and_goes_on_where_it_was(self):
        heard = {}
        for office in OFFICES:
            followed = tallinn("follow", "--node", self.ledger.urls[office], "--after", "none", "--limit", 76, "--json")
            self.assertEqual(followed.returncode, 0, followed.stderr)
            events = [json.loads(line) for line in text_of(followed).splitlines()]
            self.assertEqual({(one["event"], one["level"]) for one in events}, {("entry", "settled")})
            heard[office] = [(one["at"], one["id"]) for one in events]
            self.assertEqual(len({one["id"] for one in events}), 76)
        self.assertEqual(heard["kyiv"], heard["warsaw"])
        place, _ = heard["kyiv"][69]
        rest = tallinn("follow", "--node", self.ledger.urls["warsaw"], "--after", place, "--limit", 6)
        self.assertEqual([line.split()[-1] for line in text_of(rest).splitlines()], [one for _, one in heard["kyiv"][70:]])
        wrong = tallinn("follow", "--node", self.ledger.urls["warsaw"], "--after", "yesterday")
        self.assertEqual(wrong.returncode, 1)
        self.assertIn(b"(after)", wrong.stderr)

    def test_an_audit_as_of_a_day_is_the_same_from_a_node_and_from_another_ones_data(self):
        told = []
        for source in (self.ledger.urls["kyiv"], self.ledger.root / "warsaw"):
            audited = tallinn("audit", source, "--charter", self.ledger.charter, "--json", "--known-on",
                              "kyiv/1:12,warsaw/1:40", "--as-of", "2024-06-30")
            self.assertEqual(audited.returncode, 0, audited.stderr)
            told.append(json.loads(audited.stdout)["standpoint"])
        self.assertEqual(told[0], told[1])
        self.assertGreater(told[0]["entries"], 10)
        exceptions = self.ledger.listing("warsaw", "exceptions", "--known-on", told[0]["known_on"], "--as-of",
                                         "2024-06-30")
        self.assertEqual([(one["id"], one["state"], one["text"]) for one in told[0]["exceptions"]],
                         [(one["id"], one["state"], one["text"]) for one in exceptions])
        ahead = tallinn("audit", self.ledger.root / "kyiv", "--charter", self.ledger.charter, "--known-on", "kyiv/1:900")
        self.assertEqual(ahead.returncode, 1)
        self.assertIn(b"900 are asked for", ahead.stderr)

    def test_a_bundle_proves_that_nothing_concerns_a_party(self):
        elsewhere = self.ledger.folder / "LV.trail.json"
        made = tallinn("bundle", "LV-ABSENT", "--node", self.ledger.urls["kyiv"], "--out", elsewhere)
        self.assertEqual(made.returncode, 0, made.stderr)
        verified = tallinn("verify", elsewhere, "--charter", self.ledger.charter)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertIn("no entry concerns LV-ABSENT up to that state", text_of(verified))

    def test_receipts_are_verified_offline(self):
        receipts = sorted((self.ledger.folder / "receipts").glob("*.tlog-proof"))
        for receipt in receipts[:5]:
            checked = tallinn("verify", receipt, "--charter", self.ledger.charter, "--at-least", "recorded")
            self.assertEqual(checked.returncode, 0, checked.stderr)
        refused = tallinn("verify", receipts[0], "--charter", self.ledger.charter, "--at-least", "settled")
        self.assertEqual(refused.returncode, 1)

    def test_a_proof_without_its_entry_is_verified_with_the_entry_given(self):
        receipt = sorted((self.ledger.folder / "receipts").glob("*.tlog-proof"))[0]
        lines = receipt.read_text().splitlines(keepends=True)
        self.assertTrue(lines[1].startswith("extra "))
        bare, entry = self.ledger.folder / "bare.tlog-proof", self.ledger.folder / "entry"
        bare.write_text("".join(lines[:1] + lines[2:]))
        entry.write_bytes(base64.b64decode(lines[1].split()[1]))
        alone = tallinn("verify", bare, "--charter", self.ledger.charter)
        self.assertEqual(alone.returncode, 3)
        self.assertIn(b"does not carry the entry", alone.stderr)
        given = tallinn("verify", bare, "--charter", self.ledger.charter, "--entry", entry)
        self.assertEqual(given.returncode, 0, given.stderr)
        entry.write_bytes(entry.read_bytes()[:-1] + b"?")
        for proof in (bare, receipt):
            wrong = tallinn("verify", proof, "--charter", self.ledger.charter, "--entry", entry)
            self.assertEqual(wrong.returncode, 1, wrong.stderr)

    def test_the_charter_gives_a_policy_for_verifiers_of_others(self):
        charter = self.ledger.charter.read_text()
        offices = [line.split() for line in charter.splitlines() if line.startswith("office ")]
        made = text_of(tallinn("charter", "policy", "--charter", self.ledger.charter))
        lines = [line.split() for line in made.splitlines() if line and not line.startswith("#")]
        self.assertEqual([words[1] for words in lines if words[0] == "log"], [words[3] for words in offices])
        self.assertEqual([words[2] for words in lines if words[0] == "witness"], [words[4] for words in offices])
        one = text_of(tallinn("charter", "policy", "--charter", self.ledger.charter, "--office", "warsaw"))
        self.assertIn(f"log {offices[1][3]}\n", one)
        self.assertNotIn(offices[0][3], one)
        self.assertIn("group offices all tallinn-mechanism.example/kyiv/witness\n", one)
        unknown = tallinn("charter", "policy", "--charter", self.ledger.charter, "--office", "riga")
        self.assertEqual(unknown.returncode, 2)

    def test_checkpoints_are_kept_and_compared(self):
        kept, later = self.ledger.folder / "kept", self.ledger.folder / "later"
        for out, since in ((kept, ()), (later, ("--since", kept))):
            made = tallinn("checkpoint", "--node", self.ledger.urls["kyiv"], "--out", out, *since)
            self.assertEqual(made.returncode, 0, made.stderr)
        compared = tallinn("verify", later, "--charter", self.ledger.charter, "--against", kept, "--at-least", "replicated")
        self.assertEqual(compared.returncode, 0, compared.stderr)

    def bundle(self):
        """A bundle and the charter, alone in another folder."""
        elsewhere = self.ledger.folder / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        shutil.copy(self.ledger.charter, elsewhere / "charter.txt")
        made = tallinn("bundle", "EE", "--node", self.ledger.urls["warsaw"], "--out", elsewhere / "EE.trail.json")
        self.assertEqual(made.returncode, 0, made.stderr)
        return elsewhere / "EE.trail.json", elsewhere / "charter.txt"

    def test_a_bundle_is_verified_with_nothing_but_the_charter(self):
        bundle, charter = self.bundle()
        verified = tallinn("verify", bundle, "--charter", charter, "--at-least", "settled")
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertIn("500000.00", text_of(verified))
        offline = tallinn("bundle", "EE", "--data", self.ledger.root / "warsaw", "--out", bundle.with_name("offline"))
        self.assertEqual(offline.returncode, 0, offline.stderr)

    def test_a_bundle_with_any_changed_character_is_refused_with_a_sentence(self):
        bundle, charter = self.bundle()
        original = bundle.read_bytes()
        changed = bundle.with_name("changed.trail.json")
        for i in range(FLIPS):
            at = (len(original) - 1) * i // (FLIPS - 1)
            changed.write_bytes(original[:at] + bytes([original[at] ^ 1]) + original[at + 1:])
            refused = tallinn("verify", changed, "--charter", charter)
            self.assertEqual(refused.returncode, 1, (at, refused.stdout))
            self.assertGreater(len(refused.stderr), 30, at)

    def test_a_bundle_with_an_entry_left_out_is_refused(self):
        bundle, charter = self.bundle()
        parsed = json.loads(bundle.read_text())
        self.assertGreater(len(parsed["entries"]), 10)
        for index in (0, len(parsed["entries"]) // 2, -1):
            fewer = dict(parsed, entries=[e for i, e in enumerate(parsed["entries"])
                                          if i != index % len(parsed["entries"])])
            changed = bundle.with_name("fewer.trail.json")
            changed.write_text(json.dumps(fewer, ensure_ascii=False, separators=(",", ":")))
            self.assertEqual(tallinn("verify", changed, "--charter", charter).returncode, 1, index)

    def test_both_nodes_pass_an_audit_by_url_with_the_same_state(self):
        roots = set()
        for office in OFFICES:
            result, report = self.ledger.audit(self.ledger.urls[office])
            self.assertEqual(result.returncode, 0, text_of(result) + result.stderr.decode())
            self.assertEqual(report["entries"], 76)
            self.assertEqual(report["state_note"]["verdict"], "holds")
            self.assertEqual(report["state_note"]["signed_by"], list(OFFICES))
            roots.add((report["state"]["root"], report["state"]["records"]))
        self.assertEqual(len(roots), 1)

    def test_recording_again_answers_with_the_old_places_and_changes_nothing(self):
        again = self.ledger.record_command(self.lines)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(again.stdout, self.recorded.stdout)
        through_warsaw = self.ledger.record_command(self.lines, "warsaw")
        self.assertEqual(through_warsaw.stdout, self.recorded.stdout)
        self.assertEqual(self.ledger.wait_equal(), self.sizes)

    def told_in_ukrainian(self, *arguments):
        result = tallinn(*arguments, "--lang", "uk")
        return text_of(result) + result.stderr.decode("utf-8")

    def assert_ukrainian(self, *arguments):
        data = words_of("".join(self.lines) + " ".join(map(str, arguments)))
        with self.subTest(" ".join(map(str, arguments))):
            told = self.told_in_ukrainian(*arguments)
            self.assertRegex(told, "[а-яіїєґ]{3}")
            self.assertEqual(latin_words(told, data), [], told)

    def test_every_look_at_the_ledger_is_told_in_ukrainian(self):
        node = ("--node", self.ledger.urls["kyiv"])
        listings = ("parties", "needs", "pledges", "commitments", "allocations", "deliveries", "exceptions", "corrections")
        for arguments in ([(kind,) for kind in listings] + [
                ("ladder", "EE"), ("ladder", "EE", "--events", "accepted"), ("ladder", "EE", "--in", "USD"),
                ("trail", "PL"), ("trail", "EE", "--as-of", "2024-12-31"), ("status",), ("evidence", "list"),
                ("diff", "EE", "--from", "kyiv/1:0,warsaw/1:0"), ("trail", "XX"), ("pledges", "--known-on", "never")]):
            self.assert_ukrainian(*arguments, *node)
        self.assert_ukrainian("follow", *node, "--after", "none", "--limit", "9")

    def test_every_check_is_told_in_ukrainian(self):
        charter = ("--charter", self.ledger.charter)
        bundle = self.bundle()
        kept = self.ledger.folder / "uk.checkpoints"
        receipt = sorted((self.ledger.folder / "receipts").iterdir())[0]
        for arguments in (("checkpoint", "--node", self.ledger.urls["kyiv"], "--out", kept),
                          ("verify", bundle, *charter), ("verify", kept, *charter, "--max-age", "7d"),
                          ("verify", receipt, *charter), ("verify", receipt, *charter, "--at-least", "settled"),
                          ("verify", self.ledger.charter, *charter), ("verify", "nowhere", *charter),
                          ("audit", self.ledger.urls["warsaw"], *charter), ("charter", "show", self.ledger.charter),
                          ("fsck", self.ledger.root / "kyiv"), ("key", "show", self.ledger.root / "keys" / "EE.key"),
                          ("ladder", "EE"), ("nothing",), ("verify", bundle, *charter, "--at-least", "much")):
            self.assert_ukrainian(*arguments)

    def test_numbers_dates_and_plurals_are_those_of_the_language(self):
        node = ("--node", self.ledger.urls["kyiv"])
        self.assertIn("500\u00a0000,00\u00a0EUR", self.told_in_ukrainian("pledges", *node))
        self.assertIn("500,000.00 EUR", text_of(tallinn("pledges", *node)))
        self.assertRegex(self.told_in_ukrainian("trail", "EE", *node), r"\b\d\d\.\d\d\.20\d\d\b")
        self.assertRegex(text_of(tallinn("trail", "EE", *node)), r"\b\d{1,2} [A-Z][a-z]{2} 20\d\d\b")

    def test_help_is_told_in_ukrainian(self):
        commands = ("", "sandbox", "key new", "office epoch", "charter new", "node", "record", "pledges", "ladder", "trail", "diff",
                    "event", "status", "bundle", "checkpoint", "verify", "evidence show", "audit", "export tiles", "import csv",
                    "generate", "fsck", "rebuild", "backup", "restore", "completion")
        for command in commands:
            self.assert_ukrainian(*command.split(), "--help")

    def test_what_is_unknown_is_said_so(self):
        for arguments in (("ladder", "ZZ"), ("event", "018c8485-a400-7062-b834-c11e4c4095cf")):
            unknown = tallinn(*arguments, "--node", self.ledger.urls["kyiv"])
            self.assertEqual(unknown.returncode, 1, unknown.stdout)
            self.assertTrue(unknown.stderr.startswith(b"tallinn: "), unknown.stderr)
        nobody = tallinn("parties", "--node", "http://127.0.0.1:1")
        self.assertEqual(nobody.returncode, 3, nobody.stderr)
        self.assertEqual(tallinn("parties").returncode, 2)


class AuditOfDataDirectories(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger.running_for(cls)
        cls.answers = cls.ledger.record(public_record())
        cls.ledger.wait_equal()
        for office in OFFICES:
            cls.ledger.wait_joint_state(office)
        cls.ledger.stop()

    def test_both_data_directories_pass_with_the_same_state(self):
        roots = set()
        for office in OFFICES:
            result, report = self.ledger.audit(self.ledger.root / office)
            self.assertEqual(result.returncode, 0, text_of(result) + result.stderr.decode())
            self.assertEqual(report["state_note"]["verdict"], "holds")
            roots.add(report["state"]["root"])
        self.assertEqual(len(roots), 1)

    def test_a_flipped_byte_of_one_entry_in_a_copy_fails_with_its_origin_and_index(self):
        origin, index, event, _ = self.answers[50].split()
        copy = self.ledger.folder / "copy"
        shutil.copytree(self.ledger.root / "kyiv", copy)
        needle = bytes.fromhex(event.replace("-", ""))
        for file in sorted((copy / "data" / "db").glob("*.log")):
            content = bytearray(file.read_bytes())
            at = content.find(needle)
            if at >= 0:
                content[at + 20] ^= 1
                file.write_bytes(content)
                break
        else:
            self.fail("the event is in no file")
        result, report = self.ledger.audit(copy)
        self.assertEqual(result.returncode, 1, text_of(result))
        named = [(failure["origin"], failure.get("index")) for failure in report["failures"]]
        self.assertIn((origin, int(index)), named)
        self.assertIn(f"{origin} {index}", text_of(result))


if __name__ == "__main__":
    unittest.main()
