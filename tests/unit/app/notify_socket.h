#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>

namespace app::testing {

/// A service manager's end: a datagram socket that reports arrive at.
class NotifySocket {
 public:
  /// A path, or '@' and an abstract name.
  explicit NotifySocket(std::string name)
      : name_(std::move(name)), descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name_.data(), name_.size());
    if (name_[0] == '@') address.sun_path[0] = '\0';
    unlink(name_.c_str());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), length), 0) << name_;
  }
  ~NotifySocket() {
    close(descriptor_);
    unlink(name_.c_str());
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  const std::string& name() const { return name_; }
  /// The next report; empty where none has come yet.
  std::string next() {
    char buffer[4096];
    const ssize_t length = recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT);
    return length < 0 ? "" : std::string(buffer, static_cast<std::size_t>(length));
  }

 private:
  const std::string name_;
  const int descriptor_;
};

}  // namespace app::testing
