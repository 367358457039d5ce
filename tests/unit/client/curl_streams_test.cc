#include "client/curl_streams.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "unit/client/socket_server.h"

namespace client {
namespace {

/// The caller's thread is the test's: it runs what was posted.
class Posted {
 public:
  CurlStreams::Post poster() {
    return [this](std::function<void()> call) {
      const std::lock_guard lock(mutex_);
      calls_.push_back(std::move(call));
      come_.notify_one();
    };
  }
  /// Runs the next call once there is one.
  void run_one() {
    std::function<void()> call;
    {
      std::unique_lock lock(mutex_);
      come_.wait(lock, [this] { return !calls_.empty(); });
      call = std::move(calls_.front());
      calls_.pop_front();
    }
    call();
  }
  bool empty() {
    const std::lock_guard lock(mutex_);
    return calls_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable come_;
  std::deque<std::function<void()>> calls_;
};

/// Writes down what comes, a stream a line.
class Scribe final : public StreamHandler {
 public:
  void on_head(StreamId id, int status) override { text[id] += "head " + std::to_string(status) + ";"; }
  void on_body(StreamId id, base::Bytes bytes) override {
    received[id] += bytes.size();
    if (keep) return;
    body[id] += std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    transport->taken(id, bytes.size());
  }
  void on_end(StreamId id, std::string_view error) override {
    text[id] += error.empty() ? "end;" : "failed;";
    ended[id] = true;
  }

  StreamTransport* transport = nullptr;
  bool keep = false;  ///< nothing is said to be taken
  std::map<StreamId, std::string> text;
  std::map<StreamId, std::string> body;
  std::map<StreamId, std::size_t> received;
  std::map<StreamId, bool> ended;
};

struct CurlStreamsTest : testing::Test {
  explicit CurlStreamsTest(CurlStreams::Options options = {}) {
    transport = std::make_unique<CurlStreams>(std::move(options), posted.poster(), scribe);
    scribe.transport = transport.get();
  }
  void start(StreamId id, const std::string& url, std::vector<std::pair<std::string, std::string>> headers = {}) {
    Request request;
    request.url = url;
    request.headers = std::move(headers);
    transport->start(id, std::move(request));
  }
  void run_until_ended(StreamId id) {
    while (!scribe.ended[id]) posted.run_one();
  }
  void run_until_received(StreamId id, std::size_t bytes) {
    while (scribe.received[id] < bytes) posted.run_one();
  }

  Posted posted;
  Scribe scribe;
  std::unique_ptr<CurlStreams> transport;
};

constexpr const char* kGrowing = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n";

TEST_F(CurlStreamsTest, GivesTheStatusThenBytesThenTheEnd) {
  const SocketServer server([](const std::string& request) { return ok(request); });
  start(3, server.url("/relay/v1/match?after=1"), {{"X-A", "b"}});
  run_until_ended(3);
  EXPECT_EQ(scribe.text[3], "head 200;end;");
  EXPECT_TRUE(scribe.body[3].starts_with("GET /relay/v1/match?after=1 HTTP/1.1\r\n")) << scribe.body[3];
  EXPECT_NE(scribe.body[3].find("X-A: b\r\n"), std::string::npos);
}

TEST_F(CurlStreamsTest, PostsABodyThatItKeeps) {
  const SocketServer server([](const std::string& request) { return ok(request); });
  {
    Request request{
        .method = "POST", .url = server.url("/v3/watch"), .headers = {{"Content-Type", "application/json"}}};
    request.body = base::Bytes::copy_of("{\"a\": 1}");
    transport->start(4, std::move(request));
  }
  run_until_ended(4);
  EXPECT_TRUE(scribe.body[4].starts_with("POST /v3/watch HTTP/1.1\r\n")) << scribe.body[4];
  EXPECT_NE(scribe.body[4].find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(scribe.body[4].find("Content-Length: 8\r\n"), std::string::npos);
}

TEST_F(CurlStreamsTest, GivesWhatHasComeOfAnAnswerThatGoesOn) {
  const SocketServer server([](const std::string&) { return std::string(kGrowing); });
  start(1, server.url());
  run_until_received(1, 4);
  EXPECT_EQ(scribe.text[1], "head 200;");
  EXPECT_EQ(scribe.body[1], "part");
}

TEST_F(CurlStreamsTest, AStatusWithoutBytesIsSaidToo) {
  const SocketServer server(
      [](const std::string&) { return std::string("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"); });
  start(1, server.url());
  run_until_ended(1);
  EXPECT_EQ(scribe.text[1], "head 404;end;");
}

TEST_F(CurlStreamsTest, DoesNotFollowARedirect) {
  const SocketServer server([](const std::string&) {
    return std::string("HTTP/1.1 307 Temporary\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  });
  start(1, server.url());
  run_until_ended(1);
  EXPECT_EQ(scribe.text[1], "head 307;end;");
}

TEST_F(CurlStreamsTest, TakesNoOtherScheme) {
  start(1, "file:///etc/passwd");
  run_until_ended(1);
  EXPECT_EQ(scribe.text[1], "failed;");
}

TEST_F(CurlStreamsTest, AServerThatIsNotThereFailsWithoutAStatus) {
  std::string url;
  {
    const SocketServer server([](const std::string&) { return ok(""); });
    url = server.url();
  }
  start(1, url);
  run_until_ended(1);
  EXPECT_EQ(scribe.text[1], "failed;");
}

TEST_F(CurlStreamsTest, AnAnswerThatBreaksOffFails) {
  {
    const SocketServer server([](const std::string&) { return std::string(kGrowing); });
    start(1, server.url());
    run_until_received(1, 4);
  }
  run_until_ended(1);
  EXPECT_EQ(scribe.text[1], "head 200;failed;");
}

TEST_F(CurlStreamsTest, WhatIsNotTakenHoldsTheServerUpUntilItIs) {
  constexpr std::size_t kAll = 3 * CurlStreams::kMostUntaken;
  const SocketServer server([](const std::string&) { return ok(std::string(kAll, 'x')); });
  scribe.keep = true;
  start(1, server.url());
  run_until_received(1, CurlStreams::kMostUntaken);
  // Another stream comes and goes meanwhile: the thread has had its turns.
  start(2, server.url());
  run_until_received(2, CurlStreams::kMostUntaken);
  while (!posted.empty()) posted.run_one();
  EXPECT_LT(scribe.received[1], kAll);
  EXPECT_FALSE(scribe.ended[1]);
  transport->stop(2);
  scribe.keep = false;
  transport->taken(1, scribe.received[1]);
  run_until_ended(1);
  EXPECT_EQ(scribe.received[1], kAll);
  EXPECT_EQ(scribe.text[1], "head 200;end;");
}

TEST_F(CurlStreamsTest, AStreamThatIsStoppedLeavesTheOthersAlone) {
  const SocketServer server([](const std::string&) { return std::string(kGrowing); });
  start(1, server.url());
  start(2, server.url());
  run_until_received(1, 4);
  run_until_received(2, 4);
  transport->stop(1);
  start(3, server.url());
  run_until_received(3, 4);
  EXPECT_FALSE(scribe.ended[1]);
  EXPECT_FALSE(scribe.ended[2]);
  EXPECT_EQ(server.connections(), 3u);
}

TEST_F(CurlStreamsTest, CallsNobodyOnceItIsGone) {
  const SocketServer server([](const std::string&) { return ok("text"); });
  start(1, server.url());
  while (posted.empty()) std::this_thread::yield();
  transport = nullptr;
  while (!posted.empty()) posted.run_one();
  EXPECT_TRUE(scribe.text.empty());
}

struct ShortStall : CurlStreamsTest {
  ShortStall() : CurlStreamsTest({.stall_timeout = base::kSecond}) {}
};
TEST_F(ShortStall, AServerThatSaysNothingFails) {
  const SocketServer server([](const std::string&) { return std::string(kGrowing); });
  start(1, server.url());
  run_until_ended(1);
  EXPECT_EQ(scribe.text[1], "head 200;failed;");
}

}  // namespace
}  // namespace client
