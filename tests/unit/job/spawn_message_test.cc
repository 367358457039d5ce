#include "job/spawn_message.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace job {
namespace {

class SpawnMessageTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends_), 0); }
  void TearDown() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  int server() const { return ends_[0]; }
  int parent() const { return ends_[1]; }

  int ends_[2] = {-1, -1};
};

TEST_F(SpawnMessageTest, ARequestBringsItsOptionsAndFourDescriptors) {
  int pipes[2];
  ASSERT_EQ(pipe2(pipes, O_CLOEXEC), 0);
  ASSERT_TRUE(send_request(server(), {7, "{}"}, {pipes[0], pipes[1], pipes[0], pipes[1]}).ok());
  SpawnDescriptors got;
  const auto request = receive_request(parent(), got);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->id, 7U);
  EXPECT_EQ(request->options, "{}");
  EXPECT_EQ(write(got.records, "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(read(pipes[0], &byte, 1), 1) << "the same pipe";
  for (const int descriptor : {got.feed, got.records, got.stats, got.media, pipes[0], pipes[1]}) {
    EXPECT_EQ(::close(descriptor), 0);
  }
}

TEST_F(SpawnMessageTest, ARequestSaysHowMuchMemoryTheWorkerMayHave) {
  const std::uint64_t memory = std::uint64_t{3} << 30;
  for (const std::uint64_t limit : {memory, std::uint64_t{0}}) {
    ASSERT_TRUE(send_request(server(), {7, "{}", limit}, {0, 1, 0, 1}).ok());
    SpawnDescriptors got;
    const auto request = receive_request(parent(), got);
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request->memory, limit);
    for (const int descriptor : {got.feed, got.records, got.stats, got.media}) ::close(descriptor);
  }
}

TEST_F(SpawnMessageTest, ASlateIsAFifthDescriptor) {
  int pipes[2];
  ASSERT_EQ(pipe2(pipes, O_CLOEXEC), 0);
  ASSERT_TRUE(send_request(server(), {7, "{}"}, {pipes[0], pipes[0], pipes[0], pipes[0], pipes[1]}).ok());
  SpawnDescriptors got;
  ASSERT_TRUE(receive_request(parent(), got).ok());
  EXPECT_EQ(write(got.slate, "x", 1), 1) << "the end that writes";
  ASSERT_TRUE(send_request(server(), {8, "{}"}, {pipes[0], pipes[0], pipes[0], pipes[0]}).ok());
  ASSERT_TRUE(receive_request(parent(), got).ok());
  EXPECT_EQ(got.slate, -1);
  EXPECT_GE(got.media, 0);
}

TEST_F(SpawnMessageTest, AFontComesWithASlateOrWithoutOne) {
  int pipes[2];
  ASSERT_EQ(pipe2(pipes, O_CLOEXEC), 0);
  const int end = pipes[0];
  ASSERT_TRUE(send_request(server(), {7, "{}"}, {end, end, end, end, -1, pipes[1]}).ok());
  SpawnDescriptors got;
  ASSERT_TRUE(receive_request(parent(), got).ok());
  EXPECT_EQ(got.slate, -1);
  EXPECT_EQ(write(got.font, "x", 1), 1) << "the end that writes";
  ASSERT_TRUE(send_request(server(), {8, "{}"}, {end, end, end, end, end, pipes[1]}).ok());
  const auto both = receive_request(parent(), got);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->options, "{}");
  EXPECT_EQ(write(got.font, "x", 1), 1);
  EXPECT_GE(got.slate, 0);
  EXPECT_EQ(write(got.slate, "x", 1), -1) << "the end that reads";
}

TEST_F(SpawnMessageTest, APingBringsNone) {
  ASSERT_TRUE(send_ping(server()).ok());
  SpawnDescriptors got{1, 2, 3, 4};
  const auto request = receive_request(parent(), got);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->id, SpawnRequest::kPing);
  EXPECT_EQ(got.feed, -1);
  EXPECT_EQ(got.media, -1);
}

TEST_F(SpawnMessageTest, ARequestWithoutDescriptorsIsMalformed) {
  const std::uint64_t head[2] = {7, 0};
  ASSERT_EQ(send(server(), head, sizeof head, 0), static_cast<ssize_t>(sizeof head));
  SpawnDescriptors got;
  EXPECT_EQ(receive_request(parent(), got).error().code, base::Code::kMalformed);
}

TEST_F(SpawnMessageTest, AFullSocketIsAnErrorAndBlocksNobody) {
  int sent = 0;
  while (sent < 100'000 && send_ping(server()).ok()) ++sent;
  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, 100'000);
}

TEST_F(SpawnMessageTest, AReportComesWholeOrIsMalformed) {
  ASSERT_TRUE(
      send_report(parent(), {.kind = SpawnReport::Kind::kExited, .id = 7, .pid = 8, .status = 9, .signal = 10}).ok());
  std::uint8_t packet[256];
  const ssize_t size = recv(server(), packet, sizeof packet, 0);
  ASSERT_GT(size, 0);
  const auto report = parse_report({packet, static_cast<std::size_t>(size)});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->kind, SpawnReport::Kind::kExited);
  EXPECT_EQ(report->id, 7U);
  EXPECT_EQ(report->pid, 8);
  EXPECT_EQ(report->status, 9);
  EXPECT_EQ(report->signal, 10);
  EXPECT_FALSE(parse_report({packet, static_cast<std::size_t>(size) - 1}).ok());
}

TEST_F(SpawnMessageTest, AReportToAServerThatIsGoneIsAnError) {
  ::close(server());
  EXPECT_FALSE(send_report(parent(), {}).ok());
}

/// Sends a request with one descriptor where four belong.
void send_with_one(int socket, int descriptor) {
  std::uint64_t head[2] = {7, 0};
  iovec part{head, sizeof head};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  ASSERT_EQ(sendmsg(socket, &message, 0), static_cast<ssize_t>(sizeof head));
}

TEST_F(SpawnMessageTest, TheDescriptorsOfAMalformedRequestAreClosed) {
  int pipes[2];
  ASSERT_EQ(pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
  send_with_one(server(), pipes[1]);
  ::close(pipes[1]);
  SpawnDescriptors got;
  EXPECT_EQ(receive_request(parent(), got).error().code, base::Code::kMalformed);
  EXPECT_EQ(got.feed, -1);
  char byte = 0;
  EXPECT_EQ(read(pipes[0], &byte, 1), 0) << "nobody holds the other end any more";
  ::close(pipes[0]);
}

TEST_F(SpawnMessageTest, ARequestHasAtMost128KibibytesOfOptions) {
  const auto received = [this](std::size_t size) {
    EXPECT_TRUE(send_request(server(), {7, std::string(size, ' ')}, {server(), server(), server(), server()}).ok());
    SpawnDescriptors got{-1, -1, -1, -1};
    const auto request = receive_request(parent(), got);
    for (const int descriptor : {got.feed, got.records, got.stats, got.media}) ::close(descriptor);
    return request.ok() ? request->options.size() : 0;
  };
  EXPECT_EQ(received(128 * 1024), 128U * 1024);
  EXPECT_EQ(received(128 * 1024 + 1), 0U);
}

}  // namespace
}  // namespace job
