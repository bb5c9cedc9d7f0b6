"""Third-party software (main.go: Go's sumdb packages) agrees with both nodes about every log, and finds every forgery.

What is kept while the public record is recorded: the checkpoint of every log at both nodes after each part of it.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from ledger import OFFICES, Ledger, free_ports, public_record, tallinn, text_of  # noqa: E402
from lost_office import LostOffice  # noqa: E402

PARTS = 6  # checkpoints are kept after each part of the record
VERIFIER_LIMIT_S = 120


def build_verifier(folder):
    """Compiles the verifier offline, from Debian's golang-golang-x-mod-dev."""
    go = shutil.which("go")
    assert go, "there is no go; tools/setup installs the packages golang-go and golang-golang-x-mod-dev"
    binary = folder / "interop"
    environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="", GOPROXY="off",
                       GOCACHE=os.environ.get("INTEROP_GOCACHE", str(folder / "go-cache")))
    built = subprocess.run([go, "build", "-o", binary, "."], cwd=Path(__file__).parent, env=environment,
                           capture_output=True, timeout=300, check=False)
    assert built.returncode == 0, built.stderr.decode()
    return binary


class StaticServer:
    """A folder over HTTP."""

    def __init__(self, folder):
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Nginx:
    """A folder served by Debian's web server, as this user, on a free port."""

    def __init__(self, folder):
        self.folder = Path(tempfile.mkdtemp(prefix="tallinn-nginx-"))
        port = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        same_user = "user root;" if os.getuid() == 0 else ""  # the folder is this user's alone
        (self.folder / "nginx.conf").write_text(f"""
{same_user} daemon off; worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; default_type application/octet-stream;
  client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
  fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}""")
        self.process = subprocess.Popen([nginx_binary(), "-c", self.folder / "nginx.conf", "-e", "stderr"])

    def __enter__(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(self.url + "/charter.txt", timeout=5).close()
                return self
            except urllib.error.URLError:
                assert self.process.poll() is None, "nginx ended"
                time.sleep(0.05)
        self.__exit__()
        raise AssertionError((self.folder / "error.log").read_text())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


def nginx_binary():
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")


def log_seed(key_file):
    """The seed of an office's log key: subkey 1 of libsodium's crypto_kdf (keyed BLAKE2b), context `tallinn_`."""
    line = next(line for line in key_file.read_text().splitlines() if line.startswith("seed plain "))
    master = base64.b64decode(line.split()[2])
    return hashlib.blake2b(key=master, salt=(1).to_bytes(8, "little"), person=b"tallinn_", digest_size=32).hexdigest()


class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger()
        cls.addClassCleanup(cls.ledger.close)
        cls.verifier = build_verifier(cls.ledger.folder)
        cls.ledger.start()
        cls.kept = cls.ledger.folder / "kept"
        cls.kept.mkdir()
        lines = public_record()
        for part in range(PARTS):
            cls.ledger.record(lines[len(lines) * part // PARTS:len(lines) * (part + 1) // PARTS])
            cls.ledger.wait_equal()
            for office in OFFICES:
                for origin in cls.ledger.sizes(office):
                    status, note = cls.ledger.get(office, cls.folder_of(origin) + "checkpoint")
                    if status == 200:  # nothing stands in a log before its first event
                        (cls.kept / f"{office}-{origin.replace('/', '-')}-{part}").write_bytes(note)
        cls.site = cls.ledger.folder / "site"
        made = tallinn("export", "tiles", cls.site, "--node", cls.ledger.urls["kyiv"])
        assert made.returncode == 0, made.stderr

    @staticmethod
    def folder_of(origin):
        return "/log/" + "/".join(origin.split("/")[1:]) + "/"

    def check(self, url, *arguments):
        return subprocess.run([self.verifier, "check", "-charter", self.ledger.charter, "-base", url, *arguments],
                              capture_output=True, text=True, timeout=VERIFIER_LIMIT_S, check=False)

    def assert_holds(self, url, *arguments):
        result = self.check(url, *arguments)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def forge(self, note, seed, name, *arguments):
        made = subprocess.run([self.verifier, "forge", "-seed", seed, "-name", name, *arguments], input=note,
                              capture_output=True, timeout=VERIFIER_LIMIT_S, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        return made.stdout

    def assert_refused(self, sentence, path, change):
        """The site with one file of Kyiv's log changed is refused, with that sentence."""
        copy = self.ledger.folder / "changed"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.site, copy)
        [file] = (copy / "log" / "kyiv" / "1").glob(path)
        original = file.read_bytes()
        file.write_bytes(change(original))
        self.assertNotEqual(file.read_bytes(), original)
        with StaticServer(copy) as server:
            result = self.check(server.url)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn(sentence, result.stderr)

    def test_every_log_of_both_nodes_holds_before_and_after_a_restart(self):
        for _ in range(2):
            for office in OFFICES:
                told = self.assert_holds(self.ledger.urls[office], "-cosigned", "1", "-partials", "-kept",
                                         self.kept)
                lines = told.splitlines()
                self.assertEqual([line.split(" ")[0] for line in lines], list(self.ledger.sizes(office)))
                for line, (size, _) in zip(lines, self.ledger.sizes(office).values()):
                    self.assertIn(f": {size} entries, 1 cosignatures, ", line)
                    self.assertGreaterEqual(int(line.split(", ")[2].split(" ")[0]), PARTS)
            self.ledger.stop()
            self.ledger.start()

    @unittest.skipUnless(nginx_binary(), "there is no nginx: tools/setup --tests installs it")
    def test_an_export_holds_when_any_web_server_serves_it(self):
        with Nginx(self.site) as server:
            self.assert_holds(server.url, "-cosigned", "1", "-kept", self.kept)
            audited = tallinn("audit", server.url, "--charter", self.ledger.charter)
            self.assertEqual(audited.returncode, 0, text_of(audited))

    def test_an_audit_of_the_export_passes_and_so_does_an_export_of_the_data(self):
        audited = tallinn("audit", self.site, "--charter", self.ledger.charter)
        self.assertEqual(audited.returncode, 0, text_of(audited))
        self.assertIn("state note", text_of(audited))
        offline = self.ledger.folder / "offline"
        for new in (f"{self.ledger.sizes('warsaw')['tallinn-mechanism.example/kyiv/1'][0]} new", "0 new"):
            made = tallinn("export", "tiles", offline, "--data", self.ledger.root / "warsaw")
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertIn(new, text_of(made).splitlines()[0])
        self.assertEqual({path: path.read_bytes() for path in sorted(self.site.glob("log/*/1/tile/**/*"))
                          if path.is_file()},
                         {self.site / path.relative_to(offline): path.read_bytes()
                          for path in sorted(offline.glob("log/*/1/tile/**/*")) if path.is_file()})

    def test_a_flipped_byte_of_an_entry_is_found(self):
        self.assert_refused("the entries hash to the root", "tile/entries/000.p/*",
                            lambda body: body[:200] + bytes([body[200] ^ 1]) + body[201:])

    def test_a_flipped_byte_of_a_tile_is_found(self):
        self.assert_refused("is not the tile that the entries make", "tile/0/000.p/*",
                            lambda body: body[:40] + bytes([body[40] ^ 1]) + body[41:])

    def test_a_wrong_root_is_found_although_the_log_has_signed_it(self):
        seed = log_seed(self.ledger.root / "kyiv" / "office.key")
        name = "tallinn-mechanism.example/kyiv/1"
        self.assert_refused("the entries hash to the root", "checkpoint", lambda note: self.forge(
            note, seed, name, "-root", base64.b64encode(hashlib.sha256(b"another").digest()).decode()))

    def test_a_signature_by_another_key_is_refused(self):
        name = "tallinn-mechanism.example/kyiv/1"
        self.assert_refused("no verifiable signatures", "checkpoint", lambda note: self.forge(note, "42" * 32, name))

    def test_a_signature_of_another_text_is_refused(self):
        self.assert_refused("invalid signature", "checkpoint", lambda note: note.replace(
            note.split(b"\n")[2], base64.b64encode(bytes(32))))

    def test_too_few_cosignatures_are_told(self):
        result = self.check(self.ledger.urls["kyiv"], "-cosigned", "2")
        self.assertEqual(result.returncode, 1)
        self.assertIn("has 1 of 2 cosignatures", result.stderr)

    def test_a_kept_checkpoint_of_another_history_is_found(self):
        seed = log_seed(self.ledger.root / "kyiv" / "office.key")
        origin = "tallinn-mechanism.example/kyiv/1"
        forked = self.ledger.folder / "forked"
        forked.mkdir(exist_ok=True)
        kept = sorted(self.kept.glob("kyiv-*kyiv-1-*"))[1].read_bytes()
        (forked / "note").write_bytes(self.forge(kept, seed, origin, "-root", base64.b64encode(bytes(32)).decode()))
        result = self.check(self.ledger.urls["warsaw"], "-kept", forked)
        self.assertEqual(result.returncode, 1)
        self.assertIn("does not contain that of size", result.stderr)


class AfterAnEpochChange(unittest.TestCase):
    def test_every_log_of_both_nodes_holds_with_the_keys_that_the_chain_leads_to(self):
        story = LostOffice()
        self.addCleanup(story.ledger.close)
        verifier = build_verifier(story.ledger.folder)
        policy = tallinn("charter", "policy", "--charter", story.ledger.charter, "--chain", story.chain)
        self.assertEqual(policy.returncode, 0, policy.stderr)
        known = story.ledger.charter.read_text()
        keys = [line.split()[-1] for line in text_of(policy).splitlines() if line.startswith(("log ", "witness "))]
        further = [word for key in keys if key not in known for word in ("-vkey", key)]
        self.assertEqual(len(further), 4)  # Kyiv's second log and its witness key
        for office in OFFICES:
            checked = subprocess.run([verifier, "check", "-charter", story.ledger.charter, "-base",
                                      story.ledger.urls[office], "-cosigned", "1", *further],
                                     capture_output=True, text=True, timeout=VERIFIER_LIMIT_S, check=False)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            self.assertEqual([line.split(" ")[0].split("/", 1)[1] for line in checked.stdout.splitlines()],
                             ["kyiv/1", "warsaw/1", "kyiv/2"])


if __name__ == "__main__":
    unittest.main()
