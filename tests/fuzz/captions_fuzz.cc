#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "captions/finder.h"
#include "captions/picture.h"

namespace {

// Each byte string led by its length and a byte of time is one picture.
media::Packet next_picture(base::View& rest, std::int64_t& dts) {
  const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 2);
  media::Packet packet;
  packet.dts = dts++;
  packet.pts = packet.dts + (rest[1] & 0x1f);
  packet.data = base::Bytes::copy_of(rest.subspan(2, length));
  rest = rest.subspan(2 + length);
  return packet;
}

}  // namespace

// The first byte chooses the codec. What is found in a picture is found again in what it becomes with these captions,
// and nothing in what it becomes without them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array kCodecs{media::Codec::kH264, media::Codec::kHevc, media::Codec::kMpeg2Video, media::Codec::kAv1};
  base::View rest{data, size};
  if (rest.empty()) return 0;
  const media::Codec codec = kCodecs[rest[0] % kCodecs.size()];
  rest = rest.subspan(1);
  captions::Finder finder;
  captions::PictureReader reader;
  std::int64_t dts = 0;
  while (rest.size() > 2) {
    const media::Packet packet = next_picture(rest, dts);
    finder.feed(codec, packet);
    const auto found = reader.read(codec, packet.data.view());
    if (found.size() > captions::PictureReader::kMost) std::abort();
    const std::vector<captions::Triplet> triplets(found.begin(), found.end());
    const base::Bytes without = captions::without_captions(codec, packet.data);
    const bool nals = codec == media::Codec::kH264 || codec == media::Codec::kHevc;
    if (nals && !reader.read(codec, without.view()).empty()) std::abort();
    const std::size_t written = std::min(triplets.size(), captions::kMostTriplets);
    const base::Bytes with = captions::with_captions(codec, without, triplets);
    if (with != without && nals && reader.read(codec, with.view()).size() != written) std::abort();
  }
  return 0;
}
