#include "app/upload_command.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

#include "app/upload_target.h"
#include "archive/journal_file.h"
#include "base/clock.h"
#include "base/directory.h"
#include "base/printable.h"
#include "client/curl_transport.h"
#include "config/config.h"
#include "upload/comparison.h"
#include "upload/repair.h"

namespace app {

const char* const kUploadHelp =
    R"(  kickoff upload check  CHANNEL|all --config FILE [--fetch] [--json]
                                compare what was uploaded with what is in the bucket: exit 0 if all is there, 1 if
                                not; --fetch reads every object, whatever its ETag says
  kickoff upload repair CHANNEL|all --config FILE [--fetch] [--json]
                                put what is missing or wrong from the journal, then compare again; a server may run
)";

namespace {

constexpr int kUploadFault = 1;
constexpr int kUploadUsage = 2;
// Lines of findings for people; --json has all.
constexpr std::size_t kMostTold = 50;
// Of an object that is fetched: a segment of 10 s at 200 Mbit/s.
constexpr std::size_t kMostFetched = std::size_t{256} << 20;
constexpr int kParallelPuts = 6;

struct UploadRequest {
  bool repairs = false;
  std::string channel;  ///< or "all"
  std::string file;     ///< of the configuration
  bool fetch = false;
  bool json = false;
};

int complain_of(const std::string& problem) {
  std::fprintf(stderr, "kickoff: upload: %s\n\n%s", problem.c_str(), kUploadHelp);
  return kUploadUsage;
}

std::variant<UploadRequest, std::string> parse_words(const std::vector<std::string>& words) {
  if (words.empty()) return "check or repair?";
  if (words[0] != "check" && words[0] != "repair") return "no such command: " + base::printable(words[0]);
  UploadRequest request;
  request.repairs = words[0] == "repair";
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--fetch") {
      request.fetch = true;
    } else if (word == "--json") {
      request.json = true;
    } else if (word == "--config" && i + 1 < words.size()) {
      request.file = words[++i];
    } else if (word.starts_with("--config=")) {
      request.file = word.substr(word.find('=') + 1);
    } else if (word.starts_with("--")) {
      return words[0] + (word == "--config" ? " needs FILE after " : " does not take ") + base::printable(word);
    } else if (request.channel.empty()) {
      request.channel = word;
    } else {
      return "what is " + base::printable(word) + "?";
    }
  }
  if (request.channel.empty()) return words[0] + " needs CHANNEL, or all";
  if (request.file.empty()) return words[0] + " needs --config FILE";
  return request;
}

/// A channel and where it is uploaded to.
struct UploadedChannel {
  upload::Target target;
  upload::Reconciled reconciled;
};

/// Names of channels that have a journal, or the state of an upload.
std::set<std::string> channels_on_disk(const std::string& journal, const std::string& states) {
  constexpr std::string_view kSuffix = ".upload";
  const std::vector<std::string> journals = archive::list_channels(journal);
  std::set<std::string> names(journals.begin(), journals.end());
  const auto files = base::list_directory(states);
  if (!files.ok()) return names;
  for (const std::string& file : *files)
    if (file.ends_with(kSuffix)) names.insert(file.substr(0, file.size() - kSuffix.size()));
  return names;
}

/// The channels that are asked for, of those that are uploaded and have something on disk.
std::vector<UploadedChannel> find_channels(const config::Config& config, const UploadRequest& request) {
  const std::string journal = config::journal_directory(config);
  const std::string states = config.state_directory + "/upload";
  std::vector<UploadedChannel> found;
  for (const std::string& name : channels_on_disk(journal, states)) {
    if (request.channel != "all" && request.channel != name) continue;
    auto entry = config.channels.find(name);
    if (entry == config.channels.end()) entry = config.channels.find("*");
    if (entry == config.channels.end()) continue;
    const auto target = upload_target(entry->second);
    if (!target) continue;
    found.push_back({*target,
                     {.channel = name,
                      .journal = journal + "/" + name,
                      .state = upload::state_path(states, name),
                      .place = target->place(),
                      .type = target->type,
                      .log = target->log,
                      .fetch_all = request.fetch}});
  }
  return found;
}

std::string state_text(const upload::Comparison& found) {
  if (!found.begun) return "nothing was uploaded yet";
  std::map<upload::Fault, std::size_t> counts;
  for (const upload::Finding& finding : found.findings) ++counts[finding.fault];
  std::string text;
  for (const auto& [fault, count] : counts)
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(upload::to_string(fault));
  return text.empty() ? "right" : text;
}

nlohmann::ordered_json json_of_channel(const UploadedChannel& channel, const upload::Comparison& found,
                                       const upload::Repair& repaired) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const upload::Finding& at : found.findings)
    findings.push_back({{"object", at.name}, {"fault", upload::to_string(at.fault)}, {"detail", at.detail}});
  return {{"channel", channel.reconciled.channel},
          {"to", channel.target.address.url()},
          {"right", found.begun && found.findings.empty()},
          {"begun", found.begun},
          {"objects", found.objects},
          {"bytes", found.bytes},
          {"waiting", found.waiting},
          {"findings", std::move(findings)},
          {"repaired", repaired.objects},
          {"not_repaired", repaired.failures}};
}

void print_channel(const UploadedChannel& channel, const upload::Comparison& found, const upload::Repair& repaired) {
  std::printf("%-24s %8llu %14llu %8llu  %s\n", channel.reconciled.channel.c_str(),
              static_cast<unsigned long long>(found.objects), static_cast<unsigned long long>(found.bytes),
              static_cast<unsigned long long>(found.waiting), state_text(found).c_str());
  const std::size_t told = std::min(found.findings.size(), kMostTold);
  for (std::size_t i = 0; i < told; ++i) {
    const upload::Finding& at = found.findings[i];
    std::printf("  %s: %s%s%s\n", at.name.c_str(), std::string(upload::to_string(at.fault)).c_str(),
                at.detail.empty() ? "" : ": ", base::printable(at.detail).c_str());
  }
  if (told < found.findings.size()) std::printf("  and %zu more: see --json\n", found.findings.size() - told);
  if (repaired.objects > 0)
    std::printf("  %llu objects were put, %llu bytes\n", static_cast<unsigned long long>(repaired.objects),
                static_cast<unsigned long long>(repaired.bytes));
  for (std::size_t i = 0; i < std::min(repaired.failures.size(), kMostTold); ++i)
    std::fprintf(stderr, "kickoff: upload: not put: %s\n", base::printable(repaired.failures[i]).c_str());
}

/// One channel, compared and, if that is asked for, repaired and compared once more.
base::Result<upload::Comparison> reconcile(const UploadedChannel& channel, bool repairs, upload::Repair& repaired) {
  const base::SystemClock clock;
  client::CurlTransport transport({.parallel = kParallelPuts, .most_body = kMostFetched});
  s3::Credentials credentials(channel.target.credentials, transport);
  s3::Bucket bucket(channel.target.address, credentials, transport, clock);
  auto found = upload::compare(channel.reconciled, bucket);
  if (!found.ok() && bucket.clock_difference() != 0) found = upload::compare(channel.reconciled, bucket);
  if (!found.ok() || !repairs || found->findings.empty()) return found;
  repaired = upload::repair(channel.reconciled, *found, bucket,
                            [](base::Micros span) { std::this_thread::sleep_for(std::chrono::microseconds(span)); });
  return upload::compare(channel.reconciled, bucket);
}

int reconcile_all(const std::vector<UploadedChannel>& channels, const UploadRequest& request) {
  bool right = true;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  if (!request.json) std::printf("%-24s %8s %14s %8s  %s\n", "CHANNEL", "OBJECTS", "BYTES", "WAITING", "STATE");
  for (const UploadedChannel& channel : channels) {
    upload::Repair repaired;
    const auto found = reconcile(channel, request.repairs, repaired);
    if (!found.ok()) {
      std::fprintf(stderr, "kickoff: upload: %s: %s cannot be read: %s\n", channel.reconciled.channel.c_str(),
                   channel.target.address.url().c_str(), base::printable(found.error().what).c_str());
      right = false;
      continue;
    }
    right = right && found->begun && found->findings.empty();
    if (request.json)
      all.push_back(json_of_channel(channel, *found, repaired));
    else
      print_channel(channel, *found, repaired);
  }
  if (request.json)
    std::printf("%s\n", nlohmann::ordered_json{{"right", right}, {"channels", std::move(all)}}.dump(2).c_str());
  return right ? 0 : kUploadFault;
}

}  // namespace

int run_upload_command(const std::vector<std::string>& words) {
  const auto parsed = parse_words(words);
  if (const auto* problem = std::get_if<std::string>(&parsed)) return complain_of(*problem);
  const auto& request = std::get<UploadRequest>(parsed);
  const auto loaded = config::load_config(request.file);
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&loaded)) {
    for (const config::Problem& problem : *problems) std::fprintf(stderr, "%s\n", problem.message().c_str());
    return kUploadUsage;
  }
  const std::vector<UploadedChannel> channels = find_channels(std::get<config::Config>(loaded), request);
  if (channels.empty()) {
    const std::string problem =
        request.channel == "all"
            ? "no channel has an upload in that configuration and something on disk"
            : base::printable(request.channel) + " has no upload in that configuration, or nothing on disk";
    std::fprintf(stderr, "kickoff: upload: %s\n", problem.c_str());
    return kUploadUsage;
  }
  return reconcile_all(channels, request);
}

}  // namespace app
