#pragma once

#include "media/track.h"

namespace transcode::testing {

/// HDR of BT.2100 in limited range, of either transfer.
inline constexpr media::Colour kPq{9, 16, 9, false};
inline constexpr media::Colour kHlg{9, 18, 9, false};

}  // namespace transcode::testing
