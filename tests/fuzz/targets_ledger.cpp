// The text formats of the log: notes and what is in them, proofs, evidence, charter, tiles, keys.
#include <array>

#include "ledger/evidence.h"
#include "ledger/file_backup.h"
#include "ledger/mirror.h"
#include "ledger/promise.h"
#include "ledger/proof_file.h"
#include "ledger/tiles.h"
#include "tests/fuzz/target.h"
#include "tests/support/record.h"

namespace tallinn::fuzz {
namespace {

using namespace tallinn::test;

const Charter& charter() {
  static const Charter made = signed_charter();
  return made;
}
Checkpoint checkpoint(std::uint64_t size) {
  return {.origin = charter().origin({OfficeNumber(0), Epoch(1)}),
          .size = LogSize(size),
          .root = sha256("root " + std::to_string(size))};
}
std::string signed_checkpoint(std::uint64_t size) {
  const std::string text = format_checkpoint(checkpoint(size));
  return format_note({text,
                      {sign_note(checkpoint(size).origin, test_office("kyiv").log, text),
                       cosign_note(charter().offices[1].witness.name, test_office("warsaw").witness,
                                   UnixSeconds(1'700'000'000), text)}});
}
Promise promise() {
  return {.ledger = charter().id,
          .own = checkpoint(9),
          .lamport = Lamport(40),
          .holds = {{charter().origin({OfficeNumber(1), Epoch(1)}), LogSize(7)}}};
}

std::vector<Bytes> notes() {
  return {signed_checkpoint(7), charter().note,
          sign_promise(promise(), charter().offices[0].state.name, test_office("kyiv").state)};
}
void run_note(BytesView bytes) {
  const auto note = parse_note(bytes);
  check_written_again(bytes, note, format_note);
  if (note) static_cast<void>(verify_note(*note, std::array{charter().offices[0].log}));
}

std::vector<Bytes> checkpoints() {
  return {format_checkpoint(checkpoint(0)), format_checkpoint(checkpoint(123'456))};
}
void run_checkpoint(BytesView bytes) {
  check_written_again(bytes, parse_checkpoint(bytes), format_checkpoint);
}

std::vector<Bytes> promises() {
  return {format_promise(promise())};
}
void run_promise(BytesView bytes) {
  check_written_again(bytes, parse_promise(bytes), format_promise);
}

std::vector<Bytes> state_notes() {
  return {format_state_note({.ledger = charter().ledger,
                             .rules = 2,
                             .settled = Lamport(99),
                             .logs = {checkpoint(5)},
                             .records = 400,
                             .state = sha256("state")})};
}
void run_state_note(BytesView bytes) {
  check_written_again(bytes, parse_state_note(bytes), format_state_note);
}

std::vector<Bytes> proofs() {
  return {
      format_proof_file({.extra = Bytes("an entry"),
                         .index = LogIndex(3),
                         .hashes = {sha256("a"), sha256("b")},
                         .checkpoint = signed_checkpoint(7)}),
      format_proof_file(
          {.extra = {}, .index = LogIndex(0), .hashes = {}, .checkpoint = signed_checkpoint(1)})};
}
void run_proof(BytesView bytes) {
  const auto proof = parse_proof_file(bytes);
  check_written_again(bytes, proof, format_proof_file);
  if (proof) static_cast<void>(verify_receipt(*proof, std::array{charter().offices[0].log}));
}

std::vector<Bytes> charters() {
  return {charter().note, format_charter_text(charter())};
}
void run_charter(BytesView bytes) {
  static_cast<void>(parse_charter(bytes));
  const auto draft = parse_charter_draft(bytes);
  if (draft) TALLINN_ASSERT(parse_charter_draft(format_charter_text(*draft)).has_value());
}

std::vector<Bytes> evidences() {
  return {format_evidence(
      evidence_of_pair(EvidenceKind::roots, signed_checkpoint(7), signed_checkpoint(8)))};
}
void run_evidence(BytesView bytes) {
  check_written_again(bytes, parse_evidence(bytes), format_evidence);
}

std::vector<Bytes> tile_paths() {
  return {"tile/0/000", "tile/1/x001/x234/067.p/8", "tile/entries/x001/002.p/255"};
}
void run_tile_path(BytesView bytes) {
  check_written_again(bytes, parse_tile_path(bytes), format_tile_path);
}

std::vector<Bytes> tiles() {
  return {encode_tile(std::array{sha256("a"), sha256("b"), sha256("c")}), Bytes("\x00\x03"
                                                                                "abc"
                                                                                "\x00\x01"
                                                                                "d",
                                                                                8)};
}
void run_tile(BytesView bytes) {
  for (std::uint32_t count = 1; count <= 3; ++count) {
    check_written_again(bytes, decode_tile(bytes, count),
                        [](const std::vector<Digest>& hashes) { return encode_tile(hashes); });
    static_cast<void>(decode_entry_bundle(bytes, count));
  }
}

std::vector<Bytes> key_files() {
  const Secret file =
      encode_key_file(make_key_file({KeyOwner::Kind::party, "EE"}, test_seed("EE")));
  const auto bytes = file.bytes();
  return {Bytes(bytes.begin(), bytes.end())};
}
void run_key_file(BytesView bytes) {
  static_cast<void>(decode_key_file(bytes, nullptr));
}

std::vector<Bytes> backup_manifests() {
  const LogId kyiv{OfficeNumber(0), Epoch(1)};
  const LogId warsaw{OfficeNumber(1), Epoch(2)};
  return {format_backup_manifest(
              {.ledger = charter().id,
               .logs = {{kyiv, LogSize(12), sha256("k")}, {warsaw, LogSize(7), sha256("w")}},
               .notes = sha256("notes")},
              charter()),
          format_backup_manifest({.ledger = charter().id, .logs = {}, .notes = {}}, charter())};
}
void run_backup_manifest(BytesView bytes) {
  check_written_again(
      bytes, parse_backup_manifest(bytes, charter()),
      [](const BackupManifest& manifest) { return format_backup_manifest(manifest, charter()); });
}

std::vector<Bytes> mirror_lines() {
  return {format_mirror_line(mirror_keys(charter(), "tallinn"))};
}
void run_mirror_line(BytesView bytes) {
  check_written_again(bytes, parse_mirror_line(bytes, charter()), format_mirror_line);
}

constexpr std::array kLedgerTargets{
    Target{"note", notes, run_note},
    Target{"checkpoint", checkpoints, run_checkpoint},
    Target{"promise", promises, run_promise},
    Target{"state_note", state_notes, run_state_note},
    Target{"proof", proofs, run_proof},
    Target{"charter", charters, run_charter},
    Target{"evidence", evidences, run_evidence},
    Target{"tile_path", tile_paths, run_tile_path},
    Target{"tile", tiles, run_tile},
    Target{"key_file", key_files, run_key_file},
    Target{"backup_manifest", backup_manifests, run_backup_manifest},
    Target{"mirror_line", mirror_lines, run_mirror_line}};

}  // namespace

std::span<const Target> ledger_targets() {
  return kLedgerTargets;
}

}  // namespace tallinn::fuzz
