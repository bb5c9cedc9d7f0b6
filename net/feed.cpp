#include "net/feed.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "events/json_codec.h"
#include "events/uuid.h"
#include "ledger/held_logs.h"
#include "ledger/text_lines.h"
#include "projections/fold.h"

namespace tallinn {
namespace {

namespace json = boost::json;

constexpr std::string_view kStart = "none";

/// How far the entries of a log have come at a head: where each level ends.
Stored<FeedPosition::Told> reach_of(const Head& head, const HeldLog& log) {
  const LogSize counted = head.roster.within(log);
  StoredLogs logs(*head.snapshot);
  const auto settled = logs.prefix_at(log.log, head.settled);
  if (!settled) return std::unexpected(settled.error());
  const auto replicated = head.replicated.find(log.log);
  FeedPosition::Told out{
      .held = log.size, .replicated = {}, .settled = std::min(*settled, counted)};
  if (replicated != head.replicated.end()) out.replicated = std::min(replicated->second, counted);
  out.replicated = std::max(out.replicated, out.settled);
  return out;
}

class PartWriter {
 public:
  PartWriter(Head& head, const Charter& charter, FeedPosition position, std::size_t limit)
      : head_(head),
        charter_(charter),
        logs_(*head.snapshot),
        part_{.text = {}, .position = std::move(position)},
        left_(limit) {}

  Stored<FeedPart> write() {
    std::vector<std::pair<LogId, FeedPosition::Told>> reaches;
    for (const HeldLog& log : head_.held) {
      const auto reach = reach_of(head_, log);
      if (!reach) return std::unexpected(reach.error());
      reaches.emplace_back(log.log, *reach);
    }
    if (auto told = tell_entries(); !told) return std::unexpected(told.error());
    for (const auto& [log, reach] : reaches)
      if (auto told = tell_levels(log, reach); !told) return std::unexpected(told.error());
    return std::move(part_);
  }

 private:
  Stored<OrderedEntry> entry_at(const Place& place) {
    const auto bytes = logs_.entry(place);
    if (!bytes) return std::unexpected(bytes.error());
    auto entry = make_ordered(*bytes, place.index);
    if (!entry) return broken(Fault::corrupt, "an entry does not decode");
    return *std::move(entry);
  }

  /// The next entries of each log, merged.
  Stored<void> tell_entries() {
    std::map<Position, OrderedEntry> next;
    const auto read_next = [&](LogId log, LogSize size) -> Stored<void> {
      const LogSize told = part_.position.logs[log].held;
      if (told >= size) return {};
      auto entry = entry_at({log, LogIndex(told.value())});
      if (!entry) return std::unexpected(entry.error());
      next.emplace(entry->position, *std::move(entry));
      return {};
    };
    for (const HeldLog& log : head_.held)
      if (auto read = read_next(log.log, log.size); !read) return read;
    while (!next.empty() && left_ > 0) {
      const auto first = next.extract(next.begin());
      const LogId log = first.key().place.log;
      tell_entry(first.mapped());
      if (auto read = read_next(log, head_.held_of(log)); !read) return read;
    }
    return {};
  }

  void tell_entry(const OrderedEntry& entry) {
    const Place& place = entry.position.place;
    const Level level = head_.level_of(entry.position);
    FeedPosition::Told& told = part_.position.logs[place.log];
    const LogSize behind(place.index.value() + 1);
    told.held = behind;
    // Told with its level, so that only what it becomes later is told again.
    if (level != Level::recorded && told.replicated.value() == place.index.value())
      told.replicated = behind;
    if (level == Level::settled && told.settled.value() == place.index.value())
      told.settled = behind;
    json::object data = named(entry);
    if (entry.event) {
      data["type"] = type_names()[entry.event->body.index()];
      data["author"] = entry.event->author.value();
      data["occurred"] = json_of(entry.event->occurred);
    }
    data["recorded"] = format_instant(entry.entry.recorded);
    data["lamport"] = entry.position.lamport.value();
    data["level"] = level_name(level);
    put("entry", data);
  }

  Stored<void> tell_levels(LogId log, const FeedPosition::Told& reach) {
    FeedPosition::Told& told = part_.position.logs[log];
    for (; left_ > 0 && told.settled < std::min(reach.settled, told.held);) {
      const LogIndex index(told.settled.value());
      told.settled = LogSize(index.value() + 1);
      told.replicated = std::max(told.replicated, told.settled);
      if (auto put = tell_level({log, index}, Level::settled); !put) return put;
    }
    for (; left_ > 0 && told.replicated < std::min(reach.replicated, told.held);) {
      const LogIndex index(told.replicated.value());
      told.replicated = LogSize(index.value() + 1);
      if (auto put = tell_level({log, index}, Level::replicated); !put) return put;
    }
    return {};
  }

  Stored<void> tell_level(const Place& place, Level level) {
    const auto entry = entry_at(place);
    if (!entry) return std::unexpected(entry.error());
    json::object data = named(*entry);
    data["level"] = level_name(level);
    put("level", data);
    return {};
  }

  json::object named(const OrderedEntry& entry) const {
    const Place& place = entry.position.place;
    json::object out{{"origin", charter_.origin(place.log)}, {"index", place.index.value()}};
    if (const auto header = decode_event_header(entry.entry.event))
      out["id"] = format_uuid(header->id);
    return out;
  }

  /// JSON has no line breaks, so that one data line holds it.
  void put(std::string_view event, const json::object& data) {
    part_.text += "id: " + format_feed_position(part_.position, charter_) + "\nevent: ";
    part_.text.append(event) += "\ndata: " + json::serialize(data) + "\n\n";
    --left_;
  }

  Head& head_;
  const Charter& charter_;
  StoredLogs logs_;
  FeedPart part_;
  std::size_t left_;
};

/// "120.118.110"
std::optional<FeedPosition::Told> parse_told(std::string_view text) {
  std::array<std::uint64_t, 3> sizes{};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::size_t end = i + 1 < sizes.size() ? text.find('.') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const auto size = parse_decimal(text.substr(0, end));
    if (!size) return std::nullopt;
    sizes[i] = *size;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (sizes[0] < sizes[1] || sizes[1] < sizes[2]) return std::nullopt;
  return FeedPosition::Told{LogSize(sizes[0]), LogSize(sizes[1]), LogSize(sizes[2])};
}

}  // namespace

std::string format_feed_position(const FeedPosition& position, const Charter& charter) {
  std::string out;
  for (const auto& [log, told] : position.logs) {
    if (told == FeedPosition::Told{}) continue;
    if (!out.empty()) out += ',';
    out += short_origin(log, charter) + ":" + std::to_string(told.held.value()) + "." +
           std::to_string(told.replicated.value()) + "." + std::to_string(told.settled.value());
  }
  return out.empty() ? std::string(kStart) : out;
}

Result<FeedPosition> parse_feed_position(std::string_view text, const Charter& charter) {
  FeedPosition out;
  if (text == kStart) return out;
  const NamedLogs how{.shape = "this is not a position that the feed gave as an event's id",
                      .field = "after"};
  auto read =
      read_named_logs(text, charter, how, [&](LogId log, std::string_view said) -> Result<void> {
        const auto told = parse_told(said);
        if (!told) return refuse(Code::malformed, how.shape, how.field);
        out.logs.emplace(log, *told);
        return {};
      });
  if (!read) return std::unexpected(read.error());
  return out;
}

Stored<FeedPosition> feed_end(const Head& head) {
  FeedPosition out;
  for (const HeldLog& log : head.held) {
    const auto reach = reach_of(head, log);
    if (!reach) return std::unexpected(reach.error());
    out.logs.emplace(log.log, *reach);
  }
  return out;
}

Stored<FeedPart> feed_after(Head& head, const Charter& charter, FeedPosition position,
                            std::size_t limit) {
  return PartWriter(head, charter, std::move(position), limit).write();
}

}  // namespace tallinn
