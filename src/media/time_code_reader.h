#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "media/h264_timing.h"
#include "media/time_code.h"
#include "media/track.h"

namespace media {

/// Reads the time code in the pictures of a track: of H.264, HEVC and MPEG-2 video. Pure.
///
/// Above 30 pictures a second some encoders number each picture and others each pair, and their flags do not tell
/// which: no code is given until a number above half the rate, or one that comes twice, has shown it. The second
/// picture of a pair has the code of the first.
///
/// Spec: [H.264 D.1.3], [H.265 D.2.27], [ISO 13818-2 6.2.2.6]. time_offset is not read: encoders write 0.
class TimeCodeReader {
 public:
  /// The pictures from now on are of this track.
  void set_track(const Track& track);
  /// The code of the picture; nothing where it carries none, a damaged one, or the frame rate is not known. `sample` as
  /// Packet::data, in decoding order.
  std::optional<TimeCode> read(base::View sample);
  /// The frames a second that the track's codes count: see counted_rate().
  std::uint16_t rate() const { return rate_; }

 private:
  static constexpr std::size_t kRemembered = 8;  ///< more pictures than lie between two of a pair in decoding order

  std::optional<TimeCode> read_nals(base::View sample);
  std::optional<TimeCode> read_group(base::View sample) const;
  std::optional<TimeCode> read_sei(base::View nal);
  std::optional<TimeCode> read_message(base::View payload);
  std::optional<TimeCode> counted(TimeCode code);

  Codec codec_ = Codec::kH264;
  std::uint16_t rate_ = 0;
  h264::PictureTiming timing_;
  std::vector<std::uint8_t> rbsp_;
  TimeCode last_;              ///< what a code that is not complete continues
  bool any_ = false;           ///< last_ holds
  std::optional<bool> pairs_;  ///< above 30 pictures a second: whether a number is that of two of them
  std::array<std::int64_t, kRemembered> recent_{};  ///< frame numbers
  std::size_t seen_ = 0;
};

}  // namespace media
