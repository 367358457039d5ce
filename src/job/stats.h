#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace job {

using Number = std::atomic<std::uint64_t>;

/// Caption services that pictures may carry: CC1 to CC4, SERVICE1 to SERVICE63.
inline constexpr std::size_t kCaptionServices = 4 + 63;
/// Text renditions that a channel has at most.
inline constexpr std::size_t kMostSubtitles = 8;

/// What a feed's time on the UTC timeline is.
enum class Anchored : std::uint8_t {
  kArrival,   ///< that of its arrival, or none yet
  kTimeCode,  ///< that of its time code
  kPts,       ///< that of its time stamps, by the clock that servers agreed on
};

/// A level as a Number that is not 0, in steps of 0.01; 0 for one that is not known. Units: dB, LU or LUFS, -1000 to
/// 1000.
inline std::uint64_t number_of(std::optional<double> level) {
  constexpr double kMost = 1000;
  if (!level) return 0;
  return static_cast<std::uint64_t>(std::llround((std::clamp(*level, -kMost, kMost) + 2 * kMost) * 100));
}
/// The reverse. Of what a worker wrote, which may be anything.
inline std::optional<double> level_of(std::uint64_t number) {
  constexpr std::uint64_t kMost = 300'000;
  if (number == 0) return std::nullopt;
  return (static_cast<double>(std::min(number, kMost)) - 200'000) / 100;
}

/// Levels, each as number_of() has it: see loudness::Reading.
struct LoudnessStats {
  Number momentary;
  Number short_term;
  Number integrated;
  Number range;
  Number true_peak;
};

/// One audio rendition that is encoded.
struct AudioStats {
  LoudnessStats loudness;
  Number gain;        ///< a level: what is done to reach Loudness::target; not known: nothing
  Number reduction;   ///< a level, 0 or above: what the limiter took away at most in the last second; not known: none
  Number limited_us;  ///< media time for which it took something away; a counter
};

/// How a feed was made and how it comes, by its own time stamps, since its publisher came. Gauges, and each 0 where it
/// is not known.
struct MakeStats {
  Number profile;       ///< profile_idc, constraints (HEVC: tier) and level_idc, a byte each, the last the lowest
  Number bit_depth;     ///< of its pictures
  Number interlaced;    ///< 1: its sequence is not progressive
  Number audio_tracks;  ///< that it has now
  Number language;      ///< of the first: three letters, the first the highest byte; 0: the feed does not say

  Number pictures;
  Number played_us;        ///< media time from the first picture to the newest
  Number key_frames;       ///< of the pictures
  Number open_key_frames;  ///< of these, those behind which pictures may refer to what is before
  Number gop_us;           ///< media time between the newest two key frames
  Number since_key_us;     ///< since the newest

  Number paced;            ///< 1: the next two are known
  Number pace_zero_us;     ///< a std::int64_t: UTC at which the stamp 0 would have come, by the last second's soonest
  Number jitter_us;        ///< by how much others of that second came later
  Number paired;           ///< 1: the next one is known
  Number sound_behind_us;  ///< a std::int64_t: by how much sound comes later than pictures of its time
};

/// One feed, as demuxed.
struct FeedStats {
  Number codec_plus_one;  ///< media::Codec + 1; 0: no video seen
  Number width;
  Number height;
  Number rate_num;
  Number rate_den;
  Number audio_codec_plus_one;
  Number sample_rate;
  Number channels;
  MakeStats make;

  // Counters since the worker started.
  Number video_packets;
  Number audio_packets;
  Number ts_sync_losses;
  Number ts_continuity_errors;
  Number ts_damaged_units;     ///< PES packets and sections thrown away
  Number ts_scrambled;         ///< packets of the feed's streams that are encrypted, and so dropped
  Number ts_transport_errors;  ///< packets that a demodulator before us marked as broken
  Number ts_untimed;           ///< access units without a known PTS, dropped
  Number ts_unsupported;       ///< packets of streams of a type that is not handled
  Number timeline_anchors;     ///< times the clock was anchored: 1 for a feed without jumps
  Number timeline_restamped;   ///< time stamps that were far off, or had to be moved
  Number timeline_dropped;     ///< packets without a place on the timeline
  Number cues;                 ///< splice information (SCTE-35) and timed metadata (ID3) taken
  Number bad_cues;             ///< of these, damaged, encrypted or not understood
  Number only_packets;         ///< packets that it brought and the other feed, otherwise equal, lost

  Number caption_pictures;  ///< pictures that carried captions, padding included
  Number teletext;          ///< PES packets of teletext taken
  Number teletext_damaged;  ///< those thrown away: bytes lost, a broken header, or before the feed's first time stamp
  Number texts;             ///< subtitles that it carries as text (onTextData, onCaption) taken, repaired ones included
  Number bad_texts;         ///< subtitles repaired, or left out: too long, without a text

  // Gauges.
  Number clock_us;             ///< UTC of the feed's time stamp 0; 0 until it is known
  Number time_code;            ///< the newest, as job::packed() has it; 0: none in the last seconds
  Number time_code_offset_us;  ///< a std::int64_t: its time of day less the UTC of its picture
  Number anchored;             ///< a job::Anchored
  Number clock_ask;            ///< rises with each: a feed::Clock is asked for; 0: none yet
  Number clock_ask_zero_us;    ///< a std::int64_t: the UTC of its stamp 0 by its arrival; written before that
  Number time_code_runs;       ///< 1 while that difference stays
  Number line21_captions;      ///< bit n: CC(n + 1) carries text
  Number digital_captions;     ///< bit n: SERVICE(n + 1) carries text
  Number line21_announced;     ///< bit n: the feed describes CC(n + 1)
  Number digital_announced;    ///< bit n: the feed describes SERVICE(n + 1)
  /// Languages that it says of them, each as language_bits() has it. CC1 to CC4, then SERVICE1 to SERVICE63.
  std::array<Number, kCaptionServices> caption_languages;
  /// When the newest text of each caption service arrived, UTC; 0: none did. In the same order.
  std::array<Number, kCaptionServices> caption_text_us;
  std::array<Number, 8> teletext_pages;  ///< that the feed describes, each as job::packed() has it
  Number bitmap_subtitles;               ///< streams of DVB subtitles, which are not converted
  Number merged;                         ///< 1 while its packets and the other feed's are one sequence
  Number ts_errors_now;                  ///< errors of the transport stream in the last second
  Number scrambled_us;                   ///< time for which its video has been scrambled
  Number frame_rate;                     ///< pictures in 1000 s, by the last 2 s; 0 until the usual rate is known
  Number usual_frame_rate;               ///< likewise; 0 until it is known
  Number delay_us;                       ///< that it is held back by, to be in step with the other feed
  Number low_rate_us;                    ///< media time for which the one has been below half of the other

  // Gauges. Known only while there are two feeds, or where the feed is decoded anyway.
  Number decoded;        ///< 1 while every picture of it is decoded
  Number no_picture_us;  ///< time since its last picture; 0 where it never had one
  Number watched_us;     ///< media time for which its pictures have been looked at
  Number black_us;       ///< media time for which its pictures have been black
  Number frozen_us;      ///< for which they have stood still
  Number heard_us;       ///< media time for which its sound has been listened to, while there are two feeds
  Number mute_us;  ///< for which its sound has been silence or missing; of one feed, only of audio that is encoded
  LoudnessStats loudness;  ///< of its first audio track, as far as that is decoded
};

/// What a worker reports of itself: one page of memory that it shares with the server, which reads it whenever it is
/// asked for metrics. No messages, no locks; each number has one writer, the worker's main thread.
struct Stats {
  using Number = job::Number;

  /// More audio renditions are not reported.
  static constexpr std::size_t kMostAudio = 8;

  std::array<FeedStats, 2> feeds;            ///< by feed::index()
  std::array<AudioStats, kMostAudio> audio;  ///< a1 and so on; nothing is known of those that are copied
  /// UTC at which the newest text of each text rendition, s1 and so on, is shown first; 0: there was none.
  std::array<Number, kMostSubtitles> text_us;
  Number line21_listed;   ///< bit n: playlists name CC(n + 1)
  Number digital_listed;  ///< bit n: playlists name SERVICE(n + 1)

  // Counters since the worker started.
  Number unplayable_messages;  ///< unknown codecs and broken tags, dropped
  Number packager_dropped;     ///< packets the packager had no room or place for
  Number text_cues;            ///< of text renditions, those that only end others included
  Number text_cues_dropped;    ///< of these: too late, too long, or too many at a time
  Number teletext_lines_bad;   ///< packets of teletext pages that text renditions are made of, damaged
  Number texts_unplaced;       ///< texts of the feed of languages that no text rendition has
  Number events;               ///< for emsg: splice information and timed metadata, each once
  Number events_dropped;       ///< of these: long past, before the log began, too many or too large at a time
  Number cuts_moved;           ///< splices at which a segment begins; with Options::splice_cuts, as the next two
  Number cuts_late;            ///< splices announced too late for that
  Number cuts_crowded;         ///< splices too near to another one for that
  Number decoded_frames;
  Number decode_errors;
  Number encoded_frames;
  Number dropped_packets;  ///< undecoded, because the encoders lagged
  Number dropped_frames;   ///< decoded and not encoded, because the encoders lagged
  Number duplicated_frames;
  Number held_frames;     ///< pictures encoded again because none came
  Number log_lines_lost;  ///< standard error took them too slowly
  Number slates;          ///< times that the slate came to be seen
  Number slate_frames;    ///< pictures in which it was seen
  Number overlay_frames;  ///< pictures that overlays were laid over, of each rung that is made from the source
  Number overlay_faults;  ///< overlays that could not be shown, and pictures for which there was no memory

  // Gauges.
  Number cpu_us;           ///< CPU time of the worker, all its threads; grows
  Number out_of_memory;    ///< 1: it ends because an allocation failed, at Options::memory or without one
  Number heartbeat;        ///< grows with every turn of the worker's main thread
  Number encode_lag_us;    ///< media time waiting to be decoded
  Number encode_delay_us;  ///< largest delay from packet to encoded packet since the last update
  Number due_us;           ///< UTC: media of a feed is not needed before; 0: it is needed as it comes
  Number audio_skew_us;    ///< absolute difference of audio timestamps and the sample count
  Number slate;            ///< 1 while the slate is seen

  // Gauges, of two feeds.
  Number alignment;           ///< a job::Alignment
  Number feed_offset_us;      ///< a std::int64_t: by how much the backup is behind the primary
  Number alignment_permille;  ///< confidence

  // Where the CPU is short: what govern::Load tells the server, and what the ladder saves.
  Number overdue_us;       ///< media time by which decoding is behind what has arrived; a gauge
  Number lost_pictures;    ///< for want of CPU, in single rungs or in all; a counter
  Number economy_most;     ///< the last level that the ladder has; 0: none, or it has nothing to save; a gauge
  Number left_out_frames;  ///< pictures left out of single rungs that were busy; a counter
  Number economy_level;    ///< see transcode::most_economy(); a gauge
  Number economy_steps;    ///< times that the level changed; a counter
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

}  // namespace job
