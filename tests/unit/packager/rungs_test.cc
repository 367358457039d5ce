#include <gtest/gtest.h>

#include <algorithm>

#include "log_reader.h"
#include "packager/packager.h"
#include "record/position.h"
#include "stream.h"

using base::kSecond;
using stream::kEpoch;
using stream::kFrame;

namespace {

const packager::Packager::Options kGaps{.missing = packager::Segmenter::Missing::kGap};

packager::RenditionSpec video_spec(const std::string& name, bool encoded) {
  packager::RenditionSpec spec;
  spec.name = name;
  spec.track = stream::video_track({});
  spec.encoded = encoded;
  return spec;
}

packager::RenditionSpec audio_spec() {
  packager::RenditionSpec spec;
  spec.name = "a";
  spec.track = stream::audio_track({});
  spec.track.timescale = 48000;
  return spec;
}

std::int64_t video_time(std::int64_t frame) { return media::rescale(kEpoch, kSecond, 90000) + frame * kFrame; }
std::int64_t audio_time(std::int64_t frame) { return media::rescale(kEpoch, kSecond, 48000) + frame * 1024; }

media::Packet video_packet(std::int64_t frame, bool key) {
  media::Packet packet;
  packet.dts = packet.pts = video_time(frame);
  packet.duration = kFrame;
  packet.key = packet.idr = key;
  packet.arrived = kEpoch + frame * 40'000;
  packet.data = stream::payload(frame);
  return packet;
}

media::Packet audio_packet(std::int64_t frame) {
  media::Packet packet;
  packet.dts = packet.pts = audio_time(frame);
  packet.duration = 1024;
  packet.key = true;
  packet.arrived = kEpoch + media::rescale(frame * 1024, 48000, kSecond);
  packet.data = stream::payload(frame);
  return packet;
}

/// An encoder with a delay, that makes its first frame at or after each cut a key frame.
class Encoder final : public packager::Listener {
 public:
  explicit Encoder(LogReader& log) : log_(log) {}
  void on_record(record::Record&& record) override { log_.on_record(std::move(record)); }
  void on_cut(const packager::Cut& cut) override { cuts_.push_back(cut.time); }
  void on_key_wanted(std::uint32_t) override { ++keys_wanted_; }

  bool key_at(std::int64_t pts) {
    bool key = false;
    while (next_ < cuts_.size() && cuts_[next_] <= pts) {
      key = true;
      ++next_;
    }
    return key;
  }
  int keys_wanted() const { return keys_wanted_; }

 private:
  LogReader& log_;
  std::vector<std::int64_t> cuts_;
  std::size_t next_ = 0;
  int keys_wanted_ = 0;
};

}  // namespace

// A copied top with encoded rungs below: each cut is announced before its frame could have been encoded, so all cut
// alike.
TEST(PackagerRungs, CutWhereTheCopiedLeadIsCut) {
  for (const int gop : {13, 50, 60, 125}) {
    LogReader log;
    Encoder encoder(log);
    packager::Packager packager({}, encoder);
    packager.set_presentation({video_spec("rung", true), video_spec("top", false), audio_spec()});
    EXPECT_EQ(packager.lead(), 1U);
    EXPECT_EQ(packager.mode(), packager::Cutter::Mode::kSource);
    int audio = 34;
    for (int frame = 18; frame < 600; ++frame) {
      packager.on_packet(1, video_packet(frame, (frame - 18) % gop == 0));
      // Audio comes first, the rung five frames later; the encoder decides on a key frame when the frame goes in.
      for (; audio_time(audio) * 15 < video_time(frame) * 8; ++audio) packager.on_packet(2, audio_packet(audio));
      packager.on_packet(0, video_packet(frame, encoder.key_at(video_time(frame))));
      if (frame % 12 == 0) packager.tick(kEpoch + frame * 40'000);
    }
    packager.finish();
    for (std::uint32_t r = 0; r < 3; ++r) log.check(r);
    const auto top = log.all<record::SegmentEnd>(1);
    const auto rung = log.all<record::SegmentEnd>(0);
    const auto audio_ends = log.all<record::SegmentEnd>(2);
    ASSERT_EQ(top.size(), rung.size()) << log.trace(0) << log.trace(1);
    // Audio without a frame of silence ends where its media does: it may lack the last part.
    ASSERT_GE(audio_ends.size() + 1, top.size());
    for (std::size_t i = 0; i < top.size(); ++i) {
      EXPECT_EQ(top[i].start, rung[i].start);
      EXPECT_EQ(top[i].msn, rung[i].msn);
      if (i == audio_ends.size()) break;
      EXPECT_LT(audio_ends[i].start * 15 - top[i].start * 8, 1025 * 15);
      EXPECT_GE(audio_ends[i].start * 15, top[i].start * 8);
    }
    // Whatever the source does, every rung segment starts with a key frame.
    for (const auto& part : log.all<record::Part>(0)) {
      if (part.index == 0) {
        EXPECT_TRUE(part.independent) << gop;
      }
    }
    EXPECT_EQ(log.all<record::Gap>(0).size(), 0U);
  }
}

// CM-16: an encoder with B-frames starts its dts before its first pts; the shift makes them equal at key frames.
TEST(PackagerRungs, ShiftsTheDecodeTimeOfEncoders) {
  LogReader log;
  packager::Packager packager({}, log);
  packager.set_presentation({video_spec("v", true)});
  stream::Video video;
  video.reorder = 1;
  const std::int64_t offset = video_time(0) - 900000;
  for (media::Packet& packet : stream::make_video(video, kEpoch, 200)) {
    packet.dts += offset;
    packet.pts += offset;
    packager.on_packet(0, std::move(packet));
  }
  packager.finish();
  log.check(0);
  auto samples = samples_of(log, 0);
  ASSERT_EQ(samples.size(), 201U) << "and the last part, held";
  samples.pop_back();
  EXPECT_EQ(samples.front().dts, video_time(0));
  for (const Sample& sample : samples) {
    EXPECT_EQ(sample.data, "frame " + std::to_string((sample.pts - video_time(0)) / kFrame));
  }
}

TEST(PackagerRungs, AskForAKeyFrameWhenTheyLostFrames) {
  LogReader log;
  Encoder encoder(log);
  packager::Packager packager({}, encoder);
  packager.set_presentation({video_spec("v", true)});
  for (int frame = 0; frame < 60; ++frame) packager.on_packet(0, video_packet(frame, frame % 50 == 0));
  packager.tick(kEpoch + 60 * 40'000);
  packager.tick(kEpoch + 160 * 40'000);
  EXPECT_EQ(encoder.keys_wanted(), 1);
  for (int frame = 170; frame < 300; ++frame)
    packager.on_packet(0, video_packet(frame, frame == 172 || frame % 50 == 0));
  packager.finish();
  log.check(0);
  EXPECT_EQ(packager.counters().dropped_without_key, 2U);
}

// The encoder of the largest rung is busy from the fourth second to the tenth, the smallest has every picture.
TEST(PackagerRungs, AreHeldAloneWithoutAnOutage) {
  LogReader log;
  packager::Packager packager({}, log);
  packager.set_presentation({video_spec("v720", true), video_spec("v360", true)});
  const auto outages = [&log] {
    return std::ranges::count_if(log.records(),
                                 [](const auto& record) { return std::holds_alternative<record::Marker>(record); });
  };
  for (int frame = 0; frame < 300; ++frame) {
    if (frame < 100 || frame >= 250) packager.on_packet(0, video_packet(frame, frame % 50 == 0));
    packager.on_packet(1, video_packet(frame, frame % 50 == 0));
    packager.tick(kEpoch + (frame + 1) * 40'000);
  }
  EXPECT_EQ(outages(), 0);
  EXPECT_TRUE(std::ranges::any_of(log.all<record::Part>(0), &record::Part::held));
  EXPECT_TRUE(std::ranges::none_of(log.all<record::Part>(1), &record::Part::held));
  for (int frame = 300; frame < 400; ++frame) packager.tick(kEpoch + (frame + 1) * 40'000);
  EXPECT_EQ(outages(), 1) << "no rung has a picture";
  packager.finish();
  for (std::uint32_t rung = 0; rung < 2; ++rung) log.check(rung);
}

namespace {

/// An encoder's picture; `held`: of a time for which the feed had none.
media::Packet rung_packet(std::int64_t frame, bool held) {
  media::Packet packet = video_packet(frame, frame % 50 == 0);
  packet.held = held;
  return packet;
}

std::vector<record::Marker> markers_of(const LogReader& log) {
  std::vector<record::Marker> found;
  for (const record::Record& record : log.records()) {
    if (const auto* marker = std::get_if<record::Marker>(&record)) found.push_back(*marker);
  }
  return found;
}

/// Frames [from, until) of two rungs, with ticks.
void encode(packager::Packager& packager, std::int64_t from, std::int64_t until, bool held) {
  for (std::int64_t frame = from; frame < until; ++frame) {
    for (std::uint32_t rung = 0; rung < 2; ++rung) packager.on_packet(rung, rung_packet(frame, held));
    packager.tick(kEpoch + (frame + 1) * 40'000);
  }
}

}  // namespace

// The feed is gone from the fourth second to the tenth: encoders show its last picture, and parts come as ever.
TEST(PackagerRungs, ThatShowTheLastPictureAgainAreInAnOutageThatIsMarkedOnce) {
  LogReader log;
  packager::Packager packager({}, log);
  packager.set_presentation({video_spec("v720", true), video_spec("v360", true)});
  encode(packager, 0, 100, false);
  encode(packager, 100, 108, true);
  EXPECT_TRUE(markers_of(log).empty()) << "0.32 s are none";
  encode(packager, 108, 250, true);
  ASSERT_EQ(markers_of(log).size(), 1U);
  encode(packager, 250, 400, false);
  const std::vector<record::Marker> markers = markers_of(log);
  ASSERT_EQ(markers.size(), 2U);
  EXPECT_EQ(markers[0].kind, "outage");
  EXPECT_EQ(markers[0].start, kEpoch + 4 * kSecond);
  EXPECT_FALSE(markers[0].end);
  EXPECT_EQ(markers[1].id, markers[0].id);
  EXPECT_EQ(markers[1].end, kEpoch + 10 * kSecond);
  for (const record::Part& part : log.all<record::Part>(0)) {
    const base::Micros start = media::rescale(part.start, 90000, kSecond) - kEpoch;
    const base::Micros end = start + media::rescale(part.duration, 90000, kSecond);
    EXPECT_EQ(part.held, start >= 4 * kSecond && end <= 10 * kSecond) << start;
    EXPECT_EQ(part.captured == 0, part.held) << start;
  }
}

TEST(PackagerRungs, ThatShowTheLastPictureAgainForAMomentAreInNoOutage) {
  LogReader log;
  packager::Packager packager({}, log);
  packager.set_presentation({video_spec("v720", true), video_spec("v360", true)});
  for (std::int64_t frame = 0; frame < 300; frame += 10) {
    encode(packager, frame, frame + 2, false);
    encode(packager, frame + 2, frame + 10, true);
  }
  EXPECT_TRUE(markers_of(log).empty());
}

// Audio that is ahead of a lead which stands still waits, but not without bound.
TEST(PackagerRungs, BoundTheAudioThatWaitsForTheLead) {
  LogReader log;
  packager::Packager packager({}, log);
  packager.set_presentation({video_spec("v", false), audio_spec()});
  for (int frame = 0; frame < 40; ++frame) packager.on_packet(0, video_packet(frame, frame == 0));
  for (int frame = 0; frame < 60 * 47; ++frame) packager.on_packet(1, audio_packet(frame));
  EXPECT_GT(packager.counters().dropped_overflow, 1000U);
  packager.finish();
  log.check(1);
}

namespace {

/// Where `log` stands, as the channel keeps it.
record::Position position_of(const LogReader& log) {
  record::Position position;
  for (const record::Record& record : log.records()) position.apply(record);
  return position;
}

/// Everything of segment 0 up to part `index`, as one part.
record::Record published(std::uint32_t rendition, std::uint32_t index, std::int64_t start, std::int64_t end) {
  record::Part part;
  part.rendition = rendition;
  part.msn = kEpoch / 2'000'000;
  part.index = index;
  part.start = start;
  part.duration = end - start;
  return part;
}

}  // namespace

TEST(PackagerResume, GoesOnWhereTheLogStood) {
  LogReader before;
  packager::Packager first(kGaps, before);
  first.set_presentation({video_spec("v", false), audio_spec()});
  int audio = 34;
  for (int frame = 18; frame < 90; ++frame) {
    first.on_packet(0, video_packet(frame, frame % 50 == 18));
    for (; audio_time(audio) * 15 < video_time(frame) * 8; ++audio) first.on_packet(1, audio_packet(audio));
  }
  // The worker dies here: what was not written is lost.
  const record::Position resume = position_of(before);
  LogReader after;
  packager::Packager second(kGaps, after);
  second.resume(resume);
  second.set_presentation({video_spec("v", false), audio_spec()});
  EXPECT_EQ(second.published_end(), kEpoch + 3'264'000);
  second.tick(kEpoch + 110 * 40'000);
  audio = 220;
  for (int frame = 117; frame < 300; ++frame) {
    second.on_packet(0, video_packet(frame, frame % 50 == 18));
    for (; audio_time(audio) * 15 < video_time(frame) * 8; ++audio) second.on_packet(1, audio_packet(audio));
  }
  second.finish();
  // One log out of two.
  LogReader whole;
  for (const record::Record& record : before.records()) whole.on_record(record::Record(record));
  for (const record::Record& record : after.records()) whole.on_record(record::Record(record));
  whole.check(0);
  whole.check(1);
  EXPECT_EQ(whole.trace(0),
            "0 +0.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "1 +2.720 2.000: 0.52*\n"
            "2 +4.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "3 +6.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "4 +8.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "5 +10.720 1.280: 0.52* 0.52 0.24!\n");
  EXPECT_FALSE(after.records().empty());
  EXPECT_FALSE(std::holds_alternative<record::Presentation>(after.records().front()));
}

TEST(PackagerResume, FillsTheTimeUntilMediaComesWithGaps) {
  LogReader before;
  packager::Packager first({}, before);
  first.set_presentation({video_spec("v", false)});
  record::Position resume = position_of(before);
  resume.apply(published(0, 1, video_time(18), video_time(44)));
  LogReader log;
  packager::Packager packager({}, log);
  packager.resume(resume);
  packager.set_presentation({video_spec("v", false)});
  for (int half = 4; half < 20; ++half) packager.tick(kEpoch + half * kSecond / 2);
  const auto gaps = log.all<record::Gap>(0);
  ASSERT_GT(gaps.size(), 5U);
  const record::SegmentEnd first_end = log.all<record::SegmentEnd>(0)[0];
  EXPECT_EQ(first_end.start, video_time(18));
  EXPECT_EQ(first_end.duration, 60 * kFrame);
  EXPECT_EQ(gaps[0].index, 0U);
  EXPECT_EQ(gaps[0].start, first_end.start + first_end.duration);
}

// A worker that died between its presentation and its first part left nothing to continue with: numbering from 0, 1970
// on, would be 900 million segments of gaps.
TEST(PackagerResume, ALogWithoutAPartIsBegunAfresh) {
  LogReader before;
  packager::Packager first({}, before);
  first.set_presentation({video_spec("v", false)});
  LogReader log;
  packager::Packager packager({}, log);
  packager.resume(position_of(before));
  packager.set_presentation({video_spec("v", false)});
  packager.tick(kEpoch + kSecond);
  EXPECT_EQ(log.records().size(), 1U);
  for (int frame = 18; frame < 90; ++frame) packager.on_packet(0, video_packet(frame, frame % 50 == 18));
  EXPECT_EQ(log.all<record::Part>(0).front().msn, kEpoch / 2'000'000);
}

TEST(PackagerResume, KeepsTheCaptionsOfALogWhereNobodyNamesOthers) {
  LogReader before;
  packager::Packager first({}, before);
  first.set_captions({{{"CC1", "en", "English"}}, false});
  first.set_presentation({video_spec("v", false)});
  EXPECT_EQ(before.presentation().captions.services.size(), 1U);
  LogReader log;
  log.on_record(before.presentation());
  packager::Packager packager({}, log);
  record::Position resume = position_of(before);
  resume.apply(published(0, 1, video_time(18), video_time(44)));
  packager.resume(resume);
  packager.set_presentation({video_spec("v", false), audio_spec()});
  EXPECT_EQ(log.presentation().captions, before.presentation().captions);
  packager.set_presentation({video_spec("v", false), audio_spec()});
  const std::size_t written = log.records().size();
  packager.set_captions({{{"CC1", "en", "English"}, {"CC3", "", ""}}, false});
  packager.set_presentation({video_spec("v", false), audio_spec()});
  EXPECT_EQ(log.presentation().captions.services.size(), 2U);
  packager.set_presentation({video_spec("v", false), audio_spec()});
  EXPECT_EQ(log.records().size(), written + 1) << "once";
}

TEST(PackagerResume, AnAudioRenditionOfWhichNothingWasPublishedJoinsLate) {
  LogReader before;
  packager::Packager first({}, before);
  first.set_presentation({video_spec("v", false), audio_spec()});
  record::Position resume = position_of(before);
  resume.apply(published(0, 1, video_time(18), video_time(44)));
  LogReader log;
  packager::Packager packager({}, log);
  packager.resume(resume);
  packager.set_presentation({video_spec("v", false), audio_spec()});
  for (int half = 4; half < 20; ++half) packager.tick(kEpoch + half * kSecond / 2);
  const auto gaps = log.all<record::Gap>(1);
  ASSERT_FALSE(gaps.empty());
  EXPECT_GE(gaps.front().msn, kEpoch / 2'000'000);
}

// The worker dies, the server's packager holds the log, and another worker goes on: one outage, whoever writes of it.
TEST(PackagerResume, AnOutageThatTheLogIsInGoesOnUntilTheFeedComes) {
  const std::vector<packager::RenditionSpec> specs{video_spec("v720", true), video_spec("v360", true)};
  LogReader log;
  packager::Packager first({}, log);
  first.set_presentation(specs);
  encode(first, 0, 100, false);

  packager::Packager stand_in({}, log);
  stand_in.resume(position_of(log));
  stand_in.set_presentation(specs);
  for (std::int64_t frame = 100; frame < 200; ++frame) stand_in.tick(kEpoch + frame * 40'000);
  ASSERT_EQ(markers_of(log).size(), 1U);

  packager::Packager second({}, log);
  second.resume(position_of(log));
  second.set_presentation(specs);
  for (std::int64_t frame = 200; frame < 300; ++frame) second.tick(kEpoch + frame * 40'000);
  EXPECT_EQ(markers_of(log).size(), 1U) << "the outage goes on";
  encode(second, 300, 320, true);
  EXPECT_EQ(markers_of(log).size(), 1U) << "its encoders show the last picture again";
  encode(second, 320, 450, false);
  const std::vector<record::Marker> markers = markers_of(log);
  ASSERT_EQ(markers.size(), 2U);
  EXPECT_EQ(markers[1].id, markers[0].id);
  EXPECT_EQ(markers[1].start, markers[0].start);
  EXPECT_GE(markers[1].end, kEpoch + 320 * 40'000);
}

TEST(PackagerResume, AnOutageThatTheLogIsInEndsWithTheFirstPicture) {
  LogReader log;
  packager::Packager first({}, log);
  first.set_presentation({video_spec("v", false)});
  for (int frame = 0; frame < 100; ++frame) first.on_packet(0, video_packet(frame, frame % 50 == 0));
  for (int frame = 100; frame < 200; ++frame) first.tick(kEpoch + frame * 40'000);
  ASSERT_EQ(markers_of(log).size(), 1U);

  packager::Packager second({}, log);
  second.resume(position_of(log));
  second.set_presentation({video_spec("v", false)});
  for (int frame = 200; frame < 300; ++frame) {
    second.on_packet(0, video_packet(frame, frame % 50 == 0));
    second.tick(kEpoch + (frame + 1) * 40'000);
  }
  ASSERT_EQ(markers_of(log).size(), 2U);
  EXPECT_EQ(markers_of(log)[1].id, markers_of(log)[0].id);
  EXPECT_TRUE(markers_of(log)[1].end);
}

// The worker died while the open segment was still of 25 frames a second in 1/90000; what came after is in 1/30000.
TEST(PackagerResume, TimesOfTheFormatBeforeAreTakenInTheirOwnTicks) {
  LogReader before;
  packager::Packager first({}, before);
  first.set_presentation({video_spec("v", false)});
  record::Position resume = position_of(before);
  resume.apply(published(0, 1, video_time(18), video_time(44)));
  record::Presentation changed = before.presentation();
  changed.renditions[0].track.timescale = 30'000;
  changed.renditions[0].init = base::Bytes::copy_of("another");
  changed.formats_from = kEpoch / 2'000'000 + 1;
  resume.apply(changed);
  LogReader log;
  packager::Packager packager({}, log);
  packager.resume(resume);
  std::vector<packager::RenditionSpec> specs = packager::specs_of(changed);
  packager.set_presentation(specs);
  EXPECT_EQ(packager.published_end(), kEpoch + 44 * 40'000);

  // Pictures of the new format come at once, and its next key frame after the segment of the format before is over.
  const auto packet = [](std::int64_t frame, bool key) {
    media::Packet made = video_packet(frame, key);
    made.dts = made.pts = made.dts / 3;
    made.duration = kFrame / 3;
    return made;
  };
  for (int frame = 46; frame < 260; ++frame) {
    packager.on_packet(0, packet(frame, frame % 50 == 46));
    if (frame % 3 == 0) packager.tick(kEpoch + frame * 40'000);
  }
  const std::vector<record::SegmentEnd> ends = log.all<record::SegmentEnd>(0);
  ASSERT_GE(ends.size(), 3U);
  EXPECT_EQ(ends[0].msn, changed.formats_from - 1);
  EXPECT_EQ(ends[0].start, video_time(18)) << "in ticks of the format that it has";
  EXPECT_EQ(ends[1].msn, changed.formats_from);
  EXPECT_EQ(ends[1].start * 3, ends[0].start + ends[0].duration) << "in those of the new one";
  for (const record::Part& part : log.all<record::Part>(0)) {
    const bool former = part.msn < changed.formats_from;
    EXPECT_EQ(former, part.start > video_time(0) / 2) << part.msn;
    EXPECT_LE(part.duration, former ? before.presentation().renditions[0].part_ticks
                                    : before.presentation().renditions[0].part_ticks / 3);
  }
  std::size_t discontinuities = 0;
  for (const record::Record& record : log.records()) {
    const auto* mark = std::get_if<record::Discontinuity>(&record);
    if (mark == nullptr) continue;
    ++discontinuities;
    EXPECT_EQ(mark->msn, changed.formats_from);
  }
  EXPECT_EQ(discontinuities, 1U);
}

TEST(Packager, SaysWhichRenditionsAreCopiedAndFromWhereANewFormatHolds) {
  LogReader log;
  packager::Packager packager({}, log);
  std::vector<packager::RenditionSpec> specs{video_spec("v", false), video_spec("v720", true)};
  packager.set_presentation(specs);
  EXPECT_TRUE(log.presentation().renditions[0].copied);
  EXPECT_FALSE(log.presentation().renditions[1].copied);
  EXPECT_EQ(log.presentation().formats_from, INT64_MIN);
  EXPECT_FALSE(packager::specs_of(log.presentation())[0].encoded);
  EXPECT_TRUE(packager::specs_of(log.presentation())[1].encoded);
  for (int frame = 18; frame < 90; ++frame) packager.on_packet(0, video_packet(frame, frame % 50 == 18));
  const std::int64_t open = log.all<record::Part>(0).back().msn;
  specs[0].track.timescale = 30'000;
  packager.set_presentation(specs);
  media::Packet first = video_packet(90, true);
  first.dts = first.pts = media::rescale(first.dts, 90'000, 30'000);
  packager.on_packet(0, std::move(first));
  EXPECT_EQ(log.presentation().formats_from, open + 1);
}

// A log whose segments follow a source's key frames is resumed before it is known that its lead is copied.
TEST(PackagerResume, LearnsLateWhatIsCopied) {
  LogReader before;
  packager::Packager first({}, before);
  first.set_presentation({video_spec("v", false), audio_spec()});
  record::Position resume = position_of(before);
  // Segment 0 began at 0.72 and has grown past its slot, to 2.28 in the video and 2.24 in the audio.
  resume.apply(published(0, 2, video_time(18), video_time(57)));
  resume.apply(published(1, 2, audio_time(34), audio_time(105)));
  LogReader log;
  log.on_record(before.presentation());  // the log that is resumed has it
  packager::Packager packager({}, log);
  packager.resume(resume);
  packager.set_presentation({video_spec("v", true), audio_spec()});
  EXPECT_EQ(packager.mode(), packager::Cutter::Mode::kGrid);
  for (int half = 4; half < 12; ++half) packager.tick(kEpoch + half * kSecond / 2);
  packager.set_presentation({video_spec("v", false), audio_spec()});
  EXPECT_EQ(packager.mode(), packager::Cutter::Mode::kSource);
  int audio = 330;
  for (int frame = 178; frame < 400; ++frame) {
    packager.on_packet(0, video_packet(frame, frame % 50 == 28));
    for (; audio_time(audio) * 15 < video_time(frame) * 8; ++audio) packager.on_packet(1, audio_packet(audio));
  }
  packager.finish();
  log.check_aligned();
  // Segment 0 ends where its video did; the grid holds until the mode is known.
  EXPECT_EQ(log.all<record::SegmentEnd>(0).front().duration, 39 * kFrame);
  EXPECT_EQ(log.trace(0),
            "1 +2.280 1.720: g0.52 g0.52 g0.52 g0.16\n"
            "2 +4.000 2.400: g0.52 g0.52 g0.52 g0.52 g0.32\n"
            "3 +6.400 2.400: g0.52 g0.20 0.52* 0.52 0.52 0.12!\n"
            "4 +8.800 2.320: 0.52 0.52 0.52 0.52 0.24!\n"
            "5 +11.120 2.000: 0.52* 0.52 0.52 0.44!\n"
            "6 +13.120 2.000: 0.52* 0.52 0.52 0.44!\n"
            "7 +15.120 1.040: 0.52* 0.52!\n");
}

// LL-40. The worker of a copied channel dies, somebody else writes gaps for a while, the next worker is back before its
// feed has told its tracks, and then a key frame cuts: in the audio too, wherever its gaps had got to.
TEST(PackagerResume, CutsAudioWithItsVideoWhoeverWroteTheGaps) {
  for (int death = 60; death < 160; death += 7) {
    for (int halves = 0; halves < 6; ++halves) {
      for (int lag = 0; lag < 50; lag += 9) {
        LogReader log;
        packager::Packager first({}, log);
        std::vector<packager::RenditionSpec> specs{video_spec("source", false), audio_spec()};
        first.set_presentation(specs);
        int audio = 34;
        for (int frame = 18; frame < death; ++frame) {
          first.on_packet(0, video_packet(frame, frame % 50 == 18));
          for (; audio_time(audio) * 15 < video_time(frame) * 8; ++audio) first.on_packet(1, audio_packet(audio));
        }
        base::Micros now = kEpoch + death * 40'000;
        for (const bool stand_in : {true, false}) {
          const record::Position resume = position_of(log);
          packager::Packager next({}, log);
          next.resume(resume);
          next.set_presentation(packager::specs_of(resume.presentation));
          for (int half = 0; half < halves; ++half) next.tick(now += kSecond / 2);
          if (stand_in) continue;
          next.set_presentation(specs);
          const auto back = static_cast<int>((now - kEpoch) / 40'000) + lag;
          audio = static_cast<int>((now - kEpoch + lag * 40'000) * 48 / 1'024'000) + 1;
          for (int frame = back; frame < back + 200; ++frame) {
            next.on_packet(0, video_packet(frame, frame % 50 == 18));
            for (; audio_time(audio) * 15 < video_time(frame) * 8; ++audio) next.on_packet(1, audio_packet(audio));
          }
          next.finish();
        }
        log.check_aligned();
        ASSERT_FALSE(HasFailure()) << "death " << death << ", halves " << halves << ", lag " << lag << "\n"
                                   << log.trace(0) << log.trace(1);
      }
    }
  }
}
