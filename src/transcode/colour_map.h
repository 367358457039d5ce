#pragma once

#include "media/track.h"

/// The colours of encoded rungs. They are always standard dynamic range: 8 bits and, where the source has a wider gamut
/// or a higher dynamic range, BT.709. A rung of 8 bits that claims PQ shows bands, and most players show it grey.
namespace transcode {

/// True for colours that 8-bit rungs cannot have: PQ and HLG (H.273 transfer 16 and 18), and the BT.2020 gamut.
bool needs_sdr_conversion(const media::Colour& colour);

/// What rungs encoded from a source of this colour are tagged as: BT.709 if its pictures have to be converted,
/// otherwise the source's own.
media::Colour rung_colour(const media::Colour& source);

/// A picture's sample, 0 to 1 in luma and -0.5 to 0.5 in the two chroma components: nominal black is 0, nominal
/// white 1.
struct Yuv {
  double y = 0;
  double cb = 0;
  double cr = 0;
};

/// The BT.709 sample that shows what `sample` of a source of this colour shows. Values outside the nominal range are
/// clipped.
///
/// HDR white of 203 cd/m2 (BT.2408) lies at 90 % of the signal. Above it a roll-off brings light up to 1000 cd/m2 into
/// range (the EETF of BT.2390, on the largest of R, G and B, so that no hue changes); brighter light is clipped.
/// Colours outside of BT.709 are moved towards the grey of their luminance until they fit. HLG is taken for a display
/// of 1000 cd/m2 (BT.2100, system gamma 1.2). The result is for a display of gamma 2.4 (BT.1886).
Yuv to_sdr(const media::Colour& colour, const Yuv& sample);

}  // namespace transcode
