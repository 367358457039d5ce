#include "channel/feed_slot.h"

#include <algorithm>
#include <utility>

namespace channel {

/// The slot's side of one publisher's connection.
class FeedSlot::Link final : public ingest::FeedSink {
 public:
  Link(FeedSlot& slot, ingest::Feed& publisher) : feed(publisher), slot_(slot) {}
  void on_message(feed::Message&& message) override { slot_.on_message(*this, message); }
  void on_feed_end(std::string_view reason) override { slot_.on_end(*this, reason); }
  base::Micros spare(base::Micros utc) const override {
    return this == slot_.link_.get() ? slot_.owner_.spare(utc) : 0;
  }

  ingest::Feed& feed;

 private:
  FeedSlot& slot_;
};

FeedSlot::FeedSlot(feed::Id id, const base::Clock& clock, FeedSlotOwner& owner)
    : id_(id), clock_(clock), owner_(owner) {}

FeedSlot::~FeedSlot() = default;

ingest::FeedSink* FeedSlot::take(const ingest::PublishRequest& request, ingest::Feed& feed) {
  if (link_) {
    ++counters_.takeovers;
    link_->feed.close("another publisher took over");
    leaving_.push_back(std::move(link_));
  }
  ++counters_.publishes;
  link_ = std::make_unique<Link>(*this, feed);
  asked_ = publisher_ = request;
  publisher_.key.clear();
  publisher_.other_keys.clear();
  since_ = clock_.utc();
  last_media_ = flowing_since_ = clock_.steady();
  has_media_ = closing_ = false;
  format_.reset();
  headers_.clear();
  return link_.get();
}

bool FeedSlot::close(std::string_view reason) {
  if (!link_ || std::exchange(closing_, true)) return false;
  link_->feed.close(reason);
  return true;
}

void FeedSlot::end_silence(base::Micros limit) {
  if (!link_ || closing_ || silence() < limit) return;
  ++counters_.silences;
  close("no media for " + std::to_string(limit / base::kSecond) + " s");
}

base::Micros FeedSlot::silence() const { return link_ ? clock_.steady() - last_media_ : 0; }

void FeedSlot::on_message(const Link& link, const feed::Message& message) {
  if (&link != link_.get()) return;
  if (const auto* start = std::get_if<feed::Start>(&message)) {
    format_ = start->format;
  } else if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) {
    note(*rtmp);
  } else if (const auto* ts = std::get_if<feed::TsBytes>(&message)) {
    counters_.bytes += ts->payload.size();
    if (feed::is_media(ts->role)) note_media();
  }
  owner_.on_feed(*this, message);
}

void FeedSlot::note(const feed::RtmpMessage& message) {
  counters_.bytes += message.payload.size();
  if (message.type == feed::kRtmpVideo) ++counters_.video_messages;
  if (message.type == feed::kRtmpAudio) ++counters_.audio_messages;
  if (message.unplayable) ++counters_.unplayable_messages;
  if (message.role == feed::Role::kHeader) headers_.note(message);
  if (feed::is_media(message.role)) note_media();
}

void FeedSlot::note_media() {
  const base::Micros now = clock_.steady();
  if (silent()) flowing_since_ = now;
  last_media_ = now;
  has_media_ = true;
}

FeedState FeedSlot::state() const {
  return {occupied() && !closing_, has_media_, silence(), link_ ? clock_.steady() - flowing_since_ : 0};
}

void FeedSlot::on_end(const Link& link, std::string_view reason) {
  if (&link != link_.get()) {
    std::erase_if(leaving_, [&](const auto& leaving) { return leaving.get() == &link; });
    return;
  }
  link_.reset();
  since_ = 0;
  format_.reset();
  owner_.on_feed_gone(*this, reason);
}

}  // namespace channel
