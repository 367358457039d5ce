#include "channel/worker_source.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "loop/peer_limits.h"
#include "record/position_encoding.h"

namespace channel {
namespace {

// A worker whose loop has not run for this long hangs: it is sent the time at least once a part target.
constexpr int kHangParts = 3;
constexpr base::Micros kHangLeast = base::kSecond;
// A worker that copies wakes a few times a second; one that misses more than this may hang.
constexpr base::Micros kBeatMissed = 250 * base::kMillisecond;
// Deaths further apart than this are not a crash loop.
constexpr base::Micros kHealthy = 30 * base::kSecond;
// From a log's last parts to its end: see record::Closing.
constexpr base::Micros kSeeLast = base::kSecond;
// Pauses before the first, second … restart in a row: the first at once, then ever longer.
constexpr std::array<base::Micros, 6> kPauses = {
    0, 500 * base::kMillisecond, base::kSecond, 2 * base::kSecond, 4 * base::kSecond, 8 * base::kSecond};

// A third of the share of the CPU that another worker's threads get.
constexpr int kNiceOfLow = 5;

/// `deaths` in a row, one or more.
base::Micros pause_after(int deaths) {
  return kPauses[std::min<std::size_t>(static_cast<std::size_t>(deaths - 1), kPauses.size() - 1)];
}

}  // namespace

/// Reads the worker's record pipe.
class WorkerSource::RecordReader final : public loop::StreamHandler {
 public:
  explicit RecordReader(WorkerSource& source)
      : decoder([&source](std::uint64_t offset, std::size_t size) { return source.worker_->media(offset, size); }),
        source_(source) {}
  void on_read(base::View bytes) override { source_.on_records(bytes); }
  void on_end(const std::optional<base::Error>&) override { source_.on_worker_gone("worker ended"); }

  record::Decoder decoder;

 private:
  WorkerSource& source_;
};

WorkerSource::WorkerSource(const std::string& channel, const Options& options, const base::Clock& clock, Alarms& alarms,
                           Spawner& spawner, events::Sink& events, const FeedSlots& feeds, LogWriter& log,
                           ClockAsks::Ask ask_clock)
    : channel_(channel),
      options_(options),
      clock_(clock),
      spawner_(spawner),
      events_(events),
      feeds_(feeds),
      log_(log),
      writer_(alarms, {}),
      clocks_(channel_, events_, std::move(ask_clock),
              [this](feed::Id feed, const feed::Clock& answer) { write(feed, answer); }),
      respawn_(alarms.make([this] { start_worker(); })),
      end_(alarms.make([this] { end_log(); })) {}

WorkerSource::~WorkerSource() = default;

void WorkerSource::start(const record::Position& position) {
  position_ = &position;
  finishing_ = aborted_ = false;
  if (!worker_ && !respawn_->active()) start_worker();
}

void WorkerSource::hold(const record::Position& position) {
  position_ = &position;
  finishing_ = aborted_ = false;
  stand_in();
}

void WorkerSource::start_worker() {
  job::Options media = options_.media;
  media.channel = channel_;
  if (options_.priority == govern::Priority::kLow) media.nice = kNiceOfLow;
  const std::string group = options_.declared ? channel_ : loop::peer_key(feeds_[feed::index(shown_)].publisher().peer);
  auto spawned = spawner_.spawn(media, {position_->known(), group});
  if (!spawned.ok()) {
    ++counters_.spawn_failures;
    base::log_error("channel", "worker cannot start; trying again in a second",
                    {{"channel", channel_}, {"why", spawned.error().message()}});
    report_no_start(spawned.error().message());
    respawn_->start(base::kSecond);
    return;
  }
  ++counters_.starts;
  no_start_ = false;
  loss_ = {};
  pid_ = 0;
  worker_ = spawned.take();
  heartbeat_ = 0;
  cpu_wait_.reset();
  started_ = heartbeat_at_ = clock_.steady();
  reader_ = std::make_unique<RecordReader>(*this);
  worker_->read_records(*reader_);
  // Without a log yet the feed is queued for a worker that has to wait to be started. A log that has begun is continued
  // by the stand-in until then.
  const bool attach = worker_->started() || !position_->known();
  if (worker_->started()) {
    note_started();
  } else {
    worker_->on_start([this, attach] {
      note_started();
      if (!attach) attach_worker();
    });
  }
  if (attach) attach_worker();
}

void WorkerSource::note_started() {
  pid_ = worker_->pid();
  events_.append({events::Type::kWorkerStarted,
                  channel_,
                  events::State::kMoment,
                  {},
                  {{"pid", pid_}, {"deaths_in_a_row", deaths_}}});
}

/// Of attempts that fail one after the other the first: they come each second.
void WorkerSource::report_no_start(const std::string& why) {
  if (std::exchange(no_start_, true)) return;
  events_.append(
      {events::Type::kWorkerLost, channel_, events::State::kMoment, {}, {{"reason", "cannot_start"}, {"text", why}}});
}

void WorkerSource::report_loss(base::Micros pause) {
  events_.append({events::Type::kWorkerLost,
                  channel_,
                  events::State::kMoment,
                  {},
                  {{"reason", loss_.empty() ? "ended" : loss_},
                   {"pid", pid_},
                   {"pause_ms", pause / base::kMillisecond},
                   {"deaths_in_a_row", deaths_}}});
}

void WorkerSource::attach_worker() {
  stand_in_.reset();
  attached_ = true;
  clocks_.restart();
  kept_clocks_.on_worker();
  started_ = heartbeat_at_ = clock_.steady();
  writer_.attach(&worker_->feed());
  if (position_->known()) write(shown_, feed::Resume{record::encode_position(*position_)});
  if (shown_ != feed::Id::kPrimary || unlogged_)
    write(shown_, feed::Select{feed::Select::How::kForced, position_->known() ? unlogged_ : std::nullopt});
  if (slate_) write(shown_, feed::Slate{true, *slate_});
  for (const auto& [id, overlay] : overlays_) write(shown_, feed::Overlay{true, overlay});
  if (economy_ > 0) write_economy();
  forget_captions();
  for (const feed::Caption& caption : captions_) write(shown_, caption);
  forget_events();
  for (const feed::TimedEvent& event : events_ahead_) write(shown_, event);
  for (const FeedSlot& slot : feeds_) write_feed_start(slot);
}

/// Sends a worker that starts in the middle of a feed what it has missed: the format and the headers.
void WorkerSource::write_feed_start(const FeedSlot& slot) {
  if (!slot.format()) return;
  tell(slot.id(), feed::Start{*slot.format(), kept_clocks_.zero(slot.id())});
  for (const feed::RtmpMessage& header : slot.headers()) tell(slot.id(), header);
}

void WorkerSource::write(feed::Id feed, const feed::Message& message) {
  const bool begins = std::holds_alternative<feed::Start>(message);
  if (begins) kept_clocks_.begin(feed, worker_ ? &worker_->stats() : nullptr);
  tell(feed, message);
}

void WorkerSource::show(feed::Id feed, const feed::Select& select) {
  if (!select.reason) unlogged_.reset();
  if (std::exchange(shown_, feed) == feed) return;
  unlogged_ = select.reason;
  writer_.set_shown(feed);
  if (attached_) write(feed, select);
}

void WorkerSource::show_slate(std::optional<std::string> text) {
  if (text == slate_) return;
  slate_ = std::move(text);
  if (attached_) write(shown_, feed::Slate{slate_.has_value(), slate_.value_or("")});
}

void WorkerSource::show_overlay(const feed::Overlay& order) {
  if (order.on) {
    overlays_[order.overlay.id] = order.overlay;
  } else {
    overlays_.erase(order.overlay.id);
  }
  if (attached_) write(shown_, order);
}

void WorkerSource::caption(const feed::Caption& caption) {
  forget_captions();
  captions_.push_back(caption);
  if (captions_.size() > kMostCaptions) captions_.pop_front();
  if (attached_) {
    write(shown_, caption);
  } else if (stand_in_) {
    stand_in_->put(caption);
  }
}

void WorkerSource::forget_captions() {
  std::erase_if(captions_, [now = clock_.utc()](const feed::Caption& at) { return at.cue.end <= now; });
}

void WorkerSource::signal(const feed::TimedEvent& event) {
  forget_events();
  events_ahead_.push_back(event);
  if (events_ahead_.size() > kMostEvents) events_ahead_.pop_front();
  if (attached_) write(shown_, event);
}

void WorkerSource::forget_events() {
  std::erase_if(events_ahead_, [now = clock_.utc()](const feed::TimedEvent& event) { return event.at < now; });
}

void WorkerSource::set_economy(int level) {
  if (std::exchange(economy_, level) != level && attached_) write_economy();
}

void WorkerSource::write_economy() { write(shown_, feed::Economy{static_cast<std::uint8_t>(economy_)}); }

std::optional<govern::Load> WorkerSource::load() const {
  if (!attached_ || worker_->stats().economy_most == 0) return std::nullopt;
  return govern::Load{static_cast<base::Micros>(worker_->stats().overdue_us), worker_->stats().lost_pictures};
}

void WorkerSource::on_records(base::View bytes) {
  const base::Status status = reader_->decoder.feed(bytes);
  record::Record record;
  while (reader_->decoder.next(record)) {
    const auto* marker = std::get_if<record::Marker>(&record);
    if (marker != nullptr && marker->kind == record::kSwitchClass) unlogged_.reset();
    log_.on_record(record);
  }
  if (!status.ok()) {
    ++counters_.record_errors;
    base::log_error("channel", "records broken", {{"channel", channel_}, {"why", status.error().message()}});
    loss_ = "broken_records";
    worker_->kill();
  }
  log_.on_batch_end();
}

void WorkerSource::drop_worker() {
  attached_ = false;
  clocks_.restart();
  writer_.attach(nullptr);
  worker_.reset();  // before what it reads to
  reader_.reset();
}

/// The page of its counters outlasts the worker.
void WorkerSource::note_cause() {
  if (worker_->stats().out_of_memory.load(std::memory_order_relaxed) == 0) return;
  ++counters_.out_of_memory;
  loss_ = "out_of_memory";
  base::log_error("channel", "the worker has no memory left",
                  {{"channel", channel_},
                   {"limit_bytes", static_cast<std::int64_t>(options_.media.memory)},
                   {"remedy",
                    "if the ladder needs that much, a higher limits.worker_memory or a smaller ladder; if it grew over "
                    "hours (kickoff_worker_data_bytes), a fault to report"}});
}

void WorkerSource::on_worker_gone(std::string_view why) {
  const base::Micros now = clock_.steady();
  note_cause();
  if (worker_) kept_clocks_.on_worker_gone(worker_->stats());
  drop_worker();
  if (finishing_) {
    close_log();
    return;
  }
  ++counters_.restarts;
  deaths_ = now - started_ > kHealthy ? 1 : deaths_ + 1;
  const base::Micros pause = pause_after(deaths_);
  base::log_warn(
      "channel", "worker lost, starting another",
      {{"channel", channel_}, {"why", why}, {"pause_ms", pause / base::kMillisecond}, {"deaths_in_a_row", deaths_}});
  report_loss(pause);
  stand_in();
  respawn_->start(pause);
}

void WorkerSource::stand_in() {
  if (stand_in_ || !position_->known()) return;
  stand_in_ = std::make_unique<StandIn>(options_.media, *position_,
                                        [this](const record::Record& record) { log_.on_record(record); });
  forget_captions();
  for (const feed::Caption& caption : captions_) stand_in_->put(caption);
}

void WorkerSource::tick(base::Micros utc) {
  if (attached_) {
    write(shown_, feed::Tick{utc});
    clocks_.watch(worker_->stats(), feeds_, clock_.steady());
    watch();
  } else if (stand_in_) {
    stand_in_->tick(utc);
    log_.on_batch_end();
  }
}

void WorkerSource::watch() {
  const std::uint64_t beat = worker_->stats().heartbeat.load(std::memory_order_relaxed);
  const base::Micros now = clock_.steady();
  // A request that waits in the queue is no hang.
  if (!worker_->started()) started_ = heartbeat_at_ = now;
  if (beat != heartbeat_) {
    heartbeat_ = beat;
    heartbeat_at_ = now;
    cpu_wait_.reset();
    return;
  }
  if (now - heartbeat_at_ < kBeatMissed) return;
  if (!cpu_wait_) cpu_wait_ = worker_->cpu_wait();
  // Time in which it was ready to run and no CPU was free does not count: killing it would cost more CPU.
  const base::Micros limit = std::max(kHangParts * options_.media.part, kHangLeast);
  if (now - heartbeat_at_ < limit || now - heartbeat_at_ - (worker_->cpu_wait() - *cpu_wait_) < limit) return;
  ++counters_.hangs;
  base::log_error("channel", "worker hangs, killing it", {{"channel", channel_}, {"pid", worker_->pid()}});
  loss_ = "hung";
  worker_->kill();
  // The end of the record pipe normally follows. It does not if another process holds the pipe: then go by the pid.
  heartbeat_at_ = now;
  if (worker_->pid() == 0) on_worker_gone("worker is gone");
}

void WorkerSource::finish() {
  if (position_ == nullptr || finishing_) return;
  finishing_ = true;
  respawn_->stop();
  if (worker_ && !worker_->started()) drop_worker();  // its request is withdrawn
  if (worker_) {
    write(shown_, feed::Finish{});
  } else {
    close_log();
  }
}

void WorkerSource::abort(std::string_view why) {
  if (position_ == nullptr) return;
  finishing_ = aborted_ = true;
  if (worker_) {
    worker_->kill();
    on_worker_gone(why);
  } else {
    end_log();
  }
}

/// Writes the last parts of the log; its End follows kSeeLast later, so that players can fetch them.
void WorkerSource::close_log() {
  if (position_->known() && !position_->closing) {
    // The worker is gone without having finished.
    stand_in();
    stand_in_->finish();
    log_.on_batch_end();
  }
  stand_in_.reset();
  if (aborted_ || !position_->known()) {
    end_log();
  } else {
    end_->start(kSeeLast);
  }
}

/// Writes one short whole segment and the End: video.js ends only if an append follows EXT-X-ENDLIST.
void WorkerSource::end_log() {
  end_->stop();
  if (position_->known()) {
    stand_in();
    stand_in_->finish();
    stand_in_.reset();
  }
  if (!position_->presentation.renditions.empty()) log_.on_record(record::End{});
  position_ = nullptr;
  captions_.clear();
  events_ahead_.clear();
  deaths_ = 0;
  log_.on_batch_end();
  log_.on_source_end();
}

}  // namespace channel
