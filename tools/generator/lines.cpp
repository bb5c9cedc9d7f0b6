#include "tools/generator/lines.h"

#include "events/json_codec.h"

namespace tallinn::generator {

std::string event_line(const GivenEvent& given) {
  json::object line = json::parse(event_to_json(given.draft.event)).as_object();
  line["signers"] = json_of(given.draft.signers);
  if (!given.draft.withhold.empty()) {
    json::object values;
    for (const Withholding& one : given.draft.withhold)
      values[one.field.value()] = {{"tlp", json_of(one.tlp)}, {"value", json_of(one.value)}};
    line["withhold"] = std::move(values);
  }
  return json::serialize(line);
}

std::string expected_line(const GivenEvent& given) {
  json::object line{{"id", format_uuid(given.draft.event.id)},
                    {"day", format_day(given.day)},
                    {"office", spell(given.office)}};
  const Expected& expected = given.expected;
  if (expected.refused) line["refused"] = code_name(*expected.refused);
  for (const auto& [name, ids] : {std::pair{"opens", &expected.opens},
                                  {"ends", &expected.ends},
                                  {"resolves", &expected.resolves}})
    if (!ids->empty()) line[name] = json_of(*ids);
  return json::serialize(line);
}

}  // namespace tallinn::generator
