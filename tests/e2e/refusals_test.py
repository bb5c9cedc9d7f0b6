"""Bad input: each with its code, a sentence and the field at fault, and the logs unchanged."""

import http.server
import json
import threading
import unittest
import urllib.error
import urllib.request

from in_ukrainian import latin_words, words_of
from ledger import Ledger, public_record, tallinn, text_of


def event(kind, body, author="EE", **extra):
    return json.dumps({"type": kind, "author": author, "occurred": "2025-03-01", **extra, "body": body}, ensure_ascii=False)


def pledge(name="EE-TRY", amount="5.00", currency="EUR", **changes):
    body = {"pledge": name, "donor": "EE", "year": 2025, "value": {"amount": amount, "currency": currency},
            "purpose": "Illustrative", "source": {"title": "Illustrative"}}
    body.update(changes)
    return {key: value for key, value in body.items() if value is not None}


def commitment(amount):
    return {"commitment": "EE-2025-C9", "pledge": "EE-2025", "donor": "EE", "receiver": "ESTDEV", "mode": "cash",
            "value": {"amount": amount, "currency": "EUR"}, "agreement": {"reference": "Illustrative"}}


ACCEPTANCE = {"consignment": "C-2024-01", "lines": [
    {"line": 1, "quantity": 1, "value": {"amount": "1500.00", "currency": "EUR"}}],
    "act": {"number": "9", "date": "2024-08-01", "sha256": "00" * 32}}
NEED = {"need": "UA-2025-07", "title": {"en": "Spare parts", "uk": "Запасні частини"}, "kind": "hardware",
        "sector": "government", "lines": [{"line": 1, "description": "parts", "quantity": 2, "unit": "C62"}],
        "recipient": "UA", "urgency": "low"}
TAKEN = json.loads(public_record()[44])  # the first pledge
MANY_DOCUMENTS = [{"sha256": "00" * 32, "media_type": "text/plain", "title": "t" * 300} for _ in range(200)]

# name, line, code, a part of what is said (the field where one is at fault)
BAD = (
    ("not JSON", '{"type":"PledgeAnnounced",', "malformed", "at byte 27"),
    ("not an object", "[]", "malformed", ""),
    ("unknown type", event("PledgeForgotten", {}), "malformed", "(type)"),
    ("missing field", event("PledgeAnnounced", pledge(purpose=None)), "malformed", "(body.purpose)"),
    ("surplus field", event("PledgeAnnounced", pledge(colour="blue")), "malformed", "(body.colour)"),
    ("three decimals in EUR", event("PledgeAnnounced", pledge(amount="1.005")), "invalid_value", "(body.value.amount)"),
    ("negative amount", event("PledgeAnnounced", pledge(amount="-5.00")), "invalid_value", "(body.value"),
    ("unknown currency", event("PledgeAnnounced", pledge(currency="XQZ")), "invalid_value", "(body.value.currency)"),
    ("overlong text", event("PledgeAnnounced", pledge(purpose="p" * 5000)), "invalid_value", "(body.purpose)"),
    ("invalid UTF-8", event("PledgeAnnounced", pledge(purpose="@@")).encode().replace(b"@@", b"\xff\xfe"), "malformed", "UTF-8"),
    ("line over a megabyte", '"' + "x" * 1_100_000 + '"', "malformed", "1,000,000"),
    ("event of 70 KB", event("PledgeAnnounced", pledge(), documents=MANY_DOCUMENTS), "malformed", "(documents)"),
    ("far future", event("PledgeAnnounced", pledge()).replace("2025-03-01", "2150-01-01"), "invalid_value", "(occurred)"),
    ("signer without a key here", event("PledgeAnnounced", pledge(), signers=["NOBODY"]), "unauthorised", "NOBODY (signers)"),
    ("wrong signer", event("PledgeAnnounced", pledge(), signers=["PL"]), "unauthorised", ""),
    ("role missing", event("NeedEndorsed", {"need": "UA-2024-01", "priority": 1}, author="ESTDEV"), "unauthorised", ""),
    ("id reused with other content", event("PledgeAnnounced", pledge(), id=TAKEN["id"]), "id_conflict", ""),
    ("unknown reference", event("CommitmentSigned", dict(commitment("1.00"), pledge="EE-1999")), "unknown_reference",
     "EE-1999"),
    ("overdrawn pledge", event("CommitmentSigned", commitment("500000.01")), "overdrawn", "500,000.00 EUR"),
    ("acceptance signed by one party", event("DeliveryAccepted", ACCEPTANCE, author="UA"), "needs_two_parties", ""),
    ("transition that the state does not allow",
     event("AllocationConsented", {"allocation": "A-2024-01", "side": "donor"}), "invalid_transition", ""),
)


class Capture(http.server.BaseHTTPRequestHandler):
    """Passes requests on to a node and keeps what was posted and answered."""

    target = ""
    posted = []

    def pass_on(self, body=None):
        request = urllib.request.Request(self.target + self.path, data=body, method=self.command)
        request.add_header("content-type", "application/octet-stream")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, kind, content = answer.status, answer.headers["content-type"], answer.read()
        except urllib.error.HTTPError as error:
            status, kind, content = error.code, error.headers["content-type"], error.read()
        if body is not None:
            self.posted.append((body, status, content))
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self.pass_on()

    def do_POST(self):
        self.pass_on(self.rfile.read(int(self.headers["content-length"])))

    def log_message(self, *_):
        pass


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = Ledger.running_for(cls)
        answers = cls.ledger.record(public_record())
        assert all(answer.endswith(" recorded") for answer in answers), answers
        cls.sizes = cls.ledger.wait_equal()

    def check_refused(self, line, code, said):
        result = self.ledger.record_command(line if isinstance(line, bytes) else [line])
        answers = text_of(result).splitlines()
        self.assertEqual(len(answers), 1, (answers, result.stderr))
        self.assertEqual(result.returncode, 1, answers)
        words = answers[0].split()
        self.assertEqual(words[0], "refused")
        words = words[3:] if words[1] == "line" else words[2:]
        self.assertEqual(words[0], code, answers)
        self.assertGreater(len(words), 3, "a sentence")
        self.assertIn(said, answers[0])

    def test_bad_input_is_refused_with_its_code_a_sentence_and_the_field(self):
        for name, line, code, said in BAD:
            with self.subTest(name):
                self.check_refused(line, code, said)
        self.assertEqual(self.ledger.wait_equal(), self.sizes)

    def test_every_reason_is_told_in_ukrainian(self):
        lines = [line if isinstance(line, bytes) else line.encode() for _, line, _, _ in BAD]
        answers = text_of(tallinn("record", "-", "--node", self.ledger.urls["kyiv"], "--keys", self.ledger.root / "keys",
                                  "--lang", "uk", data=b"\n".join(lines))).splitlines()
        self.assertEqual(len(answers), len(BAD), answers)
        for (name, line, code, _), answer in zip(BAD, answers):
            with self.subTest(name):
                self.assertRegex(answer, f"^refused \\S+(?: \\d+)? {code} [а-яіїєґ]")
                answer = answer.removesuffix(" (signatures)")
                self.assertEqual(latin_words(answer, words_of(str(line)[:500]) | words_of(code) | {"refused", "line"}), [])

    def test_refusals_do_not_stop_what_follows(self):
        lines = [BAD[0][1], public_record()[0], BAD[3][1], "", public_record()[1]]
        result = self.ledger.record_command(lines)
        self.assertEqual(result.returncode, 1)
        self.assertEqual([answer.split()[0] for answer in text_of(result).splitlines()],
                         ["refused", "tallinn-mechanism.example/warsaw/1", "refused", "tallinn-mechanism.example/warsaw/1"])

    def test_a_decision_at_the_wrong_office_is_refused_with_the_right_ones_name_and_address(self):
        Capture.target, Capture.posted = self.ledger.urls["warsaw"], []
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Capture)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_address[1]}"
        result = self.ledger.record_command([event("NeedRegistered", dict(NEED, need="UA-2025-08"), author="UA")], url=url)
        self.assertEqual(text_of(result).split()[0], "tallinn-mechanism.example/kyiv/1", result.stdout)
        (_, status, content), = Capture.posted
        problem = json.loads(content)
        self.assertEqual((status, problem["type"], problem["office"], problem["url"]),
                         (421, "wrong_office", "kyiv", self.ledger.urls["kyiv"]))
        self.assertGreater(len(problem["detail"]), 20)
        self.__class__.sizes = self.ledger.wait_equal()

    def test_a_truncated_submission_is_refused(self):
        Capture.target, Capture.posted = self.ledger.urls["kyiv"], []
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Capture)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        again = [line for line in public_record() if '"FundsDisbursed"' in line]
        self.ledger.record_command(again, url=f"http://127.0.0.1:{server.server_address[1]}")
        body = Capture.posted[0][0]
        for length in (0, 1, 2, len(body) // 2, len(body) - 1):
            request = urllib.request.Request(self.ledger.urls["kyiv"] + "/api/v1/events", data=body[:length], method="POST",
                                             headers={"content-type": "application/octet-stream"})
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=10)
            with refused.exception as answer:
                self.assertEqual((answer.code, json.loads(answer.read())["type"]), (400, "malformed"), length)

    def test_a_revoked_key_signs_nothing_any_more(self):
        shown = text_of(tallinn("key", "show", self.ledger.root / "keys" / "FI.key"))
        revoked = self.ledger.record([event("KeyRevoked", {"key": "@FI", "reason": "Illustrative"})])
        self.assertTrue(revoked[0].endswith(" recorded"), (revoked, shown))
        self.ledger.wait_equal()
        line = event("PledgeAnnounced", dict(pledge("FI-2025"), donor="FI"), author="FI")
        self.check_refused(line, "unauthorised", "")
        self.__class__.sizes = self.ledger.wait_equal()


if __name__ == "__main__":
    unittest.main()
