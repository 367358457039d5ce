#include "worker/audio_naming.h"

#include <algorithm>
#include <string_view>

#include "media/language.h"

namespace worker {
namespace {

/// Null where the options say nothing of the track.
const job::AudioTrack* entry_of(const job::Options& options, const media::Track& track) {
  const auto& entries = options.audio_tracks;
  const auto fits = [&](const job::AudioTrack& entry) {
    const bool pid = entry.pid == 0 || static_cast<std::uint32_t>(entry.pid) == track.id;
    return pid && (entry.of_language.empty() || entry.of_language == track.language);
  };
  const auto found = std::find_if(entries.begin(), entries.end(), fits);
  return found == entries.end() ? nullptr : &*found;
}

/// [RFC 8216bis 4.4.6.1, CHARACTERISTICS]
std::string_view characteristics_of(media::Role role) {
  switch (role) {
    case media::Role::kMain: return "";
    case media::Role::kDescription: return "public.accessibility.describes-video";
    case media::Role::kClearSpeech: return "public.accessibility.enhances-speech-intelligibility";
  }
  return "";
}

std::string_view suffix_of(media::Role role) {
  switch (role) {
    case media::Role::kMain: return "";
    case media::Role::kDescription: return ", audio description";
    case media::Role::kClearSpeech: return ", clear speech";
  }
  return "";
}

std::string name_of(const std::string& language, media::Role role, std::size_t number) {
  std::string name(media::language_name(language));
  if (name.empty()) name = language.empty() ? "Audio " + std::to_string(number) : language;
  return name.append(suffix_of(role));
}

}  // namespace

AudioNaming name_audio(const job::Options& options, const media::Track& track, std::size_t number) {
  static const job::AudioTrack kNothing;
  const job::AudioTrack* found = entry_of(options, track);
  const job::AudioTrack& entry = found == nullptr ? kNothing : *found;
  const media::Role role = entry.role.value_or(track.role);
  AudioNaming naming;
  naming.language = entry.language.empty() ? track.language : entry.language;
  naming.name = entry.name.empty() ? name_of(naming.language, role, number) : entry.name;
  naming.characteristics = characteristics_of(role);
  const bool chosen = std::any_of(options.audio_tracks.begin(), options.audio_tracks.end(),
                                  [](const job::AudioTrack& at) { return at.is_default; });
  naming.is_default = chosen ? entry.is_default : number == 1 && role == media::Role::kMain;
  return naming;
}

bool is_published(const job::Options& options, const media::Track& track) {
  const job::AudioTrack* entry = entry_of(options, track);
  return entry == nullptr || entry->publish;
}

}  // namespace worker
