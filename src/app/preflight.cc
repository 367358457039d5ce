#include "app/preflight.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>

#include "config/feed_sources.h"
#include "serve/static_files.h"
#include "tls/credentials.h"

namespace app {
namespace {

using Problems = std::vector<std::string>;

std::string reason() { return std::strerror(errno); }

// The directory is made at the start, its parents are not.
void check_directory(const std::string& key, const std::string& path, Problems& problems) {
  struct stat found{};
  if (stat(path.c_str(), &found) == 0) {
    if (!S_ISDIR(found.st_mode)) return problems.push_back(key + ": " + path + " is no directory");
    if (access(path.c_str(), W_OK | X_OK) != 0)
      problems.push_back(key + ": " + path + " cannot be written to: " + reason());
    return;
  }
  if (errno != ENOENT) return problems.push_back(key + ": " + path + ": " + reason());
  const std::size_t slash = path.find_last_of('/');
  const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  if (access(parent.c_str(), W_OK | X_OK) != 0)
    problems.push_back(key + ": " + path + " cannot be made: " + parent + ": " + reason());
}

void check_worker(const std::string& program, Problems& problems) {
  if (access(program.c_str(), X_OK) != 0) problems.push_back("the media worker " + program + ": " + reason());
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

// Why a socket cannot be bound here; 0: it can, or the port is taken, or the reason is none of the configuration's.
int bind_error(const std::string& address, std::uint16_t port, int type) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = type;
  addrinfo* list = nullptr;
  if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list) != 0) return EADDRNOTAVAIL;
  const std::unique_ptr<addrinfo, FreeAddresses> found(list);
  const int descriptor = socket(found->ai_family, type | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno == EAFNOSUPPORT ? EAFNOSUPPORT : 0;
  const int error = bind(descriptor, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
  close(descriptor);
  return error == EADDRINUSE ? 0 : error;
}

struct Listener {
  std::string section;
  std::string key;  ///< that has its address
  const std::string& address;
  std::vector<std::uint16_t> ports;  ///< those that are on; 0: any free port (`admin` only)
  int type;                          ///< SOCK_STREAM or SOCK_DGRAM
};

// An address is tried with any free port, and only ports that need a privilege are tried themselves: a server that
// starts at this moment has to find its ports free. 1024: the kernel's net.ipv4.ip_unprivileged_port_start, which is
// rarely changed; where it is lower, bind_error() succeeds and nothing is reported.
void check_listener(const Listener& listener, Problems& problems) {
  if (listener.ports.empty()) return;
  if (const int error = bind_error(listener.address, 0, listener.type); error != 0) {
    problems.push_back(listener.key + ": " + listener.address +
                       " is no address of this machine: " + std::strerror(error));
    return;
  }
  for (const std::uint16_t port : listener.ports) {
    const int error = port > 0 && port < 1024 ? bind_error(listener.address, port, listener.type) : 0;
    if (error == 0) continue;
    problems.push_back(listener.section + ": port " + std::to_string(port) + ": " + std::strerror(error) +
                       "; ports below 1024 need root or CAP_NET_BIND_SERVICE");
  }
}

// Port 0 of `http`, `rtmp` and `srt` means that the listener is off.
std::vector<std::uint16_t> on(std::initializer_list<std::uint16_t> ports) {
  std::vector<std::uint16_t> found;
  std::copy_if(ports.begin(), ports.end(), std::back_inserter(found), [](std::uint16_t port) { return port != 0; });
  return found;
}

void check_listeners(const config::Config& config, Problems& problems) {
  const Listener all[] = {
      {"http", "http.listen", config.http.listen, on({config.http.port, config.http.tls_port}), SOCK_STREAM},
      {"admin", "admin.listen", config.admin.listen, {config.admin.port}, SOCK_STREAM},
      {"rtmp", "rtmp.listen", config.rtmp.listen, on({config.rtmp.port, config.rtmp.tls_port}), SOCK_STREAM},
      {"srt", "srt.listen", config.srt.listen, on({config.srt.port}), SOCK_DGRAM}};
  for (const Listener& listener : all) check_listener(listener, problems);
}

// Groups are joined, not listened on, and an interface may still come.
void check_sources(const config::Config& config, Problems& problems) {
  for (const auto& [name, source] : config::pulled_sources(config)) {
    if (source.kind == ingest::PullSource::Kind::kSrt || source.multicast()) continue;
    const std::string key = config::source_key(name.first, name.second);
    check_listener({key, key, source.host, on({source.port}), SOCK_DGRAM}, problems);
  }
}

void check_origin_lock(const config::Config::OriginLock& lock, Problems& problems) {
  if (lock.client_ca.empty()) return;
  const base::Status status = tls::check_client_authority(lock.client_ca);
  if (!status.ok()) problems.push_back("http.origin_lock.client_ca: " + status.error().what);
}

}  // namespace

std::vector<std::string> preflight(const config::Config& config, const config::Installation& installation) {
  Problems problems;
  check_directory("state_directory", config.state_directory, problems);
  if (config.journal.enabled && !config.journal.directory.empty())
    check_directory("journal.directory", config.journal.directory, problems);
  const auto files = serve::StaticFiles::load(config.web_directory);
  if (!files.ok()) problems.push_back("web_directory: " + files.error().what);
  check_worker(installation.worker_program(), problems);
  check_listeners(config, problems);
  check_sources(config, problems);
  check_origin_lock(config.http.origin_lock, problems);
  return problems;
}

}  // namespace app
