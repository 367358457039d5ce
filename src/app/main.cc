#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/admin_config.h"
#include "app/config.h"
#include "app/server.h"
#include "base/allocator.h"

namespace {

constexpr int kUsage = 2;

constexpr std::string_view kHelp =
    R"(Kickoff, a live-event streaming edge server.

  kickoff serve --config FILE   run the server
  kickoff check FILE            check a configuration: exit 0, or 2 with file:line:column of every problem
  kickoff version               print the version

Signals: SIGTERM and SIGINT end it, SIGHUP reads the configuration again.
Exit: 0 after a clean stop, 1 on a fault, 2 on bad usage or configuration.
Every configuration key is documented in conf/kickoff.yaml.
)";

int usage(const std::string& problem) {
  std::fprintf(stderr, "kickoff: %s\n\n%.*s", problem.c_str(), static_cast<int>(kHelp.size()), kHelp.data());
  return kUsage;
}

// The configuration, or the exit status after telling what is wrong with it.
std::variant<app::Config, int> load(const std::string& path) {
  auto loaded = app::load_config(path);
  if (auto* config = std::get_if<app::Config>(&loaded)) return std::move(*config);
  for (const app::Problem& problem : std::get<std::vector<app::Problem>>(loaded)) {
    std::fprintf(stderr, "%s\n", problem.message().c_str());
  }
  return kUsage;
}

int check(const std::string& path) {
  const auto loaded = load(path);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  std::printf("%s: good, %zu channel entries\n", path.c_str(), std::get<app::Config>(loaded).channels.size());
  return 0;
}

int run(const std::string& path) {
  auto environment_token = app::take_environment_token();
  auto loaded = load(path);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  return app::run_server(std::get<app::Config>(std::move(loaded)), path, std::move(environment_token));
}

}  // namespace

int main(int argc, char** argv) {
  base::settle_allocator();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) return usage("what to do?");
  const std::string& command = words[0];
  if (command == "--help" || command == "-h" || command == "help") {
    std::fputs(std::string(kHelp).c_str(), stdout);
    return 0;
  }
  if (command == "version" || command == "--version") {
    std::printf("kickoff %s\n", KICKOFF_VERSION);
    return 0;
  }
  if (command == "check") {
    if (words.size() != 2) return usage("check takes one file");
    return check(words[1]);
  }
  if (command == "serve") {
    if (words.size() == 2 && words[1].starts_with("--config=")) return run(words[1].substr(std::strlen("--config=")));
    if (words.size() != 3 || words[1] != "--config") return usage("serve needs --config FILE");
    return run(words[2]);
  }
  return usage("no such command: " + command);
}
