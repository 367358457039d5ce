#include "tokens/cache.h"

#include <utility>

namespace tokens {

void Cache::turn() {
  if (newer_.size() < most_) return;
  older_ = std::exchange(newer_, {});
}

const Verified* Cache::find(const crypto::Sha256& token) {
  if (const auto found = newer_.find(token); found != newer_.end()) return &found->second;
  auto known = older_.extract(token);
  if (known.empty()) return nullptr;
  turn();
  return &newer_.insert(std::move(known)).position->second;
}

const Verified& Cache::add(const crypto::Sha256& token, Verified verified) {
  turn();
  return newer_.insert_or_assign(token, std::move(verified)).first->second;
}

void Cache::clear() {
  newer_.clear();
  older_.clear();
}

}  // namespace tokens
