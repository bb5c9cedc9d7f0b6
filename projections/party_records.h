// View records of governance: parties, keys, offices, logs, exchange rates.
// Pure values. Keys: party/<ID>, key/<hex public key>, office/<hex u16>, log/<hex u16 u32>,
// rate/<base>-<quote>-<date>.
#pragma once

#include "events/governance.h"
#include "projections/record_codec.h"

namespace tallinn {

struct PartyRecord {
  static constexpr std::string_view kPrefix = "party/";
  Uuid event;
  PartyKind kind{};
  Bilingual name;
  std::optional<std::string> country;
  std::vector<std::string> identifiers;
  bool withdrawn = false;
  static constexpr auto fields() {
    return std::tuple{member("event", &PartyRecord::event),
                      member("kind", &PartyRecord::kind),
                      member("name", &PartyRecord::name),
                      member("country", &PartyRecord::country),
                      member("identifiers", &PartyRecord::identifiers),
                      member("withdrawn", &PartyRecord::withdrawn)};
  }
};

/// A key was given roles: by the charter (no place) or by an entry, until its party withdrew.
struct Enrolment {
  std::optional<Place> place;
  std::vector<Role> roles;
  std::optional<Place> ended;
  static constexpr auto fields() {
    return std::tuple{member("place", &Enrolment::place), member("roles", &Enrolment::roles),
                      member("ended", &Enrolment::ended)};
  }
};

struct Revocation {
  Place place;
  Uuid event;
  std::optional<When> compromised_since;
  static constexpr auto fields() {
    return std::tuple{member("place", &Revocation::place), member("event", &Revocation::event),
                      member("compromised_since", &Revocation::compromised_since)};
  }
};

struct KeyRecord {
  static constexpr std::string_view kPrefix = "key/";
  std::optional<PartyId> owner;  ///< nothing: revoked before it was ever enrolled
  std::vector<Enrolment> enrolments;
  std::vector<Revocation> revocations;
  static constexpr auto fields() {
    return std::tuple{member("owner", &KeyRecord::owner),
                      member("enrolments", &KeyRecord::enrolments),
                      member("revocations", &KeyRecord::revocations)};
  }
};

struct OfficeRecord {
  static constexpr std::string_view kPrefix = "office/";
  std::string name;
  OfficeRole role{};
  LogId current;
  bool in_force = true;  ///< its current log is not sealed
  static constexpr auto fields() {
    return std::tuple{member("name", &OfficeRecord::name), member("role", &OfficeRecord::role),
                      member("current", &OfficeRecord::current),
                      member("in_force", &OfficeRecord::in_force)};
  }
};

struct LogRecord {
  static constexpr std::string_view kPrefix = "log/";
  PublicKey log;
  PublicKey witness;
  PublicKey state;
  PublicKey transport;
  Lamport after;      ///< its entries have Lamport times above it
  Lamport opened_at;  ///< of its LogOpened; 0 for the first epoch
  std::optional<LogPrefix> sealed;
  Lamport sealed_at;    ///< of its LogSealed, or of the LogOpened that sealed it
  LogSize depended_on;  ///< what the changes of offices and logs so far stand in or have seen of it
  static constexpr auto fields() {
    return std::tuple{member("log", &LogRecord::log),
                      member("witness", &LogRecord::witness),
                      member("state", &LogRecord::state),
                      member("transport", &LogRecord::transport),
                      member("after", &LogRecord::after),
                      member("opened_at", &LogRecord::opened_at),
                      member("sealed", &LogRecord::sealed),
                      member("sealed_at", &LogRecord::sealed_at),
                      member("depended_on", &LogRecord::depended_on)};
  }
};

struct RateRecording {
  Uuid event;
  DecimalRate rate;
  std::string source;
  bool stands = true;  ///< false: declared wrong
  static constexpr auto fields() {
    return std::tuple{member("event", &RateRecording::event), member("rate", &RateRecording::rate),
                      member("source", &RateRecording::source),
                      member("stands", &RateRecording::stands)};
  }
};

/// Everything recorded of one pair and day, in order; the last one that stands is the rate.
struct RateRecord {
  static constexpr std::string_view kPrefix = "rate/";
  std::vector<RateRecording> recordings;
  /// Null when none stands.
  const RateRecording* current() const {
    for (auto one = recordings.rbegin(); one != recordings.rend(); ++one)
      if (one->stands) return &*one;
    return nullptr;
  }
  static constexpr auto fields() {
    return std::tuple{member("recordings", &RateRecord::recordings)};
  }
};

}  // namespace tallinn
