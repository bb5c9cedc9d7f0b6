"""Stands in for systemctl: runs what the unit's ExecStart says, in this machine's folders, as Type=notify.

    systemctl.py start|stop|restart tallinn, enable --now tallinn
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

MACHINE = Path(os.environ["MACHINE"])
PID = MACHINE / "pid"
START_LIMIT_S, STOP_LIMIT_S = 60, 60


def unit():
    lines = (MACHINE / "usr/local/lib/systemd/system/tallinn.service").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def command():
    """ExecStart of the installed unit, below this machine's root."""
    return [str(MACHINE) + word if word.startswith("/") and not word.startswith(str(MACHINE)) else word
            for word in unit()["ExecStart"].split()]


def start():
    assert not PID.exists(), "the node is running already"
    assert unit()["Type"] == "notify"
    notified = MACHINE / "notify"
    notified.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening, open(MACHINE / "journal", "ab") as journal:
        listening.bind(str(notified))
        listening.settimeout(START_LIMIT_S)
        node = subprocess.Popen(command(), stdin=subprocess.DEVNULL, stdout=journal, stderr=journal, start_new_session=True,
                                env=dict(os.environ, NOTIFY_SOCKET=str(notified)))
        listening.settimeout(0.1)
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline and node.poll() is None:
            try:
                if listening.recv(4096) == b"READY=1":
                    PID.write_text(str(node.pid))
                    return
            except TimeoutError:
                pass
    sys.exit(f"the node did not start: {(MACHINE / 'journal').read_text()[-2000:]}")


def alive(pid):
    """A node that has ended is a zombie of whoever adopted it, if that does not wait for it."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def stop():
    pid = int(PID.read_text())
    os.kill(pid, getattr(signal, unit()["KillSignal"]))
    deadline = time.monotonic() + STOP_LIMIT_S
    while alive(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            sys.exit("the node did not stop")
        time.sleep(0.02)
    PID.unlink()


def main(words):
    assert words[-1] == "tallinn", words
    if words[:-1] == ["stop"]:
        stop()
    elif words[:-1] in (["start"], ["enable", "--now"]):
        start()
    elif words[:-1] == ["restart"]:
        stop()
        start()
    else:
        sys.exit(f"no stand-in for {words}")


main(sys.argv[1:])
