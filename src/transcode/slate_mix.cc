#include "transcode/slate_mix.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "media/time.h"
#include "transcode/slate_fade.h"

namespace transcode {
namespace {

// Turns of whole samples are not quite turns of whole microseconds: nothing is put right before it could be seen.
constexpr base::Micros kOutOfStep = 20 * base::kMillisecond;

float towards(float gain, bool up, float step) { return std::clamp(gain + (up ? step : -step), 0.0F, 1.0F); }

float* samples_of(const AVFrame& frame, int channel) {
  const bool planar = av_sample_fmt_is_planar(static_cast<AVSampleFormat>(frame.format)) != 0;
  return reinterpret_cast<float*>(frame.extended_data[planar ? channel : 0]) + (planar ? 0 : channel);
}

}  // namespace

SlateMix::SlateMix(std::unique_ptr<SlateSound> sound, int rate)
    : sound_(std::move(sound)),
      rate_(rate),
      step_(1.0F / static_cast<float>(media::rescale(SlateFade::kMix, base::kSecond, rate))) {}

base::Result<std::unique_ptr<SlateMix>> SlateMix::make(base::View file, const SlateSound::Format& format) {
  TRY(auto sound, SlateSound::make(file, format));
  return std::unique_ptr<SlateMix>(new SlateMix(std::move(sound), format.rate));
}

void SlateMix::set(const SlateCourse& course, bool hidden) {
  hidden_ = hidden;
  if (course.on != course_.on) since_ = media::rescale(course.since, base::kSecond, rate_);
  course_ = course;
}

/// The film is where its pictures say, in whichever turn, as long as it is not where they said before.
void SlateMix::follow_turn() {
  const std::int64_t said = media::rescale(course_.turn, base::kSecond, rate_);
  const std::int64_t length = sound_->length();
  if (turn_ && film_ > 0) {
    const std::int64_t off = said - *turn_;
    const std::int64_t apart = std::abs(off - media::floor_div(off + length / 2, length) * length);
    if (apart <= media::rescale(kOutOfStep, base::kSecond, rate_)) return;
  }
  turn_ = said;
}

void SlateMix::mix(AVFrame& frame, std::int64_t at) {
  const int count = frame.nb_samples;
  const bool film = film_ > 0 || film_wanted(at) || film_wanted(at + count - 1);
  // A rendition that begins under an order has nothing to be heard before it.
  if (!std::exchange(begun_, true) && hidden_) feed_ = 0;
  if (!film && !hidden_ && feed_ >= 1) return;
  FramePtr over;
  if (film) {
    follow_turn();
    over = sound_->read(at - *turn_, count);
  }
  const bool planar = av_sample_fmt_is_planar(static_cast<AVSampleFormat>(frame.format)) != 0;
  const int channels = frame.ch_layout.nb_channels;
  const int stride = planar ? 1 : channels;
  const float film_before = film_;
  const float feed_before = feed_;
  for (int channel = 0; channel < channels; ++channel) {
    film_ = film_before;
    feed_ = feed_before;
    float* const to = samples_of(frame, channel);
    const float* const from = over == nullptr ? nullptr : samples_of(*over, channel);
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      const bool wanted = film_wanted(at + i);
      film_ = towards(film_, wanted, step_);
      feed_ = towards(feed_, !wanted && !hidden_, step_);
      float& sample = to[i * stride];
      sample = sample * feed_ + (from == nullptr ? 0.0F : from[i * stride] * film_);
    }
  }
}

}  // namespace transcode
