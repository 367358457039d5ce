#include "captions/digital_decoder.h"

#include <algorithm>
#include <utility>

#include "captions/digital_codes.h"
#include "media/text_cue.h"

namespace captions {

namespace {

constexpr base::Micros kTenth = base::kSecond / 10;

/// The code that the codes begin with, and what of them it is; empty where it is cut off.
base::View take_code(base::View& codes, bool& character) {
  const digital::Code code = digital::code_at(codes);
  const bool whole = code.size <= codes.size();
  const base::View bytes = codes.first(whole ? code.size : 0);
  codes = codes.subspan(std::min(code.size, codes.size()));
  character = code.character;
  return bytes;
}

std::string text_of(std::span<const DigitalWindow* const> windows) {
  std::string lines;
  for (const DigitalWindow* window : windows) window->write(lines, media::kLongestCueText);
  return lines;
}

/// Of what stands in one half of the picture. It is aligned as the first window.
std::optional<media::CuePlace> place_of(std::span<const DigitalWindow* const> windows) {
  constexpr int kMiddle = 50;
  std::optional<media::CuePlace> all;
  for (const DigitalWindow* window : windows) {
    const auto place = window->place();
    if (!place) continue;
    if (!all) all = place;
    if ((all->bottom <= kMiddle) != (place->bottom <= kMiddle)) return std::nullopt;
    all->top = std::min(all->top, place->top);
    all->bottom = std::max(all->bottom, place->bottom);
    if (all->align == media::CuePlace::Align::kLeft) all->across = std::min(all->across, place->across);
  }
  return all;
}

/// A delay is over where the codes end it, or where they begin anew.
bool end_delay(base::View codes) {
  bool character = false;
  while (!codes.empty()) {
    const base::View code = take_code(codes, character);
    if (!code.empty() && (code[0] == digital::kEndDelay || code[0] == digital::kReset)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> DigitalDecoder::feed(std::span<const Triplet> triplets, base::Micros at) {
  if (delayed_until_ && at >= *delayed_until_) resume(at);
  for (const Triplet& triplet : triplets) {
    for (const ServiceBlock& block : blocks_.feed(triplet)) {
      if (block.service == service_) take(block.bytes, at);
    }
  }
  if (!ran_) return std::nullopt;
  const std::vector<const DigitalWindow*> windows = shown_windows();
  std::string screen = text_of(windows);
  const std::optional<media::CuePlace> place = place_of(windows);
  const bool same = screen == shown_ && place == place_;
  if (!touched_) touched_ = at;
  const bool writing = !turned_ && at >= *touched_ && at - *touched_ < kTyping;
  if (!same && writing) return std::nullopt;
  ran_ = turned_ = false;
  touched_.reset();
  if (same) return std::nullopt;
  shown_ = screen;
  place_ = place;
  return screen;
}

void DigitalDecoder::take(base::View block, base::Micros at) {
  if (!delayed_until_) return run(block, at);
  waiting_.insert(waiting_.end(), block.begin(), block.end());
  if (waiting_.size() > kMostWaiting || end_delay(block)) resume(at);
}

void DigitalDecoder::resume(base::Micros at) {
  const std::vector<std::uint8_t> codes = std::exchange(waiting_, {});
  delayed_until_.reset();
  run(codes, at);
}

void DigitalDecoder::run(base::View codes, base::Micros at) {
  bool character = false;
  while (!codes.empty()) {
    const base::View code = take_code(codes, character);
    if (code.empty()) return;
    ran_ = true;
    if (character) {
      if (DigitalWindow* window = current()) window->put(character_of(code));
    } else if (code[0] == digital::kDelay) {
      if (begin_delay(code[1], codes, at)) return;
    } else if (code[0] < digital::kSetWindow) {
      run_control(code[0]);
    } else {
      run_command(code);
    }
  }
}

char32_t DigitalDecoder::character_of(base::View code) {
  const auto korean = korean_ && code[0] == digital::kSixteenBits ? korean_->read(code[1], code[2]) : std::nullopt;
  return korean.value_or(digital::character_of(code));
}

/// False where it is over already.
bool DigitalDecoder::begin_delay(std::uint8_t tenths, base::View rest, base::Micros at) {
  if (tenths == 0 || rest.size() > kMostWaiting || end_delay(rest)) return false;
  delayed_until_ = at + tenths * kTenth;
  waiting_.assign(rest.begin(), rest.end());
  return true;
}

void DigitalDecoder::run_control(std::uint8_t code) {
  DigitalWindow* window = current();
  if (window == nullptr) return;
  switch (code) {
    case digital::kBackspace: window->backspace(); break;
    case digital::kFormFeed:
      window->clear();
      window->move_pen(0, 0);
      break;
    case digital::kCarriageReturn: window->end_line(); break;
    case digital::kHorizontalReturn: window->clear_line(); break;
    default: break;
  }
}

void DigitalDecoder::run_command(base::View code) {
  const std::uint8_t command = code[0];
  const std::size_t number = command % kWindows;
  if (command < digital::kClear) {
    if (windows_[number].defined()) current_ = number;
  } else if (command <= digital::kDelete) {
    change_windows(command, code[1]);
  } else if (command == digital::kReset) {
    change_windows(digital::kDelete, 0xff);
  } else if (command >= digital::kDefineWindow) {
    current_ = number;
    if (windows_[number].define(code.subspan(1)) && windows_[number].visible()) turned_ = true;
  } else if (DigitalWindow* window = current()) {
    if (command == digital::kPenLocation) window->move_pen(code[1] & 0xf, code[2] & 0x3f);
    if (command == digital::kWindowAttributes) window->set_attributes(code.subspan(1));
  }
}

void DigitalDecoder::change_windows(std::uint8_t command, std::uint8_t which) {
  for (std::size_t i = 0; i < kWindows; ++i) {
    if ((which >> i & 1) == 0) continue;
    DigitalWindow& window = windows_[i];
    const bool before = window.visible();
    switch (command) {
      case digital::kClear: window.clear(); break;
      case digital::kDisplay: window.show(true); break;
      case digital::kHide: window.show(false); break;
      case digital::kToggle: window.show(!before); break;
      default: window.remove(); break;
    }
    if (before != window.visible() || (before && command == digital::kClear)) turned_ = true;
  }
}

DigitalWindow* DigitalDecoder::current() { return windows_[current_].defined() ? &windows_[current_] : nullptr; }

/// The windows from the top of the screen, those of one height from the left.
std::vector<const DigitalWindow*> DigitalDecoder::shown_windows() const {
  std::vector<const DigitalWindow*> shown;
  for (const DigitalWindow& window : windows_) {
    if (window.visible()) shown.push_back(&window);
  }
  std::stable_sort(shown.begin(), shown.end(), [](const DigitalWindow* a, const DigitalWindow* b) {
    return std::pair(a->top(), a->left()) < std::pair(b->top(), b->left());
  });
  return shown;
}

}  // namespace captions
