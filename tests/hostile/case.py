"""What every test of a hostile peer asks: dropped for a counted reason, and the node as healthy as before. Kyiv is who is played
here: it dials, Warsaw listens."""

import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

COUNT_LIMIT_S = 20


class HostileCase(unittest.TestCase):
    def counts(self):
        return self.ledger.get_json("warsaw", "/api/v1/status")["refused_peers"]

    def assert_counted(self, before, reason, what):
        """Exactly one more for that reason, none for any other; and the node answers."""
        expected = dict(before)
        expected[reason] = expected.get(reason, 0) + 1
        self.wait_counted(reason, expected[reason])
        self.assertEqual(self.counts(), expected, f"{what}\n{self.ledger.log('warsaw')}")
        self.assertEqual(self.ledger.get("warsaw", "/readyz")[0], 200, what)
        metrics = self.ledger.get("warsaw", "/metrics")[1].decode()
        self.assertIn(f'tallinn_peers_refused{{reason="{reason}"}} {expected[reason]}\n', metrics)

    def wait_counted(self, reason, at_least):
        """A connection is counted when it has ended, which its other end may see first."""
        deadline = time.monotonic() + COUNT_LIMIT_S
        while self.counts().get(reason, 0) < at_least and time.monotonic() < deadline:
            time.sleep(0.05)

    def listen_port(self):
        return self.ledger.base + 2

    def memory_kb(self):
        status = Path(f"/proc/{self.ledger.nodes['warsaw'].pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))
