#include "captions/service_blocks.h"

namespace captions {
namespace {

constexpr int kExtended = 7;

}  // namespace

std::span<const ServiceBlock> ServiceBlocks::feed(const Triplet& triplet) {
  blocks_.clear();
  if (!triplet.valid) return blocks_;
  if (triplet.kind == Triplet::Kind::kPacketStart) {
    const std::size_t code = triplet.first & 0x3fU;
    length_ = code == 0 ? kLongest : code * 2;
    size_ = 0;
  } else if (triplet.kind != Triplet::Kind::kPacketData || length_ == 0) {
    return blocks_;
  }
  packet_[size_++] = triplet.first;
  packet_[size_++] = triplet.second;
  if (size_ == length_) {
    split(base::View(packet_).subspan(1, length_ - 1));
    length_ = 0;
  }
  return blocks_;
}

void ServiceBlocks::split(base::View rest) {
  while (!rest.empty()) {
    int service = rest[0] >> 5;
    const std::size_t size = rest[0] & 0x1fU;
    rest = rest.subspan(1);
    if (service == 0) return;  // a null block ends the packet
    if (service == kExtended && size > 0) {
      if (rest.empty()) return;
      service = rest[0] & 0x3f;
      rest = rest.subspan(1);
      if (service < kExtended) return;  // those have the short header
    }
    if (size > rest.size()) return;
    blocks_.push_back({service, rest.first(size)});
    rest = rest.subspan(size);
  }
}

}  // namespace captions
