// NodeLog: what the node says on standard error: one line an event, "time level event key=value
// ...". Shell, thread-safe. One object, owned by the node: no global logger.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tallinn {

class NodeLog {
 public:
  enum class Level : std::uint8_t { info, warning, error };
  NodeLog();
  ~NodeLog();
  NodeLog(const NodeLog&) = delete;
  NodeLog& operator=(const NodeLog&) = delete;

  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;
  void say(Level level, std::string_view event, Fields fields);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tallinn
