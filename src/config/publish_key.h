#pragma once

#include <string>

#include "config/value.h"

namespace config {

/// What keeps a publisher from ever giving this key, over RTMP or over SRT, in a channel of any name; empty: nothing
/// does. The key itself is not in it: it follows "an item of keys", or the number of a key.
Complaint publish_key_fault(const std::string& key);

}  // namespace config
