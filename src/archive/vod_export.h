#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "hls/window.h"
#include "media/track.h"
#include "origin/log.h"
#include "record/record.h"

namespace archive {

/// Makes a self-contained HLS presentation of a log's records: what players were served, as EXT-X-PLAYLIST-TYPE:VOD.
///
///     index.m3u8                   the multivariant playlist
///     v720/index.m3u8              a media playlist a rendition: every segment number that any of them has; EXT-X-GAP
///                                  where this one has no media; where the log goes on, up to the last one that all
///                                  have closed
///     v720/880000000.m4s           segments, byte for byte
///     v720/init-1a2b3c4d.mp4
///     v720.mp4                     on request: a fragmented MP4 a rendition, which begins near 0; another one
///                                  (v720-2.mp4) where the format changes; none of text
///
/// Numbers in a playlist count on from the first segment's: where the log has a hole, EXT-X-DISCONTINUITY stands in its
/// place. Renditions are those of the log's end. Media is written as it comes: memory does not grow with it.
/// Thread: one.
class VodExport {
 public:
  struct Options {
    base::Micros from = 0;        ///< UTC: segments that end later
    base::Micros to = INT64_MAX;  ///< UTC: segments that begin earlier
    bool mp4 = false;
  };
  /// Appends to a file of the export, by its path within it. `kind`: of the media; that of a playlist means nothing.
  /// Files of segments, inits and playlists are given whole, in one call. Playlists come last, the multivariant one at
  /// the very end.
  using Append = std::function<base::Status(const std::string& path, media::Kind kind, base::View bytes)>;

  /// A stretch of time of which no rendition has media. Units: UTC.
  struct Hole {
    base::Micros from = 0;
    base::Micros to = 0;

    friend bool operator==(const Hole&, const Hole&) = default;
  };

  struct Totals {
    std::size_t renditions = 0;
    std::size_t segments = 0;  ///< that playlists list; the same number in each
    std::size_t gaps = 0;      ///< of them, in all renditions: EXT-X-GAP
    std::size_t discontinuities = 0;
    std::uint64_t bytes = 0;            ///< of segments
    base::Micros first = 0;             ///< UTC
    base::Micros last = 0;              ///< UTC
    std::vector<Hole> holes;            ///< in the time that was asked for, at its ends too
    std::vector<std::string> left_out;  ///< renditions that were gone at the end: files without a playlist
  };

  VodExport(const Options& options, Append append);

  /// A log begins, or continues behind a hole.
  void begin(const origin::Log::Standing& standing);
  /// Errors: those of Append; a part that is no CMAF, where an MP4 is made of it.
  base::Status apply(const record::Record& record);
  /// Whether all renditions are at the end of the time that is exported.
  bool done() const;
  /// Writes the playlists. Errors: kNotFound where no segment was written; those of Append.
  base::Result<Totals> finish();

 private:
  struct Track {
    std::vector<std::shared_ptr<const hls::Segment>> segments;  ///< without media
    media::Kind kind = media::Kind::kVideo;
    std::int64_t newest = -1;
    base::Micros newest_start = 0;
    std::set<std::string> inits;  ///< written
    std::string mp4_init;         ///< that of the MP4 which is written
    int mp4_count = 0;
  };

  base::Status take();
  base::Status take(const std::string& name, Track& track, const hls::Segment& segment);
  base::Status write_media(const std::string& name, Track& track, const hls::Segment& segment);
  base::Status write_mp4(const std::string& name, Track& track, const hls::Segment& segment, base::View media);
  void note_ranges(const std::string& lines);
  void leave_out_open_end();
  hls::SegmentList listed(const Track& track);
  std::string date_ranges() const;
  std::string multivariant() const;
  std::vector<Hole> holes() const;

  const Options options_;
  const Append append_;
  std::unique_ptr<origin::Log> log_;
  std::int64_t begun_ = -1;  ///< of segments up to this one the log does not have all
  std::map<std::string, Track> tracks_;
  /// Of all renditions, by number: what playlists list.
  std::map<std::int64_t, std::shared_ptr<const hls::Segment>> numbers_;
  std::set<std::int64_t> with_media_;       ///< numbers of which some rendition has media
  std::set<std::int64_t> discontinuities_;  ///< in front of which
  std::vector<std::string> range_ids_;      ///< as they came
  std::map<std::string, std::string> range_lines_;
  std::map<std::string, base::Micros> range_starts_;
  bool independent_ = true;
  bool ended_ = false;                ///< the event is over
  std::optional<base::Micros> zero_;  ///< UTC of the first segment of MP4s
  std::uint64_t bytes_ = 0;
};

/// Exports a channel's journal. A server may write it meanwhile. `on_damage` is told what could not be read.
/// Errors: kNotFound where the journal has no media of that time; those of `append`; kSystem.
base::Result<VodExport::Totals> export_journal(const std::string& journal, const VodExport::Options& options,
                                               VodExport::Append append,
                                               const std::function<void(const std::string&)>& on_damage);

/// What appends to files below a directory, which is made; it may not hold anything.
/// Errors: kBusy where it does; kSystem.
base::Result<VodExport::Append> files_below(const std::string& directory);

/// Exports a channel's journal to files_below() a directory. Errors: those of both.
base::Result<VodExport::Totals> export_channel(const std::string& journal, const std::string& output,
                                               const VodExport::Options& options,
                                               const std::function<void(const std::string&)>& on_damage);

}  // namespace archive
