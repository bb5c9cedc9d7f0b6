// EventStream: server-sent events read from a body as it comes (WHATWG HTML, 9.2.6 "Interpreting an
// event stream"). Pure; one at a time.
#pragma once

#include <functional>
#include <string>

#include "events/result.h"

namespace tallinn {

struct ServerSentEvent {
  std::string id;    ///< of this event, or of the last one that had any
  std::string type;  ///< "message" when the stream names none
  std::string data;  ///< lines joined by line feeds
};

class EventStream {
 public:
  /// Calls `on_event` for every event that is whole now, in order; a comment is none. Error
  /// malformed when a line or an event grows beyond 1 MiB.
  Result<void> read(std::string_view part,
                    const std::function<void(const ServerSentEvent&)>& on_event);

 private:
  void take_line(std::string_view line,
                 const std::function<void(const ServerSentEvent&)>& on_event);

  std::string line_;
  bool after_cr_ = false;
  ServerSentEvent event_;
  bool has_data_ = false;
};

}  // namespace tallinn
