"""The data of every release, opened by today's binary: nothing differs, and the office goes on.

Each folder beside this file is what an office of that release had on its disk (made by make.py with its binary), and
expected.json what it read from it. Its keys are for this alone.
"""

import json
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from ledger import Ledger, free_ports, need, tallinn, text_of  # noqa: E402

LISTINGS = (("ladder", "EE"), ("trail", "EE"), ("needs",), ("pledges",), ("allocations",), ("deliveries",), ("exceptions",),
            ("corrections",))
RELEASES = sorted(path.parent.name for path in HERE.glob("*/expected.json"))


def contained(old, new):
    """Everything that was told is told, as it was; more may be told now."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in new and contained(value, new[key]) for key, value in old.items())
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(contained, old, new))
    return old == new


class Release(Ledger):
    """An office of a release on this machine; made without the sandbox of today's binary."""

    def __init__(self, version):
        self.folder = Path(tempfile.mkdtemp(prefix="tallinn-golden-"))
        self.root = self.folder / "ledger"
        shutil.copytree(HERE / version, self.root)
        for key in self.root.rglob("*.key"):
            key.chmod(0o600)  # which git does not keep
        self.base = free_ports(4)
        self.charter = self.root / "charter.txt"
        self.urls = {"kyiv": f"http://127.0.0.1:{self.base + 1}"}
        self.nodes = {}
        config = self.root / "kyiv" / "node.toml"
        text = config.read_text()
        for port, number in (("listen", 0), ("http", 1)):
            text = re.sub(rf'(?m)^{port} = .*$', f'{port} = "127.0.0.1:{self.base + number}"', text)
        text = re.sub(r'(?m)^addresses = .*$', f'addresses = ["127.0.0.1:{self.base + 2}"]', text)
        config.write_text(text)


class Golden(unittest.TestCase):
    def open(self, version):
        release = Release(version)
        self.addCleanup(release.close)
        return release, json.loads((HERE / version / "expected.json").read_text())

    def check(self, release, expected):
        checked = tallinn("fsck", release.root / "kyiv", "--charter", release.charter)
        self.assertEqual(checked.returncode, 0, text_of(checked) + checked.stderr.decode())
        result, report = release.audit(release.root / "kyiv")
        self.assertEqual(result.returncode, 0, text_of(result) + result.stderr.decode())
        self.assertTrue(contained(expected["logs"], report["logs"]), report["logs"])
        if report["rules"] == expected["rules"]:
            self.assertTrue(contained(expected["state"], report["state"]), report["state"])
        for words in LISTINGS:
            shown = tallinn(*words, "--data", release.root / "kyiv", "--json")
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertTrue(contained(expected["listings"][" ".join(words)], json.loads(shown.stdout)), (words, shown.stdout))

    def test_there_is_data_of_a_release(self):
        self.assertIn("0.1.0", RELEASES)

    def test_everything_reads_as_it_did(self):
        for version in RELEASES:
            with self.subTest(version):
                release, expected = self.open(version)
                self.check(release, expected)

    def test_a_node_opens_it_and_goes_on_recording(self):
        for version in RELEASES:
            with self.subTest(version):
                release, expected = self.open(version)
                release.start("kyiv")
                status = release.get_json("kyiv", "/api/v1/status")
                self.assertTrue(status["appends"], status)
                sizes = {log["origin"]: log["size"] for log in expected["logs"]}
                self.assertEqual({origin: size for origin, (size, _) in release.sizes("kyiv").items()}, sizes)
                (recorded,) = release.record([need(99)])
                origin, index, _, word = recorded.split()
                self.assertEqual((int(index), word), (sizes[origin], "recorded"))
                release.stop("kyiv")
                checked = tallinn("fsck", release.root / "kyiv")
                self.assertEqual(checked.returncode, 0, text_of(checked))
                result, report = release.audit(release.root / "kyiv")
                self.assertEqual(result.returncode, 0, text_of(result))
                self.assertEqual(next(log["size"] for log in report["logs"] if log["origin"] == origin), sizes[origin] + 1)

    def test_a_backup_of_it_is_restored(self):
        for version in RELEASES:
            with self.subTest(version):
                release, _ = self.open(version)
                backup = release.folder / "backup"
                self.assertEqual(tallinn("backup", release.root / "kyiv", "--to", backup).returncode, 0)
                self.assertEqual(tallinn("restore", backup, "--to", release.folder / "restored").returncode, 0)

    def test_a_changed_figure_would_be_noticed(self):
        release, expected = self.open(RELEASES[0])
        expected["listings"]["ladder EE"][0]["pledged"] = "0.01"
        with self.assertRaises(AssertionError):
            self.check(release, expected)


if __name__ == "__main__":
    unittest.main()
