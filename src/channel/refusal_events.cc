#include "channel/refusal_events.h"

#include <utility>

namespace channel {

void RefusalEvents::add(events::Type type, std::string_view reason, const std::string& channel,
                        const ingest::PublishRequest& request, std::string_view text, base::Micros now) {
  const auto [found, first] = last_.try_emplace({type, std::string(reason), channel});
  Last& last = found->second;
  if (!first && now - last.at < kEvery) {
    ++last.more;
    return;
  }
  sink_.append(
      {type,
       channel,
       events::State::kMoment,
       {},
       {{"reason", reason}, {"protocol", request.protocol}, {"text", text}, {"more", std::exchange(last.more, 0)}}});
  last.at = now;
  // Channels come and go.
  std::erase_if(last_, [now](const auto& entry) {
    const base::Micros age = now - entry.second.at;
    return age >= kForget || (age >= kEvery && entry.second.more == 0);
  });
}

std::string_view reason_of(ingest::Publisher::Refusal::Why why) {
  using Why = ingest::Publisher::Refusal::Why;
  switch (why) {
    case Why::kDenied: return "denied";
    case Why::kBusy: return "busy";
    case Why::kNotFound: return "not_found";
    case Why::kBadName: return "bad_name";
    case Why::kOverload: return "overload";
  }
  return "unknown";
}

}  // namespace channel
