#include "tests/scenarios/shown.h"

#include "events/json_codec.h"
#include "projections/exceptions.h"
#include "projections/hearing.h"
#include "projections/ladder.h"
#include "projections/queries.h"

namespace tallinn::scenarios {
namespace {

/// The listing that has it, and the member that names it.
struct Listing {
  std::string kind;
  std::string name;
};
const std::map<std::string_view, Listing> kListings = {
    {"party", {"parties", "party"}},
    {"need", {"needs", "need"}},
    {"pledge", {"pledges", "pledge"}},
    {"commitment", {"commitments", "commitment"}},
    {"allocation", {"allocations", "allocation"}},
    {"delivery", {"deliveries", "consignment"}}};

void flatten(const std::string& name, const json::value& value, Facts& to) {
  if (value.is_object() && value.get_object().contains("amount")) {
    to[name] = std::string(value.at("amount").as_string()) + " " +
               std::string(value.at("currency").as_string());
  } else if (value.is_object()) {
    for (const auto& member : value.get_object())
      flatten((name.empty() ? "" : name + ".") + std::string(member.key()), member.value(), to);
  } else if (value.is_array()) {
    for (const json::value& item : value.get_array())
      if (item.is_object() && item.get_object().contains("line"))
        flatten(std::to_string(item.at("line").as_int64()), item, to);
  } else {
    to[name] = value.is_string() ? std::string(value.as_string()) : json::serialize(value);
  }
}

std::optional<Facts> listed(const Shown& shown, const Listing& listing, const std::string& name) {
  const auto page =
      list_records({shown.views, nullptr, shown.charter}, listing.kind, {.cursor = {}});
  for (const json::value& item : page.value().at("items").as_array()) {
    if (item.at(listing.name).as_string() != name) continue;
    Facts facts;
    flatten("", item, facts);
    return facts;
  }
  return std::nullopt;
}

template <class R>
std::optional<R> record_of_event(const Shown& shown, const std::string& label) {
  const auto id = shown.labels.events.find(label);
  if (id == shown.labels.events.end()) return std::nullopt;
  return read_record<R>(shown.views, event_name(id->second));
}

std::optional<Facts> event_facts(const Shown& shown, const std::string& label) {
  const auto record = record_of_event<EventRecord>(shown, label);
  if (!record) return std::nullopt;
  Facts facts{{"state", record->type == 0 && record->effect != Effect::unknown_type
                            ? "not known"
                            : std::string(spell(record->effect))}};
  if (record->corrected_by)
    facts["corrected_by"] = with_labels(shown.labels, format_uuid(*record->corrected_by));
  for (const PartyId& party : record->parties) {
    std::string& parties = facts["trails"];
    parties += (parties.empty() ? "" : " ") + party.value();
  }
  return facts;
}

std::optional<Facts> dispute_facts(const Shown& shown, const std::string& label) {
  const auto record = record_of_event<DisputeRecord>(shown, label);
  if (!record) return std::nullopt;
  Facts facts{{"state", !record->raised    ? "taken back"
                        : record->resolved ? "resolved"
                                           : "open"},
              {"by", record->by.value()},
              {"text", record->text}};
  if (record->outcome) facts["outcome"] = *record->outcome;
  return facts;
}

std::optional<Facts> finding_facts(const Shown& shown, const std::string& name) {
  const auto record = read_record<FindingRecord>(shown.views, name);
  if (!record) return std::nullopt;
  std::vector<std::string> answers;
  for (const ResponseRecord& response : record->responses)
    if (response.stands) answers.push_back(response.by.value());
  Facts facts{{"state", !record->registered ? "not known"
                        : record->stands    ? "recorded"
                                            : "taken back"},
              {"severity", std::string(spell(record->severity))},
              {"text", record->text},
              {"responses", std::to_string(answers.size())}};
  if (!answers.empty()) facts["answered_by"] = answers.back();
  return facts;
}

std::optional<Facts> rate_facts(const Shown& shown, const std::string& name) {
  const auto record = read_record<RateRecord>(shown.views, name);
  if (!record) return std::nullopt;
  const RateRecording* current = record->current();
  if (current == nullptr) return Facts{{"state", "none"}};
  return Facts{{"state", current->rate.value()}, {"source", current->source}};
}

std::optional<Facts> attestation_facts(const Shown& shown, const std::string& label) {
  const auto event = record_of_event<EventRecord>(shown, label);
  if (!event) return std::nullopt;
  const auto record = read_record<AttestationRecord>(
      shown.views,
      event->author.value() + "/" + event_name(shown.labels.events.find(label)->second));
  if (!record) return std::nullopt;
  return Facts{{"state", !record->stands  ? "taken back"
                         : record->agrees ? "agrees"
                                          : "differs"},
               {"figures", std::to_string(record->figures.size())}};
}

}  // namespace

std::optional<Facts> facts_of(const Shown& shown, const std::string& what,
                              const std::string& name) {
  if (const auto listing = kListings.find(what); listing != kListings.end())
    return listed(shown, listing->second, name);
  if (what == "event") return event_facts(shown, name);
  if (what == "dispute") return dispute_facts(shown, name);
  if (what == "finding") return finding_facts(shown, name);
  if (what == "rate") return rate_facts(shown, name);
  if (what == "attestation") return attestation_facts(shown, name);
  throw std::invalid_argument("there is no word `" + what + "` for a thing to look at");
}

std::vector<std::string> exceptions_of(const Shown& shown) {
  std::vector<std::string> out;
  const std::string prefix(ExceptionRecord::kPrefix);
  shown.views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    const auto record = decode_record<ExceptionRecord>(value);
    out.push_back(with_labels(shown.labels, std::string(key.substr(prefix.size()))) + " " +
                  std::string(spell(record.state)));
    return ViewReader::Next::go_on;
  });
  return out;
}

std::string sentence_of(const Shown& shown, const std::string& exception) {
  std::string found;
  const std::string prefix(ExceptionRecord::kPrefix);
  shown.views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    if (with_labels(shown.labels, std::string(key.substr(prefix.size()))) != exception)
      return ViewReader::Next::go_on;
    found = with_labels(shown.labels, decode_record<ExceptionRecord>(value).text);
    return ViewReader::Next::stop;
  });
  return found;
}

std::vector<std::string> ladder_of(const Shown& shown, const std::string& party) {
  std::vector<std::string> out;
  for (const LadderRow& row : make_ladder(shown.views, PartyId(party), Parts::left_out).rows) {
    std::string line =
        std::to_string(row.year.value()) + " " + std::string(currency_code(row.currency));
    const auto add = [&](std::string_view name, std::int64_t minor) {
      if (minor != 0)
        line += " " + std::string(name) + "=" + format_amount(AmountMinor(minor), row.currency);
    };
    for (std::size_t i = 0; i < row.rungs.size(); ++i) add(Spelling<Rung>::kNames[i], row.rungs[i]);
    for (std::size_t i = 0; i < row.losses.size(); ++i)
      add(Spelling<Loss>::kNames[i], row.losses[i]);
    out.push_back(std::move(line));
  }
  return out;
}

std::string trail_of(const Shown& shown, const std::string& party) {
  std::string out;
  const Bytes prefix = trail_prefix(PartyId(party));
  shown.views.scan(prefix, after_prefix(prefix), [&](BytesView, BytesView value) {
    const auto record = decode_record<TrailRecord>(value);
    if (!out.empty()) out += ", ";
    out += type_names()[record.type - 1u];
    if (record.effect != Effect::applied) out += " (" + std::string(spell(record.effect)) + ")";
    return ViewReader::Next::go_on;
  });
  return out;
}

std::string with_labels(const Labels& labels, std::string text) {
  const auto replace = [&](const std::string& spelled, const std::string& label) {
    for (auto at = text.find(spelled); at != std::string::npos; at = text.find(spelled, at))
      text.replace(at, spelled.size(), label);
  };
  for (const auto& [label, id] : labels.events) {
    replace(format_uuid(id), label);
    replace(event_name(id), label);
  }
  for (const auto& [label, key] : labels.keys) replace(key_name(key), label);
  return text;
}

}  // namespace tallinn::scenarios
