#include "app/feed_checks.h"

#include <utility>

#include "base/log.h"

namespace app {

FeedChecks::FeedChecks(loop::Loop& loop, const base::Clock& clock, events::Sink& events, channel::Channels& channels,
                       const FeedIngest& ingest)
    : events_(events),
      channels_(channels),
      ingest_(ingest),
      checks_({.look = [this](const std::string& channel, feed::Id feed) { return look(channel, feed); },
               .on_end = [this](const facility::Report& done) { report(done); }},
              clock),
      step_(loop, [this] { step(); }) {}

std::variant<facility::Report, facility::Checks::Refusal> FeedChecks::start(facility::Order order) {
  auto outcome = checks_.start(std::move(order));
  if (checks_.busy() && !step_.active()) step_.start(facility::Checks::kStep, facility::Checks::kStep);
  return outcome;
}

void FeedChecks::step() {
  checks_.step();
  if (!checks_.busy()) step_.stop();
}

std::optional<facility::Checks::Look> FeedChecks::look(const std::string& channel, feed::Id feed) const {
  auto one = channels_.report(channel);
  if (!one) return std::nullopt;
  facility::Checks::Look now;
  now.wanted = facility::wanted_of(*one->options);
  now.sample.feed = std::move(one->report.feeds[feed::index(feed)]);
  now.sample.worker = one->report.worker.running;
  now.sample.transport = !now.sample.feed.protocol.starts_with("rtmp");
  FeedIngest::Network network = ingest_.network_of(channel, feed);
  now.sample.srt = std::move(network.srt);
  now.sample.pull = std::move(network.pull);
  return now;
}

void FeedChecks::report(const facility::Report& done) {
  const std::string verdict(facility::to_string(facility::overall(done.lines)));
  const std::string failed = facility::named(done.lines, facility::Verdict::kFail);
  const std::string warned = facility::named(done.lines, facility::Verdict::kWarn);
  const std::string feed(feed::to_string(done.order.feed));
  base::log_info(
      "facility", "a feed was checked",
      {{"channel", done.order.channel}, {"feed", feed}, {"verdict", verdict}, {"failed", failed}, {"warned", warned}});
  events_.append({.type = events::Type::kCheckDone,
                  .channel = done.order.channel,
                  .data = {{"feed", feed},
                           {"check", std::to_string(done.id)},
                           {"seconds", (done.ended - done.began) / base::kSecond},
                           {"verdict", verdict},
                           {"failed", failed},
                           {"warned", warned}}});
}

}  // namespace app
