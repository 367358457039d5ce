#include "ingest/udp_pull.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "ingest/ts_media.h"

namespace ingest {

UdpPull::UdpPull(loop::Loop& loop, const base::Clock& clock, Publisher& publisher, const std::string& channel,
                 feed::Id feed, PullSource source, const Options& options, std::uint32_t seed)
    : loop_(loop),
      clock_(clock),
      source_(std::move(source)),
      options_(options),
      backoff_(options.backoff, seed),
      publication_(loop, publisher, channel, feed, source_, [this](const std::string&) { refuse(); }),
      timer_(loop, [this] {
        if (receiver_) return watch();
        open();
      }) {
  for (const std::string& text : source_.sources) {
    if (const auto network = parse_network(text); network.ok()) sources_.push_back(*network);
  }
  open();
}

PullStats UdpPull::statistics() const {
  PullStats stats = publication_.stats;
  stats.rtp_lost = order_.counters().lost;
  stats.rtp_reordered = order_.counters().reordered;
  stats.rtp_repeated = order_.counters().repeated;
  return stats;
}

void UdpPull::open() {
  ++publication_.stats.attempts;
  loop::UdpReceiver::Options options;
  options.host = source_.host;
  options.port = source_.port;
  options.interface = source_.interface;
  options.sources = source_.sources;
  auto made = loop::UdpReceiver::make(loop_, options, *this);
  if (!made.ok()) {
    ++publication_.stats.failures;
    publication_.stats.problem = made.error().what;
    warn(made.error().what);
    return timer_.start(backoff_.next(0));
  }
  receiver_ = made.take();
  publication_.stats.problem.clear();
  base::log_info("ingest", "pulled feed awaited",
                 {{"channel", publication_.stats.channel},
                  {"feed", feed::to_string(publication_.stats.feed)},
                  {"source", publication_.stats.source},
                  {"buffer_bytes", receiver_->buffer_bytes()}});
  const base::Micros look = std::min(options_.silence, base::kSecond);
  timer_.start(look, look);
}

/// Ends a feed that has fallen silent.
void UdpPull::watch() {
  if (!publication_.live() || clock_.steady() - heard_ < options_.silence) return;
  order_.flush(bytes_);
  hand_on();
  publication_.end("no datagrams for " + std::to_string(options_.silence / base::kMillisecond) + " ms");
}

void UdpPull::on_datagrams(std::span<const loop::Datagram> datagrams, std::uint64_t lost) {
  publication_.stats.datagrams += datagrams.size();
  publication_.stats.datagrams_lost += lost;
  for (const loop::Datagram& datagram : datagrams) take(address_of(datagram.from), datagram.bytes);
  hand_on();
}

/// Only what is a transport stream has a say: anybody can send to this port.
void UdpPull::take(const Address& from, base::View datagram) {
  if (source_.kind != PullSource::Kind::kRtp) {
    if (!is_transport_stream(datagram)) {
      ++publication_.stats.datagrams_foreign;
    } else if (accept(from)) {
      bytes_.insert(bytes_.end(), datagram.begin(), datagram.end());
    }
    return;
  }
  const auto packet = parse_rtp(datagram);
  if (!packet.ok()) {
    if (packet.error().code != base::Code::kUnsupported) ++publication_.stats.rtp_malformed;
  } else if (!is_transport_stream(packet->payload)) {
    ++publication_.stats.datagrams_foreign;
  } else if (accept(from)) {
    order_.feed(*packet, heard_, bytes_);
  }
}

/// Whether a datagram's sender is the one that is listened to, or may take its place.
bool UdpPull::accept(const Address& from) {
  const auto includes = [&](const Network& network) { return network.contains(from); };
  const base::Micros now = clock_.steady();
  const bool same = from.bytes == sender_.bytes && from.port == sender_.port;
  const bool allowed = sources_.empty() || std::any_of(sources_.begin(), sources_.end(), includes);
  const bool busy = publication_.live() || !bytes_.empty();
  if (!allowed || (!same && busy && now - heard_ < options_.sender_silence)) {
    ++publication_.stats.datagrams_foreign;
    return false;
  }
  if (!same && publication_.live()) {
    order_.flush(bytes_);
    hand_on();
    publication_.end("another sender, " + from.text() + ", took its place");
  }
  sender_ = from;
  heard_ = now;
  return true;
}

void UdpPull::hand_on() {
  if (bytes_.empty()) return;
  std::vector<std::uint8_t> bytes = std::exchange(bytes_, {});
  if (!publication_.live()) {
    if (clock_.steady() < refused_until_) return;
    if (!publication_.begin(sender_.text(), sender_.is_loopback(), "")) {
      warn("the channel does not take it: " + publication_.stats.problem);
      return refuse();
    }
    last_problem_.clear();
  }
  publication_.hand_on(clock_.utc(), base::Bytes::adopt(std::move(bytes)), 0);
}

/// The channel does not want it, or no longer: what comes is left out for a while.
void UdpPull::refuse() { refused_until_ = clock_.steady() + backoff_.next(publication_.take_flowed()); }

void UdpPull::warn(const std::string& why) {
  const bool known = std::exchange(last_problem_, why) == why;
  base::log(known ? base::Level::kDebug : base::Level::kWarn, "ingest", "pulled feed not to be had",
            {{"channel", publication_.stats.channel},
             {"feed", feed::to_string(publication_.stats.feed)},
             {"source", publication_.stats.source},
             {"why", why}});
}

}  // namespace ingest
