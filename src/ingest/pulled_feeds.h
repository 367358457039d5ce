#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "ingest/publisher.h"
#include "ingest/pull.h"
#include "ingest/pull_source.h"
#include "ingest/srt_calls.h"
#include "ingest/srt_pull.h"
#include "ingest/udp_pull.h"
#include "loop/loop.h"

namespace ingest {

/// All feeds that an instance gets by itself, as its configuration says. Thread: the loop's.
class PulledFeeds {
 public:
  /// By channel and feed.
  using Sources = std::map<std::pair<std::string, feed::Id>, PullSource>;
  struct Options {
    SrtPull::Options srt;
    UdpPull::Options udp;
  };

  /// `clock` and `publisher` outlive this.
  PulledFeeds(loop::Loop& loop, const base::Clock& clock, Publisher& publisher, const Options& options);
  /// Ends all feeds; their sinks hear of it from here.
  ~PulledFeeds();
  PulledFeeds(const PulledFeeds&) = delete;
  PulledFeeds& operator=(const PulledFeeds&) = delete;

  /// These are pulled from now on. One whose source is the same goes on; one whose source is another, or is not among
  /// them, ends, and its sink hears of it from here. REQUIRES: not within a call of `publisher` or of a sink.
  void configure(const Sources& sources);

  std::vector<PullStats> statistics() const;
  /// One entry for each SRT connection, as of the last second.
  std::vector<SrtStats> socket_statistics() const;

 private:
  struct Entry {
    PullSource source;
    std::unique_ptr<Pull> pull;
  };

  std::unique_ptr<Pull> make(const std::string& channel, feed::Id feed, const PullSource& source);

  loop::Loop& loop_;
  const base::Clock& clock_;
  Publisher& publisher_;
  const Options options_;
  std::random_device seeds_;
  SrtCalls calls_;
  std::map<std::pair<std::string, feed::Id>, Entry> entries_;  ///< after calls_, which they use
};

}  // namespace ingest
