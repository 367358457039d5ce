// Viewers of a low-latency HLS channel: see README.md, or --help.

#include <csignal>
#include <cstdio>

#include "viewers/processes.h"
#include "viewers/report.h"

namespace {

int misused(const std::string& what) {
  std::fprintf(stderr, "kickoff-viewers: %s\n", what.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  auto parsed = viewers::parse_options(argc, argv);
  if (!parsed.ok()) return misused(parsed.error().what + " (--help tells more)");
  const viewers::Options options = parsed.take();
  if (options.help) {
    std::fputs(viewers::help_text().c_str(), stdout);
    return 0;
  }
  if (const std::string few = viewers::check_descriptors(options); !few.empty()) return misused(few);
  std::signal(SIGPIPE, SIG_IGN);

  viewers::Run run = viewers::run_processes(options);
  const viewers::Report report = viewers::make_report(options, run);
  if (options.json != "-") std::fputs(viewers::table(options, report).c_str(), stdout);
  if (!options.json.empty()) {
    std::FILE* file = options.json == "-" ? stdout : std::fopen(options.json.c_str(), "w");
    if (file == nullptr) return misused("cannot write " + options.json);
    std::fputs(viewers::json(options, report).c_str(), file);
    std::fclose(file);
  }
  return report.errors == 0 ? 0 : 1;
}
