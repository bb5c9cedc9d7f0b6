// Metrics: what the node counts, as Prometheus text.
// Thread-safe. Counters belong to one Metrics object; gauges are set when they are asked for.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "net/head.h"

namespace tallinn {

struct NodeStatus;

/// Seconds since a cosignature; negative when it lies ahead of this clock.
std::int64_t age_s(UnixSeconds cosigned, UnixMillis now);

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// `route`: the pattern, never what the client sent; the text must stay as long as this object.
  void answered(std::string_view route, unsigned status);
  void admitted();
  void known();
  void refused(std::string_view code);
  /// Everything counted, and the gauges of now, in the text format 0.0.4.
  std::string text(const Head& head, const Charter& charter, const NodeStatus& status,
                   std::size_t waiting, UnixMillis now);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tallinn
