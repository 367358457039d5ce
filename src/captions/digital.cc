#include "captions/digital.h"

#include <algorithm>

#include "captions/digital_codes.h"

namespace captions {
namespace {

/// Without blanks.
int characters_in(base::View block) {
  int characters = 0;
  while (!block.empty()) {
    const digital::Code code = digital::code_at(block);
    const std::size_t size = std::min(code.size, block.size());
    if (code.character && size == code.size && digital::character_of(block.first(size)) != digital::kSpace)
      ++characters;
    block = block.subspan(size);
  }
  return characters;
}

}  // namespace

void DigitalChannel::feed(const Triplet& triplet, ServiceSet& brought) {
  for (const ServiceBlock& block : blocks_.feed(triplet)) {
    const int more = characters_in(block.bytes);
    if (more == 0) continue;
    int& characters = characters_[static_cast<std::size_t>(block.service)];
    characters = std::min(characters + more, kEnough);
    brought.set(Service::digital(block.service).index());
  }
}

}  // namespace captions
