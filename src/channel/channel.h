#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "channel/feed_writer.h"
#include "channel/header_cache.h"
#include "channel/histogram.h"
#include "channel/options.h"
#include "channel/spawner.h"
#include "ingest/publisher.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "origin/log.h"
#include "origin/numbering.h"
#include "packager/packager.h"
#include "record/encoding.h"
#include "record/position.h"

namespace channel {

/// Gets every new state of a channel's log, to hand it to the serve loops.
using OnSnapshot = std::function<void(const std::string& channel, std::shared_ptr<const origin::ChannelSnapshot>)>;

/// What channels share. All of it outlives them.
struct Environment {
  loop::Loop& loop;
  const base::Clock& clock;
  Spawner& spawner;
  OnSnapshot on_snapshot;
  /// A publisher came or went.
  std::function<void()> on_publishers;
};

/// One live stream: its publisher, its media worker and its log.
///
///   kIdle ──publish──► kLive ◄──publish──┐
///                        │ feed ends     │
///                        ▼               │
///                      kGrace ───────────┘
///                        │ grace over, or stop()
///                        ▼
///                     kEnding ──End record, or worker gone──► kEnded ──publish──► kLive
///
/// Through kLive and kGrace the log never stands still: what is missing becomes gaps, written by the worker, and while
/// there is no worker by a packager of the channel's own. A worker that dies or hangs is replaced and goes on where the
/// log stands. Thread: the control loop's.
class Channel {
 public:
  enum class State : std::uint8_t { kIdle, kLive, kGrace, kEnding, kEnded };

  struct Counters {
    std::uint64_t publishes = 0;
    std::uint64_t publishes_refused = 0;
    std::uint64_t takeovers = 0;
    std::uint64_t feed_bytes = 0;
    std::uint64_t feed_video_messages = 0;
    std::uint64_t feed_audio_messages = 0;
    std::uint64_t unplayable_messages = 0;
    std::uint64_t worker_starts = 0;
    std::uint64_t worker_restarts = 0;  ///< after a death that nobody asked for
    std::uint64_t worker_hangs = 0;     ///< of those, killed because nothing moved any more
    std::uint64_t spawn_failures = 0;
    std::uint64_t record_errors = 0;  ///< streams of records that broke their format
    std::uint64_t late_parts = 0;     ///< published more than half a part target behind the newest frame's arrival
  };

  Channel(const Environment& environment, std::string name, Options options);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// A publisher that has been authorised wants in.
  std::variant<ingest::FeedSink*, ingest::Publisher::Refusal> publish(const ingest::PublishRequest& request,
                                                                      ingest::Feed& feed);
  /// Ends the channel: disconnects the publisher, lets the worker finish, writes the end of the log.
  void stop();
  /// New settings; those of the media take effect with the next worker.
  void set_options(Options options) { options_ = std::move(options); }

  const std::string& name() const { return name_; }
  const Options& options() const { return options_; }
  State state() const { return state_; }
  /// When kEnded was entered, steady; the log's objects stay as long as playlists may be out there.
  base::Micros ended_at() const { return ended_at_; }
  std::shared_ptr<const origin::ChannelSnapshot> snapshot() { return log_.snapshot(); }

  const Counters& counters() const { return counters_; }
  const FeedWriter::Counters& feed_counters() const { return writer_.counters(); }
  origin::Log::Counters log_counters() const { return log_.counters(); }
  const Histogram& capture_to_part() const { return capture_to_part_; }
  const Histogram& part_lateness() const { return part_lateness_; }
  /// Null while no worker runs.
  const WorkerProcess* worker() const { return worker_.get(); }
  /// Of the publisher of now, or of the last one.
  const ingest::PublishRequest& publisher() const { return publisher_; }
  base::Micros feed_started() const { return feed_started_; }  ///< UTC; 0 while there is none
  /// True where a publisher has been there for a while and no part came lately (OP-4).
  bool stale() const;

 private:
  class Link;
  class RecordReader;
  class StandIn;

  void on_message(Link& link, feed::Message&& message);
  void on_rtmp(const feed::RtmpMessage& message);
  void on_feed_end(Link& link, std::string_view reason);
  void start_worker();
  void on_record(const record::Record& record);
  void on_records_done();
  void on_worker_gone(std::string_view why);
  void end_log();
  void on_timer();
  void watch_worker();
  void set_state(State state);
  void publish_snapshot();

  Environment environment_;
  const std::string name_;
  Options options_;
  State state_ = State::kIdle;
  Counters counters_;

  std::unique_ptr<Link> link_;                  ///< to the publisher of now
  std::vector<std::unique_ptr<Link>> leaving_;  ///< disconnected and not yet gone
  ingest::PublishRequest publisher_;
  base::Micros feed_started_ = 0;
  base::Micros grace_ends_ = 0;
  std::optional<feed::Start> feed_start_;
  HeaderCache headers_;
  FeedWriter writer_;

  std::unique_ptr<WorkerProcess> worker_;
  std::unique_ptr<RecordReader> reader_;
  std::unique_ptr<StandIn> stand_in_;  ///< writes gaps while there is no worker
  base::Micros worker_started_ = 0;
  base::Micros last_part_ = 0;  ///< steady; of the publisher's arrival before its first
  std::uint64_t heartbeat_ = 0;
  base::Micros heartbeat_at_ = 0;
  int deaths_ = 0;  ///< in a row
  loop::Timer respawn_;

  origin::Numbering numbering_;
  origin::Log log_;
  record::Position position_;
  Histogram capture_to_part_{kLatencyBounds};
  Histogram part_lateness_{kLatencyBounds};
  bool dirty_ = false;
  base::Micros ended_at_ = 0;
  loop::Timer timer_;
};

}  // namespace channel
