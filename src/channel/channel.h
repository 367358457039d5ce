#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "archive/journal_fold.h"
#include "archive/journal_reader.h"
#include "base/clock.h"
#include "channel/alarm.h"
#include "channel/clock_asks.h"
#include "channel/error_spell.h"
#include "channel/feed_choice.h"
#include "channel/feed_slot.h"
#include "channel/live_captions.h"
#include "channel/live_metadata.h"
#include "channel/live_window.h"
#include "channel/log_meter.h"
#include "channel/markers.h"
#include "channel/options.h"
#include "channel/outage_watch.h"
#include "channel/overlays.h"
#include "channel/slate_order.h"
#include "channel/smaller_ladder.h"
#include "channel/source.h"
#include "channel/spawner.h"
#include "channel/switch_history.h"
#include "channel/thumbnails.h"
#include "channel/worker_source.h"
#include "events/event.h"
#include "govern/cpu_budget.h"
#include "ingest/publisher.h"
#include "origin/numbering.h"
#include "record/fold.h"
#include "record/position.h"
#include "relay/recorder.h"

namespace channel {

/// What channels share. All of it outlives them.
struct Environment {
  Alarms& alarms;
  const base::Clock& clock;
  Spawner& spawner;
  events::Sink& events;
  OnSnapshot on_snapshot;
  /// Which channels a further publisher would be refused by may have changed.
  std::function<void()> on_publishers;
  /// What the machine has, and has left.
  std::function<govern::CpuBudget::Machine()> cpu;
  archive::JournalWriter* journal = nullptr;  ///< null: logs are kept in memory alone
  relay::OnReel on_reel = nullptr;            ///< null: edges get nothing
  std::uint64_t node = 0;                     ///< this server, in relay::Path
  ClockAsks::Ask ask_clock = nullptr;         ///< null: there are no other servers to agree with
};

/// One live stream: its feeds, the source that makes its log of them, and the folds that read the log.
///
///   kIdle ──publish──► kLive ◄──publish──┐
///                        │ last feed ends│
///                        ▼               │
///                      kGrace ───────────┘
///                        │ grace over, or stop()
///                        ▼
///                     kEnding ──source done, or out of time──► kEnded ──publish──► kLive
///
/// The log begins with the first message of a feed; from then on, through kLive and kGrace, it never stands still: see
/// WorkerSource. A publisher that goes before its first message takes the channel from kLive to kEnded at once, and
/// costs no worker. A publisher without media for Options::idle is disconnected; one without media for
/// FeedSlot::kSilent gives way to another of the same feed. Which feed is shown: see FeedChoice.
/// Thread: the control loop's.
class Channel final : private FeedSlotOwner, private LogWriter {
 public:
  enum class State : std::uint8_t { kIdle, kLive, kGrace, kEnding, kEnded };

  Channel(const Environment& environment, std::string name, Options options);
  ~Channel() override;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// A publisher of the feed `id` that has been authorised comes.
  std::variant<ingest::FeedSink*, ingest::Publisher::Refusal> publish(const ingest::PublishRequest& request,
                                                                      feed::Id id, ingest::Feed& feed);
  /// Ends the channel: disconnects the publisher, lets the source finish, writes the end of the log.
  void stop();
  /// Disconnects the publisher of a feed, as if its connection had ended. False where nobody publishes it.
  bool disconnect(feed::Id id, std::string_view reason) { return slot(id).close(reason); }
  enum class SwitchOutcome : std::uint8_t { kDone, kShownAlready, kNoMedia, kNotLive };
  /// Shows another feed, as the operator asks.
  SwitchOutcome switch_to(feed::Id id);
  enum class SlateOutcome : std::uint8_t {
    kDone,
    kCopyHeld,   ///< done; a copied rendition holds its last picture, the encoded ones show the slate
    kHeldAlone,  ///< done; the video is copied alone: its last picture is held, and no slate is shown
    kNoSlate,
    kNoFont,
    kNotLive
  };
  /// Shows the slate, or the feed again, as the operator asks. Lasts until it is taken back, its time is over, or the
  /// channel ends. The feed that is asked for while the schedule shows its slate is shown until the event's next phase.
  SlateOutcome order_slate(SlateOrder::Request request);
  /// A marker as an operator asks for it: splice information, or one of their own.
  struct MarkerOrder {
    base::Bytes section;                ///< a splice_info_section; empty: `own` is meant
    std::optional<base::Micros> start;  ///< UTC, when the section is to take place; empty: as it says
    Markers::Request own;
    bool cut = false;  ///< of `own`, which has a start: a segment is to begin there
  };
  struct Marked {
    enum class Why : std::uint8_t { kTaken, kRefused, kNotLive, kNoClock, kNoCuts };
    Why why = Why::kTaken;
    Markers::Outcome outcome;  ///< of kTaken and kRefused
  };
  /// Writes a marker to the log, and tells the worker of splice information and of cuts. kNoClock: the section has a
  /// time on the feed's clock, which the feed that is shown does not have, because it is no transport stream or has not
  /// begun. kNoCuts: a cut is asked for, and the channel moves none (splice_cuts).
  Marked mark(const MarkerOrder& order);
  /// A caption for one of its text renditions.
  LiveCaptions::Outcome caption(const LiveCaptions::Request& request);
  /// Timed metadata for its media.
  LiveMetadata::Outcome add_metadata(const LiveMetadata::Request& request);
  /// See WorkerSource::on_clock().
  void on_clock(const registry::Answer& answer) { source_.on_clock(answer); }
  /// See WorkerSource::set_economy().
  void set_economy(int level) { source_.set_economy(level); }
  /// New settings; those of the media take effect with the next worker. What is left out of the ladder stays left out.
  void set_options(Options options);
  /// The ladder of the session that begins now, with settings that are new and whole: it stays as it is for all of its
  /// workers and publishers, so that players' renditions do.
  void begin_session(Options options, LeftOut left_out);

  /// Takes the log up where its journal ends. One that had not ended is in kGrace now, its last picture held, if it is
  /// no longer out of date than kMostAbsent and its grace and window allow; one that had ended is in kEnded, if less
  /// than `retention` has passed since. Else false, and the channel is of no use. REQUIRES: kIdle.
  bool restore(archive::JournalReader& journal, base::Micros retention);
  static constexpr base::Micros kMostAbsent = 600 * base::kSecond;
  /// How long ago a log may have been left that is taken up and goes on.
  static base::Micros most_absent(const Options& options);

  const std::string& name() const { return name_; }
  /// Without what is left out of the ladder.
  const Options& options() const { return options_; }
  const LeftOut& left_out() const { return left_out_; }
  State state() const { return state_; }
  /// When kEnded was entered, steady; the log's objects stay as long as playlists may be out there.
  base::Micros ended_at() const { return ended_at_; }
  std::shared_ptr<const origin::ChannelSnapshot> snapshot() { return window_.snapshot(); }

  const FeedSlot& feed(feed::Id id) const { return feeds_[feed::index(id)]; }
  const FeedChoice& choice() const { return choice_; }
  const SwitchHistory& switches() const { return switches_; }
  /// What the choice goes by, of one feed.
  FeedState state_of(feed::Id id) const;
  /// The feed that is shown.
  const FeedSlot& shown() const { return feed(choice_.shown()); }
  /// What operators and the configuration have over the encoded pictures.
  Overlays::Outcome order_overlay(const Overlays::Order& order);
  const Overlays& overlays() const { return overlays_; }
  const SlateOrder& slate_order() const { return slate_order_; }
  /// Until the order ends by itself; nothing where it does not.
  std::optional<base::Micros> slate_left() const { return slate_order_.left(environment_.clock.steady()); }
  /// Of the event, now.
  Schedule::Phase phase() const { return options_.schedule.phase(environment_.clock.utc()); }
  const WorkerSource& source() const { return source_; }
  const LiveWindow& window() const { return window_; }
  const LogMeter& meter() const { return meter_; }
  /// Null where there is no journal.
  const archive::JournalFold* journal() const { return journal_.get(); }
  const Markers& markers() const { return markers_; }
  const Thumbnails& thumbnails() const { return thumbnails_; }
  const LiveCaptions& captions() const { return captions_; }
  const LiveMetadata& metadata() const { return metadata_; }
  std::uint64_t publishes_refused() const { return refused_; }
  /// True where it has ended, or has not begun, and nothing was ever published of it.
  bool blank() const { return (state_ == State::kIdle || state_ == State::kEnded) && window_.empty(); }
  /// True if any other publisher of this feed would be refused.
  bool occupied(feed::Id id) const;
  /// True where media has come for a while and no part was published lately (OP-4). A publisher that sends nothing is
  /// no fault of the server's.
  bool stale() const;

 private:
  void on_feed(const FeedSlot& slot, const feed::Message& message) override;
  void on_feed_gone(const FeedSlot& slot, std::string_view reason) override;
  base::Micros spare(base::Micros utc) const override { return source_.spare(utc); }
  void on_record(const record::Record& record) override;
  void fold(const record::Record& record);
  std::function<void(archive::JournalWriter::Written&&)> on_written();
  void read_journal(archive::JournalReader& journal, bool& ended, base::Micros& newest);
  void on_journal(std::string_view why);
  std::unique_ptr<relay::Recorder> make_recorder();
  origin::Log::Options window_options() const;
  std::vector<record::Fold*> all_folds();
  std::optional<base::Micros> splice_instant(const base::Bytes& section) const;
  base::Micros newest_media() const;
  void on_batch_end() override;
  void on_source_end() override;
  void on_alarm();
  FeedSlot& slot(feed::Id id) { return feeds_[feed::index(id)]; }
  bool any_connected() const;
  void watch_errors();
  void watch_outage();
  FeedChoice::States states();
  void choose_feed();
  void show(const FeedChoice::Switch& change);
  void watch_schedule();
  SlateOutcome show_slate(SlateOrder::Request request);
  SlateOutcome what_a_slate_shows() const;
  void end_slate(std::string_view why);
  void report_slate_end(std::string_view why);
  void note_faults(const FeedChoice::States& states);
  void note_fault(feed::Id id, std::string_view fault);
  void report(events::Type type, std::vector<base::Field> data);
  void report_connected(feed::Id id, bool takeover);
  void report_disconnected(feed::Id id, std::string_view reason);
  void set_state(State state);
  ingest::Publisher::Refusal refuse(const ingest::PublishRequest& request, std::string text);

  Environment environment_;
  const std::string name_;
  /// How often a channel with a session looks at its clocks.
  static constexpr base::Micros kBeat = 100 * base::kMillisecond;

  Options options_;
  LeftOut left_out_;
  State state_ = State::kIdle;
  base::Micros deadline_ = 0;  ///< of kGrace and kEnding, steady
  base::Micros ended_at_ = 0;
  std::uint64_t refused_ = 0;

  record::Position position_;    ///< in the source's numbers
  origin::Numbering numbering_;  ///< from those to the folds'
  FeedSlots feeds_;
  FeedChoice choice_;
  SwitchHistory switches_;
  std::array<ErrorSpell, feed::kIds.size()> error_spells_;
  std::array<std::string, feed::kIds.size()> faults_;     ///< content_fault() of each, of which there is an event
  std::array<base::Micros, feed::kIds.size()> bad_at_{};  ///< steady, when a feed's content was last seen to be bad
  WorkerSource source_;
  Overlays overlays_;
  SlateOrder slate_order_;
  Schedule::Phase phase_ = Schedule::Phase::kOn;
  bool phase_waived_ = false;  ///< the operator has the feed shown in this phase
  LiveWindow window_;
  LogMeter meter_;
  OutageWatch outage_;
  Thumbnails thumbnails_;
  Markers markers_;
  LiveCaptions captions_;
  LiveMetadata metadata_;
  const std::unique_ptr<archive::JournalFold> journal_;  ///< null: none
  const std::unique_ptr<relay::Recorder> recorder_;      ///< null: edges get nothing
  const std::vector<record::Fold*> folds_;
  std::unique_ptr<Alarm> beat_;
};

std::string_view to_string(Channel::State state);

}  // namespace channel
