// A session that has met its peer, and what it says to do.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include "net/session.h"

namespace tallinn::test {

inline const LogId kLog{OfficeNumber(0), Epoch(1)};
inline constexpr UnixMillis kStart{1'000'000};

inline Hello hello_of(const std::string& name, std::uint64_t size) {
  return {kPeerVersion, LedgerId{}, name, {{kLog, LogSize(size)}}};
}

template <class T>
std::vector<T> of_kind(const std::vector<SessionCommand>& commands) {
  std::vector<T> out;
  for (const SessionCommand& command : commands)
    if (const T* one = std::get_if<T>(&command)) out.push_back(*one);
  return out;
}

/// A session that has met its peer, which holds `peer_size` entries of the log.
inline Session met(std::uint64_t size, std::uint64_t peer_size) {
  Session session(hello_of("kyiv", size), "warsaw", {}, kStart);
  session.start();
  session.on_bytes(encode_frame(hello_of("warsaw", peer_size)), kStart);
  return session;
}

/// What of the peer ended it; nothing when it is not ended.
inline std::optional<PeerFault> close_fault(Session& session) {
  const auto closed = of_kind<CloseSession>(session.take_commands());
  if (closed.size() != 1) return std::nullopt;
  CHECK_FALSE(closed[0].reason.empty());
  return closed[0].fault;
}

inline UnixMillis after_ms(std::int64_t ms) {
  return UnixMillis(kStart.value() + ms);
}

/// How much of what is sent is these very frames.
inline std::size_t count_sent(const std::vector<SessionCommand>& commands, const Frame& frame) {
  const Bytes bytes = encode_frame(frame);
  return static_cast<std::size_t>(
      std::ranges::count(of_kind<SendBytes>(commands), bytes, &SendBytes::bytes));
}

}  // namespace tallinn::test
