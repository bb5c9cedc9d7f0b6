#include "net/stored_bundle.h"

#include <algorithm>

#include "ledger/state_note.h"
#include "ledger/store_notes.h"
#include "net/state_notes.h"
#include "projections/bundle.h"
#include "projections/chain.h"

namespace tallinn {
namespace {

template <class T>
Result<T> as_result(Stored<T> stored) {
  if (stored) return std::move(*stored);
  return refuse(Code::unavailable, "the store could not be read: " + stored.error().detail);
}

class StoreLogReader final : public LogReader {
 public:
  explicit StoreLogReader(const StoreReader& store) : logs_(store) {}
  Result<Bytes> entry(const Place& place) override { return as_result(logs_.entry(place)); }
  Result<std::vector<Digest>> inclusion(const Place& place, LogSize size) override {
    return as_result(logs_.inclusion(place, size));
  }
  Result<std::vector<Digest>> consistency(LogId log, LogSize old_size, LogSize new_size) override {
    return as_result(logs_.consistency(log, old_size, new_size));
  }

 private:
  StoredLogs logs_;
};

/// The newest checkpoint of a log that another office has cosigned, if it covers `size`: a bundle
/// with any other one would not verify.
Stored<std::optional<std::string>> covering_checkpoint(const StoreReader& store,
                                                       const Charter& charter, LogId log,
                                                       LogSize size) {
  std::vector<Bytes> keys;
  for (std::uint16_t n = 0; n < charter.offices.size(); ++n)
    if (OfficeNumber(n) != log.office) keys.push_back(notes::cosigned_key(log, OfficeNumber(n)));
  for (const Bytes& key : keys) {
    auto text = store.get(Family::notes, key);
    if (!text) return std::unexpected(text.error());
    if (!*text) continue;
    const auto checkpoint = checkpoint_in(**text);
    if (checkpoint && checkpoint->size >= size) return text;
  }
  return {};
}

Result<std::vector<std::string>> checkpoints_for(const StoreReader& store, const Charter& charter,
                                                 const StateNote& state) {
  std::vector<std::string> out;
  for (const Checkpoint& log : state.logs) {
    if (log.size == LogSize(0)) continue;
    const auto id = charter.parse_origin(log.origin);
    if (!id) return std::unexpected(id.error());
    auto note = covering_checkpoint(store, charter, *id, log.size);
    if (!note) return refuse(Code::unavailable, note.error().detail);
    if (!*note)
      return refuse(Code::unavailable,
                    "no checkpoint of " + log.origin + " covers the state note yet; try again");
    out.push_back(std::move(**note));
  }
  return out;
}

}  // namespace

Stored<Result<std::string>> make_stored_bundle(const Head& head, const Charter& charter,
                                               const PartyId& party) {
  using Answer = Result<std::string>;
  if (!head.joint_state)
    return Answer(
        refuse(Code::unavailable,
               "no state note is signed by every office yet; it takes a second without change "
               "while both offices are connected"));
  const StoreReader& store = *head.snapshot;
  const auto text = store.get(Family::notes, notes::state_key(*head.joint_state));
  if (!text) return std::unexpected(text.error());
  const auto note =
      *text ? parse_note(**text) : refuse(Code::unavailable, "the state note is not there");
  const auto state = note ? parse_state_note(note->text) : std::unexpected(note.error());
  if (!state) return Answer(std::unexpected(state.error()));
  auto checkpoints = checkpoints_for(store, charter, *state);
  if (!checkpoints) return Answer(std::unexpected(checkpoints.error()));
  StoredViews current(store);
  ViewsAt views(current);
  if (const auto left_out = leave_out_later(store, state->settled, views); !left_out)
    return std::unexpected(left_out.error());
  StoreLogReader logs(store);
  const BundleInput input{.charter = charter,
                          .views = views,
                          .logs = logs,
                          .state_note = **text,
                          .checkpoints = std::move(*checkpoints)};
  auto bundle = make_bundle(input, party);
  if (current.fault()) return std::unexpected(*current.fault());
  return bundle;
}

Stored<Result<std::string>> make_stored_chain(const StoreReader& store, const Charter& charter) {
  StoredViews views(store);
  StoreLogReader logs(store);
  const auto chain = governance_chain(views, logs);
  if (views.fault()) return std::unexpected(*views.fault());
  if (!chain) return Result<std::string>(std::unexpected(chain.error()));
  return Result<std::string>(encode_chain(charter, *chain));
}

}  // namespace tallinn
