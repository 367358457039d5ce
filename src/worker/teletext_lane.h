#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "job/options.h"
#include "media/teletext.h"
#include "media/text_cue.h"
#include "teletext/page_reader.h"
#include "teletext/screen.h"

namespace worker {

/// One text rendition that is made of a page of teletext: which page of which stream, and its cues. Thread: one.
class TeletextLane {
 public:
  /// What nobody clears leaves the screen: its feed may be gone, or the clearing lost. A page that is sent again stays.
  static constexpr base::Micros kLongestOnScreen = 16 * base::kSecond;

  /// `subtitle` outlives this. REQUIRES: it is of teletext.
  TeletextLane(const std::string& channel, const job::Subtitle& subtitle);

  /// What an earlier worker knew of its page, until the feed describes it.
  void resume(const std::string& language, bool hard_of_hearing);
  /// Looks for its page among those that a stream describes. True where its language or its purpose changed.
  ///
  /// The page is the configured one, of the first stream that describes it, or of the first stream at all where none
  /// does; without one the first subtitles of the configured language, or of any.
  bool describe(const media::Teletext& from);
  /// The packets of its stream, or of another one, which it leaves alone. `at`: UTC. The cue that shows the page from
  /// then on, if that changed; without a text it ends the one before.
  std::optional<media::TextCue> take(std::uint32_t stream, std::span<const teletext::Line> lines, base::Micros at);

  /// Its language: RFC 5646 or ISO 639-2; empty while it is not known.
  const std::string& language() const { return page_.language; }
  bool hard_of_hearing() const { return page_.hard_of_hearing; }

 private:
  const media::TeletextPage* choose(const media::TeletextPages& pages) const;
  void adopt(const media::Teletext& from, const media::TeletextPage& page);

  const std::string& channel_;
  const job::Subtitle& subtitle_;
  media::TeletextPage page_;  ///< its language is the configured one, if there is one
  std::optional<std::uint32_t> stream_;
  std::shared_ptr<const media::TeletextPages> described_;  ///< of stream_
  bool found_ = false;                                     ///< the page is one of described_
  std::optional<teletext::PageReader> reader_;
  std::optional<teletext::Screen> screen_;
  std::string shown_;
  base::Micros shown_at_ = INT64_MIN;  ///< when the newest cue began
};

}  // namespace worker
