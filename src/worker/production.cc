#include "worker/production.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "packager/options.h"
#include "record/position_encoding.h"
#include "worker/audio_naming.h"
#include "worker/content_watch.h"
#include "worker/loudness_tap.h"

namespace worker {
namespace {

// How long the first presentation waits for audio that was not announced, after video has begun, so that no player
// joins without it. Less than the three parts that the first playlist waits for anyway. A transport stream may bring
// further languages a little later.
constexpr base::Micros kWaitForAudio = 500 * base::kMillisecond;
constexpr base::Micros kWaitForLanguages = 250 * base::kMillisecond;
// Ten seconds, as long as announced audio is waited for, of 60 pictures a second and AAC.
constexpr std::size_t kMostEarly = 2048;
// How long the last picture may stay so that nothing is shown twice: where the operator asked, and where a feed was
// lost.
constexpr base::Micros kMostPause = 2 * base::kSecond;
constexpr base::Micros kMostForcedPause = base::kSecond / 2;
// How long a switch that was asked for may take: longer than the groups of pictures that are kept.
constexpr base::Micros kMostAsked = Feed::kMostTime + 3 * base::kSecond;

FeedInput::Options input(const job::Options& options) {
  return {.channel = options.channel,
          .program = options.program,
          .clear_slots = options.copy_video ? options.segment : 0,
          .source_time = options.anchor == job::Options::Anchor::kTimeCode,
          .source_offset = options.time_code_offset,
          .agreed_clock = options.anchor == job::Options::Anchor::kPts};
}

/// What is known of a feed's tracks stays when its publisher goes.
bool brings_video(const Feed& feed) { return feed.input().running() && feed.video() != nullptr; }

}  // namespace

Production::Production(job::Options options, OnRecord on_record)
    : options_(std::move(options)),
      on_record_(std::move(on_record)),
      packager_(packager::options_of(options_), *this),
      captions_(options_.captions),
      feeds_{Feed(feed::Id::kPrimary, input(options_), *this, picture_health(options_.watch)),
             Feed(feed::Id::kBackup, input(options_), *this, picture_health(options_.watch))},
      offset_(options_.channel, silence_peak(options_.watch), options_.loudness.measured),
      video_(options_, *this),
      splices_(options_.splice_keys, options_.splice_cuts, packager_, video_),
      events_(options_.emsg, packager_),
      thumbnails_({options_.thumbnails, options_.images ? options_.segment : 0}),
      texts_(options_, *this) {
  texts_.name_languages(captions_);
}

Production::~Production() = default;

bool Production::on_message(const feed::Addressed& addressed) {
  Feed& from = feed(addressed.feed);
  const feed::Message& message = addressed.message;
  if (const auto* log = std::get_if<feed::Resume>(&message)) {
    resume(log->position.view());
  } else if (const auto* began = std::get_if<feed::Start>(&message)) {
    start(from, *began);
  } else if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) {
    from.input().take(*rtmp);
  } else if (const auto* ts = std::get_if<feed::TsBytes>(&message)) {
    take(from, *ts);
  } else if (const auto* now = std::get_if<feed::Tick>(&message)) {
    tick(now->utc);
  } else if (std::holds_alternative<feed::Dropped>(message)) {
    // Where another feed covers the loss there is none; otherwise the demuxer finds it.
    if (from.id() == shown_ && merger_.merged()) return true;
    from.on_loss();
  } else if (std::holds_alternative<feed::Stop>(message)) {
    if (carry_on(from)) return true;
    merger_.end(feed::index(from.id()));
    stop(from);
    if (from.id() == shown_) force_switch();
  } else if (const auto* selected = std::get_if<feed::Select>(&message)) {
    select(from.id(), *selected);
  } else if (const auto* slate = std::get_if<feed::Slate>(&message)) {
    show_slate(*slate);
  } else if (const auto* overlay = std::get_if<feed::Overlay>(&message)) {
    video_.show_overlay(*overlay);
  } else if (const auto* caption = std::get_if<feed::Caption>(&message)) {
    texts_.put(caption->rendition, caption->cue);
  } else if (const auto* event = std::get_if<feed::TimedEvent>(&message)) {
    signal(*event);
  } else if (const auto* clock = std::get_if<feed::Clock>(&message)) {
    from.input().take(*clock);
  } else if (const auto* economy = std::get_if<feed::Economy>(&message)) {
    video_.set_economy(economy->level);
  } else if (std::holds_alternative<feed::Finish>(message)) {
    finish();
    return false;
  }
  return true;
}

/// Presents the renditions of the log at once, so that the log grows while the feed's next key frame is awaited.
void Production::resume(base::View position) {
  const auto log = record::parse_position(position);
  if (!log.ok()) {
    base::log_error("worker", "the log's position is not readable; a new log begins",
                    {{"channel", options_.channel}, {"why", log.error().message()}});
    return;
  }
  for (const record::Position::Rendition& at : log->renditions) {
    if (!at.started) continue;
    const base::Micros end = media::rescale(at.end, at.timescale, base::kSecond, media::Round::kUp);
    for (Feed& feed : feeds_) feed.input().not_before(end);
  }
  packager_.resume(*log);
  for (const record::MovedCut& cut : log->moved_cuts) video_.force_key_at({cut.start, base::kSecond});
  video_.continue_log();
  captions_.resume(log->presentation.captions);
  presentation_.resume(log->presentation);
  texts_.resume(log->presentation);
  texts_.open();
  present();
}

void Production::start(Feed& publisher, const feed::Start& began) {
  const feed::Id id = publisher.id();
  carry_on(publisher);
  Feed& from = feed(id);
  merger_.end(feed::index(id));
  if (began.format == feed::Format::kMpegTs) merger_.begin(feed::index(id));
  stop(from);
  if (id == shown_) force_switch();
  if (id == wanted_) video_.cancel_switch();
  if (id != shown_) video_.stand_down();
  if (id == shown_) {
    video_.release();
    for (const auto& lane : audio_) lane->release();
  }
  offset_.restart(from.id());
  from.start(began);
  settle(from);
  if (id != selected_ || wanted_ == selected_) return;
  // It was replaced by its double while it was gone, which the server need not know.
  wanted_ = selected_;
  how_ = feed::Select::How::kAsked;
  selected_at_ = now_;
}

/// The feed's publisher has gone.
void Production::stop(Feed& gone) {
  settle(gone);
  gone.input().stop();
  settle(gone);
}

/// Of two feeds that are one the other one's bytes are for its own watches alone.
void Production::take(Feed& from, const feed::TsBytes& bytes) {
  Feed& shown = feed(shown_);
  const base::View merged = merger_.take(feed::index(from.id()), bytes.payload, bytes.arrived);
  if (!merged.empty()) shown.input().take(merged, bytes.arrived);
  if (&from != &shown) from.input().take(bytes.payload.view(), bytes.arrived);
}

void Production::tick(base::Micros utc) {
  now_ = utc;
  const base::View merged = merger_.tick(utc);
  if (!merged.empty()) feed(shown_).input().take(merged, utc);
  watch_merge();
  if (wanted_ != shown_ && merger_.merged() && !video_.switching()) exchange_feeds();
  for (Feed& feed : feeds_) feed.tick(utc);
  const FeedInput& primary = feed(feed::Id::kPrimary).input();
  const FeedInput& backup = feed(feed::Id::kBackup).input();
  offset_.tick(utc, {primary.clock(), backup.clock()},
               {primary.time_code().shared_origin(), backup.time_code().shared_origin()});
  // The packager first: it decides on cuts, at which the encoders then put key frames into held video.
  packager_.tick(utc);
  if (options_.outage != job::Options::Outage::kGap || slate_.on) video_.hold(utc);
  tap_loudness(offset_.sound(shown_), audio_);
  sound_slate();
  settle_switch();
  if (wanted_ != shown_ && utc - selected_at_ > kMostAsked) force_switch();
  mark_switch();
  stand_by();
  probe_feeds();
  thumbnails_.tick(utc, feeds_, {&feed(shown_), slate_.on}, video_, on_record_);
  align();
}

void Production::show_slate(const feed::Slate& slate) {
  slate_ = slate;
  video_.show_slate(slate);
  for (const auto& lane : audio_) lane->mute(slate.on);
}

/// The film's sound follows its pictures, which are shown on another thread.
void Production::sound_slate() {
  if (options_.slate == nullptr) return;
  const transcode::SlateCourse course = video_.slate_course();
  for (const auto& lane : audio_) {
    lane->follow_slate(course);
    lane->hold(now_);
  }
}

void Production::finish() {
  for (Feed& feed : feeds_) feed.input().stop();
  feed(shown_).drain();
  if (presentation_.state() == Presentation::State::kGathering) begin();
  video_.flush();
  for (const auto& lane : audio_) lane->flush();
  packager_.finish();
}

// ---- From one feed to another.

void Production::select(feed::Id id, const feed::Select& selected) {
  const bool again = id == wanted_;
  const bool seen = id == shown_ || merger_.merged();
  selected_ = wanted_ = id;
  how_ = selected.how;
  const bool nothing_seen = presentation_.state() == Presentation::State::kGathering;
  // Nobody sees anything of a switch to what is shown already.
  switch_marker_.select(id, nothing_seen || seen ? std::nullopt : selected.reason);
  if (id != shown_ && merger_.merged() && !video_.switching()) {
    exchange_feeds();
  } else if (!again) {
    selected_at_ = now_;
    video_.cancel_switch();
    begin_switch();
  } else if (how_ == feed::Select::How::kForced) {
    force_switch();
  }
}

/// The publisher of the feed that is shown has gone. Where the other one brings the same packets it takes its place.
bool Production::carry_on(Feed& from) {
  if (from.id() != shown_ || !merger_.merged() || video_.switching()) return false;
  exchange_feeds();
  Feed& gone = feed(feed::other(shown_));
  merger_.end(feed::index(gone.id()));
  stop(gone);
  return true;
}

/// What is shown goes on as the other publisher's. The feed that only watched that one begins anew, with the packets of
/// the publisher that is shown no longer.
/// Not from within a feed's events: its input begins anew. REQUIRES: no switch is under way.
void Production::exchange_feeds() {
  video_.stand_down();
  for (const Feed& feed : feeds_) settle(feed);
  feeds_[0].exchange_publishers(feeds_[1]);
  shown_ = wanted_ = feed::other(shown_);
  merger_.set_main(feed::index(shown_));
  feed(feed::other(shown_)).start({feed::Format::kMpegTs});
  settle(feed(feed::other(shown_)));
  for (const feed::Id id : feed::kIds) offset_.restart(id);
  for (const media::Track& track : feed(shown_).tracks()) offset_.hear(shown_, track);
  base::log_info("worker", "the other feed, whose packets are the same, is shown",
                 {{"channel", options_.channel}, {"feed", feed::to_string(shown_)}});
}

void Production::watch_merge() {
  if (merged_ == merger_.merged()) return;
  merged_ = !merged_;
  const std::array<std::uint64_t, 2> only{merger_.only(0), merger_.only(1)};
  base::log_info("worker",
                 merged_ ? "both feeds bring the same packets: each covers what the other one loses"
                         : "the feeds are separate: their packets are not the same, or one of them is silent or gone",
                 {{"channel", options_.channel}, {"only_primary", only[0]}, {"only_backup", only[1]}});
}

/// What a switch that was asked for waited for has gone, or takes too long.
void Production::force_switch() {
  if (wanted_ == shown_) return;
  how_ = feed::Select::How::kForced;
  if (video_.switching()) {
    video_.release();
    show(feed(wanted_));
  } else {
    begin_switch();
  }
}

/// Whether it has sound, and no video that is expected to come.
bool Production::of_sound_alone(const Feed& feed) const {
  return feed.video() == nullptr && !feed.tracks().empty() && !feed.input().awaits(media::Kind::kVideo, now_);
}

/// Begins to change over, if there is something to change over to yet.
void Production::begin_switch() {
  if (wanted_ == shown_) return;
  Feed& to = feed(wanted_);
  const bool forced = how_ == feed::Select::How::kForced;
  if (!video_.known()) {
    // Nothing is shown yet, or the log of an earlier worker is.
    early_.clear();
    show(to);
    return;
  }
  if (to.video() == nullptr) {
    if (!forced || !of_sound_alone(to)) return;
    video_.release();
    show(to);
    return;
  }
  Feed::Recent recent = to.take_recent();
  base::log_info("worker", "changing over to the other feed",
                 {{"channel", options_.channel},
                  {"feed", feed::to_string(wanted_)},
                  {"forced", forced},
                  {"packets_since_key_frame", recent.video.size()},
                  {"behind_ms", lag(to) / base::kMillisecond}});
  const std::int64_t claimed_rate = to.input().claimed_rate(media::Kind::kVideo);
  const base::Micros pause = pause_before(to);
  if (pause > 0) {
    video_.switch_after(*to.video(), claimed_rate, std::move(recent.video), pause);
  } else {
    video_.switch_to(*to.video(), claimed_rate, std::move(recent.video), how_);
  }
  for (media::Packet& packet : recent.audio) to.keep(std::move(packet));
  for (media::Cue& cue : recent.cues) to.keep(std::move(cue));
  if (forced || pause > 0) show(to, pause);
}

/// Holds the feed that is not shown back while it is ahead of the other one, so that a switch goes on where that was.
void Production::align() {
  if (offset_.known().method == job::Alignment::kNone || merger_.merged()) return;
  if (wanted_ != shown_ || video_.switching()) return;
  Feed& spare = feed(feed::other(shown_));
  spare.set_delay(std::max<base::Micros>(spare.delay() - lag(spare), 0));
}

/// By how much the feed that is not shown is behind the one that is; below 0 it is ahead. 0 where that is not known.
base::Micros Production::lag(const Feed& spare) const {
  if (offset_.known().method == job::Alignment::kNone || spare.id() == shown_) return 0;
  const base::Micros arrives = spare.id() == feed::Id::kBackup ? offset_.known().offset : -offset_.known().offset;
  return arrives + spare.delay() - feed(shown_).delay();
}

/// For how long the last picture stays at a switch; 0 where the switch cannot be aligned, or is so anyway.
base::Micros Production::pause_before(const Feed& spare) const {
  const base::Micros behind = lag(spare);
  const auto rate = spare.frame_rate();
  const std::int64_t frames = rate ? media::rescale(behind, base::kSecond * rate->den, rate->num) : 1;
  if (behind <= 0 || frames == 0) return 0;
  const base::Micros most = how_ == feed::Select::How::kForced ? kMostForcedPause : kMostPause;
  if (behind <= most && video_.can_pause())
    return rate ? media::rescale(frames, rate->num, base::kSecond * rate->den) : behind;
  base::log_warn("worker", "the other feed is behind: a part of the programme is shown twice",
                 {{"channel", options_.channel}, {"behind_ms", behind / base::kMillisecond}});
  return 0;
}

/// The audio follows the video that was asked for.
void Production::settle_switch() {
  if (video_.switching()) return;
  if (wanted_ != shown_) {
    const media::Track* video = feed(wanted_).video();
    const bool changed = video_.active() && video != nullptr && video_.source()->id == video->id;
    if (changed) {
      show(feed(wanted_));
    } else {
      begin_switch();
    }
  } else if (video_.known() && !video_.active() && feed(shown_).video() != nullptr) {
    // A switch was given up, or the first of two videos has gone.
    video_.take(*feed(shown_).video(), feed(shown_).input().claimed_rate(media::Kind::kVideo));
  }
}

/// The feed's audio takes the place of what was played; its video too, where the channel has not shown any yet.
void Production::show(Feed& to, base::Micros pause) {
  shown_ = to.id();
  merger_.set_main(feed::index(shown_));
  for (const auto& lane : audio_) {
    lane->release();
    lane->set_meter(nullptr);
  }
  const Feed::Recent recent = to.take_recent();
  std::vector<media::Track> tracks = to.tracks();
  // Languages that are there already find their lanes before others take these.
  std::stable_partition(tracks.begin(), tracks.end(), [this](const media::Track& track) {
    return std::any_of(audio_.begin(), audio_.end(),
                       [&](const auto& at) { return at->source().language == track.language; });
  });
  for (const media::Track& track : tracks) {
    if (track.kind() == media::Kind::kAudio) {
      take_audio(to, track);
    } else if (!video_.known()) {
      video_.take(track, to.input().claimed_rate(media::Kind::kVideo));
    }
  }
  for (const auto& lane : audio_) {
    if (pause > 0 && lane->active()) lane->pause(pause);
  }
  for (const std::vector<media::Packet>* kept : {&recent.video, &recent.audio}) {
    for (const media::Packet& packet : *kept) take(to, media::Packet(packet));
  }
  // What the other feed has announced as well is written twice: the log's reader tells it by its event.
  for (const media::Cue& cue : recent.cues) {
    if (cue.at.micros() >= now_) write_cue(cue);
  }
}

/// With two feeds it matters what each of them shows; the one that is decoded for rungs needs no probe.
void Production::probe_feeds() {
  const bool both = std::all_of(feeds_.begin(), feeds_.end(), brings_video);
  for (Feed& feed : feeds_) {
    const bool decoded = brings_video(feed) && video_.decoded(feed.video()->id) != nullptr;
    const auto otherwise = thumbnails_.wanted() ? Feed::Probing::kThumbnails : Feed::Probing::kNone;
    feed.set_probing(decoded ? Feed::Probing::kNone : both ? Feed::Probing::kAll : otherwise);
  }
}

std::optional<transcode::PictureHealth::Report> Production::decoded_health(const Feed& feed) const {
  return brings_video(feed) ? video_.health(feed.video()->id) : std::nullopt;
}

/// Keeps the feed that is not shown decoded, where the channel wants that.
void Production::stand_by() {
  if (options_.standby != job::Options::Standby::kHot || wanted_ != shown_ || video_.switching()) return;
  // While the CPU is short a switch would rather catch up.
  if (video_.economy() > 0) return video_.stand_down();
  const Feed& spare = feed(feed::other(shown_));
  if (!brings_video(spare)) return video_.stand_down();
  video_.stand_by(*spare.video(), spare.since_key());
}

// ---- From the feeds: tracks and packets in UTC ticks.

void Production::on_feed_event(Feed& from, media::Event&& event) {
  std::visit([&](auto&& what) { take(from, std::forward<decltype(what)>(what)); }, std::move(event));
  settle_switch();
  mark_switch();
}

void Production::take(Feed& from, const media::Track& track) {
  const bool video = track.kind() == media::Kind::kVideo;
  if (from.id() != shown_) {
    // What the video changes over to may change its format meanwhile.
    if (video && video_.switching() && from.id() == wanted_) {
      video_.take(track, from.input().claimed_rate(media::Kind::kVideo));
    } else if (video) {
      stand_by();
    }
    return;
  }
  forget_early(track);
  if (video) {
    video_.take(track, from.input().claimed_rate(media::Kind::kVideo));
  } else {
    take_audio(from, track);
  }
}

/// Drops packets that wait for the first presentation if their track gets another format, with which they do not
/// decode.
void Production::forget_early(const media::Track& next) {
  const auto differs = [&next](const media::Track& was) {
    return was.id == next.id && (!media::same_format(was, next) || was.timescale != next.timescale);
  };
  const bool changed =
      (video_.source() && differs(*video_.source())) ||
      std::any_of(audio_.begin(), audio_.end(), [&](const auto& lane) { return differs(lane->source()); });
  if (changed) std::erase_if(early_, [&](const media::Packet& packet) { return packet.track_id == next.id; });
}

/// The lane that continues with this track is the one that had its id; of those whose track is gone the one of its
/// language, of its role too if there is one, else the first.
void Production::take_audio(Feed& from, const media::Track& track) {
  if (!is_published(options_, track)) return;
  const auto find = [&](const auto& fits) {
    return std::find_if(audio_.begin(), audio_.end(), [&](const auto& at) { return fits(*at); });
  };
  auto lane = find([&](const AudioLane& at) { return at.source().id == track.id; });
  const auto same_language = [&](const AudioLane& at) {
    return !at.active() && at.source().language == track.language;
  };
  if (lane == audio_.end()) {
    lane = find([&](const AudioLane& at) { return same_language(at) && at.source().role == track.role; });
  }
  if (lane == audio_.end()) lane = find(same_language);
  if (lane == audio_.end()) lane = find([](const AudioLane& at) { return !at.active(); });
  if (lane != audio_.end()) {
    (*lane)->change(track, offset_.sound(from.id()).loudness_of(track.id));
    return tap_loudness(offset_.sound(shown_), audio_);
  }
  const std::optional<AudioPlan> plan = plan_audio(options_, track);
  if (!plan) return;
  auto made = std::make_unique<AudioLane>(options_, static_cast<LaneOutlet&>(*this), audio_.size() + 1);
  made->mute(slate_.on);
  made->follow_slate(video_.slate_course());
  if (made->open(track, *plan, from.input().claimed_rate(media::Kind::kAudio))) audio_.push_back(std::move(made));
  tap_loudness(offset_.sound(shown_), audio_);
}

void Production::take(Feed&, const media::TrackGone& gone) {
  video_.release(gone.track_id);
  for (const auto& lane : audio_) {
    if (lane->source().id == gone.track_id) lane->release();
  }
}

void Production::take(Feed& from, const media::Loss&) {
  if (from.video() != nullptr) video_.on_loss(from.video()->id);
}

void Production::take(Feed& from, media::Packet&& packet) {
  if (from.id() == shown_) {
    list_captions(from);
    gather(std::move(packet));
  } else if (!(from.id() == wanted_ && video_.take(packet))) {
    video_.decode_standby(packet);
    from.keep(std::move(packet));
  }
}

void Production::take(Feed& from, media::Cue&& cue) {
  if (from.id() == shown_) {
    write_cue(cue);
  } else {
    from.keep(std::move(cue));
  }
}

/// Packets of the feed that is shown wait until the first presentation is complete.
void Production::gather(media::Packet&& packet) {
  if (presentation_.state() != Presentation::State::kGathering) {
    deliver(std::move(packet));
    return;
  }
  early_.push_back(std::move(packet));
  if (may_begin(early_.back())) begin();
}

bool Production::may_begin(const media::Packet& newest) const {
  // Audio alone has had its wait for video on the timeline.
  if (!video_.known() || options_.audio == job::Options::Audio::kNone || early_.size() >= kMostEarly) return true;
  const base::Micros waited = newest.arrived - early_.front().arrived;
  if (audio_.empty())
    return waited >= kWaitForAudio && !feed(shown_).input().awaits(media::Kind::kAudio, newest.arrived);
  return !feed(shown_).input().finds_tracks() || waited >= kWaitForLanguages;
}

void Production::begin() {
  texts_.open();
  presentation_.begin();
  for (media::Packet& packet : std::exchange(early_, {})) deliver(std::move(packet));
}

void Production::deliver(media::Packet&& packet) {
  if (presentation_.state() == Presentation::State::kChanged) present();
  if (const media::Track* video = feed(shown_).video()) texts_.take(*video, packet);
  if (video_.take(packet)) return;
  for (const auto& lane : audio_) {
    if (lane->take(packet)) return;
  }
}

// ---- From the lanes.

std::uint32_t Production::add_rendition(const std::string& name, Presentation::Describe describe) {
  return presentation_.add(name, std::move(describe));
}

void Production::publish(std::uint32_t rendition, media::Packet&& packet) {
  if (presentation_.state() == Presentation::State::kChanged) present();
  mark_switch();
  packager_.on_packet(rendition, std::move(packet));
}

void Production::publish_cue(std::uint32_t rendition, media::TextCue cue) {
  packager_.on_cue(rendition, std::move(cue));
}

void Production::present() {
  const std::vector<packager::RenditionSpec> specs = presentation_.specs();
  if (specs.empty()) return;
  packager_.set_captions(captions_.listed());
  packager_.set_presentation(specs);
}

}  // namespace worker
