#include "transcode/switch.h"

#include <utility>

namespace transcode {

Switch::Side Switch::add() {
  const std::lock_guard lock(mutex_);
  return ++newest_;
}

void Switch::select(Side side) {
  const std::lock_guard lock(mutex_);
  selected_ = side;
  emptied_.notify_all();
}

bool Switch::selected(Side side) const {
  const std::lock_guard lock(mutex_);
  return selected_ == side;
}

void Switch::put(Side side, Picture picture) {
  std::unique_lock lock(mutex_);
  emptied_.wait(lock, [&] { return closed_ || selected_ != side || pictures_ < kQueue; });
  if (closed_ || selected_ != side) return;
  ++pictures_;
  items_.emplace_back(std::move(picture));
  filled_.notify_one();
}

void Switch::hold(Side side, Hold hold) {
  const std::lock_guard lock(mutex_);
  if (closed_ || selected_ != side) return;
  // One that nothing came after is replaced, so that holds never add up.
  if (!items_.empty() && std::holds_alternative<Hold>(items_.back())) items_.pop_back();
  items_.emplace_back(hold);
  filled_.notify_one();
}

void Switch::force_key(std::int64_t pts) {
  const std::lock_guard lock(mutex_);
  if (forced_.size() >= kMostForced) forced_.erase(forced_.begin());
  forced_.push_back(pts);
}

void Switch::finish() {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  items_.emplace_back(Finish{});
  filled_.notify_one();
}

void Switch::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  items_.clear();
  pictures_ = 0;
  filled_.notify_all();
  emptied_.notify_all();
}

std::optional<Switch::Item> Switch::take(std::vector<std::int64_t>& forced) {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !items_.empty(); });
  if (closed_) return std::nullopt;
  Item item = std::move(items_.front());
  items_.pop_front();
  if (std::holds_alternative<Picture>(item)) --pictures_;
  forced.insert(forced.end(), forced_.begin(), forced_.end());
  forced_.clear();
  emptied_.notify_all();
  return item;
}

}  // namespace transcode
