#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/declaration.h"
#include "api/dispatcher.h"
#include "base/clock.h"
#include "channel/channels.h"
#include "channel/report.h"
#include "events/alarms.h"
#include "events/log.h"
#include "facility/checks.h"
#include "harvest/jobs.h"
#include "serve/counters.h"
#include "webhook/report.h"

namespace api {

class EventStreams;

/// What the routes ask the rest of the server for. Every answer comes later, on the thread that asked.
class Backend {
 public:
  struct Health {
    bool stopping = false;
    std::string stale_channel;  ///< empty where the instance is ready
  };
  struct Load {
    std::vector<const serve::Counters*> loops;
    double control_busy = 0;  ///< share of the last second in which the control loop did not wait
  };
  template <typename T>
  using Take = std::function<void(const T&)>;

  /// A job, or why there is none; nullopt: there is no journal.
  using Harvest = std::optional<std::variant<harvest::Report, harvest::Jobs::Refusal>>;

  virtual ~Backend() = default;
  virtual void ask_health(Take<Health> take) = 0;
  /// The page for Prometheus.
  virtual void ask_metrics(Take<std::string> take) = 0;
  virtual void ask_channels(Take<std::vector<channel::Report>> take) = 0;
  virtual void ask_load(Take<Load> take) = 0;
  virtual void ask_events(events::Query query, Take<events::Page> take) = 0;
  virtual void ask_alarms(Take<events::AlarmReport> take) = 0;
  virtual void order_silence(events::SilenceOrder order, Take<events::Alarms::Outcome> take) = 0;
  virtual void ask_webhooks(Take<std::vector<webhook::Report>> take) = 0;
  /// Sends a webhook's dead letters again: how many; nullopt: there is no such webhook.
  virtual void replay_webhook(std::string name, Take<std::optional<std::size_t>> take) = 0;
  virtual void disconnect_publisher(std::string channel, feed::Id feed, Take<channel::Channels::Disconnect> take) = 0;
  /// Shows another feed of the channel.
  virtual void switch_feed(std::string channel, feed::Id to, Take<channel::Channels::Switch> take) = 0;
  /// Shows the channel's slate, or its feed again.
  virtual void order_slate(std::string channel, channel::SlateOrder::Request request,
                           Take<channel::Channels::Slate> take) = 0;
  /// What lies over the channel's encoded pictures.
  virtual void order_overlay(std::string channel, channel::Overlays::Order order,
                             Take<channel::Channels::Overlaid> take) = 0;
  /// Puts a marker into the channel's playlists.
  virtual void mark(std::string channel, channel::Channel::MarkerOrder order, Take<channel::Channels::Marked> take) = 0;
  virtual void ask_thumbnail(std::string channel, channel::Channels::ThumbnailAsk ask,
                             Take<channel::Channels::Thumbnail> take) = 0;
  /// A caption for one of the channel's text renditions.
  virtual void caption(std::string channel, channel::LiveCaptions::Request request,
                       Take<channel::Channels::Captioned> take) = 0;
  /// Timed metadata for the channel's media.
  virtual void add_metadata(std::string channel, channel::LiveMetadata::Request request,
                            Take<channel::Channels::MetadataAdded> take) = 0;
  virtual void start_harvest(harvest::Order order, Take<Harvest> take) = 0;
  /// The newest first.
  virtual void ask_jobs(Take<std::vector<harvest::Report>> take) = 0;
  virtual void cancel_job(std::uint64_t id, Take<harvest::Jobs::Cancel> take) = 0;
  /// A check that runs, or why there is none; nullopt: an edge, which takes no feeds.
  using Check = std::optional<std::variant<facility::Report, facility::Checks::Refusal>>;
  virtual void start_check(facility::Order order, Take<Check> take) = 0;
  /// Of a channel, the newest first.
  virtual void ask_checks(std::string channel, Take<std::vector<facility::Report>> take) = 0;
  /// `channel`: that one alone, with its text; empty: all, without.
  virtual void ask_declared(std::string channel, Take<Declared> take) = 0;
  /// Takes once it is on disk and in force.
  virtual void declare(DeclarationOrder order, Take<DeclarationOutcome> take) = 0;
};

/// The operations page, and its scripts and style sheets by name ("main.mjs"), which it asks for below /operations/.
struct Page {
  std::string html;
  std::map<std::string, std::string, std::less<>> files;
};

/// All routes of the administration port, as openapi.json describes them.
/// `backend`, `streams` and `clock` outlive the dispatcher.
void add_routes(Dispatcher& dispatcher, Backend& backend, EventStreams& streams, const base::Clock& clock, Page page);

/// The OpenAPI 3.1 document, made part of the program when it is built (src/api/openapi.json).
std::string_view openapi_json();

}  // namespace api
