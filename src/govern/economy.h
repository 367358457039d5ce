#pragma once

#include <string>

namespace govern {

/// What a level of economy means, as in log lines and the API: "full quality", "larger rungs: faster encoders" and so
/// on. The levels are those of transcode::most_economy().
std::string describe(int level);

}  // namespace govern
