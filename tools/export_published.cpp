#include "tools/export_published.h"

#include <algorithm>

#include "ledger/file_log_tiles.h"
#include "net/state_notes.h"
#include "projections/chain.h"

namespace tallinn {
namespace {

Result<std::optional<Bytes>> published(SiteFiles& files, const std::string& path) {
  auto content = files.read(path);
  if (content) return *std::move(content);
  if (content.error().code == Code::not_found) return std::nullopt;
  return std::unexpected(content.error());
}

/// Nothing: it is not a state note that the offices of `roster` have signed.
std::optional<std::pair<bool, Lamport>> rank_of(std::string_view text, const Roster& roster) {
  const auto note = parse_note(text);
  const auto state = note ? parse_state_note(note->text) : std::unexpected(note.error());
  const auto signers = state ? state_signers(*note, roster) : std::unexpected(state.error());
  if (!signers || signers->empty()) return std::nullopt;
  return std::pair(signed_by_all(*signers, roster, state->settled), state->settled);
}

}  // namespace

std::string site_folder(const Charter& charter, LogId log) {
  return "log/" + charter.office(log.office)->name + "/" + std::to_string(log.epoch.value()) + "/";
}

Result<void> check_published(SiteFiles& files, const Charter& charter, std::string_view chain,
                             const Roster& roster, const std::vector<LogSource::Log>& logs) {
  const auto note = published(files, "charter.txt");
  if (!note) return std::unexpected(note.error());
  const auto other = *note ? parse_charter(**note) : refuse(Code::not_found, "no charter yet");
  if (other && other->id != charter.id)
    return refuse(Code::failed, "the site is of another ledger, " + other->ledger +
                                    " by another charter: name another folder");
  const auto before = published(files, kChainFile);
  if (!before) return std::unexpected(before.error());
  const auto named = *before ? verify_chain(**before, charter) : Result<Roster>(roster);
  if (named && *before) {
    const auto whole = chain_contains(chain, **before, charter);
    if (!whole) return std::unexpected(whole.error());
    if (!*whole)
      return refuse(Code::failed,
                    "the site's governance chain has an event that the source lacks: the site "
                    "would go back in time");
  }
  for (const auto& [id, keys] : (named ? *named : roster).logs()) {
    if (std::ranges::find(logs, id, &LogSource::Log::id) != logs.end()) continue;
    const auto there = published(files, site_folder(charter, id) + "checkpoint");
    if (!there) return std::unexpected(there.error());
    if (*there)
      return refuse(Code::failed, "the site has " + charter.origin(id) +
                                      ", which the source lacks: the site would go back in time");
  }
  return {};
}

Result<bool> goes_on(SiteFiles& files, const Roster& roster, std::string_view state) {
  const auto before = published(files, "api/v1/state");
  if (!before) return std::unexpected(before.error());
  return !*before || rank_of(state, roster) >= rank_of(**before, roster);
}

}  // namespace tallinn
