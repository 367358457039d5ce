#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "channel/alarm.h"
#include "channel/clock_asks.h"
#include "channel/feed_slot.h"
#include "channel/feed_writer.h"
#include "channel/kept_clocks.h"
#include "channel/options.h"
#include "channel/source.h"
#include "channel/spawner.h"
#include "channel/stand_in.h"
#include "events/event.h"
#include "govern/load_meter.h"
#include "record/encoding.h"

namespace channel {

/// The source that makes the records of a feed by a media worker.
///
/// The log always grows: a worker that dies or hangs is replaced, at once the first time and after longer pauses in a
/// crash loop, and while no worker runs a stand-in continues the log. A new worker is sent what it has missed of the
/// feeds: their formats and headers, and which of them, or the slate, is shown. A worker whose request waits in the
/// spawner's queue has not started: it cannot hang, and the stand-in continues the log until it starts.
class WorkerSource final : public Source {
 public:
  struct Counters {
    std::uint64_t starts = 0;
    std::uint64_t restarts = 0;       ///< of workers that died or hung, not of those that were stopped
    std::uint64_t hangs = 0;          ///< of these, killed because their heartbeat stood still
    std::uint64_t out_of_memory = 0;  ///< workers that ended because an allocation failed
    std::uint64_t spawn_failures = 0;
    std::uint64_t record_errors = 0;  ///< streams of records that broke their format
  };

  /// All of them outlive this. `options` may change; what is new in it takes effect with the next worker.
  /// `ask_clock`: see ClockAsks.
  WorkerSource(const std::string& channel, const Options& options, const base::Clock& clock, Alarms& alarms,
               Spawner& spawner, events::Sink& events, const FeedSlots& feeds, LogWriter& log,
               ClockAsks::Ask ask_clock = {});
  ~WorkerSource() override;

  void start(const record::Position& position) override;
  /// Continues with the log as start() does, but without a worker until start(): the stand-in holds the last picture.
  /// REQUIRES: not running(), and position.known().
  void hold(const record::Position& position);
  void tick(base::Micros utc) override;
  void finish() override;
  void abort(std::string_view why) override;

  /// Passes a message of a feed to the worker; see FeedWriter.
  void write(feed::Id feed, const feed::Message& message);
  /// As FeedWriter::early(): for how long the feed's messages need not come.
  base::Micros spare(base::Micros utc) const { return writer_.early(utc); }
  /// Has the worker show this feed, and each later worker from its start. Select::how matters to the one that runs.
  /// With a reason the log gets a marker of the switch: if need be from the next worker.
  void show(feed::Id feed, const feed::Select& select);

  /// Has the worker show the slate with this text (empty: none) whatever comes, and each later worker from its start,
  /// until it is called with nullopt.
  void show_slate(std::optional<std::string> text);
  /// Has the worker lay something over its pictures, or take it away, and each later worker from its start.
  void show_overlay(const feed::Overlay& order);
  /// A caption from outside. Until it is over each later worker is told of it, and so is the stand-in; at most the
  /// newest kMostCaptions.
  void caption(const feed::Caption& caption);
  static constexpr std::size_t kMostCaptions = 64;
  /// Something that an operator signals for an instant. Until that each later worker is told of it; at most the newest
  /// kMostEvents.
  void signal(const feed::TimedEvent& event);
  static constexpr std::size_t kMostEvents = 64;
  /// Has the worker save CPU, and each later worker from its start. Units: see transcode::most_economy().
  void set_economy(int level);
  /// Other servers have agreed, or have not, on the clock of a feed.
  void on_clock(const registry::Answer& answer) { clocks_.on_answer(answer); }
  /// How the running worker's ladder keeps up; nothing while none runs, or where it has nothing to save.
  std::optional<govern::Load> load() const;

  const Counters& counters() const { return counters_; }
  const FeedWriter::Counters& feed_counters() const { return writer_.counters(); }
  /// From start() until the end of the log.
  bool running() const { return position_ != nullptr; }
  /// No worker was asked for since hold().
  bool holding() const { return running() && !finishing_ && !worker_ && !respawn_->active(); }
  /// False while the stand-in makes up for a long absence: a worker would have to do it at once.
  bool caught_up() const { return !stand_in_ || stand_in_->caught_up(); }
  /// Null while none runs.
  const Worker* worker() const { return worker_.get(); }

 private:
  class RecordReader;

  void start_worker();
  void attach_worker();
  void note_started();
  void report_no_start(const std::string& why);
  void report_loss(base::Micros pause);
  void note_cause();
  void drop_worker();
  void tell(feed::Id feed, const feed::Message& message) { writer_.write(feed, message, clock_.steady()); }
  void write_feed_start(const FeedSlot& slot);
  void forget_captions();
  void forget_events();
  void write_economy();
  void on_records(base::View bytes);
  void on_worker_gone(std::string_view why);
  void watch();
  void stand_in();
  void close_log();
  void end_log();

  const std::string& channel_;
  const Options& options_;
  const base::Clock& clock_;
  Spawner& spawner_;
  events::Sink& events_;
  const FeedSlots& feeds_;
  LogWriter& log_;
  Counters counters_;
  FeedWriter writer_;
  ClockAsks clocks_;
  KeptClocks kept_clocks_;
  feed::Id shown_ = feed::Id::kPrimary;
  /// Of the switch to shown_, until the log has its marker.
  std::optional<feed::SwitchReason> unlogged_;
  std::optional<std::string> slate_;                ///< its text; nullopt: it is not ordered
  std::map<std::string, media::Overlay> overlays_;  ///< by id
  int economy_ = 0;
  std::deque<feed::Caption> captions_;         ///< as they came
  std::deque<feed::TimedEvent> events_ahead_;  ///< likewise

  const record::Position* position_ = nullptr;  ///< null: not started
  bool finishing_ = false;
  bool aborted_ = false;
  std::unique_ptr<RecordReader> reader_;
  std::unique_ptr<Worker> worker_;
  int pid_ = 0;            ///< of the newest worker that has started
  std::string_view loss_;  ///< why the worker is killed, for the event of its loss; empty: it is not
  bool no_start_ = false;  ///< the last attempt to start one failed
  bool attached_ = false;  ///< the worker gets the feed, and makes the log
  std::unique_ptr<StandIn> stand_in_;
  base::Micros started_ = 0;  ///< steady, when it was asked for, or attached if that was later; in the queue: now
  std::uint64_t heartbeat_ = 0;
  base::Micros heartbeat_at_ = 0;
  std::optional<base::Micros> cpu_wait_;  ///< Worker::cpu_wait() when the heartbeat had been missed a while
  int deaths_ = 0;                        ///< in a row
  std::unique_ptr<Alarm> respawn_;
  std::unique_ptr<Alarm> end_;
};

}  // namespace channel
