#include "media/track.h"

#include <algorithm>

namespace media {
namespace {

/// The configuration without "there is no SBR": the sync extension 0x2b7 of type 5 with sbrPresentFlag 0, behind the
/// two bytes of AAC-LC. Spec: [ISO 14496-3 1.6.2.1].
base::View essential_config(const Track& track) {
  const base::View config = track.config.view();
  const bool says_no_sbr = track.codec == Codec::kAac && config.size() == 5 && config[0] >> 3 == 2 &&
                           config[2] == 0x56 && config[3] == 0xe5 && config[4] < 0x80;
  return says_no_sbr ? config.first(2) : config;
}

}  // namespace

bool same_format(const Track& a, const Track& b) {
  const base::View left = essential_config(a);
  const base::View right = essential_config(b);
  return a.codec == b.codec && std::equal(left.begin(), left.end(), right.begin(), right.end()) && a.video == b.video &&
         a.audio == b.audio;
}

}  // namespace media
