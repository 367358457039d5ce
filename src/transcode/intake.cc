#include "transcode/intake.h"

#include <algorithm>
#include <utility>

namespace transcode {

bool Intake::full() const {
  return packets_ > 1 && (bytes_ > limits_.bytes || newest_ - oldest_ > limits_.time + excused_);
}

void Intake::put(Item item) {
  std::unique_lock lock(mutex_);
  if (std::holds_alternative<Discontinuity>(item) || std::holds_alternative<NewSource>(item)) need_key_ = true;
  if (Fed* fed = std::get_if<Fed>(&item)) {
    if (need_key_ && !fed->packet.key) return count_drop(fed->packet);
    need_key_ = false;
    if (limits_.wait && !fed->excused) emptied_.wait(lock, [&] { return closed_ || !full(); });
    newest_ = fed->dts;
    if (packets_ == 0) oldest_ = newest_;
    ++packets_;
    bytes_ += fed->packet.data.size();
    if (fed->excused) excused_ = std::max(excused_, newest_ - oldest_);
  }
  if (closed_) return;
  outdo(item);
  items_.push_back(std::move(item));
  if (!limits_.wait && full()) drop_to_key();
  filled_.notify_one();
}

void Intake::count_drop(const media::Packet& packet) {
  ++dropped_;
  if (on_drop_) on_drop_(packet);
}

/// Events must not add up where nothing is taken.
void Intake::outdo(const Item& item) {
  if (std::holds_alternative<Hold>(item)) {
    std::erase_if(items_, [](const Item& waiting) { return std::holds_alternative<Hold>(waiting); });
  }
  if (!std::holds_alternative<NewSource>(item) && !std::holds_alternative<Discontinuity>(item)) return;
  while (!items_.empty() && !std::holds_alternative<Fed>(items_.back()) && items_.back().index() == item.index()) {
    items_.pop_back();
  }
}

/// Keeps what follows the newest waiting key frame if that is not what is too much already, otherwise nothing; the
/// decoder is notified that something is missing.
void Intake::drop_to_key() {
  std::size_t keep_from = items_.size();
  for (std::size_t i = items_.size(); i-- > 1;) {
    const Fed* fed = std::get_if<Fed>(&items_[i]);
    if (fed != nullptr && fed->packet.key) {
      if (newest_ - fed->dts <= limits_.time / 2) keep_from = i;
      break;
    }
  }
  std::deque<Item> kept;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (i == keep_from) kept.emplace_back(Discontinuity{});
    if (Fed* fed = std::get_if<Fed>(&items_[i]); fed != nullptr && i < keep_from) {
      bytes_ -= fed->packet.data.size();
      --packets_;
      ++overflowed_;
      count_drop(fed->packet);
      continue;
    }
    kept.push_back(std::move(items_[i]));
  }
  if (keep_from == items_.size()) {
    kept.emplace_back(Discontinuity{});
    need_key_ = true;
  } else {
    oldest_ = std::get<Fed>(items_[keep_from]).dts;
  }
  items_ = std::move(kept);
  excused_ = 0;
}

std::optional<Intake::Item> Intake::take() {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !items_.empty(); });
  if (closed_) return std::nullopt;
  Item item = std::move(items_.front());
  items_.pop_front();
  if (const Fed* fed = std::get_if<Fed>(&item)) {
    oldest_ = fed->dts;
    bytes_ -= fed->packet.data.size();
    --packets_;
    excused_ = std::min(excused_, waiting());
    emptied_.notify_one();
  }
  return item;
}

void Intake::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  items_.clear();
  bytes_ = packets_ = 0;
  filled_.notify_all();
  emptied_.notify_all();
}

base::Micros Intake::lag() const {
  const std::lock_guard lock(mutex_);
  return waiting();
}

base::Micros Intake::overdue() const {
  const std::lock_guard lock(mutex_);
  return std::max<base::Micros>(0, waiting() - excused_);
}

bool Intake::catching_up() const {
  const std::lock_guard lock(mutex_);
  return excused_ > 0;
}

std::uint64_t Intake::overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

std::uint64_t Intake::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace transcode
