#include "net/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>

#include "net/routes.h"

namespace tallinn {
namespace {

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

using Gauges = prometheus::Family<prometheus::Gauge>;
using Counters = prometheus::Family<prometheus::Counter>;

Gauges& gauges(prometheus::Registry& registry, std::string name, std::string help) {
  return prometheus::BuildGauge().Name(std::move(name)).Help(std::move(help)).Register(registry);
}
Counters& counters(prometheus::Registry& registry, std::string name, std::string help) {
  return prometheus::BuildCounter().Name(std::move(name)).Help(std::move(help)).Register(registry);
}

}  // namespace

struct Metrics::Impl {
  std::mutex telling;  ///< one text at a time: two would count what happened between them twice
  prometheus::Registry registry;
  Counters& requests = counters(registry, "tallinn_http_requests_total",
                                "HTTP requests answered, by route and status");
  Counters& submissions =
      counters(registry, "tallinn_submissions_total", "Events submitted, by what became of them");
  Gauges& log_entries = gauges(registry, "tallinn_log_entries", "Entries held of each log");
  Gauges& log_replicated = gauges(registry, "tallinn_log_replicated_entries",
                                  "Entries that every other office has cosigned");
  Gauges& lamport =
      gauges(registry, "tallinn_lamport", "Lamport times: the last one held, and the settled one");
  Gauges& appending = gauges(registry, "tallinn_appending", "1 while this node admits events");
  Gauges& log_frozen =
      gauges(registry, "tallinn_log_frozen", "1 while there is evidence against the log's key");
  Gauges& cosignature_age =
      gauges(registry, "tallinn_cosignature_age_seconds",
             "Since the newest cosignature of a log by an office or a mirror");
  Gauges& standing = gauges(registry, "tallinn_standing",
                            "1 for what the node may do with its own log, by name, 0 for the rest");
  Gauges& queue = gauges(registry, "tallinn_commit_queue", "Jobs that wait for the committer");
  Gauges& peer_connected =
      gauges(registry, "tallinn_peer_connected", "1 while the peer is connected");
  Gauges& peer_lag = gauges(registry, "tallinn_peer_lag_entries", "Entries that the peer lacks");
  Gauges& peer_lag_seconds = gauges(registry, "tallinn_peer_lag_seconds",
                                    "How old the oldest entry is here that the peer lacks");
  Gauges& peer_clock = gauges(registry, "tallinn_peer_clock_ahead_seconds",
                              "How far the peer's clock is ahead of this node's");
  Gauges& peer_bytes = gauges(registry, "tallinn_peer_bytes", "Bytes read from and written to it");
  Gauges& peers_refused = gauges(registry, "tallinn_peers_refused",
                                 "Connections that were ended for what the other side did wrong");
  Gauges& peer_reconnects =
      gauges(registry, "tallinn_peer_reconnects", "Connections to the peer that were lost");

  Gauges& rebuild_entries =
      gauges(registry, "tallinn_rebuild_entries",
             "Of a rebuild beside the node: entries folded, and to fold; 0 while there is none");
  Counters& rebuilds =
      counters(registry, "tallinn_rebuilds_total", "Rebuilds beside the node that were finished");
  Counters& rebuild_differences =
      counters(registry, "tallinn_rebuild_differences_total",
               "Records of the views that rebuilds beside the node found to be wrong");

  /// Kept beside the family, which makes labels of strings and hashes them for each look.
  prometheus::Counter& answered(std::string_view route, unsigned status) {
    const std::lock_guard lock(mutex);
    auto& counter = counters_of_answers[{route, status}];
    if (counter == nullptr)
      counter = &requests.Add({{"route", std::string(route)}, {"status", std::to_string(status)}});
    return *counter;
  }

 private:
  std::mutex mutex;
  std::map<std::pair<std::string_view, unsigned>, prometheus::Counter*> counters_of_answers;
};

namespace {

void raise_to(prometheus::Counter& counter, std::uint64_t value) {
  counter.Increment(std::max(0.0, number(value) - counter.Value()));
}

}  // namespace

std::int64_t age_s(UnixSeconds cosigned, UnixMillis now) {
  constexpr auto kFarthest = static_cast<std::uint64_t>(INT64_MAX / 4);
  return now.value() / 1'000 -
         static_cast<std::int64_t>(std::min<std::uint64_t>(cosigned.value(), kFarthest));
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::answered(std::string_view route, unsigned status) {
  impl_->answered(route, status).Increment();
}
void Metrics::admitted() {
  impl_->submissions.Add({{"outcome", "recorded"}}).Increment();
}
void Metrics::known() {
  impl_->submissions.Add({{"outcome", "known"}}).Increment();
}
void Metrics::refused(std::string_view code) {
  impl_->submissions.Add({{"outcome", std::string(code)}}).Increment();
}

std::string Metrics::text(const Head& head, const Charter& charter, const NodeStatus& status,
                          std::size_t waiting, UnixMillis now) {
  Impl& m = *impl_;
  const std::lock_guard lock(m.telling);
  for (const HeldLog& held : head.held)
    m.log_entries.Add({{"log", charter.origin(held.log)}}).Set(number(held.size.value()));
  for (const HeldLog& held : head.held)
    m.log_frozen.Add({{"log", charter.origin(held.log)}})
        .Set(head.frozen.contains(held.log) ? 1 : 0);
  for (const auto& [log, by] : head.cosigned)
    for (const auto& [who, cosigned] : by)
      if (cosigned.at != UnixSeconds(0))
        m.cosignature_age.Add({{"log", charter.origin(log)}, {"by", cosigner_name(who, charter)}})
            .Set(static_cast<double>(age_s(cosigned.at, now)));
  for (const auto& [log, size] : head.replicated)
    m.log_replicated.Add({{"log", charter.origin(log)}}).Set(number(size.value()));
  m.lamport.Add({{"kind", "last"}}).Set(number(head.last.value()));
  m.lamport.Add({{"kind", "settled"}}).Set(number(head.settled.value()));
  m.appending.Add({}).Set(head.standing == Standing::may_append && status.fault.empty() ? 1 : 0);
  for (std::uint8_t n = 0; n <= static_cast<std::uint8_t>(kLastStanding); ++n) {
    const auto standing = static_cast<Standing>(n);
    m.standing.Add({{"standing", std::string(spell(standing))}})
        .Set(standing == head.standing ? 1 : 0);
  }
  m.queue.Add({}).Set(number(waiting));
  const RebuildStatus& rebuild = status.rebuild;
  const bool rebuilding = rebuild.state == RebuildStatus::State::running;
  m.rebuild_entries.Add({{"of", "done"}}).Set(rebuilding ? number(rebuild.progress.done) : 0);
  m.rebuild_entries.Add({{"of", "all"}}).Set(rebuilding ? number(rebuild.progress.entries) : 0);
  raise_to(m.rebuilds.Add({}), rebuild.finished);
  raise_to(m.rebuild_differences.Add({}), rebuild.differences);
  for (const auto& peer : status.peers) {
    m.peer_connected.Add({{"peer", peer.name}}).Set(peer.connected ? 1 : 0);
    m.peer_lag.Add({{"peer", peer.name}}).Set(number(peer.lag_entries));
    m.peer_reconnects.Add({{"peer", peer.name}}).Set(number(peer.reconnects));
    if (peer.clock_ahead_ms)
      m.peer_clock.Add({{"peer", peer.name}})
          .Set(static_cast<double>(*peer.clock_ahead_ms) / 1'000);
    m.peer_lag_seconds.Add({{"peer", peer.name}}).Set(static_cast<double>(peer.lag_ms) / 1'000);
    m.peer_bytes.Add({{"peer", peer.name}, {"direction", "read"}}).Set(number(peer.bytes_read));
    m.peer_bytes.Add({{"peer", peer.name}, {"direction", "written"}})
        .Set(number(peer.bytes_written));
  }
  for (const auto& [fault, count] : status.refused_peers)
    m.peers_refused.Add({{"reason", std::string(fault)}}).Set(number(count));
  return prometheus::TextSerializer().Serialize(m.registry.Collect());
}

}  // namespace tallinn
