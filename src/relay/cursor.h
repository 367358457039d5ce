#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "relay/reel.h"

namespace relay {

/// What one edge is sent of a log: from where it asks for, or, if that is no place of the log, from the window's begin;
/// then without the bodies that it has, if the media are the same. Thread: one.
class Cursor {
 public:
  Cursor(std::shared_ptr<const Reel> reel, const std::optional<Place>& from,
         const std::optional<Have>& have = std::nullopt);

  /// The log has grown.
  void update(std::shared_ptr<const Reel> reel) { reel_ = std::move(reel); }
  /// Adds the next item or record to `out`, at most one. False: there is nothing more now.
  bool next(std::vector<base::Bytes>& out);
  /// It cannot go on: what comes next is no longer kept, because the edge reads too slowly, or another log has begun.
  bool lost() const { return reel_->log != log_ || (next_ != 0 && !reel_->has({log_, next_})); }
  /// Number of the record that the edge is sent next.
  std::uint64_t at() const { return next_; }

 private:
  void begin(std::vector<base::Bytes>& out);

  std::shared_ptr<const Reel> reel_;
  const std::uint64_t log_;
  const bool resumes_;
  std::optional<Have> have_;  ///< parts to be sent without their bodies
  std::uint64_t next_ = 0;    ///< 0: not decided
  bool said_hello_ = false;
  bool caught_up_ = false;
};

}  // namespace relay
