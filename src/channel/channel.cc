#include "channel/channel.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "media/time.h"

namespace channel {
namespace {

// How long media may come without a first part before the channel counts as not ready: a GOP of 10 s.
constexpr base::Micros kStartAllowance = 10 * base::kSecond;
// The same for later parts, in part targets (OP-4).
constexpr int kStaleParts = 3;
// How long a source may take to flush its encoders, and to write the end a second after that.
constexpr base::Micros kFinishLimit = 4 * base::kSecond;
// Missing time is filled at most this much later than possible.
constexpr std::uint64_t kLatestClock = std::uint64_t{1} << 60;

}  // namespace

Channel::Channel(const Environment& environment, std::string name, Options options)
    : environment_(environment),
      name_(std::move(name)),
      options_(std::move(options)),
      feeds_{FeedSlot(feed::Id::kPrimary, environment.clock, *this),
             FeedSlot(feed::Id::kBackup, environment.clock, *this)},
      source_(name_, options_, environment.clock, environment.alarms, environment.spawner, environment.events, feeds_,
              *this, environment.ask_clock),
      overlays_(name_, environment.events, [this](const feed::Overlay& order) { source_.show_overlay(order); }),
      window_(name_, window_options(), environment.on_snapshot),
      meter_(options_, environment.clock, position_),
      outage_(name_, position_, environment.events),
      markers_(
          name_, environment.events, [this](const record::Marker& marker) { fold(marker); }, options_.interstitials),
      captions_([this](const feed::Caption& caption) { source_.caption(caption); }),
      metadata_([this](const feed::TimedEvent& event) { source_.signal(event); }),
      journal_(environment.journal == nullptr
                   ? nullptr
                   : std::make_unique<archive::JournalFold>(
                         name_, archive::JournalFold::Context{environment.clock, *environment.journal, numbering_,
                                                              [this] { return window_.standing(); },
                                                              [this](std::string_view why) { on_journal(why); },
                                                              on_written()})),
      recorder_(make_recorder()),
      folds_(all_folds()),
      beat_(environment.alarms.make([this] { on_alarm(); })) {
  overlays_.configure(options_.overlays);
}

Channel::~Channel() = default;

origin::Log::Options Channel::window_options() const {
  return {options_.window,  options_.markers,      options_.audio_only,
          options_.iframes, options_.media.images, environment_.journal == nullptr ? 0 : memory_of(options_),
          options_.views};
}

std::unique_ptr<relay::Recorder> Channel::make_recorder() {
  if (!environment_.on_reel) return nullptr;
  return std::make_unique<relay::Recorder>(
      relay::Recorder::Context{
          environment_.clock, [this] { return window_.standing(); }, [this] { return numbering_.offset(); },
          [this](std::shared_ptr<const relay::Reel> reel) { environment_.on_reel(name_, std::move(reel)); }},
      window_options(), relay::begin_log(), relay::Path{environment_.node});
}

std::variant<ingest::FeedSink*, ingest::Publisher::Refusal> Channel::publish(const ingest::PublishRequest& request,
                                                                             feed::Id id, ingest::Feed& feed) {
  if (state_ == State::kEnding) return refuse(request, "channel " + name_ + " is ending; try again in a moment");
  // Nobody asks for a pulled feed to take over: it tries again by itself for ever.
  const bool taken = request.pulled && slot(id).occupied() && !slot(id).silent();
  if (occupied(id) || taken) {
    return refuse(request, "channel " + name_ + " has a publisher of its " + std::string(feed::to_string(id)) +
                               " feed already (set takeover: true to let a second one replace it at any time)");
  }
  if (!any_connected() && !source_.running()) {
    choice_.begin(id);
    source_.show(id, {feed::Select::How::kForced});
  }
  const bool takeover = slot(id).occupied();
  if (takeover) report_disconnected(id, "another publisher took over");
  ingest::FeedSink* sink = slot(id).take(request, feed);
  base::log_info("channel", "publisher connected",
                 {{"channel", name_},
                  {"feed", feed::to_string(id)},
                  {"protocol", request.protocol},
                  {"peer", request.peer},
                  {"encoder", request.encoder}});
  report_connected(id, takeover);
  set_state(State::kLive);
  watch_schedule();
  environment_.on_publishers();
  if (!beat_->active()) beat_->start(kBeat, kBeat);
  return sink;
}

ingest::Publisher::Refusal Channel::refuse(const ingest::PublishRequest& request, std::string text) {
  ++refused_;
  base::log_info("channel", "publisher refused",
                 {{"channel", name_}, {"protocol", request.protocol}, {"peer", request.peer}, {"why", text}});
  return {ingest::Publisher::Refusal::Why::kBusy, std::move(text)};
}

void Channel::set_options(Options options) {
  options_ = std::move(options);
  for (const std::string& rung : left_out_.rungs) leave_out(rung, options_.media);
  overlays_.configure(options_.overlays);
}

void Channel::begin_session(Options options, LeftOut left_out) {
  left_out_ = std::move(left_out);
  set_options(std::move(options));
}

bool Channel::occupied(feed::Id id) const {
  return state_ == State::kEnding || (feed(id).occupied() && !feed(id).silent() && !options_.takeover);
}

bool Channel::any_connected() const {
  return std::any_of(feeds_.begin(), feeds_.end(), [](const FeedSlot& slot) { return slot.occupied(); });
}

/// The worker is started by the first message that a demuxer can use: a publisher that sends nothing costs none.
void Channel::on_feed(const FeedSlot& slot, const feed::Message& message) {
  if (!source_.running() || source_.holding()) {
    if (state_ != State::kLive || std::holds_alternative<feed::Start>(message)) return;
    if (source_.holding() && !source_.caught_up()) return;
    source_.start(position_);
    // The source has sent its worker the headers of the feeds; this one is among them.
    const auto* rtmp = std::get_if<feed::RtmpMessage>(&message);
    if (rtmp != nullptr && rtmp->role == feed::Role::kHeader) return;
  }
  source_.write(slot.id(), message);
}

void Channel::on_feed_gone(const FeedSlot& slot, std::string_view reason) {
  base::log_info("channel", "publisher gone",
                 {{"channel", name_}, {"feed", feed::to_string(slot.id())}, {"reason", reason}});
  report_disconnected(slot.id(), reason);
  if (!source_.running()) {
    // Nothing was ever sent, so there is no log to hold open for a publisher that comes back.
    if (state_ == State::kLive && !any_connected()) on_source_end();
    return;
  }
  source_.write(slot.id(), feed::Stop{});
  choose_feed();
  if (state_ == State::kLive && !any_connected()) {
    deadline_ = environment_.clock.steady() + options_.grace;
    set_state(State::kGrace);
  }
  environment_.on_publishers();
}

FeedState Channel::state_of(feed::Id id) const {
  FeedState state = feed(id).state();
  const Worker* worker = source_.worker();
  if (worker == nullptr || !state.connected) return state;
  const job::FeedStats& seen = worker->stats().feeds[feed::index(id)];
  const auto micros = [](const job::Number& number) {
    return static_cast<base::Micros>(number.load(std::memory_order_relaxed));
  };
  state.has_video = seen.codec_plus_one.load(std::memory_order_relaxed) > 0;
  state.no_picture = micros(seen.no_picture_us);
  state.watched_for = micros(seen.watched_us);
  state.black_for = micros(seen.black_us);
  state.frozen_for = micros(seen.frozen_us);
  state.scrambled_for = micros(seen.scrambled_us);
  state.low_rate_for = micros(seen.low_rate_us);
  state.ts_errors_for = error_spells_[feed::index(id)].lasts(environment_.clock.steady());
  state.heard_for = micros(seen.heard_us);
  state.mute_for = micros(seen.mute_us);
  state.merged = seen.merged.load(std::memory_order_relaxed) > 0;
  return state;
}

void Channel::watch_errors() {
  const Worker* worker = source_.worker();
  for (const feed::Id id : feed::kIds) {
    const bool known = worker != nullptr && feed(id).state().connected;
    const std::uint64_t errors =
        known ? worker->stats().feeds[feed::index(id)].ts_errors_now.load(std::memory_order_relaxed) : 0;
    error_spells_[feed::index(id)].update(errors, static_cast<std::uint64_t>(options_.failover.ts_error_rate),
                                          environment_.clock.steady());
  }
}

FeedChoice::States Channel::states() {
  watch_errors();
  const base::Micros now = environment_.clock.steady();
  FeedChoice::States states;
  for (const feed::Id id : feed::kIds) {
    FeedState& state = states[feed::index(id)];
    base::Micros& bad_at = bad_at_[feed::index(id)];
    state = state_of(id);
    if (!usable(state, options_.failover) || !content_fault(state, options_.failover).empty()) bad_at = now;
    if (bad_at > 0) state.flowing_for = std::min(state.flowing_for, now - bad_at);
  }
  return states;
}

void Channel::choose_feed() {
  if (state_ != State::kLive) return;
  const FeedChoice::States seen = states();
  note_faults(seen);
  if (const auto change = choice_.update(seen, options_.failover)) show(*change);
}

void Channel::show(const FeedChoice::Switch& change) {
  if (!change.seen) {
    base::log_info(
        "channel", "the other one of two merged feeds is shown",
        {{"channel", name_}, {"feed", feed::to_string(change.to)}, {"reason", feed::to_string(change.reason)}});
    source_.show(change.to, {change.how});
    return;
  }
  base::log_warn(
      "channel", "another feed is shown",
      {{"channel", name_}, {"feed", feed::to_string(change.to)}, {"reason", feed::to_string(change.reason)}});
  report(events::Type::kFeedSwitch, {{"from", feed::to_string(feed::other(change.to))},
                                     {"to", feed::to_string(change.to)},
                                     {"reason", feed::to_string(change.reason)}});
  switches_.add({environment_.clock.utc(), change.to, change.reason});
  source_.show(change.to, {change.how, change.reason});
}

Channel::SwitchOutcome Channel::switch_to(feed::Id id) {
  if (state_ != State::kLive) return SwitchOutcome::kNotLive;
  FeedChoice::Refusal refusal{};
  const auto change = choice_.ask(id, states(), options_.failover, refusal);
  if (change) show(*change);
  if (change) return SwitchOutcome::kDone;
  return refusal == FeedChoice::Refusal::kShownAlready ? SwitchOutcome::kShownAlready : SwitchOutcome::kNoMedia;
}

Channel::SlateOutcome Channel::order_slate(SlateOrder::Request request) {
  if (state_ != State::kLive && state_ != State::kGrace) return SlateOutcome::kNotLive;
  if (request.on) return show_slate(std::move(request));
  phase_waived_ = true;
  end_slate("taken back");
  return SlateOutcome::kDone;
}

/// Shows the slate that the schedule asks for, unless an operator has ordered otherwise.
void Channel::watch_schedule() {
  if (state_ != State::kLive && state_ != State::kGrace) return;
  using Phase = Schedule::Phase;
  const Phase now = phase();
  if (now != phase_) {
    phase_ = now;
    phase_waived_ = false;
    if (slate_order_.scheduled()) end_slate(now == Phase::kOn ? "the event begins" : "the event is over");
  }
  if (now == Phase::kOn || phase_waived_ || slate_order_.on()) return;
  SlateOrder::Request request{.on = true,
                              .reason = now == Phase::kBefore ? "the event has not begun" : "the event is over",
                              .text = options_.schedule.text(now),
                              .scheduled = true};
  const SlateOutcome outcome = show_slate(std::move(request));
  if (outcome != SlateOutcome::kNoSlate && outcome != SlateOutcome::kNoFont) return;
  // The configuration is checked for it: only what a reload has changed since can be wrong.
  phase_waived_ = true;
  base::log_warn("channel", "there is no slate for the schedule to show: give the channel one", {{"channel", name_}});
}

Channel::SlateOutcome Channel::show_slate(SlateOrder::Request request) {
  const job::Options& media = options_.media;
  if (request.text.empty()) request.text = media.slate_text;
  const bool nothing = media.slate == nullptr && request.text.empty();
  // Under a slate a copy would have gaps there.
  if (nothing || media.outage == job::Options::Outage::kGap) return SlateOutcome::kNoSlate;
  if (!request.text.empty() && media.slate_font == nullptr) return SlateOutcome::kNoFont;
  base::log_warn("channel", "the slate is shown",
                 {{"channel", name_},
                  {"reason", request.reason},
                  {"text", request.text},
                  {"for_s", request.duration / base::kSecond}});
  if (slate_order_.on()) report_slate_end("replaced by another order");
  environment_.events.append({events::Type::kSlate,
                              name_,
                              events::State::kRaised,
                              {},
                              {{"reason", request.reason},
                               {"text", request.text},
                               {"for_s", static_cast<double>(request.duration) / base::kSecond}}});
  source_.show_slate(request.text);
  slate_order_.take(std::move(request), environment_.clock.steady());
  return what_a_slate_shows();
}

Overlays::Outcome Channel::order_overlay(const Overlays::Order& order) {
  if (state_ != State::kLive && state_ != State::kGrace) return Overlays::Outcome::kNotLive;
  const SlateOutcome seen = what_a_slate_shows();
  if (seen == SlateOutcome::kHeldAlone) return Overlays::Outcome::kNotEncoded;
  const Overlays::Outcome outcome = overlays_.take(order, options_.media.slate_font != nullptr);
  const bool beside = outcome == Overlays::Outcome::kDone && seen == SlateOutcome::kCopyHeld;
  return beside ? Overlays::Outcome::kBesideCopy : outcome;
}

/// By the log, as far as there is one: what cannot be copied is encoded.
Channel::SlateOutcome Channel::what_a_slate_shows() const {
  bool copied = options_.media.copy_video;
  bool encoded = options_.media.default_ladder || !options_.media.ladder.empty();
  const auto& renditions = position_.presentation.renditions;
  if (!renditions.empty()) copied = encoded = false;
  for (const record::Rendition& at : renditions) {
    if (at.track.kind() == media::Kind::kVideo) (at.copied ? copied : encoded) = true;
  }
  if (!copied) return SlateOutcome::kDone;
  return encoded ? SlateOutcome::kCopyHeld : SlateOutcome::kHeldAlone;
}

void Channel::end_slate(std::string_view why) {
  const bool shown = slate_order_.on();
  slate_order_.clear();
  source_.show_slate(std::nullopt);
  if (!shown) return;
  base::log_warn("channel", "the feed is shown again", {{"channel", name_}, {"why", why}});
  report_slate_end(why);
}

void Channel::report_slate_end(std::string_view why) {
  environment_.events.append({events::Type::kSlate, name_, events::State::kCleared, {}, {{"reason", why}}});
}

/// Faults of feeds' content, as FeedChoice goes by them.
void Channel::note_faults(const FeedChoice::States& states) {
  for (const feed::Id id : feed::kIds) note_fault(id, content_fault(states[feed::index(id)], options_.failover));
}

void Channel::note_fault(feed::Id id, std::string_view fault) {
  std::string& noted = faults_[feed::index(id)];
  if (noted == fault) return;
  const std::string_view feed = feed::to_string(id);
  const auto append = [&](events::State state) {
    environment_.events.append(
        {events::Type::kFeedFault, name_, state, std::string(feed), {{"feed", feed}, {"fault", noted}}});
  };
  if (!noted.empty()) append(events::State::kCleared);
  noted = fault;
  if (!noted.empty()) append(events::State::kRaised);
}

void Channel::report(events::Type type, std::vector<base::Field> data) {
  environment_.events.append({type, name_, events::State::kMoment, {}, std::move(data)});
}

void Channel::report_connected(feed::Id id, bool takeover) {
  const ingest::PublishRequest& publisher = feed(id).publisher();
  report(events::Type::kPublisherConnected, {{"feed", feed::to_string(id)},
                                             {"protocol", publisher.protocol},
                                             {"encoder", publisher.encoder},
                                             {"pulled", publisher.pulled},
                                             {"takeover", takeover}});
}

void Channel::report_disconnected(feed::Id id, std::string_view reason) {
  report(events::Type::kPublisherDisconnected,
         {{"feed", feed::to_string(id)}, {"protocol", feed(id).publisher().protocol}, {"reason", reason}});
}

/// Splice information becomes markers first. Of its own a worker has no other markers than these: it is not trusted.
void Channel::on_record(const record::Record& record) {
  const auto* marker = std::get_if<record::Marker>(&record);
  if (marker == nullptr || marker->kind == record::kOutageClass || marker->kind == record::kSwitchClass) {
    fold(record);
  } else if (marker->kind == record::kScte35Class) {
    markers_.splice(marker->payload, marker->start, environment_.clock.utc());
  }
}

/// End of the newest media published.
base::Micros Channel::newest_media() const {
  base::Micros newest = 0;
  for (const record::Position::Rendition& at : position_.renditions) {
    if (at.started) newest = std::max(newest, media::rescale(at.end, at.timescale, base::kSecond));
  }
  return newest;
}

/// When a section takes place that has a time, by the clock of the feed that is shown; nothing if that has none.
std::optional<base::Micros> Channel::splice_instant(const base::Bytes& section) const {
  const auto parsed = scte35::parse_section(section.view());
  const std::optional<std::uint64_t> stamp = parsed.ok() ? scte35::splice_time(parsed.value()) : std::nullopt;
  if (!stamp) return newest_media();
  const Worker* worker = source_.worker();
  if (worker == nullptr || shown().format() != feed::Format::kMpegTs) return std::nullopt;
  const job::FeedStats& seen = worker->stats().feeds[feed::index(choice_.shown())];
  const std::uint64_t zero = seen.clock_us.load(std::memory_order_relaxed);
  const std::uint64_t delay = seen.delay_us.load(std::memory_order_relaxed);
  // The worker is not trusted: all sums have to stay within 64 bits.
  if (zero == 0 || zero > kLatestClock || delay > kLatestClock) return std::nullopt;
  const auto begin = static_cast<base::Micros>(zero + delay);
  const std::int64_t now = media::rescale(environment_.clock.utc() - begin, base::kSecond, scte35::kTimescale);
  return begin + media::rescale(scte35::nearest(*stamp, now), scte35::kTimescale, base::kSecond);
}

Channel::Marked Channel::mark(const MarkerOrder& order) {
  const bool live = state_ == State::kLive || state_ == State::kGrace;
  if (!live || !position_.known()) return {Marked::Why::kNotLive, {}};
  Marked marked;
  const base::Micros now = environment_.clock.utc();
  std::optional<feed::TimedEvent> event;
  if (order.section.empty()) {
    if (order.cut && !position_.presentation.cuts_move) return {Marked::Why::kNoCuts, {}};
    marked.outcome = markers_.add(order.own, newest_media(), now);
    if (order.cut && order.own.start) event = {feed::TimedEvent::Kind::kCut, *order.own.start, {}};
  } else {
    const std::optional<base::Micros> at = order.start ? order.start : splice_instant(order.section);
    if (!at) return {Marked::Why::kNoClock, {}};
    marked.outcome = markers_.splice(order.section, *at, now);
    // A section without a command says nothing of an instant.
    if (!marked.outcome.ids.empty()) event = {feed::TimedEvent::Kind::kSplice, *at, order.section};
  }
  if (marked.outcome.refusal) marked.why = Marked::Why::kRefused;
  if (event && !marked.outcome.refusal) source_.signal(*event);
  on_batch_end();
  return marked;
}

LiveCaptions::Outcome Channel::caption(const LiveCaptions::Request& request) {
  const bool live = (state_ == State::kLive || state_ == State::kGrace) && position_.known();
  std::vector<job::Subtitle> subtitles = options_.media.subtitles;
  // A worker keeps the renditions that it began with: what a reload has changed is not there yet.
  const auto& presented = position_.presentation.renditions;
  for (std::size_t i = 0; live && i < subtitles.size(); ++i) {
    const std::string name = "s" + std::to_string(i + 1);
    const bool there = std::any_of(presented.begin(), presented.end(), [&](const record::Rendition& at) {
      return at.name == name && at.track.language == subtitles[i].language;
    });
    if (!there) subtitles[i].language.clear();
  }
  return captions_.add(request, subtitles, live, environment_.clock.utc());
}

LiveMetadata::Outcome Channel::add_metadata(const LiveMetadata::Request& request) {
  using Emsg = job::Options::Emsg;
  const bool live = (state_ == State::kLive || state_ == State::kGrace) && position_.known();
  const bool carried = options_.media.emsg == Emsg::kId3 || options_.media.emsg == Emsg::kAll;
  return metadata_.add(request, live, carried, environment_.clock.utc());
}

void Channel::fold(const record::Record& record) {
  position_.apply(record);
  const record::Record& numbered = numbering_.apply(record);
  for (record::Fold* fold : folds_) fold->apply(numbered);
}

/// The journal and what edges get come first: where they begin they say how the log stood before that record.
std::vector<record::Fold*> Channel::all_folds() {
  std::vector<record::Fold*> folds{&window_, &meter_, &outage_, &thumbnails_};
  if (recorder_) folds.insert(folds.begin(), recorder_.get());
  if (journal_) folds.insert(folds.begin(), journal_.get());
  return folds;
}

void Channel::on_batch_end() {
  for (record::Fold* fold : folds_) fold->settle();
}

void Channel::on_source_end() {
  end_slate("the channel has ended");
  overlays_.clear();
  phase_ = Schedule::Phase::kOn;
  phase_waived_ = false;
  outage_.end(environment_.clock.utc());
  markers_.clear();
  for (const feed::Id id : feed::kIds) note_fault(id, "");
  beat_->stop();
  position_ = {};
  ended_at_ = environment_.clock.steady();
  set_state(State::kEnded);
  environment_.on_publishers();
}

void Channel::on_alarm() {
  source_.tick(environment_.clock.utc());
  for (FeedSlot& slot : feeds_) slot.end_silence(options_.idle);
  choose_feed();
  watch_outage();
  markers_.pass(environment_.clock.utc());
  if (slate_order_.over(environment_.clock.steady())) end_slate("its time is over");
  watch_schedule();
  const bool over = environment_.clock.steady() >= deadline_;
  if (state_ == State::kGrace && over) {
    base::log_info("channel", "no publisher within grace, ending",
                   {{"channel", name_}, {"grace_s", options_.grace / base::kSecond}});
    stop();
  } else if (state_ == State::kEnding && over) {
    source_.abort("source did not finish");
  }
}

void Channel::watch_outage() {
  const bool runs = state_ == State::kLive || state_ == State::kGrace;
  if (!runs || !source_.running() || !position_.known()) return;
  outage_.note_feed(usable(state_of(choice_.shown()), options_.failover), environment_.clock.utc());
}

void Channel::stop() {
  if (state_ != State::kLive && state_ != State::kGrace) return;
  set_state(State::kEnding);
  deadline_ = environment_.clock.steady() + kFinishLimit;
  for (FeedSlot& slot : feeds_) slot.close("the channel ends");
  if (source_.running()) {
    source_.finish();
  } else {
    on_source_end();
  }
}

bool Channel::stale() const {
  if (state_ != State::kLive || !shown().occupied() || shown().silent()) return false;
  const base::Micros due = std::max(meter_.last_part(), shown().flowing_since() + kStartAllowance);
  return environment_.clock.steady() - due > kStaleParts * options_.media.part;
}

void Channel::set_state(State state) {
  if (state_ == state) return;
  base::log_info("channel", "state", {{"channel", name_}, {"from", to_string(state_)}, {"to", to_string(state)}});
  state_ = state;
}

std::string_view to_string(Channel::State state) {
  switch (state) {
    case Channel::State::kIdle: return "idle";
    case Channel::State::kLive: return "live";
    case Channel::State::kGrace: return "grace";
    case Channel::State::kEnding: return "ending";
    case Channel::State::kEnded: return "ended";
  }
  return "unknown";
}

}  // namespace channel
