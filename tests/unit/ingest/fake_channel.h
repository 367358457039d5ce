#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ingest/publisher.h"
#include "unit/ingest/hook.h"

namespace ingest {

/// A channel layer that takes every feed, or none, and writes down what comes.
class FakeChannel : public Publisher, public FeedSink {
 public:
  std::variant<FeedSink*, Refusal> on_publish(const PublishRequest& asked, Feed& live) override {
    request = asked;
    ++publishes;
    if (refuse) return *refuse;
    feed = &live;
    if (!tells.empty()) live.tell(tells);
    return this;
  }
  void on_message(feed::Message&& message) override {
    if (std::holds_alternative<feed::Start>(message)) trace.push_back("start");
    if (const auto* dropped = std::get_if<feed::Dropped>(&message)) dropped_bytes += dropped->bytes;
    if (const auto* bytes = std::get_if<feed::TsBytes>(&message)) {
      EXPECT_GT(bytes->arrived, 1'700'000'000 * base::kSecond);  // UTC
      data.insert(data.end(), bytes->payload.begin(), bytes->payload.end());
    }
    on_change();
  }
  void on_feed_end(std::string_view reason) override {
    trace.push_back("end " + std::string(reason));
    feed = nullptr;
    on_change();
  }

  std::optional<Refusal> refuse;
  std::string tells;  ///< to who is accepted
  std::optional<PublishRequest> request;
  Hook on_change;
  Feed* feed = nullptr;
  int publishes = 0;  ///< asked for
  std::vector<std::string> trace;
  std::vector<std::uint8_t> data;
  std::uint64_t dropped_bytes = 0;
};

}  // namespace ingest
