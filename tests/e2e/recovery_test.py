"""What an operator meets after damage, a restore or a copy: no second history is ever signed, and the way out is told.

Every test begins with the same two stopped offices, which have recorded the public record and hold it both.
"""

import fcntl
import json
import os
import shutil
import threading
import time
import unittest

from ledger import EQUAL_LIMIT_S, Ledger, need, public_record, tallinn, text_of

FACT = json.dumps({"type": "GoodsReceived", "author": "UA", "occurred": "2024-12-01", "body": {
    "consignment": "C-2024-98", "lines": [{"line": 1, "quantity": 2, "condition": "good"}]}})


class Recovery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger()
        cls.addClassCleanup(cls.ledger.close)
        cls.kyiv = cls.ledger.root / "kyiv"
        cls.anchor = cls.ledger.root / "anchors" / "kyiv.anchor"
        cls.lines = public_record()
        cls.ledger.start()
        assert len(cls.ledger.record(cls.lines[:40])) == 40
        cls.ledger.wait_equal()
        cls.ledger.stop()
        cls.older = cls.ledger.folder / "older"
        shutil.copytree(cls.ledger.root, cls.older)
        cls.ledger.start()
        assert len(cls.ledger.record(cls.lines)) == len(cls.lines)
        cls.ledger.wait_equal()
        cls.sizes = cls.ledger.sizes("kyiv")
        cls.ledger.wait_joint_state("kyiv")
        cls.ledger.stop()
        cls.kept = cls.ledger.folder / "kept"
        shutil.copytree(cls.ledger.root, cls.kept)
        assert cls.anchor.exists(), list((cls.ledger.root / "anchors").iterdir())

    def setUp(self):
        shutil.rmtree(self.ledger.root)
        shutil.copytree(self.kept, self.ledger.root)

    def tearDown(self):
        for office in list(self.ledger.nodes):
            self.ledger.kill(office)

    def check_never_appends(self, *standings):
        """Alone, then with the peer: nothing is signed, reads are served, the lost entries come back, and it is told."""
        self.ledger.start("kyiv")
        status = self.ledger.get_json("kyiv", "/api/v1/status")
        self.assertFalse(status["appends"], status)
        self.assertIn(status["standing"], standings)
        self.assertIn("epoch", status["way_out"])
        human = text_of(tallinn("status", "--node", self.ledger.urls["kyiv"]))
        self.assertIn(status["standing"], human)
        self.assertIn("way out", human)
        self.assertIn("not_appending", self.ledger.log("kyiv"))
        self.assertIn(status["standing"], self.ledger.log("kyiv"))
        metrics = self.ledger.get("kyiv", "/metrics")[1].decode()
        self.assertIn("tallinn_appending 0", metrics)
        self.assertIn(f'tallinn_standing{{standing="{status["standing"]}"}} 1', metrics)
        before = self.ledger.sizes("kyiv")
        refused = self.ledger.record_command([FACT])
        self.assertNotEqual(refused.returncode, 0, refused.stdout)
        self.assertEqual(self.ledger.sizes("kyiv"), before)
        self.assertEqual(self.ledger.get("kyiv", "/api/v1/needs")[0], 200)

        self.ledger.start("warsaw")
        self.assertEqual(self.ledger.wait_equal(), self.sizes)
        self.assertFalse(self.ledger.get_json("kyiv", "/api/v1/status")["appends"])
        self.ledger.record_command([FACT])
        self.assertEqual(self.ledger.sizes("kyiv"), self.sizes)
        self.ledger.stop("kyiv")
        self.ledger.start("kyiv")  # nor does a restart forget it
        self.assertFalse(self.ledger.get_json("kyiv", "/api/v1/status")["appends"])
        for office in ("kyiv", "warsaw"):
            result, _ = self.ledger.audit(self.ledger.urls[office])
            self.assertEqual(result.returncode, 0, result.stdout)

    def wal(self):
        logs = sorted((self.kyiv / "data" / "db").glob("*.log"))
        return max(logs, key=lambda log: log.stat().st_size)

    def test_an_undamaged_office_appends_though_its_peer_cannot_be_reached(self):
        self.ledger.start("kyiv")
        status = self.ledger.get_json("kyiv", "/api/v1/status")
        self.assertTrue(status["appends"], status)
        self.assertEqual(self.ledger.record([FACT])[0].split()[-1], "recorded")

    def test_a_deleted_write_ahead_log_is_noticed(self):
        self.wal().unlink()
        self.check_never_appends("store_behind")

    def test_a_truncated_write_ahead_log_is_noticed(self):
        log = self.wal()
        with open(log, "r+b") as file:
            file.truncate(log.stat().st_size * 3 // 4)
        self.check_never_appends("store_behind")

    def test_a_flipped_bit_in_the_write_ahead_log_is_noticed(self):
        log = self.wal()
        data = bytearray(log.read_bytes())
        data[len(data) // 2] ^= 1
        log.write_bytes(data)
        result = tallinn("node", self.kyiv, limit_s=30)  # it does not open whole, so it does not start
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn(b"tallinn fsck", result.stderr)
        self.assertIn(b"epoch", result.stderr)
        shutil.rmtree(self.kyiv / "data")  # as it says
        self.check_never_appends("store_behind")

    def test_an_older_copy_of_the_data_is_noticed(self):
        shutil.rmtree(self.kyiv / "data")
        shutil.copytree(self.older / "kyiv" / "data", self.kyiv / "data")
        self.check_never_appends("store_behind")

    def test_an_older_copy_of_the_anchor_does_not_pass_for_the_newest(self):
        shutil.copy(self.older / "anchors" / self.anchor.name, self.anchor)
        self.check_never_appends("anchor_behind")

    def test_a_missing_anchor_is_noticed(self):
        self.anchor.unlink()
        self.check_never_appends("anchor_missing")

    def test_a_damaged_anchor_is_noticed_and_left_as_it_is(self):
        with open(self.anchor, "r+b") as file:
            file.truncate(40)
        damaged = self.anchor.read_bytes()
        checked = tallinn("fsck", self.kyiv, "--charter", self.ledger.charter)
        self.assertEqual(checked.returncode, 1, checked.stderr)
        self.assertIn(b"The head anchor is damaged", checked.stdout)
        self.check_never_appends("anchor_unreadable")
        self.assertEqual(self.anchor.read_bytes(), damaged)

    def test_a_copy_of_a_running_office_does_not_start_beside_it(self):
        self.ledger.start("kyiv")
        clone = self.ledger.root / "clone"
        shutil.copytree(self.kyiv, clone)
        result = tallinn("node", clone, limit_s=30)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn(b"another process holds the head anchor", result.stderr)

    def test_a_copy_without_the_anchor_never_appends(self):
        clone = self.ledger.folder / "clone"
        self.addCleanup(shutil.rmtree, clone)
        shutil.copytree(self.kyiv, clone)
        toml = (clone / "node.toml").read_text()
        (clone / "node.toml").write_text("".join(
            'anchor = "elsewhere.anchor"\n' if line.startswith("anchor") else line
            for line in toml.splitlines(keepends=True)))
        shutil.rmtree(self.kyiv)
        clone.rename(self.kyiv)
        clone.mkdir()  # for the cleanup
        self.check_never_appends("anchor_missing")

    def test_a_copy_with_its_anchor_stops_once_its_peer_shows_more(self):
        shutil.rmtree(self.kyiv / "data")
        shutil.copytree(self.older / "kyiv" / "data", self.kyiv / "data")
        shutil.copy(self.older / "anchors" / self.anchor.name, self.anchor)  # alone, nobody can tell
        self.ledger.start("warsaw")
        self.ledger.start("kyiv")
        self.assertEqual(self.ledger.wait_equal(), self.sizes)
        self.assertEqual(self.ledger.get_json("kyiv", "/api/v1/status")["standing"], "peer_holds_more")
        self.ledger.stop("warsaw")
        self.ledger.stop("kyiv")
        self.check_never_appends("peer_holds_more")

    def test_restored_data_catches_up_and_never_continues_its_epoch(self):
        backup = self.ledger.folder / "backup"
        self.addCleanup(shutil.rmtree, backup, ignore_errors=True)
        made = tallinn("backup", self.older / "kyiv", "--to", backup)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertFalse(list(backup.rglob("*anchor*")) + list(backup.rglob("*.key")))
        shutil.rmtree(self.kyiv / "data")
        restored = tallinn("restore", backup, "--to", self.kyiv / "data")
        self.assertEqual(restored.returncode, 0, restored.stderr)
        again = tallinn("restore", backup, "--to", self.kyiv / "data")
        self.assertEqual(again.returncode, 1, again.stderr)  # never over data
        checked = tallinn("fsck", self.kyiv, "--charter", self.ledger.charter)
        self.assertIn(b"0 withheld values", checked.stdout)
        self.check_never_appends("restored")

    def test_two_restores_never_write_into_one_folder(self):
        backup = self.ledger.folder / "backup"
        to = self.ledger.folder / "to"
        for folder in (backup, to):
            self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.assertEqual(tallinn("backup", self.kyiv, "--to", backup).returncode, 0)
        begun = to / "db.restoring" / "begun by the first"
        begun.parent.mkdir(parents=True)
        begun.touch()
        first = os.open(to, os.O_RDONLY)
        fcntl.flock(first, fcntl.LOCK_EX)
        second = tallinn("restore", backup, "--to", to)
        self.assertEqual(second.returncode, 3, second.stdout)
        self.assertIn(b"another restore is writing to", second.stderr)
        self.assertTrue(begun.exists())
        os.close(first)  # cut short: what it left is of no use
        self.assertEqual(tallinn("restore", backup, "--to", to).returncode, 0)
        self.assertEqual([path.name for path in to.iterdir()], ["db"])

    def test_the_wrong_folder_or_charter_is_named_and_nothing_is_written(self):
        folder = self.ledger.folder
        backup, site, new = folder / "backup", folder / "site", folder / "new"
        other = Ledger()
        self.addCleanup(other.close)
        for made in (backup, site, new):
            self.addCleanup(shutil.rmtree, made, ignore_errors=True)
        self.assertEqual(tallinn("backup", self.kyiv, "--to", backup).returncode, 0)
        self.assertEqual(tallinn("export", "tiles", site, "--data", self.kyiv).returncode, 0)
        data = self.kyiv / "data"
        before = {path: path.read_bytes() for at in (self.kyiv, backup, site) for path in at.rglob("*") if path.is_file()}
        for arguments, words in (
                (("backup", backup, "--to", new), "is a backup: name the folder of a node"),
                (("backup", site, "--to", new), "is a static site"),
                (("backup", self.kyiv, "--to", self.kyiv), "is a node's folder: name a new folder"),
                (("backup", self.kyiv, "--to", data), "is a node's data: name a new folder"),
                (("backup", self.kyiv, "--to", site), "is a static site"),
                (("backup", self.kyiv, "--to", new, "--charter", other.charter), "of another charter"),
                (("restore", self.kyiv, "--to", new), "is a node's folder: name the folder of a backup"),
                (("restore", site, "--to", new), "is a static site"),
                (("restore", folder, "--to", new), "holds no whole backup"),
                (("restore", backup, "--to", self.kyiv), "is a node's folder: name the folder that its node.toml"),
                (("restore", backup, "--to", data), "holds ledger data already"),
                (("restore", backup, "--to", backup), "is a backup"),
                (("export", "tiles", self.kyiv, "--data", self.kyiv), "is a node's folder"),
                (("export", "tiles", data, "--data", self.kyiv), "is a node's data"),
                (("export", "tiles", backup, "--data", self.kyiv), "is a backup"),
                (("export", "tiles", new, "--data", self.kyiv, "--charter", other.charter), "of another ledger"),
                (("export", "tiles", site, "--data", other.root / "kyiv"), "holds no ledger data"),
                (("audit", site, "--charter", other.charter), "is a site of another ledger")):
            with self.subTest(" ".join(map(str, arguments))):
                refused = tallinn(*arguments)
                self.assertIn(refused.returncode, (1, 3), refused.stdout)
                self.assertIn(words, refused.stderr.decode())
                self.assertFalse(new.exists() and list(new.iterdir()))
        self.assertEqual({path: path.read_bytes() for path in before}, before)

    def test_a_restored_office_goes_on_in_its_next_epoch(self):
        backup = self.ledger.folder / "backup"
        self.addCleanup(shutil.rmtree, backup, ignore_errors=True)
        self.assertEqual(tallinn("backup", self.older / "kyiv", "--to", backup).returncode, 0)
        shutil.rmtree(self.kyiv / "data")
        self.assertEqual(tallinn("restore", backup, "--to", self.kyiv / "data").returncode, 0)
        self.ledger.start()
        self.assertEqual(self.ledger.wait_equal(), self.sizes)
        new = self.ledger.root / "kyiv-2"
        self.assertEqual(tallinn("office", "new", "--office", "kyiv", "--out", new).returncode, 0)
        prepared = tallinn("office", "epoch", "--line", new / "office.line", "--node", self.ledger.urls["warsaw"],
                           "--charter", self.ledger.charter, "--reason", "The data was restored")
        self.assertEqual(prepared.returncode, 0, prepared.stderr)
        answers = self.ledger.record(text_of(prepared).splitlines(), "warsaw")
        self.assertTrue(all(line.endswith(" recorded") for line in answers), answers)
        self.ledger.stop("kyiv")
        shutil.copy(new / "office.key", self.kyiv / "office.key")
        for _ in range(2):  # and again after a restart
            self.ledger.start("kyiv")
            deadline = time.monotonic() + EQUAL_LIMIT_S
            while not self.ledger.get_json("kyiv", "/api/v1/status")["appends"]:
                self.assertLess(time.monotonic(), deadline, self.ledger.log("kyiv"))
                time.sleep(0.1)
            answer = self.ledger.record([FACT])[0].split()
            self.assertEqual(answer[0], "tallinn-mechanism.example/kyiv/2")
            self.ledger.wait_equal()
            self.ledger.stop("kyiv")
        checked = tallinn("fsck", self.kyiv)
        self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_data_restored_beside_an_anchor_that_agrees_is_still_restored(self):
        backup = self.ledger.folder / "backup"
        self.addCleanup(shutil.rmtree, backup, ignore_errors=True)
        self.assertEqual(tallinn("backup", self.kyiv, "--to", backup).returncode, 0)
        shutil.rmtree(self.kyiv / "data")
        self.assertEqual(tallinn("restore", backup, "--to", self.kyiv / "data").returncode, 0)
        self.check_never_appends("restored")

    def test_a_backup_of_a_running_office_under_load_holds_all_that_was_acknowledged(self):
        self.ledger.start()
        answered = []
        ending = threading.Event()

        def record():
            number = 0
            while not ending.is_set():
                lines = [need(f"{number + i:04}") for i in range(40)]
                number += len(lines)
                answered.extend(self.ledger.record(lines))

        recorder = threading.Thread(target=record)
        recorder.start()
        backup = self.ledger.folder / "backup"
        self.addCleanup(shutil.rmtree, backup, ignore_errors=True)
        try:
            for _ in range(4):
                acknowledged = [int(line.split()[1]) for line in list(answered) if line.endswith("recorded")]
                made = tallinn("backup", self.kyiv, "--to", backup)
                self.assertEqual(made.returncode, 0, made.stderr)
                manifest = (backup / "backup.txt").read_text().splitlines()
                sizes = {line.split()[1]: int(line.split()[2]) for line in manifest if line.startswith("log ")}
                held = next(size for origin, size in sizes.items() if "/kyiv/" in origin)
                self.assertGreater(held, max(acknowledged, default=-1))
                result, _ = self.ledger.audit(backup)
                self.assertEqual(result.returncode, 0, result.stdout)
                result = tallinn("fsck", self.kyiv)
                self.assertEqual(result.returncode, 0, result.stdout)
        finally:
            ending.set()
            recorder.join()
        self.assertTrue(answered)
        tallinn("backup", self.kyiv, "--to", backup)
        idle = tallinn("backup", self.kyiv, "--to", backup)
        self.assertIn(b" 0 of them new", idle.stdout)

    def test_a_changed_backup_is_found_out_by_audit_and_never_restored(self):
        backup = self.ledger.folder / "backup"
        self.addCleanup(shutil.rmtree, backup, ignore_errors=True)
        self.assertEqual(tallinn("backup", self.kyiv, "--to", backup).returncode, 0)
        victims = sorted(path for path in backup.rglob("*") if path.is_file() and path.name != "checkpoint")
        self.assertGreater(len(victims), 6)
        for victim in victims:
            with self.subTest(victim.relative_to(backup)):
                whole = victim.read_bytes()
                data = bytearray(whole)
                data[len(data) // 2] ^= 1
                victim.write_bytes(data)
                to = self.ledger.folder / "to"
                refused = tallinn("restore", backup, "--to", to)
                self.assertEqual(refused.returncode, 1, (victim, refused.stdout))
                self.assertFalse(to.exists() and list(to.iterdir()))  # nor is half a store left behind
                shutil.rmtree(to, ignore_errors=True)
                victim.write_bytes(whole)
        entries = next(path for path in victims if "entries" in path.parts)
        data = bytearray(entries.read_bytes())
        data[len(data) // 2] ^= 1
        entries.write_bytes(data)
        result, _ = self.ledger.audit(backup)
        self.assertEqual(result.returncode, 1, result.stdout)

    def test_a_backup_never_loses_what_an_earlier_one_held(self):
        backup = self.ledger.folder / "backup"
        self.addCleanup(shutil.rmtree, backup, ignore_errors=True)
        self.assertEqual(tallinn("backup", self.kyiv, "--to", backup).returncode, 0)
        manifest = (backup / "backup.txt").read_bytes()
        older = tallinn("backup", self.older / "kyiv", "--to", backup)
        self.assertEqual(older.returncode, 1, older.stdout)
        self.assertIn(b"lost entries", older.stderr)
        self.assertEqual((backup / "backup.txt").read_bytes(), manifest)
        (backup / "backup.txt").unlink()  # as if the first had been cut short
        self.assertEqual(tallinn("restore", backup, "--to", self.ledger.folder / "to").returncode, 1)

    def test_fsck_of_data_that_does_not_open_says_what_to_do_without_it(self):
        for manifest in (self.kyiv / "data" / "db").glob("MANIFEST-*"):
            manifest.write_bytes(b"no manifest" * 100)
        for repair in ((), ("--repair",)):
            checked = tallinn("fsck", self.kyiv, *repair)
            self.assertEqual(checked.returncode, 1, checked.stdout)
            self.assertIn(b"tallinn restore", checked.stderr)
            self.assertNotIn(b"tallinn fsck", checked.stderr)

    def test_fsck_names_damage_and_repairs_what_is_derived(self):
        clean = tallinn("fsck", self.kyiv, "--json")
        self.assertEqual(clean.returncode, 0, clean.stdout)
        report = json.loads(clean.stdout)
        self.assertTrue(report["clean"] and report["anchor"]["looked_at"], report)
        self.assertEqual(report["checked"]["entries"], sum(size for size, _ in self.sizes.values()))
        rebuilt = tallinn("rebuild", self.kyiv)
        self.assertEqual(rebuilt.returncode, 0)
        self.assertNotIn("beside", text_of(rebuilt))
        self.assertEqual(tallinn("fsck", self.kyiv).returncode, 0)
        self.wal().unlink()
        damaged = tallinn("fsck", self.kyiv, "--charter", self.ledger.charter)
        self.assertNotEqual(damaged.returncode, 0, damaged.stdout)


if __name__ == "__main__":
    unittest.main()
