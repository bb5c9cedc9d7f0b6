"""Requests that no honest client sends: each is refused or answered as one request, none is taken for two, none reaches a
file, and the node answers the next honest client as before."""

import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from ledger import Ledger, public_record  # noqa: E402
from wire import memory_kb, say, statuses  # noqa: E402

MEMORY_GROWTH_LIMIT_KB = 64 * 1024
HOST = b"Host: a\r\n"
HIDDEN = b"GET /metrics HTTP/1.1\r\nHost: hidden\r\n\r\n"  # what a smuggler wants to be answered as a request of its own
CHUNKS = b"1\r\nx\r\n0\r\n\r\n"


def post(headers, body=b"", version=b"1.1"):
    return b"POST /api/v1/events HTTP/" + version + b"\r\n" + headers + b"\r\n" + body + HIDDEN


def get(target, headers=b""):
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + headers + b"Connection: close\r\n\r\n"


# Two readers could see two requests in each of these: refused, and nothing behind is read.
SMUGGLED = (
    ("both lengths, chunks first", post(HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", CHUNKS)),
    ("both lengths, chunks last", post(HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKS)),
    ("two lengths", post(HOST + b"Content-Length: 1\r\nContent-Length: 50\r\n", b"x")),
    ("a length twice", post(HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n", b"x")),
    ("a list of lengths", post(HOST + b"Content-Length: 1, 1\r\n", b"x")),
    ("a length with a sign", post(HOST + b"Content-Length: +1\r\n", b"x")),
    ("a negative length", post(HOST + b"Content-Length: -1\r\n", b"x")),
    ("a length in hex", post(HOST + b"Content-Length: 0x1\r\n", b"x")),
    ("a length with a blank in it", post(HOST + b"Content-Length: 1 1\r\n", b"x")),
    ("a length that wraps", post(HOST + b"Content-Length: 18446744073709551617\r\n", b"x")),
    ("a length and a colon apart", post(HOST + b"Content-Length : 1\r\n", b"x")),
    ("chunked, not last", post(HOST + b"Transfer-Encoding: chunked, identity\r\n", CHUNKS)),
    ("identity", post(HOST + b"Transfer-Encoding: identity\r\n", CHUNKS)),
    ("another coding before chunked", post(HOST + b"Transfer-Encoding: gzip, chunked\r\n", CHUNKS)),
    ("a coding like chunked", post(HOST + b"Transfer-Encoding: xchunked\r\n", CHUNKS)),
    ("chunked in quotes", post(HOST + b'Transfer-Encoding: "chunked"\r\n', CHUNKS)),
    ("chunked with a parameter", post(HOST + b"Transfer-Encoding: chunked;q=1\r\n", CHUNKS)),
    ("chunked behind a vertical tab", post(HOST + b"Transfer-Encoding: \x0bchunked\r\n", CHUNKS)),
    ("two codings in two lines", post(HOST + b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", CHUNKS)),
    ("chunked twice", post(HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKS)),
    ("chunks of HTTP/1.0", post(HOST + b"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n", CHUNKS, b"1.0")),
    ("no host", post(b"Content-Length: 0\r\n")),
    ("two hosts", post(HOST + b"Host: b\r\nContent-Length: 0\r\n")),
    ("a chunk longer than any", post(HOST + b"Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\nx\r\n0\r\n\r\n")),
    ("a chunk of negative length", post(HOST + b"Transfer-Encoding: chunked\r\n", b"-1\r\nx\r\n0\r\n\r\n")),
    ("a chunk length with a prefix", post(HOST + b"Transfer-Encoding: chunked\r\n", b"0x1\r\nx\r\n0\r\n\r\n")),
    ("a chunk without its end", post(HOST + b"Transfer-Encoding: chunked\r\n", b"1\r\nxx\r\n0\r\n\r\n")),
    ("chunks by bare line feeds", post(HOST + b"Transfer-Encoding: chunked\r\n", b"1\nx\n0\n\n")),
    ("a length behind the chunks", post(HOST + b"Transfer-Encoding: chunked\r\n", b"1\r\nx\r\n0\r\nContent-Length: 9\r\n\r\n")),
    ("bare line feeds", b"GET / HTTP/1.1\nHost: a\n\n" + HIDDEN),
    ("a bare line feed in a header", b"GET / HTTP/1.1\r\nHost: a\r\nA: b\nContent-Length: 9\r\n\r\n" + HIDDEN),
    ("a bare carriage return in a header", b"GET / HTTP/1.1\r\nHost: a\r\nA: b\rContent-Length: 9\r\n\r\n" + HIDDEN),
    ("a zero byte in a header", b"GET / HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n" + HIDDEN),
    ("a zero byte in a name", b"GET / HTTP/1.1\r\nHost: a\r\nA\0: b\r\n\r\n" + HIDDEN),
    ("a header without a colon", b"GET / HTTP/1.1\r\nHost: a\r\nAbc\r\n\r\n" + HIDDEN),
    ("a header without a name", b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n" + HIDDEN),
    ("a fold before any header", b"GET / HTTP/1.1\r\n Host: a\r\n\r\n" + HIDDEN),
)

# No request of HTTP/1.0 or 1.1 at all.
OTHER = (
    ("HTTP/2 with prior knowledge", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)),
    ("HTTP/2.0", b"GET / HTTP/2.0\r\nHost: a\r\n\r\n" + HIDDEN),
    ("HTTP/1.2", b"GET / HTTP/1.2\r\nHost: a\r\n\r\n" + HIDDEN),
    ("HTTP/0.9", b"GET /\r\n" + HIDDEN),
    ("a version in small letters", b"GET / http/1.1\r\nHost: a\r\n\r\n" + HIDDEN),
    ("two blanks", b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n" + HIDDEN),
    ("a tab", b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n" + HIDDEN),
    ("a blank in the target", b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" + HIDDEN),
    ("no target", b"GET HTTP/1.1\r\nHost: a\r\n\r\n" + HIDDEN),
    ("a zero byte in the target", b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n" + HIDDEN),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200)),
    ("noise", bytes(range(256)) * 4),
)

# Paths: what is answered, and it is never more than one answer.
PATHS = (
    (b"/log/kyiv/1/checkpoint", 200),
    (b"/log/kyiv/1/../../../charter.txt", 404),
    (b"/log/kyiv/1/tile/../../../../office.key", 404),
    (b"/log/kyiv/1/%2e%2e/%2e%2e/office.key", 404),
    (b"/log/kyiv/1/tile/0/%2e%2e%2f%2e%2e%2foffice.key", 404),
    (b"/log/kyiv/1/tile/0/..%5c..%5coffice.key", 404),
    (b"/log/kyiv/1/tile/0/%252e%252e/000", 404),
    (b"/log/kyiv/1/tile/0/%c0%ae%c0%ae/000", 404),
    (b"/log/kyiv/1/tile/0/000%00", 404),
    (b"/log/kyiv%00/1/checkpoint", 404),
    (b"/log/kyiv/1%00/checkpoint", 404),
    (b"/log/kyiv/01/checkpoint", 404),
    (b"/log/kyiv/-1/checkpoint", 404),
    (b"/log/kyiv/99999999999999999999/checkpoint", 404),
    (b"/log/kyiv/1/tile/0/x999/x999/x999/x999/x999/x999/x999/000", 404),
    (b"/log/kyiv/1/tile/64/000", 404),
    (b"/log/kyiv/1/tile/0/000.p/0", 404),
    (b"/log/kyiv/1/tile/0/000.p/257", 404),
    (b"/log/kyiv/1/tile/entries/999", 404),
    (b"/log/kyiv/1/checkpoint/", 404),
    (b"//log/kyiv/1/checkpoint", 404),
    (b"/./healthz", 404),
    (b"/healthz;a=b", 404),
    (b"/healthz%2f", 404),
    (b"/%68ealthz", 200),
    (b"/healthz%", 400),
    (b"/healthz%zz", 400),
    (b"/healthz#fragment", 400),
    (b"/healthz?a=b", 400),
    (b"healthz", 400),
    (b"*", 400),
    (b"http://127.0.0.1/healthz", 400),
    (b"http://169.254.169.254/latest", 400),
    (b"file:///etc/passwd", 400),
    (b"/api/v1/events/" + b"%00" * 36, 400),
    (b"/api/v1/trail/" + b"A" * 15_000, 404),
    (b"/" * 15_000, 404),
    (b"/api/v1/needs?cursor=" + b"A" * 15_000, 400),
    (b"/api/v1/needs?limit=99999999999999999999", 400),
    (b"/api/v1/needs?limit=-1", 400),
    (b"/api/v1/needs?" + b"&" * 15_000, 400),
    (b"/api/v1/needs?as_of=" + b"9" * 15_000, 400),
    (b"/api/v1/needs?known_on=" + b"kyiv/1:1," * 1_500, 400),
    (b"/api/v1/feed?after=" + b"9" * 15_000, 400),
    (b"/api/v1/needs?cursor=" + b"A" * 20_000, 431),
    (b"/" + b"a" * 100_000, 431),
)

METHODS = (
    ("CONNECT", b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + HOST, 400),
    ("TRACE", b"TRACE /healthz HTTP/1.1\r\n" + HOST + b"Cookie: not-to-be-echoed\r\n", 405),
    ("OPTIONS of everything", b"OPTIONS * HTTP/1.1\r\n" + HOST, 400),
    ("DELETE", b"DELETE /log/kyiv/1/checkpoint HTTP/1.1\r\n" + HOST, 405),
    ("PUT", b"PUT /log/kyiv/1/tile/0/000 HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n", 405),
    ("a method of small letters", b"get /healthz HTTP/1.1\r\n" + HOST, 405),
    ("an unknown method", b"FROBNICATE /healthz HTTP/1.1\r\n" + HOST, 405),
    ("a change to HTTP/2", b"GET /healthz HTTP/1.1\r\n" + HOST + b"Upgrade: h2c\r\nHTTP2-Settings: AAA\r\n", 200),
)

FLOODS = (
    ("many short headers", get(b"/healthz", b"".join(b"a%d:\r\n" % n for n in range(1_900))), 200),
    ("the same header many times", get(b"/healthz", b"A: b\r\n" * 2_500), 200),
    ("headers without end", get(b"/healthz", b"A: b\r\n" * 30_000), 431),
    ("headers without end, each parsed as it comes", get(b"/healthz", b"A: b\r\n" + b"A:\r\n" * 1_000_000), 431),
    ("one long header", get(b"/healthz", b"A: " + b"b" * 15_000 + b"\r\n"), 200),
    ("one header longer than all", get(b"/healthz", b"A: " + b"b" * 1_000_000 + b"\r\n"), 431),
    ("a name longer than all", get(b"/healthz", b"b" * 100_000 + b": A\r\n"), 431),
    ("folds without end", get(b"/healthz", b"A: b\r\n" + b" c\r\n" * 5_000), 431),
    ("many ranges", get(b"/log/kyiv/1/tile/0/000.p/4", b"Range: bytes=" + b"0-0," * 3_000 + b"1-1\r\n"), 200),
    ("many tags", get(b"/log/kyiv/1/checkpoint", b"If-None-Match: " + b'"a",' * 3_500 + b'"b"\r\n'), 200),
    ("many places that were seen", get(b"/healthz", b"Tallinn-After: tallinn-mechanism.example/kyiv/1 0\r\n" * 65), 400),
    ("a body longer than taken", b"POST /api/v1/events HTTP/1.1\r\n" + HOST + b"Content-Length: 600000\r\n\r\n" + bytes(600_000), 413),
    ("chunks longer than taken", b"POST /api/v1/events HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
     + (b"8000\r\n" + bytes(0x8000) + b"\r\n") * 20, 413),
    ("an extension of a chunk without end", b"POST /api/v1/events HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n1;"
     + b"x" * 100_000, 431),
    ("headers behind the chunks without end", b"POST /api/v1/events HTTP/1.1\r\n" + HOST
     + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 30_000, 431),
    ("noise as an event", b"POST /api/v1/events HTTP/1.1\r\n" + HOST + b"Content-Length: 60000\r\nConnection: close\r\n\r\n"
     + os.urandom(60_000), 400),
    ("noise as a request for a value", b"POST /api/v1/disclosures HTTP/1.1\r\n" + HOST
     + b"Content-Length: 60000\r\nConnection: close\r\n\r\n" + os.urandom(60_000), 400),
    ("noise as an erasure", b"POST /api/v1/erasures HTTP/1.1\r\n" + HOST
     + b"Content-Length: 60000\r\nConnection: close\r\n\r\n" + os.urandom(60_000), 400),
    ("noise as a checkpoint", b"POST /witness/add-checkpoint HTTP/1.1\r\n" + HOST
     + b"Content-Length: 60000\r\nConnection: close\r\n\r\n" + os.urandom(60_000), 400),
)


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger.running_for(cls)
        assert len(cls.ledger.record(public_record()[:56])) == 56
        cls.sizes = cls.ledger.wait_equal()
        cls.port = cls.ledger.base + 1
        cls.pid = cls.ledger.nodes["kyiv"].pid
        cls.memory_kb = memory_kb(cls.pid)

    def tearDown(self):
        self.assertEqual(self.ledger.sizes("kyiv"), self.sizes)
        self.assertLess(memory_kb(self.pid), self.memory_kb + MEMORY_GROWTH_LIMIT_KB)

    def say(self, data):
        """The answer; and the next client is answered."""
        answer = say(self.port, data)
        honest = say(self.port, get(b"/healthz"))
        self.assertEqual(statuses(honest), [200], honest)
        return answer

    def one(self, what, data, status):
        with self.subTest(what):
            answer = self.say(data)
            self.assertEqual(statuses(answer), [status], answer[:400])
            for secret in (b"tallinn-ledger/key", b"seed plain", b"root:"):
                self.assertNotIn(secret, answer)
            return answer

    def test_what_two_readers_could_take_for_two_requests_is_refused(self):
        for what, data in SMUGGLED:
            answer = self.one(what, data, 400)
            self.assertNotIn(b"tallinn_", answer or b"", what)

    def test_what_is_no_request_of_http_1_is_refused(self):
        for what, data in OTHER:
            self.one(what, data, 400)

    def test_a_path_reaches_routes_and_never_a_file(self):
        for target, status in PATHS:
            self.one(target[:60], get(target), status)

    def test_methods_do_what_the_route_says_or_nothing(self):
        for what, head, status in METHODS:
            answer = self.one(what, head + b"Connection: close\r\n\r\n", status)
            self.assertNotIn(b"not-to-be-echoed", answer or b"")

    def test_floods_end_at_their_limit(self):
        for what, data, status in FLOODS:
            self.one(what, data, status)

    def test_a_folded_header_is_one_header(self):
        answer = self.say(get(b"/log/kyiv/1/checkpoint", b"If-None-Match: \"a\",\r\n \"b\"\r\n"))
        tag = next(line.split(b": ")[1] for line in answer.split(b"\r\n") if line.startswith(b"ETag"))
        folded = self.say(get(b"/log/kyiv/1/checkpoint", b"If-None-Match: \"a\",\r\n\t" + tag + b"\r\n"))
        self.assertEqual((statuses(answer), statuses(folded)), ([200], [304]))

    def test_requests_in_one_piece_are_answered_in_order_and_none_behind_a_close(self):
        many = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" * 500
        self.assertEqual(statuses(self.say(many + get(b"/readyz") + HIDDEN)), [200, 404] * 500 + [200])

    def test_http_1_0_is_answered_and_closed(self):
        answer = self.say(b"GET /healthz HTTP/1.0\r\n\r\n" + HIDDEN)
        self.assertEqual(statuses(answer), [200])
        self.assertTrue(answer.startswith(b"HTTP/1.0 200 "))

    def test_nothing_that_a_client_sent_is_in_the_log(self):
        secret = b"3kP9-in-no-log"
        self.say(get(b"/" + secret, b"Authorization: Bearer " + secret + b"\r\nUser-Agent: " + secret + b"\r\n"))
        self.say(b"BAD " + secret + b"\r\n\r\n")
        self.say(post(HOST + b"Content-Length: 14\r\n", secret))
        whole = (self.ledger.folder / "kyiv.log").read_bytes()
        self.assertIn(b" started ", whole)
        self.assertNotIn(secret, whole)


if __name__ == "__main__":
    unittest.main()
