#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "hls/media_playlist.h"
#include "hls/window.h"

namespace upload {

/// A segment that is in the bucket, or a gap.
struct Entry {
  std::string rendition;
  std::shared_ptr<const hls::Segment> segment;  ///< closed, without media
  bool independent = true;                      ///< it can be decoded by itself
};

/// One line of text, from which it can be read again: what a state file has.
std::string write_entry(const Entry& entry);
std::optional<Entry> parse_entry(std::string_view line);

/// An EXT-X-DATERANGE line that playlists have.
struct Range {
  std::string id;
  std::string line;        ///< with its end
  base::Micros start = 0;  ///< UTC
};
/// Of lines as origin::MarkerList writes them.
std::vector<Range> parse_ranges(std::string_view lines);

/// What the playlists of a channel list, session by session. Thread: one.
class Listing {
 public:
  /// `window`: of the playlists of PlaylistType::kSliding; those of kEvent list all.
  Listing(hls::PlaylistType type, base::Micros window) : type_(type), window_(window) {}

  /// Adds a rendition's next segment; older ones leave its playlist.
  void add(Entry entry);
  /// Adds a range, or puts it in the place of the one of its id. False where it is there already as it is.
  bool add(Range range);
  /// What was announced with that id does not happen.
  void cancel(std::string_view id);
  /// A session begins: nothing of the one before is listed.
  void clear();
  /// Nothing follows.
  void end() { ended_ = true; }
  /// Something follows.
  void reopen() { ended_ = false; }

  bool ended() const { return ended_; }
  bool lists(const std::string& rendition) const { return tracks_.contains(rendition); }
  std::vector<std::string> renditions() const;
  /// The newest of a rendition; null: none is listed.
  const hls::Segment* newest(const std::string& rendition) const;
  /// Newest number of a rendition in any session; -1: none.
  std::int64_t newest_msn(const std::string& rendition) const;
  std::size_t longest() const;  ///< entries of the longest playlist
  std::size_t size() const;     ///< entries of all playlists
  bool independent() const;     ///< all segments that are listed can be decoded by themselves
  /// End of the newest media that a playlist lists. UTC; 0: there is none.
  base::Micros edge() const;
  const std::vector<Range>& ranges() const { return ranges_; }
  std::vector<Entry> entries() const;

  /// REQUIRES: lists(rendition).
  std::string render(const std::string& rendition, int target_duration) const;

 private:
  struct Track {
    std::vector<Entry> entries;
  };

  void expire(Track& track);
  void expire_ranges();

  const hls::PlaylistType type_;
  const base::Micros window_;
  std::map<std::string, Track> tracks_;
  std::map<std::string, std::int64_t> newest_;
  std::vector<Range> ranges_;
  bool ended_ = false;
};

}  // namespace upload
