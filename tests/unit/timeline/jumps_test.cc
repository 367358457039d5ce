#include "rig.h"

using namespace rig;

namespace {

const base::Micros kAt = kEpoch + 5 * kSecond;

}  // namespace

// RT-26: a bit error, a playout server's glitch.
TEST(Jumps, AFewWrongStampsOfOneTrackMoveNothing) {
  for (const base::Micros by : {-7200, -100, -3, -1, 1, 2, 100, 95000}) {
    for (const base::Micros lasting : {22, 45, 200}) {
      for (const bool of_video : {true, false}) {
        Rig rig;
        rig.announce(stream::Video{});
        rig.announce(stream::Audio{});
        auto video = stream::make_video({}, kEpoch, 250);
        auto audio = stream::make_audio({}, kEpoch, 460);
        auto& hit = of_video ? video : audio;
        hit = shift_stamps(std::move(hit), kAt, by * kSecond, 90000, kAt + lasting * kMillisecond);
        rig.feed(stream::interleave(std::move(video), std::move(audio)));
        const std::string what = std::to_string(by) + " s for " + std::to_string(lasting) + " ms";
        EXPECT_EQ(rig.sink.video.size(), 250U) << what;
        EXPECT_EQ(rig.sink.audio.size(), 460U) << what;
        expect_forward(rig.sink, what);
        expect_near_arrival(rig.sink, 22 * kMillisecond, 0, INT64_MAX, what);
        EXPECT_EQ(rig.timeline.counters().reanchors, 0U) << what;
        EXPECT_GE(rig.timeline.counters().restamped, 1U) << what;
      }
    }
  }
}

TEST(Jumps, HalfASecondTooEarlyIsNoHole) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.announce(stream::Audio{});
  auto video = shift_stamps(stream::make_video({}, kEpoch, 250), kAt, kSecond / 2, 90000, kAt + 1);
  rig.feed(stream::interleave(std::move(video), stream::make_audio({}, kEpoch, 460)));
  expect_near_arrival(rig.sink, 22 * kMillisecond);
  EXPECT_EQ(rig.timeline.counters().holes, 0U);
}

// Two seconds of wrong stamps are a jump, and the end of them is one back to the anchor that the other track kept.
TEST(Jumps, WhatReturnsGoesBackToTheOtherTracksAnchor) {
  for (const base::Micros by : {-7200, -9, -1, 2, 3, 600}) {
    for (const bool of_video : {true, false}) {
      Rig rig;
      rig.announce(stream::Video{});
      rig.announce(stream::Audio{});
      auto video = stream::make_video({}, kEpoch, 500);
      auto audio = stream::make_audio({}, kEpoch, 930);
      auto& hit = of_video ? video : audio;
      hit = shift_stamps(std::move(hit), kAt, by * kSecond, 90000, kAt + 2 * kSecond);
      rig.feed(stream::interleave(std::move(video), std::move(audio)));
      const std::string what = std::to_string(by) + (of_video ? " s of video" : " s of audio");
      expect_forward(rig.sink, what);
      expect_near_arrival(rig.sink, 45 * kMillisecond, 0, INT64_MAX, what);
      EXPECT_EQ(rig.timeline.counters().reanchors, 1U) << what;
    }
  }
}

// Less than half a second, which is no jump when it goes back: what lasts longer than a slip is undone where it ends.
TEST(Jumps, ASmallJumpOfOneTrackThatReturnsLeavesLipSync) {
  for (const base::Micros by : {-700, -450, -300, 150, 300, 450, 700}) {
    for (const bool of_video : {true, false}) {
      Rig rig;
      rig.announce(stream::Video{});
      rig.announce(stream::Audio{});
      auto video = stream::make_video({}, kEpoch, 500);
      auto audio = stream::make_audio({}, kEpoch, 930);
      auto& hit = of_video ? video : audio;
      hit = shift_stamps(std::move(hit), kAt, by * kMillisecond, 90000, kAt + 2 * kSecond);
      rig.feed(stream::interleave(std::move(video), std::move(audio)));
      const std::string what = std::to_string(by) + (of_video ? " ms of video" : " ms of audio");
      expect_forward(rig.sink, what);
      expect_near_arrival(rig.sink, 45 * kMillisecond, kAt + 4 * kSecond, INT64_MAX, what);
    }
  }
}

// What comes back early, by as much as the source hurried meanwhile, is in its place beside the other kind.
TEST(Jumps, ATrackThatWasAwayWhileTheSourceHurriedComesBackBesideTheOther) {
  for (const bool of_video : {true, false}) {
    for (const bool gone : {false, true}) {
      for (const base::Micros hurry : {kSecond, 3 * kSecond}) {
        Rig rig;
        rig.announce(stream::Video{});
        rig.announce(stream::Audio{});
        auto video = stream::make_video({}, kEpoch, 500);
        auto audio = stream::make_audio({}, kEpoch, 930);
        auto& away = of_video ? video : audio;
        away = stream::lose(std::move(away), kAt, kAt + 6 * kSecond);
        auto packets = stream::interleave(std::move(video), std::move(audio));
        const auto back = std::find_if(packets.begin(), packets.end(),
                                       [](const auto& at) { return at.arrived >= kAt + 6 * kSecond; });
        const auto index = back - packets.begin();
        for (media::Packet& packet : packets) {
          packet.arrived -= std::clamp<base::Micros>(packet.arrived - kAt - kSecond, 0, hurry);
        }
        rig.feed({packets.begin(), packets.begin() + index});
        if (gone) rig.timeline.on_event(media::TrackGone{of_video ? stream::kVideoId : stream::kAudioId});
        if (gone && of_video) rig.announce(stream::Video{});
        if (gone && !of_video) rig.announce(stream::Audio{});
        rig.feed({packets.begin() + index, packets.end()});
        const std::string what = std::string(of_video ? "video" : "audio") + (gone ? " gone" : "");
        expect_forward(rig.sink, what);
        EXPECT_EQ(rig.timeline.counters().reanchors, 0U) << what;
        for (const Sink::Time& time : rig.sink.times) {
          if (time.arrived < kAt + 7 * kSecond - hurry) continue;
          ASSERT_LE(std::abs(time.pts - time.arrived - hurry), 45 * kMillisecond) << what << (time.video ? " v" : " a");
        }
      }
    }
  }
}

// Two seconds of sound are missing in what a network held back for ten seconds: their place stays empty.
TEST(Jumps, AHoleOfOneTrackInABurstIsAHole) {
  for (const bool of_video : {true, false}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    auto video = stream::make_video({}, kEpoch, 500);
    auto audio = stream::make_audio({}, kEpoch, 930);
    auto& away = of_video ? video : audio;
    away = stream::lose(std::move(away), kAt + kSecond, kAt + 3 * kSecond);
    auto packets = stream::interleave(std::move(video), std::move(audio));
    for (media::Packet& packet : packets) {
      if (packet.arrived < kAt || packet.arrived >= kAt + 10 * kSecond) continue;
      packet.arrived = kAt + 10 * kSecond + (packet.arrived - kAt) / 100;
    }
    rig.feed(std::move(packets));
    expect_forward(rig.sink);
    EXPECT_EQ(rig.timeline.counters().reanchors, 0U) << of_video;
    expect_near_arrival(rig.sink, 45 * kMillisecond, kAt + 11 * kSecond);
  }
}

// A publisher whose sound is stamped five seconds early or late for its first second.
TEST(Jumps, SoundThatBeginsWithWrongStampsComesToItsPicture) {
  for (const base::Micros by : {-5000, 4000}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    auto audio = stream::make_audio({}, kEpoch, 930);
    audio = shift_stamps(std::move(audio), 0, by * kMillisecond, 90000, kEpoch + kSecond);
    rig.feed(stream::interleave(stream::make_video({}, kEpoch, 500), std::move(audio)));
    expect_forward(rig.sink);
    expect_near_arrival(rig.sink, 45 * kMillisecond, kEpoch + 7 * kSecond, INT64_MAX, std::to_string(by));
  }
}

// In a burst nothing but the other track tells a hole from a clock that was set forward.
TEST(Jumps, PicturesThatAreLostInABurstLeaveHoles) {
  for (const int lost : {3, 5, 7}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    auto video = stream::make_video({}, kEpoch, 500);
    std::erase_if(video, [&](const media::Packet& packet) {
      const auto number = (packet.arrived - kAt) / (40 * kMillisecond);
      return number > 0 && number < 60 && number % 10 < lost;
    });
    auto packets = stream::interleave(std::move(video), stream::make_audio({}, kEpoch, 930));
    for (media::Packet& packet : packets) {
      packet.arrived -= std::clamp<base::Micros>(packet.arrived - kAt, 0, 3 * kSecond) * 99 / 100;
    }
    rig.feed(std::move(packets));
    expect_forward(rig.sink);
    EXPECT_EQ(rig.timeline.counters().reanchors, 0U) << lost;
    for (const Sink::Time& time : rig.sink.times) {
      if (time.arrived < kAt + kSecond) continue;
      ASSERT_LE(std::abs(time.pts - time.arrived - 2970 * kMillisecond), 45 * kMillisecond) << lost << time.video;
    }
  }
}

// A third of a second forward, while the video becomes another one.
TEST(Jumps, AChangeOfTheVideosFormatDuringASmallJumpKeepsLipSync) {
  for (const base::Micros before : {-400, 0, 200, 400, 800}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    stream::Video next;
    next.rate = {50, 1};
    const auto jump = [&](std::vector<media::Packet> packets) {
      return shift_stamps(std::move(packets), kAt - before * kMillisecond, 300 * kMillisecond, 90000);
    };
    auto second = shift_stamps(stream::make_video(next, kAt, 500), 0, kAt - kEpoch, 90000);
    auto audio = jump(stream::make_audio({}, kEpoch, 700));
    const auto later =
        std::find_if(audio.begin(), audio.end(), [](const auto& packet) { return packet.arrived >= kAt; });
    rig.feed(stream::interleave(jump(stream::make_video({}, kEpoch, 125)), {audio.begin(), later}));
    rig.announce(next);
    rig.feed(stream::interleave(jump(std::move(second)), {later, audio.end()}));
    const std::string what = std::to_string(before) + " ms before the format";
    expect_forward(rig.sink, what);
    base::Micros sound = 0;
    for (const Sink::Time& time : rig.sink.times) {
      if (!time.video) sound = time.pts - time.arrived;
      if (!time.video || time.arrived < kAt + 4 * kSecond) continue;
      ASSERT_LE(std::abs(time.pts - time.arrived - sound), 45 * kMillisecond) << what;
    }
  }
}

TEST(Jumps, AClockSetAnewIsFollowedByAllTracksWithoutASeam) {
  for (const base::Micros by : {-90000, -9, -1, 2, 86400}) {
    for (const std::int64_t scale : {1000, 90000}) {
      Rig rig;
      stream::Video video;
      video.scale = scale;
      rig.announce(video);
      rig.announce(stream::Audio{48000, 1024, scale});
      auto packets = stream::interleave(stream::make_video(video, kEpoch, 500),
                                        stream::make_audio({48000, 1024, scale}, kEpoch, 930));
      rig.feed(shift_stamps(std::move(packets), kAt, by * kSecond, scale));
      const std::string what = std::to_string(by) + " s";
      EXPECT_EQ(rig.sink.video.size(), 500U) << what;
      EXPECT_GE(rig.sink.audio.size(), 929U) << what;
      expect_forward(rig.sink, what);
      expect_near_arrival(rig.sink, 22 * kMillisecond, 0, INT64_MAX, what);
      EXPECT_EQ(rig.timeline.counters().reanchors, 1U) << what;
      EXPECT_EQ(rig.timeline.counters().holes, 0U) << what;
    }
  }
}

// An encoder behind a gateway starts again: eight seconds without media, then another clock.
TEST(Jumps, ANewClockAfterAnOutageStartsAtItsArrival) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.announce(stream::Audio{});
  auto packets = stream::interleave(stream::make_video({}, kEpoch, 750), stream::make_audio({}, kEpoch, 1400));
  packets = stream::lose(std::move(packets), kAt, kAt + 8 * kSecond);
  rig.feed(shift_stamps(std::move(packets), kAt, -12 * kSecond, 90000));
  expect_forward(rig.sink);
  expect_near_arrival(rig.sink, 45 * kMillisecond);
}

// A file played in a loop, whose audio is longer or shorter than its video.
TEST(Jumps, TracksThatJumpByDifferentAmountsShareOneAnchor) {
  for (const base::Micros more : {-300, -120, 120, 300}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    auto video = stream::make_video({}, kEpoch, 750);
    auto audio = stream::make_audio({}, kEpoch, 1400);
    // The picture of source time t is received at t; so is the sound, from the seam on `more` later.
    for (media::Packet& packet : audio) packet.arrived += packet.arrived >= kAt ? more * kMillisecond : 0;
    for (auto* track : {&video, &audio}) *track = shift_stamps(std::move(*track), kAt, -100 * kSecond, 90000);
    rig.feed(stream::interleave(std::move(video), std::move(audio)));
    expect_forward(rig.sink);
    ASSERT_FALSE(rig.sink.audio.empty());
    const base::Micros apart = media::rescale(rig.sink.video.back().pts, 90000, kSecond) - kEpoch - 749 * 40000;
    const base::Micros sound = media::rescale(rig.sink.audio.back().pts, 48000, kSecond) - kEpoch -
                               media::rescale(1399 * 1024, 48000, kSecond);
    EXPECT_NEAR(static_cast<double>(sound - apart), 0, 45000) << more;
    EXPECT_LE(std::abs(apart), 400 * kMillisecond) << more;
  }
}

TEST(Jumps, OneDamagedCompositionTimeIsRepaired) {
  for (const base::Micros by : {-8388608, -3000, -400, 2500, 8000000}) {
    for (const int at : {0, 120, 121}) {
      Rig rig;
      rig.announce(stream::Video{});
      rig.announce(stream::Audio{});
      auto video = stream::make_video({}, kEpoch, 250);
      video[static_cast<std::size_t>(at)].pts += by * 90;
      rig.feed(stream::interleave(std::move(video), stream::make_audio({}, kEpoch, 460)));
      const std::string what = std::to_string(by) + " ms at frame " + std::to_string(at);
      EXPECT_EQ(rig.sink.video.size(), 250U) << what;
      EXPECT_GE(rig.sink.audio.size(), 459U) << what;
      expect_near_arrival(rig.sink, 22 * kMillisecond, 0, INT64_MAX, what);
      EXPECT_EQ(rig.timeline.counters().restamped, 1U) << what;
    }
  }
}

// Sixteen reordered pictures at 5 frames a second are 3.2 s.
TEST(Jumps, LongReorderingIsNoDamage) {
  Rig rig;
  stream::Video video;
  video.rate = {5, 1};
  rig.announce(video);
  auto packets = stream::make_video(video, kEpoch, 100);
  for (std::size_t i = 20; i < packets.size(); i += 16) packets[i].pts += 15 * 18000;
  rig.feed(std::move(packets));
  EXPECT_EQ(rig.timeline.counters().restamped, 0U);
  EXPECT_EQ(rig.sink.video[20].pts - rig.sink.video[20].dts, 15 * 18000);
}

// TS-6: audio up to 10 s behind or before the picture in time stamps passes with its own.
TEST(Jumps, AudioFarFromThePictureInTimeStampsKeepsThem) {
  for (const base::Micros lag : {-10, -2, 1, 8, 10}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    auto audio = shift_stamps(stream::make_audio({}, kEpoch, 1400), 0, -lag * kSecond, 90000);
    rig.feed(stream::interleave(stream::make_video({}, kEpoch, 750), std::move(audio)));
    expect_near_arrival(rig.sink, 10 * kSecond + 22 * kMillisecond);
    EXPECT_EQ(rig.timeline.counters().reanchors, 0U);
    const std::int64_t last = media::rescale(rig.sink.audio.back().pts, 48000, kSecond) - kEpoch;
    EXPECT_NEAR(static_cast<double>(last), 1399 * 1024 * 1e6 / 48000 - static_cast<double>(lag * kSecond), 22000)
        << lag;
    // All of it, also what lies before the first key frame: the packager learns from it how late audio comes.
    EXPECT_EQ(rig.sink.audio.size(), 1400U) << lag;
  }
}
