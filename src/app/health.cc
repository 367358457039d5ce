#include "app/health.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace app {
namespace {

constexpr std::string_view kRequest = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
constexpr std::string_view kAlive = "HTTP/1.1 200 ";

struct Address {
  sockaddr_storage bytes{};
  socklen_t length = 0;
};

Address address_of(const std::string& listen, std::uint16_t port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.bytes);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.bytes);
  if (inet_pton(AF_INET, listen.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    if (v4->sin_addr.s_addr == htonl(INADDR_ANY)) v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.length = sizeof *v4;
  } else if (inet_pton(AF_INET6, listen.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    if (std::memcmp(&v6->sin6_addr, &in6addr_any, sizeof in6addr_any) == 0) v6->sin6_addr = in6addr_loopback;
    address.length = sizeof *v6;
  }
  return address;
}

/// A connection that gives up at a set instant.
class Question {
 public:
  Question(int family, base::Micros limit)
      : socket_(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), until_(clock_.steady() + limit) {}
  ~Question() {
    if (socket_ >= 0) close(socket_);
  }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  /// 0 or errno.
  int ask(const Address& address) {
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address.bytes), address.length) != 0 &&
        errno != EINPROGRESS)
      return errno;
    if (!wait(POLLOUT)) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return error;
    return send(socket_, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0 ? errno : 0;
  }
  /// The beginning of the answer; shorter where it ended or its time did.
  std::string beginning(std::size_t size) {
    std::string text;
    std::array<char, 64> buffer{};
    while (text.size() < size && wait(POLLIN)) {
      const ssize_t length = recv(socket_, buffer.data(), buffer.size(), 0);
      if (length <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return text.substr(0, size);
  }

 private:
  bool wait(short events) {
    const base::Micros left = std::max<base::Micros>(until_ - clock_.steady(), 0);
    pollfd watched{socket_, events, 0};
    return poll(&watched, 1, static_cast<int>(left / base::kMillisecond)) > 0;
  }

  const base::SystemClock clock_;
  const int socket_;
  const base::Micros until_;
};

}  // namespace

base::Status ask_health(const std::string& listen, std::uint16_t port, base::Micros limit) {
  const std::string place = listen + " port " + std::to_string(port);
  const Address address = address_of(listen, port);
  if (address.length == 0) return base::Error{base::Code::kSystem, place + ": not an IP address"};
  Question question(address.bytes.ss_family, limit);
  if (const int error = question.ask(address); error != 0)
    return base::Error{base::Code::kSystem, place + ": " + std::strerror(error)};
  const std::string answer = question.beginning(kAlive.size());
  if (answer.empty()) return base::Error{base::Code::kSystem, place + ": no answer"};
  if (answer != kAlive) return base::Error{base::Code::kMalformed, place + ": the answer is not 200"};
  return base::Ok{};
}

}  // namespace app
