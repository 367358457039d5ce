#include "ingest/srt_listener.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "ingest/stream_id.h"
#include "ingest/ts_media.h"

namespace ingest {
namespace {

constexpr base::Micros kSrtPruneEvery = 60 * base::kSecond;

PublishRequest request_of(const SrtAcceptor::Accepted& caller) {
  PublishRequest request;
  if (auto id = parse_stream_id(caller.stream_id)) {
    request.app = id->app;
    request.channel = id->channel;
    request.key = id->key;
    request.other_keys = id->other_keys;
    request.feed = id->feed;
  }
  request.protocol = "srt";
  request.peer = caller.peer.text();
  request.loopback = caller.peer.is_loopback();
  request.format = feed::Format::kMpegTs;
  request.encoder = "libsrt " + caller.version;
  return request;
}

}  // namespace

std::uint64_t SrtCounters::denied() const {
  std::uint64_t denied = failed_handshakes;
  for (const SrtReject code : {SrtReject::kSyntax, SrtReject::kUnauthorized, SrtReject::kNotFound}) {
    const auto found = refused.find(code);
    if (found != refused.end()) denied += found->second;
  }
  return denied;
}

/// One publisher on the loop's side.
class SrtListener::SrtFeed final : public Feed {
 public:
  SrtFeed(SrtArrival&& arrival, PublishRequest asked, feed::Id of, SrtThread& owner)
      : id(arrival.id),
        request(std::move(asked)),
        feed(of),
        encrypted(arrival.caller.encryption == SrtEncryption::kSecured),
        backlog(std::move(arrival.backlog)),
        thread_(owner) {}

  void close(std::string_view reason) override {
    closing = true;
    thread_.close(id, std::string(reason));
  }

  /// What came before it was let in; it stays on the backlog's account.
  struct Early {
    base::Micros arrived = 0;
    base::Bytes bytes;
    std::uint64_t dropped = 0;
  };

  const std::uint64_t id;
  PublishRequest request;  ///< without its keys once it is let in
  const feed::Id feed;
  const bool encrypted;
  const std::shared_ptr<SrtBacklog> backlog;  ///< shared with the thread: see there
  FeedSink* sink = nullptr;                   ///< null: it waits to be let in
  std::vector<Early> early;
  bool closing = false;  ///< the channel does not want what still comes

 private:
  SrtThread& thread_;
};

base::Result<std::unique_ptr<SrtListener>> SrtListener::make(loop::Loop& loop, const base::Clock& clock,
                                                             Publisher& publisher,
                                                             std::shared_ptr<const SrtPolicy> policy,
                                                             const Options& options) {
  std::unique_ptr<SrtListener> listener(new SrtListener(loop, clock, publisher, std::move(policy), options));
  TRY(std::unique_ptr<SrtAcceptor> acceptor, SrtAcceptor::make(options.socket, listener->gate_, clock));
  listener->port_ = acceptor->port();
  listener->features_ = srt_features();
  SrtThreadSink& sink = *listener;
  listener->thread_ = std::make_unique<SrtThread>(options.thread, std::move(acceptor), clock, sink);
  // SR-18, SR-19: what this build of the library lacks is said here, not found out by an encoder. Its version is 1.5.1
  // with and without Debian's fixes of CVE-2026-55868 and CVE-2026-55869: only the package's version tells.
  base::log_info("ingest", "SRT listening",
                 {{"host", options.socket.host},
                  {"port", listener->port_},
                  {"libsrt", listener->features_.version},
                  {"security_fixes", "dpkg-query -W libsrt1.5-gnutls has to say 1.5.1-1+deb12u2 or later"},
                  {"bonding", listener->features_.bonding},
                  {"aead", listener->features_.aead}});
  return listener;
}

SrtListener::SrtListener(loop::Loop& loop, const base::Clock& clock, Publisher& publisher,
                         std::shared_ptr<const SrtPolicy> policy, const Options& options)
    : clock_(clock),
      publisher_(publisher),
      publish_gate_(options.gate),
      gate_(std::move(policy), options.peers),
      life_(std::make_shared<SrtListener*>(this)),
      mailbox_(loop) {}

SrtListener::~SrtListener() {
  *life_ = nullptr;
  gate_.close();
  const std::unique_ptr<SrtThread> ended = std::move(thread_);
  while (!feeds_.empty()) retire(feeds_.begin()->first, "server stops");
}

void SrtListener::set_occupied(FeedNames feeds) { gate_.set_live(std::make_shared<const FeedNames>(std::move(feeds))); }

void SrtListener::set_full(std::optional<std::set<std::string, std::less<>>> but_for) {
  using Names = std::set<std::string, std::less<>>;
  gate_.set_full(but_for ? std::make_shared<const Names>(*std::move(but_for)) : nullptr);
}

SrtCounters SrtListener::statistics() const {
  SrtCounters counters = counters_;
  counters.publishing = static_cast<std::uint64_t>(
      std::count_if(feeds_.begin(), feeds_.end(), [](const auto& entry) { return entry.second->sink != nullptr; }));
  for (const SrtReject code : kSrtRejects) counters.refused[code] = gate_.refused(code);
  return counters;
}

std::vector<SrtStats> SrtListener::socket_statistics() const {
  std::vector<SrtStats> all;
  for (const auto& [id, stats] : stats_) {
    const auto feed = feeds_.find(id);
    if (feed == feeds_.end() || feed->second->sink == nullptr) continue;
    all.push_back(stats);
    all.back().channel = feed->second->request.channel;
    all.back().feed = feed::to_string(feed->second->feed);
  }
  return all;
}

void SrtListener::on_srt_arrival(SrtArrival arrival) {
  auto shared = std::make_shared<SrtArrival>(std::move(arrival));  // std::function copies its captures
  mailbox_.post([this, shared] { admit(std::move(*shared)); });
}

void SrtListener::on_srt_bytes(std::uint64_t id, base::Micros arrived, base::Bytes bytes, std::uint64_t dropped) {
  mailbox_.post([this, id, arrived, bytes = std::move(bytes), dropped]() mutable {
    deliver(id, arrived, std::move(bytes), dropped);
  });
}

void SrtListener::on_srt_end(std::uint64_t id, std::string reason) {
  mailbox_.post([this, id, reason = std::move(reason)] { retire(id, reason); });
}

void SrtListener::on_srt_stats(std::map<std::uint64_t, SrtStats> stats) {
  mailbox_.post([this, stats = std::move(stats)]() mutable {
    stats_ = std::move(stats);
    if (const base::Micros now = clock_.steady(); now - pruned_ > kSrtPruneEvery) {
      pruned_ = now;
      gate_.prune(now);
    }
  });
}

void SrtListener::on_srt_failed_handshakes(std::uint64_t callers) {
  mailbox_.post([this, callers] { counters_.failed_handshakes += callers; });
}

void SrtListener::admit(SrtArrival&& arrival) {
  ++counters_.accepted;
  PublishRequest request = request_of(arrival.caller);
  const feed::Id of = gate_.feed_of(request);
  const std::uint64_t id = arrival.id;
  SrtFeed& feed = *(feeds_[id] = std::make_unique<SrtFeed>(std::move(arrival), std::move(request), of, *thread_));
  if (publish_gate_ == nullptr) return begin(id);
  const auto answer = publish_gate_->ask(feed.request, [life = life_, id](const PublishGate::Answer& later) {
    if (*life != nullptr) (*life)->take_answer(id, later);
  });
  if (answer) take_answer(id, *answer);
}

void SrtListener::take_answer(std::uint64_t id, const PublishGate::Answer& answer) {
  if (!feeds_.contains(id)) return;  // the caller has gone
  if (answer) {
    refuse(id, *answer);
  } else {
    begin(id);
  }
}

void SrtListener::begin(std::uint64_t id) {
  SrtFeed& feed = *feeds_.at(id);
  const auto answer = publisher_.on_publish(feed.request, feed);
  if (const auto* refusal = std::get_if<Publisher::Refusal>(&answer)) return refuse(id, *refusal);
  ++counters_.publishes;
  feed.sink = std::get<FeedSink*>(answer);
  feed.request.key.clear();
  feed.request.other_keys.clear();
  base::log_info("ingest", "SRT publisher",
                 {{"channel", feed.request.channel},
                  {"peer", feed.request.peer},
                  {"encoder", feed.request.encoder},
                  {"encrypted", feed.encrypted}});
  feed.sink->on_message(feed::Start{feed::Format::kMpegTs});
  for (SrtFeed::Early& early : std::exchange(feed.early, {}))
    deliver(id, early.arrived, std::move(early.bytes), early.dropped);
}

void SrtListener::refuse(std::uint64_t id, const Publisher::Refusal& refusal) {
  // The handshake is over, so the reason can no longer be sent to the caller.
  ++counters_.late_refusals;
  const auto node = feeds_.extract(id);
  const PublishRequest& request = node.mapped()->request;
  // Refusals for a limit are logged where the limit is, at a limited rate: there may be very many.
  if (refusal.why != Publisher::Refusal::Why::kOverload) {
    base::log_warn("ingest", "SRT publisher closed",
                   {{"channel", request.channel}, {"peer", request.peer}, {"why", refusal.text}});
  }
  thread_->close(id, refusal.text);
}

void SrtListener::deliver(std::uint64_t id, base::Micros arrived, base::Bytes&& bytes, std::uint64_t dropped) {
  const auto found = feeds_.find(id);
  if (found == feeds_.end()) return;
  SrtFeed& feed = *found->second;
  if (feed.sink == nullptr) {
    feed.early.push_back({arrived, std::move(bytes), dropped});
    return;
  }
  feed.backlog->queued -= bytes.size();
  counters_.bytes_discarded += dropped;
  if (feed.closing) return;
  counters_.bytes += bytes.size();
  if (dropped != 0) feed.sink->on_message(feed::Dropped{dropped});
  // The sink may have closed the feed, but a later message destroys it.
  if (feed.closing) return;
  const feed::Role role = carries_media(bytes.view()) ? feed::Role::kKeyFrame : feed::Role::kOther;
  feed.sink->on_message(feed::TsBytes{arrived, std::move(bytes), role});
}

void SrtListener::retire(std::uint64_t id, std::string_view reason) {
  auto node = feeds_.extract(id);
  if (node.empty()) return;
  stats_.erase(id);
  if (node.mapped()->sink == nullptr) return;  // it was never let in
  base::log_info("ingest", "SRT publisher gone", {{"channel", node.mapped()->request.channel}, {"why", reason}});
  node.mapped()->sink->on_feed_end(reason);
}

}  // namespace ingest
