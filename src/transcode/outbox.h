#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <variant>
#include <vector>

#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/output.h"

namespace transcode {

/// What encoder threads finished, until the owner's loop takes it. Thread: put() from any, drain() from the owner's.
class Outbox {
 public:
  struct Item {
    std::size_t rung = 0;
    std::variant<media::Track, media::Packet> what;
  };

  Outbox() = default;
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Errors: kSystem where no descriptor is to be had.
  base::Status open();
  void put(Item item);
  void drain(Output& out);
  /// Readable while something waits.
  int descriptor() const { return descriptor_; }
  /// Bytes of packets that wait. Thread: any.
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  int descriptor_ = -1;
  std::mutex mutex_;  // a hand-over between threads
  std::vector<Item> items_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace transcode
