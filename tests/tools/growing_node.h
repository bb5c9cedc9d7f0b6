// A node whose logs grow with every checkpoint that is asked for.
#pragma once

#include <functional>

#include "ledger/tiles.h"
#include "projections/chain.h"
#include "tests/projections/scribe.h"
#include "tests/support/record.h"
#include "tools/log_client.h"

namespace tallinn::test {

/// `grow`: called after each answered checkpoint.
class GrowingNode {
 public:
  explicit GrowingNode(std::function<void(Scribe&)> grow) : grow_(std::move(grow)) {
    scribe.record_all(public_record());
  }

  LogClient client() {
    return {[this](const std::string& target) { return answer(target); }, scribe.charter};
  }

  Scribe scribe;
  std::size_t checkpoints = 0;  ///< asked for

 private:
  Result<std::string> answer(const std::string& target) {
    if (target == "/chain.json") return encode_chain(scribe.charter, {});
    for (const OfficeNumber office : {kKyiv, kWarsaw}) {
      const std::string folder = "/log/" + scribe.charter.office(office)->name + "/1/";
      if (!target.starts_with(folder)) continue;
      const std::string name = target.substr(folder.size());
      if (name != "checkpoint") return tile(office, name);
      std::string note = scribe.cosigned_checkpoint(office);
      ++checkpoints;
      grow_(scribe);
      return note;
    }
    return refuse(Code::not_found, target + " is not there");
  }

  Result<std::string> tile(OfficeNumber office, const std::string& name) {
    const auto tile = parse_tile_path(name);
    REQUIRE(tile.has_value());
    REQUIRE(tile->level == 0);
    Bytes bundle;
    std::vector<Digest> leaves;
    for (std::uint64_t i = 0; i < tile->width; ++i) {
      const Bytes entry = *scribe.entry(
          {.log = {office, Epoch(1)}, .index = LogIndex(tile->index * kTileWidth + i)});
      put_bundle_entry(bundle, entry);
      leaves.push_back(leaf_hash(entry));
    }
    return tile->kind == TilePath::Kind::entries ? bundle : encode_tile(leaves);
  }

  std::function<void(Scribe&)> grow_;
};

}  // namespace tallinn::test
