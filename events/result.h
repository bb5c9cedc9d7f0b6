// Result: how every function answers that can refuse its input.
// Pure. An Error is a refusal of input (an event, a note, a file, a command): a code, one sentence,
// and the field it is about. A broken store is not an Error but a ledger Fault (ledger/fault.h):
// the two never mix.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace tallinn {

/// Why something was refused. The first ten are the admission codes of docs/domain.md, in the order
/// they are checked.
enum class Code : std::uint8_t {
  malformed,           ///< not canonical, too long, other ledger, unknown type, unreadable text
  id_conflict,         ///< the id is known with other bytes
  wrong_office,        ///< a decision that belongs to the other office
  behind,              ///< this node has not yet what the client has seen
  needs_two_parties,   ///< too few distinct parties signed
  unauthorised,        ///< signature bad, key unknown or revoked, role missing, wrong party
  unknown_reference,   ///< a decision names something that is not known here
  invalid_value,       ///< amount, unit, currency, date or text out of its bounds
  overdrawn,           ///< would overdraw a balance
  invalid_transition,  ///< the state does not allow it
  not_appending,       ///< this node serves reads only; the detail says why and what to do
  not_found,           ///< no such record, entry or route
  failed,              ///< checked and found false: a proof, root or signature that does not hold
  unavailable,         ///< could not: network, file or peer
};

/// The code as it stands in answers and documents, for example "invalid_value".
std::string_view code_name(Code code);

struct Error {
  Code code = Code::malformed;
  std::string detail;  ///< one sentence for a person, without a final full stop
  std::string field =
      {};  ///< dotted path of the field at fault, for example "body.value.amount"; may be empty
  std::string office = {};  ///< wrong_office: the home office's name; of a note: whose it is
  std::string url = {};     ///< wrong_office only: its HTTP address, as configured

  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

/// Shorthand: `return refuse(Code::malformed, "not JSON");`
inline std::unexpected<Error> refuse(Code code, std::string detail, std::string field = {}) {
  return std::unexpected(
      Error{.code = code, .detail = std::move(detail), .field = std::move(field)});
}

}  // namespace tallinn
