#include "transcode/switch.h"

#include <algorithm>
#include <utility>

namespace transcode {
namespace {

std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }

/// A side's next picture is where its rate says, give or take an eighth of a frame: time stamps are often rounded to
/// milliseconds.
std::int64_t tolerance(std::int64_t step) { return step / 8; }

}  // namespace

Switch::Switch(std::int64_t timescale, Patience patience) : timescale_(timescale), patience_(patience) {}

Switch::Switch(std::int64_t timescale) : Switch(timescale, Patience{}) {}

Switch::Side Switch::add() {
  const std::lock_guard lock(mutex_);
  return ++newest_;
}

Switch::Course Switch::course_of(Side side) const {
  Course course;
  course.side = side;
  course.step = timescale_ / 25;  // a guess, until its first picture says its rate, or its second shows it
  course.given = now();
  return course;
}

void Switch::note(Course& course, const Picture& picture) const {
  const std::int64_t pts = picture.frame->pts;
  if (picture.rate.known()) course.step = media::rescale(timescale_, picture.rate.num, picture.rate.den);
  // Feeds that have fewer pictures than they say are not rare. A longer step is a hole.
  const std::int64_t measured = course.pts == INT64_MIN ? 0 : pts - course.pts;
  if (measured > 0 && measured <= timescale_ / 2) {
    course.step = picture.rate.known() ? std::max(course.step, measured) : measured;
  }
  course.pts = pts;
  course.given = now();
}

Switch::SteadyTime Switch::quiet_at(const Course& course) const {
  const base::Micros frames = media::rescale(2 * course.step, timescale_, base::kSecond);
  return course.given + std::chrono::microseconds(std::max(patience_.quiet, frames));
}

/// One time for both sides, from the first that waited: so a switch cannot be put off for ever by turns.
Switch::SteadyTime Switch::patient_until() {
  if (!patient_until_) patient_until_ = now() + std::chrono::microseconds(patience_.most);
  return *patient_until_;
}

/// A switch that is given up leaves the pause of the one before as it is.
void Switch::take_over(const Course& course) {
  if (course.side != selected_.side) pause_until_ = INT64_MIN;
  selected_ = course;
  pending_ = Course{};
  patient_until_.reset();
  changed_.notify_all();
}

void Switch::remove(Side side) {
  const std::lock_guard lock(mutex_);
  if (side == pending_.side) {
    take_over(selected_);
  } else if (side == selected_.side) {
    take_over(pending_);
  }
}

void Switch::select(Side side) {
  const std::lock_guard lock(mutex_);
  take_over(side == selected_.side ? selected_ : course_of(side));
}

std::int64_t Switch::select_after(Side side, std::int64_t pause) {
  const std::lock_guard lock(mutex_);
  take_over(course_of(side));
  if (passed_ != INT64_MIN) pause_until_ = passed_ + pause;
  return pause_until_;
}

void Switch::switch_to(Side side) {
  const std::lock_guard lock(mutex_);
  if (side == pending_.side) return;
  if (side == selected_.side) {
    take_over(selected_);
  } else if (selected_.side == kNone) {
    take_over(course_of(side));
  } else {
    pending_ = course_of(side);
    patient_until_.reset();
    changed_.notify_all();
  }
}

Switch::Side Switch::selected() const {
  const std::lock_guard lock(mutex_);
  return selected_.side;
}

Switch::Side Switch::pending() const {
  const std::lock_guard lock(mutex_);
  return pending_.side;
}

bool Switch::waiting(Side side) const {
  const std::lock_guard lock(mutex_);
  return held_up_ == side && side != kNone;
}

void Switch::put(Side side, Picture picture) {
  std::unique_lock lock(mutex_);
  const std::int64_t pts = picture.frame->pts;
  if (side == pending_.side) {
    wait_for_selected(lock, picture);
  } else if (side == selected_.side) {
    wait_for_pending(lock, pts);
  }
  changed_.wait(lock, [&] { return closed_ || selected_.side != side || pictures_ < kQueue; });
  if (closed_ || selected_.side != side) return;
  note(selected_, picture);
  if (pts <= pause_until_ + tolerance(selected_.step)) return;
  if (pause_until_ != INT64_MIN) {
    // The picture that is shown stays up to the pause's end, also if no hold was asked for so far: pictures may come
    // ahead of the clock that holds are asked for by.
    put_hold({std::exchange(pause_until_, INT64_MIN), picture.origin, true});
  }
  if (pts > passed_) {
    passed_ = pts;
    passed_of_ = side;
  } else if (passed_of_ != side) {
    picture.overlap = true;
  }
  picture.side = side;
  ++pictures_;
  items_.emplace_back(std::move(picture));
  filled_.notify_one();
  settle();
}

/// The pending side is selected once nothing of the selected one lies between what has passed and its picture. One
/// that is ahead of what has passed waits in put(): it cannot miss that.
void Switch::settle() {
  if (pending_.side == kNone || pending_.pts <= passed_) return;
  const std::int64_t next = passed_ + selected_.step;
  if (passed_ == INT64_MIN || pending_.pts <= next + tolerance(selected_.step)) take_over(pending_);
}

/// Woken by take() as the selected side's pictures are taken, and by take_over().
void Switch::wait_for_selected(std::unique_lock<std::mutex>& lock, const Picture& picture) {
  const Side side = pending_.side;
  note(pending_, picture);
  settle();
  changed_.notify_all();
  const std::int64_t pts = picture.frame->pts;
  while (!closed_ && side == pending_.side && pts > passed_) {
    const SteadyTime until = std::min(patient_until(), quiet_at(selected_));
    if (now() >= until) return take_over(pending_);
    held_up_ = side;
    changed_.wait_until(lock, until);
    if (held_up_ == side) held_up_ = kNone;
  }
}

/// True while the pending side will have a picture for the time of this one, and is not itself the one that waits.
bool Switch::ahead_of_pending(std::int64_t pts) const {
  if (pending_.side == kNone || pending_.pts == INT64_MIN || pending_.pts > passed_) return false;
  // One that is further behind would take longer than Patience to come here, at its own pace.
  const std::int64_t most = media::rescale(patience_.most, base::kSecond, timescale_);
  return passed_ - pending_.pts <= most && pts >= pending_.pts + pending_.step - tolerance(pending_.step);
}

void Switch::wait_for_pending(std::unique_lock<std::mutex>& lock, std::int64_t pts) {
  const Side side = selected_.side;
  selected_.given = now();
  while (!closed_ && side == selected_.side && ahead_of_pending(pts)) {
    const SteadyTime until = std::min(patient_until(), quiet_at(pending_));
    if (now() >= until) return;
    held_up_ = side;
    changed_.wait_until(lock, until);
    if (held_up_ == side) held_up_ = kNone;
  }
}

void Switch::hold(Side side, Hold hold) {
  const std::lock_guard lock(mutex_);
  if (closed_ || selected_.side != side) return;
  hold.paused = hold.until <= pause_until_;
  put_hold(hold);
}

void Switch::put_hold(Hold hold) {
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
  changed_.notify_all();
}

std::optional<Switch::Item> Switch::take(std::vector<std::int64_t>& forced) {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return closed_ || !items_.empty(); });
  if (closed_) return std::nullopt;
  Item item = std::move(items_.front());
  items_.pop_front();
  if (std::holds_alternative<Picture>(item)) {
    // The selected side may have waited for the room: it is busy, not quiet.
    if (pictures_ == kQueue) selected_.given = now();
    --pictures_;
  }
  forced.insert(forced.end(), forced_.begin(), forced_.end());
  forced_.clear();
  changed_.notify_all();
  return item;
}

}  // namespace transcode
