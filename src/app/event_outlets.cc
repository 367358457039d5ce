#include "app/event_outlets.h"

#include <unistd.h>

#include <utility>

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

std::unique_ptr<webhook::Webhooks> start_webhooks(const std::vector<webhook::Endpoint>& endpoints,
                                                  const base::Clock& clock, events::Log& log, loop::Mailbox& control) {
  webhook::Webhooks::Options options{.source = source_of_events(), .endpoints = endpoints};
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
