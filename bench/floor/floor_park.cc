// The floor of waking a crowd: one thread, epoll, one buffer. Holds every request for a part that is not there yet and
// every --period ms answers all held with one send() each, in one pass. HTTP/1.1 keep-alive over loopback, plaintext.
// It parses no more of a request than its path, and sends no more headers than a player needs.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.h"
#include "playlist.h"

namespace floor_bench {
namespace {

constexpr const char* kUsage =
    "usage: floor_park [--port N (0: any)] [--size BYTES of a playlist (4600)] [--part BYTES (1024)] "
    "[--period MS (500)] [--seconds N until it ends (600)]";

using Answer = std::shared_ptr<const std::string>;

struct Connection {
  std::string input;  ///< a head that came in pieces
  Answer rest;        ///< an answer that the socket did not take whole, from `sent` on
  std::size_t sent = 0;
};

/// What a request waits for. msn -1: nothing, it is answered at once.
struct WaitCondition {
  std::int64_t msn = -1;
  std::int64_t part = -1;
};

struct Held {
  int fd;
  WaitCondition condition;
  bool playlist;
};

Answer make_answer(std::string_view type, std::string_view body) {
  std::string text = "HTTP/1.1 200 OK\r\nContent-Type: ";
  text.append(type).append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return std::make_shared<const std::string>(std::move(text));
}

/// The number after `name` in `text`, -1 if there is none.
std::int64_t number_after(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return -1;
  std::int64_t value = -1;
  std::from_chars(text.data() + at + name.size(), text.data() + text.size(), value);
  return value;
}

class Server {
 public:
  Server(std::int64_t size, std::int64_t part, std::int64_t period_ms)
      : size_(static_cast<std::size_t>(size)),
        part_(make_answer("video/mp4", std::string(static_cast<std::size_t>(part), 'p'))),
        multivariant_(make_answer("application/vnd.apple.mpegurl", multivariant_playlist())) {
    stream_.period_ms = period_ms;
    stream_.newest = Stream::kParts * Stream::kSegments;
    render();
  }

  bool listen_on(std::int64_t port) {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
    if (listen(listener_, 65535) != 0) return false;
    socklen_t length = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    std::printf("listening on %d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
  }

  void run(std::int64_t seconds) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::seconds(seconds);
    auto tick = Clock::now();
    std::array<epoll_event, 512> events;
    while (Clock::now() < end) {
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(tick - Clock::now()).count();
      const int count =
          epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait > 0 ? static_cast<int>(wait) : 0);
      for (int i = 0; i < count; ++i) on_event(events[static_cast<std::size_t>(i)]);
      if (Clock::now() < tick) continue;
      tick += std::chrono::milliseconds(stream_.period_ms);
      advance();
    }
  }

 private:
  bool watch(int fd, std::uint32_t what, int operation) {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    return epoll_ctl(epoll_, operation, fd, &event) == 0;
  }

  void render() { playlist_ = make_answer("application/vnd.apple.mpegurl", media_playlist(stream_, size_)); }

  /// The next part is there: renders once and answers all requests that waited for it, in one pass.
  void advance() {
    ++stream_.newest;
    render();
    std::size_t kept = 0;
    for (const Held& held : held_) {
      if (held.fd < 0) continue;
      if (stream_.holds(held.condition.msn, held.condition.part)) {
        send_answer(held.fd, held.playlist ? playlist_ : part_);
      } else {
        held_[kept++] = held;
      }
    }
    held_.resize(kept);
  }

  void on_event(const epoll_event& event) {
    const int fd = event.data.fd;
    if (fd == listener_) return accept_all();
    if ((event.events & EPOLLOUT) != 0) send_rest(fd);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_requests(fd);
  }

  void accept_all() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(static_cast<std::size_t>(fd) + 1);
      connections_[static_cast<std::size_t>(fd)] = {};
      watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  void drop(int fd) {
    for (Held& held : held_)
      if (held.fd == fd) held.fd = -1;
    connections_[static_cast<std::size_t>(fd)] = {};
    close(fd);
  }

  void read_requests(int fd) {
    std::array<char, 16384> buffer;
    const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return drop(fd);
    Connection& connection = connections_[static_cast<std::size_t>(fd)];
    std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    if (!connection.input.empty()) text = connection.input.append(text);
    for (std::size_t end; (end = text.find("\r\n\r\n")) != std::string_view::npos; text.remove_prefix(end + 4))
      on_request(fd, text.substr(0, text.find("\r\n")));
    if (!connection.input.empty() || !text.empty()) connection.input = std::string(text);
    if (connection.input.size() > buffer.size()) drop(fd);
  }

  void on_request(int fd, std::string_view line) {
    const std::string_view target = line.substr(0, line.rfind(' '));
    const std::string_view file = target.substr(target.rfind('/') + 1);
    const bool playlist = file.find(".m3u8") != std::string_view::npos;
    WaitCondition condition;
    if (playlist) {
      condition = {number_after(file, "_HLS_msn="), number_after(file, "_HLS_part=")};
    } else if (const std::size_t dot = file.find('.'); file.find(".m4s", dot + 1) != std::string_view::npos) {
      condition = {number_after(file, ""), number_after(file.substr(dot), ".")};
    }
    if (condition.msn >= 0 && !stream_.holds(condition.msn, condition.part)) {
      held_.push_back({fd, condition, playlist});
    } else {
      const bool media = file.starts_with("media.m3u8");
      send_answer(fd, !playlist ? part_ : media ? playlist_ : multivariant_);
    }
  }

  void send_answer(int fd, const Answer& answer) {
    Connection& connection = connections_[static_cast<std::size_t>(fd)];
    if (connection.rest != nullptr) return;  // it asks for more than it reads: its own loss
    const ssize_t sent = send(fd, answer->data(), answer->size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(answer->size())) return;
    if (sent < 0 && errno != EAGAIN) return;  // the next read says so
    connection.rest = answer;
    connection.sent = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    watch(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  }

  void send_rest(int fd) {
    Connection& connection = connections_[static_cast<std::size_t>(fd)];
    if (connection.rest == nullptr) return;
    const ssize_t sent =
        send(fd, connection.rest->data() + connection.sent, connection.rest->size() - connection.sent, MSG_NOSIGNAL);
    if (sent > 0) connection.sent += static_cast<std::size_t>(sent);
    if (connection.sent < connection.rest->size()) return;
    connection.rest.reset();
    watch(fd, EPOLLIN, EPOLL_CTL_MOD);
  }

  std::size_t size_;
  Stream stream_;
  Answer playlist_;
  Answer part_;
  Answer multivariant_;
  int epoll_ = -1;
  int listener_ = -1;
  std::vector<Connection> connections_;  ///< by descriptor
  std::vector<Held> held_;
};

}  // namespace
}  // namespace floor_bench

int main(int argc, char** argv) {
  std::int64_t port = 0;
  std::int64_t size = 4600;
  std::int64_t part = 1024;
  std::int64_t period = 500;
  std::int64_t seconds = 600;
  floor_bench::read_arguments(argc, argv, floor_bench::kUsage,
                              {{"--port", &port, 0, 65535},
                               {"--size", &size, 1, 1 << 20},
                               {"--part", &part, 1, 1 << 24},
                               {"--period", &period, 10, 10'000},
                               {"--seconds", &seconds, 1, 86'400}});
  floor_bench::Server server(size, part, period);
  if (!server.listen_on(port)) {
    std::perror("floor_park: cannot listen");
    return 1;
  }
  server.run(seconds);
  return 0;
}
