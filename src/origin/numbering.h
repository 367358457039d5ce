#pragma once

#include <cstdint>

#include "media/time.h"
#include "record/record.h"

namespace origin {

/// Keeps the numbers of a channel's playlist URLs from falling (LL-21, LL-128), between the sources that write the
/// channel's records and the folds that read them.
///
/// A source numbers by time alone, msn = floor(utc / N), and N is a whole number of frames: 2 s at 25 frames/s, 2.002 s
/// at 29.97. A session of longer segments thus counts 897,017 below the one before it, under the same URLs. It gets a
/// multiple of hls::kNumberingStep added, the least that makes its first number larger than every number before;
/// sessions of the same N keep what has been added. So numbers rise by one within a session and jump up between
/// sessions, and as long as a channel keeps to one N nothing is added: a number then needs no memory.
///
/// The records that leave here have the sum as their number, and a segment's number beside its start shows what was
/// added (hls::numbering_offset()): journals, relays and edges pass it on and need not agree on it. Origins that do not
/// talk to each other add the same if they carried the same sessions, also if they stopped some segments apart, because
/// the step is coarse. An origin that has missed a session of another N takes the sum from the log that it continues.
/// Thread: one.
class Numbering {
 public:
  Numbering() = default;
  /// Of a log that is continued: the N of its session, what it adds, and its largest number so far.
  Numbering(media::Rational segment, std::int64_t offset, std::int64_t newest)
      : segment_(media::reduce(segment)), offset_(offset), newest_(newest) {}

  /// The record with the number it is published under. The reference lives until the next call.
  const record::Record& apply(const record::Record& record);

  /// What is added now.
  std::int64_t offset() const { return offset_; }

 private:
  std::int64_t published(std::int64_t msn);

  media::Rational segment_{0, 1};
  bool undecided_ = false;  ///< a session of another N has begun and has no number yet
  std::int64_t offset_ = 0;
  std::int64_t newest_ = -1;  ///< largest number published
  record::Record shifted_;
};

}  // namespace origin
