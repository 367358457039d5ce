#include "channel/ladder_weight.h"

#include <map>
#include <string_view>
#include <vector>

namespace channel {
namespace {

constexpr double kLines = 1080;
constexpr double kRate = 30;

/// Work of a preset of x264 beside that of veryfast, as its developers' tables and our own runs have it, roughly.
double weight_of_preset(std::string_view preset) {
  static const std::map<std::string_view, double> kPresets{
      {"ultrafast", 0.4}, {"superfast", 0.6}, {"veryfast", 1}, {"faster", 1.6},  {"fast", 2},
      {"medium", 2.5},    {"slow", 4},        {"slower", 8},   {"veryslow", 14}, {"placebo", 40}};
  const auto found = kPresets.find(preset);
  return found == kPresets.end() ? 1 : found->second;
}

double weight_of_codec(media::Codec codec) {
  if (codec == media::Codec::kHevc) return 3;
  return codec == media::Codec::kAv1 ? 6 : 1;
}

double weight_of(const job::Rung& rung) {
  const double lines = rung.height > 0 ? rung.height : kLines;
  const double rate = rung.frame_rate.known()
                          ? static_cast<double>(rung.frame_rate.num) / static_cast<double>(rung.frame_rate.den)
                          : kRate;
  return lines * lines / (kLines * kLines) * rate / kRate * weight_of_preset(rung.preset) * weight_of_codec(rung.codec);
}

/// The default ladder of a 1080p30 source: see job::default_ladder().
std::vector<job::Rung> default_rungs(bool copied, int most_lines) {
  media::Track source;
  source.video.width = 1920;
  source.video.height = 1080;
  source.video.frame_rate = {30, 1};
  std::vector<job::Rung> rungs = job::default_ladder(source, most_lines);
  if (copied) std::erase_if(rungs, [&](const job::Rung& rung) { return rung.height >= source.video.height; });
  return rungs;
}

}  // namespace

std::vector<job::Rung> rungs_of(const job::Options& options) {
  return options.default_ladder ? default_rungs(options.copy_video, options.most_lines) : options.ladder;
}

double weight_of(const job::Options& options) {
  double weight = 0;
  for (const job::Rung& rung : rungs_of(options)) weight += weight_of(rung);
  return weight;
}

}  // namespace channel
