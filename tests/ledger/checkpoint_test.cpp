#include "ledger/checkpoint.h"

#include <doctest/doctest.h>

#include "ledger/merkle.h"

using namespace tallinn;

TEST_CASE("a checkpoint is three lines and reads back") {
  const Checkpoint checkpoint{
      .origin = "tallinn-mechanism.example/kyiv/1", .size = LogSize(0), .root = empty_root()};
  const std::string text =
      "tallinn-mechanism.example/kyiv/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  CHECK(format_checkpoint(checkpoint) == text);
  CHECK(parse_checkpoint(text).value() == checkpoint);
}

TEST_CASE("a checkpoint in any other spelling is refused") {
  const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  REQUIRE(parse_checkpoint("a/b/1\n18446744073709551615\n" + root + "\n"));
  for (const std::string& bad :
       {std::string(), "a/b/1\n1\n" + root, "a/b/1\n01\n" + root + "\n",
        "a/b/1\n-1\n" + root + "\n", "a/b/1\n18446744073709551616\n" + root + "\n",
        "\n1\n" + root + "\n", "a/b/1\n1\n" + root + "\nextension\n", "a/b/1\n1\n" + root + "\n\n",
        "a b\n1\n" + root + "\n",
        std::string("a/b/1\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n"),
        std::string("a/b/1\n1\nAAAA\n"), "a/b/1\n\n" + root + "\n"})
    CHECK_MESSAGE(!parse_checkpoint(bad), bad);
}

TEST_CASE("the name of a log is ledger, office and epoch") {
  const Origin origin{.ledger = "tallinn-mechanism.example", .office = "kyiv", .epoch = Epoch(12)};
  CHECK(format_origin(origin) == "tallinn-mechanism.example/kyiv/12");
  CHECK(parse_origin("tallinn-mechanism.example/kyiv/12").value() == origin);
  for (std::string_view bad : {"", "a", "a/b", "a/b/", "a/b/0", "a/b/01", "a/b/4294967296", "/b/1",
                               "a//1", "a/B/1", "a/1b/1", "a/b/c/1", "a b/c/1", "a/b/1 "})
    CHECK_MESSAGE(!parse_origin(bad), bad);
}
