#include "app/yaml_section.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace app {
namespace {

// A decimal number followed by a unit; nothing where it is not that.
std::optional<std::pair<double, std::string>> number_and_unit(const std::string& text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || !std::isfinite(value)) return std::nullopt;
  return std::pair(value, std::string(end, static_cast<std::size_t>(text.data() + text.size() - end)));
}

std::optional<base::Micros> parse_duration(const std::string& text) {
  const auto parsed = number_and_unit(text);
  if (!parsed) return std::nullopt;
  double unit = 0;
  if (parsed->second == "ms") unit = base::kMillisecond;
  if (parsed->second == "s") unit = base::kSecond;
  if (parsed->second == "m") unit = 60.0 * base::kSecond;
  if (unit == 0 || parsed->first * unit > 1e15) return std::nullopt;
  return static_cast<base::Micros>(std::llround(parsed->first * unit));
}

std::optional<std::int64_t> parse_bitrate(const std::string& text) {
  const auto parsed = number_and_unit(text);
  if (!parsed) return std::nullopt;
  double unit = 0;
  if (parsed->second.empty()) unit = 1;
  if (parsed->second == "k") unit = 1e3;
  if (parsed->second == "M") unit = 1e6;
  if (unit == 0 || parsed->first * unit > 1e9 || parsed->first < 0) return std::nullopt;
  return std::llround(parsed->first * unit);
}

std::string span_text(base::Micros span) {
  if (span % base::kSecond == 0) return std::to_string(span / base::kSecond) + "s";
  return std::to_string(span / base::kMillisecond) + "ms";
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

bool valid_name(const std::string& name, std::size_t most) {
  return !name.empty() && name.size() <= most && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

std::string nearest(const std::string& word, const std::vector<std::string>& words) {
  std::string best;
  std::size_t least = std::max<std::size_t>(word.size() / 2, 2) + 1;
  for (const std::string& candidate : words) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

void Report::add(const YAML::Mark& mark, std::string text) {
  const bool placed = mark.line >= 0;
  problems.push_back({file, placed ? mark.line + 1 : 0, placed ? mark.column + 1 : 0, std::move(text)});
}

Section::Section(const YAML::Node& node, std::string path, Report& report) : path_(std::move(path)), report_(report) {
  if (node.IsNull() || !node.IsDefined()) return;
  if (!node.IsMap()) {
    report_.add(node.Mark(), (path_.empty() ? "the file" : path_) + " has to be a mapping of keys to values");
    return;
  }
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) {
      report_.add(pair.first.Mark(), "a key has to be a plain word");
      continue;
    }
    const std::string key = pair.first.Scalar();
    const auto twice =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.key == key; });
    if (twice != entries_.end()) {
      report_.add(pair.first.Mark(), "key \"" + key + "\" stands here a second time (first at line " +
                                         std::to_string(twice->key_node.Mark().line + 1) + ")");
      continue;
    }
    entries_.push_back({key, pair.first, pair.second});
  }
}

std::optional<YAML::Node> Section::take(const char* key) {
  known_.emplace_back(key);
  for (Entry& entry : entries_) {
    if (entry.key == key) {
      entry.used = true;
      return entry.value;
    }
  }
  return std::nullopt;
}

void Section::problem(const YAML::Node& node, std::string text) { report_.add(node.Mark(), std::move(text)); }

std::optional<std::string> Section::scalar(const char* key, const char* wanted, YAML::Node* where) {
  const auto node = take(key);
  if (!node) return std::nullopt;
  if (where != nullptr) *where = *node;
  if (!node->IsScalar()) {
    problem(*node, std::string(key) + " has to be " + wanted);
    return std::nullopt;
  }
  return node->Scalar();
}

void Section::text(const char* key, std::string& value) {
  if (const auto given = scalar(key, "a text", nullptr)) value = *given;
}

void Section::address(const char* key, std::string& value) {
  YAML::Node where;
  const auto given = scalar(key, "an IP address", &where);
  if (!given) return;
  in6_addr parsed{};
  const std::string without_zone = given->substr(0, given->find('%'));
  if (inet_pton(AF_INET, given->c_str(), &parsed) != 1 && inet_pton(AF_INET6, without_zone.c_str(), &parsed) != 1) {
    problem(where, std::string(key) + " has to be an IP address such as 0.0.0.0 or ::, not \"" + *given + "\"");
    return;
  }
  value = *given;
}

void Section::flag(const char* key, bool& value) {
  YAML::Node where;
  const auto given = scalar(key, "true or false", &where);
  if (!given) return;
  if (*given != "true" && *given != "false") {
    problem(where, std::string(key) + " has to be true or false, not \"" + *given + "\"");
    return;
  }
  value = *given == "true";
}

void Section::integer(const char* key, std::int64_t least, std::int64_t most,
                      const std::function<void(std::int64_t)>& set) {
  YAML::Node where;
  const auto given = scalar(key, "a whole number", &where);
  if (!given) return;
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (code != std::errc() || end != given->data() + given->size() || value < least || value > most) {
    problem(where, std::string(key) + " has to be a whole number from " + std::to_string(least) + " to " +
                       std::to_string(most) + ", not \"" + *given + "\"");
    return;
  }
  set(value);
}

void Section::number(const char* key, std::int64_t least, std::int64_t most, int& value) {
  integer(key, least, most, [&](std::int64_t given) { value = static_cast<int>(given); });
}

void Section::port(const char* key, std::uint16_t& value) {
  integer(key, 0, 65535, [&](std::int64_t given) { value = static_cast<std::uint16_t>(given); });
}

void Section::duration(const char* key, base::Micros least, base::Micros most, base::Micros& value) {
  YAML::Node where;
  const auto given = scalar(key, "a duration such as 500ms or 2s", &where);
  if (!given) return;
  const auto parsed = parse_duration(*given);
  if (!parsed || *parsed < least || *parsed > most) {
    problem(where, std::string(key) + " has to be a duration from " + span_text(least) + " to " + span_text(most) +
                       " with its unit (ms, s or m), not \"" + *given + "\"");
    return;
  }
  value = *parsed;
}

void Section::bitrate(const char* key, int& value) {
  YAML::Node where;
  const auto given = scalar(key, "a bit rate such as 2500k or 2.5M", &where);
  if (!given) return;
  const auto parsed = parse_bitrate(*given);
  if (!parsed) {
    problem(where, std::string(key) + " has to be a bit rate such as 2500k or 2.5M, not \"" + *given + "\"");
    return;
  }
  value = static_cast<int>(*parsed);
}

void Section::choice(const char* key, std::initializer_list<std::pair<const char*, std::function<void()>>> choices) {
  YAML::Node where;
  const auto given = scalar(key, "a word", &where);
  if (!given) return;
  std::string all;
  for (const auto& [name, chosen] : choices) {
    if (*given == name) {
      chosen();
      return;
    }
    all += (all.empty() ? "" : ", ") + std::string(name);
  }
  problem(where, std::string(key) + " has to be one of " + all + ", not \"" + *given + "\"");
}

void Section::choose(const char* key, std::initializer_list<const char*> words, std::string& value) {
  YAML::Node where;
  const auto given = scalar(key, "a word", &where);
  if (!given) return;
  std::string all;
  for (const char* word : words) {
    if (*given == word) {
      value = *given;
      return;
    }
    all += (all.empty() ? "" : ", ") + std::string(word);
  }
  problem(where, std::string(key) + " has to be one of " + all + ", not \"" + *given + "\"");
}

void Section::texts(const char* key, std::vector<std::string>& values) {
  const auto node = take(key);
  if (!node) return;
  if (!node->IsSequence()) {
    problem(*node, std::string(key) + " has to be a list");
    return;
  }
  values.clear();
  for (const YAML::Node& item : *node) {
    if (item.IsScalar()) {
      values.push_back(item.Scalar());
    } else {
      problem(item, "an item of " + std::string(key) + " has to be a text");
    }
  }
}

void Section::section(const char* key, const std::function<void(Section&)>& read) {
  const auto node = take(key);
  if (!node) return;
  Section inner(*node, path_.empty() ? key : path_ + "." + key, report_);
  read(inner);
  inner.finish();
}

void Section::each(const std::function<void(const std::string&, const YAML::Node&, const YAML::Node&)>& read) {
  for (Entry& entry : entries_) {
    entry.used = true;
    read(entry.key, entry.key_node, entry.value);
  }
}

void Section::finish() {
  for (const Entry& entry : entries_) {
    if (entry.used) continue;
    std::string text = "unknown key \"" + entry.key + "\"";
    if (!path_.empty()) text += " in " + path_;
    const std::string close = nearest(entry.key, known_);
    if (!close.empty()) text += "; did you mean \"" + close + "\"?";
    report_.add(entry.key_node.Mark(), std::move(text));
  }
}

}  // namespace app
