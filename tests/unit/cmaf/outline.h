#pragma once

#include <string>

#include "base/bytes.h"

namespace cmaf {

/// The boxes of a file one a line, indented by depth, each with its payload in hex up to its children:
/// what golden tests compare. Written against ISO 14496-12 alone, it shares nothing with the reader under test.
std::string outline(base::View bytes);

}  // namespace cmaf
