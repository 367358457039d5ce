// The configuration reader on any text: every outcome is a configuration or a list of problems, each with its place;
// a health check finds the administration port of the former where it is.
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "app/admin_address.h"
#include "app/config.h"
#include "app/reload.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto loaded = app::parse_config(text, "fuzz.yaml");
  const app::AdminAddress admin = app::admin_address_in(text, "fuzz.yaml");
  if (const auto* config = std::get_if<app::Config>(&loaded)) {
    if (admin.listen != config->admin.listen || admin.port != config->admin.port) std::abort();
    if (config->channels.empty()) std::abort();
    if (!app::keys_for_restart(*config, *config).empty()) std::abort();
    return 0;
  }
  const auto& problems = std::get<std::vector<app::Problem>>(loaded);
  if (problems.empty()) std::abort();
  for (const app::Problem& problem : problems) {
    if (problem.text.empty() || !problem.message().starts_with("fuzz.yaml")) std::abort();
  }
  return 0;
}
