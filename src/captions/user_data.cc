#include "captions/user_data.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace captions {
namespace {

// itu_t_t35_country_code (United States) and itu_t_t35_provider_code (ATSC).
constexpr std::array<std::uint8_t, 3> kProvider{0xb5, 0x00, 0x31};
// user_identifier and user_data_type_code (cc_data).
constexpr std::array<std::uint8_t, 5> kCaptions{'G', 'A', '9', '4', 0x03};
constexpr std::uint8_t kReserved = 0x80;
constexpr std::uint8_t kProcess = 0x40;
constexpr std::uint8_t kCount = 0x1f;
constexpr std::uint8_t kMarkerBits = 0xf8;
constexpr std::uint8_t kValid = 0x04;
constexpr std::uint8_t kKind = 0x03;

template <std::size_t kSize>
bool take_prefix(base::View& bytes, const std::array<std::uint8_t, kSize>& prefix) {
  if (bytes.size() < kSize || !std::equal(prefix.begin(), prefix.end(), bytes.begin())) return false;
  bytes = bytes.subspan(kSize);
  return true;
}

}  // namespace

void read_triplets(base::View bytes, std::vector<Triplet>& to) {
  for (; bytes.size() >= 3; bytes = bytes.subspan(3)) {
    to.push_back({(bytes[0] & kValid) != 0, static_cast<Triplet::Kind>(bytes[0] & kKind), bytes[1], bytes[2]});
  }
}

void read_atsc_data(base::View data, std::vector<Triplet>& to) {
  // The flags and the count, then em_data.
  if (!take_prefix(data, kCaptions) || data.size() < 2 || (data[0] & kProcess) == 0) return;
  const std::size_t count = data[0] & kCount;
  data = data.subspan(2);
  read_triplets(data.first(std::min(count * 3, data.size())), to);
}

void read_user_data(base::View message, std::vector<Triplet>& to) {
  if (take_prefix(message, kProvider)) read_atsc_data(message, to);
}

void write_triplets(std::span<const Triplet> triplets, std::vector<std::uint8_t>& to) {
  for (const Triplet& triplet : triplets) {
    const auto kind = static_cast<std::uint8_t>(triplet.kind);
    to.push_back(static_cast<std::uint8_t>(kMarkerBits | (triplet.valid ? kValid : 0U) | kind));
    to.push_back(triplet.first);
    to.push_back(triplet.second);
  }
}

void write_user_data(std::span<const Triplet> triplets, std::vector<std::uint8_t>& to) {
  triplets = triplets.first(std::min(triplets.size(), kMostTriplets));
  to.insert(to.end(), kProvider.begin(), kProvider.end());
  to.insert(to.end(), kCaptions.begin(), kCaptions.end());
  to.push_back(static_cast<std::uint8_t>(kReserved | kProcess | triplets.size()));
  to.push_back(0xff);  // em_data
  write_triplets(triplets, to);
  to.push_back(0xff);  // marker_bits
}

}  // namespace captions
