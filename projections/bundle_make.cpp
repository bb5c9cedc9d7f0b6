#include <algorithm>
#include <set>

#include "ledger/state_note.h"
#include "projections/bundle.h"
#include "projections/bundle_file.h"
#include "projections/bundle_records.h"
#include "projections/canonical_note.h"
#include "projections/fold.h"
#include "projections/hearing.h"
#include "projections/record_keys.h"
#include "projections/roster.h"

namespace tallinn {
namespace {

const Checkpoint* log_in(const StateNote& note, const std::string& origin) {
  const auto found =
      std::ranges::find_if(note.logs, [&](const Checkpoint& log) { return log.origin == origin; });
  return found == note.logs.end() ? nullptr : &*found;
}

class BundleMaker {
 public:
  BundleMaker(const BundleInput& input, StateNote note) : input_(input), note_(std::move(note)) {}

  Result<BundleFile> make(const PartyId& party, const StateTree& tree, std::string state_note) {
    file_.party = party;
    file_.state_note = std::move(state_note);
    const Bytes prefix = trail_prefix(party);
    file_.trail = tree.prove(input_.views, prefix, after_prefix(prefix));
    for (const auto& [key, value] : file_.trail.records)
      if (key.starts_with(prefix))
        if (auto added = add_entry(*position_of_key(key), decode_record<TrailRecord>(value));
            !added)
          return std::unexpected(added.error());
    file_.governance = tree.prove(input_.views, kGovernancePrefix, after_prefix(kGovernancePrefix));
    if (auto chain = add_chain(); !chain) return std::unexpected(chain.error());
    if (auto checkpoints = add_checkpoints(); !checkpoints)
      return std::unexpected(checkpoints.error());
    for (const Bytes& key : record_keys_)
      file_.records.push_back(tree.prove(input_.views, key, key + '\0'));
    return std::move(file_);
  }

 private:
  Result<BundleEntry> entry_at(const Place& place) {
    const Checkpoint* log = log_in(note_, input_.charter.origin(place.log));
    if (log == nullptr || place.index.value() >= log->size.value())
      return refuse(Code::failed, "the state note does not cover an entry of the trail");
    auto bytes = input_.logs.entry(place);
    if (!bytes) return std::unexpected(bytes.error());
    auto proof = input_.logs.inclusion(place, log->size);
    if (!proof) return std::unexpected(proof.error());
    return BundleEntry{place.log, place.index, *std::move(bytes), *std::move(proof)};
  }

  Result<void> add_entry(const Position& position, const TrailRecord& record) {
    auto entry = entry_at(position.place);
    if (!entry) return std::unexpected(entry.error());
    const auto ordered = make_ordered(entry->bytes, entry->index);
    if (!ordered) return std::unexpected(ordered.error());
    record_keys_.merge(records_beside(*ordered, record.effect));
    file_.entries.push_back(*std::move(entry));
    return {};
  }

  Result<void> add_chain() {
    auto chain = governance_chain(input_.views, input_.logs);
    if (!chain) return std::unexpected(chain.error());
    for (const ChainLink& link : *chain) {
      auto entry = entry_at({link.log, link.index});
      if (!entry) return std::unexpected(entry.error());
      file_.chain.push_back(*std::move(entry));
    }
    return {};
  }

  Result<void> add_checkpoints() {
    const Roster roster = read_roster(input_.views, input_.charter);
    for (const Checkpoint& log : note_.logs) {
      if (log.size == LogSize(0)) continue;
      auto found = checkpoint_of(log, roster);
      if (!found) return std::unexpected(found.error());
      file_.checkpoints.push_back(*std::move(found));
    }
    return {};
  }

  Result<BundleCheckpoint> checkpoint_of(const Checkpoint& log, const Roster& roster) {
    for (const std::string& text : input_.checkpoints) {
      const auto checkpoint = checkpoint_in(text);
      if (!checkpoint || checkpoint->origin != log.origin || checkpoint->size < log.size) continue;
      auto canonical = canonical_note(text, roster.checkpoint_keys());
      if (!canonical) return std::unexpected(canonical.error());
      const auto id = input_.charter.parse_origin(log.origin);
      if (!id) return std::unexpected(id.error());
      std::vector<Digest> consistency;
      if (checkpoint->size != log.size) {
        auto proof = input_.logs.consistency(*id, log.size, checkpoint->size);
        if (!proof) return std::unexpected(proof.error());
        consistency = *std::move(proof);
      }
      return BundleCheckpoint{*std::move(canonical), std::move(consistency)};
    }
    return refuse(Code::failed,
                  "no cosigned checkpoint of " + log.origin + " covers the state note");
  }

  const BundleInput& input_;
  StateNote note_;
  BundleFile file_;
  std::set<Bytes> record_keys_;
};

}  // namespace

Result<std::vector<ChainLink>> governance_chain(ViewReader& views, LogReader& logs) {
  std::vector<Position> positions;
  views.scan(kGovernancePrefix, after_prefix(kGovernancePrefix), [&](BytesView key, BytesView) {
    positions.push_back(*position_of_key(key));
    return ViewReader::Next::go_on;
  });
  std::vector<ChainLink> out;
  for (const Position& position : positions) {
    auto bytes = logs.entry(position.place);
    if (!bytes) return std::unexpected(bytes.error());
    out.push_back({position.place.log, position.place.index, *std::move(bytes)});
  }
  return out;
}

Result<std::string> make_bundle(const BundleInput& input, const PartyId& party) {
  const auto note = parse_note(input.state_note);
  if (!note) return std::unexpected(note.error());
  auto state = parse_state_note(note->text);
  if (!state) return std::unexpected(state.error());
  const Roster roster = read_roster(input.views, input.charter);
  auto canonical = canonical_note(input.state_note, roster.state_keys_at(state->settled));
  if (!canonical) return std::unexpected(canonical.error());
  const StateTree tree(input.views);
  if (tree.root() != StateRoot{state->records, state->state})
    return refuse(Code::failed, "the views are not those of the state note");
  auto file = BundleMaker(input, *std::move(state)).make(party, tree, *std::move(canonical));
  if (!file) return std::unexpected(file.error());
  return encode_bundle(*file, input.charter);
}

}  // namespace tallinn
