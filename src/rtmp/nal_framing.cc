#include "rtmp/nal_framing.h"

#include "media/nal.h"

namespace rtmp {

bool begins_with_start_code(base::View body) {
  if (body.size() < 4 || body[0] != 0 || body[1] != 0) return false;
  return body[2] == 1 || (body[2] == 0 && body[3] == 1);
}

base::Result<std::vector<base::View>> NalFraming::split(base::View body) {
  // 00 00 01 xx is a start code, and as good a length of 256 to 511: the lengths have to add up.
  const bool start_code = begins_with_start_code(body);
  if (annexb_ && start_code) return media::split_annexb(body);
  base::Result<std::vector<base::View>> nals = media::split_lengths(body, length_size_);
  if (nals.ok()) {
    annexb_ = false;
    return nals;
  }
  if (!start_code) return nals;
  annexb_ = true;
  return media::split_annexb(body);
}

bool NalFraming::is_plain(base::View body, const std::vector<base::View>& nals) const {
  if (annexb_ || length_size_ != 4) return false;
  std::size_t framed = 0;
  for (const base::View nal : nals) framed += 4 + nal.size();
  return framed == body.size();
}

}  // namespace rtmp
