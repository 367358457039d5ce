#include "captions/digital.h"

#include <algorithm>

namespace captions {
namespace {

constexpr std::uint8_t kExtended = 7;
constexpr std::uint8_t kExtension = 0x10;
constexpr std::uint8_t kFirstCharacter = 0x20;

/// How many bytes a code is, with what follows it.
struct Code {
  std::size_t size = 1;
  bool character = false;
};

/// Codes of the C1 set: commands with parameters.
std::size_t command_size(std::uint8_t code) {
  if (code >= 0x88 && code <= 0x8d) return 2;  // clear, display, hide, toggle, delete windows; delay
  if (code == 0x90 || code == 0x92) return 3;  // pen attributes, pen location
  if (code == 0x91) return 4;                  // pen colour
  if (code == 0x97) return 5;                  // window attributes
  if (code >= 0x98 && code <= 0x9f) return 7;  // define window
  return 1;
}

/// A code of the sets C2, C3, G2 and G3. Those of variable length (0x90 to 0x9f) take the rest of the block.
Code extended_code(std::uint8_t code) {
  if (code < 0x08) return {2};
  if (code < 0x10) return {3};
  if (code < 0x18) return {4};
  if (code < 0x20) return {5};
  if (code < 0x80) return {2, code > kFirstCharacter};
  if (code < 0x88) return {6};
  if (code < 0x90) return {7};
  if (code < 0xa0) return {SIZE_MAX};
  return {2, true};
}

Code code_at(base::View block) {
  const std::uint8_t first = block[0];
  if (first == kExtension) return block.size() > 1 ? extended_code(block[1]) : Code{};
  if (first < 0x11) return {};
  if (first < 0x18) return {2};
  if (first < 0x20) return {3};
  if (first < 0x80 || first >= 0xa0) return {1, first > kFirstCharacter};
  return {command_size(first)};
}

int characters_in(base::View block) {
  int characters = 0;
  while (!block.empty()) {
    const Code code = code_at(block);
    if (code.character) ++characters;
    block = block.subspan(std::min(code.size, block.size()));
  }
  return characters;
}

}  // namespace

void DigitalChannel::feed(const Triplet& triplet) {
  if (!triplet.valid) return;
  if (triplet.kind == Triplet::Kind::kPacketStart) {
    const std::size_t code = triplet.first & 0x3fU;
    length_ = code == 0 ? kLongest : code * 2;
    size_ = 0;
    put(triplet);
  } else if (triplet.kind == Triplet::Kind::kPacketData && length_ > 0) {
    put(triplet);
  }
}

void DigitalChannel::put(const Triplet& triplet) {
  packet_[size_++] = triplet.first;
  packet_[size_++] = triplet.second;
  if (size_ < length_) return;
  read_packet(base::View(packet_).subspan(1, length_ - 1));
  length_ = 0;
}

void DigitalChannel::read_packet(base::View blocks) {
  while (!blocks.empty()) {
    std::uint8_t service = blocks[0] >> 5;
    const std::size_t size = blocks[0] & 0x1fU;
    blocks = blocks.subspan(1);
    if (service == 0) return;  // a null block ends the packet
    if (service == kExtended && size > 0) {
      if (blocks.empty()) return;
      service = blocks[0] & 0x3fU;
      blocks = blocks.subspan(1);
      if (service < kExtended) return;  // those have the short header
    }
    if (size > blocks.size()) return;
    int& characters = characters_[service];
    characters = std::min(characters + characters_in(blocks.first(size)), kEnough);
    blocks = blocks.subspan(size);
  }
}

}  // namespace captions
