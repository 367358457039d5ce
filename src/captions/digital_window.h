#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "media/text_cue.h"

namespace captions {

/// A window of CEA-708: cells with characters, and a pen that writes them. Colours, fonts and borders are left out.
/// What is written outside of its cells is lost: windows do not grow, and words are not wrapped. Spec:
/// [CTA-708-E 8.4, 8.10.5].
class DigitalWindow {
 public:
  static constexpr std::size_t kParameters = 6;  ///< of define()
  static constexpr std::size_t kAttributes = 4;  ///< of set_attributes()

  /// Nothing happens where the parameters are those of the time before: false. Characters that the new size has room
  /// for stay. `parameters`: kParameters bytes.
  bool define(base::View parameters);
  /// `attributes`: kAttributes bytes.
  void set_attributes(base::View attributes);
  /// There is no such window any more.
  void remove() { *this = {}; }
  bool defined() const { return !cells_.empty(); }

  void show(bool visible) { visible_ = visible && defined(); }
  bool visible() const { return visible_; }

  void put(char32_t character);
  void move_pen(int row, int column);
  /// Takes the character before the pen away.
  void backspace();
  void start_line();
  /// As start_line(), and clears the line.
  void clear_line();
  /// Begins the next line, where there is none by scrolling.
  void end_line();
  void clear();

  /// Appends the lines that have any character but blanks, in the order of reading, without blanks at their ends.
  /// `most`: lines with which `to` would become longer are left out. Units: bytes.
  void write(std::string& to, std::size_t most) const;
  /// Where its text stands in the picture, as it is justified: windows are placed in the safe area, the inner 80 %.
  /// Nothing where it has none. Spec: [CTA-708-E 8.4.4 to 8.4.8, 8.10.5.9].
  std::optional<media::CuePlace> place() const;
  /// Where the window begins on the screen, 4200 wide and 1500 high.
  int left() const;
  int top() const;

 private:
  /// In which characters follow each other, or move when the window scrolls, as coded.
  enum class Direction : std::uint8_t { kRight, kLeft, kDown, kUp };

  bool vertical() const { return print_ == Direction::kDown || print_ == Direction::kUp; }
  /// The next line is above, or left.
  bool backwards() const { return scroll_ == (vertical() ? Direction::kRight : Direction::kDown); }
  int rows() const { return static_cast<int>(cells_.size()); }
  int columns() const { return cells_.empty() ? 0 : static_cast<int>(cells_.front().size()); }
  int lines() const { return vertical() ? columns() : rows(); }
  bool inside() const { return row_ >= 0 && row_ < rows() && column_ >= 0 && column_ < columns(); }
  char32_t& cell() { return cells_[static_cast<std::size_t>(row_)][static_cast<std::size_t>(column_)]; }
  void step(int by);
  void scroll();
  void set_style(int style);
  bool blank(int row, int column) const;
  std::u32string line(int number) const;

  std::vector<std::uint8_t> parameters_;
  std::vector<std::u32string> cells_;  ///< rows of equal length; 0: nothing was written there
  int row_ = 0;
  int column_ = 0;
  bool visible_ = false;
  Direction print_ = Direction::kRight;
  Direction scroll_ = Direction::kUp;
  media::CuePlace::Align justify_ = media::CuePlace::Align::kLeft;
};

}  // namespace captions
