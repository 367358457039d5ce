#include "config/admin_address.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/regular_file.h"
#include "config/config_keys.h"
#include "config/config_reader.h"
#include "config/text_file.h"
#include "config/yaml_document.h"

namespace config {
namespace {

constexpr const char* kSection = "admin";

// The mapping that `text` is; nothing if it is none, and `report` says why.
std::optional<YAML::Node> parse_mapping(const std::string& text, Report& report) {
  if (const auto line = line_of_no_text(text)) {
    report.problems.push_back({report.file, *line, 1, "is no UTF-8 text: this line has bytes that no text has"});
    return std::nullopt;
  }
  // yaml-cpp tells syntax errors by exception; they end here.
  try {
    YAML::Node root = read_document(text, report);
    if (root.IsMap()) return root;
    if (report.problems.empty()) report.add(root.Mark(), "the file has to be a mapping of keys to values");
  } catch (const YAML::Exception& problem) {
    report.add(problem.mark, problem.msg);
  }
  return std::nullopt;
}

// The lines of the section, with empty ones for those before it: from the one that begins with its name to the next
// that is neither indented, nor empty, nor a comment. Empty if there is none.
std::string lines_of_section(std::string_view text) {
  const std::string name = std::string(kSection) + ":";
  std::string before;
  std::string lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (lines.empty() && !line.starts_with(name)) {
      before += '\n';
    } else if (lines.empty() || line.empty() || std::string_view(" \t\r#").find(line.front()) != line.npos) {
      lines.append(line).append("\n");
    } else {
      break;
    }
  }
  return lines.empty() ? "" : before + lines;
}

// The whole mapping of the file, or the part of it that has the section; null, with a problem, where neither is YAML.
YAML::Node mapping_with_section(const std::string& text, Report& report) {
  if (auto whole = parse_mapping(text, report)) return *whole;
  Report of_part{report.file, {}};
  auto part = parse_mapping(lines_of_section(text), of_part);
  if (!part) return {};
  report.problems.clear();
  return *part;
}

AdminAddress read_address(const YAML::Node& root, const Environment& environment, Report& report) {
  Report elsewhere{report.file, {}};
  Section sections(root, "", elsewhere);
  ConfigReader::Shared shared{report, environment, ""};
  ConfigReader reader(sections.take(kSection).value_or(YAML::Node()), kRoot.below(kSection), shared);
  Config::Admin admin;
  declare_admin_address(reader, admin);  // without finish(): the section's other keys do not matter
  return {admin.listen, admin.port, std::move(report.problems)};
}

}  // namespace

AdminAddress admin_address_in(const std::string& text, const std::string& file, const Environment& environment) {
  Report report{file, {}};
  return read_address(mapping_with_section(text, report), environment, report);
}

AdminAddress find_admin_address(const std::string& path, const Environment& environment) {
  const auto text = base::read_regular_file(path);
  if (text.ok()) return admin_address_in(*text, path, environment);
  Report report{path, {{path, 0, 0, text.error().what.substr(path.size() + 1)}}};
  return read_address({}, environment, report);
}

}  // namespace config
