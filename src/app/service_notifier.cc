#include "app/service_notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace app {
namespace {

constexpr base::Micros kRetry = base::kSecond;

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  unsetenv(name);
  return text;
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

ServiceNotifier::Options take_service_options(int pid) {
  ServiceNotifier::Options options;
  options.socket = take_variable("NOTIFY_SOCKET");
  const std::string watched = take_variable("WATCHDOG_PID");
  const auto watchdog = number_of(take_variable("WATCHDOG_USEC"));
  if (watched.empty() || number_of(watched) == pid) options.watchdog = std::max<base::Micros>(watchdog.value_or(0), 0);
  return options;
}

ServiceNotifier::ServiceNotifier(loop::Loop& loop, const base::Clock& clock, Options options,
                                 std::function<bool()> answers)
    : clock_(clock),
      options_(std::move(options)),
      answers_(std::move(answers)),
      keep_alive_(loop, [this] { tick(); }),
      retry_(loop, [this] { retry(); }) {}

void ServiceNotifier::ready(const std::string& status) {
  report("READY=1\nSTATUS=" + status);
  if (std::exchange(ready_, true) || options_.watchdog == 0 || options_.socket.empty()) return;
  tick();
  keep_alive_.start(options_.watchdog / 2, options_.watchdog / 2);
}

void ServiceNotifier::reloading() {
  // The steady clock is CLOCK_MONOTONIC, which the manager compares this with.
  report("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(clock_.steady()));
}

void ServiceNotifier::stopping(const std::string& status, base::Micros within) {
  const std::string extended = within > 0 ? "\nEXTEND_TIMEOUT_USEC=" + std::to_string(within) : "";
  report("STOPPING=1\nSTATUS=" + status + extended);
}

void ServiceNotifier::tick() {
  if (!answers_()) {
    if (!std::exchange(silence_logged_, true))
      base::log_error("app", "a thread that serves viewers does not answer; no keep-alive is sent until it does",
                      {{"ms", options_.watchdog / 2 / base::kMillisecond}});
    return;
  }
  silence_logged_ = false;
  // A keep-alive that cannot be sent now is of no use later.
  if (const int error = send("WATCHDOG=1"); error != 0) log_once(error);
}

void ServiceNotifier::report(const std::string& state) {
  unsent_ = state;
  retry();
}

void ServiceNotifier::retry() {
  const int error = send(unsent_);
  if (error == 0) return unsent_.clear();
  log_once(error);
  if (error == EAGAIN || error == ENOBUFS) retry_.start(kRetry);
}

int ServiceNotifier::send(const std::string& state) const {
  if (options_.socket.empty()) return 0;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& name = options_.socket;
  if ((name[0] != '/' && name[0] != '@') || name.size() < 2) return EAFNOSUPPORT;
  if (name.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  // A new socket for each report: a manager that was restarted listens on another socket of the same name.
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return errno;
  const ssize_t sent =
      sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), length);
  const int error = sent < 0 ? errno : 0;
  close(socket);
  return error;
}

void ServiceNotifier::log_once(int error) {
  if (std::exchange(failure_logged_, true)) return;
  base::log_warn("app", "cannot send the server's state to the service manager",
                 {{"socket", options_.socket}, {"why", std::strerror(error)}});
}

}  // namespace app
