#include "worker/sbr_finder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/transcode/he_aac.h"

namespace worker {
namespace {

using transcode::testing::aac_packets;
using transcode::testing::aac_track;

/// What is handed on of a feed: "track 257 mp4a.40.2 24000", "packet 257" …
struct Handed {
  void give(media::Event event) {
    if (finder.holds(event)) return;
    if (auto track = finder.released_by(event)) note(media::Event(*track));
    note(event);
  }
  void note(const media::Event& event) {
    if (const auto* track = std::get_if<media::Track>(&event)) {
      tracks.push_back(*track);
      trace += "track " + std::to_string(track->id) + " " + track->codec_string + " " +
               std::to_string(track->audio.sample_rate) + "\n";
    } else if (const auto* packet = std::get_if<media::Packet>(&event)) {
      trace += "packet " + std::to_string(packet->track_id) + "\n";
    } else {
      trace += "other\n";
    }
  }
  void packets(bool sbr, int count) {
    for (media::Packet& packet : aac_packets(sbr, count)) give(media::Event(std::move(packet)));
  }
  std::string take() { return std::exchange(trace, ""); }

  SbrFinder finder;
  std::vector<media::Track> tracks;
  std::string trace;
};

TEST(SbrFinder, SbrThatOnlyTheBitsSayIsAnnouncedWithItsOutputsRate) {
  Handed handed;
  handed.give(media::Event(aac_track()));
  EXPECT_EQ(handed.take(), "") << "it is not known yet";
  handed.packets(true, 2);
  EXPECT_EQ(handed.take(), "track 257 mp4a.40.5 48000\npacket 257\npacket 257\n");
  EXPECT_EQ(handed.tracks[0].audio.frame_samples, 2048);
  EXPECT_EQ(handed.tracks[0].audio.channels, 2);
  EXPECT_EQ(handed.tracks[0].timescale, 24'000) << "time stamps are the feed's";
}

TEST(SbrFinder, AacWithoutItStaysAsItIs) {
  Handed handed;
  handed.give(media::Event(aac_track()));
  handed.packets(false, 1);
  EXPECT_EQ(handed.take(), "track 257 mp4a.40.2 24000\npacket 257\n");
  EXPECT_EQ(handed.tracks[0].config.size(), 2U);
}

TEST(SbrFinder, NothingIsHeldThatCannotHaveItOrSaysWhetherItDoes) {
  media::Track fast = aac_track(32'000);
  media::Track tells = aac_track();
  const std::vector<std::uint8_t> none{0x13, 0x10, 0x56, 0xe5, 0x00};
  tells.config = base::Bytes::copy_of(none);
  media::Track other = aac_track();
  other.codec = media::Codec::kMp2;
  media::Track main = aac_track();
  main.config = media::aac::make_config(1, 24'000, 2);
  for (const media::Track& track : {fast, tells, other, main}) {
    Handed handed;
    handed.give(media::Event(track));
    EXPECT_EQ(handed.tracks.size(), 1U) << track.audio.sample_rate;
    handed.packets(true, 1);
    EXPECT_EQ(handed.tracks.size(), 1U);
  }
}

TEST(SbrFinder, WhatIsAnnouncedAgainIsChangedAtOnce) {
  Handed handed;
  handed.give(media::Event(aac_track()));
  handed.packets(true, 1);
  media::Track again = aac_track();
  again.language = "deu";
  handed.take();
  handed.give(media::Event(again));
  EXPECT_EQ(handed.take(), "track 257 mp4a.40.5 48000\n");
  EXPECT_EQ(handed.tracks.back().language, "deu");
  handed.give(media::Event(aac_track(22'050)));
  EXPECT_EQ(handed.take(), "") << "another format is looked at anew";
}

TEST(SbrFinder, OtherTracksAndEventsPassWhileOneIsHeld) {
  Handed handed;
  handed.give(media::Event(aac_track()));
  media::Packet picture;
  picture.track_id = 256;
  handed.give(media::Event(std::move(picture)));
  handed.give(media::Event(media::TrackGone{256}));
  handed.give(media::Event(media::Loss{}));
  EXPECT_EQ(handed.take(), "packet 256\nother\nother\n");
}

TEST(SbrFinder, ATrackThatGoesBeforeItsFirstPacketNeverWas) {
  Handed handed;
  handed.give(media::Event(aac_track()));
  handed.give(media::Event(media::TrackGone{257}));
  EXPECT_EQ(handed.take(), "");
  handed.give(media::Event(media::TrackGone{257}));
  EXPECT_EQ(handed.take(), "other\n");
}

TEST(SbrFinder, APacketThatCannotBeDecodedSaysNothing) {
  Handed handed;
  handed.give(media::Event(aac_track()));
  media::Packet damaged;
  damaged.track_id = 257;
  handed.give(media::Event(std::move(damaged)));
  EXPECT_EQ(handed.take(), "track 257 mp4a.40.2 24000\npacket 257\n");
}

}  // namespace
}  // namespace worker
