#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/channel_files.h"
#include "base/clock.h"
#include "s3/bucket.h"
#include "unit/archive/logs.h"

namespace upload::testing {

using archive::a_part;
using archive::a_segment_end;
using archive::kJournalStart;
using archive::one_picture;
using archive::ScratchDirectory;

/// The first segment of tests: one that begins near kJournalStart.
inline constexpr std::int64_t kFirst = kJournalStart / (2 * base::kSecond);

/// Two renditions, v720 and a1, in the ticks of archive::a_part().
inline record::Presentation with_sound() {
  record::Presentation made = one_picture();
  record::Rendition sound = made.renditions[0];
  sound.name = "a1";
  sound.track.codec = media::Codec::kAac;
  sound.init = base::Bytes::of_static("sound init");
  made.renditions.push_back(sound);
  return made;
}

/// Writes a channel's journal.
class Journal {
 public:
  explicit Journal(const std::string& directory) : files_(directory) {}

  /// Begins a file whose name is `second` after kJournalStart.
  void begin(int second, bool continues, std::int64_t begun, std::int64_t discontinuities = 0) {
    archive::FileHeader header;
    header.continues = continues;
    header.began = kJournalStart + second * base::kSecond;
    header.standing = {begun, discontinuities, 2};
    static_cast<void>(files_.begin(header, {with_sound()}).ok());
  }
  void add(const record::Record& record) { static_cast<void>(files_.append(record).ok()); }
  void part(std::int64_t msn, std::uint32_t index, std::uint32_t rendition = 0) {
    const std::string name = rendition == 0 ? "v" : "a";
    record::Part part = a_part(msn, index, name + std::to_string(msn - kFirst) + "." + std::to_string(index) + " ");
    part.rendition = rendition;
    add(part);
  }
  void end(std::int64_t msn, std::uint32_t rendition = 0) {
    record::SegmentEnd end = a_segment_end(msn);
    end.rendition = rendition;
    add(end);
  }
  /// A whole segment of both renditions.
  void segment(std::int64_t msn) {
    for (std::uint32_t rendition = 0; rendition < 2; ++rendition) {
      for (std::uint32_t i = 0; i < 4; ++i) part(msn, i, rendition);
      end(msn, rendition);
    }
  }
  void segments(std::int64_t from, std::int64_t to) {
    for (std::int64_t msn = from; msn <= to; ++msn) segment(msn);
  }

 private:
  archive::ChannelFiles files_;
};

/// A bucket in memory that can fail.
class FakeStore final : public s3::Store {
 public:
  std::vector<std::optional<s3::Failure>> put(const std::vector<s3::Object>& given) override {
    ++calls;
    std::vector<std::optional<s3::Failure>> failures;
    for (const s3::Object& object : given) {
      if (down || object.name == refused) {
        failures.push_back(s3::Failure{reason, "503 SlowDown"});
        continue;
      }
      order.push_back(object.name);
      objects[object.name] = object;
      failures.emplace_back();
    }
    return failures;
  }
  std::string text(const std::string& name) const {
    const auto found = objects.find(name);
    return found == objects.end() ? "" : std::string(found->second.body.text());
  }

  std::map<std::string, s3::Object> objects;
  std::vector<std::string> order;  ///< names, as they were put
  int calls = 0;
  bool down = false;
  std::string refused;
  s3::Reason reason = s3::Reason::kSlowDown;
};

class StepClock final : public base::Clock {
 public:
  base::Micros utc() const override { return kJournalStart + now; }
  base::Micros steady() const override { return now; }
  base::Micros now = 0;
};

/// A media playlist from its sequence number on, without dates and durations, its numbers counted from kFirst.
inline std::string short_list(std::string text) {
  const std::size_t at = text.find("#EXT-X-MEDIA-SEQUENCE");
  if (at == text.npos) return "";
  std::string lines;
  text = text.substr(at);
  for (std::size_t from = 0; from < text.size(); from = text.find('\n', from) + 1) {
    std::string line = text.substr(from, text.find('\n', from) - from);
    if (line.starts_with("#EXT-X-PROGRAM") || line.starts_with("#EXTINF")) continue;
    if (line.starts_with("#EXT-X-MEDIA-SEQUENCE:"))
      line = "from " + std::to_string(std::stoll(line.substr(22)) - kFirst);
    if (line.starts_with("#EXT-X-DISCONTINUITY-SEQUENCE:0")) continue;
    if (line.starts_with("#EXT-X-"))
      line = line.substr(7, line.find(':') == line.npos ? line.npos : line.find(':') - 7);
    if (line.find(".m4s") != line.npos) line = std::to_string(std::stoll(line) - kFirst);
    lines += (lines.empty() ? "" : " ") + line;
  }
  return lines;
}

}  // namespace upload::testing
