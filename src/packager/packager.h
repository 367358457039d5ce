#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "media/caption.h"
#include "media/instant.h"
#include "media/packet.h"
#include "media/slot.h"
#include "media/text_cue.h"
#include "packager/counters.h"
#include "packager/cutter.h"
#include "packager/segmenter.h"
#include "record/position.h"
#include "record/record.h"

namespace packager {

class Lane;
class TextLane;

/// One rendition as the worker wants it published. Of text the track's timescale is TextLane::kTimescale.
struct RenditionSpec {
  std::string name;
  media::Track track;    ///< as the Timeline or an encoder of ours announced it: timescale is that of its packets
  bool encoded = false;  ///< comes out of an encoder of ours, not straight from the feed
  std::uint32_t bandwidth = 0;
  std::uint32_t average_bandwidth = 0;
  std::string label;
  bool is_default = false;
  /// Stands in for what does not come. Audio: a coded frame of silence; may be empty. Copied video, whose own pictures
  /// do so: set by the packager where a format changes, see record::Rendition::held.
  Still still;
  std::string characteristics;  ///< see record::Rendition
  bool forced = false;          ///< likewise
};

/// The renditions of a log that is to be resumed, to be published as they were.
std::vector<RenditionSpec> specs_of(const record::Presentation& known);

/// What the packager reports to the worker. Called from within on_packet() and tick().
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_record(record::Record&& record) = 0;
  /// Segment cut.msn starts at cut.time of the lead. In source mode every encoder has to put a key frame at its first
  /// frame whose pts is not earlier; comes before the lead's packet at that time has gone to the decoder, if the worker
  /// hands packets to the packager first.
  virtual void on_cut(const Cut& cut) { static_cast<void>(cut); }
  /// An encoded rendition lost frames and drops all it gets until a key frame comes.
  virtual void on_key_wanted(std::uint32_t rendition) { static_cast<void>(rendition); }
};

/// Turns packets on the UTC timeline into the channel's log: parts, held parts or gaps for time without media, segment
/// ends, and a Marker "outage" with the start, later with the end, of each stretch of 0.35 s or more in which the lead
/// is held: by the packager, or by the encoders of all rungs (media::Packet::held). One that a resumed log is in goes
/// on.
///
/// The lead is the first copied video rendition (its key frames make the cuts), else the first video rendition, else
/// the first audio rendition (both cut on the grid); see Cutter. The other renditions follow its cuts; audio that is
/// ahead of the lead's next cut waits for it, bounded by Options::queue. Text has a part for each part of the lead: see
/// TextLane. Text alone is no presentation.
/// No clock, no randomness: same calls, same records.
///
/// Order of records: Presentation first. When a format changes, Presentation (new init, perhaps another timescale) and
/// Discontinuity{M} follow each other; the new init and timescale hold from segment M on, parts of earlier
/// segments that still come after it have the old ones. That of copied video changes when its first key frame is there:
/// until then the old one is held. A rendition that only comes late makes a Presentation alone;
/// its first segment is the one open then, filled with gaps up to its first sample. Part durations never pass
/// Rendition::part_ticks, which never changes (AMB-8, LL-56).
class Packager {
 public:
  struct Options {
    base::Micros segment_target = 2 * base::kSecond;
    base::Micros part_target = base::kSecond / 2;
    /// What becomes of time without media: held media, or a gap (LL-33).
    Segmenter::Missing missing = Segmenter::Missing::kHold;
    /// How late a rendition may be against its usual lateness before its time is filled. 0: 350 ms where it is held, so
    /// that with a tick of 0.1 s nothing is published later than PART-TARGET + 0.5 s after the part before; two part
    /// targets + 250 ms where it becomes a gap, which players take worse than a late part.
    base::Micros allowance = 0;
    /// The same for a rendition's first media. 0: six part targets + 750 ms.
    base::Micros start_allowance = 0;
    /// The same for audio that is there from the first presentation on, where its time is held: it may be as far behind
    /// the picture in time stamps (TS-6).
    base::Micros audio_lag = 10 * base::kSecond;
    /// Cuts may be moved onto splices: see move_cut(). Where a log is resumed, what that says holds.
    bool cuts_move = false;
    /// Media that may wait in one rendition. Policy: the newest is dropped and counted.
    base::Micros queue = 15 * base::kSecond;
  };

  /// `listener` outlives this.
  Packager(Options options, Listener& listener);
  ~Packager();
  Packager(const Packager&) = delete;
  Packager& operator=(const Packager&) = delete;

  /// Continues with a log. Call before set_presentation(), which then names at least the log's renditions in its order.
  void resume(record::Position position);
  /// First call: writes the Presentation. Later calls: more renditions at the end, or other formats for those there
  /// are; an unchanged presentation writes nothing.
  void set_presentation(const std::vector<RenditionSpec>& renditions);
  /// What the pictures carry, as of the next set_presentation(). Where it is never called a resumed log's holds.
  void set_captions(media::Captions captions) { captions_ = std::move(captions); }
  /// Index into the presentation; `packet` in UTC ticks of the rendition's timescale, in decoding order.
  void on_packet(std::uint32_t rendition, media::Packet&& packet);
  /// A cue of a text rendition; of others, and of one that is not presented yet, it is dropped and counted.
  void on_cue(std::uint32_t rendition, media::TextCue cue);
  /// Something that happens at event.at, for the media itself: an emsg in every video rendition, in the part in which
  /// it happens, or the next one if that is written already; in audio where there is no video. Before the first
  /// presentation, long past, or beyond the bounds of EventQueue it is dropped and counted.
  void on_event(const Event& event);
  enum class CutMove : std::uint8_t {
    kMoved,
    kLate,     ///< a rendition is too far for that already, or nothing is published yet
    kCrowded,  ///< another splice is too near
  };
  struct MovedTo {
    CutMove outcome = CutMove::kLate;
    /// Where key frames belong: `splice`, of a lead of a constant rate its frame that is nearest. Units: UTC.
    media::Instant key;
  };
  /// There is a splice at `splice` (UTC): the segment that would begin nearest to it begins there, in every rendition,
  /// and a MovedCut is written. On the grid it begins at that very frame; where the lead is copied, at its first key
  /// frame there or later. Numbers stay as they are. REQUIRES: Options::cuts_move.
  MovedTo move_cut(base::Micros splice);
  /// It is `utc`, and everything received before has been given to on_packet() as far as it has left the encoders.
  void tick(base::Micros utc);
  /// Flushes, writes Closing and each rendition's last part, and ends every open segment: the owner of the log writes
  /// the End. Nothing is taken any more.
  void finish();

  /// REQUIRES for all: set_presentation() was called.
  std::uint32_t lead() const { return lead_; }
  Cutter::Mode mode() const { return cutter_->options().mode; }
  /// N in ticks of the lead: grid encoders force a key frame at the first frame of every slot floor(pts / N).
  const media::SlotLength& segment() const { return segment_; }
  /// As Lane::due(), of all renditions of media. Nothing before the first presentation.
  std::optional<base::Micros> due() const;
  /// UTC end of everything published and queued, at least: what Timeline::not_before() takes after a resume.
  base::Micros published_end() const;

  const Counters& counters() const { return counters_; }

 private:
  void begin(const std::vector<RenditionSpec>& specs);
  void begin_resumed(const std::vector<RenditionSpec>& specs);
  static void resume_lane(Lane& lane, const record::Position::Rendition& at);
  void resume_former(const RenditionSpec& spec, std::int64_t part_ticks, const record::Position::Rendition& at);
  void keep_overrun();
  void start_cutter(std::uint32_t lead, const media::Track& track);
  bool awaits_key(const std::vector<RenditionSpec>& specs) const;
  bool settle_awaited(std::uint32_t rendition, const media::Packet& packet);
  void update(const std::vector<RenditionSpec>& specs);
  void change_formats(const std::vector<RenditionSpec>& specs, const std::vector<std::uint32_t>& changed);
  Format format_of(const RenditionSpec& spec, std::int64_t part_ticks) const;
  void add_lane(const RenditionSpec& spec, std::int64_t part_ticks);
  void add_text(const RenditionSpec& spec, std::int64_t part_ticks);
  void write(std::uint32_t rendition, record::Record&& record);
  void push_lane(const RenditionSpec& spec, const Format& format);
  void follow_lead_change();
  Cutter::Options cutter_options(std::uint32_t lead) const;
  void on_lead_packet(media::Packet&& packet);
  void delay_cut(Frame& frame) const;
  bool cut_is_late(std::int64_t msn, std::int64_t time) const;
  void resume_cuts();
  void pump();
  void write_presentation();
  const Segmenter& least_held() const;
  void write_outage();

  Options options_;
  Listener& listener_;
  Counters counters_;
  std::uint32_t lead_ = 0;
  media::SlotLength segment_;
  std::int64_t parts_ = 1;     ///< parts a segment
  media::Rational lead_part_;  ///< Units: seconds.
  std::optional<Cutter> cutter_;
  std::int64_t key_composition_ = 0;  ///< pts - decode time of the lead's newest key frame
  std::vector<RenditionSpec> specs_;
  std::optional<media::Captions> captions_;  ///< of the next presentation that is written
  std::vector<RenditionSpec> awaited_;  ///< what the presentation becomes with the next key frame; empty: nothing else
  std::vector<std::unique_ptr<Lane>> lanes_;      ///< by rendition; null for text
  std::vector<Lane*> media_;                      ///< those that are not null
  std::vector<std::unique_ptr<TextLane>> texts_;  ///< by rendition; null for others
  bool any_text_ = false;
  record::Presentation presentation_;
  std::optional<record::Position> resume_;
  std::optional<base::Micros> outage_;  ///< start of the stretch that is held now
  bool finished_ = false;
};

}  // namespace packager
