#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "captions/triplet.h"
#include "media/text_cue.h"

namespace transcode {

/// The screen of a caption channel of CEA-608 as text, by FFmpeg's decoder. Pop-on captions are there when they are
/// shown, roll-up and paint-on captions while they are typed, kTyping after a change. Garbage gives wrong text, nothing
/// worse. Thread: one.
class CaptionDecoder {
 public:
  /// How often text that is typed comes out: a word or two at a time.
  static constexpr base::Micros kTyping = 200 * base::kMillisecond;

  /// Errors: kUnsupported, where the libavcodec at hand has no decoder for captions.
  static base::Result<CaptionDecoder> make();
  ~CaptionDecoder();
  CaptionDecoder(CaptionDecoder&&) noexcept;
  CaptionDecoder& operator=(CaptionDecoder&&) noexcept;

  /// CC1 of a picture that is shown at `at` (UTC): its triplets, or none. What the screen shows from then on, if that,
  /// or its place, changed: lines, or nothing.
  std::optional<std::string> feed(std::span<const captions::Triplet> triplets, base::Micros at);
  /// Where what feed() gave last stands; nothing where there is no text.
  const std::optional<media::CuePlace>& place() const;

 private:
  struct State;
  explicit CaptionDecoder(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

/// The text of an event line of ASS as FFmpeg writes it: lines, without styles and positions, and without blanks at
/// their ends and blank lines.
std::string text_of_ass(std::string_view event);

/// Where the lines of such an event stand, by the position that each begins with: those of rows and columns of CEA-608,
/// 15 and 32 in the inner 80 % of the picture. Nothing where none has one.
std::optional<media::CuePlace> place_of_ass(std::string_view event);

}  // namespace transcode
