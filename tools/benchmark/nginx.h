// Nginx: Debian's web server over one folder, as a measure of what serving a file can cost. Shell:
// a process of its own, which ends with the object.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace tallinn::bench {

class Nginx {
 public:
  /// Serves `folder` on a free port of 127.0.0.1 with one worker, no log of requests and sendfile;
  /// its own files go into `own`. Nothing when there is no nginx here; exits when it does not
  /// start.
  static std::optional<Nginx> start(const std::string& folder, const std::string& own);
  Nginx(Nginx&& other) noexcept;
  Nginx& operator=(Nginx&&) = delete;
  ~Nginx();
  unsigned short port() const { return port_; }

 private:
  Nginx(pid_t process, unsigned short port) : process_(process), port_(port) {}
  pid_t process_;
  unsigned short port_;
};

}  // namespace tallinn::bench
