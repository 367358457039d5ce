#include "captions/digital_window.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/utf8.h"
#include "captions/digital_codes.h"

namespace captions {
namespace {

using Align = media::CuePlace::Align;
constexpr std::uint8_t kVisible = 0x20;
constexpr std::uint8_t kRelative = 0x80;  ///< the anchor is in percent of the screen
/// A window style that prints downwards, and scrolls to the left; the others do so as windows are by default.
constexpr int kTicker = 7;
/// Window styles that justify to the centre. [CTA-708-E table 26]
constexpr int kCentred = 3;
constexpr int kCentredRollUp = 6;
/// Of the screen, in units of left() and top(): 15 rows and 42 columns of 100. Anchors are in steps of a fifth of a
/// cell, or of a hundredth of the screen.
constexpr int kCell = 100;
constexpr int kStep = 20;
constexpr int kPercentOfHeight = 15;
constexpr int kPercentOfWidth = 42;

constexpr int kHeight = 100 * kPercentOfHeight;
constexpr int kWidth = 100 * kPercentOfWidth;

/// A place on the screen in percent of the picture, of which the screen is the inner 80 %.
int of_picture(int at, int size) {
  constexpr int kBeside = 10;
  return std::clamp(kBeside + (100 - 2 * kBeside) * at / size, 0, 100);
}

/// How many halves of the window lie before its anchor, of nine points in three rows; others count as the first.
int halves(int point, bool across) { return point > 8 ? 0 : across ? point % 3 : point / 3; }

void append_line(std::string& to, std::u32string_view line) {
  for (const char32_t character : line) {
    if (character == digital::kCaptionSign) {
      to += "[CC]";
    } else {
      base::append_character(to, character == 0 ? digital::kSpace : character);
    }
  }
}

}  // namespace

bool DigitalWindow::define(base::View parameters) {
  if (std::equal(parameters.begin(), parameters.end(), parameters_.begin(), parameters_.end())) return false;
  const bool fresh = !defined();
  parameters_.assign(parameters.begin(), parameters.end());
  visible_ = (parameters[0] & kVisible) != 0;
  const std::size_t rows = (parameters[3] & 0xfU) + 1;
  const std::size_t columns = (parameters[4] & 0x3fU) + 1;
  cells_.resize(rows);
  for (std::u32string& row : cells_) row.resize(columns);
  const int style = parameters[5] >> 3 & 7;
  if (fresh || style != 0) set_style(style);
  return true;
}

void DigitalWindow::set_style(int style) {
  print_ = style == kTicker ? Direction::kDown : Direction::kRight;
  scroll_ = style == kTicker ? Direction::kLeft : Direction::kUp;
  justify_ = style == kCentred || style == kCentredRollUp ? Align::kCenter : Align::kLeft;
}

void DigitalWindow::set_attributes(base::View attributes) {
  print_ = static_cast<Direction>(attributes[2] >> 4 & 3);
  scroll_ = static_cast<Direction>(attributes[2] >> 2 & 3);
  constexpr std::array kJustified{Align::kLeft, Align::kRight, Align::kCenter, Align::kLeft};  // the last: full
  justify_ = kJustified[attributes[2] & 3U];
}

void DigitalWindow::step(int by) {
  switch (print_) {
    case Direction::kRight: column_ += by; break;
    case Direction::kLeft: column_ -= by; break;
    case Direction::kDown: row_ += by; break;
    case Direction::kUp: row_ -= by; break;
  }
}

void DigitalWindow::put(char32_t character) {
  if (!inside()) return;
  cell() = character;
  step(1);
}

void DigitalWindow::move_pen(int row, int column) {
  row_ = row;
  column_ = column;
}

void DigitalWindow::backspace() {
  step(-1);
  if (inside()) {
    cell() = 0;
  } else {
    step(1);
  }
}

void DigitalWindow::start_line() {
  switch (print_) {
    case Direction::kRight: column_ = 0; break;
    case Direction::kLeft: column_ = std::max(columns() - 1, 0); break;
    case Direction::kDown: row_ = 0; break;
    case Direction::kUp: row_ = std::max(rows() - 1, 0); break;
  }
}

void DigitalWindow::clear_line() {
  start_line();
  const int line = vertical() ? column_ : row_;
  if (line >= lines()) return;
  for (std::size_t row = 0; row < cells_.size(); ++row) {
    if (vertical()) {
      cells_[row][static_cast<std::size_t>(line)] = 0;
    } else if (static_cast<int>(row) == line) {
      std::fill(cells_[row].begin(), cells_[row].end(), U'\0');
    }
  }
}

void DigitalWindow::end_line() {
  start_line();
  int& line = vertical() ? column_ : row_;
  line += backwards() ? -1 : 1;
  const int kept = std::clamp(line, 0, std::max(lines() - 1, 0));
  if (line != kept) scroll();
  line = kept;
}

void DigitalWindow::scroll() {
  const auto shift = [&](auto& list, auto nothing) {
    if (backwards()) {
      list.insert(list.begin(), nothing);
      list.pop_back();
    } else {
      list.erase(list.begin());
      list.push_back(nothing);
    }
  };
  if (!defined()) return;
  if (!vertical()) return shift(cells_, std::u32string(cells_.front().size(), U'\0'));
  for (std::u32string& row : cells_) shift(row, U'\0');
}

void DigitalWindow::clear() {
  for (std::u32string& row : cells_) std::fill(row.begin(), row.end(), U'\0');
}

std::u32string DigitalWindow::line(int number) const {
  std::u32string found;
  if (vertical()) {
    for (const std::u32string& row : cells_) found += row[static_cast<std::size_t>(number)];
  } else {
    found = cells_[static_cast<std::size_t>(number)];
  }
  if (print_ == Direction::kLeft || print_ == Direction::kUp) std::reverse(found.begin(), found.end());
  return found;
}

void DigitalWindow::write(std::string& to, std::size_t most) const {
  constexpr std::u32string_view kBlank(U"\0 ", 2);
  for (int i = 0; i < lines(); ++i) {
    const std::u32string whole = line(vertical() && backwards() ? lines() - 1 - i : i);
    const std::size_t first = whole.find_first_not_of(kBlank);
    if (first == std::u32string::npos) continue;
    const std::size_t size = to.size();
    if (!to.empty()) to += '\n';
    append_line(to, std::u32string_view(whole).substr(first, whole.find_last_not_of(kBlank) - first + 1));
    if (to.size() > most) to.resize(size);
  }
}

bool DigitalWindow::blank(int row, int column) const {
  const char32_t character = cells_[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
  return character == 0 || character == digital::kSpace;
}

std::optional<media::CuePlace> DigitalWindow::place() const {
  int above = rows();
  int below = -1;
  int before = columns();
  for (int row = 0; row < rows(); ++row) {
    for (int column = 0; column < columns(); ++column) {
      if (blank(row, column)) continue;
      above = std::min(above, row);
      below = row;
      before = std::min(before, column);
    }
  }
  if (below < 0) return std::nullopt;
  media::CuePlace place;
  place.align = justify_;
  place.top = of_picture(top() + above * kCell, kHeight);
  place.bottom = of_picture(top() + (below + 1) * kCell, kHeight);
  // Justified text stands in the middle or at the end of its window, wherever its cells are.
  const int across = justify_ == Align::kCenter  ? columns() * kCell / 2
                     : justify_ == Align::kRight ? columns() * kCell
                                                 : before * kCell;
  place.across = of_picture(left() + across, kWidth);
  return place;
}

int DigitalWindow::top() const {
  if (!defined()) return 0;
  const int anchor = (parameters_[1] & 0x7f) * ((parameters_[1] & kRelative) != 0 ? kPercentOfHeight : kStep);
  return anchor - halves(parameters_[3] >> 4, false) * rows() * kCell / 2;
}

int DigitalWindow::left() const {
  if (!defined()) return 0;
  const int anchor = parameters_[2] * ((parameters_[1] & kRelative) != 0 ? kPercentOfWidth : kStep);
  return anchor - halves(parameters_[3] >> 4, true) * columns() * kCell / 2;
}

}  // namespace captions
