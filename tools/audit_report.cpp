#include "tools/audit_report.h"

#include <algorithm>
#include <span>

#include "ledger/sha256.h"
#include "net/version.h"
#include "projections/fold.h"
#include "tools/language/numbers.h"
#include "tools/language/tell.h"
#include "tools/messages.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxShown = 30;  // to a person; the machine-readable report has all

/// The report's rows: what a line is about, and what is said of it.
class Lines {
 public:
  explicit Lines(Language language) : language_(language) {}
  void add(std::string_view what, const std::string& text) {
    table_.add({what.empty() ? "" : tell(language_, what), told(language_, text)});
  }
  void add_exception(const AuditedException& one) {
    std::string text = one.id + " (";
    text.append(word(language_, one.state)).append("): ").append(told(language_, one.text));
    table_.add({tell(language_, "exception"), text});
  }
  void add_date(std::string_view what, const std::string& date) {
    table_.add({tell(language_, what), format_long_date(language_, date)});
  }
  std::string end(std::string_view verdict) const {
    return table_.format_rows() + tell(language_, verdict) + "\n";
  }

 private:
  Language language_;
  TextTable table_{{{.heading = ""}, {.heading = ""}}};
};

std::string_view verdict_name(AuditedStateNote::Verdict verdict) {
  using enum AuditedStateNote::Verdict;
  return verdict == holds ? "holds" : verdict == differs ? "differs" : "not_recomputed";
}

json::array names_json(const std::vector<std::string>& names) {
  return json::array(names.begin(), names.end());
}

std::string earlier_states_text(const EarlierStates& states) {
  std::string out =
      std::to_string(states.kept()) + " earlier: " + std::to_string(states.hold) + " hold";
  if (states.differ > 0) out += ", " + std::to_string(states.differ) + " differ";
  if (states.not_recomputed > 0)
    out += ", " + std::to_string(states.not_recomputed) + " not recomputed (--every-state)";
  return out;
}

json::object state_note_json(const AuditedStateNote& note) {
  return {{"sha256", note.sha256},
          {"settled", note.settled.value()},
          {"signed_by", names_json(note.signed_by)},
          {"verdict", verdict_name(note.verdict)}};
}

std::string failure_text(const AuditFailure& failure) {
  std::string where = failure.origin.empty() ? "the source" : failure.origin;
  if (failure.index) where += " " + std::to_string(failure.index->value());
  return where + ": " + failure.sentence;
}

json::array logs_json(const AuditReport& report) {
  json::array logs;
  for (const AuditedLog& log : report.logs) {
    json::array checkpoints;
    for (const AuditedNote& note : log.checkpoints)
      checkpoints.push_back(json::object{{"sha256", note.sha256},
                                         {"size", note.size.value()},
                                         {"cosigned_by", names_json(note.cosigned_by)}});
    logs.push_back(json::object{{"origin", log.origin},
                                {"size", log.size.value()},
                                {"root", to_base64(log.root.view())},
                                {"checkpoints", std::move(checkpoints)}});
  }
  return logs;
}

json::array exceptions_json(const std::vector<AuditedException>& exceptions) {
  json::array out;
  for (const AuditedException& exception : exceptions)
    out.push_back(
        json::object{{"id", exception.id}, {"state", exception.state}, {"text", exception.text}});
  return out;
}

json::object state_json(const AuditedState& state) {
  return {{"root", to_base64(state.root.view())}, {"records", state.records}};
}

json::object standpoint_json(const AuditedStandpoint& standpoint) {
  json::object out{{"as_of", nullptr},
                   {"known_on", standpoint.known},
                   {"logs", json::array()},
                   {"entries", standpoint.entries},
                   {"state", state_json(standpoint.state)},
                   {"exceptions", exceptions_json(standpoint.exceptions)}};
  if (standpoint.as_of) out["as_of"] = format_day(*standpoint.as_of);
  for (const auto& [origin, size, root] : standpoint.logs)
    out["logs"].as_array().push_back(
        json::object{{"origin", origin}, {"size", size.value()}, {"root", to_base64(root.view())}});
  return out;
}

std::string state_text(const AuditedState& state) {
  return to_base64(state.root.view()) + " over " + std::to_string(state.records) +
         " records, rules " + std::to_string(kRules);
}

void add_exceptions(Lines& lines, const std::vector<AuditedException>& exceptions) {
  for (const AuditedException& exception : exceptions) lines.add_exception(exception);
}

/// What was asked for, in the place of what stands now.
void add_standpoint(Lines& lines, const AuditedStandpoint& standpoint) {
  if (standpoint.as_of) lines.add_date("as of", format_day(*standpoint.as_of));
  lines.add("known on", standpoint.known);
  lines.add("counted", std::to_string(standpoint.entries));
  lines.add("state then", state_text(standpoint.state));
  add_exceptions(lines, standpoint.exceptions);
}

json::array failures_json(const AuditReport& report) {
  json::array failures;
  for (const AuditFailure& failure : report.failures) {
    json::object one{{"origin", failure.origin}, {"text", failure.sentence}};
    if (failure.index) one["index"] = failure.index->value();
    failures.push_back(std::move(one));
  }
  return failures;
}

}  // namespace

std::string format_report(const AuditReport& report, Language language) {
  Lines lines(language);
  lines.add("ledger", report.ledger + ", id " + to_hex(report.ledger_id.view()));
  for (const AuditedLog& log : report.logs) {
    lines.add("log", log.origin + ": " + std::to_string(log.size.value()) + " entries, root " +
                         to_base64(log.root.view()));
    for (const AuditedNote& note : log.checkpoints)
      lines.add("", "checkpoint of " + std::to_string(note.size.value()) + " holds, cosigned by " +
                        name_everyone(note.cosigned_by));
  }
  lines.add("entries", std::to_string(report.entries) + " replayed, " +
                           std::to_string(report.signatures) + " signatures hold");
  lines.add("state", report.state ? state_text(*report.state)
                                  : "not recomputed, because of the failures below");
  if (report.state_note) {
    const AuditedStateNote& note = *report.state_note;
    const std::string verdict = note.verdict == AuditedStateNote::Verdict::not_recomputed
                                    ? "not recomputed"
                                    : std::string(verdict_name(note.verdict));
    lines.add("state note", "settled " + std::to_string(note.settled.value()) + ", signed by " +
                                name_everyone(note.signed_by) + ": " + verdict);
  } else {
    lines.add("state note", "none yet");
  }
  if (report.earlier_states.kept() > 0) lines.add("", earlier_states_text(report.earlier_states));
  if (report.claims > 0)
    lines.add("receipts",
              std::to_string(report.claims) + " receipts and kept checkpoints compared");
  for (const std::string& evidence : report.evidence)
    lines.add("evidence", "of a second history, sha256 " + to_hex(sha256(evidence).view()) +
                              " (--evidence writes it)");
  if (report.standpoint)
    add_standpoint(lines, *report.standpoint);
  else
    add_exceptions(lines, report.exceptions);
  const std::size_t shown = std::min(report.failures.size(), kMaxShown);
  for (const AuditFailure& failure : std::span(report.failures).first(shown))
    lines.add("FAILED", failure_text(failure));
  const std::uint64_t unsaid = report.failures.size() - shown + report.failures_left_out;
  if (unsaid > 0) lines.add("FAILED", std::to_string(unsaid) + " more (see --report)");
  return lines.end(report.holds() ? "The audit holds." : "The audit does NOT hold.");
}

json::object report_json(const AuditReport& report, const AuditInputs& inputs) {
  json::object out{{"format", "tallinn-ledger/audit@v1"},
                   {"version", version()},
                   {"source", inputs.source},
                   {"charter_sha256", inputs.charter_sha256},
                   {"ledger", report.ledger},
                   {"ledger_id", to_hex(report.ledger_id.view())},
                   {"rules", kRules},
                   {"logs", logs_json(report)},
                   {"entries", report.entries},
                   {"signatures", report.signatures},
                   {"state", nullptr},
                   {"state_note", nullptr},
                   {"earlier_state_notes", nullptr}};
  if (report.state) out["state"] = state_json(*report.state);
  if (report.state_note) out["state_note"] = state_note_json(*report.state_note);
  out["earlier_state_notes"] =
      json::object{{"hold", report.earlier_states.hold},
                   {"differ", report.earlier_states.differ},
                   {"not_recomputed", report.earlier_states.not_recomputed}};
  out["exceptions"] = exceptions_json(report.exceptions);
  out["standpoint"] = nullptr;
  if (report.standpoint) out["standpoint"] = standpoint_json(*report.standpoint);
  out["receipts"] = report.claims;
  out["evidence"] = names_json(report.evidence);
  out["failures"] = failures_json(report);
  out["failures_left_out"] = report.failures_left_out;
  out["holds"] = report.holds();
  return out;
}

}  // namespace tallinn
