#include "transcode/loudness_stage.h"

#include <cstddef>
#include <utility>

#include "transcode/loudness_meter.h"

namespace transcode {
namespace {

/// The reverse of interleave(), for floats.
void put_back(const std::vector<float>& samples, AVFrame& frame) {
  const bool planar = av_sample_fmt_is_planar(static_cast<AVSampleFormat>(frame.format)) != 0;
  const auto channels = static_cast<std::size_t>(frame.ch_layout.nb_channels);
  const std::size_t planes = planar ? channels : 1;
  for (std::size_t plane = 0; plane < planes; ++plane) {
    auto* out = reinterpret_cast<float*>(frame.extended_data[plane]);
    for (std::size_t i = plane; i < samples.size(); i += planes) *out++ = samples[i];
  }
}

}  // namespace

base::Result<LoudnessStage> LoudnessStage::make(AVSampleFormat format, const AVChannelLayout& layout, int rate,
                                                const Options& options) {
  if (av_get_packed_sample_fmt(format) != AV_SAMPLE_FMT_FLT)
    return base::Error{base::Code::kUnsupported, "the loudness of samples that are not floats"};
  const loudness::Layout channels = loudness_layout_of(layout);
  LoudnessStage stage(channels, rate);
  if (options.measured) {
    TRY(stage.meter_, loudness::Meter::make(channels, rate));
  }
  if (options.normalised) {
    TRY(stage.normaliser_, loudness::Normaliser::make(channels, rate, *options.normalised));
  }
  return stage;
}

base::Status LoudnessStage::limit(double ceiling) {
  if (normaliser_) return base::Ok{};
  TRY(normaliser_, loudness::Normaliser::make(layout_, rate_, {.target = std::nullopt, .ceiling = ceiling}));
  return base::Ok{};
}

FramePtr LoudnessStage::pass(FramePtr frame) {
  interleave(*frame, samples_);
  if (normaliser_) {
    normaliser_->exchange(samples_);
    std::swap(frame, kept_);
    if (frame == nullptr) return nullptr;
    put_back(samples_, *frame);
  }
  if (meter_) meter_->add(samples_);
  return frame;
}

FramePtr LoudnessStage::finish() {
  if (!normaliser_ || kept_ == nullptr) return nullptr;
  normaliser_->finish(samples_);
  put_back(samples_, *kept_);
  if (meter_) meter_->add(samples_);
  return std::move(kept_);
}

void LoudnessStage::on_other_feed(std::optional<double> loudness) {
  if (normaliser_) normaliser_->restart(loudness);
}

LoudnessStage::Report LoudnessStage::report() const {
  Report report;
  if (meter_) report.reading = meter_->reading();
  if (normaliser_) report.normalised = normaliser_->state();
  return report;
}

}  // namespace transcode
