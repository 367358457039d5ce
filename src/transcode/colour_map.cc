#include "transcode/colour_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "media/hdr.h"

namespace transcode {
namespace {

// Numbers of H.273.
constexpr int kBt709 = 1;
constexpr int kUnspecified = 2;
constexpr int kBt601Old = 5;  ///< of 625 lines
constexpr int kBt601 = 6;     ///< of 525 lines
constexpr int kSmpte240 = 7;
constexpr int kBt2020 = 9;
constexpr int kBt2020Constant = 10;
constexpr int kP3 = 11;
constexpr int kP3D65 = 12;
constexpr int kBt2020Sdr = 14;

// Units: cd/m2.
constexpr double kSdrWhite = 203;   ///< BT.2408: reference white of HDR, shown by SDR's nominal peak
constexpr double kPeak = 1000;      ///< what masters and cameras of live programmes are made for
constexpr double kPqFull = 10'000;  ///< SMPTE ST 2084

using media::Colour;
using media::dynamic_range;
using media::DynamicRange;

struct Rgb {
  double r = 0;
  double g = 0;
  double b = 0;
};

/// Weights of R and B in luma.
struct Luma {
  double r;
  double b;
  double g() const { return 1 - r - b; }
};
constexpr Luma kLuma2020{0.2627, 0.0593};

Luma luma_of(int matrix) {
  switch (matrix) {
    case kBt601Old:
    case kBt601: return {0.299, 0.114};
    case kSmpte240: return {0.212, 0.087};
    case kBt2020:
    case kBt2020Constant: return kLuma2020;
    default: return {0.2126, 0.0722};
  }
}

Rgb rgb_of(const Yuv& in, const Luma& luma) {
  const double r = in.y + 2 * (1 - luma.r) * in.cr;
  const double b = in.y + 2 * (1 - luma.b) * in.cb;
  return {r, (in.y - luma.r * r - luma.b * b) / luma.g(), b};
}

Rgb nominal(const Rgb& in) {
  return {std::clamp(in.r, 0.0, 1.0), std::clamp(in.g, 0.0, 1.0), std::clamp(in.b, 0.0, 1.0)};
}

Yuv yuv_of(const Rgb& in, const Luma& luma) {
  const double y = luma.r * in.r + luma.g() * in.g + luma.b * in.b;
  return {y, (in.b - y) / (2 * (1 - luma.b)), (in.r - y) / (2 * (1 - luma.r))};
}

/// SMPTE ST 2084, both ways. `light`: of 10,000 cd/m2.
constexpr double kM1 = 2610.0 / 16384;
constexpr double kM2 = 2523.0 / 4096 * 128;
constexpr double kC1 = 3424.0 / 4096;
constexpr double kC2 = 2413.0 / 4096 * 32;
constexpr double kC3 = 2392.0 / 4096 * 32;
double light_of_pq(double signal) {
  const double power = std::pow(signal, 1 / kM2);
  return std::pow(std::max(power - kC1, 0.0) / (kC2 - kC3 * power), 1 / kM1);
}
double pq_of_light(double light) {
  const double power = std::pow(light, kM1);
  return std::pow((kC1 + kC2 * power) / (1 + kC3 * power), kM2);
}

/// BT.2100 table 5, both ways: scene light, 0 to 1.
constexpr double kA = 0.17883277;
constexpr double kB = 1 - 4 * kA;
const double kC = 0.5 - kA * std::log(4 * kA);
constexpr double kSystemGamma = 1.2;  ///< of a display of kPeak
double scene_of_hlg(double signal) {
  return signal <= 0.5 ? signal * signal / 3 : (std::exp((signal - kC) / kA) + kB) / 12;
}
double hlg_of_scene(double light) {
  const double scene = std::clamp(light, 0.0, 1.0);
  return scene <= 1.0 / 12 ? std::sqrt(3 * scene) : kA * std::log(12 * scene - kB) + kC;
}
double luminance_2020(const Rgb& light) {
  return kLuma2020.r * light.r + kLuma2020.g() * light.g + kLuma2020.b * light.b;
}

/// What a display shows. Units: cd/m2, of the source's primaries.
Rgb light_of(const Rgb& signal, DynamicRange range) {
  if (range == DynamicRange::kPq) {
    return {kPqFull * light_of_pq(signal.r), kPqFull * light_of_pq(signal.g), kPqFull * light_of_pq(signal.b)};
  }
  if (range == DynamicRange::kHlg) {
    const Rgb scene{scene_of_hlg(signal.r), scene_of_hlg(signal.g), scene_of_hlg(signal.b)};
    const double gain = kPeak * std::pow(luminance_2020(scene), kSystemGamma - 1);
    return {gain * scene.r, gain * scene.g, gain * scene.b};
  }
  return {kSdrWhite * std::pow(signal.r, 2.4), kSdrWhite * std::pow(signal.g, 2.4),
          kSdrWhite * std::pow(signal.b, 2.4)};
}

/// The light of a display's signal of 1. Units: cd/m2.
double full_light(DynamicRange range) {
  switch (range) {
    case DynamicRange::kSdr: return kSdrWhite;
    case DynamicRange::kPq: return kPqFull;
    case DynamicRange::kHlg: return kPeak;
  }
  return kSdrWhite;
}

/// The reverse of light_of(). `light`: of full_light().
Rgb signal_of(const Rgb& light, DynamicRange range) {
  if (range == DynamicRange::kPq) return {pq_of_light(light.r), pq_of_light(light.g), pq_of_light(light.b)};
  if (range == DynamicRange::kHlg) {
    const double luminance = luminance_2020(light);
    const double gain = luminance <= 0 ? 0 : std::pow(luminance, (1 - kSystemGamma) / kSystemGamma);
    return {hlg_of_scene(gain * light.r), hlg_of_scene(gain * light.g), hlg_of_scene(gain * light.b)};
  }
  return {std::pow(light.r, 1 / 2.4), std::pow(light.g, 1 / 2.4), std::pow(light.b, 1 / 2.4)};
}

/// BT.2390 5.4.1: from a display of kPeak to one of kSdrWhite, black being 0 on both. Units: cd/m2.
double roll_off(double light) {
  static const double peak = pq_of_light(kPeak / kPqFull);
  static const double target = pq_of_light(kSdrWhite / kPqFull) / peak;
  static const double knee = 1.5 * target - 0.5;
  const double signal = std::min(pq_of_light(light / kPqFull) / peak, 1.0);
  if (signal < knee) return light;
  const double t = (signal - knee) / (1 - knee);
  const double t2 = t * t;
  const double t3 = t2 * t;
  const double rolled = (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (-2 * t3 + 3 * t2) * target;
  return kPqFull * light_of_pq(rolled * peak);
}

Rgb tone_mapped(const Rgb& light) {
  const double largest = std::max({light.r, light.g, light.b});
  if (largest <= 0) return light;
  const double gain = roll_off(largest) / largest;
  return {light.r * gain, light.g * gain, light.b * gain};
}

/// No more than `peak`, without a change of hue. Units: cd/m2.
Rgb clipped(const Rgb& light, double peak) {
  const double largest = std::max({light.r, light.g, light.b});
  if (largest <= peak) return light;
  return {light.r * peak / largest, light.g * peak / largest, light.b * peak / largest};
}

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

Vector times(const Matrix& m, const Vector& v) {
  const auto row = [&](std::size_t i) { return m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2]; };
  return {row(0), row(1), row(2)};
}

Matrix times(const Matrix& a, const Matrix& b) {
  Matrix product{};
  for (std::size_t column = 0; column < 3; ++column) {
    const Vector made = times(a, Vector{b[0][column], b[1][column], b[2][column]});
    for (std::size_t row = 0; row < 3; ++row) product[row][column] = made[row];
  }
  return product;
}

Matrix inverse(const Matrix& m) {
  const auto minor_of = [&](std::size_t r, std::size_t c) {
    const std::size_t r1 = (r + 1) % 3;
    const std::size_t r2 = (r + 2) % 3;
    const std::size_t c1 = (c + 1) % 3;
    const std::size_t c2 = (c + 2) % 3;
    return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
  };
  const double whole = m[0][0] * minor_of(0, 0) + m[0][1] * minor_of(0, 1) + m[0][2] * minor_of(0, 2);
  Matrix made{};
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) made[c][r] = minor_of(r, c) / whole;
  }
  return made;
}

/// x and y of red, green and blue. Spec: [H.273 table 2]
std::array<std::array<double, 2>, 3> chromaticities(int primaries) {
  switch (primaries) {
    case kBt601Old: return {{{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}}};
    case kBt601:
    case kSmpte240: return {{{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}}};
    case kBt2020: return {{{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}}};
    case kP3:
    case kP3D65: return {{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}}};
    default: return {{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}};
  }
}

/// Linear R, G and B to CIE XYZ, with D65 as white: the columns are the primaries, as much of each as makes white.
Matrix to_xyz(int primaries) {
  const Vector white{0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290};
  Matrix columns{};
  const auto points = chromaticities(primaries);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [x, y] = points[i];
    columns[0][i] = x / y;
    columns[1][i] = 1;
    columns[2][i] = (1 - x - y) / y;
  }
  const Vector share = times(inverse(columns), white);
  for (Vector& row : columns) {
    for (std::size_t i = 0; i < 3; ++i) row[i] *= share[i];
  }
  return columns;
}

/// Towards the grey of the same luminance, as far as it takes for all three to lie in 0 to 1.
Rgb into_gamut(const Rgb& in, const Vector& luminance) {
  const double grey = std::clamp(luminance[0] * in.r + luminance[1] * in.g + luminance[2] * in.b, 0.0, 1.0);
  double keep = 1;
  for (const double value : {in.r, in.g, in.b}) {
    if (value < 0) keep = std::min(keep, grey / (grey - value));
    if (value > 1) keep = std::min(keep, (1 - grey) / (value - grey));
  }
  const auto moved = [&](double value) { return std::clamp(grey + (value - grey) * keep, 0.0, 1.0); };
  return {moved(in.r), moved(in.g), moved(in.b)};
}

bool hdr(const Colour& colour) { return dynamic_range(colour) != DynamicRange::kSdr; }

/// What `colour` leaves open: HDR is of BT.2100, a wide gamut of BT.2020, and anything else is as `other`, or BT.709.
Colour completed(Colour colour, const Colour& other) {
  const bool deep = needs_sdr_conversion(colour);
  const bool like_other = !needs_sdr_conversion(other);
  const auto complete = [&](std::uint8_t& field, int wide, std::uint8_t others) {
    if (field != kUnspecified) return;
    const int narrow = like_other && others != kUnspecified ? others : kBt709;
    field = static_cast<std::uint8_t>(deep ? wide : narrow);
  };
  complete(colour.transfer, kBt2020Sdr, other.transfer);
  complete(colour.primaries, kBt2020, other.primaries);
  complete(colour.matrix, kBt2020, other.matrix);
  return colour;
}

bool same_primaries(int a, int b) { return chromaticities(a) == chromaticities(b); }

bool same_matrix(int a, int b) { return luma_of(a).r == luma_of(b).r; }

}  // namespace

bool needs_sdr_conversion(const Colour& colour) {
  return hdr(colour) || colour.primaries == kBt2020 || colour.matrix == kBt2020 || colour.matrix == kBt2020Constant;
}

Colour rung_colour(const Colour& source, Rung::Range range) {
  if (!needs_sdr_conversion(source)) return source;
  if (range == Rung::Range::kHdr) return completed(source, {});
  return {kBt709, kBt709, kBt709, false};
}

bool same_colour(const Colour& a, const Colour& b) {
  const Colour one = completed(a, b);
  const Colour other = completed(b, a);
  return dynamic_range(one) == dynamic_range(other) && one.full_range == other.full_range &&
         same_primaries(one.primaries, other.primaries) && same_matrix(one.matrix, other.matrix);
}

bool differs_by_matrix(const Colour& from, const Colour& to) {
  return !needs_sdr_conversion(from) && !needs_sdr_conversion(to) && !same_colour(from, to);
}

Yuv with_matrix(const Yuv& sample, const Colour& from, const Colour& to) {
  return yuv_of(rgb_of(sample, luma_of(completed(from, to).matrix)), luma_of(completed(to, from).matrix));
}

ColourMap::ColourMap(const Colour& from, const Colour& to) : from_(completed(from, to)), to_(completed(to, from)) {
  const Matrix xyz = to_xyz(to_.primaries);
  gamut_ = times(inverse(xyz), to_xyz(from_.primaries));
  luminance_ = xyz[1];
}

Yuv ColourMap::map(const Yuv& sample) const {
  const DynamicRange from = dynamic_range(from_);
  const DynamicRange to = dynamic_range(to_);
  Rgb light = light_of(nominal(rgb_of(sample, luma_of(from_.matrix))), from);
  if (to == DynamicRange::kSdr && from != DynamicRange::kSdr) light = tone_mapped(light);
  if (to == DynamicRange::kHlg) light = clipped(light, kPeak);
  const double full = full_light(to);
  const Vector shown = times(gamut_, Vector{light.r / full, light.g / full, light.b / full});
  return yuv_of(signal_of(into_gamut({shown[0], shown[1], shown[2]}, luminance_), to), luma_of(to_.matrix));
}

}  // namespace transcode
