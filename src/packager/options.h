#pragma once

#include "job/options.h"
#include "packager/packager.h"

namespace packager {

/// How a channel's log is packaged: alike in its worker and in the server's stand-in.
inline Packager::Options options_of(const job::Options& media) {
  Packager::Options options;
  options.segment_target = media.segment;
  options.part_target = media.part;
  options.cuts_move = media.splice_cuts;
  if (media.outage == job::Options::Outage::kGap) options.missing = Segmenter::Missing::kGap;
  return options;
}

}  // namespace packager
