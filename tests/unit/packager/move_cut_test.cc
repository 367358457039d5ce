#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "log_reader.h"
#include "packager/packager.h"
#include "record/position.h"
#include "stream.h"

/// Segments that begin at splices. 25 pictures a second, slots of 50; times in frames from kEpoch unless said.
namespace packager {
namespace {

using base::kSecond;
using stream::kEpoch;
using stream::kFrame;
using CutMove = Packager::CutMove;

constexpr base::Micros kPicture = 40'000;

std::int64_t video_time(std::int64_t frame) { return media::rescale(kEpoch, kSecond, 90000) + frame * kFrame; }
std::int64_t audio_time(std::int64_t frame) { return media::rescale(kEpoch, kSecond, 48000) + frame * 1024; }

RenditionSpec video_spec(const std::string& name, bool encoded) {
  RenditionSpec spec;
  spec.name = name;
  spec.track = stream::video_track({});
  spec.encoded = encoded;
  return spec;
}

RenditionSpec audio_spec() {
  RenditionSpec spec;
  spec.name = "a";
  spec.track = stream::audio_track({});
  spec.track.timescale = 48000;
  spec.still = {base::Bytes::copy_of("silence"), 1024};
  return spec;
}

/// A channel's renditions: a rung, whose encoder has key frames on the grid or at the copy's cuts, and at splices;
/// sound; below a copy, where there is one. The rung comes `delay` frames after the rest.
class Splicing final : public Listener {
 public:
  explicit Splicing(bool copy, bool moves = true) : copy_(copy), packager_(options(moves), *this) {}

  static Packager::Options options(bool moves) {
    Packager::Options options;
    options.cuts_move = moves;
    return options;
  }

  void present() {
    std::vector<RenditionSpec> specs{video_spec("rung", true), audio_spec()};
    if (copy_) specs.push_back(video_spec("copy", false));
    packager_.set_presentation(specs);
  }
  /// Plays pictures up to `until`; `key`: whether the copy's is a key frame.
  template <typename IsKey>
  void play(std::int64_t until, IsKey key) {
    if (log_.records().empty()) present();
    for (; next_ < until; ++next_) {
      if (copy_) packager_.on_packet(2, picture(next_, key(next_)));
      for (; audio_time(audio_) * 15 < video_time(next_ - sound_delay) * 8; ++audio_)
        packager_.on_packet(1, sound(audio_));
      if (next_ >= first_ + delay) packager_.on_packet(0, encoded(next_ - delay));
      if (next_ % 3 == 0) packager_.tick(kEpoch + next_ * kPicture);
    }
  }
  void play(std::int64_t until) {
    play(until, [](std::int64_t n) { return n % 25 == 0; });
  }
  CutMove splice(std::int64_t frame, base::Micros beside = 0) {
    const Packager::MovedTo to = packager_.move_cut(kEpoch + frame * kPicture + beside);
    forced_.insert(to.key.in(90000));
    return to.outcome;
  }
  /// Another packager that continues, with what the position says.
  void continue_from(const record::Position& position) {
    packager_.resume(position);
    for (const record::MovedCut& cut : position.moved_cuts) {
      forced_.insert(media::rescale(cut.start, kSecond, 90000));
    }
    slot_ = -1;
  }
  void start_at(std::int64_t frame) {
    first_ = next_ = frame;
    audio_ = media::rescale(frame * kFrame, 90000 * 1024, 48000, media::Round::kUp);
  }

  /// Where the segments begin, by number; in frames, sound's rounded down.
  std::map<std::int64_t, std::int64_t> starts(std::uint32_t rendition) const {
    std::map<std::int64_t, std::int64_t> found;
    const std::int64_t scale = rendition == 1 ? 48000 : 90000;
    for (const auto& end : log_.all<record::SegmentEnd>(rendition)) {
      const std::int64_t ticks = end.start - media::rescale(kEpoch, kSecond, scale);
      found[end.msn - kEpoch / (2 * kSecond)] = media::rescale(ticks, scale, 25, media::Round::kDown);
    }
    return found;
  }
  std::vector<record::MovedCut> moved() const {
    std::vector<record::MovedCut> found;
    for (const record::Record& record : log_.records()) {
      if (const auto* cut = std::get_if<record::MovedCut>(&record)) found.push_back(*cut);
    }
    return found;
  }
  void finish() {
    packager_.finish();
    for (std::uint32_t r = 0; r < (copy_ ? 3U : 2U); ++r) log_.check(r);
    log_.check_aligned();
  }
  const LogReader& log() const { return log_; }
  Packager& packager() { return packager_; }

  std::int64_t delay = 5;
  std::int64_t sound_delay = 0;  ///< likewise

 private:
  void on_record(record::Record&& record) override { log_.on_record(std::move(record)); }
  void on_cut(const Cut& cut) override {
    if (copy_) forced_.insert(cut.time);
  }

  static media::Packet picture(std::int64_t frame, bool key) {
    media::Packet packet;
    packet.dts = packet.pts = video_time(frame);
    packet.duration = kFrame;
    packet.key = packet.idr = key;
    packet.arrived = kEpoch + frame * kPicture;
    packet.data = base::Bytes::copy_of("picture");
    return packet;
  }
  static media::Packet sound(std::int64_t frame) {
    media::Packet packet;
    packet.dts = packet.pts = audio_time(frame);
    packet.duration = 1024;
    packet.key = true;
    packet.arrived = kEpoch + media::rescale(frame * 1024, 48000, kSecond);
    packet.data = base::Bytes::copy_of("sound");
    return packet;
  }
  media::Packet encoded(std::int64_t frame) {
    const std::int64_t pts = video_time(frame);
    bool key = !copy_ && std::exchange(slot_, frame / 50) != frame / 50;
    while (!forced_.empty() && *forced_.begin() <= pts) {
      key = true;
      forced_.erase(forced_.begin());
    }
    return picture(frame, key);
  }

  const bool copy_;
  LogReader log_;
  Packager packager_;
  std::set<std::int64_t> forced_;
  std::int64_t slot_ = -1;
  std::int64_t first_ = 0;
  std::int64_t next_ = 0;
  std::int64_t audio_ = 0;
};

using Starts = std::map<std::int64_t, std::int64_t>;

/// Whether the rung's segment begins with a key frame at `frame`.
bool begins_with_key(const Splicing& channel, std::int64_t frame) {
  const auto parts = channel.log().all<record::Part>(0);
  return std::any_of(parts.begin(), parts.end(), [&](const record::Part& part) {
    return part.index == 0 && part.start == video_time(frame) && part.independent &&
           samples_of(part).front().pts == video_time(frame);
  });
}

TEST(MoveCut, ASegmentBeginsAtTheSpliceInEveryRendition) {
  for (const std::int64_t at : {80, 99, 101, 124}) {
    Splicing channel(false);
    channel.play(30);
    EXPECT_EQ(channel.splice(at), CutMove::kMoved);
    channel.play(260);
    channel.finish();
    for (const std::uint32_t r : {0U, 1U}) {
      const Starts starts = channel.starts(r);
      EXPECT_EQ(starts.at(1), 50);
      EXPECT_EQ(starts.at(2), at) << "rendition " << r;
      EXPECT_EQ(starts.at(3), 150);
      EXPECT_EQ(starts.at(4), 200);
    }
    EXPECT_TRUE(begins_with_key(channel, at));
  }
}

TEST(MoveCut, IsWrittenWhereItIsDecided) {
  Splicing channel(false);
  channel.play(30);
  channel.splice(80);
  ASSERT_EQ(channel.moved().size(), 1U);
  EXPECT_EQ(channel.moved()[0].msn, kEpoch / (2 * kSecond) + 2);
  EXPECT_EQ(channel.moved()[0].start, kEpoch + 80 * kPicture);
  EXPECT_TRUE(channel.log().presentation().cuts_move);
}

TEST(MoveCut, ASpliceBetweenTwoPicturesIsAtTheNearestOfThem) {
  Splicing channel(false);
  channel.play(30);
  EXPECT_EQ(channel.splice(80, 11), CutMove::kMoved) << "a rounded time stamp";
  channel.play(120);
  EXPECT_EQ(channel.splice(179, 25'000), CutMove::kMoved);
  channel.play(260);
  channel.finish();
  EXPECT_EQ(channel.starts(0).at(2), 80);
  EXPECT_EQ(channel.starts(0).at(4), 180);
  EXPECT_TRUE(begins_with_key(channel, 80));
  EXPECT_TRUE(begins_with_key(channel, 180));
}

TEST(MoveCut, BelowACopyAllAreCutAtItsKeyFrame) {
  const auto spliced = [](std::int64_t n) { return n % 25 == 0 || n == 87; };
  Splicing channel(true);
  channel.play(60, spliced);
  EXPECT_EQ(channel.splice(87), CutMove::kMoved);
  channel.play(260, spliced);
  channel.finish();
  for (const std::uint32_t r : {0U, 1U, 2U}) EXPECT_EQ(channel.starts(r).at(2), 87) << "rendition " << r;
  EXPECT_EQ(channel.starts(2).at(3), 150);
  EXPECT_TRUE(begins_with_key(channel, 87));
}

TEST(MoveCut, ACopyWithoutAKeyFrameThereIsCutAtItsNextOne) {
  Splicing channel(true);
  channel.play(60);
  EXPECT_EQ(channel.splice(87), CutMove::kMoved);
  channel.play(260);
  channel.finish();
  for (const std::uint32_t r : {0U, 1U, 2U}) EXPECT_EQ(channel.starts(r).at(2), 100) << "rendition " << r;
}

TEST(MoveCut, IsTooLateOnceARenditionIsThere) {
  Splicing channel(false);
  channel.play(49);
  EXPECT_EQ(channel.splice(40), CutMove::kLate) << "sound has it";
  channel.play(97);
  EXPECT_EQ(channel.splice(95), CutMove::kLate) << "sound ends with the frame that contains the cut";
  channel.play(105);
  EXPECT_EQ(channel.splice(107), CutMove::kLate) << "the nearest cut is made";
  channel.play(260);
  channel.finish();
  EXPECT_EQ(channel.starts(0).at(2), 100);
  EXPECT_TRUE(channel.moved().empty());
}

TEST(MoveCut, IsTooLateOnceItsPictureIsThereThoughNothingOfItIsPublished) {
  Splicing channel(false);
  channel.delay = 0;
  channel.sound_delay = 20;
  channel.play(88);
  EXPECT_EQ(channel.splice(85), CutMove::kLate);
  EXPECT_EQ(channel.splice(88), CutMove::kMoved);
  channel.play(200);
  channel.finish();
  EXPECT_EQ(channel.starts(0).at(2), 88);
  EXPECT_TRUE(begins_with_key(channel, 88));
}

TEST(MoveCut, OfTwoSplicesThatAreTooNearTheFirstOneIsExact) {
  Splicing channel(false);
  channel.play(30);
  EXPECT_EQ(channel.splice(90), CutMove::kMoved);
  EXPECT_EQ(channel.splice(115), CutMove::kCrowded) << "the same cut";
  EXPECT_EQ(channel.splice(168), CutMove::kCrowded) << "78 frames between them";
  EXPECT_EQ(channel.splice(140), CutMove::kMoved) << "50";
  channel.play(260);
  channel.finish();
  EXPECT_EQ(channel.starts(0).at(2), 90);
  EXPECT_EQ(channel.starts(0).at(3), 140);
  EXPECT_EQ(channel.starts(0).at(4), 200);
}

TEST(MoveCut, NothingMovesInALogThatIsNotMadeForIt) {
  Splicing channel(false, false);
  channel.play(30);
  EXPECT_EQ(channel.splice(80), CutMove::kLate);
  channel.play(160);
  channel.finish();
  EXPECT_EQ(channel.starts(0).at(2), 100);
  EXPECT_FALSE(channel.log().presentation().cuts_move);
}

TEST(MoveCut, BeforeAnythingIsPublishedThereIsNothingToMove) {
  Splicing channel(false);
  EXPECT_EQ(channel.splice(80), CutMove::kLate);
  channel.present();
  EXPECT_EQ(channel.splice(80), CutMove::kLate);
}

// A worker that dies between the announcement and the splice.
TEST(MoveCut, ASourceThatContinuesTheLogCutsThereToo) {
  for (const bool copy : {false, true}) {
    const auto spliced = [](std::int64_t n) { return n % 25 == 0 || n == 87; };
    record::Position position;
    Splicing first(copy);
    first.play(60, spliced);
    ASSERT_EQ(first.splice(87), CutMove::kMoved);
    first.play(66, spliced);
    for (const record::Record& record : first.log().records()) position.apply(record);
    ASSERT_EQ(position.moved_cuts.size(), 1U);

    Splicing next(copy, false);
    next.continue_from(position);
    next.start_at(67);
    next.play(260, spliced);
    EXPECT_EQ(next.starts(0).at(2), 87);
    EXPECT_EQ(next.starts(1).at(2), 87);
    EXPECT_EQ(next.starts(0).at(3), 150);
  }
}

// The stand-in in the server does not trust the worker that wrote the log.
TEST(MoveCut, ACutThatNobodyWouldMoveThereStaysWhereItIs) {
  record::Position position;
  Splicing first(false);
  first.play(60);
  for (const record::Record& record : first.log().records()) position.apply(record);
  const std::int64_t msn = kEpoch / (2 * kSecond) + 2;
  position.apply(record::MovedCut{msn, kEpoch + 9 * kSecond});
  position.apply(record::MovedCut{msn + 1, -1});
  position.apply(record::MovedCut{INT64_MAX, INT64_MAX});
  Splicing next(false);
  next.continue_from(position);
  next.start_at(61);
  next.play(260);
  EXPECT_EQ(next.starts(0).at(2), 100);
  EXPECT_EQ(next.starts(0).at(3), 150);
}

// Without a worker the last picture is held, over the splice.
TEST(MoveCut, HeldMediaIsCutThereToo) {
  Splicing channel(false);
  channel.play(60);
  ASSERT_EQ(channel.splice(87), CutMove::kMoved);
  for (std::int64_t n = 60; n < 260; n += 3) channel.packager().tick(kEpoch + n * kPicture);
  channel.finish();
  EXPECT_EQ(channel.starts(0).at(2), 87);
  EXPECT_EQ(channel.starts(1).at(2), 87);
  EXPECT_EQ(channel.starts(0).at(3), 150);
}

// Twins: the same feed and the same splices, started apart, and one of them heard of each a little later.
TEST(MoveCut, TwoMachinesCutAlike) {
  Splicing one(false);
  Splicing other(false);
  other.start_at(120);
  one.play(200);
  other.play(200);
  for (const std::int64_t at : {331, 585, 777}) {
    one.play(at - 90);
    EXPECT_EQ(one.splice(at), CutMove::kMoved);
    other.play(at - 75);
    EXPECT_EQ(other.splice(at), CutMove::kMoved);
  }
  one.play(1000);
  other.play(1000);
  one.finish();
  other.finish();
  const Starts theirs = other.starts(0);
  for (const auto& [msn, start] : one.starts(0)) {
    if (msn > 3 && msn < 19) {
      EXPECT_EQ(theirs.at(msn), start);
    }
  }
}

// Whatever is spliced, announced whenever: what must hold of every log holds, and numbers go on.
TEST(MoveCut, PropertyOfRandomSplices) {
  std::mt19937 random(7);
  const auto upto = [&](int most) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(most)); };
  int moved = 0;
  for (int run = 0; run < 60; ++run) {
    const bool copy = run % 2 == 1;
    const std::int64_t gop = 10 + upto(60);
    Splicing channel(copy);
    channel.delay = upto(9);
    std::set<std::int64_t> splices;
    const auto key = [&](std::int64_t n) { return n % gop == 0 || (run % 4 == 3 && splices.contains(n)); };
    for (std::int64_t at = 20; at < 900; at += 1 + upto(60)) {
      channel.play(at, key);
      const std::int64_t splice = at + upto(150);
      if (channel.splice(splice, upto(kPicture)) == CutMove::kMoved) ++moved;
      splices.insert(splice);
    }
    channel.play(1000, key);
    channel.finish();
    EXPECT_GE(channel.starts(0).size(), 18U);
    if (HasFailure()) FAIL() << "run " << run << " gop " << gop;
  }
  EXPECT_GT(moved, 300);
}

}  // namespace
}  // namespace packager
