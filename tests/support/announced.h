// What a generated history announces, beside what offices and views say.
#pragma once

#include <map>
#include <string>

#include "projections/event_records.h"
#include "projections/record_keys.h"
#include "projections/views.h"
#include "tests/ledger/keys_for_tests.h"
#include "tools/generator/signing.h"

namespace tallinn::test {

/// Id of an exception to "open" or "resolved".
using Exceptions = std::map<std::string, std::string>;

class Announced {
 public:
  void add(const generator::GivenEvent& given) {
    for (const std::string& id : given.expected.opens) exceptions_[id] = "open";
    for (const std::string& id : given.expected.ends) exceptions_.erase(id);
    for (const std::string& id : given.expected.resolves) exceptions_[id] = "resolved";
  }
  template <class T>
  static bool agrees(const generator::GivenEvent& given, const Result<T>& outcome) {
    return outcome ? !given.expected.refused : given.expected.refused == outcome.error().code;
  }
  const Exceptions& exceptions() const { return exceptions_; }

 private:
  Exceptions exceptions_;
};

template <class T>
std::string outcome_text(const Result<T>& outcome) {
  return outcome ? "recorded"
                 : std::string(code_name(outcome.error().code)) + ": " + outcome.error().detail;
}

inline Exceptions exceptions_in(ViewReader& views) {
  Exceptions out;
  const Bytes prefix(ExceptionRecord::kPrefix);
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    const auto record = decode_record<ExceptionRecord>(value);
    out[std::string(key.substr(prefix.size()))] =
        record.state == ExceptionState::resolved ? "resolved" : "open";
    return ViewReader::Next::go_on;
  });
  return out;
}

/// What only one of them has, or has otherwise.
inline std::string difference_of(const Exceptions& found, const Exceptions& announced) {
  std::string out;
  for (const auto& [id, state] : found)
    if (!announced.contains(id) || announced.at(id) != state)
      out += "found " + id + " " + state + "\n";
  for (const auto& [id, state] : announced)
    if (!found.contains(id) || found.at(id) != state) out += "announced " + id + " " + state + "\n";
  return out;
}

/// Keys made from names, each once.
inline generator::KeyOf keys_by_name() {
  auto made = std::make_shared<std::map<PartyId, SigningKey>>();
  return [made](const PartyId& party) -> const SigningKey& {
    return made->try_emplace(party, test_key(party.value())).first->second;
  };
}

}  // namespace tallinn::test
