#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "origin/log.h"
#include "record/fold.h"

namespace channel {

/// Gets every new snapshot of a channel, to post it to the serve loops. Called on the control loop's thread.
using OnSnapshot = std::function<void(const std::string& channel, std::shared_ptr<const origin::ChannelSnapshot>)>;

/// The fold that viewers see: the live window, published after each batch of records (what one read of the worker's
/// pipe gave, or one tick of the stand-in). Thread: the control loop's.
class LiveWindow final : public record::Fold {
 public:
  /// `channel`: its name, which outlives this.
  LiveWindow(const std::string& channel, const origin::Log::Options& options, OnSnapshot publish)
      : channel_(channel), log_(channel, options), publish_(std::move(publish)) {}

  void apply(const record::Record& record) override {
    log_.apply(record);
    dirty_ = true;
    empty_ = false;
  }
  void settle() override {
    if (std::exchange(dirty_, false)) publish_(channel_, log_.snapshot());
  }

  /// See origin::Log::file_part().
  void file_part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, base::FilePlace place) {
    log_.file_part(rendition, msn, index, std::move(place));
  }
  /// See origin::Log::begin_reading(). REQUIRES: no settle() before end_reading().
  void begin_reading() { log_.begin_reading(); }
  void end_reading(const hls::FetchFiled& fetch) { log_.end_reading(fetch); }
  /// See origin::Log::resume().
  void resume(const origin::Log::Standing& standing) { log_.resume(standing); }
  origin::Log::Standing standing() const { return log_.standing(); }
  /// The state now, records that are not settled included. Never null.
  std::shared_ptr<const origin::ChannelSnapshot> snapshot() { return log_.snapshot(); }
  /// True until the first record: nothing was published under this name, so the channel can be removed without a delay.
  bool empty() const { return empty_; }
  origin::Log::Counters counters() const { return log_.counters(); }

 private:
  const std::string& channel_;
  origin::Log log_;
  OnSnapshot publish_;
  bool dirty_ = false;  ///< a record came since the last settle()
  bool empty_ = true;
};

}  // namespace channel
