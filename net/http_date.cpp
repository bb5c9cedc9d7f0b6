#include "net/http_date.h"

#include <ctime>

namespace tallinn {
namespace {

std::string format_date(std::int64_t second) {
  const auto seconds = static_cast<std::time_t>(second);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

std::string HttpDate::text(UnixMillis now) {
  const std::int64_t second = now.value() / 1'000;
  const std::lock_guard lock(mutex_);
  if (text_.empty() || second != second_) {
    text_ = format_date(second);
    second_ = second;
  }
  return text_;
}

}  // namespace tallinn
