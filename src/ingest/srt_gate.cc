#include "ingest/srt_gate.h"

#include <algorithm>
#include <utility>

#include "ingest/stream_id.h"

namespace ingest {
namespace {

using Refusal = SrtGate::Refusal;

SrtReject code_of(const base::Error& error) {
  return error.code == base::Code::kUnsupported ? SrtReject::kMedia : SrtReject::kSyntax;
}

SrtReject code_of(Publisher::Refusal::Why why) {
  switch (why) {
    case Publisher::Refusal::Why::kDenied: return SrtReject::kUnauthorized;
    case Publisher::Refusal::Why::kBusy: return SrtReject::kConflict;
    case Publisher::Refusal::Why::kNotFound: return SrtReject::kNotFound;
    case Publisher::Refusal::Why::kBadName: return SrtReject::kSyntax;
    case Publisher::Refusal::Why::kOverload: return SrtReject::kOverload;
  }
  return SrtReject::kInternal;
}

PublishRequest request_of(const StreamId& id, const Address& peer) {
  PublishRequest request;
  request.app = id.app;
  request.channel = id.channel;
  request.key = id.key;
  request.other_keys = id.other_keys;
  request.feed = id.feed;
  request.protocol = "srt";
  request.peer = peer.text();
  request.loopback = peer.is_loopback();
  request.format = feed::Format::kMpegTs;
  return request;
}

std::optional<Refusal> check_mode(const StreamId& id, const SrtPolicy& policy) {
  if (id.mode == StreamId::Mode::kPublish) return std::nullopt;
  // Bidirectional live transmission does not exist; playing over SRT is not offered.
  if (!id.mode_given && policy.publish_without_mode) return std::nullopt;
  return Refusal{SrtReject::kBadMode, "m=publish is needed"};
}

}  // namespace

const SrtChannel& SrtPolicy::channel(std::string_view name) const {
  static const SrtChannel kDefaults;
  auto found = channels.find(name);
  if (found == channels.end()) found = channels.find("*");
  return found == channels.end() ? kDefaults : found->second;
}

SrtGate::SrtGate(std::shared_ptr<const SrtPolicy> policy, const loop::PeerLimits::Options& limits)
    : policy_(std::move(policy)), live_(std::make_shared<const FeedNames>()), limits_(limits) {}

std::variant<SrtGate::Admission, SrtGate::Refusal> SrtGate::decide(std::string_view stream_id, const Address& peer,
                                                                   base::Micros now) {
  if (closed_) return count({SrtReject::kDown, "the server is stopping"});
  const std::string peer_text = peer.text();
  std::shared_ptr<const SrtPolicy> policy;
  std::shared_ptr<const FeedNames> live;
  std::shared_ptr<const Names> accepted_when_full;
  {
    const std::lock_guard lock(mutex_);
    policy = policy_;
    live = live_;
    accepted_when_full = full_but_for_;
    // Connections are counted by the listener, and all their peers share one port: only how fast they come matters
    // here.
    if (!limits_.admit(peer_text, peer.is_loopback(), now)) return count({SrtReject::kOverload, "too many callers"});
    limits_.leave(peer_text, peer.is_loopback());
  }
  auto id = parse_stream_id(stream_id);
  if (!id) return count({code_of(id.error()), id.error().what});
  if (auto refusal = check_mode(*id, *policy)) return count(std::move(*refusal));
  const SrtChannel& channel = policy->channel(id->channel);
  const bool allowed =
      channel.allow.empty() || std::any_of(channel.allow.begin(), channel.allow.end(),
                                           [&](const Network& network) { return network.contains(peer); });
  if (!allowed) return count({SrtReject::kForbidden, "this address may not publish to " + id->channel});
  Admission admission{request_of(*id, peer), channel};
  const auto checked = policy->keys.check(admission.request);
  if (const auto* refusal = std::get_if<Publisher::Refusal>(&checked)) {
    // A bad name may be a key in the wrong place.
    const bool guessed =
        refusal->why == Publisher::Refusal::Why::kDenied || refusal->why == Publisher::Refusal::Why::kBadName;
    if (guessed) note_failure(peer, now);
    return count({code_of(refusal->why), refusal->text});
  }
  const feed::Id feed = std::get<feed::Id>(checked);
  if (live->contains({id->channel, feed}) && !channel.takeover) {
    return count({SrtReject::kConflict,
                  "feed " + std::string(feed::to_string(feed)) + " of " + id->channel + " has a publisher"});
  }
  if (accepted_when_full && !policy->channels.contains(id->channel) && !accepted_when_full->contains(id->channel)) {
    return count({SrtReject::kOverload, "the server takes no further channel now"});
  }
  return admission;
}

feed::Id SrtGate::feed_of(const PublishRequest& request) const {
  std::shared_ptr<const SrtPolicy> policy;
  {
    const std::lock_guard lock(mutex_);
    policy = policy_;
  }
  const auto checked = policy->keys.check(request);
  const auto* feed = std::get_if<feed::Id>(&checked);
  return feed != nullptr ? *feed : feed::Id::kPrimary;
}

void SrtGate::note_failure(const Address& peer, base::Micros now) {
  const std::lock_guard lock(mutex_);
  limits_.note_failure(peer.text(), peer.is_loopback(), now);
}

SrtGate::Refusal SrtGate::count(Refusal refusal) {
  const auto index = std::find(kSrtRejects.begin(), kSrtRejects.end(), refusal.code) - kSrtRejects.begin();
  ++refused_[static_cast<std::size_t>(index)];
  return refusal;
}

std::uint64_t SrtGate::refused(SrtReject code) const {
  const auto index = std::find(kSrtRejects.begin(), kSrtRejects.end(), code) - kSrtRejects.begin();
  return refused_[static_cast<std::size_t>(index)];
}

void SrtGate::set_policy(std::shared_ptr<const SrtPolicy> policy) {
  const std::lock_guard lock(mutex_);
  policy_ = std::move(policy);
}

void SrtGate::set_live(std::shared_ptr<const FeedNames> live) {
  const std::lock_guard lock(mutex_);
  live_ = std::move(live);
}

void SrtGate::set_full(std::shared_ptr<const Names> but_for) {
  const std::lock_guard lock(mutex_);
  full_but_for_ = std::move(but_for);
}

void SrtGate::prune(base::Micros now) {
  const std::lock_guard lock(mutex_);
  limits_.prune(now);
}

}  // namespace ingest
