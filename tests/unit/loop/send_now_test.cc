#include "loop/send_now.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

namespace loop {
namespace {

/// Two connected sockets that do not block.
struct Sockets {
  Sockets() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0); }
  ~Sockets() {
    close_end(0);
    close_end(1);
  }
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  void close_end(int which) {
    if (ends[which] >= 0) close(ends[which]);
    ends[which] = -1;
  }
  /// What has come up to now.
  std::string read() const {
    std::string all;
    char buffer[65536];
    for (ssize_t count = 0; (count = recv(ends[1], buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(count));
    return all;
  }

  int ends[2] = {-1, -1};
};

struct Slices {
  std::vector<base::Bytes> slices;
  std::string text;

  void add(const std::string& more) {
    slices.push_back(base::Bytes::copy_of(more));
    text += more;
  }
};

TEST(SendNow, GivesTheKernelAllSlicesThatItHasRoomForHoweverMany) {
  for (const int count : {1, 2, 64, 65, 200}) {
    Sockets pair;
    Slices sent;
    for (int i = 0; i < count; ++i) sent.add(std::to_string(i) + " ");
    const Sent taken = send_now(pair.ends[0], sent.slices, false);
    EXPECT_EQ(taken.error, 0);
    EXPECT_EQ(taken.bytes, sent.text.size()) << count;
    EXPECT_EQ(pair.read(), sent.text);
  }
}

TEST(SendNow, TakesTheBeginningWhereTheKernelHasNoRoomForMore) {
  Sockets pair;
  Slices sent;
  for (int i = 0; i < 400; ++i) sent.add(std::string(10'000, static_cast<char>('a' + i % 26)));
  const Sent taken = send_now(pair.ends[0], sent.slices, false);
  EXPECT_EQ(taken.error, 0) << "a full socket is none";
  EXPECT_GT(taken.bytes, 0U);
  EXPECT_LT(taken.bytes, sent.text.size());
  EXPECT_EQ(pair.read(), sent.text.substr(0, taken.bytes));
}

TEST(SendNow, SaysThatThePeerHasGone) {
  Sockets pair;
  pair.close_end(1);
  Slices sent;
  sent.add("x");
  const Sent taken = send_now(pair.ends[0], sent.slices, false);
  EXPECT_EQ(taken.error, EPIPE);
  EXPECT_EQ(taken.bytes, 0U);
}

}  // namespace
}  // namespace loop
