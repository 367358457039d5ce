#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "api/counters.h"
#include "api/routes.h"
#include "app/serve_threads.h"
#include "loop/mailbox.h"
#include "metrics/exposition.h"

namespace app {

/// What the administration port asks the control loop for.
struct Overview {
  metrics::Instance instance;
  std::string stale_channel;  ///< empty where the instance is ready
  bool stopping = false;
};

/// What is called on the control loop's thread.
struct ControlCalls {
  std::function<std::shared_ptr<const Overview>()> collect;
  std::function<channel::Channels::Disconnect(const std::string& channel, feed::Id feed)> disconnect;
  std::function<channel::Channels::Switch(const std::string& channel, feed::Id to)> switch_feed;
  std::function<channel::Channels::Slate(const std::string& channel, channel::SlateOrder::Request)> order_slate;
  std::function<channel::Channels::Overlaid(const std::string& channel, const channel::Overlays::Order&)> order_overlay;
  std::function<channel::Channels::Marked(const std::string& channel, const channel::Channel::MarkerOrder&)> mark;
  std::function<channel::Channels::Thumbnail(const std::string& channel, const channel::Channels::ThumbnailAsk&)>
      thumbnail;
  std::function<channel::Channels::Captioned(const std::string& channel, const channel::LiveCaptions::Request&)>
      caption;
  std::function<channel::Channels::MetadataAdded(const std::string& channel, const channel::LiveMetadata::Request&)>
      add_metadata;
  /// With their newest dead letters, which the metrics do without.
  std::function<std::vector<webhook::Report>()> report_webhooks;
  std::function<std::optional<std::size_t>(const std::string& webhook)> replay_webhook;
  std::function<events::AlarmReport()> report_alarms;
  std::function<events::Alarms::Outcome(const events::SilenceOrder&)> order_silence;
  std::function<events::Page(const events::Query&)> read_events;
  /// Has `on_append` called for each event from now on.
  std::function<void(std::function<void()> on_append)> watch_events;
  /// nullopt: an edge, which takes no feeds.
  std::function<api::Backend::Check(const facility::Order&)> start_check;
  std::function<std::vector<facility::Report>(const std::string& channel)> report_checks;
  std::function<api::Declared(const std::string& channel)> report_declared;
  /// Answers later.
  std::function<void(api::DeclarationOrder, std::function<void(const api::DeclarationOutcome&)>)> declare;
  /// Called on the administration port's thread; it outlives that. Null: there is no journal.
  harvest::Jobs* jobs = nullptr;
};

/// Takes the routes' questions to the control loop and its answers back.
/// Thread: the administration port's.
class AdminBackend final : public api::Backend {
 public:
  /// `control` and `own`: the loops of both threads. Everything but `calls` outlives it.
  AdminBackend(loop::Mailbox& control, loop::Mailbox& own, ControlCalls calls, const ServeThreads& serve);

  /// The port whose requests the metrics report; it outlives this.
  void use(const api::Counters& counters) { counters_ = &counters; }
  /// Calls `on_new` when there are new events, one or more. The control loop has to stop calling before this is
  /// destroyed: see ControlCalls::watch_events.
  void watch_events(std::function<void()> on_new);

  void ask_health(Take<Health> take) override;
  void ask_metrics(Take<std::string> take) override;
  void ask_channels(Take<std::vector<channel::Report>> take) override;
  void ask_load(Take<Load> take) override;
  void ask_events(events::Query query, Take<events::Page> take) override;
  void ask_alarms(Take<events::AlarmReport> take) override;
  void order_silence(events::SilenceOrder order, Take<events::Alarms::Outcome> take) override;
  void ask_webhooks(Take<std::vector<webhook::Report>> take) override;
  void replay_webhook(std::string name, Take<std::optional<std::size_t>> take) override;
  void disconnect_publisher(std::string channel, feed::Id feed, Take<channel::Channels::Disconnect> take) override;
  void switch_feed(std::string channel, feed::Id to, Take<channel::Channels::Switch> take) override;
  void order_slate(std::string channel, channel::SlateOrder::Request request,
                   Take<channel::Channels::Slate> take) override;
  void order_overlay(std::string channel, channel::Overlays::Order order,
                     Take<channel::Channels::Overlaid> take) override;
  void mark(std::string channel, channel::Channel::MarkerOrder order, Take<channel::Channels::Marked> take) override;
  void ask_thumbnail(std::string channel, channel::Channels::ThumbnailAsk ask,
                     Take<channel::Channels::Thumbnail> take) override;
  void caption(std::string channel, channel::LiveCaptions::Request request,
               Take<channel::Channels::Captioned> take) override;
  void add_metadata(std::string channel, channel::LiveMetadata::Request request,
                    Take<channel::Channels::MetadataAdded> take) override;
  void start_harvest(harvest::Order order, Take<Harvest> take) override;
  void ask_jobs(Take<std::vector<harvest::Report>> take) override;
  void cancel_job(std::uint64_t id, Take<harvest::Jobs::Cancel> take) override;
  void start_check(facility::Order order, Take<Check> take) override;
  void ask_checks(std::string channel, Take<std::vector<facility::Report>> take) override;
  void ask_declared(std::string channel, Take<api::Declared> take) override;
  void declare(api::DeclarationOrder order, Take<api::DeclarationOutcome> take) override;

 private:
  void ask(std::function<void(const Overview&)> take);
  std::string write_metrics(const Overview& overview) const;

  loop::Mailbox& control_;
  loop::Mailbox& own_;
  const ControlCalls calls_;
  const ServeThreads& serve_;
  const api::Counters* counters_ = nullptr;
  std::atomic<bool> woken_ = false;  ///< a call of on_new is on its way
};

}  // namespace app
