#include "net/meeting.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "projections/event_records.h"
#include "projections/record_keys.h"

namespace tallinn {
namespace {

std::uint64_t more_than(std::uint64_t before, std::uint64_t now) {
  return now > before ? now - before : 0;
}

}  // namespace

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

void Meetings::begin(const std::string& peer, Lacking lacking) {
  auto before = open_exceptions();
  const std::lock_guard lock(mutex_);
  Meeting& meeting = meetings_[peer];
  if (meeting.before) {
    meeting.lacked.here += more_than(meeting.left.here, lacking.here);
    meeting.lacked.there += more_than(meeting.left.there, lacking.there);
  } else {
    meeting.before = std::move(before);
    meeting.lacked = lacking;
  }
  meeting.left = lacking;
}

void Meetings::broke_off(const std::string& peer, Lacking left) {
  const std::lock_guard lock(mutex_);
  meetings_[peer].left = left;
}

std::optional<MeetingResult> Meetings::end(const std::string& peer) {
  const auto now = open_exceptions();
  const std::lock_guard lock(mutex_);
  Meeting& meeting = meetings_[peer];
  const auto before = std::exchange(meeting.before, std::nullopt);
  if (!before) return std::nullopt;
  MeetingResult result{
      .fetched = meeting.lacked.here, .sent = meeting.lacked.there, .exceptions = {}};
  std::ranges::set_difference(now, *before, std::back_inserter(result.exceptions));
  meeting.result = result;
  return result;
}

std::optional<MeetingResult> Meetings::last(const std::string& peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = meetings_.find(peer);
  return found == meetings_.end() ? std::nullopt : found->second.result;
}

}  // namespace tallinn
