#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ingest {

/// What an SRT caller says it wants.
struct StreamId {
  enum class Mode : std::uint8_t { kRequest, kPublish, kBidirectional };

  std::string app;      ///< "live" of r=live/CHANNEL; empty where the resource has no slash
  std::string channel;  ///< CHANNEL
  std::string key;      ///< s=KEY, or ?key=KEY after the resource; empty where none was given; never log it
  /// What else the key may be: percent-decoded, and, after the resource, with what follows an '&' in it; never log it.
  std::vector<std::string> other_keys;
  std::string feed;  ///< x-feed=, or &feed= after the resource; empty where none was named
  std::string user;  ///< u=
  std::string host;  ///< h=
  Mode mode = Mode::kRequest;
  bool mode_given = false;  ///< false: m is absent, which means kRequest (SR-3); a plain stream id always publishes
};

/// Reads either form: "#!::r=live/CHANNEL,m=publish,s=KEY" with its keys in any order, or plain "live/CHANNEL?key=KEY".
/// A key with a comma is written as %2C in the former. Unknown keys are ignored (SR-4); the nested form "#!:{…}" is
/// refused. Errors: kMalformed (also keys that come twice, text that is not UTF-8, or no resource at all), kTooLarge
/// above 512 bytes, kUnsupported for t other than stream. Spec: [SRT access control] SR-2.
base::Result<StreamId> parse_stream_id(std::string_view text);

}  // namespace ingest
