"""What happens when a node is killed or away: nothing is lost, nothing is there twice, both offices become equal."""

import json
import subprocess
import threading
import time
import unittest

from ledger import BINARY, COMMAND_LIMIT_S, OFFICES, Ledger, public_record


class Failures(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)
        self.ledger.start()
        self.lines = public_record()

    def record_and_kill(self, office, after_answers):
        """Records, kills the office's node once that many answers have come, and returns the answers."""
        recorder = subprocess.Popen(
            [BINARY, "record", "-", "--node", self.ledger.urls["kyiv"], "--keys", str(self.ledger.root / "keys")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        guard = threading.Timer(COMMAND_LIMIT_S, recorder.kill)
        guard.start()
        try:
            recorder.stdin.write("".join(line + "\n" for line in self.lines).encode())
            recorder.stdin.close()
            answers = []
            for line in recorder.stdout:
                answers.append(line.decode().split())
                if len(answers) == after_answers:
                    self.ledger.kill(office)
            self.assertGreaterEqual(recorder.wait(COMMAND_LIMIT_S), 0, "record did not end by itself in time")
            recorder.stdout.close()
        finally:
            guard.cancel()
        return answers

    def check_all_recorded_once(self, earlier):
        answers = [line.split() for line in self.ledger.record(self.lines)]
        self.assertEqual([answer[-1] for answer in answers], ["recorded"] * 76, answers)
        places = {answer[2]: tuple(answer[:2]) for answer in answers}
        for answer in earlier:
            if answer[-1] == "recorded":  # acknowledged means durable
                self.assertEqual(places[answer[2]], tuple(answer[:2]))
        sizes = self.ledger.wait_equal()
        self.assertEqual(sum(size for size, _ in sizes.values()), 76)
        for office in OFFICES:
            self.ledger.wait_joint_state(office)

    def test_a_killed_office_loses_nothing_and_doubles_nothing(self):
        answers = self.record_and_kill("warsaw", 30)
        self.ledger.start("warsaw")
        answers += self.record_and_kill("kyiv", 60)
        self.ledger.start("kyiv")
        self.check_all_recorded_once(answers)
        for office in OFFICES:
            result, _ = self.ledger.audit(self.ledger.urls[office])
            self.assertEqual(result.returncode, 0, result.stdout)

    def test_one_office_alone_records_facts_and_its_own_decisions(self):
        self.assertEqual(len(self.ledger.record(self.lines[:58])), 58)
        self.ledger.wait_equal()
        self.ledger.stop("warsaw")
        fact = json.dumps({"type": "GoodsReceived", "author": "UA", "occurred": "2024-12-01", "body": {
            "consignment": "C-2024-98", "lines": [{"line": 1, "quantity": 2, "condition": "good"}]}})
        own = json.dumps({"type": "NeedRegistered", "author": "UA", "occurred": "2024-12-01", "body": {
            "need": "UA-2024-09", "title": {"en": "Spare parts", "uk": "Запасні частини"}, "kind": "hardware",
            "sector": "government", "lines": [{"line": 1, "description": "spare parts", "quantity": 2, "unit": "C62"}],
            "recipient": "UA", "urgency": "low"}})
        other = json.dumps({"id": "0194a000-0000-7000-8000-000000000001", "type": "PledgeAnnounced", "author": "EE",
                            "occurred": "2024-12-01", "body": {
                                "pledge": "EE-2026", "donor": "EE", "year": 2026, "purpose": "Illustrative",
                                "value": {"amount": "1.00", "currency": "EUR"}, "source": {"title": "Illustrative"}}})
        result = self.ledger.record_command([fact, own, other])
        answers = result.stdout.decode().splitlines()
        self.assertEqual([answer.split()[-1] for answer in answers[:2]], ["recorded", "recorded"], answers)
        self.assertEqual(answers[2], "waiting 0194a000-0000-7000-8000-000000000001 warsaw")
        self.assertEqual(result.returncode, 3)
        self.ledger.start("warsaw")
        self.assertEqual(self.ledger.record([other])[0].split()[-1], "recorded")
        self.ledger.wait_equal()
        for office in OFFICES:
            self.ledger.wait_joint_state(office)
            self.assertEqual({entry["level"] for entry in self.ledger.listing(office, "trail", "EE")}, {"settled"})

    def test_a_link_that_comes_back_settles_without_new_entries(self):
        self.ledger.record(self.lines[:50])
        self.ledger.kill("warsaw")
        begin = time.monotonic()
        self.ledger.start("warsaw")
        self.ledger.wait_equal()
        self.assertLess(time.monotonic() - begin, 60)


if __name__ == "__main__":
    unittest.main()
