#include "ledger/store_notes.h"

#include "events/wire.h"

namespace tallinn::notes {
namespace {

Bytes log_key(char kind, LogId log) {
  Bytes key(1, kind);
  put_be(key, log.office.value());
  put_be(key, log.epoch.value());
  return key;
}

}  // namespace

Bytes charter_key() {
  return "C";
}
Bytes checkpoint_key(LogId log) {
  return log_key('c', log);
}
Bytes ahead_key(LogId log) {
  return log_key('a', log);
}
Bytes cosigned_key(LogId log, const Cosigner& by) {
  if (const auto* mirror = std::get_if<std::string>(&by)) return log_key('m', log).append(*mirror);
  Bytes key = log_key('w', log);
  put_be(key, std::get<OfficeNumber>(by).value());
  return key;
}
Bytes promise_key(LogId log) {
  return log_key('p', log);
}
Bytes counting_promise_key(LogId log) {
  return log_key('q', log);
}
Bytes state_key(Lamport settled) {
  Bytes key = state_begin();
  put_be(key, settled.value());
  return key;
}
Bytes state_begin() {
  return "s";
}
Bytes state_end() {
  return "t";
}
Bytes evidence_key(EvidenceKind kind, std::string_view subject) {
  Bytes key = evidence_begin();
  put_be(key, static_cast<std::uint8_t>(kind));
  return key.append(subject);
}
Bytes evidence_begin() {
  return "e";
}
Bytes evidence_end() {
  return "f";
}
Bytes erasure_key(const Uuid& event, const Digest& commitment, const PartyId& by) {
  return erasures_of_begin(event).append(commitment.view()).append(by.value());
}
Bytes erasures_of_begin(const Uuid& event) {
  return erasures_begin().append(event.view());
}
Bytes erasures_begin() {
  return "r";
}
Bytes erasures_end() {
  return "s";
}

}  // namespace tallinn::notes
