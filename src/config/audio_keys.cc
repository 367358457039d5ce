#include <utility>

#include "config/config_keys.h"

namespace config {
namespace {

using media::Role;

constexpr std::size_t kLongestTrackName = 100;

void declare_track(Keys& keys, job::AudioTrack& track) {
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key({"pid", kRule, "for the track with this PID; 0: any"}, Value::number(track.pid, 0, 8190));
  keys.key({"of_language", kRule, "for tracks that the feed says have this language (ISO 639-2); empty: any"},
           Value::language(track.of_language));
  keys.key({"name", kRule, "what people read; empty: the language's name in English"},
           Value::label(track.name, kLongestTrackName));
  keys.key({"language", kRule, "RFC 5646; empty: what the feed says"}, Value::language(track.language));
  keys.key({"role", kRule,
            "main: for all; description: audio description; clear_speech: speech that is easy to "
            "understand; feed: what the feed says"},
           Value::choice<std::optional<Role>>(track.role, {{"feed", std::nullopt},
                                                           {"main", Role::kMain},
                                                           {"description", Role::kDescription},
                                                           {"clear_speech", Role::kClearSpeech}}));
  keys.key({"default", kRule, "true: plays unless the viewer chooses otherwise; without one the first does"},
           Value::flag(track.is_default));
  keys.key({"publish", kRule, "false: viewers do not get the track"}, Value::flag(track.publish));
}

void declare_tracks(Keys& keys, std::vector<job::AudioTrack>& tracks) {
  Items items;
  items.item = [&tracks](Keys& in) {
    job::AudioTrack track;
    declare_track(in, track);
    in.check([&]() -> std::vector<std::string> {
      if (track.publish || !track.is_default) return {};
      return {"a track that is not published cannot be the default"};
    });
    tracks.push_back(std::move(track));
  };
  items.sample = [](Keys& in) {
    job::AudioTrack track;
    track.pid = 257;
    track.of_language = "eng";
    track.name = "English, stadium sound";
    track.language = "en-GB";
    declare_track(in, track);
  };
  keys.items({"tracks", Reload::kNextWorker,
              "what the feed's audio tracks are called; of the entries that fit a track the first counts:"},
             items);
}

}  // namespace

void declare_audio(Keys& keys, job::Options& media) {
  using Audio = job::Options::Audio;
  using media::Codec;
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key({"mode", kRule, "auto: AAC and Opus of up to two channels are copied, other audio is encoded"},
           Value::choice<Audio>(
               media.audio,
               {{"auto", Audio::kAuto}, {"copy", Audio::kCopy}, {"encode", Audio::kEncode}, {"none", Audio::kNone}}));
  keys.key({"codec", kRule, "of audio that is encoded"},
           Value::choice<Codec>(media.audio_rung.codec, {{"aac", Codec::kAac}, {"opus", Codec::kOpus}}));
  keys.key({"bitrate", kRule, "bit/s; 0: 64k a channel"}, Value::bitrate(media.audio_rung.bitrate));
  keys.key({"channels", kRule, "0: the source's, at most 2"}, Value::number(media.audio_rung.channels, 0, 8));
  keys.key({"sample_rate", kRule, "Hz; 0: the source's if the codec has it, otherwise 48000"},
           Value::number(media.audio_rung.sample_rate, 0, 96'000));
  keys.key({"measure_loudness", kRule,
            "loudness by EBU R 128 and true peaks of feeds whose audio is decoded, and of audio that is encoded"},
           Value::flag(media.loudness.measured));
  keys.key({"loudness", kRule,
            "that audio is brought to, slowly; all of it is then encoded, also with mode auto. EBU R 128: -23 LUFS; "
            "ATSC A/85: -24 LKFS"},
           Value::loudness(media.loudness.target));
  keys.key({"true_peak", kRule, "that a limiter keeps peaks below, with loudness"},
           Value::true_peak(media.loudness.ceiling));
  keys.check([&media]() -> std::vector<std::string> {
    if (media.audio != Audio::kCopy || !media.loudness.target) return {};
    return {"mode: copy leaves audio as loud as it is: with loudness, take mode: encode or auto"};
  });
  declare_tracks(keys, media.audio_tracks);
}

}  // namespace config
