#include "ingest/srt_pull.h"

#include <utility>

#include "base/log.h"

namespace ingest {

SrtPull::SrtPull(loop::Loop& loop, SrtCalls& calls, Publisher& publisher, const std::string& channel, feed::Id feed,
                 PullSource source, const Options& options, std::uint32_t seed)
    : calls_(calls),
      source_(std::move(source)),
      options_(options),
      backoff_(options.backoff, seed),
      resolver_(loop),
      timer_(loop, [this] { begin(); }),
      publication_(loop, publisher, channel, feed, source_, [this](const std::string& reason) {
        calls_.hang_up(call_);
        wait(reason);
      }) {
  timer_.start(0);
}

SrtPull::~SrtPull() { calls_.hang_up(call_); }

std::optional<SrtStats> SrtPull::srt_statistics() const {
  const SrtStats* stats = state_ == State::kLive ? calls_.statistics(call_) : nullptr;
  if (stats == nullptr) return std::nullopt;
  SrtStats named = *stats;
  named.channel = publication_.stats.channel;
  named.feed = feed::to_string(publication_.stats.feed);
  return named;
}

void SrtPull::begin() {
  state_ = State::kLookingUp;
  ++publication_.stats.attempts;
  resolver_.start(source_.host, [this](base::Result<loop::Addresses> found) { call(std::move(found)); });
}

void SrtPull::call(base::Result<loop::Addresses> found) {
  if (!found.ok()) return fail(found.error().what);
  SrtCall call;
  call.address = (*found)[next_address_ % found->size()];
  call.port = source_.port;
  const auto parsed = parse_network(call.address);
  listener_ = {parsed.ok() ? parsed->bytes : Address{}.bytes, call.port};
  call.stream_id = source_.stream_id;
  call.passphrase = source_.passphrase;
  call.key_length = source_.key_length;
  call.latency = source_.latency != 0 ? source_.latency : options_.latency;
  call.max_bitrate = options_.max_bitrate;
  state_ = State::kCalling;
  call_ = calls_.call(std::move(call), *this);
}

void SrtPull::on_srt_connected(const SrtAcceptor::Accepted& listener) {
  const bool taken = publication_.begin(listener_.text(), listener_.is_loopback(), "libsrt " + listener.version);
  if (taken) {
    state_ = State::kLive;
    last_failure_.clear();
    return;
  }
  calls_.hang_up(call_);
  fail("the channel does not take it: " + publication_.stats.problem);
}

void SrtPull::on_srt_media(base::Micros arrived, base::Bytes&& bytes, std::uint64_t dropped) {
  publication_.stats.bytes_discarded += dropped;
  publication_.hand_on(arrived, std::move(bytes), dropped);
}

void SrtPull::on_srt_ended(const std::string& reason) {
  if (state_ == State::kCalling) {
    ++next_address_;
    return fail(reason);
  }
  publication_.end(reason);
  wait(reason);
}

void SrtPull::fail(const std::string& why) {
  ++publication_.stats.failures;
  const bool known = std::exchange(last_failure_, why) == why;
  base::log(known ? base::Level::kDebug : base::Level::kWarn, "ingest", "pulled feed not to be had",
            {{"channel", publication_.stats.channel},
             {"feed", feed::to_string(publication_.stats.feed)},
             {"source", publication_.stats.source},
             {"why", why}});
  wait(why);
}

void SrtPull::wait(const std::string& why) {
  publication_.stats.problem = why;
  state_ = State::kWaiting;
  timer_.start(backoff_.next(publication_.take_flowed()));
}

}  // namespace ingest
