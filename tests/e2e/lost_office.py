"""A ledger whose Kyiv office lost its disk, with two entries that nobody had heard of, and went on in its next epoch:
what an operator and the coordination group type."""

import json
import shutil
import time

from ledger import EQUAL_LIMIT_S, OFFICES, Ledger, public_record, tallinn, text_of


class LostOffice:
    def __init__(self):
        self.ledger = Ledger()
        try:
            self.record_begins()
            self.lose_kyiv()
            self.open_next_epoch()
        except BaseException:
            self.ledger.close()
            raise

    def record_begins(self):
        self.lines = public_record()
        self.ledger.start()
        self.ledger.record(self.lines[:60])
        self.ledger.wait_equal()
        self.early = min((self.ledger.folder / "receipts").glob("*.tlog-proof"))
        self.before = self.ledger.sizes("warsaw")

    def lose_kyiv(self):
        self.ledger.stop("warsaw")
        alone = self.ledger.record(self.lines[60:])
        self.lost = [line.split()[2] for line in alone if line.endswith(" recorded")]
        assert self.lost, alone
        self.lost_receipt = self.ledger.folder / "lost.tlog-proof"
        shutil.copy(self.ledger.folder / "receipts" / f"{self.lost[0]}.tlog-proof", self.lost_receipt)
        self.ledger.kill("kyiv")
        shutil.rmtree(self.ledger.root / "kyiv" / "data")
        (self.ledger.root / "anchors" / "kyiv.anchor").unlink()
        self.ledger.start("warsaw")

    def open_next_epoch(self):
        new = self.ledger.folder / "kyiv-2"
        made = tallinn("office", "new", "--office", "kyiv", "--out", new)
        assert made.returncode == 0, made.stderr
        prepared = tallinn("office", "epoch", "--line", new / "office.line", "--node", self.ledger.urls["warsaw"],
                           "--charter", self.ledger.charter, "--reason", "The disk was lost")
        assert prepared.returncode == 0, prepared.stderr
        self.events = [json.loads(line) for line in text_of(prepared).splitlines()]
        answers = self.ledger.record(text_of(prepared).splitlines(), "warsaw")
        assert all(line.endswith(" recorded") for line in answers), answers
        shutil.copy(new / "office.key", self.ledger.root / "kyiv" / "office.key")
        self.ledger.start("kyiv")
        deadline = time.monotonic() + EQUAL_LIMIT_S
        while not self.ledger.get_json("kyiv", "/api/v1/status")["appends"]:
            assert time.monotonic() < deadline, self.ledger.log("kyiv")
            time.sleep(0.1)
        self.answers = self.ledger.record(self.lines[60:])
        self.ledger.wait_equal()
        for office in OFFICES:
            self.ledger.wait_joint_state(office)
        self.chain = self.ledger.folder / "chain.json"
        self.chain.write_bytes(self.ledger.get("warsaw", "/api/v1/charter?chain=1")[1])
