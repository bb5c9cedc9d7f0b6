"""A node as a service of a machine: stopped while it works, its log rotated or its reader gone, its unit's walls."""

import http.client
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from ledger import BINARY, Ledger, need, public_record, tallinn  # noqa: E402

UNIT = HERE.parents[1] / "tools" / "tallinn.service"
STOPS_WITHIN_S = 20  # of the 60 that the unit gives it
EXPOSURE_LIMIT = 1.5  # as systemd-analyze counts, of 10
READERS = 6


class Stop(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)
        self.ledger.start()
        assert len(self.ledger.record(public_record()[:56])) == 56
        self.ledger.wait_equal()
        self.ledger.wait_joint_state("kyiv")  # of which bundles are made

    def read_on(self, ended, whole, broken):
        """Asks one question after the other over one connection until there is nobody to answer."""
        targets = ["/log/kyiv/1/tile/0/000.p/4", "/api/v1/bundle/UA", "/api/v1/needs", "/log/kyiv/1/checkpoint"]
        while not ended.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.ledger.base + 1, timeout=STOPS_WITHIN_S)
            try:
                for number in range(1_000_000):
                    connection.request("GET", targets[number % len(targets)])
                    answer = connection.getresponse()
                    body = answer.read()  # IncompleteRead when it is cut short
                    whole.append((answer.status, b"" if answer.status == 200 else body))
            except http.client.IncompleteRead as cut:
                broken.append(repr(cut))
            except (OSError, http.client.HTTPException):
                pass  # closed between two questions
            finally:
                connection.close()

    def record_on(self, ended, answered):
        number = 0
        while not ended.is_set():
            lines = [need(f"{number + i:04}") for i in range(20)]
            number += len(lines)
            answered.extend(line.split() for line in self.ledger.record(lines) if line.endswith(" recorded"))

    def test_a_node_that_stops_under_load_finishes_what_it_began_and_loses_nothing(self):
        ended, whole, broken, answered = threading.Event(), [], [], []
        threads = [threading.Thread(target=self.read_on, args=(ended, whole, broken)) for _ in range(READERS)]
        threads.append(threading.Thread(target=self.record_on, args=(ended, answered)))
        for thread in threads:
            thread.start()
        try:
            deadline = time.monotonic() + 20
            while (len(answered) < 40 or len(whole) < 100) and time.monotonic() < deadline:
                time.sleep(0.02)
            begun = time.monotonic()
            self.ledger.stop("kyiv")  # asserts exit code 0
            took = time.monotonic() - begun
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        self.assertGreaterEqual(len(answered), 40)
        self.assertLess(took, STOPS_WITHIN_S)
        self.assertEqual(broken, [])
        self.assertEqual(set(whole), {(200, b"")})
        self.assertIn(" stopped", self.ledger.log("kyiv"))
        checked = tallinn("fsck", self.ledger.root / "kyiv")
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.ledger.start("kyiv")
        self.assertTrue(self.ledger.get_json("kyiv", "/api/v1/status")["appends"])
        held = self.ledger.wait_equal()["tallinn-mechanism.example/kyiv/1"][0]
        self.assertGreater(held, max(int(index) for origin, index, *_ in answered if "/kyiv/" in origin))
        result, _ = self.ledger.audit(self.ledger.urls["kyiv"])
        self.assertEqual(result.returncode, 0, result.stdout)


class Log(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)

    def test_a_log_file_that_is_copied_and_truncated_goes_on_from_its_beginning(self):
        ledger = self.ledger
        ledger.start("kyiv")  # with `>>`, as a service manager that appends
        log = ledger.folder / "kyiv.log"
        before = log.read_bytes()
        shutil.copy(log, ledger.folder / "kyiv.log.1")
        os.truncate(log, 0)
        ledger.start("warsaw")
        deadline = time.monotonic() + 20
        while b"peer_connected" not in log.read_bytes() and time.monotonic() < deadline:
            time.sleep(0.05)
        after = log.read_bytes()
        self.assertIn(b" started ", before)
        self.assertIn(b"peer_connected", after)
        self.assertNotIn(b"\0", after)
        self.assertNotIn(b" started ", after)

    def test_every_line_has_a_time_a_level_and_an_event(self):
        self.ledger.start()
        self.ledger.record(public_record()[:3])
        self.ledger.wait_equal()
        self.ledger.stop()
        for line in (self.ledger.folder / "kyiv.log").read_text().splitlines():
            self.assertRegex(line, r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warning|error) \w+( \w+=([^ "=]+|"([^"\\]|\\.)*"))*$')

    def test_a_node_stays_when_whoever_reads_its_log_goes(self):
        node = subprocess.Popen([BINARY, "node", str(self.ledger.root / "kyiv")], stderr=subprocess.PIPE)
        self.ledger.nodes["kyiv"] = node
        self.assertIn(b" started ", node.stderr.readline())
        node.stderr.close()
        self.ledger.start("warsaw")
        self.ledger.record(public_record()[:3])
        self.ledger.wait_equal()  # it has said that its peer came
        self.ledger.stop("warsaw")
        self.assertEqual(self.ledger.get("kyiv", "/healthz")[0], 200)
        self.ledger.stop("kyiv")


class Unit(unittest.TestCase):
    def test_the_unit_tells_systemd_what_the_node_does(self):
        unit = UNIT.read_text()
        for line in ("Type=notify", "KillSignal=SIGTERM", "LimitCORE=0", "MemorySwapMax=0", "UMask=0077", "NoNewPrivileges=yes",
                     "ProtectSystem=strict", "StateDirectoryMode=0700"):
            self.assertIn(f"\n{line}\n", unit)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_the_units_exposure_is_what_the_page_says(self):
        told = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", UNIT], capture_output=True,
                              text=True, timeout=30, check=False)
        exposure = float(re.search(r"Overall exposure level for tallinn.service: ([0-9.]+)", told.stdout).group(1))
        self.assertLessEqual(exposure, EXPOSURE_LIMIT, told.stdout)
        page = (HERE.parents[1] / "docs" / "security.md").read_text()
        self.assertIn(f"exposure level {exposure}", page)


if __name__ == "__main__":
    unittest.main()
