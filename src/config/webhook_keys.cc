#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "config/config_keys.h"
#include "config/secrets.h"

namespace config {
namespace {

using base::kSecond;

// Each has a queue of its own.
constexpr std::size_t kMostWebhooks = 32;
constexpr std::size_t kMostSecrets = 4;

bool valid_receiver(const std::string& url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : url.size();
  return url.size() > host && url[host] != '/' && url.size() <= 2000 && url.find('#') == std::string::npos &&
         std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > ' ' && c < 0x7F; });
}

/// The URL is not in a message: it may be the receiver's secret.
Value receiver(std::string& url) {
  Value value = Value::text(url);
  value.wanted = "the URL of a receiver, such as https://hooks.example.com/kickoff, without blanks and #";
  value.read = [&url, wanted = value.wanted](const std::string& text) -> Complaint {
    if (!valid_receiver(text)) return " has to be " + wanted;
    url = text;
    return "";
  };
  return value;
}

Value optional_receiver(std::string& url) {
  Value value = receiver(url);
  value.read = [&url, read = value.read](const std::string& text) -> Complaint {
    if (!text.empty()) return read(text);
    url.clear();
    return "";
  };
  return value;
}

Complaint type_fault(const std::string& type) {
  for (const events::Type known : events::kTypes) {
    const std::string_view name = events::to_string(known);
    if (!type.empty() && (name.starts_with(type) || name.substr(events::kPrefix.size()).starts_with(type))) return "";
  }
  return not_wanted("the beginning of a type of docs/events.md, such as outage or feed.", type);
}

/// What a file says of one webhook.
struct GivenWebhook {
  webhook::Endpoint endpoint;
  std::vector<std::string> secrets;
};

std::vector<std::string> faults_of(const GivenWebhook& given) {
  std::vector<std::string> found;
  if (!valid_name(given.endpoint.name, 64))
    found.emplace_back("a webhook needs a name of letters, digits, - and _, at most 64: it is what the API calls it");
  if (given.endpoint.url.empty()) found.emplace_back("a webhook needs a url");
  if (given.secrets.size() > kMostSecrets)
    found.emplace_back("a webhook has at most " + std::to_string(kMostSecrets) + " secrets: take out the old ones");
  return found;
}

Complaint webhook_secret_fault(const std::string& text) {
  const auto parsed = webhook::parse_secret(text);
  return parsed.ok() ? "" : " " + parsed.error().what;
}

void declare_webhook(Keys& keys, GivenWebhook& given) {
  constexpr Reload kRule = Reload::kAtOnce;
  webhook::Endpoint& endpoint = given.endpoint;
  keys.key({"name", kRule, "what metrics and the API call it: letters, digits, - and _"}, Value::text(endpoint.name));
  keys.key({"url", kRule, "http or https; redirects are not followed", "https://hooks.example.com/kickoff"},
           receiver(endpoint.url));
  declare_secrets(keys,
                  {{"secrets", kRule,
                    "each signs: put the next one in beside the old, change the receiver, take the old one out. Made "
                    "by: echo \"whsec_$(openssl rand -base64 32)\""},
                   {"secret_env", kRule, "an environment variable with more of them, separated by commas",
                    "KICKOFF_WEBHOOK_SECRET"},
                   {"secret_file", kRule, "a file with more of them, one a line", "/run/secrets/kickoff-webhook"}},
                  "secret", given.secrets, webhook_secret_fault);
  keys.texts({"types", kRule, "only types that begin so, such as outage or feed.; none: all"}, endpoint.types,
             type_fault);
  keys.key({"timeout", kRule, "of an attempt"}, Value::duration(endpoint.timeout, kSecond, 60 * kSecond));
  keys.key({"give_up_after", kRule, "for how long an event is tried before it is a dead letter"},
           Value::duration(endpoint.give_up_after, 60 * kSecond, 24 * 3600 * kSecond));
  keys.check([&] { return faults_of(given); });
}

/// Puts the bytes of the secrets into the settings.
std::vector<std::string> take_secrets(Config::PublishHook& hook) {
  if (hook.secrets.size() > kMostSecrets)
    return {"there are more than " + std::to_string(kMostSecrets) + " secrets: take out the old ones"};
  hook.settings.secrets.clear();
  for (const std::string& secret : hook.secrets) {
    auto parsed = webhook::parse_secret(secret);
    if (parsed.ok()) hook.settings.secrets.push_back(parsed.take());
  }
  return {};
}

}  // namespace

void declare_publish_hook(Keys& keys, Config::PublishHook& hook) {
  constexpr Reload kRule = Reload::kAtOnce;
  webhook::AdmissionSettings& settings = hook.settings;
  keys.key({"url", kRule, "http or https; redirects are not followed. Empty: nobody is asked",
            "https://rights.example.com/kickoff"},
           optional_receiver(settings.url));
  declare_secrets(keys,
                  {{"secrets", kRule, "each signs, as those of webhooks do; none: the question is not signed"},
                   {"secret_env", kRule, "an environment variable with more of them, separated by commas",
                    "KICKOFF_PUBLISH_HOOK_SECRET"},
                   {"secret_file", kRule, "a file with more of them, one a line", "/run/secrets/kickoff-publish-hook"}},
                  "secret", hook.secrets, webhook_secret_fault);
  keys.key({"timeout", kRule, "how long a publisher waits for the answer"},
           Value::duration(settings.timeout, 100 * base::kMillisecond, 5 * kSecond));
  keys.key({"on_timeout", kRule, "what happens without an answer in time, or with one that is not understood"},
           Value::choice<bool>(settings.allow_on_timeout, {{"deny", false}, {"allow", true}}));
  keys.key({"cache", kRule,
            "how long an answer is kept for the same channel, feed, protocol, address and key; 0s: each publisher is "
            "asked about"},
           Value::duration(settings.cache, 0, 3600 * kSecond));
  keys.check([&hook] { return take_secrets(hook); });
}

void declare_webhooks(Keys& keys, std::vector<webhook::Endpoint>& webhooks) {
  Items items;
  items.item = [&webhooks](Keys& in) {
    GivenWebhook given;
    declare_webhook(in, given);
    in.check([&]() -> std::vector<std::string> {
      const std::string& name = given.endpoint.name;
      const bool taken = std::any_of(webhooks.begin(), webhooks.end(),
                                     [&](const webhook::Endpoint& other) { return other.name == name; });
      if (taken) return {"two webhooks are named \"" + name + "\"; give one of them another name"};
      if (webhooks.size() == kMostWebhooks) return {"there are more than " + std::to_string(kMostWebhooks)};
      return {};
    });
    for (const std::string& secret : given.secrets) {
      auto parsed = webhook::parse_secret(secret);
      if (parsed.ok()) given.endpoint.secrets.push_back(parsed.take());
    }
    webhooks.push_back(std::move(given.endpoint));
  };
  items.sample = [](Keys& in) {
    GivenWebhook given;
    given.endpoint.name = "operations";
    declare_webhook(in, given);
  };
  keys.items({"webhooks", Reload::kAtOnce,
              "Programs that get events by HTTP POST, signed as the Standard Webhooks specification says: "
              "docs/events.md."},
             items);
}

}  // namespace config
