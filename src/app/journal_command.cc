#include "app/journal_command.h"

#include <sys/stat.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "archive/directory_lock.h"
#include "archive/journal_check.h"
#include "archive/journal_file.h"
#include "archive/vod_export.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/printable.h"
#include "config/config.h"

namespace app {

const char* const kJournalHelp =
    R"(  kickoff journal check  DIRECTORY|--config FILE [CHANNEL] [--json]
                                tell what each file of the journal holds: exit 0 if all are sound, 1 if not
  kickoff journal repair DIRECTORY|--config FILE [CHANNEL] [--delete]
                                leave out what is damaged; the old file stays as NAME.damaged, or is deleted;
                                no server may use the directory
  kickoff journal export DIRECTORY|--config FILE CHANNEL --output DIR [--from UTC] [--to UTC] [--mp4]
                                write what the channel published as an HLS VOD presentation, and with --mp4 also as
                                an MP4 file a rendition; UTC is such as 2026-11-30T00:42:35Z
)";

namespace {

constexpr int kFault = 1;
constexpr int kUsage = 2;

struct Request {
  std::string verb;
  std::string directory;  ///< of the journal
  std::string channel;    ///< empty: all
  std::string output;
  archive::VodExport::Options options;
  bool json = false;
  bool remove = false;
};

int complain(const std::string& problem) {
  std::fprintf(stderr, "kickoff: journal: %s\n\n%s", problem.c_str(), kJournalHelp);
  return kUsage;
}

int fail(const std::string& problem) {
  std::fprintf(stderr, "kickoff: journal: %s\n", problem.c_str());
  return kFault;
}

/// The journal's directory by a configuration, or what is wrong with that.
base::Result<std::string> configured_directory(const std::string& file) {
  const auto loaded = config::load_config(file);
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&loaded))
    return base::Error{base::Code::kMalformed, problems->front().message()};
  return config::journal_directory(std::get<config::Config>(loaded));
}

/// Reads options ("--name value", "--name=value", flags) and what stands between them. Returns what is wrong.
std::string read_words(const std::vector<std::string>& words, Request& request, std::vector<std::string>& rest) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) {
      rest.push_back(words[i]);
      continue;
    }
    const std::size_t equals = words[i].find('=');
    const std::string name = words[i].substr(0, equals);
    const bool exports = request.verb == "export";
    if (name == "--json" && request.verb == "check" && equals == std::string::npos) {
      request.json = true;
    } else if (name == "--delete" && request.verb == "repair" && equals == std::string::npos) {
      request.remove = true;
    } else if (name == "--mp4" && exports && equals == std::string::npos) {
      request.options.mp4 = true;
    } else if (name == "--config" || (exports && (name == "--from" || name == "--to" || name == "--output"))) {
      if (equals == std::string::npos && i + 1 == words.size()) return name + " needs a value";
      const std::string value = equals == std::string::npos ? words[++i] : words[i].substr(equals + 1);
      if (name == "--output") request.output = value;
      if (name == "--config") {
        auto directory = configured_directory(value);
        if (!directory.ok()) return directory.error().what;
        request.directory = directory.take();
      }
      if (name != "--from" && name != "--to") continue;
      const auto utc = base::parse_utc(value);
      if (!utc) return name + ": \"" + base::printable(value) + "\" is no time such as 2026-11-30T00:42:35Z";
      (name == "--from" ? request.options.from : request.options.to) = *utc;
    } else {
      return request.verb + " does not take " + base::printable(words[i]);
    }
  }
  return "";
}

std::variant<Request, std::string> parse(const std::vector<std::string>& words) {
  Request request;
  if (words.empty()) return "check, repair or export?";
  request.verb = words[0];
  if (request.verb != "check" && request.verb != "repair" && request.verb != "export")
    return "no such command: " + base::printable(request.verb);
  std::vector<std::string> rest;
  const std::string problem = read_words({words.begin() + 1, words.end()}, request, rest);
  if (!problem.empty()) return problem;
  if (request.directory.empty()) {
    if (rest.empty()) return request.verb + " needs DIRECTORY or --config FILE";
    request.directory = rest.front();
    rest.erase(rest.begin());
  }
  if (rest.size() > 1) return "what is " + base::printable(rest[1]) + "?";
  if (!rest.empty()) request.channel = rest.front();
  if (request.verb == "export" && request.channel.empty()) return "export needs CHANNEL";
  if (request.verb == "export" && request.output.empty()) return "export needs --output DIR";
  if (request.options.from >= request.options.to) return "--to is not later than --from";
  return request;
}

/// The channels that are asked for; empty where there is none, which was told.
std::vector<std::string> channels_of(const Request& request) {
  struct stat about{};
  if (stat(request.directory.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
    fail(request.directory + " is no directory");
    return {};
  }
  std::vector<std::string> channels = archive::list_channels(request.directory);
  if (!request.channel.empty()) std::erase_if(channels, [&](const auto& name) { return name != request.channel; });
  if (channels.empty())
    fail(request.channel.empty() ? request.directory + " has no channel's journal"
                                 : request.directory + " has no journal of " + base::printable(request.channel));
  return channels;
}

std::string name_of(const archive::ListedFile& file) { return file.path.substr(file.path.rfind('/') + 1); }
std::string utc_or(base::Micros time, const char* none) { return time > 0 ? base::format_utc(time) : none; }

std::string seconds(base::Micros span) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f s", static_cast<double>(span) / base::kSecond);
  return text;
}

/// "sound", or what is wrong; and whether there is a hole before it.
std::string state_of(const archive::CheckedFile& file) {
  const archive::FileContents& contents = file.contents;
  std::string text = contents.sound() ? "sound" : "";
  if (!contents.header) text = "not readable: " + contents.error;
  std::uint64_t garbage = 0;
  std::size_t places = contents.damage.size();
  for (const archive::Damage& damage : contents.damage) garbage += damage.size();
  if (contents.torn()) {
    const archive::Damage& tail = contents.damage.back();
    text += "torn: " + std::to_string(tail.size()) + " bytes from byte " + std::to_string(tail.from) + ", " + tail.why;
    garbage -= tail.size();
    --places;
  }
  if (places > 0) {
    const archive::Damage& first = contents.damage.front();
    text += std::string(text.empty() ? "" : "; ") + "damaged: " + std::to_string(garbage) + " bytes in " +
            std::to_string(places) + (places == 1 ? " place" : " places") + " from byte " + std::to_string(first.from) +
            ", " + first.why;
  }
  if (file.hole) text += "; hole before it" + (file.missing > 0 ? " of " + seconds(file.missing) : "");
  return text;
}

nlohmann::ordered_json json_of(const archive::CheckedFile& file) {
  const archive::FileContents& contents = file.contents;
  nlohmann::ordered_json damage = nlohmann::ordered_json::array();
  for (const archive::Damage& at : contents.damage)
    damage.push_back({{"from", at.from}, {"to", at.to}, {"why", at.why}});
  const auto time = [](base::Micros utc) { return utc > 0 ? nlohmann::ordered_json(base::format_utc(utc)) : nullptr; };
  return {{"file", file.file.path},      {"sound", contents.sound()},
          {"records", contents.records}, {"from", time(contents.first)},
          {"to", time(contents.last)},   {"bytes", contents.size},
          {"hole", file.hole},           {"missing_seconds", static_cast<double>(file.missing) / base::kSecond},
          {"torn", contents.torn()},     {"damage", damage},
          {"error", contents.error}};
}

int check(const Request& request) {
  const std::vector<std::string> channels = channels_of(request);
  if (channels.empty()) return kUsage;
  bool sound = true;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  if (!request.json) std::printf("%-32s %8s %-24s %-24s %10s  %s\n", "FILE", "RECORDS", "FROM", "TO", "BYTES", "STATE");
  for (const std::string& channel : channels) {
    if (!request.json) std::printf("%s\n", channel.c_str());
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    for (const archive::CheckedFile& file : archive::check_channel(request.directory + "/" + channel)) {
      const archive::FileContents& contents = file.contents;
      sound = sound && contents.sound();
      if (request.json) {
        files.push_back(json_of(file));
        continue;
      }
      std::printf("%-32s %8llu %-24s %-24s %10llu  %s\n", name_of(file.file).c_str(),
                  static_cast<unsigned long long>(contents.records), utc_or(contents.first, "-").c_str(),
                  utc_or(contents.last, "-").c_str(), static_cast<unsigned long long>(contents.size),
                  state_of(file).c_str());
    }
    all.push_back({{"channel", channel}, {"files", std::move(files)}});
  }
  if (request.json)
    std::printf("%s\n", nlohmann::ordered_json{{"sound", sound}, {"channels", std::move(all)}}.dump(2).c_str());
  return sound ? 0 : kFault;
}

int repair(const Request& request) {
  const std::vector<std::string> channels = channels_of(request);
  if (channels.empty()) return kUsage;
  const auto lock = archive::DirectoryLock::take(request.directory);
  if (!lock.ok())
    return fail(lock.error().code == base::Code::kBusy
                    ? request.directory + " is in use by a server, which has to be stopped"
                    : lock.error().what);
  const auto original = request.remove ? archive::Original::kDelete : archive::Original::kKeep;
  int status = 0;
  for (const std::string& channel : channels) {
    for (const archive::CheckedFile& file : archive::check_channel(request.directory + "/" + channel)) {
      if (file.contents.sound()) continue;
      const base::Status repaired = archive::repair_file(file.file, original);
      if (!repaired.ok()) {
        status = fail(repaired.error().what);
        continue;
      }
      std::printf("%s: repaired (%s)\n", file.file.path.c_str(), state_of(file).c_str());
    }
  }
  return status;
}

int export_presentation(const Request& request) {
  const std::vector<std::string> channels = channels_of(request);
  if (channels.empty()) return kUsage;
  const auto made = archive::export_channel(
      request.directory + "/" + channels.front(), request.output, request.options,
      [](const std::string& what) { std::fprintf(stderr, "kickoff: journal: warning: %s\n", what.c_str()); });
  if (!made.ok()) return fail(made.error().message());
  const archive::VodExport::Totals& totals = made.value();
  for (const std::string& name : totals.left_out) {
    std::fprintf(stderr, "kickoff: journal: warning: rendition %s was gone at the end: it has no playlist\n",
                 name.c_str());
  }
  for (const archive::VodExport::Hole& hole : totals.holes) {
    std::fprintf(stderr, "kickoff: journal: warning: no media from %s to %s\n", base::format_utc(hole.from).c_str(),
                 base::format_utc(hole.to).c_str());
  }
  std::printf("%s/index.m3u8: %s to %s, %zu renditions of %zu segments, %zu gaps, %zu discontinuities, %llu bytes\n",
              request.output.c_str(), base::format_utc(totals.first).c_str(), base::format_utc(totals.last).c_str(),
              totals.renditions, totals.segments, totals.gaps, totals.discontinuities,
              static_cast<unsigned long long>(totals.bytes));
  return 0;
}

}  // namespace

int run_journal_command(const std::vector<std::string>& words) {
  const auto parsed = parse(words);
  if (const auto* problem = std::get_if<std::string>(&parsed)) return complain(*problem);
  const Request& request = std::get<Request>(parsed);
  if (request.verb == "check") return check(request);
  return request.verb == "repair" ? repair(request) : export_presentation(request);
}

}  // namespace app
