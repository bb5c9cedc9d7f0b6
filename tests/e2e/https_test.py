"""A node behind a TLS proxy, as one is that the world reaches: every command takes its https address, and trusts it by its
certificate only."""

import os
import selectors
import socket
import ssl
import subprocess
import threading
import unittest
from unittest import mock

from ledger import Ledger, public_record, tallinn, text_of


class TlsProxy:
    """Listens on a loopback port as `localhost`, under a certificate of its own, and carries bytes to and from a node."""

    def __init__(self, folder, target):
        self.certificate = folder / "proxy.pem"
        key = folder / "proxy.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out",
                        self.certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True, timeout=30)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.target = target
        self.accepted = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        client.settimeout(30)
        try:
            client = self.context.wrap_socket(client, server_side=True)
        except (ssl.SSLError, OSError):  # the client does not trust it
            client.close()
            return
        self.accepted += 1
        with client, socket.create_connection(self.target, timeout=30) as node, selectors.DefaultSelector() as either:
            either.register(client, selectors.EVENT_READ, node)
            either.register(node, selectors.EVENT_READ, client)
            try:
                while True:
                    for ready, _ in either.select(30):
                        data = ready.fileobj.recv(1 << 16)
                        while ready.fileobj is client and client.pending():
                            data += client.recv(1 << 16)
                        if not data:
                            return
                        ready.data.sendall(data)
            except OSError:
                return

    def close(self):
        self.listener.close()


class Https(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger.running_for(cls)
        cls.ledger.record(public_record())
        cls.ledger.wait_equal()
        cls.proxy = TlsProxy(cls.ledger.folder, ("127.0.0.1", cls.ledger.base + 1))
        cls.addClassCleanup(cls.proxy.close)

    def trusting(self, certificate):
        environment = mock.patch.dict(os.environ, SSL_CERT_FILE=str(certificate))
        environment.start()
        self.addCleanup(environment.stop)

    def test_every_command_reads_and_records_over_https(self):
        self.trusting(self.proxy.certificate)
        over_https, over_http = (tallinn("ladder", "EE", "--node", url) for url in (self.proxy.url, self.ledger.urls["kyiv"]))
        self.assertEqual(over_https.returncode, 0, over_https.stderr)
        self.assertEqual(over_https.stdout, over_http.stdout)
        again = self.ledger.record_command(public_record(), url=self.proxy.url)
        self.assertEqual(again.returncode, 0, again.stderr)
        followed = tallinn("follow", "--node", self.proxy.url, "--limit", "3", "--after", "none")
        self.assertEqual(followed.returncode, 0, followed.stderr)
        self.assertEqual(len(text_of(followed).splitlines()), 3)
        audited = tallinn("audit", self.proxy.url, "--charter", self.ledger.charter)
        self.assertEqual(audited.returncode, 0, audited.stdout + audited.stderr)
        self.assertEqual(self.proxy.accepted, 4)

    def test_a_certificate_of_no_trusted_authority_is_refused_with_the_reason(self):
        refused = tallinn("status", "--node", self.proxy.url)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(b"is not one to trust (self-signed certificate); SSL_CERT_FILE", refused.stderr)

    def test_a_certificate_of_another_host_is_refused(self):
        self.trusting(self.proxy.certificate)
        refused = tallinn("status", "--node", self.proxy.url.replace("localhost", "127.0.0.1"))
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(b"is not one to trust", refused.stderr)

    def test_a_server_that_speaks_no_tls_is_no_https_server(self):
        refused = tallinn("status", "--node", self.ledger.urls["kyiv"].replace("http:", "https:"))
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(b"no answer from https://127.0.0.1", refused.stderr)


if __name__ == "__main__":
    unittest.main()
