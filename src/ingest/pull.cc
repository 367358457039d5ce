#include "ingest/pull.h"

#include <utility>

#include "base/log.h"
#include "ingest/ts_media.h"

namespace ingest {

PullPublication::PullPublication(loop::Loop& loop, Publisher& publisher, const std::string& channel, feed::Id feed,
                                 const PullSource& source, std::function<void(const std::string&)> on_closed)
    : publisher_(publisher), on_closed_(std::move(on_closed)), closing_(loop, [this] {
        const std::string reason = close_reason_;
        end(reason);
        on_closed_(reason);
      }) {
  stats.channel = channel;
  stats.feed = feed;
  stats.protocol = source.protocol();
  stats.source = source.place();
}

PullPublication::~PullPublication() { end("the server stops, or its configuration has another source"); }

bool PullPublication::begin(const std::string& peer, bool loopback, const std::string& encoder) {
  PublishRequest request;
  request.app = "live";
  request.channel = stats.channel;
  request.feed = feed::to_string(stats.feed);
  request.protocol = stats.protocol;
  request.peer = peer;
  request.loopback = loopback;
  request.pulled = true;
  request.format = feed::Format::kMpegTs;
  request.encoder = encoder;
  auto answer = publisher_.on_publish(request, *this);
  if (const auto* refusal = std::get_if<Publisher::Refusal>(&answer)) {
    ++stats.refusals;
    stats.problem = refusal->text;
    return false;
  }
  ++stats.publishes;
  stats.live = true;
  stats.problem.clear();
  first_media_ = last_media_ = 0;
  sink_ = std::get<FeedSink*>(answer);
  base::log_info("ingest", "pulled feed",
                 {{"channel", stats.channel}, {"feed", request.feed}, {"source", stats.source}, {"peer", peer}});
  sink_->on_message(feed::Start{feed::Format::kMpegTs});
  return true;
}

void PullPublication::hand_on(base::Micros arrived, base::Bytes bytes, std::uint64_t dropped) {
  // The sink may have closed the feed, which ends on a later turn.
  if (closing_.active()) return;
  stats.bytes += bytes.size();
  if (dropped != 0) sink_->on_message(feed::Dropped{dropped});
  const bool media = carries_media(bytes.view());
  if (media && first_media_ == 0) first_media_ = arrived;
  if (media) last_media_ = arrived;
  sink_->on_message(feed::TsBytes{arrived, std::move(bytes), media ? feed::Role::kKeyFrame : feed::Role::kOther});
}

void PullPublication::end(const std::string& reason) {
  if (!live()) return;
  closing_.stop();
  stats.live = false;
  stats.problem = reason;
  base::log_info(
      "ingest", "pulled feed gone",
      {{"channel", stats.channel}, {"feed", feed::to_string(stats.feed)}, {"source", stats.source}, {"why", reason}});
  std::exchange(sink_, nullptr)->on_feed_end(reason);
}

base::Micros PullPublication::take_flowed() {
  const base::Micros flowed = last_media_ - first_media_;
  first_media_ = last_media_ = 0;
  return flowed;
}

void PullPublication::close(std::string_view reason) {
  close_reason_ = reason;
  closing_.start(0);
}

}  // namespace ingest
