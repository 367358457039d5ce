#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "hls/window.h"
#include "media/track.h"
#include "origin/log.h"
#include "upload/journal_tail.h"

namespace upload {

/// Reads all that a channel's journal has, once. A server may write it meanwhile. Waits for the disk. Thread: one.
class JournalWalk {
 public:
  /// Takes a segment of which the journal has all, a gap too, with its bytes.
  using Take = std::function<void(const std::string& rendition, media::Kind kind, const hls::Segment& segment)>;

  /// `directory`: of the channel. `log`: as the channel's.
  JournalWalk(std::string directory, const origin::Log::Options& log) : tail_(std::move(directory), 0), options_(log) {
    options_.window = 0;  // the least: what was taken is needed no longer
  }

  /// Gives each segment to `take`, those of a rendition in order.
  void run(const Take& take);
  /// The channel where its journal ends; null: it has no file.
  std::shared_ptr<const origin::ChannelSnapshot> end() { return log_ ? log_->snapshot() : nullptr; }

 private:
  void begin_file();
  void take_closed(const Take& take);

  JournalTail tail_;
  origin::Log::Options options_;
  std::unique_ptr<origin::Log> log_;
  std::int64_t begun_ = -1;  ///< of segments up to this one the log does not have all
  bool skips_seed_ = false;
  std::map<std::string, std::int64_t> newest_;  ///< that was taken, by rendition
};

}  // namespace upload
