#include "loudness/meter.h"

#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace loudness {
namespace {

// Blocks are kept as a histogram of 0.1 LU: memory does not grow with the programme.
int mode_of(Meter::Measures measures) {
  if (measures == Meter::Measures::kMomentary) return EBUR128_MODE_M | EBUR128_MODE_TRUE_PEAK;
  return EBUR128_MODE_I | EBUR128_MODE_S | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK | EBUR128_MODE_HISTOGRAM;
}

bool possible(const Layout& layout, int rate) {
  return layout.channels >= 1 && layout.channels <= static_cast<int>(Layout::kMost) && rate >= 8'000 && rate <= 192'000;
}

base::Error impossible() { return {base::Code::kUnsupported, "audio of this channel count or sample rate"}; }

int channel_of(Weight weight) {
  switch (weight) {
    case Weight::kNone: return EBUR128_UNUSED;
    case Weight::kFront: return EBUR128_LEFT;
    case Weight::kSurround: return EBUR128_LEFT_SURROUND;
  }
  return EBUR128_UNUSED;
}

}  // namespace

Layout front(int channels) {
  Layout layout;
  layout.channels = channels;
  std::fill_n(layout.weights.begin(), channels, Weight::kFront);
  return layout;
}

double amplitude(double decibels) { return std::pow(10.0, decibels / 20); }

double decibels(double amplitude) { return amplitude > 0 ? std::max(20 * std::log10(amplitude), kSilence) : kSilence; }

struct Meter::Library {
  explicit Library(ebur128_state* made) : state(made) {}
  ~Library() { ebur128_destroy(&state); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ebur128_state* state;
};

Meter::Meter(std::unique_ptr<Library> library, Measures measures) : library_(std::move(library)), measures_(measures) {}

Meter::~Meter() = default;
Meter::Meter(Meter&&) noexcept = default;
Meter& Meter::operator=(Meter&&) noexcept = default;

base::Result<Meter> Meter::make(const Layout& layout, int rate, Measures measures) {
  if (!possible(layout, rate)) return impossible();
  ebur128_state* state =
      ebur128_init(static_cast<unsigned>(layout.channels), static_cast<unsigned long>(rate), mode_of(measures));
  if (state == nullptr) return base::Error{base::Code::kSystem, "no memory for a loudness meter"};
  Meter meter(std::make_unique<Library>(state), measures);
  meter.rate_ = rate;
  meter.set_weights(layout);
  return meter;
}

void Meter::set_weights(const Layout& layout) {
  layout_ = layout;
  for (int i = 0; i < layout.channels; ++i) {
    ebur128_set_channel(library_->state, static_cast<unsigned>(i),
                        channel_of(layout.weights[static_cast<std::size_t>(i)]));
  }
}

base::Status Meter::change(const Layout& layout, int rate) {
  if (usable_ && layout == layout_ && rate == rate_) return base::Ok{};
  usable_ = false;
  if (!possible(layout, rate)) return impossible();
  const int code = ebur128_change_parameters(library_->state, static_cast<unsigned>(layout.channels),
                                             static_cast<unsigned long>(rate));
  if (code == EBUR128_ERROR_NOMEM) return base::Error{base::Code::kSystem, "no memory for a loudness meter"};
  usable_ = true;
  if (code == EBUR128_SUCCESS) measured_ = 0;
  rate_ = rate;
  set_weights(layout);
  return base::Ok{};
}

void Meter::add(std::span<const float> samples) {
  if (!usable_) return;
  const std::size_t frames = samples.size() / static_cast<std::size_t>(layout_.channels);
  // One such sample would stay in the filters for good.
  const bool sound = std::ranges::all_of(samples, [](float sample) { return std::fabs(sample) < 1e6F; });
  if (!sound || frames == 0) return;
  if (ebur128_add_frames_float(library_->state, samples.data(), frames) != EBUR128_SUCCESS) return;
  measured_ += frames;
  newest_peak_ = 0;
  for (int i = 0; i < layout_.channels; ++i) {
    double peak = 0;
    ebur128_prev_true_peak(library_->state, static_cast<unsigned>(i), &peak);
    newest_peak_ = std::max(newest_peak_, static_cast<float>(peak));
  }
  peak_ = std::max(peak_, newest_peak_);
}

std::optional<double> Meter::momentary() const {
  double value = 0;
  if (measured_ * 10 < static_cast<std::uint64_t>(rate_) * 4) return std::nullopt;
  if (ebur128_loudness_momentary(library_->state, &value) != EBUR128_SUCCESS) return std::nullopt;
  return std::max(value, kSilence);
}

Reading Meter::reading() const {
  Reading reading;
  reading.momentary = momentary();
  if (peak_ > 0 || measured_ > 0) reading.true_peak = decibels(peak_);
  if (measures_ != Measures::kAll) return reading;
  double value = 0;
  const bool long_enough = measured_ >= static_cast<std::uint64_t>(rate_) * 3;
  if (long_enough && ebur128_loudness_shortterm(library_->state, &value) == EBUR128_SUCCESS)
    reading.short_term = std::max(value, kSilence);
  if (ebur128_loudness_global(library_->state, &value) == EBUR128_SUCCESS && std::isfinite(value))
    reading.integrated = value;
  // Without sound that passes the gates the library says 0 LU.
  if (reading.integrated && long_enough && ebur128_loudness_range(library_->state, &value) == EBUR128_SUCCESS)
    reading.range = value;
  return reading;
}

}  // namespace loudness
