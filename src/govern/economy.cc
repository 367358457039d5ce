#include "govern/economy.h"

namespace govern {

std::string describe(int level) {
  constexpr int kFirstOfStills = 3;
  if (level <= 0) return "full quality";
  if (level == 1) return "larger rungs: faster encoders";
  std::string half = "larger rungs: faster encoders, half the frame rate";
  if (level < kFirstOfStills) return half;
  const int stills = level - kFirstOfStills + 1;
  return half + (stills == 1 ? "; the largest: stills" : "; the " + std::to_string(stills) + " largest: stills");
}

}  // namespace govern
