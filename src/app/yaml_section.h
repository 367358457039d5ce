#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/config.h"
#include "base/clock.h"

namespace app {

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
  Section(const YAML::Node& node, std::string path, Report& report);

  /// Each reads one key into `value` and leaves it alone where the key is missing or wrong.
  void text(const char* key, std::string& value);
  /// An IPv4 or IPv6 address in figures: names would have to be looked up.
  void address(const char* key, std::string& value);
  void flag(const char* key, bool& value);
  void integer(const char* key, std::int64_t least, std::int64_t most, const std::function<void(std::int64_t)>& set);
  void number(const char* key, std::int64_t least, std::int64_t most, int& value);
  void port(const char* key, std::uint16_t& value);
  /// "500ms", "2s", "1.5s", "10m".
  void duration(const char* key, base::Micros least, base::Micros most, base::Micros& value);
  /// "800k", "2.5M", "64000".
  void bitrate(const char* key, int& value);
  void choice(const char* key, std::initializer_list<std::pair<const char*, std::function<void()>>> choices);
  /// One of `words`.
  void choose(const char* key, std::initializer_list<const char*> words, std::string& value);
  void texts(const char* key, std::vector<std::string>& values);
  void section(const char* key, const std::function<void(Section&)>& read);
  /// Every key of a mapping whose keys are names.
  void each(const std::function<void(const std::string& name, const YAML::Node& key, const YAML::Node& value)>& read);

  /// The node of a key, for what needs more than one form.
  std::optional<YAML::Node> take(const char* key);
  void problem(const YAML::Node& node, std::string text);
  const std::string& path() const { return path_; }
  Report& report() { return report_; }

  /// Refuses what is left. Call last.
  void finish();

 private:
  struct Entry {
    std::string key;
    YAML::Node key_node;
    YAML::Node value;
    bool used = false;
  };
  std::optional<std::string> scalar(const char* key, const char* wanted, YAML::Node* where);

  std::string path_;
  Report& report_;
  std::vector<Entry> entries_;
  std::vector<std::string> known_;
};

/// Letters, digits, - and _, at least one and at most `most`.
bool valid_name(const std::string& name, std::size_t most);

/// Of `words` the one nearest to `word`, empty where none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& words);

}  // namespace app
