#include "config/yaml_section.h"

#include <algorithm>

#include "config/environment.h"

namespace config {

void Report::add(const YAML::Mark& mark, std::string text) {
  const bool placed = mark.line >= 0;
  problems.push_back({file, placed ? mark.line + 1 : 0, placed ? mark.column + 1 : 0, std::move(text)});
}

Section::Section(const YAML::Node& node, std::string path, Report& report)
    : path_(std::move(path)), report_(report), mark_(node.Mark()) {
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

std::optional<YAML::Node> Section::take(const std::string& key) {
  known_.push_back(key);
  for (Entry& entry : entries_) {
    if (entry.key == key) {
      entry.used = true;
      return entry.value;
    }
  }
  return std::nullopt;
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

}  // namespace config
