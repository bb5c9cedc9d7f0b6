"""A peer that is not one of ours: keys, TLS, frames and notes by docs/formats.md, with Python's standard library and the
`openssl` command only, so that a mistake of the node's own code is not made twice."""

import atexit
import base64
import hashlib
import socket
import ssl
import struct
import subprocess
import tempfile
from pathlib import Path

LOG, WITNESS, STATE, TRANSPORT = 1, 2, 3, 4
HELLO, BATCH, BATCH_ZSTD, ACK, NOTE, PING, PONG, BYE = range(1, 9)
CHECKPOINT, PROMISE, STATE_NOTE, EVIDENCE = range(1, 5)
VERSION = 2
ALPN = "tallinn-ledger/1"
ANSWER_LIMIT_S = 20
_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


def derive(seed, subkey):
    """crypto_kdf_derive_from_key of libsodium, context `tallinn_`."""
    return hashlib.blake2b(digest_size=32, key=seed, salt=subkey.to_bytes(8, "little"), person=b"tallinn_").digest()


def office_seed(key_file):
    line = next(line for line in Path(key_file).read_text().splitlines() if line.startswith("seed plain "))
    return base64.b64decode(line.split()[2])


_FOLDER = tempfile.TemporaryDirectory(prefix="tallinn-hostile-")
atexit.register(_FOLDER.cleanup)


class Key:
    """An Ed25519 key in a folder of its own, for the `openssl` command."""

    def __init__(self, seed):
        self.folder = Path(tempfile.mkdtemp(dir=_FOLDER.name))
        self.path = self.folder / "key.pem"
        text = base64.encodebytes(_PKCS8 + seed).decode()
        self.path.write_text(f"-----BEGIN PRIVATE KEY-----\n{text}-----END PRIVATE KEY-----\n")
        self.path.chmod(0o600)
        public = self._run("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        self.public = public[-32:]

    @staticmethod
    def _run(*arguments, data=None):
        return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True, timeout=20).stdout

    def sign(self, message):
        path = self.folder / "message"
        path.write_bytes(message)
        return self._run("pkeyutl", "-sign", "-inkey", self.path, "-rawin", "-in", path)

    def certificate(self):
        path = self.folder / "certificate.pem"
        if not path.exists():
            self._run("req", "-x509", "-key", self.path, "-subj", "/CN=peer", "-days", "36500", "-out", path)
        return path


def note_signature(name, key, text):
    """A line of a C2SP signed note by an Ed25519 key."""
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + key.public).digest()[:4]
    return f"— {name} {base64.b64encode(key_id + key.sign(text.encode())).decode()}\n"


def frame(kind, payload=b""):
    return struct.pack(">IB", len(payload) + 1, kind) + payload


def held(*logs):
    """Of (office, epoch, size) each."""
    return struct.pack(">H", len(logs)) + b"".join(struct.pack(">HIQ", *log) for log in logs)


def hello(ledger, name, logs=(), version=VERSION):
    return frame(HELLO, b"tallinn-ledger/peer@v1\n" + struct.pack(">H", version) + ledger
                 + struct.pack(">H", len(name)) + name.encode() + held(*logs))


def note(kind, text):
    return frame(NOTE, bytes([kind]) + text.encode())


def growth(log, size, checkpoint, hashes=()):
    return (struct.pack(">HIQI", *log, size, len(checkpoint)) + checkpoint + bytes([len(hashes)]) + b"".join(hashes))


def item(log, index, entry):
    return struct.pack(">HIQH", *log, index, len(entry)) + entry


def batch(growths, items):
    return frame(BATCH, struct.pack(">H", len(growths)) + b"".join(growths) + struct.pack(">I", len(items))
                 + b"".join(items) + struct.pack(">I", 0))


class Connection:
    """TLS to a node, whatever certificate it shows; bytes out, frames in."""

    def __init__(self, port, key=None, alpn=ALPN, version=ssl.TLSVersion.TLSv1_3):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = context.maximum_version = version
        if alpn:
            context.set_alpn_protocols([alpn])
        if key:
            context.load_cert_chain(key.certificate(), key.path)
        self.raw = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_LIMIT_S)
        self.tls = context.wrap_socket(self.raw, server_hostname="peer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.raw.close()
        self.tls.close()

    def send(self, *parts):
        for part in parts:
            self.tls.sendall(part)

    def frames(self):
        """Every frame until the node closes: (type, payload)."""
        buffer = b""
        while True:
            try:
                part = self.tls.recv(65536)
            except (ssl.SSLError, ConnectionError):
                return
            if not part:
                return
            buffer += part
            while len(buffer) >= 4:
                length = struct.unpack(">I", buffer[:4])[0]
                if len(buffer) < 4 + length:
                    break
                yield buffer[4], buffer[5:4 + length]
                buffer = buffer[4 + length:]

    def bye(self):
        """Why the node ended it; empty when it closed without a word."""
        return next((payload.decode() for kind, payload in self.frames() if kind == BYE), "")

    def wait_for(self, wanted):
        return next(payload for kind, payload in self.frames() if kind == wanted)
