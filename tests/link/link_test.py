"""Two offices over a link with weather on it: whatever it does to them, they end with equal logs and equal states, nothing
lost and nothing twice, within the bound that each test states, and with bounded memory."""

import json
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from ledger import OFFICES, Ledger, need, pledge, public_record, tallinn  # noqa: E402
from weather import Link  # noqa: E402

MEMORY_LIMIT_KB = 256 * 1024
PARTIES = 44  # lines of the public record that admit the parties and enrol their keys
LIMITS = {"ping_after_ms": 500, "dead_after_ms": 2000, "hello_within_ms": 2000}


class OverALink(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)
        self.link = Link(self.ledger.base + 2)
        self.addCleanup(self.link.close)
        self.weather = self.link.weather
        for office in OFFICES:
            path = self.ledger.root / office / "node.toml"
            text = path.read_text().replace(f"127.0.0.1:{self.ledger.base + 2}\"]", f"127.0.0.1:{self.link.port}\"]")
            for name, value in LIMITS.items():
                text = "\n".join(f"{name} = {value}" if line.startswith(name + " ") else line for line in text.splitlines()) + "\n"
            path.write_text(text)
        self.ledger.start()
        self.parties = public_record()[:PARTIES]
        self.assertEqual(self.ledger.record_command(self.parties).returncode, 0)
        self.ledger.wait_equal()

    def record_both(self, numbers):
        """Needs at Kyiv and pledges at Warsaw, each at its own node: no answer waits for the link."""
        answers = {}

        def record(office, lines):
            answers[office] = self.ledger.record_command(lines, office)

        jobs = [threading.Thread(target=record, args=("kyiv", [need(n) for n in numbers])),
                threading.Thread(target=record, args=("warsaw", [pledge(n) for n in numbers]))]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join(120)
        for office in OFFICES:
            self.assertEqual(answers[office].returncode, 0, answers[office].stderr)
            self.assertEqual(answers[office].stdout.count(b" recorded"), len(numbers))
        return {line.split()[2] for answer in answers.values() for line in answer.stdout.decode().splitlines()}

    def settle_within(self, limit_s, ids=()):
        """Both hold the same, all of it settled, every id once."""
        begun = time.monotonic()
        while True:
            try:
                self.ledger.wait_equal()
                break
            except AssertionError:
                if time.monotonic() - begun > limit_s:
                    raise
        took = time.monotonic() - begun
        self.assertLess(took, limit_s)
        for office in OFFICES:
            self.ledger.wait_joint_state(office)
            followed = tallinn("follow", "--node", self.ledger.urls[office], "--after", "none", "--json", "--limit",
                               sum(log["size"] for log in self.ledger.get_json(office, "/api/v1/status")["logs"]))
            told = [json.loads(line)["id"] for line in followed.stdout.decode().splitlines()]
            self.assertEqual(len(told), len(set(told)))
            self.assertLessEqual(set(ids), set(told))
            status = Path(f"/proc/{self.ledger.nodes[office].pid}/status").read_text()
            peak_kb = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))
            self.assertLess(peak_kb, MEMORY_LIMIT_KB, office)
        states = [self.ledger.get(office, "/api/v1/state")[1] for office in OFFICES]
        self.assertEqual(states[0].split(b"\n\n")[0], states[1].split(b"\n\n")[0])
        return took

    def test_a_slow_and_narrow_link_of_200_ms_and_256_kbit(self):
        self.weather.delay_s = 0.2
        self.weather.bytes_per_s = 32_000
        ids = {json.loads(line)["id"] for line in public_record()}
        recorded = self.ledger.record_command(public_record()[PARTIES:], "kyiv")
        self.assertEqual(recorded.returncode, 0, recorded.stderr)
        ids |= self.record_both(range(100, 120))
        self.settle_within(30, ids)

    def test_a_link_that_is_cut_one_way_only(self):
        ids = self.record_both(range(100, 105))
        self.ledger.wait_equal()
        for number, direction in ((110, "out"), (120, "back")):
            with self.subTest(direction):
                self.weather.stalled = {direction}
                ids |= self.record_both(range(number, number + 5))
                deadline = time.monotonic() + 15
                while time.monotonic() < deadline and all(
                        self.ledger.get_json(office, "/api/v1/status")["peers"][0]["connected"] for office in OFFICES):
                    time.sleep(0.1)  # the dead peer is found out, though the other way is open
                ids |= self.record_both(range(number + 5, number + 8))
                self.weather.stalled = set()
                self.settle_within(20, ids)

    def test_a_link_that_flaps_every_second_while_both_write(self):
        flapping = threading.Event()

        def flap():
            while not flapping.wait(1):
                self.weather.up = not self.weather.up
            self.weather.up = True

        thread = threading.Thread(target=flap)
        thread.start()
        try:
            ids = set()
            for batch in range(8):
                ids |= self.record_both(range(200 + 10 * batch, 210 + 10 * batch))
                time.sleep(1)
        finally:
            flapping.set()
            thread.join(10)
        self.settle_within(20, ids)
        self.assertGreater(self.link.connections, 4)  # it was used whenever it was there

    def test_connections_that_break_after_ever_more_bytes(self):
        """Each connection carries some bytes more than the one before: a cut in every frame and between all of them."""
        self.weather.up = False
        ids = self.record_both(range(300, 340))
        self.weather.cut_after = 0
        self.weather.up = True
        connections = 0
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.link.connections > connections:
                connections = self.link.connections
                self.weather.cut_after += 701
            if self.ledger.sizes("kyiv") == self.ledger.sizes("warsaw"):
                break
            time.sleep(0.02)
        self.weather.cut_after = None
        self.settle_within(20, ids)
        self.assertGreater(connections, 3)

    def test_a_long_cut_with_both_writing_is_made_up_for(self):
        self.weather.up = False
        ids = self.record_both(range(400, 500))
        receipt = json.dumps({"type": "GoodsReceived", "author": "UA", "occurred": "2025-02-02", "body": {
            "consignment": "C-2025-77", "lines": [{"line": 1, "quantity": 3, "condition": "good"}]}})
        self.assertTrue(self.ledger.record([receipt], "kyiv")[0].endswith(" recorded"))
        self.weather.up = True
        self.settle_within(20, ids)
        met = {office: self.ledger.get_json(office, "/api/v1/status")["peers"][0]["last_meeting"] for office in OFFICES}
        self.assertEqual(met["warsaw"], {"fetched": 101, "sent": 100, "exceptions": ["receipt_without_dispatch/C-2025-77"]})
        self.assertEqual(met["kyiv"], {"fetched": 100, "sent": 101, "exceptions": []})
        log = (self.ledger.folder / "warsaw.log").read_text()
        self.assertIn("peer_connected peer=kyiv to_fetch=101 to_send=100", log)
        self.assertIn("caught_up peer=kyiv fetched=101 sent=100 exceptions=1 opened=receipt_without_dispatch/C-2025-77", log)
        audited = tallinn("audit", self.ledger.urls["kyiv"], "--charter", self.ledger.charter)
        self.assertEqual(audited.returncode, 0, audited.stderr)


if __name__ == "__main__":
    unittest.main()
