"""A whole ledger of two offices for the end-to-end tests: the real binary, two processes, free loopback ports.

Every wait is bounded; only processes that were started here are ended, by their own handle.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

BINARY = os.environ.get("TALLINN_BINARY", "build/tools/tallinn")
RECORD = Path(__file__).resolve().parents[2] / "tools" / "data" / "public-record.jsonl"
COMMAND_LIMIT_S = 120
READY_LIMIT_S = 60
STOP_LIMIT_S = 30
EQUAL_LIMIT_S = 30
OFFICES = ("kyiv", "warsaw")


def free_ports(count):
    """The first of `count` consecutive ports that nobody listens on now."""
    for _ in range(100):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            base = probe.getsockname()[1]
        if base + count > 65535:
            continue
        sockets = []
        try:
            for port in range(base, base + count):
                one = socket.socket()
                sockets.append(one)
                one.bind(("127.0.0.1", port))
            return base
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError("no free ports")


def tallinn(*arguments, data=None, limit_s=COMMAND_LIMIT_S):
    """Runs the command to its end; stdout and stderr are text."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", NO_COLOR="1")
    return subprocess.run([BINARY, *map(str, arguments)], input=data, capture_output=True, timeout=limit_s,
                          env=environment, check=False)


def text_of(result):
    return result.stdout.decode("utf-8", "replace")


class Ledger:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tallinn-e2e-"))
        self.root = self.folder / "ledger"
        self.base = free_ports(4)
        made = tallinn("sandbox", self.root, "--ports", self.base)
        assert made.returncode == 0, made.stderr
        self.charter = self.root / "charter.txt"
        self.urls = {"kyiv": f"http://127.0.0.1:{self.base + 1}", "warsaw": f"http://127.0.0.1:{self.base + 3}"}
        self.nodes = {}

    @classmethod
    def running_for(cls, test_class):
        """Both offices, for all tests of a class; gone with them."""
        ledger = cls()
        test_class.addClassCleanup(ledger.close)
        ledger.start()
        return ledger

    def add_mirror(self, name, peers):
        """A mirror that both offices list, before they start; `peers`: the addresses that it dials, by office."""
        folder = self.root / name
        made = tallinn("mirror", "new", "--name", name, "--out", folder)
        assert made.returncode == 0, made.stderr
        for office in OFFICES:
            toml = self.root / office / "node.toml"
            toml.write_text(f'mirrors = ["{text_of(made).strip()}"]\n' + toml.read_text().replace("mirrors = []\n", ""))
        port = free_ports(1)
        self.urls[name] = f"http://127.0.0.1:{port}"
        (folder / "node.toml").write_text(
            f'role = "mirror"\ndata = "data"\ncharter = "../charter.txt"\nkey = "mirror.key"\nhttp = "127.0.0.1:{port}"\n'
            + "".join(f'\n[[peers]]\noffice = "{office}"\naddresses = ["{address}"]\nurl = "{self.urls[office]}"\n'
                      for office, address in peers.items()))

    def start(self, *offices):
        for office in offices or OFFICES:
            log = open(self.folder / f"{office}.log", "ab")
            self.nodes[office] = subprocess.Popen([BINARY, "node", str(self.root / office)], stdout=log, stderr=log)
            log.close()
        for office in offices or OFFICES:
            self.wait_ready(office)

    def wait_ready(self, office):
        deadline = time.monotonic() + READY_LIMIT_S
        while time.monotonic() < deadline:
            assert self.nodes[office].poll() is None, f"{office} ended:\n{self.log(office)}"
            try:
                if self.get(office, "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"{office} is not ready:\n{self.log(office)}")

    def log(self, office):
        return (self.folder / f"{office}.log").read_text(errors="replace")[-4000:]

    def stop(self, *offices):
        for office in offices or list(self.nodes):
            self.nodes[office].send_signal(signal.SIGTERM)
        for office in offices or list(self.nodes):
            node = self.nodes.pop(office)
            code = node.wait(STOP_LIMIT_S)
            assert code == 0, f"{office} stopped with {code}:\n{self.log(office)}"

    def kill(self, office):
        node = self.nodes.pop(office)
        node.kill()
        node.wait(STOP_LIMIT_S)

    def close(self):
        for node in self.nodes.values():
            node.kill()
            node.wait(STOP_LIMIT_S)
        self.nodes = {}
        shutil.rmtree(self.folder, ignore_errors=True)

    def get(self, office, target):
        try:
            with urllib.request.urlopen(self.urls[office] + target, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def get_json(self, office, target):
        status, body = self.get(office, target)
        assert status == 200, (target, status, body)
        return json.loads(body)

    def record_command(self, lines, office="kyiv", url=None):
        data = lines if isinstance(lines, bytes) else "".join(line + "\n" for line in lines).encode()
        return tallinn("record", "-", "--node", url or self.urls[office], "--keys", self.root / "keys",
                       "--receipts", self.folder / "receipts", data=data)

    def record(self, lines, office="kyiv"):
        """The lines of answer."""
        return text_of(self.record_command(lines, office)).splitlines()

    def listing(self, office, *arguments):
        result = tallinn(*arguments, "--node", self.urls[office], "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def sizes(self, office):
        return {log["origin"]: (log["size"], log.get("root")) for log in self.get_json(office, "/api/v1/status")["logs"]}

    def wait_equal(self):
        """Both offices hold the same logs, and every entry is settled in both."""
        deadline = time.monotonic() + EQUAL_LIMIT_S
        while time.monotonic() < deadline:
            kyiv, warsaw = (self.get_json(office, "/api/v1/status") for office in OFFICES)
            if (self.sizes("kyiv") == self.sizes("warsaw") and kyiv["settled"] == kyiv["last"] == warsaw["settled"]
                    == warsaw["last"]):
                return self.sizes("kyiv")
            time.sleep(0.1)
        raise AssertionError(f"the offices differ: {kyiv} {warsaw}\n{self.log('kyiv')}\n{self.log('warsaw')}")

    def wait_as(self, mirror, office):
        """The mirror holds and settles what the office does, and both have its cosignature of every log that has entries."""
        deadline = time.monotonic() + EQUAL_LIMIT_S
        while time.monotonic() < deadline:
            one, other = (self.get_json(name, "/api/v1/status") for name in (mirror, office))
            signed = all({"by": mirror, "size": log["size"]}.items() <= line.items()
                         for status in (one, other) for log in status["logs"] if log["size"]
                         for line in [next((c for c in log["cosigned"] if c["by"] == mirror), {})])
            if signed and self.sizes(mirror) == self.sizes(office) and one["settled"] == other["settled"]:
                return one, other
            time.sleep(0.1)
        raise AssertionError(f"{mirror} is not as {office}: {one} {other}\n{self.log(mirror)}\n{self.log(office)}")

    def wait_joint_state(self, office):
        """A state note that both signed covers every entry."""
        deadline = time.monotonic() + EQUAL_LIMIT_S
        while time.monotonic() < deadline:
            status = self.get_json(office, "/api/v1/status")
            if status["joint_state"] == status["last"]:
                return
            time.sleep(0.1)
        raise AssertionError(f"no joint state note: {status}\n{self.log(office)}")

    def audit(self, source):
        report = self.folder / "audit.json"
        report.unlink(missing_ok=True)
        result = tallinn("audit", source, "--charter", self.charter, "--report", report)
        return result, json.loads(report.read_text()) if report.exists() else None


def public_record():
    return RECORD.read_text().splitlines()


def need(number):
    return json.dumps({"type": "NeedRegistered", "author": "UA", "occurred": "2024-12-01", "body": {
        "need": f"UA-2024-{number}", "title": {"en": "Spare parts", "uk": "Запасні частини"}, "kind": "hardware", "sector": "government",
        "lines": [{"line": 1, "description": "spare parts", "quantity": 2, "unit": "C62"}], "recipient": "UA",
        "urgency": "low"}})


def pledge(number):
    return json.dumps({"type": "PledgeAnnounced", "author": "EE", "occurred": "2024-12-01", "body": {
        "pledge": f"EE-2024-{number}", "donor": "EE", "year": 2024, "value": {"amount": "5.00", "currency": "EUR"},
        "purpose": "Illustrative", "source": {"title": "Illustrative"}}})
