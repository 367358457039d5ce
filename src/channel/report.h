#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channel/caption_report.h"
#include "channel/channel.h"
#include "channel/feed_make.h"
#include "job/alignment.h"
#include "job/stats.h"
#include "media/teletext.h"
#include "media/time_code.h"

namespace channel {

/// A worker's Stats, read once.
struct WorkerReport {
  bool running = false;
  int pid = 0;
  std::uint64_t unplayable_messages = 0;
  std::uint64_t packager_dropped = 0;
  std::uint64_t text_cues = 0;           ///< of all text renditions
  std::uint64_t text_cues_dropped = 0;   ///< of these: too late, too long, or too many at a time
  std::uint64_t teletext_lines_bad = 0;  ///< packets of teletext that text is made of, damaged
  std::uint64_t texts_unplaced = 0;      ///< texts of the feed of languages that no text rendition has
  std::uint64_t events = 0;              ///< for emsg
  std::uint64_t events_dropped = 0;      ///< of these
  std::uint64_t cuts_moved = 0;
  std::uint64_t cuts_late = 0;
  std::uint64_t cuts_crowded = 0;
  std::uint64_t decoded_frames = 0;
  std::uint64_t decode_errors = 0;
  std::uint64_t encoded_frames = 0;
  std::uint64_t dropped_packets = 0;
  std::uint64_t dropped_frames = 0;
  std::uint64_t duplicated_frames = 0;
  std::uint64_t held_frames = 0;
  std::uint64_t log_lines_lost = 0;
  std::uint64_t encode_lag_us = 0;
  std::uint64_t encode_delay_us = 0;
  std::uint64_t audio_skew_us = 0;
  std::uint64_t left_out_frames = 0;
  std::uint64_t economy_level = 0;
  std::uint64_t economy_steps = 0;
  std::uint64_t overlay_frames = 0;  ///< pictures that overlays were laid over
  std::uint64_t overlay_faults = 0;  ///< overlays that could not be shown
};

/// The slate of a channel.
struct SlateReport {
  bool shown = false;                ///< it is seen, wholly or mixed with the picture
  bool ordered = false;              ///< by an operator or by the schedule
  bool scheduled = false;            ///< by the schedule
  std::string reason;                ///< of the order
  std::string text;                  ///< that it is ordered with
  std::optional<base::Micros> left;  ///< until the order ends by itself
  std::uint64_t shows = 0;           ///< times that it came to be seen, since the worker started
  std::uint64_t frames = 0;          ///< pictures in which it was seen, likewise
};

/// Whether the two feeds carry one programme.
struct AlignmentReport {
  job::Alignment method = job::Alignment::kNone;
  base::Micros offset = 0;  ///< by how much the backup is behind the primary; 0 with kNone
  double confidence = 0;    ///< 0 to 1
};

/// What is known of how loud something is: see loudness::Reading. Units: LUFS, LU, dBTP.
struct LoudnessReport {
  std::optional<double> momentary;
  std::optional<double> short_term;
  std::optional<double> integrated;
  std::optional<double> range;
  std::optional<double> true_peak;

  bool known() const { return momentary || short_term || integrated || range || true_peak; }
};

/// An audio rendition of which something is measured, or whose level is changed.
struct AudioReport {
  std::string rendition;
  LoudnessReport loudness;          ///< before it is encoded
  std::optional<double> gain;       ///< nothing where it is not brought to a loudness. Units: dB.
  std::optional<double> reduction;  ///< by the limiter, the most in the last second; nothing without one. Units: dB.
  std::uint64_t limited_us = 0;     ///< time for which the limiter took something away
};

/// One feed of a channel.
struct FeedReport {
  bool used = false;     ///< it has had a publisher, or the configuration gives it keys of its own
  std::string protocol;  ///< of the publisher, empty while there is none
  std::string encoder;
  base::Micros since = 0;  ///< UTC
  bool silent = false;     ///< connected, and without media for FeedSlot::kSilent
  int score = 0;           ///< see score_of()
  std::string fault;       ///< of its content, see content_fault(); empty if there is none
  FeedSlot::Counters counters;
  std::string video;  ///< as the worker sees it: "H.264 1280x720 30000/1001", empty if there is none
  std::string audio;
  std::uint64_t video_packets = 0;
  std::uint64_t audio_packets = 0;
  std::uint64_t ts_sync_losses = 0;
  std::uint64_t ts_continuity_errors = 0;
  std::uint64_t ts_damaged_units = 0;
  std::uint64_t ts_scrambled = 0;
  std::uint64_t ts_transport_errors = 0;
  std::uint64_t ts_untimed = 0;
  std::uint64_t ts_unsupported = 0;
  bool decoded = false;                   ///< every picture of it is
  std::uint64_t ts_errors_now = 0;        ///< in the last second
  std::uint64_t frame_rate = 0;           ///< pictures in 1000 s; 0 until the usual rate is known
  std::uint64_t usual_frame_rate = 0;     ///< likewise
  std::uint64_t delay_us = 0;             ///< that it is held back by, to be in step with the other feed
  bool merged = false;                    ///< it and the other feed bring the same packets, and are shown as one
  std::uint64_t only_packets = 0;         ///< that it brought and the other one lost
  std::uint64_t cues = 0;                 ///< splice information (SCTE-35) and timed metadata (ID3) taken
  std::uint64_t bad_cues = 0;             ///< of these, damaged, encrypted or not understood
  std::string captions;                   ///< services that carry text: "CC1 SERVICE1"; empty if none is known
  std::uint64_t caption_pictures = 0;     ///< that carried captions, padding included
  media::TeletextPages teletext_pages;    ///< as the feed describes them, the first eight
  std::uint64_t teletext = 0;             ///< PES packets of teletext taken
  std::uint64_t teletext_damaged = 0;     ///< those thrown away
  std::uint64_t texts = 0;                ///< subtitles that it carries as text, taken
  std::uint64_t bad_texts = 0;            ///< repaired, or left out
  std::uint64_t bitmap_subtitles = 0;     ///< streams of DVB subtitles, which are not converted
  std::optional<base::Micros> thumbnail;  ///< UTC of the picture of the newest
  LoudnessReport loudness;                ///< of its first audio track, since its publisher came
  std::uint64_t timeline_anchors = 0;
  std::uint64_t timeline_restamped = 0;
  std::uint64_t timeline_dropped = 0;
  /// The newest; nothing where none came in the last seconds.
  std::optional<media::TimeCode> time_code;
  /// Its time of day less the UTC of its picture on the timeline, from -12 h to 12 h: where that is its arrival, minus
  /// the delay from the source. Nothing while the code does not run with the pictures.
  std::optional<base::Micros> time_code_offset;
  job::Anchored anchored = job::Anchored::kArrival;  ///< what its time is
  FeedMake make;
};

/// Everything that metrics and the API report of a channel, copied at one instant so that another thread can write it
/// out.
struct Report {
  std::string name;
  Channel::State state = Channel::State::kIdle;
  std::array<FeedReport, feed::kIds.size()> feeds;  ///< by feed::index()
  govern::Priority priority = govern::Priority::kNormal;
  LeftOut left_out;  ///< of the ladder
  feed::Id shown = feed::Id::kPrimary;
  std::array<std::uint64_t, FeedChoice::kReasons.size()> switches{};  ///< by FeedChoice::Reason
  std::deque<SwitchHistory::Entry> last_switches;                     ///< the oldest first
  Markers::Counters markers;
  LiveCaptions::Counters captions;  ///< from the API
  LiveMetadata::Counters metadata;  ///< likewise
  std::vector<CaptionServiceReport> caption_services;
  std::vector<TextReport> texts;  ///< text renditions
  std::uint64_t publishes_refused = 0;
  FeedWriter::Counters queue;  ///< to the worker
  WorkerSource::Counters source;
  std::uint64_t late_parts = 0;
  std::uint64_t held_parts = 0;
  bool journal_given_up = false;
  std::uint64_t journal_dropped = 0;  ///< records that were not written because the journal was given up
  origin::Log::Counters log;
  Histogram capture_to_part{kLatencyBounds};
  Histogram part_lateness{kLatencyBounds};
  WorkerReport worker;
  std::vector<AudioReport> audio;                       ///< in the order of their names
  std::map<std::string, base::Micros> rung_thumbnails;  ///< UTC of the pictures of the newest, by video rendition
  std::uint64_t memory_limit = 0;                       ///< of the next worker; 0: none. Units: bytes.
  SlateReport slate;
  std::map<std::string, Overlays::Entry> overlays;  ///< by id
  Schedule schedule;
  Schedule::Phase phase = Schedule::Phase::kOn;
  AlignmentReport alignment;
  std::shared_ptr<const origin::ChannelSnapshot> snapshot;
};

/// Thread: the control loop's.
Report make_report(Channel& channel);

}  // namespace channel
