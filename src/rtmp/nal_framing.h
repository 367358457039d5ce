#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace rtmp {

/// How the NAL units of one track lie in its messages: each behind its length, as FLV has it, or behind start codes
/// (Annex B), as some encoders send them all the same. Spec: [flv E.4.3.1], [H.264 Annex B].
class NalFraming {
 public:
  /// The NAL units of a message; they live as long as `body`.
  /// What its lengths add up to exactly is read by lengths, unless the track was seen to use start codes.
  /// Errors: kTruncated where a length reaches past the end and no start code stands at the beginning.
  base::Result<std::vector<base::View>> split(base::View body);

  /// As the sequence header has it: 1, 2 or 4.
  void set_length_size(int bytes) { length_size_ = bytes; }
  /// Whether a message of these units already has the shape of media::Packet::data: lengths of 4 bytes, no empty unit.
  bool is_plain(base::View body, const std::vector<base::View>& nals) const;

 private:
  int length_size_ = 4;
  bool annexb_ = false;
};

/// True where the bytes begin with a start code of 3 or 4 bytes.
bool begins_with_start_code(base::View body);

}  // namespace rtmp
