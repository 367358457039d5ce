#include "transcode/outbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace transcode {

Outbox::~Outbox() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Status Outbox::open() {
  descriptor_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor_ < 0) return base::Error{base::Code::kSystem, std::string("eventfd: ") + std::strerror(errno)};
  return base::Ok{};
}

void Outbox::put(Item item) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = items_.empty();
    if (const auto* packet = std::get_if<media::Packet>(&item.what)) bytes_ += packet->data.size();
    items_.push_back(std::move(item));
  }
  // One wake-up does for all that gathers until drain().
  if (first) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof one);
  }
}

void Outbox::drain(Output& out) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t taken = ::read(descriptor_, &count, sizeof count);
  std::vector<Item> items;
  {
    const std::lock_guard lock(mutex_);
    items.swap(items_);
    bytes_ = 0;
  }
  for (Item& item : items) {
    if (auto* packet = std::get_if<media::Packet>(&item.what)) {
      out.on_packet(item.rung, std::move(*packet));
    } else {
      out.on_track(item.rung, std::get<media::Track>(item.what));
    }
  }
}

}  // namespace transcode
