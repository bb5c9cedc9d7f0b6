// The contradictions that this node has met: a list, and each one whole.
#include <boost/json.hpp>

#include "net/kept_evidence.h"
#include "net/problem.h"
#include "net/routes_table.h"

namespace tallinn {

HttpResponse answer_evidence_list(const RouteCall& call) {
  const auto kept = kept_evidence(*call.head->snapshot);
  if (!kept) return fault_response(kept.error());
  boost::json::array items;
  for (const KeptEvidence& one : *kept) items.push_back(evidence_json(one, call.charter()));
  return json_response({{"items", std::move(items)}});
}

HttpResponse answer_evidence(const RouteCall& call) {
  const auto kept = kept_evidence(*call.head->snapshot);
  if (!kept) return fault_response(kept.error());
  for (const KeptEvidence& one : *kept)
    if (one.sha256 == call.args[0]) return {.body = one.text};
  return problem({.code = Code::not_found, .detail = "this node keeps no such evidence"});
}

}  // namespace tallinn
