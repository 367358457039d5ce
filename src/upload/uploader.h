#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "hls/media_playlist.h"
#include "origin/log.h"
#include "record/record.h"
#include "s3/bucket.h"
#include "upload/journal_tail.h"
#include "upload/listing.h"
#include "upload/state_file.h"

namespace upload {

/// What is known of the upload of one channel.
struct Report {
  std::string channel;
  std::uint64_t objects = 0;                              ///< put, playlists included
  std::uint64_t bytes = 0;                                ///< of these
  std::array<std::uint64_t, s3::kReasons> failures = {};  ///< objects that were not put at an attempt, by s3::Reason
  std::uint64_t gaps = 0;  ///< segments that playlists list as gaps because the journal does not have them
  base::Micros edge = 0;   ///< UTC, end of the newest media in the bucket's playlists; 0: none
  base::Micros lag = 0;    ///< age of that; 0 where `ended`, or there is none. See Uploads::reports().
  bool ended = false;      ///< the session is over, and all of it is there
  bool failing = false;    ///< nothing could be put at the last two attempts or more
  std::string why;         ///< of `failing`
};

/// Uploads what a channel publishes, as plain HLS: segments and init sections as they are in its journal, then the
/// playlists that list them, then the multivariant playlist. A playlist never names what is not there.
///
/// It reads the journal and nothing else: the live output does not know of it, and what cannot be uploaded now is read
/// from the journal later. A batch is read, put and noted in the state file before the next one is read. What fails is
/// tried again, after a span that doubles up to kLongestPause, part of it at random.
/// Bound: one batch (kBatchBytes and a segment of each rendition more), six segments of each rendition.
/// Thread: one, which waits for the disk and for the store.
class Uploader {
 public:
  static constexpr base::Micros kPoll = 250 * base::kMillisecond;
  static constexpr base::Micros kFirstPause = 500 * base::kMillisecond;
  static constexpr base::Micros kLongestPause = 30 * base::kSecond;
  static constexpr std::size_t kBatchBytes = std::size_t{16} << 20;
  static constexpr std::size_t kBatchObjects = 128;
  /// Holes in the numbers of segments are filled with gaps up to this; after longer ones playlists begin anew.
  static constexpr std::int64_t kMostGaps = 5000;

  struct Options {
    std::string channel;
    std::string journal;  ///< the channel's directory
    std::string state;    ///< path of the state file
    std::string place;    ///< for people and for the state file: s3://BUCKET/PREFIX
    hls::PlaylistType type = hls::PlaylistType::kSliding;
    origin::Log::Options log;  ///< as the channel's; `window`: of playlists of PlaylistType::kSliding
  };
  struct Context {
    s3::Store& store;
    const base::Clock& clock;
    std::function<double()> random;  ///< 0 to 1
  };

  /// What `context` names outlives this.
  Uploader(Options options, Context context);
  ~Uploader();

  /// Does what can be done now. Returns how long there is nothing to be done. Units: µs.
  base::Micros step();
  const Report& report() const { return report_; }
  /// UTC of the name of the first file of the journal that has something to be uploaded: 0: any may; INT64_MAX: none.
  base::Micros read_from() const { return caught_up_ ? INT64_MAX : safe_file_; }

 private:
  struct Pending {
    s3::Object object;
    bool done = false;
  };

  void collect();
  void begin_file();
  void apply(const record::Record& record);
  bool was_uploaded(const record::SegmentEnd& end) const;
  void take();
  void take(const std::string& rendition, media::Kind kind, const hls::Segment& segment);
  void queue_init(const std::string& rendition, media::Kind kind, const hls::Segment& segment);
  void fill(const std::string& rendition, const hls::Segment& next);
  void list(Entry entry);
  void advance_file();
  bool put_media();
  void commit();
  void end_listing();
  bool put_playlists();
  bool put(std::vector<s3::Object> objects, std::vector<bool>& done);
  void fail(const s3::Failure& failure, bool progress);
  void succeed();

  const Options options_;
  const Context context_;
  StateFile state_;
  Listing listing_;
  JournalTail tail_;
  std::unique_ptr<origin::Log> log_;
  std::int64_t begun_ = -1;  ///< of segments up to this one the log does not have all
  std::uint64_t restarts_ = 0;
  bool new_session_ = false;  ///< the next segment that is not known begins one
  bool over_ = false;         ///< the log has ended behind the last segment
  bool skips_seed_ = false;
  bool caught_up_ = false;                     ///< all that the journal has is there
  std::map<std::string, std::int64_t> known_;  ///< newest that was uploaded before a restart, by rendition

  // The file from which on a restart has to read: that in which the oldest segment began that is not there.
  base::Micros safe_file_ = 0;
  std::deque<std::pair<base::Micros, std::int64_t>> files_;  ///< read since: their names, newest segment begun before

  // One batch.
  std::vector<Pending> pending_;
  std::size_t pending_bytes_ = 0;
  struct Step {
    bool clears = false;
    Entry entry;
  };
  std::vector<Step> steps_;                                          ///< entries, in order
  std::vector<Range> ranges_;                                        ///< of the log, as they are at the batch's end
  std::vector<std::string> canceled_;                                ///< ids of ranges
  std::map<std::string, std::int64_t> newest_;                       ///< as the listing will have it
  std::map<std::string, std::shared_ptr<const hls::Segment>> last_;  ///< likewise
  std::set<std::string> inits_;                                      ///< put, or in this batch: rendition and name
  std::set<std::string> changed_;                                    ///< renditions whose playlists are to be put
  std::string multivariant_;                                         ///< as it was put

  int attempts_ = 0;
  base::Micros retry_at_ = 0;  ///< steady
  bool clock_tried_ = false;
  Report report_;
};

}  // namespace upload
