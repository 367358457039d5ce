#include "channel/feed_writer.h"

#include <utility>

namespace channel {
namespace {

// Video that came longer ago than this does not pace the audio any more.
constexpr base::Micros kVideoPause = 200 * base::kMillisecond;

}  // namespace

FeedWriter::FeedWriter(Alarms& alarms, Options options) : options_(options), hold_(alarms.make([this] { flush(); })) {}

void FeedWriter::attach(FeedPipe* pipe) {
  pipe_ = pipe;
  held_.clear();
  held_bytes_ = 0;
  hold_->stop();
  for (PerFeed& feed : feeds_) {
    feed.dropping = false;
    feed.dropped_now = 0;
  }
  full_since_ = -1;
}

void FeedWriter::write(feed::Id feed, const feed::Message& message, base::Micros now) {
  if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) {
    write_media(feed, message, rtmp->payload.size(), rtmp->role, now);
    return;
  }
  if (const auto* ts = std::get_if<feed::TsBytes>(&message)) {
    write_media(feed, message, ts->payload.size(), ts->role, now);
    return;
  }
  if (pipe_ == nullptr) return;
  append(feed, message);
  if (const auto* tick = std::get_if<feed::Tick>(&message)) {
    hold(early(tick->utc) + options_.hold);
  } else {
    flush();
  }
}

void FeedWriter::write_media(feed::Id feed, const feed::Message& message, std::size_t size, feed::Role role,
                             base::Micros now) {
  PerFeed& state = feeds_[feed::index(feed)];
  if (role == feed::Role::kKeyFrame || role == feed::Role::kFrame) state.last_video = now;
  if (!admit(feed, size, role, now)) {
    ++counters_.dropped_messages;
    counters_.dropped_bytes += size;
    state.dropped_now += size;
    return;
  }
  if (state.dropped_now > 0 && !state.dropping) append(feed, feed::Dropped{std::exchange(state.dropped_now, 0)});
  ++counters_.messages;
  append(feed, message);
  const auto* rtmp = std::get_if<feed::RtmpMessage>(&message);
  const bool may_wait = rtmp != nullptr && (role == feed::Role::kFrame || role == feed::Role::kAudio);
  const base::Micros wait = may_wait && held_bytes_ < options_.most_held ? early(rtmp->arrived) : 0;
  if (wait > 0) {
    hold(wait + options_.hold);
  } else if (role != feed::Role::kAudio || now - state.last_video > kVideoPause) {
    flush();
  } else {
    hold(options_.hold);
  }
}

base::Micros FeedWriter::early(base::Micros arrived) const {
  if (pipe_ == nullptr) return 0;
  const base::Micros due = pipe_->due();
  return due > arrived && due - arrived <= options_.most_early ? due - arrived : 0;
}

/// What is held goes out after this time at the latest, or when it was to go out before.
void FeedWriter::hold(base::Micros time) {
  if (!hold_->active()) hold_->start(time);
}

void FeedWriter::append(feed::Id feed, const feed::Message& message) {
  feed::Encoded encoded = feed::encode(feed, message);
  held_bytes_ += encoded.header.size() + encoded.payload.size();
  held_.push_back(base::Bytes::adopt(std::move(encoded.header)));
  if (!encoded.payload.empty()) held_.push_back(std::move(encoded.payload));
}

void FeedWriter::flush() {
  hold_->stop();
  if (pipe_ != nullptr) pipe_->write(held_);
  held_.clear();
  held_bytes_ = 0;
}

bool FeedWriter::admit(feed::Id feed, std::size_t size, feed::Role role, base::Micros now) {
  if (pipe_ == nullptr) return false;
  PerFeed& state = feeds_[feed::index(feed)];
  const std::size_t queued = pipe_->queued();
  if (queued == 0) full_since_ = -1;
  if (queued > 0 && full_since_ < 0) full_since_ = now;
  if (role == feed::Role::kHeader) return true;
  if (state.dropping) {
    // Only an empty queue says that the worker has caught up; then a key frame is waited for, or any frame of
    // a feed that has no video.
    const bool audio_alone = role == feed::Role::kAudio && now - state.last_video > kVideoPause;
    if (queued != 0 || (role != feed::Role::kKeyFrame && !audio_alone)) return false;
    state.dropping = false;
    return true;
  }
  const int share = feed == shown_ ? 1 : 2;
  const bool full = queued + size > options_.most_bytes / static_cast<std::size_t>(share) ||
                    (full_since_ >= 0 && now - full_since_ > options_.most_time / share);
  if (!full) return true;
  state.dropping = true;
  ++counters_.drops;
  return false;
}

}  // namespace channel
