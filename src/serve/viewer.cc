#include "serve/viewer.h"

namespace serve {

Viewer::~Viewer() { release_all(); }

void Viewer::hold(std::unique_ptr<Held> held) {
  Held* added = held.release();
  added->next = held_;
  if (held_ != nullptr) held_->previous = added;
  held_ = added;
  counters_.parked.add();
}

std::unique_ptr<Held> Viewer::release(Held& held) {
  if (held.previous != nullptr) held.previous->next = held.next;
  if (held.next != nullptr) held.next->previous = held.previous;
  if (held_ == &held) held_ = held.next;
  held.previous = held.next = nullptr;
  counters_.parked.subtract();
  return std::unique_ptr<Held>(&held);
}

void Viewer::release_all() {
  while (held_ != nullptr) release(*held_);
}

void Viewer::drop_held(http::StreamId id) {
  for (Held* held = held_; held != nullptr; held = held->next) {
    if (held->id != id) continue;
    release(*held);
    return;
  }
}

}  // namespace serve
