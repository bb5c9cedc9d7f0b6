// Promises: "entries of my own log from `own.size` on have a Lamport time above `lamport`; I
// durably hold these". Pure. A signed note by the office's state key, exchanged beside
// cosignatures, never in a log. Its text:
//   tallinn-ledger/promise@v1
//   ledger <hex id>
//   own <origin> <size> <base64 root>
//   lamport <L>
//   holds <origin> <size>              any number of these
#pragma once

#include <string>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/note.h"

namespace tallinn {

struct PromiseHolds {
  std::string origin;
  LogSize size;
  bool operator==(const PromiseHolds&) const = default;
};

struct Promise {
  LedgerId ledger;
  Checkpoint own;
  Lamport lamport;  ///< at most the greatest Lamport time the office durably holds
  std::vector<PromiseHolds>
      holds;  ///< other offices' logs, each at most once, by office, then epoch
  bool operator==(const Promise&) const = default;
};
/// The text only. Strict, at most 96 KiB, at most 1,024 `holds` lines. Code::malformed.
Result<Promise> parse_promise(std::string_view text);
std::string format_promise(const Promise& promise);

/// The whole note. Code::malformed, or Code::failed unless `state_key` signed it for this ledger.
Result<Promise> open_promise(std::string_view note, const LedgerId& ledger,
                             const VerifierKey& state_key);
std::string sign_promise(const Promise& promise, std::string key_name, const SigningKey& state_key);

}  // namespace tallinn
