#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/environment.h"
#include "config/keys.h"
#include "config/yaml_section.h"

namespace config {

/// Reads the keys that are declared to it: from the environment variable of the key's place if it is set, else from
/// the file. What is wrong goes into the report; the key's variable then keeps its value.
class ConfigReader final : public Keys {
 public:
  /// What the readers of all mappings of one configuration share.
  struct Shared {
    Report& report;
    const Environment& environment;
    std::string directory;          ///< paths in the file are relative to it; empty: to the working directory
    std::set<std::string> known{};  ///< names of environment variables that are, or could be, used
    std::set<std::string> named{};  ///< those that the file names, as with secrets_env
    /// By variables that stand for lists, which only the file can have: warnings, unless the file names the variable.
    std::map<std::string, std::string> left_out{};
    std::vector<std::string> warnings{};  ///< about a configuration that is accepted
  };

  /// `node`: the mapping; null where the file lacks it.
  ConfigReader(const YAML::Node& node, Place place, Shared& shared);

  void key(const Key& key, const Value& value) override;
  void texts(const Key& key, std::vector<std::string>& values,
             const std::function<Complaint(const std::string&)>& check) override;
  void variable(const Key& key, const std::function<Complaint(const std::string&)>& take) override;
  void items(const Key& key, const Items& items) override;
  void entries(const Key& key, const Entries& entries) override;
  void section(const char* name, const char* help, const std::function<void(Keys&)>& declare) override;
  void check(const std::function<std::vector<std::string>()>& find) override;

  /// Refuses the keys of the file that were not declared. Call last.
  void finish() { section_.finish(); }

 private:
  const std::string* override_of(const char* name);
  void warn_of_override(const char* name);
  void problem(const YAML::Node& node, std::string text) { shared_.report.add(node.Mark(), std::move(text)); }
  std::string resolved(const std::string& path) const;
  void inner(const YAML::Node& node, const Place& place, const std::function<void(Keys&)>& declare);
  void read_items(const YAML::Node& node, const Key& key, const Items& items);
  void read_named(const YAML::Node& node, const Key& key, const Items& items);

  const Place place_;
  Shared& shared_;
  Section section_;
};

}  // namespace config
