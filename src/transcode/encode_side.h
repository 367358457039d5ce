#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/shared_file.h"
#include "media/instant.h"
#include "media/overlay.h"
#include "media/time.h"
#include "media/track.h"
#include "transcode/output.h"
#include "transcode/rung.h"
#include "transcode/slate_course.h"
#include "transcode/thumbnail.h"

namespace transcode {

class DecodeSide;
class Slate;

/// The half of a video ladder behind the decoded picture: takes the pictures of the selected decode side, scales them
/// down a cascade (each rung from the next larger one) and encodes every rung, with key frames at the same instants in
/// all of them.
///
/// Time: packets come out with the pts of the picture that went in, in the timescale of the source that the ladder was
/// made for, and every rung of one frame rate has the same set of pts. With `Rung::quality` off nothing is held back
/// for look-ahead, B-frames or frame threads: dts = pts.
///
/// Missing pictures: the last picture is shown again on the frame grid of the largest rung's rate, up to the instant
/// that hold() says, and in holes from 0.4 s (PictureLine::kLongestStill) to `Options::max_fill` that a picture leaves
/// behind it. A picture whose time has been covered by repeats is dropped and counted (`late_frames`). A source below
/// 2.5 frames a second has rungs of a multiple of its rate, filled the same way. A slate, if there is one, takes the
/// last picture's place where no picture has come for `Options::slate_after`, and that of every picture where
/// show_slate() asks for it; it is mixed in and out within 0.2 s.
///
/// The base rung (base_rung()) never waits for another: a picture that finds another rung busy is left out of that rung
/// alone, and counted, unless it starts a segment. The threads of the other rungs ask for less CPU, the larger the
/// less.
///
/// Threads: one takes pictures and scales ("k-scale"), one a rung encodes ("k-enc-<rung>"). What they produce waits
/// until the owner calls drain(), which the readable descriptor() asks for. All functions are the owner's, on one
/// thread, and none of them waits for an encoder but flush() and the destructor.
class EncodeSide {
 public:
  enum class Keys : std::uint8_t {
    kGrid,    ///< the first frame of every slot floor(pts / segment) is an IDR frame
    kForced,  ///< IDR frames are where force_key_at said, for a ladder below a copied top rung
  };
  enum class RungFull : std::uint8_t {
    kLeaveOut,  ///< of a rung that is busy, but for the base rung: live
    kWait,      ///< every rung is waited for: files, tests, benches
  };
  struct Options {
    media::Rational segment{2, 1};  ///< Units: seconds; N of msn = floor(utc / N)
    Keys keys = Keys::kGrid;
    std::size_t max_bytes = std::size_t{16} << 20;  ///< of results nobody drained; beyond, pictures are dropped
    base::Micros max_fill = 2 * base::kSecond;      ///< longest hole that is filled with repeats
    int cores = 0;                                  ///< cores to plan for; 0: those of the machine
    base::Micros switch_patience = base::kSecond;   ///< longest that one side of a switch waits for the other
    RungFull rung_full = RungFull::kLeaveOut;
    /// That a rung of stills shows one picture for; less than a part, or the packager takes it for a hole.
    base::Micros longest_still = 375 * base::kMillisecond;
    std::shared_ptr<Slate> slate;  ///< null: none; from then on the encode side's alone
    std::string slate_text;        ///< over the slate, or over the last picture where there is none; empty: none
    std::shared_ptr<const base::SharedFile> slate_font;  ///< of that text, of show_slate()'s, of overlays; null: none
    bool thumbnails = false;                             ///< make them: take_thumbnail()
    base::Micros slate_after = 0;                        ///< without a picture; negative: only where it is asked for
  };

  struct RungCounters {
    std::uint64_t encoded = 0;  ///< packets produced
    std::uint64_t bytes = 0;    ///< their size
    std::uint64_t key_frames = 0;
    std::uint64_t thinned = 0;        ///< frames left out for the rung's frame rate, its own or that of the economy
    std::uint64_t left_out = 0;       ///< frames left out because the rung was busy with others
    std::uint64_t encode_errors = 0;  ///< frames the encoder refused
    std::uint64_t lost_captions = 0;  ///< caption triplets for which no picture came in time
    base::Micros last_delay = 0;      ///< from feed() of the newest frame's packet to its encoded packet
    base::Micros max_delay = 0;       ///< the largest of those since the previous call of counters()
  };
  struct Counters {
    std::uint64_t held_frames = 0;     ///< repeats of the last picture
    std::uint64_t late_frames = 0;     ///< pictures dropped because repeats have taken their place
    std::uint64_t dropped_frames = 0;  ///< pictures dropped otherwise: overload, or a pts that does not rise in a side
    std::uint64_t slates = 0;          ///< times that the slate came to be seen
    std::uint64_t slate_frames = 0;    ///< pictures in which it was seen
    bool slate = false;                ///< it is seen now
    std::uint64_t overlay_frames = 0;  ///< see Overlays::Counters
    std::uint64_t overlay_faults = 0;  ///< likewise
    int economy = 0;                   ///< the level that holds now
    std::uint64_t economy_steps = 0;   ///< times that it changed
    std::vector<RungCounters> rungs;
  };

  /// What shows that the CPU is short.
  struct Load {
    std::uint64_t left_out = 0;  ///< pictures, of all rungs that were busy
    std::uint64_t shed = 0;      ///< pictures, of the whole ladder
  };

  /// Opens every encoder; the tracks of all rungs are then waiting in drain(). Zeros in a rung are resolved from
  /// `shape` (resolve()), the track of the first source: size, frame rate, colour and timescale.
  /// Errors: kUnsupported where this libavcodec lacks an encoder, naming it and the package to install; kMalformed for
  /// a source without a picture size or a rung of no bitrate; kSystem from the libraries.
  static base::Result<std::unique_ptr<EncodeSide>> make(const media::Track& shape, std::vector<Rung> rungs,
                                                        const Options& options);
  /// Stops at once, dropping what is under way. REQUIRES: every DecodeSide of it is gone.
  ~EncodeSide();
  EncodeSide(const EncodeSide&) = delete;
  EncodeSide& operator=(const EncodeSide&) = delete;

  /// The decode side whose pictures are shown from the next one on; null: none. Pictures whose time is not past what
  /// was shown are dropped, so pts rise across a change. Cancels what switch_to() asked for.
  void select(DecodeSide* side);
  /// As select(), where `side` shows later by `behind` what the side shown now shows: the last picture stays for so
  /// long, and the side's pictures of that time, which were seen already, are dropped. Returns where that ends; nothing
  /// where nothing was shown.
  std::optional<media::Instant> select_after(DecodeSide& side, base::Micros behind);
  /// Lets the pictures of the side shown now go on until `side` has one that follows them; from that one on `side` is
  /// shown, and no picture between is lost. For at most Options::switch_patience whichever side is ahead waits for the
  /// other. A side that is behind by more than that is not waited for: the present side goes on until that side has
  /// come up, or until select(). If the present side is destroyed, `side` is shown at once; one that has given nothing
  /// for half of switch_patience is not waited for. As select() where no side is shown.
  void switch_to(DecodeSide& side);
  /// The side whose pictures are shown now; null: none.
  const DecodeSide* shown() const;
  /// The pts of the first picture of `side` that was encoded since another side's was; nothing until then.
  std::optional<media::Instant> shown_from(const DecodeSide& side) const;
  /// True from switch_to() until it has taken effect or is cancelled.
  bool switching() const;
  /// Shows the last picture again up to `until`, where what was fed to the selected side before this call leaves
  /// anything to show. To be called at every tick, also while pictures come, with an instant that pictures usually have
  /// passed (HoldClock). Nothing happens before the first picture; where nobody called for 10 s, a hole is left. With
  /// Keys::kForced, call force_key_at() first.
  void hold(media::Instant until);
  /// Saves CPU in the rungs but the base rung: see most_economy() in economy.h for the levels. Takes effect at the next
  /// key frame, in all rungs, and changes no track. Thread: any.
  void set_economy(int level);
  /// The last level; 0 where there is nothing to save.
  int most_economy() const;
  Load load() const;
  /// Shows the slate from the next picture on, with this text (empty: none), whatever comes, until it is called with
  /// false. Without a slate the picture of that instant stays.
  void show_slate(bool on, const std::string& text);
  /// Lays something over the pictures of all rungs from the next one on, held ones included, in the place of what has
  /// the same id; a slate covers it. No encoder and no key frame is changed. Texts have the font of the slate.
  /// Errors: kMalformed for a picture or a font that cannot be read, kNotFound for a text without a font; kSystem.
  base::Status put_overlay(const media::Overlay& overlay);
  void remove_overlay(const std::string& id);
  /// Key frames as viewers see them, with their media times, each once: see RungThumbnails. Thread: any.
  std::optional<Thumbnail> take_thumbnail();
  /// Has a thumbnail made of each rung's next key frame, as its viewers see it: take_snapshot(). See RungSnapshots.
  void ask_snapshots();
  /// What was asked for and is not begun is not made.
  void give_up_snapshots();
  std::optional<RungThumbnail> take_snapshot();
  /// Where the film of Options::slate is, for its sound; off where there is none. Thread: any.
  SlateCourse slate_course() const;
  /// Makes the first frame with this pts or a later one an IDR frame in every rung. Call before feeding its packet.
  void force_key_at(media::Instant pts);
  /// Makes the next picture of this rung an IDR frame, and of no other.
  void force_key(std::size_t rung);
  /// The pts of the newest picture that the selected side gave, shown or not; without those that it gave while it was
  /// catching up with what was shown before.
  std::optional<media::Instant> newest() const;
  /// Lets everything that was taken come out, and waits for it. Then drain() has it all; nothing can be fed any more.
  /// Flush the selected decode side first.
  void flush();

  /// Readable while drain() has something to deliver. Owned by this object; poll it, do not read it.
  int descriptor() const;
  /// Delivers what is ready, without waiting.
  void drain(Output& out);

  Counters counters() const;
  /// The rungs as resolved.
  const std::vector<Rung>& rungs() const;
  /// Ticks a second of everything that comes out.
  std::int64_t timescale() const;

 private:
  friend class DecodeSide;
  struct State;
  explicit EncodeSide(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace transcode
