#include "worker/text_lanes.h"

#include <algorithm>
#include <utility>

#include "media/language.h"

namespace worker {
namespace {

bool is_same_language(const std::string& a, const std::string& b) {
  return a == b || (!media::language_code(a).empty() && media::language_code(a) == media::language_code(b));
}

}  // namespace

TextLanes::TextLanes(const std::vector<job::Subtitle>& subtitles) {
  for (std::size_t i = 0; i < subtitles.size(); ++i) {
    if (subtitles[i].data) lanes_[i].language = subtitles[i].language;
  }
}

void TextLanes::resume(std::size_t subtitle, const std::string& language) {
  const auto lane = lanes_.find(subtitle);
  if (lane != lanes_.end() && lane->second.language.empty()) lane->second.language = language;
}

std::string TextLanes::language(std::size_t subtitle) const {
  const auto lane = lanes_.find(subtitle);
  return lane == lanes_.end() ? "" : lane->second.language;
}

std::map<std::size_t, TextLanes::Lane>::iterator TextLanes::lane_for(const std::string& language) {
  if (language.empty()) return lanes_.begin();
  // Of "pt-BR" and "pt-PT" the one that is meant, before any Portuguese.
  auto found =
      std::find_if(lanes_.begin(), lanes_.end(), [&](const auto& at) { return at.second.language == language; });
  if (found != lanes_.end()) return found;
  found = std::find_if(lanes_.begin(), lanes_.end(),
                       [&](const auto& at) { return is_same_language(at.second.language, language); });
  if (found != lanes_.end()) return found;
  return std::find_if(lanes_.begin(), lanes_.end(), [](const auto& at) { return at.second.language.empty(); });
}

std::optional<TextLanes::Taken> TextLanes::take(const media::Text& text) {
  if (lanes_.empty()) return std::nullopt;
  const auto found = lane_for(text.language);
  if (found == lanes_.end()) {
    ++unplaced_;
    return std::nullopt;
  }
  Lane& lane = found->second;
  Taken taken{found->first, lane.language.empty() && !text.language.empty(), std::nullopt};
  if (taken.named) lane.language = text.language;
  const base::Micros at = text.at.micros();
  // Encoders repeat a text for as long as it is shown.
  const bool stays = text.text == lane.shown && at >= lane.shown_at &&
                     (text.text.empty() || at < lane.shown_at + kLongestOnScreen / 2);
  if (stays) return taken;
  lane.shown = text.text;
  lane.shown_at = at;
  taken.cue = media::TextCue{"text", at, at + kLongestOnScreen, text.text};
  return taken;
}

}  // namespace worker
