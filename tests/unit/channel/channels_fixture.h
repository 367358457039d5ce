#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "channel/channels.h"
#include "fakes.h"

namespace channel {

using Names = std::set<std::string, std::less<>>;

/// All channels of a server: "match" has keys, anyone on this machine may publish others.
class ChannelsTest : public testing::Test {
 protected:
  static Channels::Settings settings() {
    Options open;
    open.window = 10 * base::kSecond;
    Options keyed;
    keyed.keys = {"secret"};
    keyed.backup_keys = {"spare"};
    return {{"*", open}, {"match", keyed}};
  }
  /// Empty where the publisher was let in.
  std::string publish(const std::string& channel, const std::string& key = "secret") {
    feeds_.emplace_back();
    ingest::PublishRequest request = request_for(channel);
    request.key = key;
    auto answer = channels_->on_publish(request, feeds_.back());
    if (auto* refusal = std::get_if<ingest::Publisher::Refusal>(&answer)) return refusal->text;
    feeds_.back().sink = std::get<ingest::FeedSink*>(answer);
    feeds_.back().start();
    feeds_.back().rtmp(feed::Role::kHeader, "h");
    return {};
  }
  /// Channels whose primary feed would refuse another publisher.
  Names taken() const {
    Names names;
    for (const auto& [name, id] : channels_->occupied()) {
      if (id == feed::Id::kPrimary) names.insert(name);
    }
    return names;
  }
  void end_all_workers() {
    for (const auto& process : spawner_.processes) {
      if (!process->gone) process->die();
    }
  }

  FakeTime time_;
  FakeSpawner spawner_;
  FakeEvents events_;
  std::deque<FakeFeed> feeds_;
  double cpu_idle_ = 1;
  std::vector<std::string> removed_;
  std::vector<Names> occupied_;  ///< primary feeds of
  std::unique_ptr<Channels> channels_ =
      std::make_unique<Channels>(Environment{time_, time_, spawner_, events_, [](const std::string&, const auto&) {},
                                             [this] { occupied_.push_back(taken()); },
                                             [this] { return govern::CpuBudget::Machine{cpu_idle_, 8}; }},
                                 settings(), Limits{}, [this](const std::string& name) { removed_.push_back(name); });
};

}  // namespace channel
