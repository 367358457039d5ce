// A text rendition beside video and audio.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "log_reader.h"
#include "packager/packager.h"
#include "packager/text_lane.h"
#include "record/position.h"
#include "stream.h"

namespace {

using base::kSecond;
using packager::RenditionSpec;
using record::Part;
using record::SegmentEnd;

constexpr std::uint32_t kText = 0;
constexpr std::uint32_t kVideo = 1;
constexpr std::uint32_t kAudio = 2;

RenditionSpec text_spec() {
  RenditionSpec spec;
  spec.name = "s1";
  spec.track.codec = media::Codec::kWebVtt;
  spec.track.timescale = packager::TextLane::kTimescale;
  spec.track.language = "en";
  spec.label = "English";
  spec.forced = true;
  return spec;
}

RenditionSpec spec_of(std::string name, const media::Track& track) {
  RenditionSpec spec;
  spec.name = std::move(name);
  spec.track = track;
  if (track.kind() == media::Kind::kAudio) spec.still = {base::Bytes::copy_of("silence"), 1024};
  return spec;
}

media::Track video() { return stream::video_track({}); }
media::Track audio() {
  media::Track track = stream::audio_track({});
  track.timescale = 48'000;
  return track;
}

/// Text, then video and audio, as a log that began with sound and text could have them in any order.
std::vector<RenditionSpec> specs() { return {text_spec(), spec_of("v", video()), spec_of("a1", audio())}; }

/// A packager whose packets start at kEpoch.
class Packaging {
 public:
  explicit Packaging(packager::Packager::Options options = {}) : packager(options, log) {}

  /// Video and audio of [from, until), with a tick every 0.1 s.
  Packaging& play(int from, int until) {
    for (int frame = from * 25; frame < until * 25; ++frame) {
      media::Packet packet;
      packet.pts = packet.dts = time(frame, 25, 90'000);
      packet.duration = 3600;
      packet.key = packet.idr = frame % 50 == 0;
      packet.arrived = stream::kEpoch + frame * (kSecond / 25);
      packet.data = stream::payload(frame);
      const base::Micros now = packet.arrived;
      packager.on_packet(kVideo, std::move(packet));
      for (; sound_ * 1024 * kSecond / 48'000 <= now - stream::kEpoch; ++sound_) {
        media::Packet sound;
        sound.pts = sound.dts = time(sound_ * 1024, 48'000, 48'000);
        sound.duration = 1024;
        sound.key = true;
        sound.arrived = now;
        sound.data = stream::payload(sound_);
        packager.on_packet(kAudio, std::move(sound));
      }
      if (frame % 3 == 0) packager.tick(now);
    }
    return *this;
  }
  Packaging& wait(int from, int until) {
    for (int tenth = from * 10; tenth < until * 10; ++tenth) packager.tick(stream::kEpoch + tenth * kSecond / 10);
    return *this;
  }
  record::Position position() const {
    record::Position position;
    for (const record::Record& record : log.records()) position.apply(record);
    return position;
  }

  LogReader log;
  packager::Packager packager;

 private:
  static std::int64_t time(std::int64_t number, std::int64_t rate, std::int64_t scale) {
    return stream::kEpoch / kSecond * scale + number * scale / rate;
  }
  std::int64_t sound_ = 0;
};

/// Start and end of each part or segment of a rendition, in microseconds.
template <typename T>
std::vector<std::pair<base::Micros, base::Micros>> spans(const LogReader& log, std::uint32_t rendition) {
  const std::int64_t scale = log.presentation().renditions[rendition].track.timescale;
  std::vector<std::pair<base::Micros, base::Micros>> all;
  for (const T& one : log.all<T>(rendition)) {
    all.emplace_back(media::rescale(one.start, scale, kSecond),
                     media::rescale(one.start + one.duration, scale, kSecond));
  }
  return all;
}

/// Text has what the video has, at the same times and under the same numbers.
void expect_in_step(const LogReader& log) {
  EXPECT_EQ(spans<Part>(log, kText), spans<Part>(log, kVideo));
  EXPECT_EQ(spans<SegmentEnd>(log, kText), spans<SegmentEnd>(log, kVideo));
  const auto texts = log.all<Part>(kText);
  const auto pictures = log.all<Part>(kVideo);
  for (std::size_t i = 0; i < std::min(texts.size(), pictures.size()); ++i) {
    EXPECT_EQ(texts[i].msn, pictures[i].msn);
    EXPECT_EQ(texts[i].index, pictures[i].index);
    EXPECT_EQ(texts[i].last, pictures[i].last);
    EXPECT_LE(texts[i].duration, log.presentation().renditions[kText].part_ticks);
  }
}

TEST(PackagerText, FollowsTheVideoPartByPart) {
  Packaging packaging;
  packaging.packager.set_presentation(specs());
  packaging.play(0, 7);
  expect_in_step(packaging.log);
  EXPECT_GE(packaging.log.all<Part>(kText).size(), 12U);
  EXPECT_GE(packaging.log.all<SegmentEnd>(kText).size(), 3U);
}

TEST(PackagerText, BeginsItsSegmentsAtSplicesAsTheVideoDoes) {
  packager::Packager::Options options;
  options.cuts_move = true;
  Packaging packaging(options);
  std::vector<RenditionSpec> encoded = specs();
  encoded[kVideo].encoded = true;
  packaging.packager.set_presentation(encoded);
  packaging.play(0, 1);
  const base::Micros splice = stream::kEpoch + 3 * kSecond + kSecond / 5;
  EXPECT_EQ(packaging.packager.move_cut(splice).outcome, packager::Packager::CutMove::kMoved);
  packaging.play(1, 9);
  expect_in_step(packaging.log);
  const auto segments = spans<SegmentEnd>(packaging.log, kText);
  EXPECT_TRUE(std::any_of(segments.begin(), segments.end(), [&](const auto& at) { return at.first == splice; }));
}

TEST(PackagerText, IsPresentedWithoutAnInitSection) {
  Packaging packaging;
  packaging.packager.set_presentation(specs());
  const record::Rendition& text = packaging.log.presentation().renditions[kText];
  EXPECT_TRUE(text.init.empty());
  EXPECT_EQ(text.name, "s1");
  EXPECT_EQ(text.label, "English");
  EXPECT_EQ(text.track.language, "en");
  EXPECT_TRUE(text.forced);
  EXPECT_EQ(text.part_ticks, packaging.log.presentation().renditions[kVideo].part_ticks);
}

TEST(PackagerText, AloneIsNoPresentation) {
  Packaging packaging;
  packaging.packager.set_presentation({text_spec()});
  EXPECT_TRUE(packaging.log.records().empty());
}

TEST(PackagerText, EachPartComesRightBehindThatOfTheVideo) {
  Packaging packaging;
  packaging.packager.set_presentation(specs());
  packaging.play(0, 5);
  const Part* before = nullptr;
  for (const record::Record& record : packaging.log.records()) {
    const auto* part = std::get_if<Part>(&record);
    if (part != nullptr && part->rendition == kText) {
      ASSERT_NE(before, nullptr);
      EXPECT_EQ(before->rendition, kVideo);
      EXPECT_EQ(before->index, part->index);
    }
    before = part;
  }
}

TEST(PackagerText, GoesOnWhileThePictureIsHeld) {
  Packaging packaging;
  packaging.packager.set_presentation(specs());
  packaging.play(0, 4).wait(4, 12);
  expect_in_step(packaging.log);
  const auto texts = packaging.log.all<Part>(kText);
  EXPECT_GT(std::ranges::count_if(texts, [](const Part& part) { return part.held; }), 10);
}

TEST(PackagerText, GoesOnWhereTheVideoHasGaps) {
  packager::Packager::Options options;
  options.missing = packager::Segmenter::Missing::kGap;
  Packaging packaging(options);
  packaging.packager.set_presentation(specs());
  packaging.play(0, 3).wait(3, 12);
  EXPECT_EQ(spans<SegmentEnd>(packaging.log, kText), spans<SegmentEnd>(packaging.log, kVideo));
  EXPECT_TRUE(packaging.log.all<record::Gap>(kText).empty());
  EXPECT_FALSE(packaging.log.all<record::Gap>(kVideo).empty());
  for (const SegmentEnd& end : packaging.log.all<SegmentEnd>(kText)) EXPECT_FALSE(end.data.empty());
}

TEST(PackagerText, EndsWithTheVideo) {
  Packaging packaging;
  packaging.packager.set_presentation(specs());
  packaging.play(0, 5);
  packaging.packager.finish();
  expect_in_step(packaging.log);
}

TEST(PackagerText, HasTheCuesThatItIsGiven) {
  Packaging packaging;
  packaging.packager.set_presentation(specs());
  packaging.play(0, 2);
  packaging.packager.on_cue(kText, {"", stream::kEpoch + 3 * kSecond, stream::kEpoch + 5 * kSecond, "Hello"});
  packaging.packager.on_cue(kVideo, {"", stream::kEpoch + 3 * kSecond, stream::kEpoch + 5 * kSecond, "no text"});
  packaging.packager.on_cue(9, {"", stream::kEpoch + 3 * kSecond, stream::kEpoch + 5 * kSecond, "nothing"});
  packaging.play(2, 9);
  const auto ends = packaging.log.all<SegmentEnd>(kText);
  const auto with = std::ranges::count_if(
      ends, [](const SegmentEnd& end) { return end.data.text().find("Hello") != std::string_view::npos; });
  EXPECT_EQ(with, 2);
  EXPECT_EQ(packaging.packager.counters().cues, 1U);
  EXPECT_EQ(packaging.packager.counters().cues_dropped, 2U);
}

TEST(PackagerText, ContinuesALogWithoutAHole) {
  Packaging before;
  before.packager.set_presentation(specs());
  before.play(0, 5);
  Packaging after;
  after.log.on_record(before.position().presentation);
  after.packager.resume(before.position());
  after.packager.set_presentation(packager::specs_of(before.position().presentation));
  after.wait(5, 12);
  const auto first = spans<Part>(before.log, kText);
  const auto second = spans<Part>(after.log, kText);
  ASSERT_FALSE(second.empty());
  EXPECT_EQ(second.front().first, first.back().second);
  expect_in_step(after.log);
}

TEST(PackagerText, JoinsALogThatHadNone) {
  std::vector<RenditionSpec> known = specs();
  std::rotate(known.begin(), known.begin() + 1, known.end());  // video, audio, text
  Packaging packaging;
  packaging.packager.set_presentation({known[0], known[1]});
  packaging.packager.set_presentation(known);
  EXPECT_EQ(packaging.log.presentation().renditions.size(), 3U);
  EXPECT_EQ(packaging.log.presentation().renditions[2].name, "s1");
}

TEST(PackagerText, AnotherVideoFormatLeavesItAsItIs) {
  Packaging packaging;
  packaging.packager.set_presentation(specs());
  packaging.play(0, 3);
  std::vector<RenditionSpec> next = specs();
  next[kVideo].track.video.width = 1280;
  next[kVideo].track.config = base::Bytes::copy_of("another");
  packaging.packager.set_presentation(next);
  packaging.play(4, 9);
  expect_in_step(packaging.log);
}

}  // namespace
