#include "config/channel_entry.h"

#include <yaml-cpp/yaml.h>

#include <utility>

#include "config/config_keys.h"
#include "config/config_reader.h"
#include "config/text_file.h"
#include "config/yaml_document.h"

namespace config {
namespace {

/// Notes each key's rule, and reads nothing.
class RuleListing final : public Keys {
 public:
  RuleListing(std::string prefix, std::vector<KeyRule>& rules) : prefix_(std::move(prefix)), rules_(rules) {}

  void key(const Key& key, const Value& /*value*/) override { note(key); }
  void texts(const Key& key, std::vector<std::string>& /*values*/,
             const std::function<Complaint(const std::string&)>& /*check*/) override {
    note(key);
  }
  void variable(const Key& key, const std::function<Complaint(const std::string&)>& /*take*/) override { note(key); }
  void items(const Key& key, const Items& /*items*/) override { note(key); }
  void entries(const Key& key, const Entries& /*entries*/) override { note(key); }
  void section(const char* name, const char* /*help*/, const std::function<void(Keys&)>& declare) override {
    RuleListing inner(prefix_ + name + ".", rules_);
    declare(inner);
  }
  void check(const std::function<std::vector<std::string>()>& /*find*/) override {}

 private:
  void note(const Key& key) { rules_.push_back({prefix_ + key.name, key.reload}); }

  const std::string prefix_;
  std::vector<KeyRule>& rules_;
};

}  // namespace

std::variant<Config::Channel, std::vector<Problem>> parse_channel(const std::string& name, const std::string& text,
                                                                  const EntrySource& source,
                                                                  const Environment& environment) {
  Report report{source.file, {}};
  if (const auto line = line_of_no_text(text)) {
    report.problems.push_back({source.file, *line, 1, "is no UTF-8 text: this line has bytes that no text has"});
    return std::move(report.problems);
  }
  // yaml-cpp tells syntax errors by exception; they end here.
  try {
    const YAML::Node root = read_document(text, report);
    Config::Channel channel;
    ConfigReader::Shared shared{report, environment, directory_of(source.config_file)};
    ConfigReader reader(root, {"channels." + name, ""}, shared);
    declare_channel(reader, channel);
    reader.finish();
    if (report.problems.empty()) return channel;
  } catch (const YAML::Exception& problem) {
    report.add(problem.mark, problem.msg);
  }
  return std::move(report.problems);
}

std::vector<KeyRule> channel_key_rules() {
  Config::Channel channel;
  std::vector<KeyRule> rules;
  RuleListing listing("", rules);
  declare_channel(listing, channel);
  return rules;
}

}  // namespace config
