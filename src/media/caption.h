#pragma once

#include <string>
#include <vector>

namespace media {

/// A caption service that travels in the pictures (CEA-608 or 708), as playlists name it.
struct Caption {
  std::string service;   ///< INSTREAM-ID: CC1 to CC4, SERVICE1 to SERVICE63
  std::string language;  ///< BCP 47; empty: not known
  std::string name;      ///< for people; empty: `service`

  friend bool operator==(const Caption&, const Caption&) = default;
};

/// What is known of the captions in a channel's pictures; by default nothing.
struct Captions {
  std::vector<Caption> services;
  bool none = false;     ///< the operator says that there are none
  bool carried = false;  ///< pictures have been seen that have room for captions, filled or not

  friend bool operator==(const Captions&, const Captions&) = default;
};

}  // namespace media
