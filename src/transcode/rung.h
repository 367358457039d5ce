#pragma once

#include "job/rung.h"

namespace transcode {

// What a rung is belongs to the worker's job description; here it is named without its folder.
using job::AudioRung;
using job::default_ladder;
using job::full_rate;
using job::resolve;
using job::Rung;

}  // namespace transcode
