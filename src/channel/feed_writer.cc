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
  hold_->stop();
  dropping_ = false;
  dropped_now_ = 0;
  full_since_ = -1;
}

void FeedWriter::write(const feed::Message& message, base::Micros now) {
  if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) {
    write_media(message, rtmp->payload.size(), rtmp->role, now);
    return;
  }
  if (const auto* ts = std::get_if<feed::TsBytes>(&message)) {
    write_media(message, ts->payload.size(), ts->role, now);
    return;
  }
  if (pipe_ == nullptr) return;
  append(message);
  if (!std::holds_alternative<feed::Tick>(message)) {
    flush();
  } else if (!hold_->active()) {
    hold_->start(options_.hold);
  }
}

void FeedWriter::write_media(const feed::Message& message, std::size_t size, feed::Role role, base::Micros now) {
  if (role == feed::Role::kKeyFrame || role == feed::Role::kFrame) last_video_ = now;
  if (!admit(size, role, now)) {
    ++counters_.dropped_messages;
    counters_.dropped_bytes += size;
    dropped_now_ += size;
    return;
  }
  if (dropped_now_ > 0 && !dropping_) append(feed::Dropped{std::exchange(dropped_now_, 0)});
  ++counters_.messages;
  append(message);
  if (role != feed::Role::kAudio || now - last_video_ > kVideoPause) {
    flush();
  } else if (!hold_->active()) {
    hold_->start(options_.hold);
  }
}

void FeedWriter::append(const feed::Message& message) {
  feed::Encoded encoded = feed::encode(message);
  held_.push_back(base::Bytes::adopt(std::move(encoded.header)));
  if (!encoded.payload.empty()) held_.push_back(std::move(encoded.payload));
}

void FeedWriter::flush() {
  hold_->stop();
  if (pipe_ != nullptr) pipe_->write(held_);
  held_.clear();
}

bool FeedWriter::admit(std::size_t size, feed::Role role, base::Micros now) {
  if (pipe_ == nullptr) return false;
  const std::size_t queued = pipe_->queued();
  if (queued == 0) full_since_ = -1;
  if (queued > 0 && full_since_ < 0) full_since_ = now;
  if (role == feed::Role::kHeader) return true;
  if (dropping_) {
    // Only an empty queue says that the worker has caught up; then a key frame is waited for, or any frame of
    // a feed that has no video.
    const bool audio_alone = role == feed::Role::kAudio && now - last_video_ > kVideoPause;
    if (queued != 0 || (role != feed::Role::kKeyFrame && !audio_alone)) return false;
    dropping_ = false;
    return true;
  }
  const bool full = queued + size > options_.most_bytes || (full_since_ >= 0 && now - full_since_ > options_.most_time);
  if (!full) return true;
  dropping_ = true;
  ++counters_.drops;
  return false;
}

}  // namespace channel
