#include "serve/routes.h"

namespace serve {
namespace {

constexpr std::size_t kMostName = 128;

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Route media_file(Route route) {
  const auto file = hls::parse_file(route.file);
  if (!file) return {};
  switch (file->kind) {
    case hls::File::Kind::kPlaylist: route.kind = Route::Kind::kPlaylist; break;
    case hls::File::Kind::kKeyFrames: route.kind = Route::Kind::kIframes; break;
    case hls::File::Kind::kSegment: route.kind = Route::Kind::kSegment; break;
    case hls::File::Kind::kPart: route.kind = Route::Kind::kPart; break;
    case hls::File::Kind::kInit: route.kind = Route::Kind::kInit; break;
  }
  route.msn = file->msn;
  route.part = file->part;
  route.container = file->container;
  return route;
}

Route image_file(Route route) {
  const auto msn = hls::parse_image(route.file);
  if (!msn && route.file != hls::kPlaylistFile) return {};
  route.kind = msn ? Route::Kind::kImage : Route::Kind::kImages;
  route.msn = msn.value_or(0);
  return route;
}

Route live(std::string_view rest) {
  Route route;
  const std::size_t slash = rest.find('/');
  if (slash == 0 || slash == std::string_view::npos) return {};
  route.channel = rest.substr(0, slash);
  rest.remove_prefix(slash + 1);
  const std::size_t second = rest.find('/');
  if (second == std::string_view::npos) {
    if (rest == hls::kPlaylistFile) route.kind = Route::Kind::kMultivariant;
    if (rest == hls::kThumbnailFile) route.kind = Route::Kind::kThumbnail;
    return route;
  }
  route.rendition = rest.substr(0, second);
  // No rendition of ours has such a name, and a request that is held keeps it.
  if (route.rendition.size() > kMostName) return {};
  route.file = rest.substr(second + 1);
  return route.rendition == hls::kImages ? image_file(route) : media_file(route);
}

}  // namespace

Route parse_route(std::string_view path) {
  Route route;
  if (path == "/") {
    route.kind = Route::Kind::kListing;
  } else if (cut_prefix(path, "/live/")) {
    return live(path);
  } else if (cut_prefix(path, "/web/")) {
    route.kind = Route::Kind::kStatic;
    route.file = path;
  } else if (cut_prefix(path, "/relay/v1/")) {
    if (path.size() <= kMostName && path.find('/') == std::string_view::npos) route.kind = Route::Kind::kRelay;
    route.channel = path;
  } else if (path == "/cmcd") {
    route.kind = Route::Kind::kReports;
  } else if (cut_prefix(path, "/cmcd/")) {
    if (!path.empty() && path.find('/') == std::string_view::npos) route.kind = Route::Kind::kReports;
    route.channel = path;
  } else if (cut_prefix(path, "/play/")) {
    if (!path.empty() && path.back() == '/') path.remove_suffix(1);
    if (!path.empty() && path.find('/') == std::string_view::npos) route.kind = Route::Kind::kPlay;
    route.channel = path;
  }
  return route;
}

bool is_playlist(Route::Kind kind) {
  using Kind = Route::Kind;
  return kind == Kind::kMultivariant || kind == Kind::kPlaylist || kind == Kind::kIframes || kind == Kind::kImages;
}

ObjectKind object_of(Route::Kind kind) {
  using Kind = Route::Kind;
  switch (kind) {
    case Kind::kMultivariant: return ObjectKind::kMultivariant;
    case Kind::kIframes:
    case Kind::kImages:
    case Kind::kPlaylist: return ObjectKind::kPlaylist;
    case Kind::kSegment: return ObjectKind::kSegment;
    case Kind::kPart: return ObjectKind::kPart;
    case Kind::kInit: return ObjectKind::kInit;
    case Kind::kListing:
    case Kind::kPlay:
    case Kind::kStatic: return ObjectKind::kPage;
    case Kind::kReports: return ObjectKind::kReport;
    case Kind::kImage:
    case Kind::kThumbnail:
    case Kind::kRelay:
    case Kind::kNone: return ObjectKind::kOther;
  }
  return ObjectKind::kOther;
}

}  // namespace serve
