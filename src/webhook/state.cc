#include "webhook/state.h"

#include <algorithm>
#include <charconv>

#include "base/printable.h"

namespace webhook {
namespace {

constexpr std::string_view kTitle = "kickoff-webhooks 1";
// Of a reason; the ones that are written are shorter.
constexpr std::size_t kLongestReason = 400;

/// Takes a number and the blank behind it off the front.
std::optional<std::uint64_t> next_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || number > INT64_MAX) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty()) return number;
  if (text.front() != ' ') return std::nullopt;
  text.remove_prefix(1);
  return number;
}

/// Takes a word and the blank behind it off the front.
std::string_view next_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

bool parse_saved(std::string_view line, std::vector<Saved>& webhooks) {
  const std::string_view word = next_word(line);
  if (word == "webhook") {
    const auto up_to = next_number(line);
    if (!up_to || line.empty()) return false;
    webhooks.push_back({.name = std::string(line), .up_to = *up_to});
    return true;
  }
  if (webhooks.empty()) return false;
  Saved& saved = webhooks.back();
  const auto sequence = next_number(line);
  if (!sequence) return false;
  if (word == "lane") {
    saved.lanes[std::string(line)] = *sequence;
    return true;
  }
  const auto given_up = next_number(line);
  if (word != "dead" || !given_up) return false;
  saved.dead.push_back({*sequence, static_cast<base::Micros>(*given_up), base::printable(line, kLongestReason)});
  return true;
}

}  // namespace

bool Saved::waits(const events::Event& event) const {
  if (event.sequence > up_to) return true;
  const auto lane = lanes.find(event.fact.channel);
  if (lane == lanes.end() || event.sequence < lane->second) return false;
  return std::none_of(dead.begin(), dead.end(), [&](const SavedLetter& one) { return one.sequence == event.sequence; });
}

bool Saved::wants(const events::Event& event) const {
  return waits(event) ||
         std::any_of(dead.begin(), dead.end(), [&](const SavedLetter& one) { return one.sequence == event.sequence; });
}

std::uint64_t Saved::oldest() const {
  std::uint64_t oldest = up_to + 1;
  for (const auto& [channel, first] : lanes) oldest = std::min(oldest, first);
  for (const SavedLetter& letter : dead) oldest = std::min(oldest, letter.sequence);
  return oldest;
}

std::string write_state(const std::vector<Saved>& webhooks) {
  std::string text = std::string(kTitle) + "\n";
  for (const Saved& saved : webhooks) {
    text += "webhook " + std::to_string(saved.up_to) + " " + saved.name + "\n";
    for (const auto& [channel, first] : saved.lanes) text += "lane " + std::to_string(first) + " " + channel + "\n";
    for (const SavedLetter& letter : saved.dead) {
      text += "dead " + std::to_string(letter.sequence) + " " + std::to_string(letter.given_up) + " " + letter.reason +
              "\n";
    }
  }
  return text + "end\n";
}

base::Result<std::vector<Saved>> parse_state(std::string_view text) {
  std::vector<Saved> webhooks;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return base::Error{base::Code::kMalformed, "it has no end", at};
    const std::string_view line = text.substr(at, end - at);
    if (at == 0 && line != kTitle) return base::Error{base::Code::kMalformed, "it is of another version"};
    if (line == "end") return webhooks;
    if (at != 0 && !parse_saved(line, webhooks)) return base::Error{base::Code::kMalformed, "an unknown line", at};
    at = end + 1;
  }
}

}  // namespace webhook
