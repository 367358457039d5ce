#include "config/config.h"

#include <yaml-cpp/yaml.h>

#include <utility>

#include "base/regular_file.h"
#include "config/config_keys.h"
#include "config/config_reader.h"
#include "config/installation.h"
#include "config/text_file.h"
#include "config/yaml_document.h"

namespace config {
namespace {

// systemd's StateDirectory=, of which it may name several, before the directory of the file.
std::string default_state_directory(const Environment& environment, const std::string& directory) {
  const auto given = environment.find("STATE_DIRECTORY");
  if (given != environment.end() && !given->second.empty()) return given->second.substr(0, given->second.find(':'));
  return directory.empty() ? "state" : directory + "/state";
}

Config read_root(const YAML::Node& root, const Environment& environment, Report& report) {
  Config config;
  ConfigReader::Shared shared{report, environment, directory_of(report.file)};
  ConfigReader reader(root, kRoot, shared);
  declare_keys(reader, config);
  reader.finish();
  if (config.state_directory.empty()) config.state_directory = default_state_directory(environment, shared.directory);
  if (config.web_directory.empty()) config.web_directory = Installation::of_this_process().web_directory();
  config.warnings = std::move(shared.warnings);
  for (auto& [variable, warning] : shared.left_out) {
    if (!shared.named.contains(variable)) config.warnings.push_back(std::move(warning));
  }
  for (std::string& warning : unknown_variables(environment, shared.known))
    config.warnings.push_back(std::move(warning));
  return config;
}

/// What a file without any key is taken for: nobody writes one, but a full disk, a mount that is missing or an edit
/// that went wrong leaves one.
enum class Nothing : std::uint8_t { kMeansDefaults, kIsRefused };

std::variant<Config, std::vector<Problem>> read_text(const std::string& text, const std::string& file,
                                                     const Environment& environment, Nothing nothing) {
  Report report{file, {}};
  if (const auto line = line_of_no_text(text)) {
    report.problems.push_back({file, *line, 1, "is no UTF-8 text: this line has bytes that no text has"});
    return std::move(report.problems);
  }
  // yaml-cpp tells syntax errors by exception; they end here.
  try {
    const YAML::Node root = read_document(text, report);
    if (root.IsNull() && nothing == Nothing::kIsRefused && report.problems.empty()) {
      report.add(YAML::Mark::null_mark(), "has no keys; a server with all defaults needs {} in it");
    }
    Config config = read_root(root, environment, report);
    if (report.problems.empty()) return config;
  } catch (const YAML::Exception& problem) {
    report.add(problem.mark, problem.msg);
  }
  return std::move(report.problems);
}

}  // namespace

std::string journal_directory(const Config& config) {
  return config.journal.directory.empty() ? config.state_directory + "/journal" : config.journal.directory;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string Problem::message() const {
  std::string place = file;
  if (line > 0) place += ":" + std::to_string(line) + ":" + std::to_string(column);
  return place + ": " + text;
}

std::variant<Config, std::vector<Problem>> parse_config(const std::string& text, const std::string& file,
                                                        const Environment& environment) {
  return read_text(text, file, environment, Nothing::kMeansDefaults);
}

std::variant<Config, std::vector<Problem>> load_config(const std::string& path, const Environment& environment) {
  const auto text = base::read_regular_file(path);
  if (!text.ok()) {
    return std::vector<Problem>{
        {path, 0, 0, text.error().what.substr(path.size() + 1) + "; see conf/kickoff.yaml for an example"}};
  }
  return read_text(*text, path, environment, Nothing::kIsRefused);
}

}  // namespace config
