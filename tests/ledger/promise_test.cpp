#include "ledger/promise.h"

#include <doctest/doctest.h>

#include "tests/ledger/keys_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

Promise example_promise() {
  const Charter charter = test_charter();
  return {.ledger = charter.id,
          .own = {.origin = charter.origin({OfficeNumber(0), Epoch(1)}),
                  .size = LogSize(7),
                  .root = sha256("root")},
          .lamport = Lamport(19),
          .holds = {{.origin = charter.origin({OfficeNumber(1), Epoch(1)}), .size = LogSize(12)},
                    {.origin = charter.origin({OfficeNumber(1), Epoch(2)}), .size = LogSize(0)}}};
}

}  // namespace

TEST_CASE("a promise is spelled line by line and reads back") {
  const Promise promise = example_promise();
  const std::string text = "tallinn-ledger/promise@v1\nledger " + to_hex(promise.ledger.view()) +
                           "\nown tallinn-mechanism.example/kyiv/1 7 " +
                           to_base64(promise.own.root.view()) +
                           "\nlamport 19\nholds tallinn-mechanism.example/warsaw/1 12\n"
                           "holds tallinn-mechanism.example/warsaw/2 0\n";
  CHECK(format_promise(promise) == text);
  CHECK(parse_promise(text).value() == promise);
  Promise alone = promise;
  alone.holds.clear();
  CHECK(parse_promise(format_promise(alone)).value() == alone);
}

TEST_CASE("a promise in any other spelling, or naming a log twice, is refused") {
  const std::string good = format_promise(example_promise());
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), good + "\n", good.substr(0, good.size() - 1), good + "more\n",
        replaced("@v1", "@v2"), replaced("lamport 19", "lamport 019"), replaced("lamport 19\n", ""),
        replaced("warsaw/2", "warsaw/1"), replaced("warsaw/2", "kyiv/1"),
        replaced(" 12\n", " 12 \n"), replaced(" 7 ", "  7 "), replaced("holds", "Holds")})
    CHECK_MESSAGE(!parse_promise(bad), bad);
}

TEST_CASE("a promise opens only under its office's state key and for its ledger") {
  const Charter charter = test_charter();
  const Promise promise = example_promise();
  const auto& kyiv = charter.offices[0].state;
  const std::string note = sign_promise(promise, kyiv.name, test_office("kyiv").state);
  CHECK(open_promise(note, charter.id, kyiv).value() == promise);
  CHECK(open_promise(note, charter.id, charter.offices[1].state).error().code == Code::failed);
  CHECK(open_promise(note, LedgerId{}, kyiv).error().code == Code::failed);
  const std::string forged = sign_promise(promise, kyiv.name, test_office("kyiv").log);
  CHECK(open_promise(forged, charter.id, kyiv).error().code == Code::failed);
  std::string changed = note;
  changed.replace(changed.find("lamport 19"), 10, "lamport 20");
  CHECK(open_promise(changed, charter.id, kyiv).error().code == Code::failed);
  CHECK(open_promise("junk", charter.id, kyiv).error().code == Code::malformed);
}
