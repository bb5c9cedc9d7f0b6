"""The link on a USB stick: what two offices that never hear each other carry over settles in both."""

import unittest

from ledger import Ledger, need, pledge, public_record, tallinn, text_of


class UsbStick(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = ledger = Ledger.running_for(cls)
        assert ledger.record_command(public_record()[:50]).returncode == 0
        sizes = ledger.wait_equal()
        cls.since = ",".join(f"{origin.split('/', 1)[1]}:{size}" for origin, (size, _) in sizes.items())
        ledger.stop()
        cls.alone("kyiv", [need(n) for n in range(70, 73)])
        cls.alone("warsaw", [pledge(n) for n in range(70, 72)])

    @classmethod
    def alone(cls, office, lines):
        """Recorded while the other office is not there."""
        cls.ledger.start(office)
        answers = cls.ledger.record(lines, office)
        assert all(answer.endswith(" recorded") for answer in answers), answers
        cls.ledger.stop(office)

    def carry(self, source, target, *options):
        file = self.ledger.folder / f"{source}.logs"
        written = tallinn("export", "logs", file, "--data", self.ledger.root / source, *options)
        self.assertEqual(written.returncode, 0, written.stderr)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        read = tallinn("import", "logs", file, "--data", self.ledger.root / target)
        self.assertEqual(read.returncode, 0, read.stderr)
        self.assertEqual(read.stderr, b"")
        return file, text_of(written), text_of(read)

    def refused(self, content, what):
        broken = self.ledger.folder / "broken.logs"
        broken.write_bytes(content)
        refused = tallinn("import", "logs", broken, "--data", self.ledger.root / "warsaw")
        self.assertEqual(refused.returncode, 1, (what, refused.stdout))
        self.assertIn(what.encode(), refused.stderr)

    def test_a_stick_carried_there_and_back_settles_what_both_recorded(self):
        file = self.ledger.folder / "kyiv.logs"
        tallinn("export", "logs", file, "--data", self.ledger.root / "kyiv", "--since", self.since)
        good = file.read_bytes()
        for at in range(150, 600, 50):  # within the one batch: nothing of it is taken
            self.refused(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:], "import logs: ")
        _, written, read = self.carry("kyiv", "warsaw", "--since", self.since)
        self.assertIn(": 3 entries, up to kyiv/1:", written)
        self.assertTrue(read.startswith("3 new entries from kyiv; now held: "), read)
        _, _, read = self.carry("warsaw", "kyiv", "--since", self.since)
        self.assertTrue(read.startswith("2 new entries from warsaw; "), read)
        _, written, read = self.carry("kyiv", "warsaw")  # all of it: nothing is taken twice
        self.assertNotIn(": 3 entries", written)
        self.assertTrue(read.startswith("0 new entries "), read)
        for office in ("kyiv", "warsaw"):
            self.ledger.start(office)
            status = self.ledger.get_json(office, "/api/v1/status")
            self.assertEqual((status["settled"], status["standing"]), (status["last"], "may_append"), office)
            self.ledger.stop(office)

        whole = (self.ledger.folder / "kyiv.logs").read_bytes()
        for what, content in (("cut short", whole[:-40]), ("not what", b"tallinn-ledger/logs@v2\n" + whole[23:]),
                              ("goes on", whole + b"\0")):
            self.refused(content, what)
        self.ledger.start("warsaw")
        running = tallinn("import", "logs", self.ledger.folder / "kyiv.logs", "--data", self.ledger.root / "warsaw")
        self.assertEqual(running.returncode, 3, running.stderr)
        self.ledger.stop("warsaw")
        audited = tallinn("audit", self.ledger.root / "warsaw", "--charter", self.ledger.charter)
        self.assertEqual(audited.returncode, 0, audited.stderr)


if __name__ == "__main__":
    unittest.main()
