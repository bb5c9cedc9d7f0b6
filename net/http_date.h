// HttpDate: the Date header's text (RFC 9110, 5.6.7), made once a second. Shell-free; thread-safe.
#pragma once

#include <mutex>
#include <string>

#include "events/strong.h"

namespace tallinn {

class HttpDate {
 public:
  /// "Fri, 15 Jan 2027 08:00:00 GMT".
  std::string text(UnixMillis now);

 private:
  std::mutex mutex_;
  std::int64_t second_ = 0;
  std::string text_;
};

}  // namespace tallinn
