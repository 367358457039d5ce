#pragma once

#include <string>
#include <variant>
#include <vector>

#include "config/config.h"
#include "config/keys.h"

namespace config {

/// Where the text of a single entry of `channels` comes from.
struct EntrySource {
  std::string file;         ///< in messages: "body:3:5: unknown key …"
  std::string config_file;  ///< relative paths are relative to its directory, as in that file
};

/// Reads and checks one entry of `channels` by itself: the same keys, checks and messages as in a configuration file.
/// `text`: YAML, of which JSON is a part. What has to hold between entries is faults_of()'s. Blocks on the files that
/// the entry names: not for a loop's thread.
std::variant<Config::Channel, std::vector<Problem>> parse_channel(const std::string& name, const std::string& text,
                                                                  const EntrySource& source,
                                                                  const Environment& environment = {});

/// What is wrong with a name that an entry is to have; empty: nothing.
Complaint channel_name_complaint(const std::string& name);

/// When a change of a key of an entry takes effect.
struct KeyRule {
  std::string path;  ///< below the entry: "journal.keep"; lists are one key
  Reload reload;
};
/// Those of all keys of an entry, in the order of conf/kickoff.yaml.
std::vector<KeyRule> channel_key_rules();

}  // namespace config
