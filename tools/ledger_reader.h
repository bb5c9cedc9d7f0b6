// LedgerReader: what the looking commands ask, of a node over HTTP or of a data directory; both
// answer the same JSON. Shell. One thread.
#pragma once

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "events/result.h"
#include "events/strong.h"
#include "ledger/charter.h"
#include "ledger/store_db.h"

namespace CLI {
class App;
}

namespace tallinn {

/// What was asked for, and how much was known: asked for again with --known-on `sizes`, the same
/// comes out.
struct Report {
  boost::json::array items;
  std::string sizes;  ///< "kyiv/1:120,warsaw/1:98"
};

class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  /// Every record of a listing; `kind` as in projections/queries.h.
  virtual Result<Report> list(std::string_view kind) = 0;
  /// Each a day or a party, or empty.
  virtual Result<Report> corrections(std::string_view since, std::string_view party) = 0;
  virtual Result<Report> trail(const PartyId& party) = 0;
  virtual Result<Report> ladder(const PartyId& party) = 0;
  virtual Result<Report> ladder_in(const PartyId& party, std::string_view currency) = 0;
  virtual Result<Report> ladder_events(const PartyId& party, std::string_view figure) = 0;
  /// `name`: "<office>/<epoch>/<index>" or an event id.
  virtual Result<boost::json::object> event(std::string_view name) = 0;
  /// The trail bundle's file.
  virtual Result<std::string> bundle(const PartyId& party) = 0;
};

/// Where a report stands on two clocks (projections/standpoint.h): --as-of and --known-on.
struct StandpointOptions {
  std::string as_of;     ///< a day, or empty
  std::string known_on;  ///< a day or sizes, or empty

  bool asks_now() const { return as_of.empty() && known_on.empty(); }
};
void add_standpoint_options(CLI::App& command, StandpointOptions& options);

/// The options --node URL and --data DIR, of which exactly one must be given, and the standpoint.
struct ReaderOptions : StandpointOptions {
  std::string node;
  std::string data;
};
void add_reader_options(CLI::App& command, ReaderOptions& options);
Result<std::unique_ptr<LedgerReader>> open_reader(const ReaderOptions& options);

/// A node over HTTP.
Result<std::unique_ptr<LedgerReader>> open_node_reader(const ReaderOptions& options);
/// A data directory that no node is writing to, or that one is (what was committed when it was
/// opened).
Result<std::unique_ptr<LedgerReader>> open_data_reader(const ReaderOptions& options);

/// The charter as the node or the data directory has it: not trusted by whoever has a copy.
Result<Charter> charter_of(const ReaderOptions& options);
Result<Charter> charter_of_node(const std::string& url);
Result<Charter> charter_of_store(const StoreReader& store);

/// The store of `folder`: a node's folder, its data folder or the database itself. Error
/// unavailable when there is none.
Result<std::string> find_store(const std::string& folder);

}  // namespace tallinn
