#include "ledger/proof_file.h"

#include <algorithm>

#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::string_view kProofFileHeader = "c2sp.org/tlog-proof@v1";
constexpr std::size_t kMaxProofFileBytes = 512 * 1024;
constexpr std::size_t kMaxProofHashes = 64;

std::unexpected<Error> bad_proof_file(std::string detail) {
  return refuse(Code::malformed, std::move(detail));
}

}  // namespace

Result<ProofFile> parse_proof_file(std::string_view text) {
  if (text.size() > kMaxProofFileBytes) return bad_proof_file("the proof file is too long");
  std::string_view rest = text;
  if (take_line(rest) != kProofFileHeader) return bad_proof_file("not a tlog-proof file");
  ProofFile file;
  auto line = take_line(rest);
  if (line && line->starts_with("extra ")) {
    file.extra = from_base64(line->substr(6));
    if (!file.extra) return bad_proof_file("the extra data is not canonical base64");
    line = take_line(rest);
  }
  const auto index = line ? after_keyword(*line, "index").and_then(parse_decimal) : std::nullopt;
  if (!index) return bad_proof_file("the proof file has no index");
  file.index = LogIndex(*index);
  for (;;) {
    line = take_line(rest);
    if (!line) return bad_proof_file("the proof file has no checkpoint");
    if (line->empty()) break;
    const auto hash = fixed_from_base64<Digest>(*line);
    if (!hash) return bad_proof_file("a hash of the proof is not canonical base64");
    if (file.hashes.size() == kMaxProofHashes)
      return bad_proof_file("the proof has too many hashes");
    file.hashes.push_back(*hash);
  }
  if (auto note = parse_note(rest); !note) return std::unexpected(note.error());
  file.checkpoint = std::string(rest);
  if (format_proof_file(file) != text)
    return bad_proof_file("the proof file is not in its one spelling");
  return file;
}

std::string format_proof_file(const ProofFile& file) {
  std::string text = std::string(kProofFileHeader) + "\n";
  if (file.extra) text += "extra " + to_base64(*file.extra) + "\n";
  text += "index " + std::to_string(file.index.value()) + "\n";
  for (const Digest& hash : file.hashes) text += to_base64(hash.view()) + "\n";
  return text + "\n" + file.checkpoint;
}

Result<VerifiedReceipt> verify_receipt(const ProofFile& file, std::span<const VerifierKey> known) {
  if (!file.extra) return refuse(Code::failed, "the receipt does not carry the entry it is about");
  auto note = parse_note(file.checkpoint);
  if (!note) return std::unexpected(note.error());
  auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  auto verified = verify_note(*note, known);
  if (!verified) return std::unexpected(verified.error());
  const bool by_log = std::ranges::any_of(*verified, [&](const Verified& one) {
    return one.key.type == kNoteEd25519 && one.key.name == checkpoint->origin;
  });
  if (!by_log)
    return refuse(Code::failed,
                  "the checkpoint is not signed by a known log " + checkpoint->origin);
  auto included = check_inclusion(file.index, checkpoint->size, leaf_hash(*file.extra), file.hashes,
                                  checkpoint->root);
  if (!included) return std::unexpected(included.error());
  std::erase_if(*verified, [](const Verified& one) { return one.key.type != kNoteCosignature; });
  return VerifiedReceipt{.index = file.index,
                         .checkpoint = std::move(*checkpoint),
                         .entry = *file.extra,
                         .cosigned = std::move(*verified)};
}

}  // namespace tallinn
