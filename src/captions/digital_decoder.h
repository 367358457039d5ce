#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "captions/digital_window.h"
#include "captions/korean.h"
#include "captions/service_blocks.h"
#include "captions/triplet.h"
#include "media/text_cue.h"

namespace captions {

/// The screen of one service of CEA-708 as text. Pop-on captions are there when they are shown, roll-up and paint-on
/// captions while they are written, at most kTyping after a change. Garbage gives wrong text, nothing worse.
/// Thread: one. Spec: [CTA-708-E 7, 8].
class DigitalDecoder {
 public:
  /// How often text that is written in a window that is shown comes out: a word or two at a time.
  static constexpr base::Micros kTyping = 200 * base::kMillisecond;

  /// `service`: 1 to 63.
  explicit DigitalDecoder(int service) : service_(service) {}

  /// Whether characters of two bytes are Korean: see digital::KoreanReader. Otherwise they are UTF-16.
  void read_korean(bool korean) {
    if (korean != korean_.has_value()) korean_ = korean ? std::optional(digital::KoreanReader()) : std::nullopt;
  }
  /// The triplets of a picture that is shown at `at` (UTC), or none. What the screen shows from then on, if that, or
  /// its place, changed: lines in UTF-8, of media::kLongestCueText at most, or nothing.
  std::optional<std::string> feed(std::span<const Triplet> triplets, base::Micros at);

  /// Where what feed() gave last stands. Of several windows it is what all of them take up, where they are in one half
  /// of the picture; nothing where they are not, or where there is no text.
  const std::optional<media::CuePlace>& place() const { return place_; }

 private:
  static constexpr std::size_t kWindows = 8;
  /// Bytes of codes that wait for the end of a delay; where there are more, it ends. [CTA-708-E 8.4.9]
  static constexpr std::size_t kMostWaiting = 128;

  void take(base::View block, base::Micros at);
  void resume(base::Micros at);
  void run(base::View codes, base::Micros at);
  bool begin_delay(std::uint8_t tenths, base::View rest, base::Micros at);
  void run_control(std::uint8_t code);
  void run_command(base::View code);
  void change_windows(std::uint8_t command, std::uint8_t which);
  char32_t character_of(base::View code);
  DigitalWindow* current();
  std::vector<const DigitalWindow*> shown_windows() const;

  int service_;
  std::optional<digital::KoreanReader> korean_;
  ServiceBlocks blocks_;
  std::array<DigitalWindow, kWindows> windows_;
  std::size_t current_ = 0;
  std::optional<base::Micros> delayed_until_;
  std::vector<std::uint8_t> waiting_;    ///< codes that came since a delay began
  bool ran_ = false;                     ///< codes ran since the text was compared with what is shown
  bool turned_ = false;                  ///< windows were shown, hidden or cleared since then
  std::optional<base::Micros> touched_;  ///< since when the text differs
  std::string shown_;
  std::optional<media::CuePlace> place_;
};

}  // namespace captions
