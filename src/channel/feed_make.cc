#include "channel/feed_make.h"

#include <algorithm>
#include <limits>

namespace channel {
namespace {

std::uint64_t value_of(const job::Number& number) { return number.load(std::memory_order_relaxed); }

/// No more than a number can be that anybody calculates with: about 35 years in microseconds.
constexpr std::uint64_t kMostMicros = std::uint64_t{1} << 50;

base::Micros span_of(const job::Number& number) {
  return static_cast<base::Micros>(std::min(value_of(number), kMostMicros));
}

base::Micros signed_of(const job::Number& number) {
  constexpr auto kMost = static_cast<base::Micros>(kMostMicros) * 2;
  return std::clamp(static_cast<base::Micros>(value_of(number)), -kMost, kMost);
}

int int_of(const job::Number& number) {
  return static_cast<int>(std::min<std::uint64_t>(value_of(number), std::numeric_limits<int>::max()));
}

std::optional<media::Codec> codec_of(const job::Number& number, media::Kind kind) {
  const std::uint64_t code = value_of(number);
  if (code == 0 || code > static_cast<std::uint64_t>(media::kLastCodec) + 1) return std::nullopt;
  const auto codec = static_cast<media::Codec>(code - 1);
  return media::kind_of(codec) == kind ? std::optional(codec) : std::nullopt;
}

std::string language_of(const job::Number& number) {
  const std::uint64_t packed = value_of(number);
  std::string text;
  for (const int shift : {16, 8, 0}) text += static_cast<char>(packed >> shift & 0xff);
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; }) ? text : std::string();
}

}  // namespace

FeedMake make_of(const job::FeedStats& stats) {
  FeedMake make;
  const std::uint64_t profile = value_of(stats.make.profile);
  make.video = codec_of(stats.codec_plus_one, media::Kind::kVideo);
  make.profile = static_cast<int>(profile >> 16 & 0xff);
  make.constraints = static_cast<int>(profile >> 8 & 0xff);
  make.level = static_cast<int>(profile & 0xff);
  make.width = int_of(stats.width);
  make.height = int_of(stats.height);
  make.rate = {int_of(stats.rate_num), std::max(1, int_of(stats.rate_den))};
  make.bit_depth = int_of(stats.make.bit_depth);
  make.interlaced = value_of(stats.make.interlaced) > 0;
  make.audio_tracks = value_of(stats.make.audio_tracks);
  // A track that has gone is told of still.
  if (make.audio_tracks > 0) make.audio = codec_of(stats.audio_codec_plus_one, media::Kind::kAudio);
  make.sample_rate = int_of(stats.sample_rate);
  make.channels = int_of(stats.channels);
  make.language = language_of(stats.make.language);
  make.pictures = value_of(stats.make.pictures);
  make.played = span_of(stats.make.played_us);
  make.key_frames = value_of(stats.make.key_frames);
  make.open_key_frames = value_of(stats.make.open_key_frames);
  make.gop = span_of(stats.make.gop_us);
  make.since_key = span_of(stats.make.since_key_us);
  if (value_of(stats.make.paced) > 0) {
    make.pace_zero = signed_of(stats.make.pace_zero_us);
    make.jitter = span_of(stats.make.jitter_us);
  }
  if (value_of(stats.make.paired) > 0) make.sound_behind = signed_of(stats.make.sound_behind_us);
  make.watched = span_of(stats.watched_us);
  make.black = span_of(stats.black_us);
  make.frozen = span_of(stats.frozen_us);
  make.scrambled = span_of(stats.scrambled_us);
  return make;
}

}  // namespace channel
