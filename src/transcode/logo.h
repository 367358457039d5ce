#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "media/overlay.h"
#include "transcode/av.h"
#include "transcode/overlay_patch.h"
#include "transcode/scaler.h"

namespace transcode {

/// Where an overlay lies in a picture: in its corner, and smaller than asked for where the picture has no room for it.
/// `width` and `height`: of the overlay's own picture.
PatchPlace place_of(const media::Overlay& overlay, int width, int height, int picture_width, int picture_height);

/// A logo: a picture with transparency, to be laid over pictures of any size and colour. Thread: one at a time.
class Logo {
 public:
  /// `png`: see media::png_size(). Errors: kMalformed for a file that cannot be decoded; kSystem.
  static base::Result<Logo> make(base::View png);

  /// For pictures of this size and look, in the place and with the opacity of `overlay`. It is scaled without fringes
  /// of what is transparent. Its colours are those of BT.709, and come out as ColourMap says: on HDR its white is
  /// reference white, 203 cd/m2. Errors: kSystem.
  base::Result<OverlayPatch> patch(const media::Overlay& overlay, int picture_width, int picture_height,
                                   const Look& look) const;

 private:
  explicit Logo(FramePtr picture) : picture_(std::move(picture)) {}

  FramePtr picture_;  ///< AV_PIX_FMT_RGBA
};

}  // namespace transcode
