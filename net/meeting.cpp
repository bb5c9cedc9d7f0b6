#include "net/meeting.h"

#include <algorithm>
#include <iterator>

#include "projections/event_records.h"
#include "projections/record_keys.h"

namespace tallinn {

std::set<std::string> Meetings::open_exceptions() const {
  std::set<std::string> out;
  const auto head = heads_.get();
  StoredViews views(*head->snapshot);  // of a broken store the committer tells
  const BytesView prefix = ExceptionRecord::kPrefix;
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    if (decode_record<ExceptionRecord>(value).state == ExceptionState::open)
      out.insert(std::string(key.substr(prefix.size())));
    return ViewReader::Next::go_on;
  });
  return out;
}

void Meetings::begin(const std::string& peer) {
  auto before = open_exceptions();
  const std::lock_guard lock(mutex_);
  meetings_[peer].before = std::move(before);
}

MeetingResult Meetings::end(const std::string& peer, std::uint64_t fetched, std::uint64_t sent) {
  const auto now = open_exceptions();
  const std::lock_guard lock(mutex_);
  Meeting& meeting = meetings_[peer];
  MeetingResult result{.fetched = fetched, .sent = sent, .exceptions = {}};
  std::ranges::set_difference(now, meeting.before, std::back_inserter(result.exceptions));
  meeting.result = result;
  return result;
}

std::optional<MeetingResult> Meetings::last(const std::string& peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = meetings_.find(peer);
  return found == meetings_.end() ? std::nullopt : found->second.result;
}

}  // namespace tallinn
