#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "packager/packager.h"

/// Keeps a packager's log, tells it as text, and checks what must hold of every log.
class LogReader final : public packager::Listener {
 public:
  void on_record(record::Record&& record) override { records_.push_back(std::move(record)); }
  void on_cut(const packager::Cut& cut) override { cuts_.push_back(cut); }
  void on_key_wanted(std::uint32_t rendition) override { keys_wanted_.push_back(rendition); }

  const std::vector<record::Record>& records() const { return records_; }
  const std::vector<packager::Cut>& cuts() const { return cuts_; }
  const std::vector<std::uint32_t>& keys_wanted() const { return keys_wanted_; }
  const record::Presentation& presentation() const;
  /// Whether a rendition changed its timescale on the way.
  bool rescaled() const;
  template <typename T>
  std::vector<T> all(std::uint32_t rendition) const {
    std::vector<T> found;
    for (const record::Record& record : records_) {
      const T* one = std::get_if<T>(&record);
      if (one != nullptr && one->rendition == rendition) found.push_back(*one);
    }
    return found;
  }

  /// One line a segment: "0 +0.700 2.000: 0.52* 0.52 0.52 0.44!" is segment number (from the first slot of the test),
  /// start (from kEpoch), duration, and its parts; * independent, ! known to be the last, g a gap.
  std::string trace(std::uint32_t rendition) const;

  /// LL-11, LL-12, LL-51, LL-56, LL-58, LL-59, CM-12, and one segment a slot; LL-77: after a part that is not known to
  /// be the last more comes in its segment, or is missing. Counts of what it saw keep a test honest.
  struct Seen {
    int segments = 0;
    int parts = 0;
    int gaps = 0;
    int gaps_after_media = 0;
    int held = 0;
  };
  Seen check(std::uint32_t rendition, bool finished = true) const;
  /// All renditions cut alike: video at the same times, audio within a frame (LL-40, CM-18).
  void check_aligned() const;

 private:
  std::vector<record::Record> records_;
  std::vector<packager::Cut> cuts_;
  std::vector<std::uint32_t> keys_wanted_;
};

/// One sample of a published part.
struct Sample {
  std::int64_t dts = 0;
  std::int64_t pts = 0;
  std::int64_t duration = 0;
  bool sync = false;
  std::string data;
};
/// Reads a part back: tfdt, trun and mdat.
std::vector<Sample> samples_of(const record::Part& part);
/// All samples of a rendition.
std::vector<Sample> samples_of(const LogReader& log, std::uint32_t rendition);
