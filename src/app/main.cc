#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/certificates.h"
#include "app/health.h"
#include "app/journal_command.h"
#include "app/preflight.h"
#include "app/server.h"
#include "app/upload_command.h"
#include "base/allocator.h"
#include "config/admin_address.h"
#include "config/admin_config.h"
#include "config/config.h"
#include "config/config_writer.h"
#include "desk/command_line.h"
#include "desk/run.h"

namespace {

constexpr int kUsage = 2;
constexpr base::Micros kHealthLimit = 5 * base::kSecond;

constexpr std::string_view kHelp =
    R"(Kickoff, a live-event streaming edge server.

  kickoff serve --config FILE   run the server
  kickoff check FILE            check a configuration: exit 0, or 2 with file:line:column of every problem
  kickoff config                print every configuration key with its default and documentation
  kickoff health --config FILE  ask the server that runs with this configuration: exit 0 if it is alive, 1 if not;
                                of the file it needs admin.listen and admin.port only, the rest may be wrong
  kickoff version               print the version

The journal (what channels published, on disk):
)";
constexpr std::string_view kMoreHelp = R"(
Signals: SIGTERM and SIGINT end it, SIGHUP reads the configuration again.
Exit: 0 after a clean stop, 1 on a fault (also if a disk did not answer at the stop), 2 on bad usage or configuration.
Environment: KICKOFF_HTTP_PORT=18080 replaces the key http.port of the file, and so on for every key with one value;
`kickoff config` has the rules. KICKOFF_ADMIN_TOKEN is an administration token with the role admin.
)";

std::string help() {
  return std::string(kHelp) + app::kJournalHelp + "\nThe upload to S3:\n" + app::kUploadHelp +
         "\nA server that runs, by its administration port:\n" + desk::kHelp + std::string(kMoreHelp);
}

int usage(const std::string& problem) {
  std::fprintf(stderr, "kickoff: %s\n\n%s", problem.c_str(), help().c_str());
  return kUsage;
}

// The configuration, or the exit status after telling what is wrong with it or with the certificate that it names.
std::variant<config::Config, int> load(const std::string& path, std::string* warning = nullptr) {
  auto loaded = config::load_config(path);
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&loaded)) {
    for (const config::Problem& problem : *problems) std::fprintf(stderr, "%s\n", problem.message().c_str());
    return kUsage;
  }
  auto& config = std::get<config::Config>(loaded);
  if (config.http.certificate.empty()) return std::move(config);  // the self-signed one is the server's to make
  const auto certificates = app::load_certificates(config, nullptr);
  if (!certificates.ok()) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), certificates.error().what.c_str());
    return kUsage;
  }
  if (warning != nullptr) *warning = app::certificate_warning(certificates->https->validity(), std::time(nullptr));
  return std::move(config);
}

int check(const std::string& path) {
  std::string warning;
  const auto loaded = load(path, &warning);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const auto& config = std::get<config::Config>(loaded);
  const std::vector<std::string> problems = app::preflight(config, config::Installation::of_this_process());
  for (const std::string& problem : problems) std::fprintf(stderr, "%s: %s\n", path.c_str(), problem.c_str());
  if (!problems.empty()) return kUsage;
  for (const std::string& text : config.warnings) std::fprintf(stderr, "%s: warning: %s\n", path.c_str(), text.c_str());
  if (!warning.empty())
    std::fprintf(stderr, "%s: warning: %s %s\n", path.c_str(), config.http.certificate.c_str(), warning.c_str());
  std::printf("%s: good, %zu channel entries\n", path.c_str(), config.channels.size());
  return 0;
}

int run(const std::string& path) {
  auto environment_token = config::take_environment_token();
  auto service = app::take_service_options(getpid());
  auto loaded = load(path);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  return app::run_server(std::get<config::Config>(std::move(loaded)), path, std::move(environment_token),
                         std::move(service));
}

int health(const std::string& path) {
  const config::AdminAddress admin = config::find_admin_address(path);
  for (const config::Problem& problem : admin.problems) {
    std::fprintf(stderr, "kickoff: warning: %s; %s port %u is asked\n", problem.message().c_str(), admin.listen.c_str(),
                 unsigned{admin.port});
  }
  const base::Status asked = app::ask_health(admin.listen, admin.port, kHealthLimit);
  if (asked.ok()) return 0;
  std::fprintf(stderr, "kickoff: not healthy: %s\n", asked.error().what.c_str());
  return 1;
}

// The FILE of `--config FILE` or `--config=FILE`, which has to be all that follows the command.
std::optional<std::string> config_argument(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[1].starts_with("--config=")) return words[1].substr(std::strlen("--config="));
  if (words.size() == 3 && words[1] == "--config") return words[2];
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  base::settle_allocator();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) return usage("what to do?");
  const std::string& command = words[0];
  if (command == "--help" || command == "-h" || command == "help") {
    std::fputs(help().c_str(), stdout);
    return 0;
  }
  if (command == "version" || command == "--version") {
    std::printf("kickoff %s\n", KICKOFF_VERSION);
    return 0;
  }
  if (command == "config") {
    if (words.size() != 1) return usage("config takes nothing else");
    std::fputs(config::commented_defaults().c_str(), stdout);
    return 0;
  }
  if (command == "check") {
    // "feed" alone is a file.
    if (words.size() > 2 && words[1] == "feed") {
      std::vector<std::string> order = words;
      std::swap(order[0], order[1]);
      return desk::run(order, {});
    }
    if (words.size() != 2) return usage("check takes one file");
    return check(words[1]);
  }
  if (desk::knows(command))
    return desk::run(words, {"serve", "check", "config", "health", "journal", "upload", "version", "help"});
  if (command == "journal") return app::run_journal_command({words.begin() + 1, words.end()});
  if (command == "upload") return app::run_upload_command({words.begin() + 1, words.end()});
  if (command == "serve" || command == "health") {
    const auto path = config_argument(words);
    if (!path) return usage(command + " needs --config FILE");
    return command == "serve" ? run(*path) : health(*path);
  }
  return usage("no such command: " + command);
}
