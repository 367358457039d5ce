#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "hls/media_playlist.h"
#include "origin/log.h"
#include "s3/bucket.h"
#include "upload/listing.h"
#include "upload/objects.h"

namespace upload {

/// What is wrong with an object of a bucket.
enum class Fault : std::uint8_t {
  kMissing,     ///< it is not there, and can be put
  kLost,        ///< it is not there, playlists name it, and the journal no longer has it
  kBytes,       ///< its bytes are others
  kHeaders,     ///< its content type or its cache control is another
  kOld,         ///< a playlist that does not list what was uploaded
  kUnreadable,  ///< it is there and cannot be read
};
std::string_view to_string(Fault fault);
/// Whether an object with that fault can be put again from what is on this machine.
constexpr bool repairable(Fault fault) { return fault != Fault::kLost && fault != Fault::kUnreadable; }

struct Finding {
  std::string name;  ///< as s3::Object::name
  Fault fault = Fault::kMissing;
  std::string detail;  ///< for people; may be empty
};

/// A channel's upload, as it was found.
struct Comparison {
  bool begun = false;         ///< the state file is of this place: something was uploaded there
  std::uint64_t objects = 0;  ///< that were compared
  std::uint64_t bytes = 0;    ///< of these
  std::uint64_t waiting = 0;  ///< segments of the journal which the upload has not reached
  std::vector<Finding> findings;
};

/// What is compared, and how.
struct Reconciled {
  std::string channel;
  std::string journal;  ///< the channel's directory
  std::string state;    ///< path of the state file
  std::string place;    ///< see Uploader::Options
  hls::PlaylistType type = hls::PlaylistType::kSliding;
  origin::Log::Options log;
  bool fetch_all = false;  ///< every object is fetched: bytes are compared whatever its ETag says, and headers
};

/// Compares what the upload of a channel says that it has put with what is in the bucket: media by size and MD5 where
/// the journal still has it, by name where only playlists do, and playlists. It changes nothing, and a server may
/// upload meanwhile: the state is read before the bucket, so that what is found missing was there or should have been.
/// Memory: about 150 bytes an object. Thread: one, which waits for the disk and the bucket.
/// Errors: those of s3::Bucket where nothing can be told, such as kDenied.
base::Result<Comparison> compare(const Reconciled& of, s3::Bucket& bucket);

}  // namespace upload
