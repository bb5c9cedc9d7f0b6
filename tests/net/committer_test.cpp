#include "net/committer.h"

#include "net/make_batch.h"
#include "tests/net/office.h"

using namespace tallinn;
using test::Office;

namespace {

/// What of Warsaw's log Kyiv lacks, which holds so much of it.
PeerBatch batch_behind(const Office& warsaw, const std::vector<HeldLog>& held) {
  const auto head = warsaw.heads.get();
  auto batch = make_batch(*head->snapshot, head->given(), held, ValuesToo::leave_out);
  REQUIRE(batch.has_value());
  return *std::move(batch);
}

}  // namespace

TEST_CASE("batches are taken in the order in which they came, however long each is checked") {
  Office warsaw("warsaw");
  const std::size_t first = warsaw.record(60);
  REQUIRE(first > 16);  // its signatures are checked by other threads
  const PeerBatch large = batch_behind(warsaw, {});
  std::size_t line = 60;
  while (warsaw.post(warsaw.line(line)).status != 200) ++line;
  const PeerBatch small = batch_behind(warsaw, sizes_after(large));
  REQUIRE(small.entries.size() == 1);
  for (int round = 0; round < 20; ++round) {
    Office kyiv("kyiv");
    std::promise<Result<void>> one;
    std::promise<Result<void>> other;
    kyiv.committer->take(
        large, [&](Result<void> taken, std::vector<HeldLog>) { one.set_value(std::move(taken)); });
    kyiv.committer->take(small, [&](Result<void> taken, std::vector<HeldLog>) {
      other.set_value(std::move(taken));
    });
    const auto taken = one.get_future().get();
    const auto next = other.get_future().get();
    CHECK(taken.has_value());
    CHECK(next.has_value());
  }
}
