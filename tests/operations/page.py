"""The blocks of commands of docs/operations.md, and machines on which they run: folders below a temporary one, with stand-ins
for what needs root or systemd."""

import os
import re
import subprocess
from pathlib import Path

BLOCK = re.compile(r"^```sh\n# on (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK_LIMIT_S = 60
STOP_LIMIT_S = 30

# What is a folder of the machine, and what all machines share.
OWN = ("/var/lib/tallinn-anchor", "/var/lib/tallinn", "/mnt/backup")
SHARED = ("/media/stick",)

STAND_INS = {
    "useradd": 'test "${@: -1}" = tallinn',
    "chown": 'test "$1" = -R && test "$2" = tallinn:tallinn && shift 2 && ls -d "$@" > /dev/null',
    "runuser": 'test "$1 $2 $3" = "-u tallinn --" && shift 3 && exec "$@"',
    "systemctl": 'exec python3 "$SYSTEMCTL" "$@"',
    "journalctl": 'test "$*" = "-u tallinn" && cat "$MACHINE/journal"',
    # Configuring and building is what made the binary under test; installing it is done as the page says.
    "cmake": 'if test "$1" = --install; then exec "$CMAKE" --install "$BUILD" --prefix "$MACHINE/usr/local" > /dev/null; fi',
}


def sections(text):
    """(heading, [(machine, commands)]) of the page, in order; every block of commands is one of them."""
    assert text.count("```") == 2 * len(BLOCK.findall(text)), "a block says no machine"
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return [(heading, BLOCK.findall(body)) for heading, body in zip(parts[1::2], parts[2::2])]


class Machine:
    """`addresses`: what stands for a host and port of the page, longest first."""

    def __init__(self, root, name, stick, addresses, build, cmake):
        self.root = Path(root) / name
        self.name = name
        self.replaced = [(path, str(self.root) + path) for path in OWN] + [(path, str(stick)) for path in SHARED]
        self.replaced += addresses
        for folder in ("home", "bin", "usr/local/bin", "var/lib", "mnt/backup"):
            (self.root / folder).mkdir(parents=True)
        for command, body in STAND_INS.items():
            file = self.root / "bin" / command
            file.write_text(f"#!/usr/bin/env bash\n{body}\n")
            file.chmod(0o755)
        self.journal = self.root / "journal"
        self.journal.touch()
        self.environment = dict(os.environ, PATH=f"{self.root}/bin:{self.root}/usr/local/bin:{os.environ['PATH']}",
                                MACHINE=str(self.root), SYSTEMCTL=str(Path(__file__).with_name("systemctl.py")), LC_ALL="C.UTF-8",
                                BUILD=str(build), CMAKE=cmake, PYTHONDONTWRITEBYTECODE="1")

    def folder(self, path):
        return Path(f"{self.root}{path}")

    def placed(self, text):
        """The commands with this machine's paths and addresses."""
        pattern = re.compile("|".join(re.escape(path) for path, _ in self.replaced))
        replaced = dict(self.replaced)
        return pattern.sub(lambda match: replaced[match.group(0)], text)

    def run(self, commands):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", self.placed(commands)], cwd=self.root / "home",
                              env=self.environment, capture_output=True, text=True, timeout=BLOCK_LIMIT_S, check=False)
        if done.returncode != 0:
            journal = self.journal.read_text(errors="replace")[-2000:]
            raise AssertionError(f"on {self.name}, exit {done.returncode}:\n{commands}\n--- said\n{done.stdout}{done.stderr}"
                                 f"\n--- journal\n{journal}")
        return done.stdout

    def close(self):
        pid = self.root / "pid"
        if pid.exists():
            subprocess.run(["python3", self.environment["SYSTEMCTL"], "stop", "tallinn"], env=self.environment,
                           timeout=STOP_LIMIT_S, check=False)
