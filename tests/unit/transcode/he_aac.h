#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "media/aac.h"
#include "media/bit_reader.h"
#include "media/packet.h"
#include "media/track.h"

/// AAC made bit by bit, since there is no free encoder of HE-AAC: silence in two channels.
namespace transcode::testing {

/// raw_data_block() of a channel pair without any spectrum. `sbr`: with a fill element that has spectral band
/// replication, whose grid, noise and envelopes are as small as they can be. Spec: [ISO 14496-3 4.4.2.1, 4.4.2.8].
inline base::Bytes aac_frame(bool sbr) {
  constexpr unsigned kBytes = 60;  // of the extension, its zeros are codewords and padding
  media::BitWriter out;
  out.bits(3, 1);  // ID_CPE
  out.bits(4, 0);
  out.flag(true);   // common_window
  out.bits(11, 0);  // one long window, no scale factor band
  out.bits(2, 0);   // ms_mask_present
  for (int channel = 0; channel < 2; ++channel) {
    out.bits(8, 100);  // global_gain
    out.bits(3, 0);    // neither pulses, nor noise shaping, nor gain control
  }
  if (sbr) {
    out.bits(3, 6);  // ID_FIL
    out.bits(4, 15);
    out.bits(8, kBytes - 14);                                      // esc_count
    out.bits(4, 13);                                               // EXT_SBR_DATA
    out.flag(true);                                                // bs_header_flag
    out.flag(true);                                                // bs_amp_res
    out.bits(4, 5);                                                // bs_start_freq
    out.bits(4, 3);                                                // bs_stop_freq
    out.bits(7, 0);                                                // crossover band 0, no extra headers
    out.bits(2, 0);                                                // no extra data, no coupling
    for (int channel = 0; channel < 2; ++channel) out.bits(5, 1);  // one envelope of high frequency resolution
    unsigned left = 8 * kBytes - 4 - 17 - 2 - 10;
    for (; left > 32; left -= 32) out.bits(32, 0);
    out.bits(left, 0);
  }
  out.bits(3, 7);  // ID_END
  return base::Bytes::adopt(out.take());
}

/// A track of AAC-LC of 24 kHz, as ADTS says it.
inline media::Track aac_track(int rate = 24'000) {
  media::Track track;
  track.id = 257;
  track.codec = media::Codec::kAac;
  track.timescale = rate;
  track.config = media::aac::make_config(2, rate, 2);
  track.codec_string = "mp4a.40.2";
  track.audio = {rate, 2, 1024, 0};
  return track;
}

inline std::vector<media::Packet> aac_packets(bool sbr, int count) {
  std::vector<media::Packet> packets;
  for (int i = 0; i < count; ++i) {
    media::Packet packet;
    packet.track_id = 257;
    packet.pts = packet.dts = std::int64_t{1024} * i;
    packet.duration = 1024;
    packet.key = packet.idr = true;
    packet.data = aac_frame(sbr);
    packets.push_back(std::move(packet));
  }
  return packets;
}

}  // namespace transcode::testing
