#include "rtmp/handshake.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "rtmp/hmac.h"

namespace rtmp {
namespace {

constexpr std::size_t kSize = 1536;
constexpr std::size_t kDigestSize = 32;
constexpr std::uint8_t kVersion = 3;
constexpr std::uint8_t kEncryptedVersion = 6;

// Public constants of the Flash handshake. A digest is keyed with the text alone; S2's with text and tail.
constexpr std::string_view kPlayerKey = "Genuine Adobe Flash Player 001";
constexpr std::string_view kServerKey = "Genuine Adobe Flash Media Server 001";
constexpr std::array<std::uint8_t, 32> kKeyTail = {0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0,
                                                   0xd1, 0x02, 0x9e, 0x7e, 0x57, 0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80,
                                                   0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae};

// The digest lies in one of two blocks of 764 bytes; the block's first four bytes, added up, say where.
constexpr std::array<std::size_t, 2> kBlocks = {8, 772};

std::size_t digest_offset(base::View packet, std::size_t block) {
  const std::size_t sum = std::size_t{packet[block]} + packet[block + 1] + packet[block + 2] + packet[block + 3];
  return block + 4 + sum % 728;
}

Digest digest_around(base::View packet, std::size_t offset, std::string_view key) {
  return hmac_sha256(base::view_of(key), {packet.first(offset), packet.subspan(offset + kDigestSize)});
}

/// The block in which C1 carries a valid digest, if it does.
std::optional<std::size_t> find_digest(base::View c1) {
  for (const std::size_t block : kBlocks) {
    const std::size_t offset = digest_offset(c1, block);
    const Digest digest = digest_around(c1, offset, kPlayerKey);
    if (std::equal(digest.begin(), digest.end(), c1.begin() + static_cast<std::ptrdiff_t>(offset))) return block;
  }
  return std::nullopt;
}

/// Signs S1 in the client's layout, and S2 with a key derived from the client's digest.
void sign(base::View c1, std::size_t block, std::span<std::uint8_t> s1, std::span<std::uint8_t> s2) {
  const std::size_t offset = digest_offset(s1, block);
  const Digest own = digest_around(s1, offset, kServerKey);
  std::copy(own.begin(), own.end(), s1.begin() + static_cast<std::ptrdiff_t>(offset));

  std::vector<std::uint8_t> full_key(kServerKey.begin(), kServerKey.end());
  full_key.insert(full_key.end(), kKeyTail.begin(), kKeyTail.end());
  const Digest derived = hmac_sha256(full_key, {c1.subspan(digest_offset(c1, block), kDigestSize)});
  const Digest answer = hmac_sha256(derived, {s2.first(kSize - kDigestSize)});
  std::copy(answer.begin(), answer.end(), s2.end() - static_cast<std::ptrdiff_t>(kDigestSize));
}

}  // namespace

base::Status Handshake::feed(base::View& bytes) {
  if (state_ == State::kC0 && !bytes.empty()) {
    if (bytes[0] == kEncryptedVersion) return base::Error{base::Code::kUnsupported, "C0: RTMPE"};
    if (bytes[0] != kVersion) return base::Error{base::Code::kMalformed, "C0: not RTMP version 3"};
    bytes = bytes.subspan(1);
    state_ = State::kC1;
  }
  if (state_ == State::kC1 && !bytes.empty()) {
    const std::size_t taken = std::min(bytes.size(), kSize - c1_.size());
    if (c1_.size() + taken > c1_.capacity()) c1_.reserve(std::min(kSize, std::max(c1_.size() + taken, 2 * c1_.size())));
    c1_.insert(c1_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    bytes = bytes.subspan(taken);
    if (c1_.size() == kSize) {
      answer();
      c1_ = {};
      state_ = State::kC2;
    }
  }
  if (state_ == State::kC2) {
    // C2 should echo S1; nothing hangs on it, and some encoders send zeros.
    const std::size_t taken = std::min(bytes.size(), c2_left_);
    c2_left_ -= taken;
    bytes = bytes.subspan(taken);
    if (c2_left_ == 0) state_ = State::kDone;
  }
  return base::Ok{};
}

void Handshake::answer() {
  output_.resize(1 + 2 * kSize);
  output_[0] = kVersion;
  const std::span<std::uint8_t> s1 = std::span(output_).subspan(1, kSize);
  const std::span<std::uint8_t> s2 = std::span(output_).subspan(1 + kSize, kSize);
  for (std::size_t i = 8; i < kSize; ++i) s1[i] = next_random();
  // RT-1: S2 is C1, time and random, byte for byte: RootEncoder compares them.
  std::copy(c1_.begin(), c1_.end(), s2.begin());

  // Plain clients leave the version field 0; then there is no digest to look for.
  const bool versioned = c1_[4] != 0 || c1_[5] != 0 || c1_[6] != 0 || c1_[7] != 0;
  const std::optional<std::size_t> block = versioned ? find_digest(c1_) : std::nullopt;
  if (!block) return;
  digested_ = true;
  constexpr std::array<std::uint8_t, 4> kServerVersion = {4, 5, 0, 1};
  std::copy(kServerVersion.begin(), kServerVersion.end(), s1.begin() + 4);
  sign(c1_, *block, s1, s2);
}

std::uint8_t Handshake::next_random() {
  // splitmix64: filler, not a secret.
  random_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = random_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return static_cast<std::uint8_t>(z >> 56);
}

}  // namespace rtmp
