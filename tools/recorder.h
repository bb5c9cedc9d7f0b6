// Recorder: makes events from lines, signs them, submits them to the right office, and says what
// became of each. Shell; network, clock, randomness and pauses come in. One thread. Rules:
// docs/interface.md, "Commands".
#pragma once

#include <filesystem>
#include <functional>
#include <map>

#include "events/json.h"
#include "net/http.h"
#include "net/submission.h"
#include "projections/roster.h"
#include "tools/key_folder.h"
#include "tools/language/language.h"

namespace tallinn {

/// Where requests go: over HTTP in the command, scripted in tests.
class NodePort {
 public:
  virtual ~NodePort() = default;
  /// Any status is an answer; Error unavailable when there is none.
  virtual Result<HttpResponse> request(const std::string& url, const HttpRequest& request) = 0;
};

struct RecordOutcome {
  enum class Kind : std::uint8_t { recorded, refused, waiting } kind = Kind::refused;
  std::string line;  ///< what `record` prints for the event, without line end
};

/// "refused <which> <code> <why>"; in Ukrainian the code is told in words too.
std::string refused_line(const std::string& which, const Error& error, Language language);

class Recorder {
 public:
  struct Options {
    std::string node;                       ///< URL that events go to first
    std::string node_name;                  ///< its office, for `waiting`
    std::filesystem::path receipts;         ///< folder for <id>.tlog-proof; empty: none are kept
    Language language = Language::english;  ///< of the reason why one is refused
  };
  struct Surroundings {
    std::function<UnixMillis()> clock;
    std::function<void(std::span<std::uint8_t>)> random;
    std::function<void(int ms)> pause;
  };
  /// `port` and `keys` must outlive it.
  Recorder(NodePort& port, const KeyFolder& keys, Charter charter, Options options,
           Surroundings surroundings);

  /// `number`: of the line, for refusals of lines without a readable event.
  RecordOutcome record(std::string_view line, std::uint64_t number);

 private:
  struct Prepared {
    Uuid id;
    std::string type;
    Submission submission;
  };
  /// Where an event goes, and who that is.
  struct Home {
    std::string url;
    std::string office;
  };

  RecordOutcome refused(const std::string& which, const Error& error) const;
  std::expected<Prepared, RecordOutcome> prepare(std::string_view line, std::uint64_t number);
  Result<std::vector<PartyId>> signers_of(const EventDraft& draft) const;
  RecordOutcome submit(const Prepared& prepared);
  RecordOutcome accept(const Prepared& prepared, const HttpResponse& response,
                       const std::string& url);
  /// The governance chain as that node has it.
  Result<Roster> roster_of(const std::string& url);
  /// Nothing from an office that cannot be reached or stays behind, nor for five seconds after
  /// that.
  std::optional<HttpResponse> send(const Home& home, const std::string& body);
  HttpRequest request_with(const std::string& body) const;

  NodePort& port_;
  const KeyFolder& keys_;
  Charter charter_;
  Roster roster_;  ///< whose keys sign receipts; learned anew when one does not hold
  Options options_;
  Surroundings surroundings_;
  std::map<std::string, Home> homes_;              ///< by type: where the last one of it belonged
  std::map<std::string, UnixMillis> in_trouble_;   ///< by URL: since when
  std::map<std::string, std::uint64_t> answered_;  ///< by origin: size that has answered
};

}  // namespace tallinn
