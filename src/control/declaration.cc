#include "control/declaration.h"

#include <utility>
#include <variant>

#include "config/channel_entry.h"
#include "control/document.h"

namespace control {

Declaration read_declaration(const std::string& name, const base::Result<std::string>& text, const std::string& path,
                             const std::string& config_file, const config::Environment& environment) {
  Declaration read;
  if (!text.ok()) {
    read.etag = etag_of_text(text.error().what);
    read.problems.push_back(text.error().what);
    return read;
  }
  read.text = *text;
  read.etag = etag_of_text(*text);
  if (name == "*" || !config::channel_name_complaint(name).empty()) {
    read.problems.push_back(path + ": its name is no channel's: only letters, digits, - and _, at most 64");
    return read;
  }
  auto document = parse_document(*text, path);
  if (auto* problem = std::get_if<std::string>(&document)) {
    read.problems.push_back(std::move(*problem) + "; PUT the channel's settings again, or DELETE them");
    return read;
  }
  read.etag = std::get<Document>(document).etag;
  auto parsed = config::parse_channel(name, as_yaml(*text), {path, config_file}, environment);
  if (auto* problems = std::get_if<std::vector<config::Problem>>(&parsed)) {
    for (const config::Problem& problem : *problems) read.problems.push_back(problem.message());
  } else {
    read.channel =
        std::make_shared<const config::Config::Channel>(std::get<config::Config::Channel>(std::move(parsed)));
  }
  return read;
}

}  // namespace control
