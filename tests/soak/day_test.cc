// 24 hours of a copied channel under a faked clock: what the worker produces and what the server keeps of it. In each
// hour the encoder is away once, and comes back with the clock that it had. KICKOFF_SOAK_HOURS: another number of
// hours.
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmaf/part.h"
#include "encoder.h"
#include "job/stats.h"
#include "origin/log.h"
#include "worker/production.h"

namespace {

using base::kMillisecond;
using base::kSecond;
using worker::kEpoch;

constexpr std::int64_t kHour = 3'600'000;          // ms
constexpr std::int64_t kWrapAt = kHour + 600'000;  // when the encoder's time stamps wrap, ms
constexpr double kAudioFrame = 1024 * 1e6 / 48000;
constexpr std::int64_t kAway = 7'000;

std::int64_t hours() {
  const char* given = std::getenv("KICKOFF_SOAK_HOURS");
  return given == nullptr ? 24 : std::strtol(given, nullptr, 10);
}

/// Where the frames of a rendition lie on the UTC timeline, beside the moment that they show.
struct Offset {
  double least = 1e18;
  double most = -1e18;
  double newest = 0;  ///< Units: µs, as the others
};

/// A production, the log that the server folds its records into, and a look at each part.
class Day {
 public:
  Day() : production_(options(), [this](const record::Record& record) { take(record); }) {}

  /// An encoder whose clock runs `ppm` faster than ours sends [from, until) of its programme. Units: ms.
  void play(soak::Encoder& encoder, std::int64_t from, std::int64_t until, double ppm) {
    for (std::int64_t at = from; at < until; ++at) {
      const base::Micros utc = utc_of(at, ppm);
      if (at % 1000 == 0) {
        for (feed::Message& message : encoder.headers(utc, false)) say(std::move(message));
      }
      if (at % 40 == 0) say(encoder.picture(at, utc, at % 1000 == 0));
      const std::int64_t sound = (at * 3 + 63) / 64;  // frame n of the audio is of n * 64 / 3 ms
      if (sound * 64 / 3 == at) say(encoder.sound(at, utc));
      if (at % 100 == 0) say(feed::Tick{utc});
    }
  }
  void start(soak::Encoder& encoder, std::int64_t at, double ppm) {
    say(feed::Start{encoder.format()});
    for (feed::Message& message : encoder.headers(utc_of(at, ppm), true)) say(std::move(message));
  }
  void stop() { say(feed::Stop{}); }
  void pass(std::int64_t from, std::int64_t until, double ppm) {
    for (std::int64_t at = from; at < until; at += 100) say(feed::Tick{utc_of(at, ppm)});
  }
  static base::Micros utc_of(std::int64_t at, double ppm) {
    return kEpoch + at * kMillisecond - static_cast<base::Micros>(static_cast<double>(at) * ppm / 1000);
  }

  const Offset& offset(const std::string& rendition) { return offsets_[rendition]; }
  void forget_offsets() { offsets_.clear(); }
  /// Units: µs, the largest between video and audio that were published one after the other.
  double most_skew() const { return most_skew_; }
  origin::Log::Counters counters() const { return log_.counters(); }
  job::Stats& stats() {
    production_.report(stats_);
    return stats_;
  }
  std::uint64_t held() const { return held_; }
  std::uint64_t backward() const { return backward_; }

 private:
  static job::Options options() {
    job::Options options;
    options.channel = "day";
    options.copy_video = true;
    options.default_ladder = false;
    return options;
  }

  void say(feed::Message message) { production_.on_message({feed::Id::kPrimary, std::move(message)}); }

  void take(const record::Record& record) {
    log_.apply(record);
    log_.snapshot();
    if (const auto* opened = std::get_if<record::Presentation>(&record)) presentation_ = *opened;
    if (const auto* part = std::get_if<record::Part>(&record)) look(*part);
  }
  void look(const record::Part& part) {
    const record::Rendition& rendition = presentation_.renditions.at(part.rendition);
    std::int64_t& end = ends_[part.rendition];
    if (part.start < end) ++backward_;
    end = part.start + part.duration;
    if (part.held) {
      ++held_;
      return;
    }
    const auto frame = cmaf::first_sample(part.data);
    const std::optional<std::int64_t> moment = frame.ok() ? soak::moment_of(frame->view()) : std::nullopt;
    if (!moment) return;
    const double start = static_cast<double>(part.start) * 1e6 / static_cast<double>(rendition.track.timescale);
    Offset& offset = offsets_[rendition.name];
    offset.newest = start - static_cast<double>(kEpoch + *moment * kMillisecond);
    offset.least = std::min(offset.least, offset.newest);
    offset.most = std::max(offset.most, offset.newest);
    if (offsets_.size() < 2 || rendition.name == "source") return;
    most_skew_ = std::max(most_skew_, std::abs(offset.newest - offsets_["source"].newest));
  }

  origin::Log log_{"day", {}};
  worker::Production production_;
  record::Presentation presentation_;
  std::map<std::uint32_t, std::int64_t> ends_;  ///< of the newest part, by rendition. Units: ticks.
  std::map<std::string, Offset> offsets_;
  job::Stats stats_;
  double most_skew_ = 0;
  std::uint64_t held_ = 0;
  std::uint64_t backward_ = 0;
};

std::size_t heap() { return mallinfo2().uordblks + mallinfo2().hblkhd; }

/// When the encoder is away: never, in each hour, in the last.
enum class Breaks : std::uint8_t { kNone, kHourly, kLast };

void print(const Day& day, std::int64_t hour, const Offset& source) {
  std::printf("hour %2d: heap %.2f MB, picture %+.1f to %+.1f ms off UTC, skew %.2f ms at most, %llu parts held\n",
              static_cast<int>(hour), static_cast<double>(heap()) / 1e6, source.least / 1000, source.most / 1000,
              day.most_skew() / 1000, static_cast<unsigned long long>(day.held()));
}

/// Each hour: 30 minutes, away for 7 s where there are breaks, the rest. The clock of the encoder runs `ppm` fast.
void live_through(Day& day, soak::Encoder& encoder, double ppm, Breaks breaks) {
  std::size_t after_first = 0;
  day.start(encoder, 0, ppm);
  for (std::int64_t hour = 0; hour < hours(); ++hour) {
    const std::int64_t begin = hour * kHour;
    const std::int64_t cut = begin + kHour / 2;
    day.play(encoder, begin, cut, ppm);
    const bool away = breaks == Breaks::kHourly || (breaks == Breaks::kLast && hour + 1 == hours());
    if (away) {
      day.stop();
      day.pass(cut, cut + kAway, ppm);
      day.start(encoder, cut + kAway, ppm);
    }
    day.play(encoder, away ? cut + kAway : cut, begin + kHour, ppm);
    print(day, hour, day.offset("source"));
    day.forget_offsets();
    if (hour == 0) after_first = heap();
  }
  EXPECT_LT(heap(), after_first + 256'000) << "the heap after the first hour";
  EXPECT_LT(day.most_skew(), kAudioFrame);
  EXPECT_EQ(day.backward(), 0U) << "parts that begin before the end of the part before";
  EXPECT_EQ(day.counters().late + day.counters().conflicts, 0U) << "records that the server did not take";
  EXPECT_EQ(day.counters().gaps, 0U);
  EXPECT_EQ(day.counters().discontinuities, 0U);
  // 1,800 segments an hour in each of two renditions, the last of which may be open.
  EXPECT_NEAR(static_cast<double>(day.counters().segments), static_cast<double>(hours()) * 3600, 6);
  // Each time 7 s, what lies between key frames, and by how much a clock that is slow has fallen behind; in parts of
  // 0.5 s and two renditions.
  const std::int64_t times = breaks == Breaks::kHourly ? hours() : breaks == Breaks::kLast ? 1 : 0;
  const double behind = ppm < 0 ? -ppm * 1e-6 * static_cast<double>(hours()) * 3600 : 0;
  EXPECT_LE(static_cast<double>(day.held()), static_cast<double>(times) * 2 * 2 * (10 + behind));
}

TEST(Day, OfAnRtmpFeedAcrossTheWrapOfItsTimeStamps) {
  Day day;
  soak::RtmpEncoder encoder((std::int64_t{1} << 32) - kWrapAt);
  live_through(day, encoder, 0, Breaks::kHourly);
}

TEST(Day, OfATransportStreamAcrossTheWrapOfItsTimeStamps) {
  Day day;
  soak::TsEncoder encoder((std::int64_t{1} << 33) - 90 * kWrapAt);
  live_through(day, encoder, 0, Breaks::kHourly);
}

TEST(Day, OfAnEncoderWhoseClockIsFast) {
  Day day;
  soak::RtmpEncoder encoder(0);
  live_through(day, encoder, 50, Breaks::kHourly);
}

TEST(Day, OfAnEncoderWhoseClockIsSlow) {
  Day day;
  soak::TsEncoder encoder(0);
  live_through(day, encoder, -50, Breaks::kHourly);
}

TEST(Day, OfAnEncoderWhoseClockIsFastWithoutABreak) {
  Day day;
  soak::RtmpEncoder encoder(0);
  live_through(day, encoder, 50, Breaks::kNone);
}

TEST(Day, OfAnEncoderWhoseClockIsSlowWithoutABreak) {
  Day day;
  soak::RtmpEncoder encoder(0);
  live_through(day, encoder, -50, Breaks::kNone);
}

// By then its clock is seconds off ours.
TEST(Day, OfAnEncoderWhoseClockIsFastAndThatIsAwayOnceInTheEnd) {
  Day day;
  soak::RtmpEncoder encoder(0);
  live_through(day, encoder, 50, Breaks::kLast);
}

TEST(Day, OfAnEncoderWhoseClockIsSlowAndThatIsAwayOnceInTheEnd) {
  Day day;
  soak::RtmpEncoder encoder(0);
  live_through(day, encoder, -50, Breaks::kLast);
}

}  // namespace
