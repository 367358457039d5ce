#include "channel/channel.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "channel/report.h"
#include "record/position_encoding.h"

namespace channel {
namespace {

// A worker that has had no turn of its loop for this long hangs: it is told the time once a part target.
constexpr int kHangParts = 3;
constexpr base::Micros kHangLeast = base::kSecond;
// Deaths further apart than this are not a crash loop.
constexpr base::Micros kHealthy = 30 * base::kSecond;
// Pauses before the first, second … restart in a row: the first at once, then ever longer.
constexpr std::array<base::Micros, 6> kPauses = {
    0, 500 * base::kMillisecond, base::kSecond, 2 * base::kSecond, 4 * base::kSecond, 8 * base::kSecond};
// How long a new publisher may take to its first part before its channel counts as not ready: a GOP of 10 s.
constexpr base::Micros kStartAllowance = 10 * base::kSecond;
// How long a worker may take to flush its encoders and write the end.
constexpr base::Micros kFinishLimit = 3 * base::kSecond;

}  // namespace

/// The channel's side of one publisher's connection.
class Channel::Link final : public ingest::FeedSink {
 public:
  Link(Channel& channel, ingest::Feed& feed) : channel_(channel), feed_(feed) {}
  void on_message(feed::Message&& message) override { channel_.on_message(*this, std::move(message)); }
  void on_feed_end(std::string_view reason) override { channel_.on_feed_end(*this, reason); }
  ingest::Feed& feed() { return feed_; }

 private:
  Channel& channel_;
  ingest::Feed& feed_;
};

/// Reads the worker's record pipe.
class Channel::RecordReader final : public loop::StreamHandler {
 public:
  explicit RecordReader(Channel& channel) : channel_(channel) {}

  void on_read(base::View bytes) override {
    const base::Status status = decoder_.feed(bytes);
    record::Record record;
    while (decoder_.next(record)) channel_.on_record(record);
    if (!status.ok()) {
      ++channel_.counters_.record_errors;
      base::log_error("channel", "records broken", {{"channel", channel_.name_}, {"why", status.error().message()}});
      channel_.worker_->kill();
    }
    channel_.on_records_done();
  }
  void on_end(const std::optional<base::Error>&) override { channel_.on_worker_gone("worker ended"); }

 private:
  Channel& channel_;
  record::Decoder decoder_;
};

/// A packager without media, that writes the gaps of the time in which no worker runs.
class Channel::StandIn final : private packager::Listener {
 public:
  StandIn(Channel& channel, const record::Position& position)
      : channel_(channel), packager_(packaging(channel.options_), *this) {
    packager_.resume(position);
    packager_.set_presentation(packager::specs_of(position.presentation));
  }
  void tick(base::Micros utc) { packager_.tick(utc); }
  void finish() { packager_.finish(); }

 private:
  static packager::Packager::Options packaging(const Options& options) {
    packager::Packager::Options out;
    out.segment_target = options.media.segment;
    out.part_target = options.media.part;
    return out;
  }
  void on_record(record::Record&& record) override {
    if (!std::holds_alternative<record::Presentation>(record)) channel_.on_record(record);
  }

  Channel& channel_;
  packager::Packager packager_;
};

Channel::Channel(const Environment& environment, std::string name, Options options)
    : environment_(environment),
      name_(std::move(name)),
      options_(std::move(options)),
      writer_(environment.loop, {}),
      respawn_(environment.loop, [this] { start_worker(); }),
      log_(name_, {options_.window}),
      timer_(environment.loop, [this] { on_timer(); }) {}

Channel::~Channel() = default;

std::variant<ingest::FeedSink*, ingest::Publisher::Refusal> Channel::publish(const ingest::PublishRequest& request,
                                                                             ingest::Feed& feed) {
  using Why = ingest::Publisher::Refusal::Why;
  if (state_ == State::kEnding) {
    ++counters_.publishes_refused;
    return ingest::Publisher::Refusal{Why::kBusy, "channel " + name_ + " is ending; try again in a moment"};
  }
  if (link_ && !options_.takeover) {
    ++counters_.publishes_refused;
    return ingest::Publisher::Refusal{
        Why::kBusy,
        "channel " + name_ + " has a publisher already (set takeover: true to let a second one replace it)"};
  }
  if (link_) {
    ++counters_.takeovers;
    link_->feed().close("another publisher took over");
    leaving_.push_back(std::move(link_));
  }
  ++counters_.publishes;
  link_ = std::make_unique<Link>(*this, feed);
  publisher_ = request;
  publisher_.key.clear();
  feed_started_ = environment_.clock.utc();
  last_part_ = environment_.clock.steady() + kStartAllowance;
  headers_.clear();
  feed_start_.reset();
  base::log_info(
      "channel", "publisher connected",
      {{"channel", name_}, {"protocol", request.protocol}, {"peer", request.peer}, {"encoder", request.encoder}});
  set_state(State::kLive);
  environment_.on_publishers();
  if (!worker_ && !respawn_.active()) start_worker();
  const base::Micros beat = std::max<base::Micros>(options_.media.part, 100 * base::kMillisecond);
  if (!timer_.active()) timer_.start(beat, beat);
  return link_.get();
}

void Channel::on_message(Link& link, feed::Message&& message) {
  if (&link != link_.get()) return;  // of a publisher that was replaced
  if (const auto* start = std::get_if<feed::Start>(&message)) {
    feed_start_ = *start;
    writer_.write(message);
  } else if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) {
    on_rtmp(*rtmp);
  } else if (const auto* ts = std::get_if<feed::TsBytes>(&message)) {
    counters_.feed_bytes += ts->payload.size();
    writer_.write_media(message, FeedWriter::Role::kKeyFrame, environment_.clock.steady());
  } else {
    writer_.write(message);
  }
}

void Channel::on_rtmp(const feed::RtmpMessage& message) {
  counters_.feed_bytes += message.payload.size();
  auto role = FeedWriter::Role::kOther;
  if (message.type == static_cast<std::uint8_t>(rtmp::Type::kDataAmf0)) {
    headers_.note(message, nullptr);
    role = FeedWriter::Role::kHeader;
  } else {
    const auto summary = rtmp::inspect_tag(static_cast<rtmp::Type>(message.type), message.payload.view());
    if (!summary.ok() || summary->unplayable) ++counters_.unplayable_messages;
    if (summary.ok()) {
      ++(summary->video ? counters_.feed_video_messages : counters_.feed_audio_messages);
      if (summary->sequence_start) headers_.note(message, &*summary);
      role = summary->sequence_start ? FeedWriter::Role::kHeader
             : summary->key          ? FeedWriter::Role::kKeyFrame
             : summary->video        ? FeedWriter::Role::kOther
                                     : FeedWriter::Role::kAudio;
    }
  }
  writer_.write_media(message, role, environment_.clock.steady());
}

void Channel::on_feed_end(Link& link, std::string_view reason) {
  if (&link != link_.get()) {
    std::erase_if(leaving_, [&](const auto& leaving) { return leaving.get() == &link; });
    return;
  }
  base::log_info("channel", "publisher gone", {{"channel", name_}, {"reason", reason}});
  link_.reset();
  feed_started_ = 0;
  feed_start_.reset();
  writer_.write(feed::Stop{});
  environment_.on_publishers();
  if (state_ != State::kLive) return;
  grace_ends_ = environment_.clock.steady() + options_.grace;
  set_state(State::kGrace);
}

// ---- The worker.

void Channel::start_worker() {
  if (state_ == State::kEnded || state_ == State::kIdle) return;
  job::Options media = options_.media;
  media.channel = name_;
  auto spawned = environment_.spawner.spawn(media);
  if (!spawned.ok()) {
    ++counters_.spawn_failures;
    base::log_error("channel", "worker cannot start; trying again in a second",
                    {{"channel", name_}, {"why", spawned.error().message()}});
    respawn_.start(base::kSecond);
    return;
  }
  ++counters_.worker_starts;
  stand_in_.reset();
  worker_ = spawned.take();
  worker_started_ = environment_.clock.steady();
  heartbeat_ = 0;
  heartbeat_at_ = worker_started_;
  reader_ = std::make_unique<RecordReader>(*this);
  worker_->records().start(*reader_);
  writer_.attach(&worker_->feed());
  if (position_.known()) writer_.write(feed::Resume{record::encode_position(position_)});
  if (!feed_start_) return;
  writer_.write(*feed_start_);
  for (const feed::RtmpMessage& header : headers_.messages()) writer_.write(header);
}

void Channel::on_worker_gone(std::string_view why) {
  const base::Micros now = environment_.clock.steady();
  writer_.attach(nullptr);
  reader_.reset();
  worker_.reset();
  if (state_ == State::kEnding) {
    end_log();
    return;
  }
  if (state_ != State::kLive && state_ != State::kGrace) return;
  ++counters_.worker_restarts;
  deaths_ = now - worker_started_ > kHealthy ? 0 : deaths_ + 1;
  const base::Micros pause =
      kPauses[std::min<std::size_t>(static_cast<std::size_t>(std::max(deaths_ - 1, 0)), kPauses.size() - 1)];
  base::log_warn(
      "channel", "worker lost, starting another",
      {{"channel", name_}, {"why", why}, {"pause_ms", pause / base::kMillisecond}, {"deaths_in_a_row", deaths_}});
  if (position_.known()) stand_in_ = std::make_unique<StandIn>(*this, position_);
  respawn_.start(pause);
}

void Channel::watch_worker() {
  const std::uint64_t beat = worker_->stats().heartbeat.load(std::memory_order_relaxed);
  const base::Micros now = environment_.clock.steady();
  if (beat != heartbeat_) {
    heartbeat_ = beat;
    heartbeat_at_ = now;
    return;
  }
  if (now - heartbeat_at_ < std::max(kHangParts * options_.media.part, kHangLeast)) return;
  ++counters_.worker_hangs;
  base::log_error("channel", "worker hangs, killing it", {{"channel", name_}, {"pid", worker_->pid()}});
  worker_->kill();
  // Its end shows on the record pipe; should it not (it has not even been forked), give it up now.
  heartbeat_at_ = now;
  if (worker_->pid() == 0) on_worker_gone("worker never started");
}

// ---- The log.

void Channel::on_record(const record::Record& record) {
  position_.apply(record);
  log_.apply(numbering_.apply(record));
  dirty_ = true;
  if (const auto* part = std::get_if<record::Part>(&record)) {
    last_part_ = std::max(last_part_, environment_.clock.steady());
    const base::Micros age = environment_.clock.utc() - part->captured;
    capture_to_part_.observe(age);
    if (part->rendition < position_.renditions.size()) {
      const std::int64_t scale = position_.renditions[part->rendition].timescale;
      const base::Micros due = media::rescale(part->start + part->duration, scale, base::kSecond);
      part_lateness_.observe(std::max<base::Micros>(environment_.clock.utc() - due, 0));
    }
    if (age > options_.media.part / 2) ++counters_.late_parts;
  } else if (std::holds_alternative<record::End>(record)) {
    ended_at_ = environment_.clock.steady();
  }
}

void Channel::on_records_done() { publish_snapshot(); }

void Channel::publish_snapshot() {
  if (!std::exchange(dirty_, false)) return;
  environment_.on_snapshot(name_, log_.snapshot());
}

void Channel::end_log() {
  if (position_.known()) {
    // The worker is gone without having written the end.
    if (!stand_in_) stand_in_ = std::make_unique<StandIn>(*this, position_);
    stand_in_->finish();
  } else if (!position_.presentation.renditions.empty()) {
    on_record(record::End{});
  }
  stand_in_.reset();
  respawn_.stop();
  timer_.stop();
  position_ = {};
  ended_at_ = environment_.clock.steady();
  set_state(State::kEnded);
  publish_snapshot();
}

// ---- Time.

void Channel::on_timer() {
  const base::Micros now = environment_.clock.steady();
  const base::Micros utc = environment_.clock.utc();
  if (worker_) {
    writer_.write(feed::Tick{utc});
    watch_worker();
  } else if (stand_in_) {
    stand_in_->tick(utc);
    publish_snapshot();
  }
  if (state_ == State::kGrace && now >= grace_ends_) {
    base::log_info("channel", "no publisher within grace, ending",
                   {{"channel", name_}, {"grace_s", options_.grace / base::kSecond}});
    stop();
  } else if (state_ == State::kEnding && now >= grace_ends_) {
    if (worker_) {
      worker_->kill();
      on_worker_gone("worker did not finish");
    }
  }
}

void Channel::stop() {
  if (state_ == State::kIdle || state_ == State::kEnded || state_ == State::kEnding) return;
  set_state(State::kEnding);
  grace_ends_ = environment_.clock.steady() + kFinishLimit;
  respawn_.stop();
  if (link_) link_->feed().close("the channel ends");
  if (worker_) {
    writer_.write(feed::Finish{});
  } else {
    end_log();
  }
}

bool Channel::stale() const {
  if (state_ != State::kLive) return false;
  return environment_.clock.steady() - last_part_ > kHangParts * options_.media.part;
}

void Channel::set_state(State state) {
  if (state_ == state) return;
  base::log_info("channel", "state", {{"channel", name_}, {"from", to_string(state_)}, {"to", to_string(state)}});
  state_ = state;
}

}  // namespace channel
