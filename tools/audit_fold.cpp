#include "tools/audit_fold.h"

#include <boost/json.hpp>

#include "projections/queries.h"

namespace tallinn {
namespace {

std::unexpected<Error> scratch_failed(const Fault& fault) {
  return refuse(Code::unavailable, "the scratch folder failed: " + fault.detail +
                                       "; set TMPDIR to a folder with room");
}

}  // namespace

Result<std::unique_ptr<AuditFold>> AuditFold::begin(const Charter& charter,
                                                    const std::optional<Roster>& seals) {
  auto scratch = ScratchStore::make();
  if (!scratch) return std::unexpected(scratch.error());
  std::unique_ptr<AuditFold> out(new AuditFold(charter, *std::move(scratch), seals));
  fold_genesis(out->views(), charter);
  return out;
}

AuditFold::AuditFold(const Charter& charter, std::unique_ptr<ScratchStore> scratch,
                     const std::optional<Roster>& seals)
    : charter_(charter),
      scratch_(std::move(scratch)),
      derived_(scratch_->store()),
      counted_(seals ? CountedEntries(*seals) : CountedEntries()) {}

Result<void> AuditFold::fold(const OrderedEntry& entry) {
  fold_entry(views(), charter_, entry);
  if (changes_roster(entry)) counted_.go_on_with(read_roster(views(), charter_));
  if (auto spilled = derived_.spill_when_full(); !spilled) return scratch_failed(spilled.error());
  return {};
}

Result<std::vector<AuditedException>> AuditFold::exceptions() {
  std::vector<AuditedException> out;
  const QuerySource source{.views = views(), .levels = nullptr, .charter = charter_};
  Page page;
  for (;;) {
    const auto listed = list_records(source, "exceptions", page);
    if (!listed) return std::unexpected(listed.error());
    for (const boost::json::value& item : listed->at("items").as_array())
      out.push_back({.id = std::string(item.at("id").as_string()),
                     .state = std::string(item.at("state").as_string()),
                     .text = std::string(item.at("text").as_string())});
    const boost::json::value* next = listed->if_contains("next");
    if (next == nullptr) return out;
    page.cursor = std::string(next->as_string());
  }
}

AuditedState AuditFold::state() {
  const StateRoot state = state_root(views());
  return {.records = state.records, .root = state.root};
}

Result<void> AuditFold::check() const {
  if (derived_.fault()) return scratch_failed(*derived_.fault());
  return {};
}

std::optional<Roster> AuditFold::other_seals() {
  return counted_.holds() ? std::nullopt : std::optional(read_roster(views(), charter_));
}

}  // namespace tallinn
