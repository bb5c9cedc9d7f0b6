// HeadLimit: how long the head of an HTTP message may be. Beast's own limit is compared with what
// is not parsed yet: whoever sends lines so short that each is parsed by the time of the next one
// never comes near it. Pure. Private to net/http_*.
#pragma once

#include <boost/beast/http/basic_parser.hpp>

namespace tallinn {

class HeadLimit {
 public:
  explicit HeadLimit(std::size_t most_bytes) : most_(most_bytes) {}
  /// After each `put` of a parser that is not eager, until it has the head: `taken` is what that
  /// answered, `left` what it left of the bytes that have come, which are of the head too as long
  /// as that has no end. False: it is longer.
  template <bool kIsRequest>
  bool holds(const boost::beast::http::basic_parser<kIsRequest>& parser, std::size_t taken,
             std::size_t left) {
    taken_ += taken;
    return taken_ + (parser.is_header_done() ? 0 : left) <= most_;
  }

 private:
  std::size_t most_;
  std::size_t taken_ = 0;
};

}  // namespace tallinn
