#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <vector>

#include "config/config_keys.h"

namespace config {
namespace {

constexpr std::size_t kMostEndpoints = 16;

/// "https://etcd-0.example.com:2379": nothing behind host and port, and no user before them.
Complaint endpoint_fault(const std::string& url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  const bool good = host > 0 && url.size() > host && url.size() <= 512 &&
                    std::all_of(url.begin() + static_cast<std::ptrdiff_t>(host), url.end(), [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
                    });
  return good ? ""
              : " has to be the start of a URL, such as http://etcd-0:2379: http or https, a host, and nothing behind "
                "its port";
}

bool valid_prefix(const std::string& prefix) {
  return prefix.starts_with('/') && !prefix.ends_with('/') && prefix.size() <= 128 &&
         std::all_of(prefix.begin(), prefix.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '/' || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

void declare_etcd(Keys& keys, Config::Etcd& etcd) {
  constexpr Reload kRule = Reload::kRestart;
  keys.texts({"endpoints", kRule,
              "members of the cluster, which are asked in turn, the one that answered last first. Empty: there is none",
              "http://etcd-0:2379"},
             etcd.endpoints, endpoint_fault);
  keys.key({"prefix", kRule, "of all keys; servers that work together have the same"},
           Value::text(etcd.prefix, "a path such as /kickoff, of letters, digits, - _ . and /", valid_prefix));
  keys.key(
      {"certificates", kRule,
       "PEM file of the authorities that sign the members' certificates, or of the certificates themselves. Empty: "
       "those of the system"},
      Value::path(etcd.certificates));
  keys.key({"user", kRule, "that may read and write keys below the prefix; empty: etcd asks for none"},
           Value::text(etcd.user));
  keys.key({"password", kRule, "of that user; better given as KICKOFF_ETCD_PASSWORD"}, Value::text(etcd.password));
}

std::vector<std::string> etcd_faults(const Config& config) {
  const Config::Etcd& etcd = config.etcd;
  std::vector<std::string> found;
  if (etcd.endpoints.size() > kMostEndpoints)
    found.emplace_back("etcd.endpoints has more than 16 members: remove some");
  if (std::set<std::string>(etcd.endpoints.begin(), etcd.endpoints.end()).size() < etcd.endpoints.size())
    found.emplace_back("etcd.endpoints names a member twice");
  if (etcd.prefix.empty()) found.emplace_back("etcd.prefix must not be empty");
  if (etcd.user.empty() != etcd.password.empty())
    found.emplace_back("etcd.user and etcd.password have to be given together");
  for (const auto& [name, entry] : config.channels) {
    if (entry.options.media.anchor == job::Options::Anchor::kPts && etcd.endpoints.empty())
      found.push_back("channels." + name +
                      ".anchor: pts needs etcd.endpoints: servers agree on the source's clock there");
  }
  return found;
}

}  // namespace config
