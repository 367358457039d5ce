#include "media/hdr.h"

#include "media/av1.h"
#include "media/hevc.h"

namespace media {

HdrMetadata hdr_metadata(const Track& track) {
  if (track.codec == Codec::kHevc) {
    if (const auto config = hevc::parse_hvcc(track.config.view())) return hevc::parse_hdr_sei(config->sei);
  }
  if (track.codec == Codec::kAv1) {
    if (const auto config = av1::parse_av1c(track.config.view())) return av1::parse_hdr_obus(config->obus);
  }
  return {};
}

}  // namespace media
