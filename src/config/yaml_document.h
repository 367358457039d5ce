#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "config/yaml_section.h"

namespace config {

/// The one document of `text`; null if there is none. A second one is a problem of `report`: yaml-cpp's Load()
/// leaves it out without a word, and its LoadAll() finds no end of documents in text as short as ",". Errors: throws
/// YAML::Exception where the text is no YAML.
YAML::Node read_document(const std::string& text, Report& report);

}  // namespace config
