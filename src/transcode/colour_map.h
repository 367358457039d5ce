#pragma once

#include <array>

#include "media/track.h"
#include "transcode/rung.h"

/// The colours of encoded rungs. A rung has those of the source that its ladder was made for, as far as its range goes
/// (job::Rung::Range); pictures of other colours are converted to them.
namespace transcode {

/// True for colours that rungs of Range::kSdr do not have: PQ and HLG (H.273 transfer 16 and 18), and the BT.2020
/// gamut. 8 bits of PQ show bands, and most players show it grey.
bool needs_sdr_conversion(const media::Colour& colour);

/// What a rung encoded from a source of this colour is tagged as. Of Range::kHdr: the source's own, with BT.2100 where
/// an HDR source does not name its primaries or its matrix. Of Range::kSdr: BT.709 if needs_sdr_conversion(), otherwise
/// the source's own.
media::Colour rung_colour(const media::Colour& source, Rung::Range range);

/// True if pictures of one colour can be passed on as such of the other. What is not specified is as the other has it;
/// curves of SDR are alike.
bool same_colour(const media::Colour& a, const media::Colour& b);

/// True if all that has to be converted is the matrix and the value range: SDR of the gamuts of BT.709 and BT.601,
/// which displays show alike.
bool differs_by_matrix(const media::Colour& from, const media::Colour& to);

/// A picture's sample, 0 to 1 in luma and -0.5 to 0.5 in the two chroma components: nominal black is 0, nominal
/// white 1.
struct Yuv {
  double y = 0;
  double cb = 0;
  double cr = 0;
};

/// The sample of the same R, G and B by the matrix of another colour. Linear: nothing is clipped.
Yuv with_matrix(const Yuv& sample, const media::Colour& from, const media::Colour& to);

/// Samples of one colour as those of another that show the same, on displays of their kinds: SDR of gamma 2.4
/// (BT.1886), HLG of 1000 cd/m2 (BT.2100, system gamma 1.2). Values outside the nominal range are clipped.
///
/// SDR's nominal white is shown as HDR's reference white, 203 cd/m2 (BT.2408), and remains that in HDR. The other way
/// round a roll-off brings light up to 1000 cd/m2 into SDR (the EETF of BT.2390, on the largest of R, G and B, so that
/// no hue changes), brighter light is clipped, and HDR's white comes to lie at 90 % of the signal. What PQ has above
/// 1000 cd/m2 is clipped in HLG. Colours outside of the other's gamut are moved towards the grey of their luminance
/// until they fit.
class ColourMap {
 public:
  ColourMap(const media::Colour& from, const media::Colour& to);
  Yuv map(const Yuv& sample) const;

 private:
  using Matrix = std::array<std::array<double, 3>, 3>;
  media::Colour from_;
  media::Colour to_;
  Matrix gamut_{};                     ///< light of the one's primaries in the other's
  std::array<double, 3> luminance_{};  ///< of the other's primaries
};

}  // namespace transcode
