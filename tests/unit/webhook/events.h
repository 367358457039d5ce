#pragma once

#include <memory>
#include <string>

#include "events/event.h"

namespace webhook {

/// An event about a channel; "" is the instance.
inline std::shared_ptr<const events::Event> event_of(std::uint64_t sequence, const std::string& channel,
                                                     events::Type type = events::Type::kMarker,
                                                     const std::string& which = "") {
  auto event = std::make_shared<events::Event>();
  event->sequence = event->id = sequence;
  event->fact = {.type = type, .channel = channel, .which = which};
  return event;
}

}  // namespace webhook
