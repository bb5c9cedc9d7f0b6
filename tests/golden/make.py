#!/usr/bin/env python3
"""Makes the folder of a release: an office's data as the binary of that release leaves it, and what was read from it then.

    TALLINN_BINARY=build/tools/tallinn tests/golden/make.py 0.1.0

Run once, when a release is made, and never again for that release: the folder is what an operator of it has on the disk. A
folder whose version has not been released yet may be made anew when a format changes.
"""

import json
import shutil
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from golden_test import LISTINGS  # noqa: E402
from ledger import Ledger, need, public_record, tallinn  # noqa: E402

SIZE_LIMIT_BYTES = 300_000
WITHHELD = {"site": {"tlp": "AMBER", "value": "Illustrative site"}}


def recorded(ledger, lines, office="kyiv"):
    answers = ledger.record(lines, office)
    assert len(answers) == len(lines) and all(answer.endswith(" recorded") for answer in answers), answers


def live(ledger):
    """Something of everything that is kept: both logs, a value withheld, joint states, tables, and a write-ahead log."""
    ledger.start()
    recorded(ledger, public_record())
    recorded(ledger, [json.dumps(dict(json.loads(need(70)), withhold=WITHHELD))])
    ledger.wait_equal()
    ledger.wait_joint_state("kyiv")
    ledger.stop()  # what was in memory and log goes to tables at the next start
    ledger.start()
    ledger.wait_equal()
    ledger.stop("warsaw")
    recorded(ledger, [need(71)])  # which nobody else holds, and only the write-ahead log has
    time.sleep(0.5)
    ledger.stop("kyiv")


def keep(ledger, folder):
    shutil.copytree(ledger.root / "kyiv", folder / "kyiv")
    for at in (folder / "kyiv" / "data" / "db").iterdir():
        if at.name.startswith(("LOG", "LOCK", "OPTIONS")):
            at.unlink()
    (folder / "anchors").mkdir()
    shutil.copy(ledger.root / "anchors" / "kyiv.anchor", folder / "anchors")
    shutil.copy(ledger.charter, folder)
    (folder / "keys").mkdir()
    shutil.copy(ledger.root / "keys" / "UA.key", folder / "keys")


def read(folder):
    audited = tallinn("audit", folder / "kyiv", "--charter", folder / "charter.txt", "--json")
    assert audited.returncode == 0, audited.stderr
    report = json.loads(audited.stdout)
    expected = {"logs": [{key: log[key] for key in ("origin", "size", "root")} for log in report["logs"]],
                "rules": report["rules"], "state": report["state"], "listings": {}}
    for words in LISTINGS:
        shown = tallinn(*words, "--data", folder / "kyiv", "--json")
        assert shown.returncode == 0, shown.stderr
        expected["listings"][" ".join(words)] = json.loads(shown.stdout)
    return expected


def main(version):
    folder = HERE / version
    if folder.exists():
        sys.exit(f"{folder} is there already; data of a release is never made again")
    ledger = Ledger()
    try:
        live(ledger)
        folder.mkdir()
        keep(ledger, folder)
    finally:
        ledger.close()
    expected = read(folder)
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in expected.items())
    (folder / "expected.json").write_text("{\n" + lines + "\n}\n")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert size < SIZE_LIMIT_BYTES, size
    print(f"{folder}: {size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
