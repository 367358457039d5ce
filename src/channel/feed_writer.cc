#include "channel/feed_writer.h"

#include <utility>

namespace channel {
namespace {

std::size_t payload_size(const feed::Message& message) {
  if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) return rtmp->payload.size();
  if (const auto* ts = std::get_if<feed::TsBytes>(&message)) return ts->payload.size();
  return 0;
}

// Video that came longer ago than this does not pace the audio any more.
constexpr base::Micros kVideoPause = 200 * base::kMillisecond;

}  // namespace

FeedWriter::FeedWriter(loop::Loop& loop, Options options) : options_(options), hold_(loop, [this] { flush(); }) {}

void FeedWriter::attach(loop::Stream* pipe) {
  pipe_ = pipe;
  held_.clear();
  hold_.stop();
  dropping_ = false;
  dropped_now_ = 0;
  full_since_ = -1;
}

void FeedWriter::write(const feed::Message& message) {
  if (pipe_ == nullptr) return;
  append(message);
  if (!std::holds_alternative<feed::Tick>(message)) {
    flush();
  } else if (!hold_.active()) {
    hold_.start(options_.hold);
  }
}

void FeedWriter::write_media(const feed::Message& message, Role role, base::Micros now) {
  const std::size_t size = payload_size(message);
  if (!admit(size, role, now)) {
    ++counters_.dropped_messages;
    counters_.dropped_bytes += size;
    dropped_now_ += size;
    return;
  }
  if (dropped_now_ > 0 && !dropping_) append(feed::Dropped{std::exchange(dropped_now_, 0)});
  ++counters_.messages;
  append(message);
  if (role != Role::kAudio) {
    last_video_ = now;
    flush();
  } else if (now - last_video_ > kVideoPause) {
    flush();
  } else if (!hold_.active()) {
    hold_.start(options_.hold);
  }
}

void FeedWriter::append(const feed::Message& message) {
  feed::Encoded encoded = feed::encode(message);
  held_.push_back(base::Bytes::adopt(std::move(encoded.header)));
  if (!encoded.payload.empty()) held_.push_back(std::move(encoded.payload));
}

void FeedWriter::flush() {
  hold_.stop();
  if (pipe_ != nullptr) pipe_->write(held_);
  held_.clear();
}

bool FeedWriter::admit(std::size_t size, Role role, base::Micros now) {
  if (pipe_ == nullptr) return false;
  const std::size_t queued = pipe_->queued();
  if (queued == 0) full_since_ = -1;
  if (queued > 0 && full_since_ < 0) full_since_ = now;
  if (role == Role::kHeader) return true;
  if (dropping_) {
    // Only an empty queue says that the worker has caught up; then a key frame is waited for.
    if (queued != 0 || role != Role::kKeyFrame) return false;
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
