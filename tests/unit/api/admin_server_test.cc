#include "api/admin_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "loop/timer.h"

namespace api {
namespace {

class Client : public loop::StreamHandler {
 public:
  Client(loop::Loop& loop, std::uint16_t port) : loop_(loop) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    stream_ = loop::Stream::of_descriptor(loop, descriptor).take();
    stream_->start(*this);
  }
  // The answer, once a whole one with Content-Length is there.
  std::string ask(const std::string& request) {
    text_.clear();
    stream_->write(base::Bytes::copy_of(request));
    loop_.run();
    return text_;
  }
  void send(const std::string& request) { stream_->write(base::Bytes::copy_of(request)); }
  void hang_up() { stream_->close(); }

  void on_read(base::View bytes) override {
    text_ += base::text_of(bytes);
    const std::size_t head = text_.find("\r\n\r\n");
    const std::size_t field = text_.find("Content-Length: ");
    if (head == std::string::npos || field == std::string::npos) return;
    if (text_.size() - head - 4 >= std::stoul(text_.substr(field + 16))) loop_.stop();
  }
  void on_end(const std::optional<base::Error>&) override { loop_.stop(); }

 private:
  loop::Loop& loop_;
  std::unique_ptr<loop::Stream> stream_;
  std::string text_;
};

class AdminServerTest : public testing::Test {
 protected:
  AdminServerTest() {
    AdminServer::Options options;
    options.port = 0;
    server_ = AdminServer::make(loop_, clock_, options).take();
    server_->add("/metrics",
                 [](AdminServer::Respond respond) { respond({200, "text/plain; version=0.0.4", "kickoff_x 1\n"}); });
    server_->add("/later", [this](AdminServer::Respond respond) { later_ = std::move(respond); });
  }

  base::SystemClock clock_;
  loop::Loop loop_;
  std::unique_ptr<AdminServer> server_;
  AdminServer::Respond later_;
};

TEST_F(AdminServerTest, AnswersARouteUncached) {
  Client client(loop_, server_->port());
  const std::string answer = client.ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_NE(answer.find("Cache-Control: no-store"), std::string::npos) << "CC-12";
  EXPECT_NE(answer.find("kickoff_x 1\n"), std::string::npos);
}

TEST_F(AdminServerTest, UnknownPagesAndOtherMethodsAreToldSo) {
  Client client(loop_, server_->port());
  EXPECT_NE(client.ask("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").find(" 404 "), std::string::npos);
  const std::string answer = client.ask("DELETE /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(answer.find(" 405 "), std::string::npos);
  EXPECT_NE(answer.find("Allow: GET, HEAD"), std::string::npos);
}

TEST_F(AdminServerTest, ARouteMayAnswerLater) {
  Client client(loop_, server_->port());
  loop::Timer soon(loop_, [&] {
    if (later_) later_({200, "text/plain", "now\n"});
  });
  soon.start(base::kMillisecond, base::kMillisecond);
  EXPECT_NE(client.ask("GET /later HTTP/1.1\r\nHost: a\r\n\r\n").find("now\n"), std::string::npos);
}

TEST_F(AdminServerTest, AnAnswerForAConnectionThatIsGoneIsDropped) {
  Client client(loop_, server_->port());
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  loop::Timer watch(loop_, [&] {
    if (!later_) return;
    client.hang_up();
    loop_.stop();
  });
  watch.start(base::kMillisecond, base::kMillisecond);
  loop_.run();
  ASSERT_TRUE(later_);
  watch.stop();
  // Another client's answer shows that the server has seen the first one go.
  Client second(loop_, server_->port());
  EXPECT_NE(second.ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").find(" 200 "), std::string::npos);
  later_({200, "text/plain", "too late\n"});
}

}  // namespace
}  // namespace api
