#include "tools/event_stream.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;

}  // namespace

Result<void> EventStream::read(std::string_view part,
                               const std::function<void(const ServerSentEvent&)>& on_event) {
  for (const char c : part) {
    const bool second_of_crlf = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (second_of_crlf) continue;
    if (c == '\r' || c == '\n') {
      take_line(line_, on_event);
      line_.clear();
    } else {
      line_ += c;
    }
    if (line_.size() + event_.data.size() > kMaxBytes)
      return refuse(Code::malformed, "an event of the stream is longer than 1 MiB");
  }
  return {};
}

void EventStream::take_line(std::string_view line,
                            const std::function<void(const ServerSentEvent&)>& on_event) {
  if (line.empty()) {
    if (has_data_) {
      event_.data.pop_back();  // the last line feed
      if (event_.type.empty()) event_.type = "message";
      on_event(event_);
    }
    event_.type.clear();
    event_.data.clear();
    has_data_ = false;
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "id" && value.find('\0') == std::string_view::npos) event_.id = value;
  if (field == "event") event_.type = value;
  if (field != "data") return;
  event_.data.append(value) += '\n';
  has_data_ = true;
}

}  // namespace tallinn
