#include "worker/video_lane.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"
#include "captions/picture.h"
#include "media/slot.h"
#include "record/position.h"
#include "transcode/colour_map.h"
#include "transcode/slate.h"
#include "worker/content_watch.h"
#include "worker/feed.h"

namespace worker {

namespace {

// Key frames that are asked for before there are encoders: as many as a log has cuts ahead.
constexpr std::size_t kMostKeys = record::Position::kMostCuts;

void log_sdr_conversion(const std::string& channel, const media::Track& track) {
  if (!transcode::needs_sdr_conversion(track.video.colour)) return;
  base::log_info(
      "worker", "the feed is HDR or BT.2020; rungs of range: sdr are tone-mapped to BT.709, a copy stays as it is",
      {{"channel", channel}, {"transfer", track.video.colour.transfer}, {"primaries", track.video.colour.primaries}});
}

/// Room for all that a feed keeps for a switch.
transcode::DecodeSide::Options decoding(const job::ContentWatch& watch) {
  transcode::DecodeSide::Options options;
  options.health = picture_health(watch);
  options.max_bytes = Feed::kMostBytes;
  return options;
}

void add(transcode::DecodeSide::Counters& sum, const transcode::DecodeSide::Counters& more) {
  sum.decoded += more.decoded;
  sum.decode_errors += more.decode_errors;
  sum.dropped_packets += more.dropped_packets;
  sum.duplicated += more.duplicated;
  sum.lag = std::max(sum.lag, more.lag);
}

}  // namespace

VideoLane::VideoLane(const job::Options& options, LaneOutlet& outlet) : options_(options), outlet_(outlet) {}

VideoLane::~VideoLane() = default;

bool VideoLane::take(const media::Track& track, std::int64_t claimed_rate) {
  if (!source_) {
    source_ = track;
    active_ = playable_ = true;
    open(claimed_rate);
    return true;
  }
  if (incoming_ && track.id == incoming_->track.id) {
    change_incoming(track);
    return true;
  }
  // A second angle: the first one is shown, or is about to be.
  if (track.id != source_->id && (incoming_ || active_)) return false;
  const bool changed = !media::same_format(track, *source_) || track.timescale != source_->timescale;
  active_ = true;
  claimed_rate_ = claimed_rate;
  if (changed) {
    change(track);
  } else {
    source_ = track;
    if (playable_) format_ = track;
  }
  return true;
}

void VideoLane::change(const media::Track& track) {
  base::log_info("worker", "video format changed",
                 {{"channel", options_.channel},
                  {"codec", track.codec_string},
                  {"width", track.video.width},
                  {"height", track.video.height}});
  source_ = track;
  copied_from_.reset();
  change_decoder(track);
  playable_ = !plan_.copy || can_copy(track);
  if (!playable_) {
    base::log_error("worker", "the new video format cannot be copied; its picture is held until another one comes",
                    {{"channel", options_.channel}, {"codec", track.codec_string}});
    return;
  }
  if (!plan_.copy) return;
  set_copy_format(track);
  outlet_.on_change();
}

/// Rungs stay as they are, whatever they are made of.
void VideoLane::change_decoder(const media::Track& track) {
  if (!encode_) return;
  log_sdr_conversion(options_.channel, track);
  base::Status status = base::Ok{};
  if (decode_) {
    status = decode_->change_source(track);
  } else {
    auto made = transcode::DecodeSide::make(track, *encode_, decoding(options_.watch));
    if (made.ok()) decode_ = made.take();
    if (decode_) encode_->select(decode_.get());
    if (!made.ok()) status = made.error();
  }
  if (!status.ok())
    base::log_error("worker", "new video format not decodable",
                    {{"channel", options_.channel}, {"why", status.error().message()}});
}

void VideoLane::set_copy_format(const media::Track& track) {
  format_ = track;
  still_ = {};
  copy_held_ = false;
  rate_.emplace(track.timescale, media::rescale(options_.segment, base::kSecond, track.timescale),
                bandwidth_of_copy(track, claimed_rate_, options_.part).average, claimed_rate_ == 0);
}

void VideoLane::open(std::int64_t claimed_rate) {
  claimed_rate_ = claimed_rate;
  plan_ = plan_video(options_, *source_);
  if (!plan_.rungs.empty()) {
    const base::Status status = open_ladder();
    if (!status.ok()) {
      base::log_error("worker", "cannot encode the ladder; the feed's own video is served if players can take it",
                      {{"channel", options_.channel}, {"why", status.error().message()}});
      encode_.reset();
      plan_.rungs.clear();
      plan_.copy = can_copy(*source_);
    }
  }
  if (plan_.copy) {
    set_copy_format(*source_);
    copy_ = outlet_.add_rendition(std::string(job::kCopyName), [this] { return describe_copy(); });
  }
  rungs_.resize(plan_.rungs.size());
  for (std::size_t i = 0; i < plan_.rungs.size(); ++i) {
    rungs_[i].rendition = outlet_.add_rendition(plan_.rungs[i].name, [this, i] { return describe_rung(i); });
  }
}

base::Status VideoLane::open_ladder() {
  using transcode::EncodeSide;
  EncodeSide::Options encode;
  const media::Rational rate = plan_.copy ? source_->video.frame_rate : plan_.rungs.front().frame_rate;
  encode.segment = media::slot_length(source_->timescale, rate, options_.segment).seconds;
  encode.keys = plan_.copy ? EncodeSide::Keys::kForced : EncodeSide::Keys::kGrid;
  encode.slate = open_slate();
  encode.slate_text = options_.slate_text;
  encode.slate_font = options_.slate_font;
  encode.thumbnails = options_.images;
  encode.slate_after = options_.outage == job::Options::Outage::kSlate ? options_.slate_after : -1;
  // Well below a part, however the packager rounds that: otherwise what lies between two stills would be a hole.
  encode.longest_still = std::min(encode.longest_still, options_.part * 3 / 4);
  TRY(encode_, EncodeSide::make(*source_, plan_.rungs, encode));
  encode_->show_slate(slate_.on, slate_.text);
  for (const auto& [id, overlay] : overlays_) put_overlay(overlay);
  encode_->set_economy(economy_);
  for (const media::Instant& at : std::exchange(keys_, {})) encode_->force_key_at(at);
  TRY(decode_, transcode::DecodeSide::make(*source_, *encode_, decoding(options_.watch)));
  encode_->select(decode_.get());
  plan_.rungs = encode_->rungs();
  rungs_.resize(plan_.rungs.size());
  encode_->drain(*this);
  log_sdr_conversion(options_.channel, *source_);
  return base::Ok{};
}

/// Null where the channel has none, or one that cannot be shown.
std::shared_ptr<transcode::Slate> VideoLane::open_slate() const {
  if (options_.slate == nullptr) return nullptr;
  auto slate = transcode::Slate::make(options_.slate->view(),
                                      transcode::rung_colour(source_->video.colour, job::Rung::Range::kSdr));
  if (slate.ok()) return slate.take();
  base::log_error("worker", "no slate; the last picture is held in its place",
                  {{"channel", options_.channel}, {"why", slate.error().message()}});
  return nullptr;
}

void VideoLane::show_slate(const feed::Slate& slate) {
  slate_ = slate;
  if (encode_) encode_->show_slate(slate.on, slate.text);
}

void VideoLane::show_overlay(const feed::Overlay& order) {
  const std::string& id = order.overlay.id;
  if (!order.on) {
    overlays_.erase(id);
    if (encode_) encode_->remove_overlay(id);
    return;
  }
  media::Overlay& overlay = overlays_[id] = order.overlay;
  constexpr std::string_view kChannel = "{channel}";
  for (std::size_t at = 0; (at = overlay.text.find(kChannel, at)) != std::string::npos; at += options_.channel.size()) {
    overlay.text.replace(at, kChannel.size(), options_.channel);
  }
  if (encode_) put_overlay(overlay);
}

void VideoLane::put_overlay(const media::Overlay& overlay) {
  const base::Status status = encode_->put_overlay(overlay);
  if (status.ok()) return;
  base::log_error("worker", "an overlay cannot be shown; the pictures are without it",
                  {{"channel", options_.channel}, {"overlay", overlay.id}, {"why", status.error().message()}});
}

bool VideoLane::take(media::Packet& packet) {
  if (incoming_ && packet.track_id == incoming_->track.id) return take_incoming(packet);
  if (!source_ || !active_ || packet.track_id != source_->id) return false;
  if (!playable_) {
    ++unplayable_;
    if (!decode_) return true;
  }
  // The packager first: it may announce a cut at this packet, where the encoders then put their key frames.
  if (playable_ && (!incoming_ || !incoming_->copied)) publish_copy(packet);
  if (decode_) decode_->feed(std::move(packet));
  settle_switch();
  return true;
}

void VideoLane::publish_copy(const media::Packet& packet) {
  if (!copy_) return;
  if (rate_->add(packet.dts, packet.data.size())) outlet_.on_change();
  media::Packet published = packet;
  if (slate_.on && (continued_ || !still_.empty())) {
    copy_held_ = true;
    if (still_.empty()) return;  // the packager holds that of the log
  } else if (packet.key) {
    copy_held_ = false;
    still_ = packet.data;
    still_composition_ = packet.pts - packet.dts;
  }
  if (copy_held_) {
    // The last picture, wherever the feed has a key frame, so that segments go on to begin there; and between them once
    // a part, so that the packager does not take what was ordered for an outage.
    if (!packet.key && packet.dts - copied_at_ < still_every()) return;
    published.data = captions::without_captions(format_.codec, still_);
    if (!packet.key) published.pts = packet.dts + still_composition_;
  }
  copied_at_ = packet.dts;
  if (!copied_from_) copied_from_ = media::rescale(packet.pts, format_.timescale, base::kSecond);
  outlet_.publish(*copy_, std::move(published));
}

/// Less than a part, however the packager rounds that.
std::int64_t VideoLane::still_every() const {
  return media::rescale(options_.part * 3 / 4, base::kSecond, format_.timescale);
}

// ---- From one feed to another.

void VideoLane::switch_to(const media::Track& track, std::int64_t claimed_rate, std::vector<media::Packet>&& since_key,
                          feed::Select::How how) {
  incoming_ = Incoming{track, claimed_rate, nullptr, false};
  if (encode_) incoming_->decode = make_incoming(track, std::move(since_key));
  if (how == feed::Select::How::kForced) active_ = false;
  if (incoming_->decode && active_) {
    encode_->switch_to(*incoming_->decode);
  } else if (encode_) {
    encode_->select(incoming_->decode.get());
  }
  settle_switch();
}

void VideoLane::switch_after(const media::Track& track, std::int64_t claimed_rate,
                             std::vector<media::Packet>&& since_key, base::Micros behind) {
  incoming_ = Incoming{track, claimed_rate, make_incoming(track, std::move(since_key)), false};
  active_ = false;
  if (incoming_->decode) {
    paused_until_ = encode_->select_after(*incoming_->decode, behind);
  } else {
    encode_->select(nullptr);
  }
  settle_switch();
}

/// The side that decodes the track already, or a new one; null where it cannot be decoded.
std::unique_ptr<transcode::DecodeSide> VideoLane::make_incoming(const media::Track& track,
                                                                std::vector<media::Packet>&& since_key) {
  if (standby_ && standby_->track.id == track.id) {
    auto side = std::move(standby_->decode);
    standby_.reset();
    return side;
  }
  log_sdr_conversion(options_.channel, track);
  auto made = transcode::DecodeSide::make(track, *encode_, decoding(options_.watch));
  if (!made.ok()) {
    base::log_error("worker", "the other feed's video is not decodable; the picture is held",
                    {{"channel", options_.channel}, {"why", made.error().message()}});
    return nullptr;
  }
  auto side = made.take();
  side->catch_up(std::move(since_key));
  return side;
}

void VideoLane::stand_by(const media::Track& track, const std::vector<media::Packet>& since_key) {
  if (!encode_ || incoming_ || (source_ && source_->id == track.id)) return;
  const bool same = standby_ && standby_->track.id == track.id && media::same_format(standby_->track, track) &&
                    standby_->track.timescale == track.timescale;
  if (same) return;
  stand_down();
  log_sdr_conversion(options_.channel, track);
  auto made = transcode::DecodeSide::make(track, *encode_, decoding(options_.watch));
  // What cannot be decoded is kept as an empty side, so that it is tried, and logged, once a format.
  standby_ = Standby{track, made.ok() ? made.take() : nullptr};
  if (standby_->decode) standby_->decode->catch_up(std::vector(since_key));
  if (!made.ok())
    base::log_error("worker", "the feed that stands by is not decodable",
                    {{"channel", options_.channel}, {"why", made.error().message()}});
}

void VideoLane::stand_down() {
  if (standby_) retire(std::move(standby_->decode));
  standby_.reset();
}

void VideoLane::decode_standby(const media::Packet& packet) {
  if (standby_ && standby_->decode && standby_->track.id == packet.track_id)
    standby_->decode->feed(media::Packet(packet));
}

/// A side that is shown no longer goes on decoding where the other feed stands by hot.
void VideoLane::put_aside(const media::Track& track, std::unique_ptr<transcode::DecodeSide> side) {
  if (options_.standby != job::Options::Standby::kHot || economy_ > 0 || !side) return retire(std::move(side));
  stand_down();
  standby_ = Standby{track, std::move(side)};
}

std::optional<base::Micros> VideoLane::shown_from(std::uint32_t track_id) const {
  const bool incoming = incoming_ && incoming_->track.id == track_id;
  if (!incoming && !(source_ && source_->id == track_id)) return std::nullopt;
  if (copy_) return incoming == (incoming_ && incoming_->copied) ? copied_from_ : std::nullopt;
  const auto& side = incoming ? incoming_->decode : decode_;
  if (!side) return std::nullopt;
  const auto from = encode_->shown_from(*side);
  return from ? std::optional(from->micros()) : std::nullopt;
}

void VideoLane::cancel_switch() {
  if (!incoming_) return;
  if (incoming_->copied) {
    // The copy has the new track's format already.
    if (encode_) encode_->select(incoming_->decode.get());
    settle_switch();
    release();
    return;
  }
  if (encode_) encode_->select(decode_.get());
  put_aside(incoming_->track, std::move(incoming_->decode));
  incoming_.reset();
}

bool VideoLane::take_incoming(media::Packet& packet) {
  if (plan_.copy && !incoming_->copied && packet.key) copy_incoming();
  if (incoming_->copied && !playable_) ++unplayable_;
  if (incoming_->copied && playable_) publish_copy(packet);
  if (incoming_->decode) incoming_->decode->feed(std::move(packet));
  settle_switch();
  return true;
}

void VideoLane::copy_incoming() {
  incoming_->copied = true;
  copied_from_.reset();
  claimed_rate_ = incoming_->claimed_rate;
  playable_ = can_copy(incoming_->track);
  if (!playable_) {
    base::log_error("worker", "the other feed's video cannot be copied; the picture is held until another one comes",
                    {{"channel", options_.channel}, {"codec", incoming_->track.codec_string}});
    return;
  }
  if (media::same_format(format_, incoming_->track) && format_.timescale == incoming_->track.timescale) {
    format_ = incoming_->track;
    return;
  }
  set_copy_format(incoming_->track);
  outlet_.on_change();
}

/// The incoming track becomes the lane's once everything shows it.
void VideoLane::settle_switch() {
  if (!incoming_) return;
  const bool shown = !encode_ || !incoming_->decode || encode_->shown() == incoming_->decode.get();
  if (!shown || (plan_.copy && !incoming_->copied)) return;
  const media::Track before = std::exchange(source_, incoming_->track).value();
  claimed_rate_ = incoming_->claimed_rate;
  // While the copy waited for its key frame nothing was decoded of what was shown before.
  if (!active_ && plan_.copy && decode_) decode_->discontinuity();
  active_ = true;
  if (!plan_.copy) playable_ = true;
  put_aside(before, std::exchange(decode_, std::move(incoming_->decode)));
  incoming_.reset();
}

void VideoLane::retire(std::unique_ptr<transcode::DecodeSide> side) {
  if (!side) return;
  add(retired_, side->counters());
  retired_.lag = 0;
}

/// Packets that the copy waits for have the new format.
void VideoLane::change_incoming(const media::Track& track) {
  const bool changed = !media::same_format(track, incoming_->track) || track.timescale != incoming_->track.timescale;
  incoming_->track = track;
  if (!changed) return;
  if (incoming_->decode) {
    const base::Status status = incoming_->decode->change_source(track);
    if (!status.ok())
      base::log_error("worker", "new video format not decodable",
                      {{"channel", options_.channel}, {"why", status.error().message()}});
  }
  if (incoming_->copied) copy_incoming();
}

void VideoLane::release(std::uint32_t track_id) {
  if (standby_ && standby_->track.id == track_id) stand_down();
  if (incoming_ && incoming_->track.id == track_id) {
    cancel_switch();
    stand_down();
  } else if (source_ && source_->id == track_id) {
    release();
  }
}

void VideoLane::release() {
  active_ = false;
  if (decode_) decode_->discontinuity();
  // What the switch waited for will not come.
  if (incoming_ && incoming_->decode) encode_->select(incoming_->decode.get());
}

void VideoLane::on_loss(std::uint32_t track_id) {
  if (incoming_ && incoming_->track.id == track_id) {
    if (incoming_->decode) incoming_->decode->discontinuity();
  } else if (standby_ && standby_->decode && standby_->track.id == track_id) {
    standby_->decode->discontinuity();
  } else if (decode_ && source_->id == track_id) {
    decode_->discontinuity();
  }
}

void VideoLane::hold(base::Micros utc) {
  settle_switch();
  if (!encode_) return;
  // Nothing is to be waited for; the packager would take the place of what comes later for lost.
  if (paused_until_) {
    const media::Instant until = std::min(*paused_until_, media::Instant{utc, base::kSecond});
    if (until == *paused_until_) paused_until_.reset();
    encode_->hold(until);
    return;
  }
  if (const auto until = hold_clock_.on_tick(utc, encode_->newest())) encode_->hold(*until);
}

void VideoLane::on_cut(std::int64_t time) {
  if (encode_ && plan_.copy) encode_->force_key_at({time, format_.timescale});
}

void VideoLane::force_key_at(media::Instant at) {
  if (encode_) {
    encode_->force_key_at(at);
  } else if (!source_ && keys_.size() < kMostKeys) {
    keys_.push_back(at);
  }
}

bool VideoLane::encoded(base::Micros at) const {
  const auto newest = encode_ ? encode_->newest() : std::nullopt;
  return newest && newest->micros() >= at;
}

void VideoLane::on_key_wanted(std::uint32_t rendition) {
  for (std::size_t i = 0; encode_ && i < rungs_.size(); ++i) {
    if (rungs_[i].rendition == rendition) encode_->force_key(i);
  }
}

void VideoLane::on_encoded() {
  if (encode_) encode_->drain(*this);
  settle_switch();
}

void VideoLane::flush() {
  if (!encode_) return;
  stand_down();
  if (incoming_ && incoming_->decode) {
    encode_->select(incoming_->decode.get());
    incoming_->decode->flush();
  } else if (decode_) {
    decode_->flush();
  }
  encode_->flush();
  encode_->drain(*this);
}

transcode::DecodeSide* VideoLane::decoded(std::uint32_t track_id) const {
  if (standby_ && standby_->decode && standby_->track.id == track_id) return standby_->decode.get();
  if (!decode_ || !active_ || incoming_ || source_->id != track_id) return nullptr;
  return decode_.get();
}

std::optional<VideoLane::Snapshot> VideoLane::take_snapshot() {
  auto made = encode_ ? encode_->take_snapshot() : std::nullopt;
  if (!made) return std::nullopt;
  return Snapshot{plan_.rungs.at(made->rung).name, std::move(made->thumbnail)};
}

std::optional<transcode::PictureHealth::Report> VideoLane::health(std::uint32_t track_id) const {
  const transcode::DecodeSide* side = decoded(track_id);
  return side != nullptr ? std::optional(side->health()) : std::nullopt;
}

std::optional<VideoLane::Counters> VideoLane::ladder_counters() const {
  if (!encode_) return std::nullopt;
  Counters counters{encode_->counters(), retired_};
  if (decode_) add(counters.decoding, decode_->counters());
  if (incoming_ && incoming_->decode) add(counters.decoding, incoming_->decode->counters());
  if (standby_ && standby_->decode) {
    const base::Micros lag = counters.decoding.lag;
    add(counters.decoding, standby_->decode->counters());
    counters.decoding.lag = lag;
  }
  return counters;
}

std::optional<govern::Load> VideoLane::load() const {
  if (most_economy() == 0) return std::nullopt;
  const transcode::EncodeSide::Load load = encode_->load();
  const std::uint64_t not_encoded = load.left_out + load.shed;
  if (!decode_) return govern::Load{0, not_encoded};
  return govern::Load{decode_->overdue(), not_encoded + decode_->overflowed()};
}

void VideoLane::set_economy(int level) {
  economy_ = level;
  if (encode_) encode_->set_economy(level);
}

packager::RenditionSpec VideoLane::describe_copy() const {
  packager::RenditionSpec spec;
  spec.track = format_;
  spec.label = std::to_string(format_.video.height) + "p";
  const Bandwidth bandwidth = rate_->peak() > 0 ? bandwidth_measured(rate_->peak(), rate_->average(), options_.part)
                                                : bandwidth_of_copy(format_, claimed_rate_, options_.part);
  spec.bandwidth = bandwidth.peak;
  spec.average_bandwidth = bandwidth.average;
  return spec;
}

packager::RenditionSpec VideoLane::describe_rung(std::size_t rung) const {
  packager::RenditionSpec spec;
  spec.track = rungs_[rung].track;
  spec.encoded = true;
  spec.label = std::to_string(spec.track.video.height) + "p";
  const Bandwidth bandwidth = bandwidth_of(plan_.rungs[rung], options_.part);
  spec.bandwidth = bandwidth.peak;
  spec.average_bandwidth = bandwidth.average;
  return spec;
}

void VideoLane::on_track(std::size_t rung, const media::Track& track) { rungs_[rung].track = track; }

void VideoLane::on_packet(std::size_t rung, media::Packet&& packet) {
  if (rungs_[rung].rendition) outlet_.publish(*rungs_[rung].rendition, std::move(packet));
}

}  // namespace worker
