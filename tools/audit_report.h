// How an audit's report is told: as text for a person, as JSON for a machine.
// Pure.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "tools/audit.h"
#include "tools/language/language.h"

namespace tallinn {

/// What the report was made from.
struct AuditInputs {
  std::string source;
  std::string charter_sha256;  ///< hex
};
std::string format_report(const AuditReport& report, Language language = Language::english);
boost::json::object report_json(const AuditReport& report, const AuditInputs& inputs);

}  // namespace tallinn
