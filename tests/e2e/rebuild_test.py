"""A running node makes its views anew beside its work, asked by `tallinn rebuild` or by the file alone."""

import threading
import time
import unittest

from ledger import EQUAL_LIMIT_S, Ledger, need, public_record, tallinn, text_of


class Rebuild(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)
        self.kyiv = self.ledger.root / "kyiv"
        self.ledger.start()
        lines = public_record()
        self.assertEqual(len(self.ledger.record(lines)), len(lines))

    def test_a_running_node_makes_its_views_anew_while_it_records(self):
        recorded, ending = [], threading.Event()

        def record():
            for number in range(100, 200):
                if ending.is_set() and number > 110:
                    return
                recorded.extend(self.ledger.record([need(number)]))

        recorder = threading.Thread(target=record)
        recorder.start()
        for _ in range(3):
            rebuilt = tallinn("rebuild", self.kyiv)
            self.assertEqual(rebuilt.returncode, 0, (rebuilt.stderr, self.ledger.log("kyiv")))
            self.assertIn("beside the running node", text_of(rebuilt))
        ending.set()
        recorder.join()
        self.assertTrue(all(line.endswith(" recorded") for line in recorded), recorded)
        self.assertGreater(len(recorded), 10)
        self.assertEqual(list((self.kyiv / "data").glob("rebuild*")), [])
        self.ledger.wait_equal()
        status = self.ledger.get_json("kyiv", "/api/v1/status")
        self.assertEqual((status["rebuild"]["state"], status["rebuild"]["last"]["differences"], status["alarms"]), ("idle", 0, []))
        self.assertIn(b"tallinn_rebuilds_total 3", self.ledger.get("kyiv", "/metrics")[1])
        self.assertEqual(self.ledger.log("kyiv").count("rebuild_finished"), 3)
        self.ledger.stop()
        for check in (tallinn("fsck", self.kyiv), self.ledger.audit(self.kyiv)[0]):
            self.assertEqual(check.returncode, 0, check.stdout)

    def test_a_rebuild_asked_for_is_begun_by_the_next_start(self):
        request = self.kyiv / "data" / "rebuild"
        self.ledger.stop("kyiv")
        request.touch()
        self.ledger.start("kyiv")
        deadline = time.monotonic() + EQUAL_LIMIT_S
        while request.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(request.exists(), self.ledger.log("kyiv"))
        self.assertEqual(self.ledger.get_json("kyiv", "/api/v1/status")["rebuild"]["last"]["differences"], 0)


if __name__ == "__main__":
    unittest.main()
