"""docs/operations.md, walked from its first block to its last: what the page says is what the test does, and after each
procedure what it promises holds. Between the procedures the test does the damage that they are for."""

import json
import os
import re
import shutil
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e"), str(HERE.parent / "link")]

from ledger import BINARY, free_ports  # noqa: E402
from page import Machine, sections  # noqa: E402
from weather import Link  # noqa: E402

PAGE = HERE.parents[1] / "docs" / "operations.md"
LIMIT_S = 30
WITHIN = "the steps of the page and no others"


class Operations(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="tallinn-operations-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.stick = self.root / "stick"
        self.stick.mkdir()
        base = free_ports(4)
        self.ports = {"kyiv": base + 1, "warsaw": base + 3}
        self.link = Link(base + 2)
        self.addCleanup(self.link.close)
        build = os.environ.get("TALLINN_BUILD", Path(BINARY).resolve().parents[1])
        cmake = os.environ.get("CMAKE_COMMAND", shutil.which("cmake"))
        elsewhere = [("warsaw.example:8480", f"127.0.0.1:{self.link.port}"), ("warsaw.example:8481", f"127.0.0.1:{base + 3}"),
                     ("kyiv.example:8480", f"127.0.0.1:{base}"), ("kyiv.example:8481", f"127.0.0.1:{base + 1}")]
        here = {"kyiv": base, "warsaw": base + 2, "desk": 1}
        self.machines = {
            name: Machine(self.root, name, self.stick, elsewhere + [("0.0.0.0:8480", f"127.0.0.1:{port}"),
                                                                    ("127.0.0.1:8481", f"127.0.0.1:{port + 1}")], build, cmake)
            for name, port in here.items()}
        for machine in self.machines.values():
            self.addCleanup(machine.close)
        installed = self.machines["desk"].root / "usr/local/bin/tallinn"
        installed.symlink_to(Path(BINARY).resolve())

    def status(self, office):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[office]}/api/v1/status", timeout=10) as answer:
            return json.load(answer)

    def sizes(self, office):
        return {log["origin"].split("/", 1)[1]: log["size"] for log in self.status(office)["logs"]}

    def wait(self, what, holds):
        deadline = time.monotonic() + LIMIT_S
        while not holds():
            if time.monotonic() > deadline:
                journals = "\n".join(machine.journal.read_text()[-2000:] for machine in self.machines.values())
                raise AssertionError(f"{what} did not come\n{self.status('kyiv')}\n{self.status('warsaw')}\n{journals}")
            time.sleep(0.05)

    def wait_equal(self):
        def equal():
            kyiv, warsaw = self.status("kyiv"), self.status("warsaw")
            return (self.sizes("kyiv") == self.sizes("warsaw") and kyiv["settled"] == kyiv["last"] == warsaw["settled"]
                    == warsaw["last"])
        self.wait("the same at both offices, and settled", equal)

    def record(self, office, *needs):
        """As a party would, at that office's node."""
        lines = [json.dumps({"type": "NeedRegistered", "author": "UA", "occurred": "2024-02-01", "body": {
            "need": f"UA-2024-{need}", "title": {"en": "Illustrative", "uk": "Приклад"}, "kind": "hardware", "sector": "energy",
            "lines": [{"line": 1, "description": "parts", "quantity": 1, "unit": "C62"}], "recipient": "UA", "urgency": "low"}})
            for need in needs]
        return self.submit(office, lines)

    def pledge(self, office, number):
        return self.submit(office, [json.dumps({"type": "PledgeAnnounced", "author": "EE", "occurred": "2024-12-01", "body": {
            "pledge": f"EE-2024-{number}", "donor": "EE", "year": 2024, "value": {"amount": "5.00", "currency": "EUR"},
            "purpose": "Illustrative", "source": {"title": "Illustrative"}}})])

    def submit(self, office, lines):
        events = "\n".join(lines)
        said = self.machines["desk"].run(f"cat > work.jsonl <<'JSON'\n{events}\nJSON\n"
                                         f"tallinn record work.jsonl --node http://127.0.0.1:{self.ports[office]} --keys keys")
        self.assertEqual(said.count(" recorded\n"), len(lines), said)
        return said

    def audit_both(self):
        for office in ("kyiv", "warsaw"):
            chain = f"http://127.0.0.1:{self.ports[office]}"
            self.machines["desk"].run(f"tallinn audit {chain} --charter charter.txt")

    def test_the_page_does_what_it_says(self):
        walked = []
        for heading, blocks in sections(PAGE.read_text()):
            name = re.sub(r"\W+", "_", heading.lower())
            getattr(self, f"before_{name}", lambda: None)()
            for machine, commands in blocks:
                self.machines[machine].run(commands)
            getattr(self, f"after_{name}")()
            walked.append(name)
        promised = [name.removeprefix("after_") for name in dir(self) if name.startswith("after_")]
        self.assertEqual(sorted(walked), sorted(promised), WITHIN)

    def after_install(self):
        self.record("kyiv", *range(10, 15))
        self.pledge("warsaw", 10)
        self.wait_equal()
        for machine in ("kyiv", "warsaw"):
            self.assertEqual(self.machines[machine].folder("/var/lib/tallinn/office.key").stat().st_mode & 0o777, 0o600)
        self.audit_both()

    def after_every_day(self):
        self.assertIn("tallinn_appending 1", self.machines["kyiv"].run("curl -s http://127.0.0.1:8481/metrics"))

    def after_back_up(self):
        backup = self.machines["kyiv"].folder("/mnt/backup/kyiv")
        self.assertEqual([path for path in backup.rglob("*") if "anchor" in path.name or path.suffix == ".key"], [])
        self.record("kyiv", 20, 21)  # which Warsaw gets, and no backup has
        self.wait_equal()

    def after_restore(self):
        self.assertTrue(self.status("kyiv")["appends"])

    def before_a_lost_disk(self):
        self.lost = self.sizes("kyiv")
        self.machines["kyiv"].run("systemctl stop tallinn; rm -r /var/lib/tallinn/data; systemctl start tallinn")
        self.assertFalse(self.status("kyiv")["appends"])

    def after_a_lost_disk(self):
        self.wait_equal()
        self.assertEqual(self.sizes("kyiv")["kyiv/1"], self.lost["kyiv/1"])
        self.assertIn("/kyiv/2 ", self.record("kyiv", 30))
        self.wait_equal()
        self.audit_both()

    def after_a_lost_key(self):
        self.wait_equal()
        self.assertIn("/kyiv/3 ", self.record("kyiv", 40))
        self.pledge("warsaw", 40)  # signed by the new key of EE
        self.wait_equal()
        self.audit_both()

    def before_a_long_cut(self):
        self.link.weather.up = False
        self.wait("the cut", lambda: not any(peer["connected"] for peer in self.status("kyiv")["peers"]))
        self.record("kyiv", 50, 51)
        self.pledge("warsaw", 50)

    def after_a_long_cut(self):
        kyiv, warsaw = self.status("kyiv"), self.status("warsaw")
        self.assertEqual(kyiv["settled"], kyiv["last"])  # by what was carried: the link is still down
        self.assertEqual(self.sizes("kyiv")["warsaw/1"], self.sizes("warsaw")["warsaw/1"])
        self.assertFalse(any(peer["connected"] for peer in warsaw["peers"]))
        self.link.weather.up = True
        self.wait_equal()
        self.audit_both()

    def before_evidence_of_a_fork(self):
        """A copy of Kyiv's whole machine goes on while Warsaw is away, after Warsaw has met the original."""
        kyiv, warsaw = self.machines["kyiv"], self.machines["warsaw"]
        kyiv.run("systemctl stop tallinn")
        copies = {}
        for path in ("/var/lib/tallinn", "/var/lib/tallinn-anchor"):
            copies[path] = kyiv.folder(path + ".copy")
            shutil.copytree(kyiv.folder(path), copies[path])
        kyiv.run("systemctl start tallinn")
        self.record("kyiv", 60, 61)
        self.wait_equal()
        kyiv.run("systemctl stop tallinn")
        warsaw.run("systemctl stop tallinn")
        for path, copy in copies.items():
            shutil.rmtree(kyiv.folder(path))
            shutil.copytree(copy, kyiv.folder(path))
        kyiv.run("systemctl start tallinn")
        self.record("kyiv", 62)
        warsaw.run("systemctl start tallinn")
        self.wait("the contradiction", lambda: "contradiction" in warsaw.journal.read_text())

    def after_evidence_of_a_fork(self):
        self.wait_equal()
        self.assertIn("/kyiv/4 ", self.record("kyiv", 70))
        self.wait_equal()

    def after_upgrade(self):
        self.record("kyiv", 80)
        self.wait_equal()


if __name__ == "__main__":
    unittest.main()
