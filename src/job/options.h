#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/shared_file.h"
#include "job/content_watch.h"
#include "job/rung.h"
#include "media/caption.h"

namespace job {

/// Name of the copied video rendition, which no rung may have.
inline constexpr std::string_view kCopyName = "source";

/// What an audio track of the feed is called, or becomes. It is for the tracks that have all that it names.
struct AudioTrack {
  int pid = 0;                      ///< of a transport stream; 0: any
  std::string of_language;          ///< that the feed says, ISO 639-2; empty: any
  std::string name;                 ///< for people; empty: that of the language
  std::string language;             ///< RFC 5646; empty: the feed's
  std::optional<media::Role> role;  ///< nullopt: the feed's
  bool is_default = false;          ///< plays unless the viewer chooses otherwise
  bool publish = true;
};

/// A text rendition, and where its text comes from.
struct Subtitle {
  /// CC1 to CC4: that caption service of CEA-608 in the feed's pictures; 0: not of these.
  int line21 = 0;
  std::string language;     ///< RFC 5646; empty: not known
  std::string name;         ///< for people; empty: that of the language
  bool is_default = false;  ///< shown unless the viewer chooses otherwise
  bool forced = false;      ///< has only what all viewers need to read, whatever they chose
  bool sdh = false;         ///< also says who speaks and what is heard, for people who do not hear
  bool teletext = false;    ///< a page of teletext that the feed carries
  /// Which: 100 to 899; 0: the first subtitles that the feed describes, of `language` if that is not empty.
  int page = 0;
  /// 1 to 63: that service of CEA-708 in the feed's pictures; 0: not of these.
  int digital = 0;
  bool data = false;  ///< what the feed carries as text: onTextData and onCaption of RTMP

  /// What is posted to the API.
  bool from_api() const { return line21 == 0 && !teletext && digital == 0 && !data; }
  friend bool operator==(const Subtitle&, const Subtitle&) = default;
};

/// What is done about how loud audio is, where it is decoded and encoded.
struct Loudness {
  bool measured = true;          ///< of feeds and of what is encoded, as EBU R 128 says
  std::optional<double> target;  ///< that encoded audio is brought to; nothing: it stays as it is. Units: LUFS.
  double ceiling = -1;           ///< with a target: that its true peaks stay below. Units: dBTP.

  friend bool operator==(const Loudness&, const Loudness&) = default;
};

/// What one media worker does with its channel's feed. Crosses to the worker process as JSON, once, at its start.
struct Options {
  std::string channel;
  base::Micros segment = 2 * base::kSecond;      ///< rounded to whole frames of the output
  base::Micros part = 500 * base::kMillisecond;  ///< rounded up to whole frames

  /// Serve the feed's own video untouched as the top rung; falls back to encoding where HLS cannot carry its codec.
  bool copy_video = false;
  /// Encode a ladder chosen from the source (below its size where the top rung is a copy). `ladder` is then ignored.
  bool default_ladder = true;
  /// Of the default ladder: see job::default_ladder().
  int most_lines = 0;
  /// Encode just these rungs; none and copy_video: the channel transcodes no video at all.
  std::vector<Rung> ladder;

  enum class Audio : std::uint8_t {
    kAuto,    ///< AAC-LC and Opus of at most two channels are copied, everything else becomes `audio_rung`; as kEncode
              ///< where there is a Loudness::target, or there are audio_renditions
    kCopy,    ///< copied wherever HLS can carry the codec
    kEncode,  ///< always `audio_rung`
    kNone,
  };
  Audio audio = Audio::kAuto;
  AudioRung audio_rung;
  /// Made of each track beside its copy or audio_rung, a rendition each, with kAuto and kEncode whatever the track is.
  /// Their channels and bitrates are not 0, and no two have one codec and channel count.
  std::vector<AudioRung> audio_renditions;
  Loudness loudness;
  std::vector<AudioTrack> audio_tracks;  ///< the first that fits a track counts

  /// What viewers get while there is no feed.
  enum class Outage : std::uint8_t {
    kHold,   ///< the last picture and silence
    kGap,    ///< nothing: gaps in the playlists
    kSlate,  ///< the slate, in renditions that are encoded, with its sound or silence; a copy holds its last picture
  };
  Outage outage = Outage::kHold;
  base::Micros slate_after = 0;  ///< without a picture, until the slate takes the place of the last one
  /// What a transcode::Slate is made of; null: there is none. Is not part of the JSON: it travels as a descriptor.
  std::shared_ptr<const base::SharedFile> slate;
  /// Over it, or over the last picture where there is none; empty: none. See is_slate_text().
  std::string slate_text;
  /// The font of this and of texts that are ordered, likewise; null: they cannot be shown.
  std::shared_ptr<const base::SharedFile> slate_font;

  /// Encoded renditions have a key frame at each picture that a feed's splice information is about.
  bool splice_keys = false;
  /// A thumbnail of each feed so often; 0: none are made.
  base::Micros thumbnails = 0;
  /// One of what viewers see for each segment.
  bool images = false;
  /// Segments begin there, too: implies splice_keys.
  bool splice_cuts = false;
  /// What players find within the media, as emsg boxes in front of chunks.
  enum class Emsg : std::uint8_t {
    kNone,
    kScte35,  ///< splice information
    kId3,     ///< timed metadata
    kAll,     ///< both
  };
  Emsg emsg = Emsg::kNone;
  /// What the operator says of the captions in the feed's pictures; the services that are found are added, unless there
  /// are none.
  media::Captions captions;
  std::vector<Subtitle> subtitles;  ///< text renditions, s1 and so on in this order

  /// What the worker may allocate: see sandbox::Options::data. Is not part of the JSON: it is in force before that is
  /// read.
  std::uint64_t memory = 0;

  int nice = 0;  ///< how much less CPU the worker asks for: see setpriority(2); 0 to 19
  /// How far the feed that is not shown is decoded, of a channel that encodes.
  enum class Standby : std::uint8_t {
    kWarm,  ///< its key frames, for its health; its packets since the newest one are kept for a switch
    kHot,   ///< every picture: a switch to it has nothing to catch up with
  };
  Standby standby = Standby::kWarm;
  ContentWatch watch;

  /// What the first picture of a feed is on the UTC timeline.
  enum class Anchor : std::uint8_t {
    kArrival,
    kTimeCode,  ///< what its time code says; its arrival, where that cannot be
    kPts,       ///< by the clock that servers agree on (feed::Clock); its arrival, where that cannot be
  };
  Anchor anchor = Anchor::kArrival;
  base::Micros time_code_offset = 0;  ///< UTC less what the time code says

  int program = 0;  ///< of a transport stream with several; 0: the first with video or audio (TS-15)

  base::LogFormat log_format = base::LogFormat::kText;
  base::Level log_level = base::Level::kInfo;
};

std::string to_json(const Options& options);
/// Errors: kMalformed, for text that to_json has not written.
base::Result<Options> options_from_json(std::string_view text);

}  // namespace job
