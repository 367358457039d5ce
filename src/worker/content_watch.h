#pragma once

#include "job/content_watch.h"
#include "transcode/picture_health.h"

namespace worker {

/// How the pictures of a channel's feeds are judged.
transcode::PictureHealth::Options picture_health(const job::ContentWatch& watch);
/// Samples that are below are silence. Units: parts of full scale.
double silence_peak(const job::ContentWatch& watch);

}  // namespace worker
