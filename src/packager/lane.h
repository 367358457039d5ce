#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "media/packet.h"
#include "media/time.h"
#include "packager/arrival_lag.h"
#include "packager/counters.h"
#include "packager/cutter.h"
#include "packager/lateness.h"
#include "packager/segmenter.h"
#include "record/record.h"

namespace packager {

/// One rendition's queue and segmenter. Its packets are cut where the lead is cut and wait while the lead's next cut is
/// not known; time for which no media comes is filled with held media or becomes gaps (Options::missing).
class Lane {
 public:
  struct Options {
    std::uint32_t rendition = 0;       ///< index in the presentation
    bool encoded = false;              ///< as RenditionSpec::encoded: a key frame can be asked for
    base::Micros queue = 0;            ///< media that may wait for the lead; more is dropped
    base::Micros allowance = 0;        ///< how much later than usual media may come
    base::Micros start_allowance = 0;  ///< the same for the first of it
    Segmenter::Missing missing = Segmenter::Missing::kHold;
  };
  /// Gets the rendition's index when an encoded rendition needs a key frame; see Listener::on_key_wanted().
  using KeyWanted = std::function<void(std::uint32_t)>;

  /// `cutter` and `counters` outlive this.
  Lane(Options options, Format format, const Cutter& cutter, Segmenter::Out out, KeyWanted key_wanted,
       Counters& counters);

  const Segmenter& segmenter() const { return segmenter_; }
  const Format& newest_format() const { return next_format_ ? next_format_->format : segmenter_.format(); }
  void set_encoded(bool encoded) { options_.encoded = encoded; }
  /// Continues a log instead of joining the lead's open segment: segment `msn`, which began at `segment_start`, is
  /// open, `next_part` is the index of its next part, which starts at `end`; `media`: not all its parts so far are
  /// gaps. Units: ticks of the format.
  void resume(std::int64_t msn, std::int64_t segment_start, std::uint32_t next_part, std::int64_t end, bool media);
  /// See Segmenter::add_event().
  bool add_event(const Event& event) { return segmenter_.add_event(event); }
  /// The key frame, or frame of silence, that is repeated before the first media.
  void set_still(Still still) { segmenter_.set_still(std::move(still)); }
  /// What is published already ended in held media, since `time` (UTC).
  void continue_held(base::Micros time) {
    segmenter_.continue_held(media::rescale(time, base::kSecond, segmenter_.format().timescale));
  }
  /// Packets from now on have `format`, which is published from segment `msn` on.
  void change_format(Format format, std::int64_t msn);

  /// The packet as a frame on the decode timeline. REQUIRES: dts and pts in ticks of the newest format.
  Frame make_frame(media::Packet&& packet);
  /// Video that is late by less than a part, from a key frame on, is decoded from the end of what is published until it
  /// has made up for that: the clock of another feed that takes over may be a tick behind, and its group of pictures
  /// would be lost.
  void move_late(Frame& frame) const;
  /// Queues the frame; pump() publishes it.
  void push(Frame&& frame);
  /// Publishes what the lead's cuts allow.
  void pump();
  /// Fills time before `until` where it has no media, in whole parts; not past `horizon` (ticks of the lead).
  void fill_missing(base::Micros until, std::int64_t horizon);
  /// UTC before which media should have come by now.
  base::Micros expected(base::Micros utc) { return lateness_.expected(utc); }
  /// Publishes all queued frames, as far as the lead's cuts are known.
  void drain();
  /// Ends the lead: with the part that players expect next, or with one that ends at `least` (its ticks) or later.
  void finish_lead(std::int64_t least);
  /// Ends another: in segment `msn`, the lead's last, at `time`, its end (ticks of the lead).
  void finish(std::int64_t msn, std::int64_t time);

  /// No media that completes a part, and is no key frame, arrives before, if none is sooner than the soonest of the
  /// last seconds; nothing where that is not known. Units: UTC, as media::Packet::arrived.
  std::optional<base::Micros> due() const;

  /// UTC end of all that was published or came.
  base::Micros newest() const;
  /// End of what is published or in the open part, in ticks of the lead's timescale.
  std::int64_t end_on_lead() const;
  /// Start of the open segment, in the same.
  std::int64_t start_on_lead() const;
  /// End of what is published, in the same.
  std::int64_t published_end_on_lead() const;
  /// Where the part that players expect next can end at the earliest, in the same.
  std::int64_t least_end_on_lead() const;
  /// Where segment `msn` can end at the earliest, in the same: the part comes that players have been told of, and sound
  /// ends with the frame that contains the cut. INT64_MIN where nothing forbids it. `least`: how long that part is at
  /// least, where it has no media.
  std::int64_t earliest_cut_on_lead(std::int64_t msn, std::int64_t least) const;

 private:
  struct NextFormat {
    Format format;
    std::uint32_t id = 0;
    std::int64_t msn = 0;
  };
  enum class Step : std::uint8_t { kAgain, kWait };

  Step step();
  void begin_format(Frame& frame);
  Step place(Frame& frame, std::optional<std::int64_t> cut);
  Step wait_for_format(const Frame& frame, std::optional<std::int64_t> cut);
  void open_with_lead();
  bool too_late(const Frame& frame) const;
  bool is_hole(std::int64_t start) const;
  void reach(std::int64_t cut, std::int64_t frame_start);
  void end_segment(std::int64_t cut);
  void drop_front(std::uint64_t& counter);
  void want_key();

  std::optional<std::int64_t> next_cut() const;
  std::int64_t horizon() const;
  std::int64_t expected_horizon() const;
  bool continues(std::optional<std::int64_t> cut) const;
  std::int64_t from_lead(std::int64_t time) const;

  Options options_;
  const Cutter& cutter_;
  KeyWanted key_wanted_;
  Counters& counters_;
  Segmenter segmenter_;
  Lateness lateness_;
  ArrivalLag lag_;
  std::deque<Frame> queue_;
  std::uint32_t format_id_ = 0;            ///< of the segmenter's format; see Frame::format
  std::optional<NextFormat> next_format_;  ///< announced, and its first segment is not open yet
  bool started_ = false;                   ///< a frame was published
  bool format_unseen_ = false;             ///< nothing was published since the format changed
  bool needs_key_ = false;  ///< no video yet, or some was lost: frames are dropped up to the next key frame
  bool finishing_ = false;  ///< the lead makes no further cuts
  std::int64_t shift_ = 0;  ///< encoded video: what makes dts equal pts at key frames (CM-16)
};

}  // namespace packager
