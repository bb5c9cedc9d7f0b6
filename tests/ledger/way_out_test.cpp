#include "ledger/way_out.h"

#include <doctest/doctest.h>

using namespace tallinn;

TEST_CASE("a failed disk is mended outside, and damaged data by fsck, a backup or a peer") {
  const auto names = [](Fault::Kind kind, std::string_view words) {
    return way_out_of({.kind = kind, .detail = {}}).find(words) != std::string_view::npos;
  };
  CHECK(names(Fault::io, "disk"));
  CHECK_FALSE(names(Fault::io, "fsck"));
  const auto past = way_out_past_fsck({.kind = Fault::corrupt, .detail = {}});
  CHECK(past.find("tallinn restore") != std::string_view::npos);
  CHECK(past.find("fsck") == std::string_view::npos);
  for (const char* words : {"fsck --repair", "restore", "catches up", "next epoch"})
    CHECK_MESSAGE(names(Fault::corrupt, words), words);
}
