// HttpLoad: asks one HTTP server for one target again and again over kept connections, and counts
// the answers. Shell: sockets; one thread, which is the caller's. Costs the client as little as it
// can, for it shares the machine with the server that is measured.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tallinn::bench {

/// What is asked of whom: a server on 127.0.0.1.
struct HttpAsked {
  unsigned short port = 0;
  std::string target;
};

/// The body of one answer. Exits with a message when there is none of status 200.
std::string fetch_once(const HttpAsked& asked);

/// Answers a second over `connections`, each of which asks again as soon as it has its answer, for
/// that long. Every answer must be a 200 of `body_bytes`; exits with a message at one that is not.
double answers_per_second(const HttpAsked& asked, unsigned connections, std::size_t body_bytes,
                          std::chrono::milliseconds for_how_long);

}  // namespace tallinn::bench
