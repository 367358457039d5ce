#include "corruption/driver.h"

#include <malloc.h>
#include <poll.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "job/stats.h"
#include "unit/transcode/source.h"
#include "worker/production.h"

namespace corruption {
namespace {

constexpr base::Micros kEpoch = 1'800'000'000 * base::kSecond;  // on the segment grid
constexpr std::uint64_t kRungs = 2;
constexpr base::Micros kTick = base::kSecond / 10;
// From the encoder to the worker.
constexpr base::Micros kTravel = 30 * base::kMillisecond;

std::int64_t heap() { return static_cast<std::int64_t>(mallinfo2().uordblks); }

std::uint64_t damage_counted(const worker::Production& production) {
  const auto stats = std::make_unique<job::Stats>();
  production.report(*stats);
  const job::FeedStats& feed = stats->feeds[0];
  return feed.ts_sync_losses + feed.ts_continuity_errors + feed.ts_damaged_units + feed.ts_scrambled +
         feed.ts_transport_errors + feed.ts_untimed + feed.ts_unsupported + feed.timeline_anchors +
         feed.timeline_restamped + feed.timeline_dropped + stats->unplayable_messages + stats->packager_dropped +
         stats->decode_errors + stats->dropped_packets;
}

/// One line a record, for who looks for the cause of a fault.
void print(const record::Record& record) {
  const auto line = [](const char* what, const auto& at) {
    std::printf("%s %u %" PRId64 " start %" PRId64 " duration %" PRId64, what, at.rendition, at.msn, at.start,
                at.duration);
  };
  if (const auto* part = std::get_if<record::Part>(&record)) {
    line("part", *part);
    std::printf(" index %u%s%s%s\n", part->index, part->independent ? " independent" : "", part->last ? " last" : "",
                part->held ? " held" : "");
  } else if (const auto* gap = std::get_if<record::Gap>(&record)) {
    line("gap", *gap);
    std::printf(" index %u\n", gap->index);
  } else if (const auto* end = std::get_if<record::SegmentEnd>(&record)) {
    line("end", *end);
    std::printf("\n");
  } else if (const auto* presentation = std::get_if<record::Presentation>(&record)) {
    std::printf("presentation from %" PRId64 "\n", presentation->formats_from);
  }
}

/// One channel's worker, and its clock.
class Channel {
 public:
  Channel(const Play& play, base::Micros zero, const job::Options& options, Judge::Options judged)
      : zero_(zero), judge_(play, zero, judged), production_(options, [this](const record::Record& record) {
          if (std::getenv("CORRUPTION_LOG") != nullptr) print(record);
          judge_.on_record(record);
        }) {}

  /// At an instant of the encoder's clock.
  void say(const Sent& sent) {
    pass(sent.at);
    feed::Message message = sent.message;
    const base::Micros arrived = zero_ + sent.at + kTravel;
    if (auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) rtmp->arrived = arrived;
    if (auto* ts = std::get_if<feed::TsBytes>(&message)) ts->arrived = arrived;
    production_.on_message({feed::Id::kPrimary, message});
  }
  void pass(base::Micros until) {
    for (; next_ <= until; next_ += kTick) {
      const base::Micros utc = zero_ + next_ + kTravel;
      production_.on_message({feed::Id::kPrimary, feed::Tick{utc}});
      settle();
      judge_.on_tick(utc);
    }
  }
  void finish() {
    judge_.on_end();
    production_.on_message({feed::Id::kPrimary, feed::Finish{}});
    judge_.close();
  }
  Judge& judge() { return judge_; }
  std::uint64_t damaged() const { return damage_counted(production_); }

 private:
  /// Encoders have threads and no clock: what they were given is waited for, as far as counters tell.
  void settle() {
    if (production_.encoded_descriptor() < 0) return;
    pollfd descriptor{production_.encoded_descriptor(), POLLIN, 0};
    for (int idle = 0; idle < 25;) {
      if (poll(&descriptor, 1, 1) == 1) {
        production_.on_encoded();
        idle = 0;
        continue;
      }
      ++idle;
      if (encoders_are_done()) return;
    }
  }
  bool encoders_are_done() {
    production_.report(*stats_);
    const std::uint64_t shown = stats_->decoded_frames + stats_->held_frames;
    return stats_->encode_lag_us == 0 &&
           stats_->encoded_frames + stats_->left_out_frames + kRungs * stats_->dropped_frames >= kRungs * shown;
  }

  const base::Micros zero_;
  base::Micros next_ = 0;
  Judge judge_;
  worker::Production production_;
  std::unique_ptr<job::Stats> stats_ = std::make_unique<job::Stats>();
};

}  // namespace

job::Options copying() {
  job::Options options;
  options.channel = "test";
  options.copy_video = true;
  options.default_ladder = false;
  return options;
}

job::Options laddering() {
  job::Options options = copying();
  options.copy_video = false;
  options.ladder = {transcode::testing::ladder_rung(96), transcode::testing::ladder_rung(48)};
  return options;
}

Judge::Options judged(const Scenario& scenario) {
  Judge::Options judged;
  for (const Damage& damage : scenario.damages) {
    // Stamps of one track that stay elsewhere say that its sound belongs elsewhere.
    if (damage.what == What::kJump && !(damage.video && damage.audio)) judged.most_skew.reset();
    if (damage.what == What::kFast || damage.what == What::kBurst) judged.most_ahead += damage.until - damage.from;
  }
  return judged;
}

Outcome play(const Scenario& scenario, const job::Options& options, Judge::Options judged) {
  const Play play = make_play(scenario);
  Channel channel(play, kEpoch + scenario.phase, options, judged);
  channel.say({0, feed::Start{scenario.format}});
  std::int64_t before = 0;
  for (const Sent& sent : play.sent) {
    if (before == 0 && sent.at >= 7 * base::kSecond) before = heap();
    channel.say(sent);
  }
  channel.pass(play.end);
  Outcome outcome;
  outcome.heap_growth = heap() - before;
  outcome.damaged = channel.damaged();  // a feed that is over has no counters
  channel.finish();
  Judge& judge = channel.judge();
  outcome.faults = judge.faults();
  outcome.summary = std::to_string(judge.parts()) + " parts, " + std::to_string(judge.held()) + " held, skew " +
                    (judge.skew() ? std::to_string(*judge.skew()) : "unknown") + " us, behind " +
                    std::to_string(judge.behind() / 1000) + " ms, ahead " + std::to_string(judge.ahead() / 1000) +
                    " ms, missing " + std::to_string(judge.missing(true)) + "+" + std::to_string(judge.missing(false)) +
                    ", counted " + std::to_string(outcome.damaged) + ", heap " +
                    std::to_string(outcome.heap_growth / 1024) + " KiB";
  return outcome;
}

}  // namespace corruption
