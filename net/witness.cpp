#include "net/witness.h"

#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::size_t kMaxWitnessProof = 63;

}  // namespace

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  const auto bad = [] {
    return refuse(Code::malformed,
                  "this is not an add-checkpoint request of c2sp.org/tlog-witness");
  };
  const auto first = take_line(body);
  const auto size = first ? after_keyword(*first, "old").and_then(parse_decimal) : std::nullopt;
  if (!size) return bad();
  AddCheckpoint out{.old_size = LogSize(*size), .proof = {}, .checkpoint = {}};
  for (;;) {
    const auto line = take_line(body);
    if (!line) return bad();
    if (line->empty()) break;
    const auto hash = fixed_from_base64<Digest>(*line);
    if (!hash || out.proof.size() == kMaxWitnessProof) return bad();
    out.proof.push_back(*hash);
  }
  out.checkpoint = std::string(body);
  return out;
}

}  // namespace tallinn
