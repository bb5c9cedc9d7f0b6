#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ostream>
#include <thread>

#include "net/node.h"
#include "tools/commands.h"

namespace tallinn {

namespace {

struct NodeArguments {
  std::string folder;
  std::string listen;
  std::string http;
  std::vector<std::string> peers;
};

/// Tells systemd, when it asks: "READY=1", "STOPPING=1".
void tell_systemd(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (path == nullptr || *path == '\0' || std::strlen(path) >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path, std::strlen(path));
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int handle = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
  sendto(handle, state.data(), state.size(), MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&address), length);
  close(handle);
}

Result<NodeConfig> configure(const NodeArguments& options) {
  auto config = load_node_config((std::filesystem::path(options.folder) / "node.toml").string());
  if (!config) return config;
  if (!options.listen.empty()) config->listen = options.listen;
  if (!options.http.empty()) config->http = options.http;
  if (!options.peers.empty()) {
    if (config->peers.size() != 1)
      return refuse(Code::malformed,
                    "--peer replaces the address of one peer, but node.toml names " +
                        std::to_string(config->peers.size()));
    config->peers.front().addresses = options.peers;
  }
  return config;
}

void run(const NodeArguments& options, Shell& shell) {
  const auto config = configure(options);
  if (!config) return shell.fail("node", config.error());
  // Every thread of the node inherits this mask: only the one below takes the signals.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // who reads standard error may go, the node stays
  auto node = Node::start(*config, shell.clock);
  if (!node) return shell.fail("node", node.error());
  tell_systemd("READY=1");
  std::jthread stopper([&] {
    int signal = 0;
    sigwait(&ending, &signal);
    tell_systemd("STOPPING=1");
    (*node)->stop();
  });
  const std::optional<Fault> fault = (*node)->wait();
  if (fault) {
    // A broken store still answers reads: the node stays up until it is told to stop.
    shell.fail("node", *fault);
    shell.exit = Exit::could_not;
  }
}

}  // namespace

void add_node_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand("node", "run the node of an office");
  auto options = std::make_shared<NodeArguments>();
  command->add_option("DIR", options->folder, "folder with node.toml")->required();
  command->add_option("--listen", options->listen,
                      "H:P to listen on for peers, instead of node.toml's");
  command->add_option("--http", options->http, "H:P to answer HTTP on, instead of node.toml's");
  command->add_option("--peer", options->peers,
                      "H:P of the peer, instead of node.toml's; may be repeated");
  command->footer(
      "Runs until SIGTERM or Ctrl-C; then it finishes what it has begun and closes. Log lines go "
      "to standard error.\n"
      "Example: tallinn node try/kyiv");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
