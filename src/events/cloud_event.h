#pragma once

#include <string>
#include <string_view>

#include "events/event.h"

namespace events {

/// The event on one line of JSON, in the structured mode of CloudEvents. `source`: a URI reference that names the
/// instance. An event that clears a condition has the id of the one that raised it, and since source and id together
/// must be unique its source ends in "#cleared". Extension attributes: "sequence" (20 digits, so that text sorts as the
/// numbers do) and, of a condition, "state": "raised" or "cleared". Spec: CloudEvents 1.0, and its Sequence extension.
std::string to_cloud_event(const Event& event, std::string_view source);

}  // namespace events
