// The withheld values of an event, as the command line asks for them: of a node, with a request
// that a party's key signs, or of a data directory, whose operator holds them anyway. Shell. One
// thread.
#pragma once

#include <boost/json.hpp>

#include "ledger/value_statement.h"
#include "projections/disclosure.h"
#include "tools/ledger_reader.h"

namespace tallinn {

/// Who asks, signs and states.
struct PartyKey {
  PartyId party;
  SigningKey key;
};
/// Error unauthorised: it is not a party's key, or needs a passphrase.
Result<PartyKey> load_party_key(const std::string& path, const std::string& passphrase_file);

class WithheldValues {
 public:
  virtual ~WithheldValues() = default;
  virtual const Charter& charter() const = 0;
  /// [{"field","tlp","state"}] of what the key is shown; not_found: nothing.
  virtual Result<boost::json::array> list(const Uuid& event, const PartyKey& asker,
                                          UnixMillis now) = 0;
  /// Proven against the commitment, and signed by `asker` as the one who discloses it.
  virtual Result<Disclosure> disclose(const Uuid& event, const Name& field, const PartyKey& asker,
                                      UnixMillis now) = 0;
};
Result<std::unique_ptr<WithheldValues>> open_withheld_values(const ReaderOptions& from);

/// The signed statement that has the value erased. The commitment is that of the event as the node
/// tells it.
Result<std::string> make_erasure(const std::string& node, const Uuid& event, const Name& field,
                                 const PartyKey& author, UnixMillis now);
/// "erased on 2026-03-01 by UA": what that node keeps.
Result<std::string> erase_at(const std::string& node, const std::string& statement);

}  // namespace tallinn
