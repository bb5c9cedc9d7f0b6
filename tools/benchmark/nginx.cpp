#include "tools/benchmark/nginx.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "tools/benchmark/measure.h"

namespace tallinn::bench {
namespace {

constexpr int kTries = 200;
constexpr std::chrono::milliseconds kBetween{25};

std::string find_nginx() {
  for (const char* path : {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"})
    if (access(path, X_OK) == 0) return path;
  return {};
}

sockaddr_in loopback(unsigned short port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

unsigned short free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(probe, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("no port is free");
  close(probe);
  return ntohs(address.sin_port);
}

bool listens(unsigned short port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool is = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return is;
}

/// As Debian has it, but for one worker, no log of requests, and connections that stay.
std::string config(const std::string& folder, const std::string& own, unsigned short port) {
  const std::string same_user = getuid() == 0 ? "user root;\n" : "";  // the folder is this user's
  return same_user + "daemon off; worker_processes 1; pid " + own + "/pid; error_log " + own +
         "/error.log;\nevents { worker_connections 256; }\nhttp {\n"
         "  access_log off; sendfile on; keepalive_requests 1000000000;\n"
         "  default_type application/octet-stream; client_body_temp_path " +
         own + "/body; proxy_temp_path " + own + "/proxy;\n  fastcgi_temp_path " + own +
         "/fastcgi; uwsgi_temp_path " + own + "/uwsgi; scgi_temp_path " + own +
         "/scgi;\n  server { listen 127.0.0.1:" + std::to_string(port) + "; root " + folder +
         "; }\n}\n";
}

}  // namespace

std::optional<Nginx> Nginx::start(const std::string& folder, const std::string& own) {
  const std::string program = find_nginx();
  if (program.empty()) return std::nullopt;
  std::filesystem::create_directories(own);
  const unsigned short port = free_port();
  const std::string file = own + "/nginx.conf";
  std::ofstream(file) << config(folder, own, port);
  const pid_t process = fork();
  if (process == 0) {
    execl(program.c_str(), "nginx", "-c", file.c_str(), "-e", "stderr", nullptr);
    _exit(127);
  }
  if (process < 0) fail("no process could be started for nginx");
  Nginx started(process, port);
  for (int tries = 0; !listens(port); ++tries) {
    if (tries == kTries) fail("nginx does not start");
    std::this_thread::sleep_for(kBetween);
  }
  return started;
}

Nginx::Nginx(Nginx&& other) noexcept
    : process_(std::exchange(other.process_, -1)), port_(other.port_) {}

Nginx::~Nginx() {
  if (process_ < 0) return;
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

}  // namespace tallinn::bench
