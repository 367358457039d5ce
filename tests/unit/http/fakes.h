#pragma once

#include <map>
#include <string>
#include <vector>

#include "http/session.h"

namespace http_test {

class FakeClock final : public base::Clock {
 public:
  base::Micros utc() const override { return now; }
  base::Micros steady() const override { return now; }
  base::Micros now = 784'111'777 * base::kSecond;  // Sun, 06 Nov 1994 08:49:37 GMT
};

inline http::Response reply(int status, std::vector<base::Bytes> body, int urgency = -1) {
  std::size_t size = 0;
  for (const auto& slice : body) size += slice.size();
  return std::make_shared<const http::Reply>(
      status, http::HeaderBlock::Fields{{"content-length", std::to_string(size)}}, std::move(body), urgency);
}

inline http::Response reply(int status, const std::string& body) {
  return reply(status, std::vector<base::Bytes>{base::Bytes::copy_of(body)});
}

/// Writes down what is asked; answers at once "200 path?query" unless told to hold.
class Recorder final : public http::Handler {
 public:
  void on_request(http::StreamId id, const http::Request& request) override {
    static constexpr const char* kMethods[] = {"GET", "HEAD", "OPTIONS", "OTHER"};
    std::string line = kMethods[static_cast<int>(request.method)];
    line += " " + std::string(request.path);
    if (!request.query.empty()) line += "?" + std::string(request.query);
    line += " @" + std::string(request.host);
    for (const auto& field : request.fields)
      if (field.name[0] == 'x' || field.name[0] == 'X')
        line += " " + std::string(field.name) + "=" + std::string(field.value);
    if (!request.body.empty()) line += " <" + std::string(request.body) + ">";
    trace.push_back(line);
    verbs.emplace_back(request.verb);
    ids.push_back(id);
    if (!hold) session->respond(id, answer == nullptr ? reply(200, std::string(request.path)) : answer);
  }
  void on_stream_closed(http::StreamId id) override { closed.push_back(id); }
  void on_stream_refused() override { ++streams_refused; }
  http::Response refuse(int status) override {
    refused.push_back(status);
    return reply(status, "refused");
  }

  http::Session* session = nullptr;
  bool hold = false;
  http::Response answer;
  std::vector<std::string> trace;
  std::vector<std::string> verbs;
  std::vector<http::StreamId> ids;
  std::vector<http::StreamId> closed;
  std::vector<int> refused;
  int streams_refused = 0;
};

inline std::string text(const std::vector<base::Bytes>& slices) {
  std::string all;
  for (const auto& slice : slices) all += slice.text();
  return all;
}

inline std::string drain(http::Session& session, std::size_t most = SIZE_MAX) {
  std::string all;
  for (;;) {
    std::vector<base::Bytes> out;
    session.take_output(most, out);
    if (out.empty()) return all;
    all += text(out);
  }
}

}  // namespace http_test
