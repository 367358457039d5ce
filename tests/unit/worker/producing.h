#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "feeds.h"
#include "job/stats.h"
#include "record/position_encoding.h"
#include "unit/transcode/source.h"
#include "worker/production.h"

namespace worker {

inline job::Options copying() {
  job::Options options;
  options.channel = "test";
  options.copy_video = true;
  options.default_ladder = false;
  return options;
}

/// A production, and the log that it wrote. Times are milliseconds since kEpoch.
class Producing {
 public:
  explicit Producing(job::Options options = copying())
      : production(std::move(options), [this](const record::Record& record) {
          records.push_back(record);
          if (const auto* opened = std::get_if<record::Presentation>(&record)) presentation = *opened;
          position.apply(record);
        }) {}

  /// A message of the feed `feed`.
  bool say(const feed::Message& message) { return production.on_message({feed, message}); }
  /// Continues with the other's log.
  void resume(const Producing& before) {
    presentation = before.presentation;
    say(feed::Resume{record::encode_position(before.position)});
  }
  void start(feed::Format format = feed::Format::kRtmp) { say(feed::Start{format}); }
  void headers(bool audio = true, std::int64_t at = 0) {
    say(rtmp_video_header(utc(at)));
    if (audio) say(rtmp_audio_header(utc(at)));
  }
  /// The kinds that are to come, and the rate that the video has.
  void announce(bool audio) {
    rtmp::amf::Value::Object properties{{"videocodecid", 7.0}, {"videodatarate", 800.0}};
    if (audio) properties.push_back({"audiocodecid", 10.0});
    say(rtmp_metadata(utc(0), properties));
  }

  struct Play {
    bool video = true;
    bool audio = true;
    bool keys = true;         ///< a key frame each second
    std::int64_t lag = 0;     ///< audio comes so long after the picture of its stamp
    std::int64_t stamps = 0;  ///< stamp at kEpoch
  };
  /// What an encoder sends in [from, until), and the server's ticks.
  void play(std::int64_t from, std::int64_t until, const Play& what) {
    for (std::int64_t at = from; at < until; ++at) {
      if (what.video && at % 40 == 0) {
        say(rtmp_picture(at + what.stamps, utc(at), what.keys && at % 1000 == 0));
      }
      // Frame n of the audio is of n * 64 / 3 ms.
      const std::int64_t sound = (at * 3 + 63) / 64;
      const bool sounds = sound * 64 / 3 == at && at >= what.lag;
      if (what.audio && sounds) say(rtmp_sound(at + what.stamps - what.lag, utc(at)));
      if (at % 100 == 0) say(feed::Tick{utc(at)});
    }
  }
  void play(std::int64_t from, std::int64_t until) { play(from, until, {}); }
  /// Pictures that libavcodec made, in a timescale of 1000 from kEpoch on, with their header first. `after`: what is
  /// done behind each, at its time.
  void play(const transcode::testing::Feed& source, const std::function<void(base::Micros)>& after) {
    const auto bytes = [](base::View view) { return rtmp::Buffer(view.begin(), view.end()); };
    say(rtmp_video_header(kEpoch, bytes(source.track.config.view())));
    for (const media::Packet& packet : source.packets) {
      const base::Micros at = kEpoch + packet.pts * base::kMillisecond;
      say(rtmp_message(feed::kRtmpVideo, packet.pts, at,
                       rtmp::avc_tag(packet.key ? 1 : 2, 1, 0, bytes(packet.data.view()))));
      after(at);
    }
  }
  /// What encoders have finished by now is taken; waits for it, so that they never lag. False after a minute.
  bool take_encoded() {
    if (production.encoded_descriptor() < 0) return true;
    pollfd descriptor{production.encoded_descriptor(), POLLIN, 0};
    if (poll(&descriptor, 1, 60'000) != 1) return false;
    production.on_encoded();
    return true;
  }
  void pass(std::int64_t from, std::int64_t until) { play(from, until, {.video = false, .audio = false}); }

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const record::Record& record : records) {
      if (const T* one = std::get_if<T>(&record)) found.push_back(*one);
    }
    return found;
  }
  /// Names of what is presented, in order of the alphabet.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const record::Rendition& rendition : presentation.renditions) found.push_back(rendition.name);
    std::sort(found.begin(), found.end());
    return found;
  }
  std::uint32_t place_of(std::string_view name) const {
    const auto& presented = presentation.renditions;
    const auto found =
        std::find_if(presented.begin(), presented.end(), [&](const auto& at) { return at.name == name; });
    EXPECT_TRUE(found != presented.end()) << name;
    return static_cast<std::uint32_t>(found - presented.begin());
  }
  std::vector<record::Part> parts(std::string_view name) const {
    std::vector<record::Part> found = all<record::Part>();
    std::erase_if(found, [place = place_of(name)](const record::Part& part) { return part.rendition != place; });
    return found;
  }
  std::uint64_t video_packets() const {
    job::Stats stats{};
    production.report(stats);
    return stats.feeds[feed::index(feed)].video_packets.load();
  }
  static base::Micros utc(std::int64_t at) { return kEpoch + at * base::kMillisecond; }

  feed::Id feed = feed::Id::kPrimary;  ///< the one whose publisher acts
  std::vector<record::Record> records;
  record::Presentation presentation;  ///< the newest
  record::Position position;
  Production production;
};

using Names = std::vector<std::string>;

inline std::size_t count_held(const std::vector<record::Part>& parts) {
  return static_cast<std::size_t>(
      std::count_if(parts.begin(), parts.end(), [](const auto& part) { return part.held; }));
}

}  // namespace worker
