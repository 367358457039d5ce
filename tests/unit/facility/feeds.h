#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "facility/judge.h"
#include "facility/observation.h"

namespace facility {

using base::kMillisecond;
using base::kSecond;

/// A feed that is as it should be, second after second: 25 pictures, closed GOPs of 2 s, stereo at -23 LUFS. Change
/// `now` and the steps between samples to have it otherwise.
struct Playing {
  Playing() {
    now.worker = true;
    now.utc = 1'800'000'000 * kSecond;
    channel::FeedReport& feed = now.feed;
    feed.protocol = "srt";
    feed.counters.publishes = 1;
    feed.loudness = {.momentary = -23, .short_term = -23, .integrated = -23, .range = 1, .true_peak = -9};
    channel::FeedMake& make = feed.make;
    make.video = media::Codec::kH264;
    make.profile = 100;
    make.level = 40;
    make.width = 1280;
    make.height = 720;
    make.rate = {25, 1};
    make.bit_depth = 8;
    make.audio = media::Codec::kAac;
    make.sample_rate = 48'000;
    make.channels = 2;
    make.audio_tracks = 1;
    make.gop = 2 * kSecond;
    make.pace_zero = 1'700'000'000 * kSecond;
    make.jitter = 20 * kMillisecond;
    make.sound_behind = 10 * kMillisecond;
    make.watched = 5 * kSecond;
  }

  void take() { seen.take(now); }
  /// One second later.
  void step() {
    now.at += kSecond;
    now.utc += kSecond;
    now.feed.counters.bytes += 500'000;
    now.feed.audio_packets += 47;
    now.feed.make.pictures += pictures;
    now.feed.make.played += kSecond;
    now.feed.make.since_key = now.at % (2 * kSecond) == 0 ? 0 : kSecond;
    if (now.at % (2 * kSecond) == 0) ++now.feed.make.key_frames;
    now.feed.make.pace_zero = *now.feed.make.pace_zero + drift;
    take();
  }
  Playing& play(int seconds) {
    if (seen.samples == 0) take();
    for (int i = 0; i < seconds; ++i) step();
    return *this;
  }
  std::vector<Line> lines() const { return judge(seen, wanted); }
  Line line(const std::string& property) const {
    const std::vector<Line> all = lines();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Line& at) { return at.property == property; });
    return found == all.end() ? Line{"no such property"} : *found;
  }
  Verdict verdict(const std::string& property) const { return line(property).verdict; }
  channel::FeedMake& make() { return now.feed.make; }

  Sample now;
  Observation seen;
  Wanted wanted;
  std::uint64_t pictures = 25;
  base::Micros drift = 0;  ///< a second
};

}  // namespace facility
