#pragma once

#include <string>

#include "viewers/book.h"
#include "viewers/exchange.h"

namespace viewers {

struct Engine;

enum class ObjectKind : std::uint8_t { kInit, kMedia };

/// What a Track needs of the player it belongs to.
class TrackOwner {
 public:
  virtual ~TrackOwner() = default;
  virtual void ask_for(Exchange& exchange) = 0;
  virtual void ask_for_later(Exchange& exchange, Micros delay) = 0;
  virtual void report(std::string_view kind, const Exchange& exchange, std::string_view what) = 0;
  /// An init section or media has come: its bytes are to be compared.
  virtual void compare(const Exchange& exchange, ObjectKind kind) = 0;
  /// The first playlist is there: once all tracks have theirs the owner calls begin_at().
  virtual void on_first_list() = 0;
  /// Media is buffered until `end`.
  virtual void on_media(std::size_t track, Micros end, Micros now) = 0;
};

/// One rendition of a player: keeps its playlist up to date with blocking reloads and fetches every part once.
class Track {
 public:
  struct Manners {
    bool avplayer = false;  ///< asks for hinted parts, and for a new segment by its number alone (CL-28)
    bool skip = false;      ///< asks for delta updates
  };

  Track(Engine& engine, TrackOwner& owner, ExchangeOwner& exchange_owner, std::size_t index);

  void open(Rendition& rendition, Manners manners);
  /// Continues in another rendition from the report on it (CL-7); without a report, from a plain reload.
  void switch_to(Rendition& rendition);
  /// Fetches from the last independent part at or before `playhead` on.
  void begin_at(Micros playhead);
  /// Starts what is to be fetched now, if nothing is under way.
  void fetch();
  void close();

  /// True where the exchange is one of this track's.
  bool owns(const Exchange& exchange) const { return &exchange == &playlist || &exchange == &media; }
  void on_good(Exchange& exchange);
  void on_refused(Exchange& exchange);
  /// True where the answer is a 404 to a hinted part: right, unless a playlist lists it later, which is an error then.
  bool drops_hint(const Exchange& exchange);
  void on_first_byte(const Exchange& exchange);

  const Rendition* rendition() const { return rendition_; }
  const Rendition::List& list() const { return list_; }

  Exchange playlist;
  Exchange media;

 private:
  enum class Fetch : std::uint8_t { kNothing, kInit, kPart, kHint, kSegment };

  void on_playlist();
  bool advanced(const MediaPlaylist& list);
  void sample_playlist();
  void check_hint();
  void reload();
  Position locate(Micros time) const;
  bool step();
  void fetch_hint();
  void start_fetch(Fetch what, const std::string& uri, Position at, Micros end);
  void on_media();
  void sample_media();

  Engine& engine_;
  TrackOwner& owner_;
  std::size_t index_;
  Rendition* rendition_ = nullptr;
  Rendition::List list_;
  Manners manners_;
  bool begun_ = false;      ///< next_ is set
  bool blocking_ = false;   ///< the reload under way carries directives
  Position wanted_;         ///< by that reload
  Position next_;           ///< part to fetch next
  Position live_from_;      ///< parts before it were old news when this track opened
  Micros switched_at_ = 0;  ///< media time to continue from in the rendition switched to
  std::string init_;        ///< path of the init section that was fetched last
  std::string hinted_;      ///< path of the hinted part that was asked for last
  Position hinted_at_;
  bool hint_dropped_ = false;
  Fetch fetching_ = Fetch::kNothing;
  Position fetched_at_;
  Micros fetched_end_ = 0;  ///< media time
};

}  // namespace viewers
