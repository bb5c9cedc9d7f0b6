#include "tests/scenarios/domain_tables.h"

#include <algorithm>

#include "events/event.h"
#include "projections/event_rules.h"
#include "projections/exceptions.h"
#include "projections/ladder.h"

namespace tallinn::scenarios {
namespace {

constexpr std::string_view kHomes[] = {"any office", "front office", "back office",
                                       "as what it corrects"};
constexpr std::string_view kSignings[] = {"its author",
                                          "the quorum",
                                          "the quorum, or the key itself",
                                          "its author, a coordinator",
                                          "recipient and deliverer",
                                          "recipient and front office",
                                          "both offices"};

std::string quoted(std::string_view name) {
  return "`" + std::string(name) + "`";
}

std::string roles_text(RoleSet roles) {
  constexpr auto kNames = Spelling<Role>::kNames;
  std::string out;
  std::size_t count = 0;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((roles & role_bit(static_cast<Role>(i + 1))) == 0) continue;
    out += (out.empty() ? "" : ", ") + quoted(kNames[i]);
    ++count;
  }
  return count == kNames.size() ? "any" : out;
}

std::string fields_text(std::string_view type) {
  std::string out;
  const auto body = body_of_type(type);
  std::visit(
      [&](const auto& of) {
        for_each_field<std::remove_cvref_t<decltype(of)>>([&](const auto& f, std::size_t) {
          using Member = std::remove_cvref_t<decltype(of.*f.member)>;
          if (!out.empty()) out += ", ";
          out += f.name;
          if constexpr (is_optional<Member>) out += "?";
          if constexpr (is_vector<Member>) out += "[]";
        });
      },
      static_cast<const BodyVariant&>(*body));
  return out;
}

std::string events_table() {
  std::string out =
      "| event | fields | where | signed by | role of the key |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const std::string_view type : type_names()) {
    const EventRule& rule = rule_of(*body_of_type(type));
    out += "| " + std::string(type) + " | " + fields_text(type) + " | " +
           std::string(kHomes[static_cast<std::size_t>(rule.home)]) + " | " +
           std::string(kSignings[static_cast<std::size_t>(rule.signing)]) + " | " +
           roles_text(rule.roles) + " |\n";
  }
  return out;
}

std::string refusals_line() {
  std::string out;
  for (auto code = Code::malformed; code <= Code::invalid_transition;
       code = static_cast<Code>(static_cast<int>(code) + 1))
    out += (out.empty() ? "" : ", ") + quoted(code_name(code));
  return out;
}

template <class E>
std::string row_of(std::string_view what) {
  std::string out = "| " + std::string(what) + " | ";
  bool first = true;
  for (const std::string_view name : Spelling<E>::kNames) {
    out += (first ? "" : ", ") + quoted(name);
    first = false;
  }
  return out + " |\n";
}

}  // namespace

std::string domain_tables() {
  return "\n### Events\n\n" + events_table() +
         "\nBeyond the role, the author must be the party that the event's subject names (section "
         "2).\n"
         "\n### Refusals, in the order in which they are checked\n\n" +
         refusals_line() + "\n\n### States and closed lists\n\n| list | values |\n| --- | --- |\n" +
         row_of<ExceptionCode>("exceptions") + row_of<ExceptionState>("state of an exception") +
         row_of<Effect>("effect of an event") + row_of<NeedState>("state of a need that is set") +
         row_of<PledgeState>("state of a pledge that is set") +
         row_of<MovementKind>("movements that sums are made of") +
         row_of<Rung>("rungs of the ladder") + row_of<Loss>("losses between them") +
         row_of<PartyKind>("kind of party") + row_of<Role>("role of a key") +
         row_of<NeedKind>("kind of need") + row_of<Sector>("sector") + row_of<Urgency>("urgency") +
         row_of<NeedOutcome>("outcome") + row_of<Mode>("mode") + row_of<Side>("side") +
         row_of<Unit>("unit") + row_of<Condition>("condition") +
         row_of<CheckMethod>("method of a check") + row_of<ValuationBasis>("basis of a value") +
         row_of<ErrorReason>("reason of an error") + row_of<Severity>("severity") +
         row_of<Tlp>("label of a withheld value") + "\n";
}

}  // namespace tallinn::scenarios
