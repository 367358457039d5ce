#include "ingest/rtmp_connection.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "ingest/auth.h"
#include "rtmp/tag.h"

namespace ingest {
namespace {

using base::Bytes;
using Why = Publisher::Refusal::Why;

constexpr base::Micros kLeaveLimit = 2 * base::kSecond;
// A rest is so long at most: a feed's arrival is measured, and its absence seen, as exactly as that. Shorter ones spare
// nothing. It ends before its sink needs what has come, which can be passed on with what is needed then.
constexpr base::Micros kMostRest = 200 * base::kMillisecond;
constexpr base::Micros kLeastRest = 20 * base::kMillisecond;
constexpr base::Micros kBeforeNeed = 4 * base::kMillisecond;
// What the kernel holds meanwhile; it fits into any socket's buffer.
constexpr std::size_t kMostAtRest = std::size_t{48} << 10;
// FFmpeg sends the header of a message by itself, 8 or 12 bytes: nothing can be made of that yet.
constexpr std::size_t kLeastToRead = 13;
// We say a few hundred bytes in a session's life: a peer that lets this much pile up does not read.
constexpr std::size_t kMostQueued = 256 * 1024;

std::string_view status_code(Why why) {
  switch (why) {
    case Why::kDenied: return rtmp::status::kDenied;
    case Why::kBusy:
    case Why::kBadName: return rtmp::status::kBadName;
    case Why::kNotFound:
    case Why::kOverload: return rtmp::status::kRejected;
  }
  return rtmp::status::kRejected;
}

feed::Role role_of(const rtmp::TagSummary& summary) {
  if (summary.sequence_start) return feed::Role::kHeader;
  if (!summary.frames) return feed::Role::kOther;
  if (!summary.video) return feed::Role::kAudio;
  return summary.key ? feed::Role::kKeyFrame : feed::Role::kFrame;
}

}  // namespace

RtmpConnection::RtmpConnection(loop::Loop& loop, const base::Clock& clock, RtmpConnectionOwner& owner,
                               std::unique_ptr<loop::Stream> stream, Options options)
    : loop_(loop),
      clock_(clock),
      owner_(owner),
      id_(options.id),
      publish_rate_(options.publishes),
      stream_(std::move(stream)),
      tls_(std::move(options.tls)),
      session_(options.session, *this, clock.steady()),
      rest_(loop, [this] { stream_->set_low_water(kLeastToRead); }),
      life_(std::make_shared<RtmpConnection*>(this)) {
  ++owner_.counters().connections;
  ++owner_.counters().half_open;
}

RtmpConnection::~RtmpConnection() {
  *life_ = nullptr;
  --owner_.counters().connections;
  shook_hands();
}

/// No longer half open: the handshake is done, or given up.
void RtmpConnection::shook_hands() {
  if (!half_open_) return;
  half_open_ = false;
  --owner_.counters().half_open;
}

void RtmpConnection::on_read(base::View bytes) {
  if (state_ != State::kOpen) return;
  arrived_ = clock_.utc();
  if (tls_) {
    const base::Status status = decrypt(bytes);
    if (state_ == State::kOpen) after_input(status);
    return;
  }
  owner_.counters().bytes += bytes.size();
  after_input(session_.feed(bytes, clock_.steady()));
}

base::Status RtmpConnection::decrypt(base::View bytes) {
  plain_.clear();
  encrypted_.clear();
  const base::Status status = tls_->feed(bytes, plain_, encrypted_);
  if (!encrypted_.empty()) stream_->write(Bytes::adopt(std::exchange(encrypted_, {})));
  if (!status.ok()) {
    ++owner_.counters().tls_errors;
    base::log_debug("ingest", "rtmps failed", {{"peer", peer()}, {"why", to_string(tls_->failure())}});
    abort("TLS failed");
    return base::Ok{};
  }
  owner_.counters().bytes += plain_.size();
  base::Status fed = session_.feed(plain_, clock_.steady());
  if (half_open_) plain_ = {};  // RT-41: before the handshake is complete nothing is kept
  return fed;
}

void RtmpConnection::after_input(const base::Status& status) {
  if (session_.state() != rtmp::Session::State::kHandshake) shook_hands();
  send_output();
  if (!status.ok()) {
    ++owner_.counters().protocol_errors;
    // Whatever knocks at the port is not worth a line each; a publisher that breaks off is.
    const bool publisher = session_.state() != rtmp::Session::State::kHandshake;
    base::log(publisher ? base::Level::kInfo : base::Level::kDebug, "ingest", "connection dropped",
              {{"protocol", protocol()}, {"peer", peer()}, {"why", status.error().message()}});
    abort(status.error().message());
  } else if (session_.finished()) {
    leave();
  } else if (tls_ && tls_->peer_closed()) {
    abort("publisher disconnected");
  }
  rest();
}

/// Lets the socket alone until the sink needs what comes. The end of the connection ends a rest, too.
void RtmpConnection::rest() {
  if (sink_ == nullptr || state_ != State::kOpen || rest_.active()) return;
  const base::Micros spare = std::min(sink_->spare(arrived_), kMostRest);
  if (spare < kLeastRest) return;
  stream_->set_low_water(kMostAtRest);
  rest_.start(spare - kBeforeNeed);
}

void RtmpConnection::on_end(const std::optional<base::Error>& why) {
  abort(why ? why->message() : "publisher disconnected");
}

void RtmpConnection::tick() {
  const base::Micros now = clock_.steady();
  if (state_ == State::kClosed) return;
  if (state_ == State::kLeaving) {
    if (now >= leave_by_) abort("left");
    return;
  }
  if (stream_->queued() > kMostQueued) {
    ++owner_.counters().protocol_errors;
    abort("publisher does not read");
    return;
  }
  const base::Status status = session_.tick(now);
  send_output();
  if (status.ok()) return;
  ++owner_.counters().timeouts;
  base::log_debug("ingest", "connection timed out", {{"peer", peer()}, {"why", status.error().what}});
  abort(status.error().what);
}

void RtmpConnection::abort(std::string_view why) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  shook_hands();
  const std::string reason(why);
  session_.close(reason);
  stream_->close();
  owner_.retire(id_);
}

void RtmpConnection::leave() {
  if (state_ != State::kOpen) return;
  state_ = State::kLeaving;
  leave_by_ = clock_.steady() + kLeaveLimit;
  if (tls_ && tls_->established()) {
    tls_->close(encrypted_);
    stream_->write(Bytes::adopt(std::exchange(encrypted_, {})));
  }
  stream_->shut_down();
}

void RtmpConnection::send_output() {
  if (state_ != State::kOpen) return;
  const Bytes output = Bytes::adopt(session_.take_output());
  if (output.empty()) return;
  if (!tls_) {
    stream_->write(output);
    return;
  }
  const base::Status status = tls_->write(std::span(&output, 1), encrypted_);
  stream_->write(Bytes::adopt(std::exchange(encrypted_, {})));
  if (!status.ok()) {
    ++owner_.counters().tls_errors;
    abort("TLS failed");
  }
}

/// Each publish has to be made up for by time without one; the debt may grow to that of a burst.
bool RtmpConnection::may_publish() {
  const base::Micros now = clock_.steady();
  const base::Micros paid = std::max(publishes_paid_, now) + publish_rate_.every;
  if (paid - now > publish_rate_.burst * publish_rate_.every) return false;
  publishes_paid_ = paid;
  return true;
}

void RtmpConnection::on_publish(const rtmp::PublishRequest& request) {
  if (!may_publish()) {
    ++owner_.counters().publishes_limited;
    base::log_warn("ingest", "connection closed: too many publishes",
                   {{"protocol", protocol()}, {"peer", peer()}, {"publishes_at_once", publish_rate_.burst}});
    refuse({Why::kOverload, "too many publishes on one connection; connect again"});
    return;
  }
  PublishRequest asked;
  asked.app = request.app;
  asked.channel = request.stream;
  asked.key = request.key;
  asked.other_keys = request.other_keys;
  asked.feed = request.feed;
  asked.protocol = protocol();
  asked.peer = peer();
  asked.loopback = loopback();
  asked.format = feed::Format::kRtmp;
  asked.encoder = request.encoder;
  if (PublishGate* const gate = owner_.gate()) {
    const auto answer = gate->ask(asked, [life = life_](const PublishGate::Answer& later) {
      if (*life != nullptr) (*life)->take_answer(later);
    });
    // The session keeps what comes meanwhile, and ends a publish that waits for too long.
    if (!answer) {
      waiting_ = std::move(asked);
      return;
    }
    if (*answer) return refuse(**answer);
  }
  begin(asked);
}

void RtmpConnection::take_answer(const PublishGate::Answer& answer) {
  if (state_ != State::kOpen || !waiting_ || session_.state() != rtmp::Session::State::kPending) return;
  const PublishRequest asked = *std::exchange(waiting_, std::nullopt);
  if (answer) {
    refuse(*answer);
  } else {
    begin(asked);
  }
  arrived_ = clock_.utc();
  after_input(session_.feed({}, clock_.steady()));
}

void RtmpConnection::begin(const PublishRequest& asked) {
  told_.clear();
  const std::variant<FeedSink*, Publisher::Refusal> answer = owner_.publisher().on_publish(asked, *this);
  if (const auto* refusal = std::get_if<Publisher::Refusal>(&answer)) {
    refuse(*refusal);
    return;
  }
  sink_ = std::get<FeedSink*>(answer);
  warned_ = 0;
  ++owner_.counters().publishes;
  ++owner_.counters().publishing;
  // In the status that every encoder waits for: older ones take any other status for the end.
  if (told_.empty()) {
    session_.accept_publish();
  } else {
    session_.accept_publish(told_);
  }
  stream_->set_low_water(kLeastToRead);
  sink_->on_message(feed::Start{feed::Format::kRtmp});
}

void RtmpConnection::refuse(const Publisher::Refusal& refusal) {
  ++owner_.counters().refused;
  if (refusal.why == Why::kDenied || refusal.why == Why::kBadName) {
    ++owner_.counters().denied;
    owner_.on_denied(peer(), loopback());
  }
  session_.refuse_publish(status_code(refusal.why), refusal.text);
}

/// Inspects the message once, for everything after it: what it is, of which track, whether it can be played.
void RtmpConnection::on_media(rtmp::Message&& message) {
  if (sink_ == nullptr) return;
  feed::RtmpMessage out{static_cast<std::uint8_t>(message.type), message.timestamp, arrived_, {}};
  if (message.type == rtmp::Type::kDataAmf0) {
    out.role = rtmp::is_metadata(message.payload.view()) ? feed::Role::kHeader : feed::Role::kOther;
  } else if (const auto summary = rtmp::inspect_tag(message.type, message.payload.view()); !summary.ok()) {
    out.unplayable = true;
  } else {
    if (summary->unplayable && !playable(*summary)) return;
    out.unplayable = summary->unplayable.has_value();
    out.role = role_of(*summary);
    out.track = summary->track;
  }
  ++owner_.counters().messages;
  out.payload = std::move(message.payload);
  sink_->on_message(std::move(out));
}

/// RT-36: the main video of a codec that we cannot play ends the publish with a clear status. Another track is left out
/// by the demuxer, which the worker logs; the message is passed on to it. Encoders that name codecs by FourCC are
/// warned once; older ones take any status after Publish.Start for the end.
bool RtmpConnection::playable(const rtmp::TagSummary& summary) {
  const rtmp::TagSummary::Unplayable& track = *summary.unplayable;
  const std::string text =
      "cannot play " + track.codec + "; send H.264, HEVC, AV1 or VP9 with AAC, Opus, AC-3, E-AC-3, FLAC or MP3";
  if (track.track == 0 && summary.video) {
    ++owner_.counters().unplayable;
    base::log_info("ingest", "publish ended", {{"protocol", protocol()}, {"peer", peer()}, {"why", text}});
    session_.fail_publish(rtmp::status::kRejected, text);
    return false;
  }
  const std::uint64_t bit = std::uint64_t{1} << (std::min<int>(track.track, 31) + (summary.video ? 0 : 32));
  if ((warned_ & bit) != 0) return true;
  warned_ |= bit;
  ++owner_.counters().unplayable;
  if (track.enhanced) {
    session_.warn((summary.video ? "video track " : "audio track ") + std::to_string(track.track) +
                  " is left out: " + text);
  }
  return true;
}

void RtmpConnection::on_publish_end(std::string_view reason) {
  if (sink_ == nullptr) return;
  --owner_.counters().publishing;
  std::exchange(sink_, nullptr)->on_feed_end(reason);
}

/// Requested by the channel; done on a later turn of the loop.
void RtmpConnection::close(std::string_view reason) {
  loop_.post([life = life_, why = std::string(reason)] {
    RtmpConnection* self = *life;
    if (self == nullptr || self->sink_ == nullptr || self->state_ != State::kOpen) return;
    self->session_.fail_publish(rtmp::status::kRejected, why);
    self->send_output();
    if (self->state_ == State::kOpen) self->leave();
  });
}

void RtmpConnection::request_reconnect(std::string_view tc_url, std::string_view why) {
  if (state_ != State::kOpen) return;
  session_.request_reconnect(tc_url, why);
  send_output();
}

}  // namespace ingest
