#include "app/etcd_registry.h"

#include <utility>

namespace app {

std::unique_ptr<registry::Registry> start_registry(const config::Config::Etcd& etcd, const base::Clock& clock,
                                                   events::Sink& events, loop::Mailbox& control,
                                                   std::function<void(const registry::Answer&)> on_answer) {
  if (etcd.endpoints.empty()) return nullptr;
  registry::Registry::Options options{
      .etcd = {etcd.endpoints, etcd.user, etcd.password}, .prefix = etcd.prefix, .certificates = etcd.certificates};
  options.on_answer = [&control, on_answer = std::move(on_answer)](const registry::Answer& answer) {
    control.post([on_answer, answer] { on_answer(answer); });
  };
  options.on_change = [&control, &events](bool reachable, const std::string& why) {
    control.post([&events, reachable, why] {
      const auto state = reachable ? events::State::kCleared : events::State::kRaised;
      events.append({events::Type::kRegistry, "", state, {}, {{"reason", reachable ? "works_again" : why}}});
    });
  };
  return std::make_unique<registry::Registry>(clock, std::move(options));
}

}  // namespace app
