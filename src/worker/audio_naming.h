#pragma once

#include <cstddef>
#include <string>

#include "job/options.h"
#include "media/track.h"

namespace worker {

/// What playlists say of an audio rendition.
struct AudioNaming {
  std::string name;             ///< for people: "English", "English, audio description"
  std::string language;         ///< RFC 5646 or ISO 639-2, empty: not known
  std::string characteristics;  ///< uniform type identifiers
  bool is_default = false;
};

/// Of the rendition with this number, from 1, that is made of a track of the feed. The first one is the default, if the
/// options name none and it is for all.
AudioNaming name_audio(const job::Options& options, const media::Track& track, std::size_t number);

/// False for a track that the options leave out.
bool is_published(const job::Options& options, const media::Track& track);

}  // namespace worker
