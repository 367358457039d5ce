#include "config/config_keys.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "config/channel_entry.h"
#include "config/feed_sources.h"

namespace config {
namespace {

using base::kMillisecond;
using base::kSecond;

void declare_log(Keys& keys, Config::Log& log) {
  using base::Level;
  using base::LogFormat;
  keys.key({"level", Reload::kRestart, "the least level that is logged"},
           Value::choice<Level>(
               log.level,
               {{"debug", Level::kDebug}, {"info", Level::kInfo}, {"warn", Level::kWarn}, {"error", Level::kError}}));
  keys.key({"format", Reload::kRestart, "auto: text on a terminal, json elsewhere"},
           Value::choice<LogFormat>(
               log.format, {{"auto", LogFormat::kAuto}, {"json", LogFormat::kJson}, {"text", LogFormat::kText}}));
}

bool valid_pathway(const std::string& url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : url.size();
  return url.size() > host && url.back() != '/' && std::all_of(url.begin(), url.end(), [](unsigned char c) {
           return std::isgraph(c) != 0 && c != '"' && c != '?' && c != '#';
         });
}

void declare_admission(Keys& keys, Config::Admission& admission) {
  keys.key({"shed_depth_below", Reload::kAtOnce,
            "percent of headroom below which segments far behind the live edge (DVR, thumbnails) get 503; 0: never"},
           Value::number(admission.shed_depth_below, 0, 90));
  keys.key({"refuse_joins_below", Reload::kAtOnce,
            "percent of headroom below which new sessions get 503 with Retry-After; 0: never"},
           Value::number(admission.refuse_joins_below, 0, 90));
  keys.key({"egress_mbps", Reload::kAtOnce, "Mbit/s that the network line carries; 0: egress is not counted"},
           Value::number(admission.egress_mbps, 0, 10'000'000));
  keys.key({"overflow", Reload::kAtOnce,
            "a CDN, such as https://cdn.example.com, to which the multivariant playlist sends new sessions in place of "
            "a refusal"},
           Value::text(admission.overflow, "the start of a URL without its last /, such as https://cdn.example.com",
                       valid_pathway));
}

void declare_http(Keys& keys, Config::Http& http) {
  keys.key({"listen", Reload::kRestart, "an IP address; \"::\": all of IPv6"}, Value::address(http.listen));
  keys.key({"port", Reload::kRestart, "0: off"}, Value::port(http.port));
  keys.key({"tls_port", Reload::kRestart, "0: off"}, Value::port(http.tls_port));
  keys.key({"loops", Reload::kRestart, "threads that serve; 0: one for each core"}, Value::number(http.loops, 0, 256));
  keys.key({"max_connections", Reload::kRestart,
            "over all loops; more get 503. 0: the descriptor limit less 1024, or less a twentieth if that is more"},
           Value::number(http.max_connections, 0, 10'000'000));
  keys.key(
      {"new_connections_per_address", Reload::kRestart,
       "a second, over all loops, from one address (IPv6: one /64; a carrier's NAT or a CDN is one address too); four "
       "times as many at once after a quiet time; more are closed. Loopback is not limited. 0: no limit"},
      Value::number(http.new_connections_per_address, 0, 1'000'000));
  keys.key({"half_open_per_address", Reload::kRestart,
            "connections of one address, over all loops, that have not sent a whole request yet; one more closes the "
            "oldest of them. Loopback is not limited. 0: no limit"},
           Value::number(http.half_open_per_address, 0, 1'000'000));
  keys.key({"certificate", Reload::kAtOnce,
            "PEM file of the TLS certificate and its chain. Empty: a self-signed one, made at the first start and kept "
            "in the state directory"},
           Value::path(http.certificate));
  keys.key({"key", Reload::kAtOnce, "PEM file of its key, not encrypted. Both or none"}, Value::path(http.key));
  keys.section("admission",
               "If headroom runs out, viewers that are already watching are protected. Headroom is what is left of the "
               "scarcest of a loop's time, connections, memory and egress (kickoff_headroom_ratio).",
               [&](Keys& in) { declare_admission(in, http.admission); });
  keys.section(
      "origin_lock",
      "Answers a CDN alone, all others with 403. Open while there are no secrets and no client_ca. It holds for "
      "the player's pages too.",
      [&](Keys& in) { declare_origin_lock(in, http.origin_lock); });
  keys.section("tokens",
               "Which JSON Web Tokens are good for channels with `tokens: required`. A viewer shows one at the "
               "beginning of the path (/t/TOKEN/live/NAME/index.m3u8), in Authorization: Bearer, or in a cookie.",
               [&](Keys& in) { declare_tokens(in, http.tokens); });
}

void declare_rtmp(Keys& keys, Config::Rtmp& rtmp) {
  keys.key({"listen", Reload::kRestart, "an IP address; \"::\": all of IPv6"}, Value::address(rtmp.listen));
  keys.key({"port", Reload::kRestart, "0: off"}, Value::port(rtmp.port));
  keys.key({"tls_port", Reload::kRestart, "RTMPS; 0: off"}, Value::port(rtmp.tls_port));
}

void declare_srt(Keys& keys, Config::Srt& srt) {
  keys.key({"listen", Reload::kRestart, "an IP address; \"::\": all of IPv6"}, Value::address(srt.listen));
  keys.key({"port", Reload::kRestart, "UDP; 0: off"}, Value::port(srt.port));
  keys.key({"latency", Reload::kRestart, "the larger of this and the sender's holds"},
           Value::duration(srt.latency, 20 * kMillisecond, 4 * kSecond));
  keys.key({"max_reorder", Reload::kRestart,
            "packets out of order that are waited for before a retransmission is requested"},
           Value::number(srt.max_reorder, 0, 10'000));
  keys.key({"max_mbps", Reload::kRestart, "Mbit/s of the fastest feed: receive buffers are sized for it"},
           Value::number(srt.max_mbps, 1, 1000));
  keys.key(
      {"publish_without_mode", Reload::kNextPublisher, "true: callers whose stream id lacks m=publish may publish too"},
      Value::flag(srt.publish_without_mode));
}

void declare_limits(Keys& keys, Config::Limits& limits) {
  keys.key({"channels", Reload::kNextPublisher, "at a time; each has a worker process while it is live"},
           Value::number(limits.channels.channels, 1, 10'000));
  keys.key(
      {"channels_per_address", Reload::kNextPublisher, "of these, last published to from one address (IPv6: one /64)"},
      Value::number(limits.channels.channels_per_address, 1, 10'000));
  keys.key({"new_channels_per_second", Reload::kNextPublisher,
            "from one address; four times as many at once after a quiet time"},
           Value::number(limits.channels.new_per_second, 1, 1000));
  keys.key(
      {"cpu_reserve", Reload::kNextPublisher,
       "percent of the CPU that has to be left when a further channel with a ladder has come, by what those that "
       "run were measured to take; else beyond_cpu_reserve says what becomes of it, unless its priority is high; 0: "
       "not limited"},
      Value::number(limits.channels.cpu_reserve, 0, 90));
  using Beyond = channel::Limits::BeyondReserve;
  keys.key(
      {"beyond_cpu_reserve", Reload::kNextPublisher,
       "refuse: a channel that would leave less than cpu_reserve is refused; smaller_ladder: it is started without "
       "its largest rungs, and refused only if its smallest would leave less too. They stay out until it ends"},
      Value::choice<Beyond>(limits.channels.beyond_cpu_reserve,
                            {{"refuse", Beyond::kRefuse}, {"smaller_ladder", Beyond::kSmallerLadder}}));
  keys.key({"publishes_per_connection", Reload::kNextPublisher,
            "over RTMP, of any channel: so many at once and one more every 10 s; a connection that publishes more "
            "often is ended"},
           Value::number(limits.publishes_per_connection, 1, 1000));
  keys.key({"worker_memory", Reload::kNextWorker,
            "that the worker of a channel may allocate (kickoff_worker_data_bytes; more than is resident). One that "
            "reaches it ends, and another continues from where the log stands. 0: no limit"},
           Value::memory(limits.worker_memory, 256));
}

/// Without a journal a window is all in memory.
std::vector<std::string> window_faults(const Config& config) {
  std::vector<std::string> found;
  for (const auto& [name, entry] : config.channels) {
    if (config.journal.enabled || entry.options.window <= channel::kLongestInMemory) continue;
    found.push_back("channels." + name +
                    ".window is longer than an hour, which needs the journal: without it all of the window would be "
                    "in memory (1.8 GB an hour at 4 Mbit/s)");
  }
  return found;
}

/// It is the journal that is uploaded.
std::vector<std::string> upload_faults(const Config& config) {
  std::vector<std::string> found;
  for (const auto& [name, entry] : config.channels) {
    if (!config.journal.enabled && !entry.upload.url.empty())
      found.push_back("channels." + name + ".upload needs the journal, which is switched off (journal.enabled)");
  }
  return found;
}

void declare_journal(Keys& keys, Config::Journal& journal) {
  keys.key({"enabled", Reload::kRestart, "false: a channel whose server is killed begins anew"},
           Value::flag(journal.enabled));
  keys.key({"directory", Reload::kRestart,
            "of one server alone, on a disk that takes what all channels publish. Empty: \"journal\" in the state "
            "directory"},
           Value::path(journal.directory));
  keys.key({"keep", Reload::kRestart, "how long media is kept; 0s: for as long as a restart needs it"},
           Value::duration(journal.keep, 0, 30 * 24 * 3600 * kSecond));
  keys.key({"channel_bytes", Reload::kRestart,
            "that the files of one channel may take; the oldest are deleted beyond that, but not the newest, nor "
            "what the window of a channel needs that does not keep all of it in memory. 0: no limit"},
           Value::memory(journal.channel_bytes, 256));
}

void declare_events(Keys& keys, Config::Events& events) {
  keys.key({"enabled", Reload::kRestart, "false: a restart forgets all events"}, Value::flag(events.enabled));
  keys.key({"keep", Reload::kRestart, "how long files are kept after they were last written"},
           Value::duration(events.keep, 3600 * kSecond, 366 * 24 * 3600 * kSecond));
  keys.key(
      {"bytes", Reload::kRestart, "that all files together may take; the oldest are deleted beyond that. 0: no limit"},
      Value::memory(events.bytes, 1));
}

void declare_alarms(Keys& keys, Config::Alarms& alarms) {
  keys.key({"raise_after", Reload::kAtOnce, "an alarm is set once its condition has lasted for so long"},
           Value::duration(alarms.raise_after, 0, 600 * kSecond));
  keys.key({"clear_after", Reload::kAtOnce,
            "and cleared once its condition has been over for so long: one that comes and goes is one alarm"},
           Value::duration(alarms.clear_after, 0, 3600 * kSecond));
  keys.key({"runbook", Reload::kAtOnce, "address of the runbook, which alarms link to a section of"},
           Value::text(alarms.runbook));
}

void declare_channels(Keys& keys, std::map<std::string, Config::Channel>& channels) {
  Entries entries;
  for (const auto& [name, channel] : channels) entries.names.push_back(name);
  entries.check = channel_name_complaint;
  entries.entry = [&](Keys& in, const std::string& name) { declare_channel(in, channels[name]); };
  keys.entries({"channels", Reload::kAtOnce,
                "By name; \"*\" is for every channel without an entry of its own: anything published under live/. "
                "Without \"*\" no other name may publish. Variables of \"*\" begin with KICKOFF_CHANNELS_DEFAULT_."},
               entries);
}

// Two listeners of TCP on one port: the second would not start.
std::vector<std::string> port_conflicts(const Config& config) {
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
  std::vector<std::string> found;
  for (const Listener* second = std::begin(listeners); second != std::end(listeners); ++second) {
    for (const Listener* first = std::begin(listeners); first != second; ++first) {
      const bool meet = first->address == second->address || any(first->address) || any(second->address);
      if (first->port == 0 || first->port != second->port || !meet) continue;
      found.push_back(std::string(second->key) + " is " + std::to_string(second->port) + ", which " + first->key +
                      " has already; give one of them another port");
    }
  }
  return found;
}

}  // namespace

void declare_keys(Keys& keys, Config& config) {
  keys.section("log", "", [&](Keys& in) { declare_log(in, config.log); });
  keys.key({"state_directory", Reload::kAtOnce,
            "what has to outlast a restart: the self-signed certificate, the journal, events. Empty: the first of "
            "$STATE_DIRECTORY "
            "(systemd), else \"state\" beside this file"},
           Value::path(config.state_directory));
  keys.key({"web_directory", Reload::kRestart, "the pages' files. Empty: those of the installation"},
           Value::path(config.web_directory));
  keys.key({"end_channels_on_stop", Reload::kAtOnce,
            "true: a stop ends every playlist; false: players wait for the server to come back"},
           Value::flag(config.end_channels_on_stop));
  keys.key(
      {"drain", Reload::kAtOnce,
       "how long a stop (SIGTERM) waits while /readyz fails and all else goes on, so that load balancers leave first; "
       "a second signal ends the wait and the server"},
      Value::duration(config.drain, 0, 300 * kSecond));
  keys.section("http", "Viewers and CDN: HTTP/1.1 and HTTP/2 (prior knowledge), and TLS 1.2 and 1.3 with ALPN.",
               [&](Keys& in) { declare_http(in, config.http); });
  keys.section("admin", "Metrics, health and the API. Not for the public.",
               [&](Keys& in) { declare_admin(in, config.admin); });
  keys.section("rtmp", "", [&](Keys& in) { declare_rtmp(in, config.rtmp); });
  keys.section("srt", "", [&](Keys& in) { declare_srt(in, config.srt); });
  keys.section(
      "limits",
      "What publishers may take. The first three limits are for channels that only \"*\" admits, not for those "
      "with an entry of their own below, and the two limits of an address do not count "
      "loopback. A refused publisher receives the reason; kickoff_publishes_limited_total counts it by limit.",
      [&](Keys& in) { declare_limits(in, config.limits); });
  keys.section("journal",
               "What channels publish, on disk: a server that was killed and is started again serves the same window "
               "at once, and holds the last picture until the encoder is back. Live output never waits for it.",
               [&](Keys& in) { declare_journal(in, config.journal); });
  keys.section(
      "events",
      "The event log on disk, in \"events\" of the state directory: JSON lines, a CloudEvent each. What is in it "
      "outlasts a restart, and is read and sent as before; see docs/events.md.",
      [&](Keys& in) { declare_events(in, config.events); });
  keys.section(
      "alarms",
      "What is wrong now, made of the events that are raised and cleared: /api/v1/alarms, the operations page, "
      "kickoff_alarms. An operator can silence them; see docs/events.md.",
      [&](Keys& in) { declare_alarms(in, config.alarms); });
  declare_webhooks(keys, config.webhooks);
  keys.section(
      "publish_hook",
      "A program that is asked by HTTP POST whether a publisher with the right key may publish, over RTMP and SRT: "
      "docs/publish_hook.md.",
      [&](Keys& in) { declare_publish_hook(in, config.publish_hook); });
  keys.section("relay",
               "Gives channels to edges, at /relay/v1/ on the viewers' ports: a CDN must not forward that path. Off "
               "while there are no secrets.",
               [&](Keys& in) { declare_relay(in, config.relay); });
  keys.section("edge",
               "A server that gets channels from others when viewers ask for them, and serves the same URLs and bytes. "
               "It takes no feeds, and keeps no media on disk. It needs relay.secrets.",
               [&](Keys& in) { declare_edge(in, config.edge); });
  keys.section(
      "etcd",
      "Where several servers of the same feeds agree on what they have to have in common: the clocks of sources "
      "(anchor: pts); and where edges find origins (relay.announce, edge.discover). Nothing that runs waits for it.",
      [&](Keys& in) { declare_etcd(in, config.etcd); });
  declare_channels(keys, config.channels);
  keys.check([&] { return faults_of(config); });
}

std::vector<std::string> faults_of(const Config& config) {
  std::vector<std::string> found = port_conflicts(config);
  for (std::string& conflict : source_conflicts(config)) found.push_back(std::move(conflict));
  for (std::string& fault : window_faults(config)) found.push_back(std::move(fault));
  for (std::string& fault : upload_faults(config)) found.push_back(std::move(fault));
  for (std::string& fault : token_faults(config)) found.push_back(std::move(fault));
  for (std::string& fault : edge_faults(config)) found.push_back(std::move(fault));
  for (std::string& fault : etcd_faults(config)) found.push_back(std::move(fault));
  if (!config.http.origin_lock.client_ca.empty() && config.http.tls_port == 0)
    found.emplace_back("http.origin_lock.client_ca needs http.tls_port: certificates are shown over TLS");
  if (config.http.origin_lock.header.empty() && !config.http.origin_lock.secrets.empty())
    found.emplace_back("http.origin_lock.secrets need a header that they are in");
  if (config.http.certificate.empty() != config.http.key.empty())
    found.emplace_back("http.certificate and http.key have to be given together");
  return found;
}

Complaint channel_name_complaint(const std::string& name) {
  if (name == "*" || valid_name(name, 64)) return "";
  return "channel name \"" + name + "\": only letters, digits, - and _, at most 64; or * for all others";
}

}  // namespace config
