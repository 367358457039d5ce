#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace config {

/// Where problems are collected while a file is read.
struct Report {
  std::string file;
  std::vector<Problem> problems;

  void add(const YAML::Mark& mark, std::string text);
};

/// A mapping of the file, read key by key. What is not asked for is unknown: finish() names the nearest known key. Keys
/// given twice are refused, which yaml-cpp itself lets pass.
class Section {
 public:
  /// `path`: its name in messages; empty: the file. A node that is null is an empty mapping.
  Section(const YAML::Node& node, std::string path, Report& report);

  /// The node of a key; nothing where the file lacks it.
  std::optional<YAML::Node> take(const std::string& key);
  /// Every key of a mapping whose keys are names.
  void each(const std::function<void(const std::string& name, const YAML::Node& key, const YAML::Node& value)>& read);

  YAML::Mark mark() const { return mark_; }

  /// Refuses what is left. Call last.
  void finish();

 private:
  struct Entry {
    std::string key;
    YAML::Node key_node;
    YAML::Node value;
    bool used = false;
  };

  std::string path_;
  Report& report_;
  YAML::Mark mark_;
  std::vector<Entry> entries_;
  std::vector<std::string> known_;
};

}  // namespace config
