#include <algorithm>
#include <utility>

#include "config/config_keys.h"
#include "media/ac3.h"

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

using media::Codec;

/// A codec, or why there is no HE-AAC, which many ask for.
Value codec_value(Codec& codec, std::initializer_list<std::pair<const char*, Codec>> codecs) {
  Value value = Value::choice<Codec>(codec, codecs);
  value.read = [read = value.read](const std::string& text) -> Complaint {
    for (const char* name : {"he-aac", "heaac", "he_aac", "aac-he", "aac_he", "he-aac-v2"}) {
      if (text == name)
        return " cannot be " + text +
               ": Debian's FFmpeg has no encoder for HE-AAC (libfdk_aac is not free software). Take aac or opus, or "
               "mode: copy with an encoder that sends HE-AAC";
    }
    return read(text);
  };
  return value;
}

constexpr int kSurround = 6;
constexpr int kBitsAChannel = 64'000;
constexpr int kLeastBitrate = 32'000;
constexpr int kMostBitrate = 1'000'000;

void declare_rendition(Keys& keys, job::AudioRung& rung) {
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key({"codec", kRule, "ac3 and eac3: for Apple's and television's players; Chromium has neither"},
           codec_value(rung.codec, {{"aac", Codec::kAac}, {"ac3", Codec::kAc3}, {"eac3", Codec::kEac3}}));
  keys.key({"channels", kRule, "6: 5.1, of a track with fewer channels too, which leaves the others silent"},
           Value::choice<int>(rung.channels, {{"2", 2}, {"6", kSurround}}));
  keys.key({"bitrate", kRule, "bit/s; 0: 64k a channel. Of ac3: 192k, 224k, 256k, 320k, 384k, 448k, 512k, 576k, 640k"},
           Value::bitrate(rung.bitrate));
  keys.key({"dialnorm", kRule,
            "of ac3 and eac3: how loud speech is, in dB of full scale; decoders turn it down to -31. 0: that of "
            "loudness, or -31 without it, with which decoders turn nothing down"},
           Value::number(rung.dialnorm, -31, 0));
}

std::vector<std::string> complaints_of(const job::AudioRung& rung) {
  if (rung.bitrate == 0) return {};
  if (rung.codec == Codec::kAc3 && !media::ac3::is_bit_rate(rung.bitrate))
    return {"ac3 has no bitrate of " + std::to_string(rung.bitrate) + " bit/s; 448k is usual for 5.1"};
  if (rung.bitrate < kLeastBitrate || rung.bitrate > kMostBitrate) return {"bitrate has to be from 32k to 1M"};
  return {};
}

void declare_renditions(Keys& keys, job::Options& media) {
  Items items;
  items.item = [&media](Keys& in) {
    job::AudioRung rung;
    rung.codec = Codec::kEac3;
    rung.channels = kSurround;
    declare_rendition(in, rung);
    in.check([&] {
      std::vector<std::string> wrong = complaints_of(rung);
      const bool twice = std::any_of(media.audio_renditions.begin(), media.audio_renditions.end(),
                                     [&](const auto& at) { return job::suffix_of(at) == job::suffix_of(rung); });
      if (twice) wrong.emplace_back("two renditions have this codec and as many channels");
      return wrong;
    });
    if (rung.bitrate == 0) rung.bitrate = kBitsAChannel * rung.channels;
    media.audio_renditions.push_back(std::move(rung));
  };
  items.sample = [](Keys& in) {
    job::AudioRung rung;
    rung.codec = Codec::kEac3;
    rung.channels = kSurround;
    rung.bitrate = 384'000;
    rung.dialnorm = -27;
    declare_rendition(in, rung);
  };
  keys.items({"renditions", Reload::kNextWorker,
              "of each track beside the one above, each in a group of its own for players that take it:"},
             items);
  keys.check([&media]() -> std::vector<std::string> {
    std::vector<std::string> wrong;
    const auto& made = media.audio_renditions;
    if (!made.empty() && media.audio == job::Options::Audio::kNone)
      wrong.emplace_back("mode: none leaves no audio to make renditions of");
    const job::AudioRung& first = media.audio_rung;
    const bool same = std::any_of(made.begin(), made.end(), [&](const job::AudioRung& rung) {
      return rung.codec == first.codec && (rung.channels > 2) == (first.channels > 2);
    });
    if (same && media.audio != job::Options::Audio::kCopy)
      wrong.emplace_back("a rendition has the codec of the first, and as many channels or as few");
    return wrong;
  });
}

}  // namespace

void declare_audio(Keys& keys, job::Options& media) {
  using Audio = job::Options::Audio;
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key({"mode", kRule,
            "auto: AAC and Opus of up to two channels are copied if there are no renditions, other audio is encoded"},
           Value::choice<Audio>(
               media.audio,
               {{"auto", Audio::kAuto}, {"copy", Audio::kCopy}, {"encode", Audio::kEncode}, {"none", Audio::kNone}}));
  keys.key({"codec", kRule, "of audio that is encoded"},
           codec_value(media.audio_rung.codec, {{"aac", Codec::kAac}, {"opus", Codec::kOpus}}));
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
  keys.key({"true_peak", kRule, "that a limiter keeps peaks below, with loudness and in a downmix"},
           Value::true_peak(media.loudness.ceiling));
  keys.check([&media]() -> std::vector<std::string> {
    if (media.audio != Audio::kCopy || !media.loudness.target) return {};
    return {"mode: copy leaves audio as loud as it is: with loudness, take mode: encode or auto"};
  });
  declare_renditions(keys, media);
  declare_tracks(keys, media.audio_tracks);
}

}  // namespace config
