#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"

namespace loudness {

/// How a channel counts (ITU-R BS.1770-4, table 3).
enum class Weight : std::uint8_t {
  kNone,      ///< not at all: low frequency effects
  kFront,     ///< as it is
  kSurround,  ///< 1.5 dB more
};

/// The channels of interleaved samples, in their order.
struct Layout {
  static constexpr std::size_t kMost = 64;
  int channels = 0;  ///< 1 to kMost
  std::array<Weight, kMost> weights{};
  bool operator==(const Layout&) const = default;
};
/// One or two front channels.
Layout front(int channels);

/// What a programme measures; nothing where that is not known yet. Silence is kSilence.
struct Reading {
  std::optional<double> momentary;   ///< of the last 0.4 s. Units: LUFS.
  std::optional<double> short_term;  ///< of the last 3 s. Units: LUFS.
  std::optional<double> integrated;  ///< gated, of everything; nothing before there was sound. Units: LUFS.
  std::optional<double> range;       ///< of everything; nothing before 3 s. Units: LU.
  std::optional<double> true_peak;   ///< the largest of all channels, of everything. Units: dBTP.
};
inline constexpr double kSilence = -100;

/// Measures loudness as EBU R 128, Tech 3341 and Tech 3342 say, and true peaks as ITU-R BS.1770-4 says. Fixed size:
/// 3 s of the samples, 2.3 MB of stereo at 48 kHz. Thread: one at a time.
class Meter {
 public:
  enum class Measures : std::uint8_t {
    kAll,
    kMomentary,  ///< momentary loudness and true peaks alone, in a seventh of the memory
  };

  /// Errors: kUnsupported for channels or a rate that cannot be; kSystem where memory is out.
  static base::Result<Meter> make(const Layout& layout, int rate, Measures measures = Measures::kAll);
  ~Meter();
  Meter(Meter&&) noexcept;
  Meter& operator=(Meter&&) noexcept;

  /// What comes from now on has this format. What was measured stays. Errors: as make(); what is added is then ignored.
  base::Status change(const Layout& layout, int rate);
  /// Interleaved samples; 1 is full scale. Nothing is taken where one of them is no number, or beyond 120 dBFS.
  void add(std::span<const float> samples);

  Reading reading() const;
  /// Nothing before 0.4 s. Units: LUFS.
  std::optional<double> momentary() const;
  /// The largest true peak of all channels in what was added last; 1 is full scale. It is known some 12 samples late.
  float newest_peak() const { return newest_peak_; }

 private:
  struct Library;
  Meter(std::unique_ptr<Library> library, Measures measures);
  void set_weights(const Layout& layout);

  std::unique_ptr<Library> library_;
  Measures measures_;
  Layout layout_;
  int rate_ = 0;
  bool usable_ = true;
  std::uint64_t measured_ = 0;  ///< frames in this format
  float newest_peak_ = 0;
  float peak_ = 0;
};

/// 10 to the power of `decibels` / 20.
double amplitude(double decibels);
/// The reverse; kSilence for what is below it, 0 included.
double decibels(double amplitude);

}  // namespace loudness
