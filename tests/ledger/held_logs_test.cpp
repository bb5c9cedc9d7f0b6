#include "ledger/held_logs.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/ledger/keys_for_tests.h"

using namespace tallinn;

namespace {

constexpr LogId kKyiv{OfficeNumber(0), Epoch(1)};
constexpr LogId kKyivAgain{OfficeNumber(0), Epoch(2)};
constexpr LogId kWarsaw{OfficeNumber(1), Epoch(1)};

constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();

using Held = std::vector<HeldLog>;

Result<Held> read(std::string_view text) {
  Held out;
  auto done = read_named_logs(text, test::test_charter(), {.shape = "misshapen", .field = "at"},
                              [&](LogId log, std::string_view said) -> Result<void> {
                                if (said.empty()) return refuse(Code::malformed, "empty", "at");
                                out.push_back({log, LogSize(said.size())});
                                return {};
                              });
  if (!done) return std::unexpected(done.error());
  return out;
}

}  // namespace

TEST_CASE("two lists are merged to each log's greater size, whichever comes first") {
  const Held one{{kKyiv, LogSize(5)}, {kWarsaw, LogSize(9)}};
  const Held other{{kKyiv, LogSize(7)}, {kKyivAgain, LogSize(1)}, {kWarsaw, LogSize(2)}};
  const Held both{{kKyiv, LogSize(7)}, {kKyivAgain, LogSize(1)}, {kWarsaw, LogSize(9)}};
  CHECK(merged(one, other) == both);
  CHECK(merged(other, one) == both);
  CHECK(merged(one, {}) == one);
  CHECK(merged({}, one) == one);
}

TEST_CASE("what is missing is counted log by log, and more than is there counts for nothing") {
  const Held here{{kKyiv, LogSize(5)}, {kWarsaw, LogSize(9)}};
  const Held there{{kKyiv, LogSize(7)}, {kKyivAgain, LogSize(3)}, {kWarsaw, LogSize(2)}};
  CHECK(missing_from(here, there) == 2 + 3);
  CHECK(missing_from(there, here) == 7);
  CHECK(missing_from(here, here) == 0);
  CHECK(missing_from({}, here) == 14);
  const Held without_end{{kKyiv, LogSize(kMost)}, {kKyivAgain, LogSize(kMost)}};
  CHECK(missing_from(here, without_end) == kMost);
  CHECK(missing_from({{kKyivAgain, LogSize(kMost)}}, without_end) == kMost);
  CHECK(size_in(here, kWarsaw) == LogSize(9));
  CHECK(size_in(here, kKyivAgain) == LogSize(0));
  CHECK(size_in({}, kKyiv) == LogSize(0));
}

TEST_CASE("logs are read by their short names, in order, each once") {
  CHECK(read("kyiv/1:ab,kyiv/2:abc,warsaw/1:a").value() ==
        Held{{kKyiv, LogSize(2)}, {kKyivAgain, LogSize(3)}, {kWarsaw, LogSize(1)}});
  CHECK(short_origin(kKyivAgain, test::test_charter()) == "kyiv/2");
  const struct {
    const char* text;
    Code code;
  } cases[] = {{"", Code::malformed},
               {"kyiv/1", Code::malformed},
               {"kyiv/1:a,", Code::malformed},
               {"kyiv/1:a,kyiv/1:a", Code::malformed},
               {"warsaw/1:a,kyiv/1:a", Code::malformed},
               {"kyiv/1:", Code::malformed},
               {"riga/1:a", Code::not_found}};
  for (const auto& [text, code] : cases) {
    CAPTURE(text);
    const auto refused = read(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == code);
    CHECK(refused.error().field == "at");
  }
}
