#include "ingest/pulled_feeds.h"

namespace ingest {

PulledFeeds::PulledFeeds(loop::Loop& loop, const base::Clock& clock, Publisher& publisher, const Options& options)
    : loop_(loop), clock_(clock), publisher_(publisher), options_(options), calls_(loop, clock) {}

PulledFeeds::~PulledFeeds() = default;

void PulledFeeds::configure(const Sources& sources) {
  // First those that end: a port, or a feed's place in its channel, may change hands.
  std::erase_if(entries_, [&](const auto& entry) {
    const auto wanted = sources.find(entry.first);
    return wanted == sources.end() || !(wanted->second == entry.second.source);
  });
  for (const auto& [name, source] : sources) {
    Entry& entry = entries_[name];
    if (entry.pull) continue;
    entry.source = source;
    entry.pull = make(name.first, name.second, source);
  }
}

std::unique_ptr<Pull> PulledFeeds::make(const std::string& channel, feed::Id feed, const PullSource& source) {
  if (source.kind != PullSource::Kind::kSrt) {
    return std::make_unique<UdpPull>(loop_, clock_, publisher_, channel, feed, source, options_.udp, seeds_());
  }
  return std::make_unique<SrtPull>(loop_, calls_, publisher_, channel, feed, source, options_.srt, seeds_());
}

std::vector<PullStats> PulledFeeds::statistics() const {
  std::vector<PullStats> all;
  for (const auto& [name, entry] : entries_) all.push_back(entry.pull->statistics());
  return all;
}

std::vector<SrtStats> PulledFeeds::socket_statistics() const {
  std::vector<SrtStats> all;
  for (const auto& [name, entry] : entries_) {
    if (auto stats = entry.pull->srt_statistics()) all.push_back(*std::move(stats));
  }
  return all;
}

}  // namespace ingest
