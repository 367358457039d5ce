#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "job/options.h"
#include "media/text.h"
#include "media/text_cue.h"

namespace worker {

/// The text renditions that are made of what the feed carries as text (`from: data`), by their index in the options.
/// Thread: one.
class TextLanes {
 public:
  /// What nothing follows leaves the screen: encoders seldom say that a text is over.
  static constexpr base::Micros kLongestOnScreen = 10 * base::kSecond;

  explicit TextLanes(const std::vector<job::Subtitle>& subtitles);

  /// The language that an earlier worker had for one; nothing happens where the configuration says one.
  void resume(std::size_t subtitle, const std::string& language);
  /// Empty while it is not known, and for a rendition of another kind.
  std::string language(std::size_t subtitle) const;

  struct Taken {
    std::size_t subtitle = 0;
    bool named = false;                 ///< its language has become known
    std::optional<media::TextCue> cue;  ///< that is shown from then on; nothing where that is shown already
  };
  /// Where a text goes: to the rendition of its language; to the first without one, which then has that language; a
  /// text without a language to the first rendition. Nothing where none fits, which is counted.
  std::optional<Taken> take(const media::Text& text);
  /// Texts of languages that no rendition has.
  std::uint64_t unplaced() const { return unplaced_; }

 private:
  struct Lane {
    std::string language;
    std::string shown;
    base::Micros shown_at = 0;  ///< when the newest cue began
  };
  std::map<std::size_t, Lane>::iterator lane_for(const std::string& language);

  std::map<std::size_t, Lane> lanes_;
  std::uint64_t unplaced_ = 0;
};

}  // namespace worker
