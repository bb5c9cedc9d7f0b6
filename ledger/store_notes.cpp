#include "ledger/store_notes.h"

#include "events/wire.h"

namespace tallinn::notes {
namespace {

Bytes of_kind(Kind kind) {
  return Bytes(1, static_cast<char>(kind));
}
/// The end of all keys of a kind.
Bytes after_kind(Kind kind) {
  return Bytes(1, static_cast<char>(static_cast<char>(kind) + 1));
}
Bytes log_key(Kind kind, LogId log) {
  Bytes key = of_kind(kind);
  put_log(key, log);
  return key;
}

}  // namespace

Bytes charter_key() {
  return of_kind(Kind::charter);
}
Bytes checkpoint_key(LogId log) {
  return log_key(Kind::checkpoint, log);
}
Bytes ahead_key(LogId log) {
  return log_key(Kind::ahead, log);
}
Bytes cosigned_key(LogId log, const Cosigner& by) {
  if (const auto* mirror = std::get_if<std::string>(&by))
    return log_key(Kind::mirror_cosigned, log).append(*mirror);
  Bytes key = log_key(Kind::cosigned, log);
  put_be(key, std::get<OfficeNumber>(by).value());
  return key;
}
Bytes growth_key(LogId log) {
  return log_key(Kind::growth, log);
}
Bytes promise_key(LogId log) {
  return log_key(Kind::promise, log);
}
Bytes counting_promise_key(LogId log) {
  return log_key(Kind::counting_promise, log);
}
Bytes state_key(Lamport settled) {
  Bytes key = state_begin();
  put_be(key, settled.value());
  return key;
}
Bytes state_begin() {
  return of_kind(Kind::state);
}
Bytes state_end() {
  return after_kind(Kind::state);
}
Bytes evidence_key(EvidenceKind kind, std::string_view subject) {
  Bytes key = evidence_begin();
  put_be(key, static_cast<std::uint8_t>(kind));
  return key.append(subject);
}
Bytes evidence_begin() {
  return of_kind(Kind::evidence);
}
Bytes evidence_end() {
  return after_kind(Kind::evidence);
}
Bytes erasure_key(const Uuid& event, const Digest& commitment, const PartyId& by) {
  return erasures_of_begin(event).append(commitment.view()).append(by.value());
}
Bytes erasures_of_begin(const Uuid& event) {
  return erasures_begin().append(event.view());
}
Bytes erasures_begin() {
  return of_kind(Kind::erasure);
}
Bytes erasures_end() {
  return after_kind(Kind::erasure);
}

}  // namespace tallinn::notes
