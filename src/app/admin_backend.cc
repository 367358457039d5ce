#include "app/admin_backend.h"

#include <utility>

namespace app {
namespace {

metrics::AdminPort port_of(const api::Counters& counters) {
  metrics::AdminPort port;
  for (const auto& [route, classes] : counters.requests) port.requests.push_back({route.first, route.second, classes});
  for (std::size_t i = 0; i < api::kRefusals; ++i)
    port.refused.emplace_back(api::to_string(static_cast<api::Refusal>(i)), counters.refused[i]);
  port.connections = counters.connections;
  port.connections_total = counters.connections_total;
  port.duration = counters.duration;
  return port;
}

}  // namespace

AdminBackend::AdminBackend(loop::Mailbox& control, loop::Mailbox& own, ControlCalls calls, const ServeThreads& serve)
    : control_(control), own_(own), calls_(std::move(calls)), serve_(serve) {}

void AdminBackend::ask(std::function<void(const Overview&)> take) {
  control_.post(
      [this, take = std::move(take)] { own_.post([take, overview = calls_.collect()] { take(*overview); }); });
}

void AdminBackend::ask_health(Take<Health> take) {
  ask([take = std::move(take)](const Overview& overview) { take({overview.stopping, overview.stale_channel}); });
}

void AdminBackend::ask_metrics(Take<std::string> take) {
  ask([this, take = std::move(take)](const Overview& overview) { take(write_metrics(overview)); });
}

void AdminBackend::ask_channels(Take<std::vector<channel::Report>> take) {
  ask([take = std::move(take)](const Overview& overview) { take(overview.instance.channels); });
}

void AdminBackend::ask_load(Take<Load> take) {
  ask([this, take = std::move(take)](const Overview& overview) {
    Load load;
    for (const auto& report : serve_.reports()) load.loops.push_back(report.counters);
    load.control_busy = overview.instance.main_loop_busy;
    take(load);
  });
}

void AdminBackend::ask_alarms(Take<events::AlarmReport> take) {
  control_.post(
      [this, take = std::move(take)] { own_.post([take, report = calls_.report_alarms()] { take(report); }); });
}

void AdminBackend::order_silence(events::SilenceOrder order, Take<events::Alarms::Outcome> take) {
  control_.post([this, order = std::move(order), take = std::move(take)] {
    own_.post([take, outcome = calls_.order_silence(order)] { take(outcome); });
  });
}

void AdminBackend::ask_webhooks(Take<std::vector<webhook::Report>> take) {
  control_.post(
      [this, take = std::move(take)] { own_.post([take, reports = calls_.report_webhooks()] { take(reports); }); });
}

void AdminBackend::replay_webhook(std::string name, Take<std::optional<std::size_t>> take) {
  control_.post([this, name = std::move(name), take = std::move(take)] {
    own_.post([take, count = calls_.replay_webhook(name)] { take(count); });
  });
}

void AdminBackend::watch_events(std::function<void()> on_new) {
  if (!calls_.watch_events) return;
  control_.post([this, watch = calls_.watch_events, on_new = std::move(on_new)] {
    watch([this, on_new] {
      if (woken_.exchange(true)) return;
      own_.post([this, on_new] {
        woken_ = false;
        on_new();
      });
    });
  });
}

void AdminBackend::ask_events(events::Query query, Take<events::Page> take) {
  control_.post([this, query = std::move(query), take = std::move(take)] {
    own_.post([take, page = calls_.read_events(query)] { take(page); });
  });
}

void AdminBackend::disconnect_publisher(std::string channel, feed::Id feed, Take<channel::Channels::Disconnect> take) {
  control_.post([this, channel = std::move(channel), feed, take = std::move(take)] {
    own_.post([take, outcome = calls_.disconnect(channel, feed)] { take(outcome); });
  });
}

void AdminBackend::switch_feed(std::string channel, feed::Id to, Take<channel::Channels::Switch> take) {
  control_.post([this, channel = std::move(channel), to, take = std::move(take)] {
    own_.post([take, outcome = calls_.switch_feed(channel, to)] { take(outcome); });
  });
}

void AdminBackend::order_slate(std::string channel, channel::SlateOrder::Request request,
                               Take<channel::Channels::Slate> take) {
  control_.post([this, channel = std::move(channel), request = std::move(request), take = std::move(take)] {
    own_.post([take, outcome = calls_.order_slate(channel, request)] { take(outcome); });
  });
}

void AdminBackend::order_overlay(std::string channel, channel::Overlays::Order order,
                                 Take<channel::Channels::Overlaid> take) {
  control_.post([this, channel = std::move(channel), order = std::move(order), take = std::move(take)] {
    own_.post([take, outcome = calls_.order_overlay(channel, order)] { take(outcome); });
  });
}

void AdminBackend::mark(std::string channel, channel::Channel::MarkerOrder order,
                        Take<channel::Channels::Marked> take) {
  control_.post([this, channel = std::move(channel), order = std::move(order), take = std::move(take)] {
    own_.post([take, outcome = calls_.mark(channel, order)] { take(outcome); });
  });
}

void AdminBackend::ask_thumbnail(std::string channel, channel::Channels::ThumbnailAsk ask,
                                 Take<channel::Channels::Thumbnail> take) {
  control_.post([this, channel = std::move(channel), ask = std::move(ask), take = std::move(take)] {
    own_.post([take, thumbnail = calls_.thumbnail(channel, ask)] { take(thumbnail); });
  });
}

void AdminBackend::caption(std::string channel, channel::LiveCaptions::Request request,
                           Take<channel::Channels::Captioned> take) {
  control_.post([this, channel = std::move(channel), request = std::move(request), take = std::move(take)] {
    own_.post([take, outcome = calls_.caption(channel, request)] { take(outcome); });
  });
}

void AdminBackend::add_metadata(std::string channel, channel::LiveMetadata::Request request,
                                Take<channel::Channels::MetadataAdded> take) {
  control_.post([this, channel = std::move(channel), request = std::move(request), take = std::move(take)] {
    own_.post([take, outcome = calls_.add_metadata(channel, request)] { take(outcome); });
  });
}

void AdminBackend::start_harvest(harvest::Order order, Take<Harvest> take) {
  own_.post([this, order = std::move(order), take = std::move(take)] {
    take(calls_.jobs == nullptr ? Harvest() : Harvest(calls_.jobs->start(order)));
  });
}

void AdminBackend::ask_jobs(Take<std::vector<harvest::Report>> take) {
  own_.post([this, take = std::move(take)] {
    take(calls_.jobs == nullptr ? std::vector<harvest::Report>() : calls_.jobs->reports());
  });
}

void AdminBackend::cancel_job(std::uint64_t id, Take<harvest::Jobs::Cancel> take) {
  own_.post([this, id, take = std::move(take)] {
    take(calls_.jobs == nullptr ? harvest::Jobs::Cancel::kNoJob : calls_.jobs->cancel(id));
  });
}

void AdminBackend::start_check(facility::Order order, Take<Check> take) {
  control_.post([this, order = std::move(order), take = std::move(take)] {
    own_.post([take, outcome = calls_.start_check(order)] { take(outcome); });
  });
}

void AdminBackend::ask_checks(std::string channel, Take<std::vector<facility::Report>> take) {
  control_.post([this, channel = std::move(channel), take = std::move(take)] {
    own_.post([take, reports = calls_.report_checks(channel)] { take(reports); });
  });
}

void AdminBackend::ask_declared(std::string channel, Take<api::Declared> take) {
  control_.post([this, channel = std::move(channel), take = std::move(take)] {
    own_.post([take, declared = calls_.report_declared(channel)] { take(declared); });
  });
}

void AdminBackend::declare(api::DeclarationOrder order, Take<api::DeclarationOutcome> take) {
  control_.post([this, order = std::move(order), take = std::move(take)] {
    calls_.declare(
        order, [this, take](const api::DeclarationOutcome& outcome) { own_.post([take, outcome] { take(outcome); }); });
  });
}

std::string AdminBackend::write_metrics(const Overview& overview) const {
  std::vector<metrics::ServeLoop> loops;
  for (const auto& report : serve_.reports())
    loops.push_back({report.name, report.counters, report.busy, report.audiences});
  return metrics::write_exposition(overview.instance, loops, port_of(*counters_));
}

}  // namespace app
