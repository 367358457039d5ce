#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "api/event_streams.h"
#include "api/routes.h"
#include "fakes.h"

namespace api_test {

using channel::Channels;

/// Answers at once; records its calls.
class FakeBackend final : public api::Backend {
 public:
  explicit FakeBackend(events::Log::Options options = {}) : log(clock, std::move(options)) {}

  void ask_health(Take<Health> take) override { take(health); }
  void ask_metrics(Take<std::string> take) override { take("kickoff_x 1\n"); }
  void ask_channels(Take<std::vector<channel::Report>> take) override { take(reports); }
  void ask_load(Take<Load> take) override { take({{&counters}, 0.25}); }
  void ask_events(events::Query query, Take<events::Page> take) override {
    queries.push_back(query);
    if (holds) {
      held.push_back([take = std::move(take), page = log.read(query)] { take(page); });
    } else {
      take(log.read(query));
    }
  }
  void ask_alarms(Take<events::AlarmReport> take) override { take(alarms); }
  void order_silence(events::SilenceOrder order, Take<events::Alarms::Outcome> take) override {
    silences.push_back(std::move(order));
    take(silence_outcome);
  }
  void ask_webhooks(Take<std::vector<webhook::Report>> take) override { take(webhooks); }
  void replay_webhook(std::string name, Take<std::optional<std::size_t>> take) override {
    replayed.push_back(std::move(name));
    take(replay_outcome);
  }
  void disconnect_publisher(std::string channel, feed::Id feed, Take<Channels::Disconnect> take) override {
    disconnected.push_back(channel + (feed == feed::Id::kBackup ? " backup" : ""));
    take(outcome);
  }
  void switch_feed(std::string channel, feed::Id to, Take<Channels::Switch> take) override {
    switched.push_back(channel + " to " + std::string(feed::to_string(to)));
    take(switch_outcome);
  }
  void order_overlay(std::string channel, channel::Overlays::Order order, Take<Channels::Overlaid> take) override {
    overlays.push_back(channel + " " + order.id + (order.taken_back ? " taken back" : order.on ? " on" : " off"));
    overlay = order.overlay;
    take(overlay_outcome);
  }
  void order_slate(std::string channel, channel::SlateOrder::Request request, Take<Channels::Slate> take) override {
    if (request.duration > 0) shortest = std::min(shortest, request.duration);
    slates.push_back(channel + (request.on ? " on" : " off") + " for " +
                     std::to_string(request.duration / base::kMillisecond) + " ms: " + request.reason +
                     (request.text.empty() ? "" : "; " + request.text));
    take(slate_outcome);
  }
  void mark(std::string channel, channel::Channel::MarkerOrder order, Take<Channels::Marked> take) override {
    marked.emplace_back(std::move(channel), std::move(order));
    take(mark_outcome);
  }
  void ask_thumbnail(std::string channel, Channels::ThumbnailAsk ask, Take<Channels::Thumbnail> take) override {
    asked_thumbnails.push_back(channel + (ask.feed ? " " + std::string(feed::to_string(*ask.feed)) : "") +
                               (ask.rung.empty() ? "" : " rung " + ask.rung));
    take(thumbnail);
  }
  void caption(std::string channel, channel::LiveCaptions::Request request, Take<Channels::Captioned> take) override {
    captions.push_back(channel + " " + request.language + ": " + request.text);
    take(caption_outcome);
  }
  void add_metadata(std::string channel, channel::LiveMetadata::Request request,
                    Take<Channels::MetadataAdded> take) override {
    metadata.push_back(channel + " " + request.name + ": " + request.text);
    take(metadata_outcome);
  }
  void start_harvest(harvest::Order order, Take<Harvest> take) override {
    harvests.push_back(order.channel + " to " + order.destination.text() + (order.mp4 ? " with mp4" : ""));
    take(harvest_outcome);
  }
  void ask_jobs(Take<std::vector<harvest::Report>> take) override { take(jobs); }
  void cancel_job(std::uint64_t id, Take<harvest::Jobs::Cancel> take) override {
    canceled.push_back(id);
    take(cancel_outcome);
  }
  void ask_declared(std::string /*channel*/, Take<api::Declared> take) override { take(declared); }
  void declare(api::DeclarationOrder order, Take<api::DeclarationOutcome> take) override {
    declarations.push_back(std::move(order));
    take(declaration_outcome);
  }

  void start_check(facility::Order order, Take<Check> take) override {
    checked.push_back(order.channel + " " + std::string(feed::to_string(order.feed)) + " for " +
                      std::to_string(order.lasts / base::kSecond));
    take(check_outcome);
  }
  void ask_checks(std::string channel, Take<std::vector<facility::Report>> take) override {
    take(channel == "match" ? checks : std::vector<facility::Report>());
  }

  /// Gives the answers of the log that are held.
  void release() {
    for (const auto& answer : std::exchange(held, {})) answer();
  }

  FakeClock clock;
  events::Log log;
  std::vector<events::Query> queries;
  std::vector<webhook::Report> webhooks;
  events::AlarmReport alarms;
  std::vector<events::SilenceOrder> silences;
  events::Alarms::Outcome silence_outcome = events::Alarms::Outcome::kDone;
  std::vector<std::string> replayed;
  std::optional<std::size_t> replay_outcome = 0;
  bool holds = false;  ///< answers of the log come with release()
  std::vector<std::function<void()>> held;
  Health health;
  std::vector<channel::Report> reports;
  serve::Counters counters;
  Channels::Disconnect outcome = Channels::Disconnect::kDone;
  Channels::Switch switch_outcome = channel::Channel::SwitchOutcome::kDone;
  Channels::Captioned caption_outcome;
  std::vector<std::string> captions;
  Channels::MetadataAdded metadata_outcome;
  std::vector<std::string> metadata;
  Harvest harvest_outcome;
  std::vector<std::string> harvests;
  std::vector<harvest::Report> jobs;
  harvest::Jobs::Cancel cancel_outcome = harvest::Jobs::Cancel::kDone;
  std::vector<std::uint64_t> canceled;
  Check check_outcome;
  std::vector<std::string> checked;
  std::vector<facility::Report> checks;
  api::Declared declared;
  std::vector<api::DeclarationOrder> declarations;
  api::DeclarationOutcome declaration_outcome;
  std::vector<std::string> disconnected;
  std::vector<std::string> switched;
  Channels::Slate slate_outcome = channel::Channel::SlateOutcome::kDone;
  std::vector<std::string> slates;
  Channels::Overlaid overlay_outcome = channel::Overlays::Outcome::kDone;
  std::vector<std::string> overlays;
  std::optional<media::Overlay> overlay;  ///< of the newest order
  std::vector<std::pair<std::string, channel::Channel::MarkerOrder>> marked;
  Channels::Thumbnail thumbnail;
  std::vector<std::string> asked_thumbnails;
  Channels::Marked mark_outcome = channel::Channel::Marked{};
  base::Micros shortest = INT64_MAX;  ///< duration of an order that has one
};

}  // namespace api_test
