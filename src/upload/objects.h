#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hls/window.h"
#include "media/track.h"
#include "origin/channel_snapshot.h"
#include "record/record.h"
#include "s3/bucket.h"
#include "upload/listing.h"

/// What of a channel is an object of a bucket: its name, its bytes and its headers. Thread: any.
namespace upload {

inline constexpr const char* kPlaylistType = "application/vnd.apple.mpegurl";
/// Cache-Control of media: a name gets no other bytes, since segments are numbered by time and inits named by their
/// hash.
inline constexpr const char* kForGood = "public, max-age=31536000, immutable";
/// Content-Type of media.
const char* media_type(media::Kind kind);

/// "match/v720/index.m3u8", or "match/index.m3u8" where there is no rendition.
std::string playlist_name(const std::string& channel, const std::string& rendition = "");

/// A closed segment that is no gap.
s3::Object segment_object(const std::string& channel, const std::string& rendition, media::Kind kind,
                          const hls::Segment& segment);
/// REQUIRES: segment.init.
s3::Object init_object(const std::string& channel, const std::string& rendition, media::Kind kind,
                       const hls::Segment& segment);
/// `target_duration`: of the channel. Units: s.
s3::Object playlist_object(std::string name, std::string text, int target_duration);
/// Whether an object has the headers of a playlist, whatever its target duration.
bool has_playlist_headers(const s3::Object& object);

/// The multivariant playlist of what is listed; empty while a rendition that it names has no playlist.
std::string multivariant_text(const origin::ChannelSnapshot& snapshot, const Listing& listing);

/// Whether a record is of a segment that begins after `begun`: of others a log that begins there does not have all.
bool fits_log(const record::Record& record, std::int64_t begun);

/// What a playlist of a bucket names. The bytes may be any.
struct References {
  std::vector<std::string> names;  ///< relative to the playlist: segments that are no gaps, inits, other playlists
  std::int64_t newest = -1;        ///< number of the newest segment, gaps included; -1: none
  bool ended = false;              ///< EXT-X-ENDLIST
  bool playlist = false;           ///< it begins as a playlist does, and names nothing outside its directory
};
References references_of(std::string_view text);

}  // namespace upload
