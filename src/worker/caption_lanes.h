#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "captions/digital_decoder.h"
#include "captions/line21_filter.h"
#include "captions/picture.h"
#include "captions/presentation_order.h"
#include "captions/queue.h"
#include "captions/triplet.h"
#include "job/options.h"
#include "media/packet.h"
#include "media/teletext.h"
#include "media/text.h"
#include "media/text_cue.h"
#include "media/track.h"
#include "record/record.h"
#include "teletext/line.h"
#include "transcode/caption_decoder.h"
#include "worker/caption_list.h"
#include "worker/lane_outlet.h"
#include "worker/teletext_lane.h"
#include "worker/text_lanes.h"

namespace worker {

/// The channel's text renditions, s1 and so on, and those of them that are made of what the feed carries: captions in
/// its pictures, teletext or texts beside them. They are there from the first presentation on, whether text comes or
/// not.
/// Thread: one.
class CaptionLanes {
 public:
  /// All outlive this.
  CaptionLanes(const job::Options& options, LaneOutlet& outlet);

  /// What the log says of them that an earlier worker wrote. To be called before open(), if at all.
  void resume(const record::Presentation& known);
  /// Adds the renditions. To be called once, before the first presentation.
  void open();
  /// Those of captions whose language the configuration does not say have that of their service, as far as it is known.
  void name_languages(const CaptionList& captions);
  /// The next packet of the feed whose video is `video`, in decoding order, before its picture is published. Those of
  /// other tracks are left alone. After another feed's what is typed on the screen is not continued.
  void take(const media::Track& video, const media::Packet& packet);
  /// Teletext of the feed that is shown, in its order. Its description may come before open().
  void take(const media::Teletext& teletext);
  /// A text of the feed that is shown, in its order.
  void take(const media::Text& text);
  /// Teletext packets that were damaged, of what text is made of.
  std::uint64_t teletext_damaged() const { return teletext_damaged_; }
  /// UTC at which the newest text of the rendition with this index in the options is shown first; 0: there was none.
  base::Micros newest(std::size_t subtitle) const { return subtitle < newest_.size() ? newest_[subtitle] : 0; }
  /// Texts of the feed of languages that no rendition has.
  std::uint64_t texts_unplaced() const { return data_.unplaced(); }
  /// A cue from outside for the rendition with this index in the options. False where that takes none.
  bool put(std::size_t subtitle, media::TextCue cue);

 private:
  /// One that is decoded.
  struct Lane {
    std::uint32_t rendition = 0;
    int channel = 1;
    captions::Line21Filter filter{1};
    transcode::CaptionDecoder decoder;
  };
  struct DigitalLane {
    std::uint32_t rendition = 0;
    int service = 1;
    std::size_t subtitle = 0;
    captions::DigitalDecoder decoder;
  };
  static constexpr std::size_t kMostWaiting = 16 * captions::PictureReader::kMost;

  packager::RenditionSpec describe(std::size_t subtitle) const;
  void open_lane(std::uint32_t rendition, int channel);
  void decode(std::int64_t pts, std::int64_t timescale);
  void show(Lane& lane, base::Micros at);
  void publish(std::uint32_t rendition, base::Micros at, std::optional<std::string> screen,
               const std::optional<media::CuePlace>& place);
  void publish(std::uint32_t rendition, media::TextCue cue);
  void restart();

  const job::Options& options_;
  LaneOutlet& outlet_;
  std::vector<std::uint32_t> renditions_;  ///< by index in the options
  std::vector<base::Micros> newest_;       ///< likewise
  std::vector<std::string> languages_;     ///< likewise; empty: not known
  std::vector<Lane> lanes_;
  std::vector<DigitalLane> digital_;
  std::map<std::size_t, TeletextLane> teletexts_;  ///< likewise
  TextLanes data_;
  std::vector<teletext::Line> lines_;
  std::uint64_t teletext_damaged_ = 0;
  std::optional<std::uint32_t> source_;  ///< the track whose captions are decoded
  captions::PictureReader reader_;
  captions::PresentationOrder order_;
  std::int64_t decoded_ = INT64_MIN;  ///< the pts up to which captions are decoded
  captions::Queue waiting_{kMostWaiting};
  std::vector<captions::Triplet> due_;
  std::vector<captions::Triplet> picked_;
};

}  // namespace worker
