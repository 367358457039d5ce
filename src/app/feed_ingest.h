#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/publish_admission.h"
#include "base/clock.h"
#include "base/result.h"
#include "channel/channels.h"
#include "config/config.h"
#include "events/event.h"
#include "ingest/pulled_feeds.h"
#include "ingest/rtmp_listener.h"
#include "ingest/srt_listener.h"
#include "loop/loop.h"
#include "loop/mailbox.h"
#include "metrics/exposition.h"
#include "tls/context.h"

namespace app {

/// Where feeds come in: the ports of publishers, the operator's program that is asked about them, and the feeds that
/// the server gets by itself. When it goes, the channels are told that all of its publishers have gone.
/// Thread: the control loop's.
class FeedIngest {
 public:
  /// All outlive it.
  struct Context {
    loop::Loop& loop;
    const base::Clock& clock;
    loop::Mailbox& control;
    events::Sink& events;
    channel::Channels& channels;
  };

  /// Opens the ports. `rtmps`: for RTMPS. Errors: kSystem, naming the port; what `config` says of keys is wrong.
  static base::Result<std::unique_ptr<FeedIngest>> start(const Context& context, const config::Config& config,
                                                         std::shared_ptr<const tls::Context> rtmps);
  FeedIngest(const FeedIngest&) = delete;
  FeedIngest& operator=(const FeedIngest&) = delete;

  /// A configuration that was read again. `policy`: of it.
  void configure(const config::Config& config, std::shared_ptr<const ingest::SrtPolicy> policy,
                 std::shared_ptr<const tls::Context> rtmps);
  /// Which channels have a publisher, or whether there is room for more, has changed.
  void note_occupied();
  /// Nobody new is let in, and publishers are asked to go elsewhere.
  void stop();
  /// What is known of the network that a feed comes over; nothing of RTMP.
  struct Network {
    std::optional<ingest::SrtStats> srt;
    std::optional<ingest::PullStats> pull;  ///< of a feed that the server gets by itself
  };
  Network network_of(const std::string& channel, feed::Id feed) const;
  /// Writes its part of the metrics; adds to `publishers_denied`.
  void report(metrics::Instance& to) const;

 private:
  FeedIngest(const Context& context, const config::Config& config);

  base::Status listen(const config::Config& config, std::shared_ptr<const ingest::SrtPolicy> policy,
                      std::shared_ptr<const tls::Context> rtmps);
  base::Status listen_srt(const config::Config& config, std::shared_ptr<const ingest::SrtPolicy> policy);

  const Context context_;
  bool stopped_ = false;
  PublishAdmission admission_;
  std::unique_ptr<ingest::RtmpListener> rtmp_;   ///< null: no port
  std::unique_ptr<ingest::RtmpListener> rtmps_;  ///< likewise
  std::unique_ptr<ingest::SrtListener> srt_;     ///< likewise
  ingest::PulledFeeds pulled_;
};

}  // namespace app
