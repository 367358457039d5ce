#include "transcode/sdr.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace transcode {
namespace {

// Numbers of H.273.
constexpr int kBt709 = 1;
constexpr int kBt2020 = 9;
constexpr int kBt2020Constant = 10;
constexpr int kP3D65 = 12;
constexpr int kPq = 16;
constexpr int kHlg = 18;

// Units: cd/m2.
constexpr double kSdrWhite = 203;   ///< BT.2408: reference white of HDR, shown by SDR's nominal peak
constexpr double kPeak = 1000;      ///< what masters and cameras of live programmes are made for
constexpr double kPqFull = 10'000;  ///< SMPTE ST 2084

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
constexpr Luma kLuma709{0.2126, 0.0722};
constexpr Luma kLuma2020{0.2627, 0.0593};

Rgb rgb_of(const Yuv& in, const Luma& luma) {
  const double r = in.y + 2 * (1 - luma.r) * in.cr;
  const double b = in.y + 2 * (1 - luma.b) * in.cb;
  const double g = (in.y - luma.r * r - luma.b * b) / luma.g();
  return {std::clamp(r, 0.0, 1.0), std::clamp(g, 0.0, 1.0), std::clamp(b, 0.0, 1.0)};
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

/// BT.2100 table 5: scene light, 0 to 1.
double scene_of_hlg(double signal) {
  constexpr double kA = 0.17883277;
  constexpr double kB = 1 - 4 * kA;
  const double c = 0.5 - kA * std::log(4 * kA);
  return signal <= 0.5 ? signal * signal / 3 : (std::exp((signal - c) / kA) + kB) / 12;
}

/// What a display shows. Units: cd/m2, of the source's primaries.
Rgb light_of(const Rgb& signal, int transfer) {
  if (transfer == kPq) {
    return {kPqFull * light_of_pq(signal.r), kPqFull * light_of_pq(signal.g), kPqFull * light_of_pq(signal.b)};
  }
  if (transfer == kHlg) {
    const Rgb scene{scene_of_hlg(signal.r), scene_of_hlg(signal.g), scene_of_hlg(signal.b)};
    const double luminance = kLuma2020.r * scene.r + kLuma2020.g() * scene.g + kLuma2020.b * scene.b;
    const double gain = kPeak * std::pow(luminance, 0.2);  // the system gamma is 1.2
    return {gain * scene.r, gain * scene.g, gain * scene.b};
  }
  return {kSdrWhite * std::pow(signal.r, 2.4), kSdrWhite * std::pow(signal.g, 2.4),
          kSdrWhite * std::pow(signal.b, 2.4)};
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

/// Linear light to the primaries of BT.709. The matrices are those of BT.2087 and of SMPTE EG 432-1.
Rgb to_709(const Rgb& in, int primaries) {
  using Matrix = std::array<std::array<double, 3>, 3>;
  constexpr Matrix kFrom2020{
      {{1.660491, -0.587641, -0.072850}, {-0.124550, 1.132900, -0.008349}, {-0.018151, -0.100579, 1.118730}}};
  constexpr Matrix kFromP3{{{1.224940, -0.224940, 0.0}, {-0.042057, 1.042057, 0.0}, {-0.019638, -0.078636, 1.098274}}};
  if (primaries == kBt709) return in;
  const Matrix& m = primaries == kP3D65 ? kFromP3 : kFrom2020;
  const auto row = [&](std::size_t i) { return m[i][0] * in.r + m[i][1] * in.g + m[i][2] * in.b; };
  return {row(0), row(1), row(2)};
}

/// Towards the grey of the same luminance, as far as it takes for all three to lie in 0 to 1.
Rgb into_gamut(const Rgb& in) {
  const double grey = std::clamp(kLuma709.r * in.r + kLuma709.g() * in.g + kLuma709.b * in.b, 0.0, 1.0);
  double keep = 1;
  for (const double value : {in.r, in.g, in.b}) {
    if (value < 0) keep = std::min(keep, grey / (grey - value));
    if (value > 1) keep = std::min(keep, (1 - grey) / (value - grey));
  }
  const auto moved = [&](double value) { return std::clamp(grey + (value - grey) * keep, 0.0, 1.0); };
  return {moved(in.r), moved(in.g), moved(in.b)};
}

double display_signal(double light) { return std::pow(light, 1 / 2.4); }

bool hdr(const media::Colour& colour) { return colour.transfer == kPq || colour.transfer == kHlg; }

}  // namespace

bool needs_sdr_conversion(const media::Colour& colour) {
  return hdr(colour) || colour.primaries == kBt2020 || colour.matrix == kBt2020 || colour.matrix == kBt2020Constant;
}

media::Colour rung_colour(const media::Colour& source) {
  if (!needs_sdr_conversion(source)) return source;
  return {kBt709, kBt709, kBt709, false};
}

Yuv to_sdr(const media::Colour& colour, const Yuv& sample) {
  const Rgb signal = rgb_of(sample, colour.matrix == kBt709 ? kLuma709 : kLuma2020);
  Rgb light = light_of(signal, colour.transfer);
  if (hdr(colour)) light = tone_mapped(light);
  const Rgb relative{light.r / kSdrWhite, light.g / kSdrWhite, light.b / kSdrWhite};
  const Rgb shown = into_gamut(to_709(relative, colour.primaries));
  return yuv_of({display_signal(shown.r), display_signal(shown.g), display_signal(shown.b)}, kLuma709);
}

}  // namespace transcode
