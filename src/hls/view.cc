#include "hls/view.h"

#include <algorithm>

#include "media/language.h"

namespace hls {
namespace {

template <typename T>
bool among(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string_view first_subtag(std::string_view language) {
  const std::string_view tag = media::language_tag(language);
  return tag.substr(0, tag.find('-'));
}

bool has_codec(const View& view, const Stream& stream) {
  const auto of_its_kind = [&](media::Codec codec) { return media::kind_of(codec) == stream.track.kind(); };
  return std::none_of(view.codecs.begin(), view.codecs.end(), of_its_kind) || among(view.codecs, stream.track.codec);
}

bool has_language(const View& view, const Stream& stream) {
  if (view.languages.empty() || stream.track.kind() == media::Kind::kVideo) return true;
  return std::any_of(view.languages.begin(), view.languages.end(), [&](const std::string& language) {
    return first_subtag(language) == first_subtag(stream.track.language);
  });
}

bool has_height(const View& view, const Stream& stream) {
  const int height = stream.track.video.height;
  return stream.track.kind() != media::Kind::kVideo ||
         (height >= view.least_height && (view.most_height == 0 || height <= view.most_height));
}

bool any_of_kind(std::span<const Stream> streams, media::Kind kind) {
  return std::any_of(streams.begin(), streams.end(), [&](const Stream& at) { return at.track.kind() == kind; });
}

}  // namespace

std::vector<Stream> streams_of(const View& view, std::span<const Stream> streams) {
  std::vector<Stream> named;
  for (const Stream& stream : streams) {
    if (view.renditions.empty() || among(view.renditions, stream.name)) named.push_back(stream);
  }
  std::vector<Stream> kept;
  for (const Stream& stream : named) {
    if (has_height(view, stream) && has_codec(view, stream) && has_language(view, stream)) kept.push_back(stream);
  }
  // Viewers would not know why there is no picture, or no sound.
  for (const media::Kind kind : {media::Kind::kVideo, media::Kind::kAudio}) {
    if (any_of_kind(named, kind) && !any_of_kind(kept, kind)) return {};
  }
  const bool playable = any_of_kind(kept, media::Kind::kVideo) || any_of_kind(kept, media::Kind::kAudio);
  return playable ? kept : std::vector<Stream>{};
}

std::string_view parse_view(std::string_view query) {
  constexpr std::string_view kTwice = "?";
  std::string_view found;
  bool any = false;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    if (name != "view") continue;
    const std::string_view value = pair.substr(std::min(pair.size(), name.size() + 1));
    found = any || value.empty() || value.size() > View::kLongestName ? kTwice : value;
    any = true;
  }
  return found;
}

}  // namespace hls
