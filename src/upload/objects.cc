#include "upload/objects.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "hls/uri.h"

namespace upload {
namespace {

constexpr std::string_view kIndependentTag = "#EXT-X-INDEPENDENT-SEGMENTS\n";
constexpr std::string_view kPlaylistLife = "public, max-age=";
// Playlists of a presentation of which a rendition has not begun are put with the multivariant one after so many.
constexpr std::size_t kPatience = 3;

base::Bytes segment_bytes(const hls::Segment& segment) {
  if (!segment.data.empty()) return segment.data;
  std::vector<std::uint8_t> bytes;
  for (const hls::Part& part : segment.parts) bytes.insert(bytes.end(), part.data.begin(), part.data.end());
  return base::Bytes::adopt(std::move(bytes));
}

/// The value of the attribute URI of a tag; empty where it has none.
std::string_view uri_attribute(std::string_view line) {
  constexpr std::string_view kUri = "URI=\"";
  const std::size_t at = line.find(kUri);
  if (at == line.npos) return {};
  const std::string_view rest = line.substr(at + kUri.size());
  return rest.substr(0, std::min(rest.find('"'), rest.size()));
}

/// A path below the playlist's directory.
bool within(std::string_view uri) {
  return !uri.empty() && uri.front() != '/' && uri.find("..") == uri.npos &&
         std::all_of(uri.begin(), uri.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("/-_.").find(c) != std::string_view::npos;
         });
}

}  // namespace

const char* media_type(media::Kind kind) {
  switch (kind) {
    case media::Kind::kAudio: return "audio/mp4";
    case media::Kind::kText: return "text/vtt";
    default: return "video/mp4";
  }
}

std::string playlist_name(const std::string& channel, const std::string& rendition) {
  return channel + "/" + (rendition.empty() ? "" : rendition + "/") + std::string(hls::kPlaylistFile);
}

s3::Object segment_object(const std::string& channel, const std::string& rendition, media::Kind kind,
                          const hls::Segment& segment) {
  std::string name = channel + "/" + rendition + "/";
  hls::write_segment_uri(name, segment.msn, segment.container);
  return {std::move(name), segment_bytes(segment), media_type(kind), kForGood};
}

s3::Object init_object(const std::string& channel, const std::string& rendition, media::Kind kind,
                       const hls::Segment& segment) {
  return {channel + "/" + rendition + "/" + segment.init->uri, segment.init->data, media_type(kind), kForGood};
}

s3::Object playlist_object(std::string name, std::string text, int target_duration) {
  return {std::move(name), base::Bytes::adopt(std::move(text)), kPlaylistType,
          std::string(kPlaylistLife) + std::to_string(std::max(1, target_duration / 2))};
}

bool has_playlist_headers(const s3::Object& object) {
  const std::string_view life = object.cache_control;
  return object.content_type == kPlaylistType && life.starts_with(kPlaylistLife) &&
         life.substr(kPlaylistLife.size()).find_first_not_of("0123456789") == life.npos;
}

std::string multivariant_text(const origin::ChannelSnapshot& snapshot, const Listing& listing) {
  if (!snapshot.multivariant || listing.size() == 0) return {};
  const bool all = std::all_of(snapshot.renditions.begin(), snapshot.renditions.end(),
                               [&](const auto& rendition) { return listing.lists(rendition->name()); });
  if (!all && listing.longest() < kPatience) return {};
  std::string text(snapshot.multivariant->identity.text());
  const std::size_t tag = text.find(kIndependentTag);
  if (!listing.independent() && tag != text.npos) text.erase(tag, kIndependentTag.size());
  return text;
}

bool fits_log(const record::Record& record, std::int64_t begun) {
  return std::visit(
      [begun](const auto& kind) {
        if constexpr (requires { kind.msn; }) return kind.msn > begun;
        return true;
      },
      record);
}

References references_of(std::string_view text) {
  References found;
  found.playlist = text.starts_with("#EXTM3U");
  bool gap = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (line == "#EXT-X-ENDLIST") found.ended = true;
    if (line == "#EXT-X-GAP") gap = true;
    const bool tag = line.starts_with('#');
    const bool refers = line.starts_with("#EXT-X-MAP:") || line.starts_with("#EXT-X-MEDIA:");
    const std::string_view uri = refers ? uri_attribute(line) : line;
    if (tag && (!refers || uri.empty())) continue;
    if (!within(uri)) {
      found.playlist = false;
      continue;
    }
    const auto file = tag ? std::nullopt : hls::parse_file(uri);
    if (file && file->kind == hls::File::Kind::kSegment) found.newest = std::max(found.newest, file->msn);
    if (tag || !gap) found.names.emplace_back(uri);
    if (!tag) gap = false;
  }
  return found;
}

}  // namespace upload
