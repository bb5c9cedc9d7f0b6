// What is held in part proves its prefixes as the whole would.
#include "ledger/earlier_proof.h"

#include <doctest/doctest.h>

#include <string>

namespace tallinn {
namespace {

class Leaves final : public HashReader {
 public:
  explicit Leaves(std::uint64_t held) : held_(held) {}
  Result<Digest> read(NodeId node) override {
    const std::uint64_t width = std::uint64_t{1} << node.level;
    if ((node.index + 1) * width > held_) return refuse(Code::failed, "that is not here");
    if (node.level == 0) return leaf_hash(std::to_string(node.index));
    return read_halves(node, *this);
  }

 private:
  std::uint64_t held_;
};

}  // namespace

TEST_CASE("a part of a tree proves each of its prefixes exactly as the whole tree would") {
  for (std::uint64_t size = 2; size <= 40; ++size) {
    Leaves whole(size);
    for (std::uint64_t held = 1; held < size; ++held) {
      Leaves part(held);
      const auto proof = prove_consistency(LogSize(held), LogSize(size), whole).value();
      for (std::uint64_t earlier = 0; earlier <= held; ++earlier) {
        CAPTURE(size);
        CAPTURE(held);
        CAPTURE(earlier);
        const auto made =
            prove_earlier(LogSize(earlier), LogSize(held), LogSize(size), proof, part);
        REQUIRE(made.has_value());
        CHECK(*made == prove_consistency(LogSize(earlier), LogSize(size), whole).value());
      }
    }
  }
}

TEST_CASE("a proof that is too short proves no prefix") {
  Leaves part(6);
  CHECK_FALSE(prove_earlier(LogSize(3), LogSize(6), LogSize(9), {}, part).has_value());
}

}  // namespace tallinn
