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
  template <class Self = PartyRecord>
  static constexpr auto fields() {
    return std::tuple{member("event", &Self::event),
                      member("kind", &Self::kind),
                      member("name", &Self::name),
                      member("country", &Self::country),
                      member("identifiers", &Self::identifiers),
                      member("withdrawn", &Self::withdrawn)};
  }
};

/// A key was given roles: by the charter (no place) or by an entry, until its party withdrew.
struct Enrolment {
  std::optional<Place> place;
  std::vector<Role> roles;
  std::optional<Place> ended;
  template <class Self = Enrolment>
  static constexpr auto fields() {
    return std::tuple{member("place", &Self::place), member("roles", &Self::roles),
                      member("ended", &Self::ended)};
  }
};

struct Revocation {
  Place place;
  Uuid event;
  std::optional<When> compromised_since;
  template <class Self = Revocation>
  static constexpr auto fields() {
    return std::tuple{member("place", &Self::place), member("event", &Self::event),
                      member("compromised_since", &Self::compromised_since)};
  }
};

struct KeyRecord {
  static constexpr std::string_view kPrefix = "key/";
  std::optional<PartyId> owner;  ///< nothing: revoked before it was ever enrolled
  std::vector<Enrolment> enrolments;
  std::vector<Revocation> revocations;
  template <class Self = KeyRecord>
  static constexpr auto fields() {
    return std::tuple{member("owner", &Self::owner), member("enrolments", &Self::enrolments),
                      member("revocations", &Self::revocations)};
  }
};

struct OfficeRecord {
  static constexpr std::string_view kPrefix = "office/";
  std::string name;
  OfficeRole role{};
  LogId current;
  bool in_force = true;  ///< its current log is not sealed
  template <class Self = OfficeRecord>
  static constexpr auto fields() {
    return std::tuple{member("name", &Self::name), member("role", &Self::role),
                      member("current", &Self::current), member("in_force", &Self::in_force)};
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
  template <class Self = LogRecord>
  static constexpr auto fields() {
    return std::tuple{member("log", &Self::log),
                      member("witness", &Self::witness),
                      member("state", &Self::state),
                      member("transport", &Self::transport),
                      member("after", &Self::after),
                      member("opened_at", &Self::opened_at),
                      member("sealed", &Self::sealed),
                      member("sealed_at", &Self::sealed_at),
                      member("depended_on", &Self::depended_on)};
  }
};

struct RateRecording {
  Uuid event;
  DecimalRate rate;
  std::string source;
  bool stands = true;  ///< false: declared wrong
  template <class Self = RateRecording>
  static constexpr auto fields() {
    return std::tuple{member("event", &Self::event), member("rate", &Self::rate),
                      member("source", &Self::source), member("stands", &Self::stands)};
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
  template <class Self = RateRecord>
  static constexpr auto fields() {
    return std::tuple{member("recordings", &Self::recordings)};
  }
};

}  // namespace tallinn
