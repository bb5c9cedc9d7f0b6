#include "net/node_log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace tallinn {
namespace {

/// Bare when it is one word, else quoted; never a second line.
std::string spelled(std::string_view value) {
  const bool plain =
      !value.empty() && value.find_first_of(" \"=\\\n\r\t") == std::string_view::npos;
  if (plain) return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
  }
  return out + "\"";
}

}  // namespace

struct NodeLog::Impl {
  spdlog::logger logger{"tallinn", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

NodeLog::NodeLog() : impl_(std::make_unique<Impl>()) {
  impl_->logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
  impl_->logger.flush_on(spdlog::level::info);
}
NodeLog::~NodeLog() = default;

void NodeLog::say(Level level, std::string_view event, Fields fields) {
  std::string line(event);
  for (const auto& [key, value] : fields)
    line.append(" ").append(key).append("=").append(spelled(value));
  const auto at = level == Level::info      ? spdlog::level::info
                  : level == Level::warning ? spdlog::level::warn
                                            : spdlog::level::err;
  impl_->logger.log(at, spdlog::string_view_t(line));
}

}  // namespace tallinn
