#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "hls/multivariant.h"
#include "hls/view.h"
#include "origin/channel_snapshot.h"
#include "origin/cue_tags.h"
#include "origin/images.h"
#include "origin/marker_list.h"
#include "record/record.h"

namespace origin {

/// The fold of one channel's records into what viewers fetch. Same records in the same order give the same bytes,
/// however they were grouped between snapshots. Records that do not fit are dropped and counted, never trusted. Thread:
/// one (the control loop's); snapshots may be used from any.
class Log {
 public:
  struct Options {
    base::Micros window = 60 * base::kSecond;  ///< media that a playlist lists; at least six segments (LL-26)
    MarkerList::Shown markers = {};            ///< that playlists show
    hls::AudioOnly audio_only = hls::AudioOnly::kNo;
    bool iframes = false;  ///< video renditions have an I-frame playlist
    bool images = false;   ///< there is an image playlist
    /// What of the window stays in memory once a file has the rest: see file_part(). 0: all.
    base::Micros memory = 0;
    std::vector<hls::View> views = {};  ///< with names of their own
  };
  struct Counters {
    std::uint64_t parts = 0;
    std::uint64_t gaps = 0;      ///< gap parts published, those of `filled` included
    std::uint64_t segments = 0;  ///< segments closed by a record
    std::uint64_t discontinuities = 0;
    std::uint64_t filled = 0;           ///< gap parts made here, because no record came for them
    std::uint64_t late = 0;             ///< records dropped: their time was published already
    std::uint64_t conflicts = 0;        ///< records dropped: impossible values, unknown rendition
    std::uint64_t overlong = 0;         ///< durations cut to PART-TARGET or the target duration (LL-56, LL-11)
    std::uint64_t markers = 0;          ///< marker records that playlists show
    std::uint64_t markers_dropped = 0;  ///< markers that playlists showed and gave up, because they were too many
    std::uint64_t restarts = 0;         ///< presentations that began a new session: after End, or with another N
  };

  /// What a log's past means for what follows; all else follows from its records.
  struct Standing {
    std::int64_t begun = -1;           ///< newest segment that any rendition has begun; -1: none
    std::int64_t discontinuities = 0;  ///< up to that segment
    int target_duration = 1;           ///< longest so far. Units: s.

    friend bool operator==(const Standing&, const Standing&) = default;
  };

  Log(std::string channel, const Options& options);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Folds one record in. Costs a few pointer copies; renders nothing.
  void apply(const record::Record& record);

  /// A file has the bytes of a part that was folded in; `msn` as in the record.
  void file_part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, base::FilePlace place);

  /// Records of a journal follow, of which only what they come to counts: there are no snapshots until end_reading().
  void begin_reading() { reading_ = true; }
  /// Of parts that were given without their bytes, takes those of open segments into memory: hls::Window::load_open().
  void end_reading(const hls::FetchFiled& fetch);

  /// The channel as it is now; the same pointer while nothing changed. Never null: before the first record it is
  /// waiting and has no renditions. Call it after a batch of records, and hand it to every serve loop.
  std::shared_ptr<const ChannelSnapshot> snapshot();

  Counters counters() const;

  Standing standing() const;
  /// Continues a log of which only what follows is known: the discontinuity sequence and the target duration go on.
  /// REQUIRES: no record was applied.
  void resume(const Standing& standing);
  /// What follows is of another source with other media: what there is ends here as it stands and stays listed, and
  /// what comes next stands behind a discontinuity, in every rendition behind the newest segment that any has begun.
  /// Records of that segment or an older one are late from now on. The next record is a presentation.
  void break_off();
  /// Whether a presentation continues with what there is: same numbering, and no index changed its meaning. Another one
  /// begins a session, with playlists that begin anew.
  bool continues(const record::Presentation& presentation) const;

 private:
  struct Track;

  void fold(const record::Presentation& presentation);
  void fold(const record::Part& part);
  void fold(const record::Gap& gap);
  void fold(const record::SegmentEnd& end);
  void fold(const record::Discontinuity& discontinuity);
  void fold(const record::Marker& marker);
  void fold(const record::Closing& closing);
  void fold(const record::Thumbnail& thumbnail);
  void fold(const record::MovedCut&) {}  // segments say themselves where they start
  void fold(const record::End& end);

  void begin_session(const record::Presentation& presentation);
  void retire(const Track& track);
  std::size_t listed() const;
  hls::Window::Options window_options(const record::Rendition& rendition) const;
  void add_track(const record::Rendition& rendition);
  void begin_formats(std::int64_t msn);
  void update(Track& track, const record::Rendition& rendition);
  void update_terms();
  void render_multivariant();
  void render_views(bool independent, const media::Captions& captions, const hls::Stills& stills);
  void add_part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, std::int64_t start, hls::Part part,
                bool last);
  void begin_cues(std::uint32_t rendition, std::int64_t msn, std::int64_t start, std::int64_t duration);
  bool count(hls::Outcome outcome);
  bool is_first_video(std::size_t index) const;
  void publish(std::size_t index);
  void publish_all();
  State state() const;
  base::Micros oldest_listed() const;

  Options options_;
  std::string channel_;
  media::Rational segment_{0, 1};
  bool cuts_move_ = false;  ///< as in the presentation
  int target_duration_ = 1;
  bool ended_ = false;
  bool reading_ = false;            ///< see begin_reading()
  std::int64_t begun_before_ = -1;  ///< newest segment of the sessions before
  std::int64_t floor_ = INT64_MIN;  ///< records of earlier segments are late: see break_off()
  hls::Discontinuities discontinuities_;
  MarkerList markers_;
  base::Micros edge_ = 0;  ///< UTC, end of the newest media
  CueTags cues_;
  ImageList images_;
  std::vector<std::unique_ptr<Track>> tracks_;
  std::vector<hls::Stream> streams_;  ///< of the presentation
  media::Captions captions_;          ///< likewise
  std::shared_ptr<const Rendered> multivariant_;
  std::shared_ptr<const std::vector<NamedView>> views_;
  std::uint64_t revision_ = 0;
  Counters counters_;
  std::shared_ptr<const ChannelSnapshot> snapshot_;
};

}  // namespace origin
