#include "ingest/backoff.h"

#include <algorithm>

namespace ingest {

base::Micros Backoff::next(base::Micros flowed) {
  if (flowed >= options_.well_after) step_ = options_.first;
  const base::Micros quarter = step_ / 4;
  const base::Micros wait = step_ - quarter + static_cast<base::Micros>(random_()) % (2 * quarter + 1);
  step_ = std::min(2 * step_, options_.most);
  return wait;
}

}  // namespace ingest
