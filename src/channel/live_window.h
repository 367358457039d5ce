#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "origin/log.h"
#include "record/fold.h"

namespace channel {

/// Gets every new state of a channel's log, to hand it to the serve loops.
using OnSnapshot = std::function<void(const std::string& channel, std::shared_ptr<const origin::ChannelSnapshot>)>;

/// The fold that viewers see: the live window, published after each batch of records.
class LiveWindow final : public record::Fold {
 public:
  LiveWindow(const std::string& channel, base::Micros window, OnSnapshot publish)
      : channel_(channel), log_(channel, {window}), publish_(std::move(publish)) {}

  void apply(const record::Record& record) override {
    log_.apply(record);
    dirty_ = true;
    empty_ = false;
  }
  void settle() override {
    if (std::exchange(dirty_, false)) publish_(channel_, log_.snapshot());
  }

  std::shared_ptr<const origin::ChannelSnapshot> snapshot() { return log_.snapshot(); }
  /// True until the first record: no viewer can ask for anything of it.
  bool empty() const { return empty_; }
  origin::Log::Counters counters() const { return log_.counters(); }

 private:
  const std::string& channel_;
  origin::Log log_;
  OnSnapshot publish_;
  bool dirty_ = false;
  bool empty_ = true;
};

}  // namespace channel
