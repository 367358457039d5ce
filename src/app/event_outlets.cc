#include "app/event_outlets.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/regular_file.h"
#include "events/restore.h"

namespace app {

std::string source_of_events() {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  std::string source = "/kickoff/";
  for (const char* at = host; *at != 0; ++at) {
    const bool plain = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
    if (plain || *at == '-' || *at == '.' || *at == '_') source += *at;
  }
  return source;
}

namespace {

// 32 webhooks with 1,000 dead letters each, and as many lanes.
constexpr std::size_t kLargestState = std::size_t{64} << 20;

/// `saved` outlives it.
events::Wanted wanted_by(const std::vector<webhook::Saved>& saved) {
  events::Wanted wanted;
  for (const webhook::Saved& one : saved) wanted.oldest = std::min(wanted.oldest, one.oldest());
  wanted.is = [&saved](const events::Event& event) {
    return std::any_of(saved.begin(), saved.end(), [&](const webhook::Saved& one) { return one.wants(event); });
  };
  return wanted;
}

}  // namespace

EventFiles::EventFiles(const config::Config& config, events::Log& log) : log_(log) {
  const std::string directory = config.state_directory + "/events";
  auto lock = archive::DirectoryLock::take(directory);
  if (!lock.ok()) {
    base::log_error("app", "events are kept in memory only: a restart forgets them", {{"why", lock.error().what}});
    return;
  }
  lock_ = lock.take();
  restore_webhooks(config, directory);
  const events::Wanted wanted = wanted_by(webhooks_.saved);
  events::Restored restored = events::restore_log(directory, log.most(), wanted);
  webhooks_.earlier = std::move(restored.wanted);
  for (const events::Kept& kept : restored.events) {
    if (wanted.is(*kept.event)) webhooks_.earlier[kept.event->sequence] = kept.event;
  }
  log.restore(std::move(restored));
  events::LogWriter::Options options{.directory = directory, .source = source_of_events()};
  options.bytes = config.events.bytes;
  options.keep = config.events.keep;
  options.next = log.next();
  options.raised = log.raised();
  writer_ = std::make_unique<events::LogWriter>(std::move(options));
  log.store([writer = writer_.get()](const std::shared_ptr<const events::Event>& event) { writer->put(event); });
}

void EventFiles::restore_webhooks(const config::Config& config, const std::string& directory) {
  webhooks_.file = directory + "/webhooks";
  const auto text = base::read_regular_file(webhooks_.file, kLargestState);
  if (!text.ok() && text.error().code == base::Code::kNotFound) return;
  auto saved = text.ok() ? webhook::parse_state(*text) : base::Result<std::vector<webhook::Saved>>(text.error());
  if (!saved.ok()) {
    base::log_warn("app", "what webhooks have not sent is not known: they begin with what happens from now on",
                   {{"file", webhooks_.file}, {"why", saved.error().message()}});
    return;
  }
  webhooks_.saved = saved.take();
  std::erase_if(webhooks_.saved, [&](const webhook::Saved& one) {
    return std::none_of(config.webhooks.begin(), config.webhooks.end(),
                        [&](const webhook::Endpoint& endpoint) { return endpoint.name == one.name; });
  });
}

EventFiles::~EventFiles() { log_.store(nullptr); }

events::LogWriter::Report EventFiles::report() const {
  return writer_ ? writer_->report() : events::LogWriter::Report{.failing = true};
}

std::unique_ptr<webhook::Webhooks> start_webhooks(const std::vector<webhook::Endpoint>& endpoints,
                                                  const base::Clock& clock, events::Log& log, loop::Mailbox& control,
                                                  WebhookState left) {
  webhook::Webhooks::Options options{.source = source_of_events(), .endpoints = endpoints};
  options.state_file = std::move(left.file);
  options.saved = std::move(left.saved);
  options.earlier = std::move(left.earlier);
  options.newest = log.next() - 1;
  options.on_change = [&log, &control](const webhook::Change& change) {
    control.post([&log, change] {
      const auto state = change.failing ? events::State::kRaised : events::State::kCleared;
      log.append({events::Type::kWebhook, "", state, change.name, {{"webhook", change.name}, {"reason", change.why}}});
    });
  };
  auto webhooks = std::make_unique<webhook::Webhooks>(clock, std::move(options));
  log.forward(
      [webhooks = webhooks.get()](const std::shared_ptr<const events::Event>& event) { webhooks->append(event); });
  return webhooks;
}

}  // namespace app
