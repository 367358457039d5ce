#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "origin/channel_snapshot.h"

namespace serve {

/// A small HTML page that links to the player of every channel. Names are escaped.
std::string render_listing(const std::vector<std::pair<std::string_view, origin::State>>& channels);

}  // namespace serve
