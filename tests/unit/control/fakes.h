#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "config/config.h"
#include "control/declaration.h"
#include "control/folder.h"

namespace control::testing {

/// Files in memory.
class FakeFiles final : public Files {
 public:
  base::Result<std::map<std::string, base::Result<std::string>>> read_all() override {
    if (broken) return base::Error{base::Code::kSystem, "/channels: Input/output error"};
    std::map<std::string, base::Result<std::string>> all;
    for (const auto& [name, text] : texts) all.emplace(name, text);
    return all;
  }
  base::Result<std::string> read(const std::string& name) override {
    const auto found = texts.find(name);
    if (found == texts.end()) return base::Error{base::Code::kNotFound, path(name) + ": no such file"};
    return found->second;
  }
  base::Status write(const std::string& name, const std::string& text) override {
    if (full) return base::Error{base::Code::kSystem, path(name) + ".new: No space left on device"};
    ++writes;
    texts[name] = text;
    return base::Ok{};
  }
  base::Status remove(const std::string& name) override {
    if (full) return base::Error{base::Code::kSystem, path(name) + ": Read-only file system"};
    ++writes;
    texts.erase(name);
    return base::Ok{};
  }
  std::string path(const std::string& name) const override { return "/channels/" + name + ".json"; }

  std::map<std::string, std::string> texts;
  int writes = 0;
  bool full = false;
  bool broken = false;
};

inline config::Config config_of(const std::string& text) {
  auto parsed = config::parse_config(text, "/etc/kickoff.yaml");
  return std::holds_alternative<config::Config>(parsed) ? std::get<config::Config>(std::move(parsed))
                                                        : config::Config{};
}

inline std::shared_ptr<const Declaration> declared(const std::string& name, const std::string& text) {
  return std::make_shared<const Declaration>(
      read_declaration(name, text, "/channels/" + name + ".json", "/etc/kickoff.yaml", {}));
}

}  // namespace control::testing
