#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/clock.h"
#include "teletext/line.h"

namespace teletext {

/// A page as it is to be shown.
struct Page {
  static constexpr std::size_t kRows = 24;          ///< 1 to 23 of them
  static constexpr std::size_t kDesignations = 16;  ///< of packets 26, 28 and 29

  base::Micros at = 0;  ///< when its newest header came
  bool boxed = false;   ///< a subtitle or a news flash: what is outside its boxes is not shown
  bool hidden = false;  ///< its text is not to be shown at all
  int national = 0;     ///< C12 to C14: which national characters. Units: bits as sent, 0 to 7
  int number = 0;       ///< Units: as media::TeletextPage::number
  std::array<std::optional<Line>, kRows> rows;
  std::array<std::optional<Line>, kDesignations> accents;    ///< packets 26: characters that rows do not have
  std::array<std::optional<Line>, kDesignations> alphabets;  ///< packets 28
  std::array<std::optional<Line>, kDesignations> magazine;   ///< packets 29: as 28, of all pages of the magazine
};

/// Reads one page out of a teletext stream. It is known at once, not when the next page's header ends it: encoders of
/// subtitles send that header with the next subtitle, seconds later. So it may come in pieces, with one time.
/// Thread: one.
class PageReader {
 public:
  /// `number` as media::TeletextPage::number.
  explicit PageReader(int number) { page_.number = number; }

  /// Takes the packets of one PES packet, that is shown at `at`. The page as it is then, if they had something of it;
  /// null otherwise. Shape: valid until the next call.
  const Page* feed(std::span<const Line> lines, base::Micros at);
  /// Headers of pages that cannot be read: a grave error of transmission.
  std::uint64_t damaged() const { return damaged_; }

 private:
  bool take(const Line& line, base::Micros at);
  bool take_header(const Line& header, base::Micros at);
  void begin(const Line& header, base::Micros at);

  Page page_;
  bool open_ = false;  ///< the rows of its magazine are its rows
  std::uint64_t damaged_ = 0;
};

}  // namespace teletext
