// The configuration reader on any text: every outcome is a configuration or a list of problems, each with its place;
// a health check finds the administration port of the former where it is.
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "config/admin_address.h"
#include "config/config.h"
#include "config/reload.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto loaded = config::parse_config(text, "fuzz.yaml");
  const config::AdminAddress admin = config::admin_address_in(text, "fuzz.yaml");
  if (const auto* config = std::get_if<config::Config>(&loaded)) {
    if (admin.listen != config->admin.listen || admin.port != config->admin.port) std::abort();
    if (config->channels.empty()) std::abort();
    if (!config::keys_for_restart(*config, *config).empty()) std::abort();
    return 0;
  }
  const auto& problems = std::get<std::vector<config::Problem>>(loaded);
  if (problems.empty()) std::abort();
  for (const config::Problem& problem : problems) {
    if (problem.text.empty() || !problem.message().starts_with("fuzz.yaml")) std::abort();
  }
  return 0;
}
