#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "channel.h"
#include "origin/log.h"
#include "parsed_playlist.h"

namespace origin {
namespace {

using namespace origin::testing;

/// A packager on a bad day: media comes in order, but parts, segment ends and whole stretches go missing, come twice or
/// too late, and formats change.
class BadDay {
 public:
  explicit BadDay(unsigned seed) : random_(seed) {}

  std::vector<record::Record> records(int slots) {
    std::vector<record::Record> out{presentation()};
    std::int64_t msn = kFirst;
    for (int i = 0; i < slots; ++i, ++msn) {
      if (chance(30)) change_format(out, msn);
      if (chance(25)) msn += static_cast<std::int64_t>(random_() % 5);  // nothing came for a while
      if (chance(400)) msn += 100;
      add_slot(out, msn);
    }
    if (chance(2)) out.emplace_back(record::End{});
    return out;
  }

 private:
  bool chance(unsigned one_in) { return random_() % one_in == 0; }

  void change_format(std::vector<record::Record>& out, std::int64_t msn) {
    record::Presentation changed = presentation();
    changed.renditions[0].init = base::Bytes::copy_of("init " + std::to_string(random_() % 4));
    out.emplace_back(changed);
    out.emplace_back(record::Discontinuity{msn});
  }

  void add_slot(std::vector<record::Record>& out, std::int64_t msn) {
    const unsigned parts = chance(10) ? 1 + random_() % 4 : 4;  // the segment may end early
    for (std::uint32_t i = 0; i < parts; ++i) {
      for (const std::uint32_t rendition : {kVideo, kAudio}) add_part(out, rendition, msn, i, i + 1 == parts);
    }
    for (const std::uint32_t rendition : {kVideo, kAudio}) {
      if (!chance(40)) out.emplace_back(end(rendition, msn));
    }
  }

  void add_part(std::vector<record::Record>& out, std::uint32_t rendition, std::int64_t msn, std::uint32_t index,
                bool last) {
    if (chance(30)) return;
    if (chance(20)) {
      out.emplace_back(gap(rendition, msn, index));
      if (chance(2)) out.emplace_back(part(rendition, msn, index, last));  // late: it has been declared a gap
      return;
    }
    out.emplace_back(part(rendition, msn, index, last && chance(2)));
    if (chance(40)) out.push_back(out.back());
    if (chance(40)) out.emplace_back(part(rendition, msn - 2, index));
  }

  std::mt19937 random_;
};

/// What a player that follows one rendition holds true from playlist to playlist.
class Follower {
 public:
  void see(const RenditionSnapshot& rendition) {
    const std::string text(rendition.playlist(hls::Skip::kNo).identity.text());
    const ParsedPlaylist now = parse_playlist(text);
    check_parts(now);
    check_objects(now, rendition);
    check_numbers(now);
    check_hint(now);
    check_delta(now, parse_playlist(std::string(rendition.playlist(hls::Skip::kYes).identity.text())));
    last_ = now;
    seen_ = true;
  }
  const std::map<std::int64_t, std::int64_t>& discontinuity_numbers() const { return discontinuity_numbers_; }
  const ParsedPlaylist& last() const { return last_; }
  bool saw_delta() const { return saw_delta_; }

 private:
  static void check_parts(const ParsedPlaylist& now) {
    for (const ParsedSegment& segment : now.segments) {
      EXPECT_LE(static_cast<int>(segment.duration + 0.5), std::stoi(now.target_duration));  // LL-11
      for (std::size_t i = 0; i < segment.parts.size(); ++i) {
        const ParsedPart& part = segment.parts[i];
        EXPECT_LE(part.duration, now.part_target);  // LL-56
        const bool last = i + 1 == segment.parts.size();
        if (part.independent || part.gap || last || segment.parts[i + 1].gap) continue;
        EXPECT_GE(part.duration, 0.85 * now.part_target);  // LL-58
      }
    }
  }

  static void check_objects(const ParsedPlaylist& now, const RenditionSnapshot& rendition) {  // LL-30, LL-34, LL-79
    for (const ParsedSegment& segment : now.segments) {
      if (!segment.uri.empty()) {
        EXPECT_EQ(segment.uri, std::to_string(segment.msn) + ".m4s");  // LL-23
        EXPECT_EQ(rendition.segment(segment.msn).presence, segment.gap ? Presence::kGap : Presence::kFound);
      }
      EXPECT_EQ(rendition.init(segment.map).presence, Presence::kFound);
      for (std::uint32_t i = 0; i < segment.parts.size(); ++i) {
        EXPECT_EQ(segment.parts[i].uri, std::to_string(segment.msn) + "." + std::to_string(i) + ".m4s");
        EXPECT_EQ(rendition.part(segment.msn, i).presence, segment.parts[i].gap ? Presence::kGap : Presence::kFound);
      }
    }
    if (now.ended) return;
    EXPECT_FALSE(now.part_hint.empty());  // LL-75
    const hls::Revision& revision = rendition.revision();
    EXPECT_EQ(rendition.part(revision.hint_msn(), revision.hint_part()).presence, Presence::kPending);
    if (!now.map_hint.empty()) {
      EXPECT_EQ(rendition.init(now.map_hint).presence, Presence::kFound);
    }
  }

  void check_numbers(const ParsedPlaylist& now) {
    for (std::size_t i = 0; i < now.segments.size(); ++i) {
      const ParsedSegment& segment = now.segments[i];
      EXPECT_EQ(segment.msn, now.media_sequence + static_cast<std::int64_t>(i));
      const auto known = discontinuity_numbers_.emplace(segment.msn, segment.discontinuity_number);
      EXPECT_EQ(known.first->second, segment.discontinuity_number) << segment.msn;  // LL-38
    }
    if (!seen_) return;
    EXPECT_GE(now.media_sequence, last_.media_sequence);    // LL-21
    EXPECT_EQ(now.target_duration, last_.target_duration);  // LL-13
    EXPECT_EQ(now.server_control, last_.server_control);    // LL-69
    EXPECT_EQ(now.part_target, last_.part_target);          // AMB-8
    if (last_.segments.size() >= 6) {
      EXPECT_GE(now.segments.size(), 6U);  // LL-25, LL-26
    }
  }

  /// LL-77: the next part that is listed is the one that was hinted, unless its segment closed without it.
  void check_hint(const ParsedPlaylist& now) {
    if (!seen_ || last_.part_hint.empty()) return;
    const std::int64_t hinted = std::stoll(last_.part_hint);
    for (const ParsedSegment& segment : now.segments) {
      if (segment.msn != hinted || segment.parts.empty()) continue;
      const auto at = std::stoull(last_.part_hint.substr(last_.part_hint.find('.') + 1));
      if (segment.parts.size() > at) {
        EXPECT_EQ(segment.parts[at].uri, last_.part_hint);
      }
    }
  }

  /// LL-93: what a player has, and the delta, are together the full playlist.
  void check_delta(const ParsedPlaylist& now, const ParsedPlaylist& delta) {
    EXPECT_EQ(delta.media_sequence, now.media_sequence);
    EXPECT_EQ(delta.discontinuity_sequence, now.discontinuity_sequence);
    EXPECT_EQ(delta.part_hint, now.part_hint);
    ASSERT_EQ(delta.segments.size() + static_cast<std::size_t>(delta.skipped), now.segments.size());
    saw_delta_ = saw_delta_ || delta.skipped > 0;
    const auto skipped = static_cast<std::size_t>(delta.skipped);
    for (std::size_t i = 0; i < now.segments.size(); ++i) {
      if (i < skipped) {
        const auto known = segments_.find(now.segments[i].msn);
        if (known == segments_.end()) continue;  // passed over at once: more than a player's last copy can have had
        EXPECT_EQ(known->second, now.segments[i].identity());
      } else if (!(skipped > 0 &&
                   delta.segments[i - skipped].discontinuity_number != now.segments[i].discontinuity_number)) {
        EXPECT_EQ(delta.segments[i - skipped].identity(), now.segments[i].identity());
      }
    }
    segments_.clear();
    for (const ParsedSegment& segment : now.segments) {
      if (!segment.uri.empty()) segments_[segment.msn] = segment.identity();
    }
  }

  bool seen_ = false;
  bool saw_delta_ = false;
  ParsedPlaylist last_;
  std::map<std::int64_t, std::int64_t> discontinuity_numbers_;
  std::map<std::int64_t, std::string> segments_;
};

class LogProperty : public ::testing::TestWithParam<unsigned> {};

TEST_P(LogProperty, HoldsForAPlayerOnABadDay) {
  Log log("match", {});
  std::map<std::uint32_t, Follower> followers;
  std::map<std::uint32_t, std::shared_ptr<const RenditionSnapshot>> seen;
  for (const record::Record& record : BadDay(GetParam()).records(50)) {
    log.apply(record);
    const auto snapshot = log.snapshot();
    for (std::uint32_t i = 0; i < snapshot->renditions.size(); ++i) {
      if (snapshot->renditions[i]->ready() && snapshot->renditions[i] != seen[i]) {
        followers[i].see(*snapshot->renditions[i]);
      }
      seen[i] = snapshot->renditions[i];
    }
    if (HasFailure()) return;
  }
  ASSERT_EQ(followers.size(), 2U);
  EXPECT_TRUE(followers[kVideo].saw_delta());
  EXPECT_EQ(followers[kVideo].last().server_control, followers[kAudio].last().server_control);  // LL-69
  for (const auto& [msn, number] : followers[kVideo].discontinuity_numbers()) {                 // LL-40
    const auto other = followers[kAudio].discontinuity_numbers().find(msn);
    if (other != followers[kAudio].discontinuity_numbers().end()) {
      EXPECT_EQ(other->second, number) << msn;
    }
  }
}

TEST_P(LogProperty, SameRecordsSameBytesHoweverTheyWereGrouped) {  // design: two servers answer alike
  Log eager("match", {});
  Log lazy("match", {});
  std::mt19937 random(GetParam());
  for (const record::Record& record : BadDay(GetParam()).records(40)) {
    eager.apply(record);
    for (const auto& rendition : eager.snapshot()->renditions) {
      if (rendition->ready()) rendition->playlist(hls::Skip::kNo);
    }
    lazy.apply(record);
    if (random() % 7 != 0) continue;
    const auto one = eager.snapshot();
    const auto two = lazy.snapshot();
    ASSERT_EQ(one->renditions.size(), two->renditions.size());
    EXPECT_EQ(one->state, two->state);
    for (std::size_t i = 0; i < one->renditions.size(); ++i) {
      ASSERT_EQ(one->renditions[i]->ready(), two->renditions[i]->ready());
      if (!one->renditions[i]->ready()) continue;
      for (const hls::Skip skip : {hls::Skip::kNo, hls::Skip::kYes}) {
        EXPECT_EQ(one->renditions[i]->playlist(skip).identity.text(),
                  two->renditions[i]->playlist(skip).identity.text());
        EXPECT_EQ(one->renditions[i]->playlist(skip).gzip, two->renditions[i]->playlist(skip).gzip);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LogProperty, ::testing::Range(1U, 7U));

}  // namespace
}  // namespace origin
