#include "ts/audio_framer.h"

#include <algorithm>

#include "media/time.h"

namespace ts {
namespace {

/// The longest frame of any of our codecs is an Opus or LATM one of a few KiB; more than this is no audio.
constexpr std::size_t kMaxBuffer = std::size_t{256} << 10;

}  // namespace

AudioFramer::Probe AudioFramer::frame_of(std::size_t size, base::View bytes) {
  if (size == 0) return {};
  return {size <= bytes.size() ? Probe::Verdict::kFrame : Probe::Verdict::kMore, size};
}

void AudioFramer::feed(TimedPes&& pes) {
  if (buffer_.size() + pes.data.size() > kMaxBuffer) {
    ++writer_.counters().frames_bad;
    lose();
    return;
  }
  if (pes.pts) marks_.push_back({buffer_.size(), *pes.pts});
  buffer_.insert(buffer_.end(), pes.data.begin(), pes.data.end());
  const std::size_t used = take_frames(pes.arrived);
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used));
  for (Mark& mark : marks_) mark.offset -= std::min(mark.offset, used);
}

void AudioFramer::lose() {
  buffer_.clear();
  marks_.clear();
  anchor_.reset();
  locked_ = false;
}

std::size_t AudioFramer::take_frames(base::Micros arrived) {
  std::size_t at = 0;
  while (at < buffer_.size()) {
    const Probe found = probe(base::View(buffer_).subspan(at));
    if (found.verdict == Probe::Verdict::kMore) break;
    if (found.verdict == Probe::Verdict::kFrame && (locked_ || believable(at, found.size))) {
      locked_ = true;
      take_frame(at, found.size, arrived);
      at += found.size;
      continue;
    }
    if (locked_) ++writer_.counters().frames_bad;
    locked_ = false;
    ++at;
  }
  return at;
}

bool AudioFramer::believable(std::size_t at, std::size_t size) {
  const base::View next = base::View(buffer_).subspan(at + size);
  return next.empty() || probe(next).verdict != Probe::Verdict::kBad;
}

std::int64_t AudioFramer::clock(int rate) const { return *anchor_ + media::rescale(samples_, rate, 90000); }

void AudioFramer::take_frame(std::size_t at, std::size_t size, base::Micros arrived) {
  while (!marks_.empty() && marks_.front().offset <= at) {
    anchor_ = marks_.front().pts;
    samples_ = 0;
    marks_.pop_front();
  }
  Opened opened = open(base::View(buffer_).subspan(at, size));
  if (opened.units.empty() || opened.rate <= 0 || !writer_.announced()) {
    ++writer_.counters().frames_bad;
    return;
  }
  if (!anchor_) {
    writer_.counters().untimed += opened.units.size();
    return;
  }
  if (opened.rate != rate_ && samples_ != 0) {
    anchor_ = clock(rate_);
    samples_ = 0;
  }
  rate_ = opened.rate;
  for (base::Bytes& unit : opened.units) {
    media::Packet packet;
    packet.pts = clock(rate_);
    samples_ += opened.samples;
    packet.duration = clock(rate_) - packet.pts;
    packet.dts = packet.pts;
    packet.key = true;
    packet.idr = true;
    packet.arrived = arrived;
    packet.data = std::move(unit);
    writer_.write(std::move(packet));
  }
}

}  // namespace ts
