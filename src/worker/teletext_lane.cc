#include "worker/teletext_lane.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/log.h"
#include "media/language.h"

namespace worker {
namespace {

/// Ids of streams of one feed differ in their lower bits: see Feed.
constexpr std::uint32_t kFeedShift = 16;

/// The configuration has decimal digits, a page's number hexadecimal ones.
int number_of(int page) { return page / 100 << 8 | page / 10 % 10 << 4 | page % 10; }

std::string digits_of(int number) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%03X", static_cast<unsigned>(number) & 0xfffU);
  return text.data();
}

bool of_one_language(const std::string& a, const std::string& b) {
  return media::language_code(a) == media::language_code(b);
}

}  // namespace

TeletextLane::TeletextLane(const std::string& channel, const job::Subtitle& subtitle)
    : channel_(channel), subtitle_(subtitle) {
  page_.language = subtitle.language;
}

void TeletextLane::resume(const std::string& language, bool hard_of_hearing) {
  if (subtitle_.language.empty()) page_.language = language;
  page_.hard_of_hearing = hard_of_hearing;
}

const media::TeletextPage* TeletextLane::choose(const media::TeletextPages& pages) const {
  const media::TeletextPage* best = nullptr;
  for (const media::TeletextPage& page : pages) {
    if (subtitle_.page > 0 && page.number == number_of(subtitle_.page)) return &page;
    const bool fits = subtitle_.page == 0 && page.subtitles &&
                      (subtitle_.language.empty() || of_one_language(subtitle_.language, page.language));
    // Of several the one with the purpose that the configuration says.
    if (fits && page.hard_of_hearing == subtitle_.sdh) return &page;
    if (fits && best == nullptr) best = &page;
  }
  return best;
}

bool TeletextLane::describe(const media::Teletext& from) {
  if (stream_ == from.stream && described_ == from.pages) return false;
  const bool other_feed = stream_ && *stream_ >> kFeedShift != from.stream >> kFeedShift;
  const bool open = !stream_ || other_feed || stream_ == from.stream;
  const media::TeletextPage* page = choose(*from.pages);
  const media::TeletextPage before = page_;
  if (page != nullptr && (open || !found_)) {
    adopt(from, *page);
    found_ = true;
  } else if (page == nullptr && open && subtitle_.page > 0) {
    adopt(from, {number_of(subtitle_.page), before.language, true, before.hard_of_hearing});
    found_ = false;
  } else if (page == nullptr && open) {
    stream_.reset();
  }
  return page_.language != before.language || page_.hard_of_hearing != before.hard_of_hearing;
}

void TeletextLane::adopt(const media::Teletext& from, const media::TeletextPage& page) {
  const bool same = stream_ == from.stream && page_.number == page.number;
  const std::string spoken = std::exchange(page_, page).language;
  if (!subtitle_.language.empty()) page_.language = subtitle_.language;
  stream_ = from.stream;
  described_ = from.pages;
  if (!same) {
    reader_.emplace(page_.number);
    base::log_info("worker", "teletext becomes a text rendition",
                   {{"channel", channel_},
                    {"page", digits_of(page_.number)},
                    {"language", page_.language},
                    {"described", std::any_of(from.pages->begin(), from.pages->end(),
                                              [&](const auto& at) { return at.number == page_.number; })}});
  }
  if (screen_ && spoken == page_.language) return;
  auto screen = teletext::Screen::make(page_.language);
  if (screen.ok()) screen_ = screen.take();
}

std::optional<media::TextCue> TeletextLane::take(std::uint32_t stream, std::span<const teletext::Line> lines,
                                                 base::Micros at) {
  if (stream != stream_ || !reader_ || !screen_) return std::nullopt;
  const teletext::Page* page = reader_->feed(lines, at);
  if (page == nullptr) return std::nullopt;
  std::string text = screen_->text(*page);
  const bool stays = text == shown_ && (text.empty() || page->at < shown_at_ + kLongestOnScreen / 2);
  if (stays) return std::nullopt;
  shown_ = text;
  shown_at_ = page->at;
  return media::TextCue{"screen", page->at, page->at + kLongestOnScreen, std::move(text)};
}

}  // namespace worker
