"""Real disks that fail: power that goes under load again and again, a full disk, a disk that turns read-only. What was
acknowledged is there afterwards, and a node that cannot write says so and goes on answering.

TALLINN_KILLS: how often a loaded office is killed (default 6). The full and the read-only disk are small file systems in memory
that the test mounts itself; where it may not mount, it says so and leaves them out.
"""

import os
import random
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from ledger import BINARY, Ledger, need, public_record, tallinn, text_of  # noqa: E402

KILLS = int(os.environ.get("TALLINN_KILLS", "6"))
WRITERS = 4
PARTIES = 44  # lines of the public record that admit the parties and enrol their keys
FULL = 12 << 20


def acknowledged(answers):
    """Places by id of what was answered `recorded`."""
    return {line.split()[2]: tuple(line.split()[:2]) for line in answers if line.endswith(" recorded")}


class KilledUnderLoad(unittest.TestCase):
    def test_an_office_killed_again_and_again_under_load_has_all_it_acknowledged(self):
        ledger = Ledger()
        self.addCleanup(ledger.close)
        ledger.start()
        self.assertEqual(ledger.record_command(public_record()[:PARTIES]).returncode, 0)
        ledger.wait_equal()
        chance = random.Random(20261127)
        answers, lock = [], threading.Lock()
        numbers = iter(range(1000, 1_000_000))
        done = threading.Event()

        def write():
            while not done.is_set():
                with lock:
                    lines = [need(next(numbers)) for _ in range(20)]
                told = text_of(ledger.record_command(lines)).splitlines()
                with lock:
                    answers.extend(told)
                time.sleep(0.05)

        writers = [threading.Thread(target=write) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            for _ in range(KILLS):
                time.sleep(0.2 + chance.random())
                ledger.kill("kyiv")
                ledger.start("kyiv")
        finally:
            done.set()
            for writer in writers:
                writer.join(120)
        places = acknowledged(answers)
        self.assertGreater(len(places), 50)
        self.assertEqual(ledger.get_json("kyiv", "/api/v1/status")["standing"], "may_append")
        ledger.wait_equal()
        for office in ("kyiv", "warsaw"):
            for event, place in places.items():
                told = ledger.get_json(office, f"/api/v1/events/{event}")
                self.assertEqual((told["origin"], str(told["index"])), place, event)
            audited, _ = ledger.audit(ledger.urls[office])
            self.assertEqual(audited.returncode, 0, audited.stdout)
        ledger.stop()
        for office in ("kyiv", "warsaw"):
            checked = tallinn("fsck", ledger.root / office)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


class SmallDisk(unittest.TestCase):
    """Kyiv's data on a file system of its own."""

    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)
        self.data = self.ledger.root / "kyiv" / "data"
        self.data.mkdir(exist_ok=True)
        self.mount("-t", "tmpfs", "-o", f"size={FULL}", "tmpfs", self.data)
        self.addCleanup(self.unmount)
        self.ledger.start()
        self.assertEqual(self.ledger.record_command(public_record()[:PARTIES]).returncode, 0)

    def mount(self, *arguments):
        done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"mounting is not allowed here: {done.stderr.decode().strip()}")

    def unmount(self):
        for name in list(self.ledger.nodes):
            self.ledger.kill(name)
        subprocess.run(["umount", str(self.data)], check=True)

    def restart(self):
        self.ledger.kill("kyiv")
        self.ledger.start("kyiv")

    def check_all(self, answers):
        for event in acknowledged(answers):
            self.assertEqual(self.ledger.get("kyiv", f"/api/v1/events/{event}")[0], 200, event)

    def test_a_full_disk_stops_the_office_from_accepting_and_costs_nothing_it_acknowledged(self):
        answers = []
        for batch in range(40):
            told = self.ledger.record_command([need(5000 + 500 * batch + n) for n in range(500)])
            answers += text_of(told).splitlines()
            if told.returncode != 0:
                break
        else:
            self.fail("the disk did not fill up")
        status = self.ledger.get_json("kyiv", "/api/v1/status")
        self.assertFalse(status["appends"])
        self.assertTrue(status["reason"], status)
        self.assertTrue(acknowledged(answers))
        self.check_all(answers)  # it goes on answering readers
        self.mount("-o", f"remount,size={4 * FULL}", self.data)
        self.restart()
        self.check_all(answers)
        self.assertEqual(self.ledger.get_json("kyiv", "/api/v1/status")["standing"], "may_append")
        self.assertTrue(self.ledger.record([need(4000)])[0].endswith(" recorded"))
        self.ledger.wait_equal()
        self.ledger.stop("kyiv")
        checked = tallinn("fsck", self.ledger.root / "kyiv")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_a_disk_that_is_read_only_is_named_and_works_again_when_it_is_not(self):
        answers = self.ledger.record([need(n) for n in range(4100, 4110)])
        self.ledger.kill("kyiv")
        self.mount("-o", "remount,ro", self.data)
        refused = subprocess.run([BINARY, "node", str(self.ledger.root / "kyiv")], capture_output=True, timeout=60, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(str(self.data), refused.stderr.decode())
        self.assertIn("read-only", refused.stderr.decode().lower())
        self.mount("-o", "remount,rw", self.data)
        self.ledger.start("kyiv")
        self.check_all(answers)
        self.assertTrue(self.ledger.record([need(4001)])[0].endswith(" recorded"))


if __name__ == "__main__":
    unittest.main()
