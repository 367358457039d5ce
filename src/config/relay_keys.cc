#include <algorithm>
#include <set>

#include "config/config_keys.h"
#include "config/secrets.h"
#include "registry/announced_origin.h"

namespace config {
namespace {

constexpr std::size_t kMostOrigins = 16;

Complaint relay_secret_fault(const std::string& secret) {
  const bool good = secret.size() >= 16 && secret.size() <= 512 &&
                    std::all_of(secret.begin(), secret.end(), [](unsigned char c) { return c > ' ' && c < 0x7F; });
  return good ? "" : " has to be of 16 to 512 visible ASCII characters without blanks, as a header carries them";
}

Complaint origin_fault(const std::string& url) {
  return registry::is_origin_url(url) ? ""
                                      : " has to be the start of a URL, such as https://origin.example.com:8443: http "
                                        "or https, a host, and nothing behind its port";
}

bool good_announcement(const std::string& url) { return registry::is_origin_url(url); }

}  // namespace

void declare_relay(Keys& keys, Config::Relay& relay) {
  constexpr Reload kRule = Reload::kRestart;
  declare_secrets(keys,
                  {{"secrets", kRule, "any of them admits an edge; as an edge this server shows the first"},
                   {"secrets_env", kRule, "an environment variable with more of them, separated by commas",
                    "KICKOFF_RELAY_SECRETS"},
                   {"secrets_file", kRule, "a file with more of them, one a line", "/run/secrets/kickoff-relay"}},
                  "secret", relay.secrets, relay_secret_fault);
  keys.key(
      {"announce", kRule,
       "the URL at which edges reach this server, which they find in etcd (edge.discover) while it runs: until it "
       "drains or stops, and for 10 s after a kill. Empty: they do not find it",
       "https://origin-0.example.com:8443"},
      Value::text(relay.announce, "the start of a URL, such as https://origin-0.example.com:8443", good_announcement));
}

void declare_edge(Keys& keys, Config::Edge& edge) {
  constexpr Reload kRule = Reload::kRestart;
  keys.texts(
      {"origins", kRule,
       "servers that are asked for channels, the first one that can be reached first. Empty, and without discover: "
       "this server is no edge",
       "https://origin.example.com:8443"},
      edge.origins, origin_fault);
  keys.key({"discover", kRule,
            "true: servers that announce themselves in etcd (relay.announce, etcd.endpoints) are asked as well, those "
            "first that have the channel; they come and go without a restart"},
           Value::flag(edge.discover));
  keys.key(
      {"certificates", kRule,
       "PEM file of the authorities that sign the origins' certificates, or of the certificates themselves. Empty: "
       "those of the system"},
      Value::path(edge.certificates));
  keys.key({"window", kRule,
            "longest window of a channel here, all of it in memory: of an origin's longer one the newest part, and "
            "nothing of its journal"},
           Value::duration(edge.window, 12 * base::kSecond, 4 * 3600 * base::kSecond));
}

namespace {

std::vector<std::string> announcement_faults(const Config& config) {
  std::vector<std::string> found;
  if (config.relay.announce.empty()) return found;
  if (config.edge.used()) found.emplace_back("relay.announce: an edge announces nothing, edges find origins alone");
  if (config.relay.secrets.empty()) found.emplace_back("relay.announce needs relay.secrets: edges show one of them");
  if (config.etcd.endpoints.empty()) found.emplace_back("relay.announce needs etcd.endpoints: edges look there");
  return found;
}

}  // namespace

std::vector<std::string> edge_faults(const Config& config) {
  std::vector<std::string> found = announcement_faults(config);
  if (!config.edge.used()) return found;
  const std::vector<std::string>& origins = config.edge.origins;
  const std::string key = config.edge.discover ? "edge.discover" : "edge.origins";
  if (config.relay.secrets.empty()) found.push_back(key + " needs relay.secrets: one that the origins have in theirs");
  if (config.edge.discover && config.etcd.endpoints.empty())
    found.emplace_back("edge.discover needs etcd.endpoints: origins are announced there");
  if (origins.size() > kMostOrigins) found.emplace_back("edge.origins has more than 16 servers: remove some");
  if (std::set<std::string>(origins.begin(), origins.end()).size() < origins.size())
    found.emplace_back("edge.origins names a server twice");
  if (!config.publish_hook.settings.url.empty())
    found.emplace_back("publish_hook.url: an edge (edge.origins) takes no feeds");
  for (const auto& [name, entry] : config.channels) {
    const bool pulls = std::any_of(entry.sources.begin(), entry.sources.end(),
                                   [](const Config::FeedSource& source) { return !source.url.empty(); });
    if (pulls) found.push_back("channels." + name + ".feeds: an edge (" + key + ") takes no feeds");
    if (!entry.upload.url.empty())
      found.push_back("channels." + name + ".upload: an edge (" + key + ") uploads nothing");
  }
  return found;
}

}  // namespace config
