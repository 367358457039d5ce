#pragma once

#include <cstdint>
#include <vector>

#include "log_reader.h"
#include "packager/packager.h"
#include "stream.h"
#include "timeline/timeline.h"
#include "unit/media/trace_sink.h"

/// A worker that copies: feed packets through the Timeline into the Packager, with a tick every half second of arrival.
class Channel : public media::TraceSink<> {
 public:
  struct Options {
    packager::Packager::Options packager;
    timeline::Timeline::Options timeline;
    /// Video comes out of an encoder: key frames where slots begin, none of the feed's, cut on the grid.
    bool encode = false;
    base::Micros tick = base::kSecond / 2;
    /// What stands in for audio, where time without media is held.
    packager::Still silence;

    /// Time without media is a gap, unless a test asks for held media.
    Options() { packager.missing = packager::Segmenter::Missing::kGap; }
    static Options holding() {
      Options options;
      options.packager.missing = packager::Segmenter::Missing::kHold;
      options.silence = {base::Bytes::copy_of("silence"), 1024};
      options.tick = base::kSecond / 10;
      return options;
    }
  };

  Channel() : Channel(Options{}) {}
  explicit Channel(Options options)
      : options_(options), timeline_(options.timeline, *this), packager_(options.packager, log_) {}

  void track(const media::Track& track) { timeline_.on_track(track); }
  void feed(std::vector<media::Packet> packets) {
    for (media::Packet& packet : packets) {
      wait_until(packet.arrived);
      timeline_.on_packet(std::move(packet));
    }
  }
  /// Lets time pass with nothing received.
  void wait_until(base::Micros utc) {
    if (next_tick_ == 0) next_tick_ = utc + options_.tick;
    for (; next_tick_ <= utc; next_tick_ += options_.tick) packager_.tick(next_tick_);
  }
  void finish() {
    timeline_.flush();
    packager_.finish();
  }

  timeline::Timeline& timeline() { return timeline_; }
  packager::Packager& packager() { return packager_; }
  const LogReader& log() const { return log_; }
  const std::vector<media::Packet>& placed() const { return placed_; }
  const std::vector<media::Track>& tracks() const { return tracks_; }

  void take_track(const media::Track& track) override {
    tracks_.push_back(track);
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      if (specs_[i].track.kind() != track.kind()) continue;
      specs_[i].track = track;
      changed_ = true;
      return;
    }
    packager::RenditionSpec spec;
    spec.name = track.kind() == media::Kind::kVideo ? "v" : "a";
    spec.track = track;
    if (track.kind() == media::Kind::kAudio) spec.still = options_.silence;
    spec.encoded = options_.encode && track.kind() == media::Kind::kVideo;
    // The first presentation lists video first; what comes later is appended.
    const bool front = packager_.counters().parts == 0 && placed_.empty() && track.kind() == media::Kind::kVideo;
    specs_.insert(front ? specs_.begin() : specs_.end(), spec);
    changed_ = true;
  }
  void take_packet(media::Packet&& packet) override {
    placed_.push_back(packet);
    if (changed_) packager_.set_presentation(specs_);
    changed_ = false;
    std::uint32_t index = 0;
    const auto kind = packet.track_id >= stream::kAudioId ? media::Kind::kAudio : media::Kind::kVideo;
    while (specs_[index].track.kind() != kind) ++index;
    if (specs_[index].encoded) {
      const std::int64_t slot = media::floor_div(packet.dts, packager_.segment().ticks);
      packet.key = slot != slot_;
      slot_ = slot;
    }
    packager_.on_packet(index, std::move(packet));
  }

 private:
  Options options_;
  LogReader log_;
  timeline::Timeline timeline_;
  packager::Packager packager_;
  std::vector<packager::RenditionSpec> specs_;
  std::vector<media::Packet> placed_;
  std::vector<media::Track> tracks_;
  bool changed_ = false;
  std::int64_t slot_ = 0;
  base::Micros next_tick_ = 0;
};
