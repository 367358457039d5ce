#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "facility/sample.h"

namespace facility {

/// A count that only grows, or begins anew from 0 with another process or publisher: how much it grew.
class Growth {
 public:
  void take(std::uint64_t count) {
    if (last_) total_ += count >= *last_ ? count - *last_ : count;
    last_ = count;
  }
  std::uint64_t total() const { return total_; }

 private:
  std::optional<std::uint64_t> last_;
  std::uint64_t total_ = 0;
};

/// How far something went up and down; nothing before the first value.
struct Range {
  void take(double value);
  std::optional<double> least;
  std::optional<double> most;
};

/// The straight line through points, by least squares.
class Trend {
 public:
  void take(double x, double y);
  void restart() { *this = {}; }
  int points() const { return points_; }
  struct Slope {
    double value = 0;
    double error = 0;  ///< its standard error, by how far the points are off the line
  };
  /// Nothing of fewer than three points, or of points of one x.
  std::optional<Slope> slope() const;

 private:
  int points_ = 0;
  double x0_ = 0;
  double y0_ = 0;
  double sum_x_ = 0;
  double sum_y_ = 0;
  double sum_xx_ = 0;
  double sum_xy_ = 0;
  double sum_yy_ = 0;
};

/// What the samples of a check come to. Fixed size, however long it lasts. Reads no clock. Thread: one.
class Observation {
 public:
  /// A sample; later than those before.
  void take(const Sample& sample);

  struct Counts {
    Growth publishes, bytes, pictures, played, key_frames, open_key_frames, audio_packets;
    Growth jumps, restamped, timeline_dropped, cues, bad_cues;
    Growth continuity, sync_losses, damaged, transport_errors, scrambled;
    Growth srt_received, srt_lost, srt_retransmitted, srt_dropped, srt_undecrypted, discarded;
    Growth datagrams, datagrams_lost, rtp_lost;
  };

  int samples = 0;
  int absent = 0;                     ///< samples without a publisher, or of a publisher that sends nothing
  base::Micros lasted = 0;            ///< from the first sample to the last
  std::optional<Sample> newest;       ///< that had a publisher
  bool transport = false;             ///< as Sample::transport, of any
  bool srt = false;                   ///< there were figures of SRT
  std::optional<std::string> pulled;  ///< the protocol of a feed that the server gets by itself
  int video_changes = 0;              ///< of codec, profile, depth or scan
  int size_changes = 0;
  int audio_changes = 0;
  Counts counts;
  Range gop;                         ///< Units: s.
  double since_key = 0;              ///< the longest that no key frame had come. Units: s.
  Range jitter;                      ///< Units: ms.
  Range sound_behind;                ///< Units: ms.
  Range bitrate;                     ///< of single spans between samples. Units: bit/s.
  Trend pace;                        ///< arrival less time stamp, since stamps last jumped. Units: us a second.
  double short_term_power = 0;       ///< sum of the samples'
  int short_terms = 0;               ///< samples of which it is known
  int heard = 0;                     ///< samples of which the momentary loudness is known
  int silent = 0;                    ///< of these, those of silence
  std::optional<double> true_peak;   ///< as in the newest sample that knows it
  std::optional<double> integrated;  ///< likewise
  std::string captions;              ///< likewise, as FeedReport::captions
  Growth caption_pictures, teletext, texts;
  bool teletext_described = false;
  std::uint64_t bitmap_subtitles = 0;
  std::uint64_t cues_before = 0;         ///< since the worker started, as the newest sample has it
  std::optional<base::Micros> last_cue;  ///< UTC of the sample that first had it; nothing: none came meanwhile
  bool watched = false;                  ///< somebody looked at its pictures
  base::Micros black = 0;                ///< the longest spell
  base::Micros frozen = 0;
  base::Micros scrambled = 0;

  /// Quieter than this is silence. Units: LUFS.
  static constexpr double kSilence = -60;
  /// Arrivals that leave the pace of their time stamps by more begin a trend anew. Units: us.
  static constexpr double kPaceJump = 500'000;

 private:
  void take_format(const Sample& sample);
  void take_counts(const Sample& sample);
  void take_network(const Sample& sample);
  void take_pace(const Sample& sample);
  void take_sound(const Sample& sample);
  void take_text(const Sample& sample);

  std::optional<base::Micros> first_at_;
  std::optional<base::Micros> bytes_at_;
  std::uint64_t bytes_before_ = 0;
  std::optional<base::Micros> pace_before_;
};

}  // namespace facility
