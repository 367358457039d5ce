#include "app/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "app/admin_config.h"
#include "app/text_file.h"
#include "app/yaml_document.h"
#include "app/yaml_section.h"
#include "base/regular_file.h"
#include "ingest/network.h"

namespace app {
namespace {

using base::kMillisecond;
using base::kSecond;

void read_log(Section& in, Config::Log& log) {
  in.choice("level", {{"debug", [&] { log.level = base::Level::kDebug; }},
                      {"info", [&] { log.level = base::Level::kInfo; }},
                      {"warn", [&] { log.level = base::Level::kWarn; }},
                      {"error", [&] { log.level = base::Level::kError; }}});
  in.choice("format", {{"auto", [&] { log.format = base::LogFormat::kAuto; }},
                       {"json", [&] { log.format = base::LogFormat::kJson; }},
                       {"text", [&] { log.format = base::LogFormat::kText; }}});
}

bool valid_pathway(const std::string& url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : url.size();
  return url.size() > host && url.back() != '/' && std::all_of(url.begin(), url.end(), [](unsigned char c) {
           return std::isgraph(c) != 0 && c != '"' && c != '?' && c != '#';
         });
}

void read_admission(Section& in, Config::Admission& admission) {
  in.number("shed_depth_below", 0, 90, admission.shed_depth_below);
  in.number("refuse_joins_below", 0, 90, admission.refuse_joins_below);
  in.number("egress_mbps", 0, 10'000'000, admission.egress_mbps);
  if (const auto node = in.take("overflow")) {
    admission.overflow = node->IsScalar() ? node->Scalar() : "?";
    if (!admission.overflow.empty() && !valid_pathway(admission.overflow))
      in.problem(*node, "overflow has to be the start of a URL without its last /, such as https://cdn.example.com");
  }
}

void read_http(Section& in, Config::Http& http) {
  in.address("listen", http.listen);
  in.port("port", http.port);
  in.port("tls_port", http.tls_port);
  in.number("loops", 0, 256, http.loops);
  in.number("max_connections", 0, 10'000'000, http.max_connections);
  in.text("certificate", http.certificate);
  in.text("key", http.key);
  in.section("admission", [&](Section& admission) { read_admission(admission, http.admission); });
}

void read_srt(Section& in, Config::Srt& srt) {
  in.address("listen", srt.listen);
  in.port("port", srt.port);
  in.duration("latency", 20 * kMillisecond, 4 * kSecond, srt.latency);
  in.number("max_reorder", 0, 10'000, srt.max_reorder);
  in.number("max_mbps", 1, 1000, srt.max_mbps);
  in.flag("publish_without_mode", srt.publish_without_mode);
}

void read_limits(Section& in, Config::Limits& limits) {
  in.number("channels", 1, 10'000, limits.channels.channels);
  in.number("channels_per_address", 1, 10'000, limits.channels.channels_per_address);
  in.number("new_channels_per_second", 1, 1000, limits.channels.new_per_second);
  in.number("publishes_per_connection", 1, 1000, limits.publishes_per_connection);
}

// Those of x264, which x265 has too; libaom has speeds, and takes its fastest for one of these words.
void read_preset(Section& in, job::Rung& rung) {
  static constexpr std::initializer_list<const char*> kPresets = {
      "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"};
  static constexpr std::initializer_list<const char*> kSpeeds = {"0", "1", "2", "3", "4", "5",
                                                                 "6", "7", "8", "9", "10"};
  in.choose("preset", rung.codec == media::Codec::kAv1 ? kSpeeds : kPresets, rung.preset);
}

void read_rung(const YAML::Node& node, const std::string& path, Report& report, job::Rung& rung) {
  Section in(node, path, report);
  in.text("name", rung.name);
  in.choice("codec", {{"h264", [&] { rung.codec = media::Codec::kH264; }},
                      {"hevc", [&] { rung.codec = media::Codec::kHevc; }},
                      {"av1", [&] { rung.codec = media::Codec::kAv1; }}});
  in.number("width", 0, 8192, rung.width);
  in.number("height", 0, 8192, rung.height);
  in.integer("frame_rate", 1, 120, [&](std::int64_t rate) { rung.frame_rate = {rate, 1}; });
  in.bitrate("bitrate", rung.bitrate);
  in.bitrate("max_bitrate", rung.max_bitrate);
  in.bitrate("buffer", rung.buffer_bits);
  in.choose("profile", {"baseline", "main", "high"}, rung.profile);
  read_preset(in, rung);
  in.flag("quality", rung.quality);
  in.finish();
  if (rung.name.empty()) rung.name = rung.height > 0 ? "v" + std::to_string(rung.height) : "";
  if (!valid_name(rung.name, 32))
    report.add(node.Mark(), path + ": a rung needs a height or a name of letters, digits, - and _");
  if (rung.bitrate < 50'000) report.add(node.Mark(), path + ": a rung needs a bitrate of at least 50k");
}

void read_ladder(Section& in, job::Options& media) {
  const auto node = in.take("ladder");
  if (!node) return;
  if (node->IsScalar() && (node->Scalar() == "auto" || node->Scalar() == "none")) {
    media.default_ladder = node->Scalar() == "auto";
    return;
  }
  if (!node->IsSequence() || node->size() == 0) {
    in.problem(*node, "ladder has to be auto, none, or a list of rungs");
    return;
  }
  media.default_ladder = false;
  for (const YAML::Node& item : *node) {
    job::Rung rung;
    read_rung(item, in.path() + ".ladder", in.report(), rung);
    const bool taken =
        rung.name == job::kCopyName || std::any_of(media.ladder.begin(), media.ladder.end(),
                                                   [&](const auto& other) { return other.name == rung.name; });
    if (taken) in.problem(item, "two rungs are named \"" + rung.name + "\"; give one of them another name");
    media.ladder.push_back(std::move(rung));
  }
  // The cascade scales each rung from the one before.
  std::stable_sort(media.ladder.begin(), media.ladder.end(),
                   [](const auto& a, const auto& b) { return a.height > b.height; });
}

void read_audio(Section& in, job::Options& media) {
  using Audio = job::Options::Audio;
  in.choice("mode", {{"auto", [&] { media.audio = Audio::kAuto; }},
                     {"copy", [&] { media.audio = Audio::kCopy; }},
                     {"encode", [&] { media.audio = Audio::kEncode; }},
                     {"none", [&] { media.audio = Audio::kNone; }}});
  in.choice("codec", {{"aac", [&] { media.audio_rung.codec = media::Codec::kAac; }},
                      {"opus", [&] { media.audio_rung.codec = media::Codec::kOpus; }}});
  in.bitrate("bitrate", media.audio_rung.bitrate);
  in.number("channels", 0, 8, media.audio_rung.channels);
  in.number("sample_rate", 0, 96'000, media.audio_rung.sample_rate);
}

// Keys from the file itself, from an environment variable, and from a secrets file with one a line.
void read_keys(Section& in, std::vector<std::string>& keys) {
  in.texts("keys", keys);
  if (const auto node = in.take("keys_env")) {
    const char* value = node->IsScalar() ? std::getenv(node->Scalar().c_str()) : nullptr;
    if (value == nullptr || *value == '\0') {
      in.problem(*node, "keys_env: no such environment variable, or it is empty");
    } else {
      std::istringstream words(value);
      for (std::string key; std::getline(words, key, ',');) keys.push_back(key);
    }
  }
  if (const auto node = in.take("keys_file")) {
    auto lines = read_secrets(node->IsScalar() ? node->Scalar() : "");
    if (!lines.ok()) return in.problem(*node, "keys_file: " + lines.error().what);
    for (std::string& key : lines.take()) keys.push_back(std::move(key));
  }
}

void read_channel_srt(Section& in, Config::Channel& channel) {
  in.text("passphrase", channel.srt_passphrase);
  if (const auto node = in.take("passphrase_file")) {
    const auto lines = read_secrets(node->IsScalar() ? node->Scalar() : "");
    if (!lines.ok()) in.problem(*node, "passphrase_file: " + lines.error().what);
    if (lines.ok()) channel.srt_passphrase = lines->front();
  }
  in.duration("latency", 20 * kMillisecond, 4 * kSecond, channel.srt_latency);
  in.choice("key_length", {{"0", [&] { channel.srt_key_length = 0; }},
                           {"16", [&] { channel.srt_key_length = 16; }},
                           {"24", [&] { channel.srt_key_length = 24; }},
                           {"32", [&] { channel.srt_key_length = 32; }}});
  in.texts("allow", channel.srt_allow);
  if (const auto node = in.take("allow"); node && node->IsSequence()) {
    for (const YAML::Node& item : *node) {
      if (!item.IsScalar() || ingest::parse_network(item.Scalar()).ok()) continue;
      in.problem(item, "allow has to list addresses or networks such as 192.0.2.0/24, not \"" + item.Scalar() + "\"");
    }
  }
}

void read_channel(const YAML::Node& node, const std::string& path, Report& report, Config::Channel& channel) {
  Section in(node, path, report);
  job::Options& media = channel.options.media;
  in.duration("segment", kSecond, 10 * kSecond, media.segment);
  in.duration("part", 200 * kMillisecond, 2 * kSecond, media.part);
  in.duration("window", 6 * kSecond, 24 * 3600 * kSecond, channel.options.window);
  in.duration("grace", 0, 3600 * kSecond, channel.options.grace);
  in.duration("idle", 3 * kSecond, 3600 * kSecond, channel.options.idle);
  in.flag("takeover", channel.options.takeover);
  in.flag("required", channel.options.required);
  in.choice("outage", {{"hold", [&] { media.outage = job::Options::Outage::kHold; }},
                       {"gap", [&] { media.outage = job::Options::Outage::kGap; }}});
  read_keys(in, channel.options.keys);
  in.choice("source", {{"transcode", [&] { media.copy_video = false; }}, {"copy", [&] { media.copy_video = true; }}});
  read_ladder(in, media);
  in.section("audio", [&](Section& audio) { read_audio(audio, media); });
  in.number("program", 0, 65535, media.program);
  in.section("srt", [&](Section& srt) { read_channel_srt(srt, channel); });
  in.finish();
  const std::size_t length = channel.srt_passphrase.size();
  if (length != 0 && (length < 10 || length > 80))
    report.add(node.Mark(), path + ".srt.passphrase has to have 10 to 80 characters (SRT, SR-8)");
  if (media.part * 2 > media.segment) report.add(node.Mark(), path + ": part has to be at most half of segment");
  if (channel.options.window < 6 * media.segment) {
    report.add(node.Mark(), path + ": window has to hold at least six segments (HLS authoring, LL-26)");
  }
  if (!media.copy_video && !media.default_ladder && media.ladder.empty()) {
    report.add(node.Mark(), path + ": \"ladder: none\" leaves nothing to play unless source is copy");
  }
}

// Two listeners of TCP on one port: the second would not start.
void check_ports(const Config& config, const YAML::Node& root, Report& report) {
  struct Listener {
    const char* key;
    const std::string& address;
    std::uint16_t port;
  };
  const Listener listeners[] = {{"http.port", config.http.listen, config.http.port},
                                {"http.tls_port", config.http.listen, config.http.tls_port},
                                {"admin.port", config.admin.listen, config.admin.port},
                                {"rtmp.port", config.rtmp.listen, config.rtmp.port},
                                {"rtmp.tls_port", config.rtmp.listen, config.rtmp.tls_port}};
  const auto any = [](const std::string& address) { return address == "0.0.0.0" || address == "::"; };
  for (const Listener* second = std::begin(listeners); second != std::end(listeners); ++second) {
    for (const Listener* first = std::begin(listeners); first != second; ++first) {
      const bool meet = first->address == second->address || any(first->address) || any(second->address);
      if (first->port == 0 || first->port != second->port || !meet) continue;
      report.add(root.Mark(), std::string(second->key) + " is " + std::to_string(second->port) + ", which " +
                                  first->key + " has already; give one of them another port");
    }
  }
}

Config read_root(const YAML::Node& root, Report& report) {
  Config config;
  Section in(root, "", report);
  in.section("log", [&](Section& log) { read_log(log, config.log); });
  in.text("state_directory", config.state_directory);
  in.text("web_directory", config.web_directory);
  in.flag("end_channels_on_stop", config.end_channels_on_stop);
  in.section("http", [&](Section& http) { read_http(http, config.http); });
  in.section("admin", [&](Section& admin) { read_admin(admin, config.admin); });
  in.section("rtmp", [&](Section& rtmp) {
    rtmp.address("listen", config.rtmp.listen);
    rtmp.port("port", config.rtmp.port);
    rtmp.port("tls_port", config.rtmp.tls_port);
  });
  in.section("srt", [&](Section& srt) { read_srt(srt, config.srt); });
  in.section("limits", [&](Section& limits) { read_limits(limits, config.limits); });
  in.section("channels", [&](Section& channels) {
    channels.each([&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
      if (name != "*" && !valid_name(name, 64)) {
        report.add(key.Mark(),
                   "channel name \"" + name + "\": only letters, digits, - and _, at most 64; or * for all others");
        return;
      }
      read_channel(value, "channels." + name, report, config.channels[name]);
    });
  });
  in.finish();
  check_ports(config, root, report);
  if (config.channels.empty()) config.channels["*"] = {};
  if (config.http.certificate.empty() != config.http.key.empty()) {
    report.add(root.Mark(), "http.certificate and http.key have to be given together");
  }
  return config;
}

/// What a file without any key is taken for: nobody writes one, but a full disk, a mount that is missing or an edit
/// that went wrong leaves one.
enum class Nothing : std::uint8_t { kMeansDefaults, kIsRefused };

std::variant<Config, std::vector<Problem>> read_text(const std::string& text, const std::string& file,
                                                     Nothing nothing) {
  Report report{file, {}};
  if (const auto line = line_of_no_text(text)) {
    report.problems.push_back({file, *line, 1, "is no UTF-8 text: this line has bytes that no text has"});
    return std::move(report.problems);
  }
  // yaml-cpp tells syntax errors by exception; they end here.
  try {
    const YAML::Node root = read_document(text, report);
    if (root.IsNull() && nothing == Nothing::kIsRefused && report.problems.empty()) {
      report.add(YAML::Mark::null_mark(), "has no keys; a server with all defaults needs {} in it");
    }
    Config config = read_root(root, report);
    if (report.problems.empty()) return config;
  } catch (const YAML::Exception& problem) {
    report.add(problem.mark, problem.msg);
  }
  return std::move(report.problems);
}

}  // namespace

std::string Problem::message() const {
  std::string place = file;
  if (line > 0) place += ":" + std::to_string(line) + ":" + std::to_string(column);
  return place + ": " + text;
}

std::variant<Config, std::vector<Problem>> parse_config(const std::string& text, const std::string& file) {
  return read_text(text, file, Nothing::kMeansDefaults);
}

std::variant<Config, std::vector<Problem>> load_config(const std::string& path) {
  const auto text = base::read_regular_file(path);
  if (!text.ok()) {
    return std::vector<Problem>{
        {path, 0, 0, text.error().what.substr(path.size() + 1) + "; see conf/kickoff.yaml for an example"}};
  }
  return read_text(*text, path, Nothing::kIsRefused);
}

}  // namespace app
