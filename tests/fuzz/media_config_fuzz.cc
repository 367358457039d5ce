#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "media/aac.h"
#include "media/ac3.h"
#include "media/av1.h"
#include "media/describe.h"
#include "media/flac.h"
#include "media/h264.h"
#include "media/hevc.h"
#include "media/mpeg2.h"
#include "media/mpeg_audio.h"
#include "media/nal.h"
#include "media/opus.h"
#include "media/vp9.h"

namespace {

void feed_nals(base::View bytes) {
  media::h264::ParameterSets h264;
  media::hevc::ParameterSets hevc;
  const auto nals = media::split_annexb(bytes);
  for (const base::View nal : nals) {
    h264.feed(nal);
    hevc.feed(nal);
    (void)media::h264::parse_sps(nal).ok();
    (void)media::hevc::parse_sps(nal).ok();
    (void)media::hevc::parse_vps_frame_rate(nal).ok();
  }
  (void)h264.config().ok();
  (void)hevc.config().ok();
  (void)media::inspect(media::Codec::kH264, nals);
  (void)media::inspect(media::Codec::kHevc, nals);
  (void)media::split_lengths(bytes).ok();
}

void feed_frames(base::View bytes) {
  (void)media::aac::parse_adts(bytes).ok();
  (void)media::aac::config_of_adts(bytes).ok();
  if (const auto frame = media::ac3::parse_frame(bytes)) {
    (void)(frame->enhanced ? media::ac3::make_dec3(*frame) : media::ac3::make_dac3(*frame));
  }
  (void)media::mpeg_audio::parse_frame(bytes).ok();
  (void)media::opus::parse_opus_head(bytes).ok();
  (void)media::opus::packet_samples(bytes);
  (void)media::flac::make_dfla(bytes).ok();
  (void)media::av1::inspect(bytes);
  (void)media::av1::make_av1c(bytes).ok();
  (void)media::mpeg2::parse_sequence(bytes).ok();
  (void)media::mpeg2::inspect(bytes);
  (void)media::vp9::is_key(bytes);
}

}  // namespace

/// The first byte chooses the codec that describe() takes the rest for; the rest goes to every other parser, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const base::View bytes{data + 1, size - 1};
  media::Track track;
  track.codec = static_cast<media::Codec>(data[0] % (static_cast<int>(media::kLastCodec) + 1));
  track.config = base::Bytes::copy_of(bytes);
  (void)media::describe(track).ok();
  feed_nals(bytes);
  feed_frames(bytes);
  return 0;
}
