#include "s3/credentials.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/date.h"
#include "s3/xml.h"

namespace s3 {
namespace {

constexpr base::Micros kMetadataTimeout = 5 * base::kSecond;
constexpr base::Micros kStsTimeout = 20 * base::kSecond;
// Least span for which keys that were got are used, so that keys with a short life are not got for each request.
constexpr base::Micros kLeastUse = 10 * base::kSecond;
constexpr std::size_t kLargestFile = 64 * 1024;
constexpr const char* kMetadata = "http://169.254.169.254";

base::Error no_keys(std::string what) { return {base::Code::kNotFound, std::move(what)}; }

std::string_view stripped(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

base::Result<std::string> read_small_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::Error{base::Code::kSystem, path + " cannot be read"};
  std::string text(kLargestFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestFile) return base::Error{base::Code::kTooLarge, path};
  return text;
}

base::Error failed(const std::string& who, const client::Answer& answer) {
  if (answer.status == 0) return {base::Code::kSystem, who + ": " + answer.error};
  return {base::Code::kDenied, who + " answered " + std::to_string(answer.status)};
}

std::string field(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

base::Result<Keys> parse_credentials_file(std::string_view text, std::string_view profile) {
  Keys keys;
  bool inside = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = stripped(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
    if (line.starts_with('[') && line.ends_with(']')) inside = stripped(line.substr(1, line.size() - 2)) == profile;
    const std::size_t equals = line.find('=');
    if (!inside || line.starts_with('#') || equals == line.npos) continue;
    const std::string_view name = stripped(line.substr(0, equals));
    const std::string value(stripped(line.substr(equals + 1)));
    if (name == "aws_access_key_id") keys.id = value;
    if (name == "aws_secret_access_key") keys.secret = value;
    if (name == "aws_session_token") keys.token = value;
  }
  if (keys.id.empty() || keys.secret.empty())
    return no_keys("profile \"" + std::string(profile) + "\" has no aws_access_key_id and aws_secret_access_key");
  return keys;
}

Credentials::Credentials(Options options, client::Transport& transport)
    : options_(std::move(options)), transport_(transport) {}

std::string Credentials::variable(const char* name) const {
  return options_.variable ? options_.variable(name).value_or("") : "";
}

base::Result<Keys> Credentials::keys(base::Micros utc) {
  if (keys_ && utc < fresh_until_) return *keys_;
  auto fetched = fetch();
  const bool usable = keys_ && keys_->expires > utc && fresh_until_ > 0;
  if (!fetched.ok() && !usable) return fetched.error();
  if (fetched.ok()) keys_ = fetched.take();
  fresh_until_ = keys_->expires == 0 ? utc + kReread : std::max(keys_->expires - kRefresh, utc + kLeastUse);
  return *keys_;
}

Source Credentials::resolve() const {
  if (options_.source != Source::kAuto) return options_.source;
  if (!options_.file.empty()) return Source::kFile;
  if (!variable("AWS_ACCESS_KEY_ID").empty()) return Source::kEnvironment;
  if (!variable("AWS_WEB_IDENTITY_TOKEN_FILE").empty()) return Source::kWebIdentity;
  return variable("AWS_SHARED_CREDENTIALS_FILE").empty() ? Source::kInstance : Source::kFile;
}

base::Result<Keys> Credentials::fetch() const {
  switch (resolve()) {
    case Source::kEnvironment: return from_environment();
    case Source::kWebIdentity: return from_web_identity();
    case Source::kFile: return from_file();
    default: return from_instance();
  }
}

base::Result<Keys> Credentials::from_environment() const {
  Keys keys{variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN")};
  if (keys.id.empty() || keys.secret.empty())
    return no_keys("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set");
  return keys;
}

base::Result<Keys> Credentials::from_file() const {
  const std::string path = options_.file.empty() ? variable("AWS_SHARED_CREDENTIALS_FILE") : options_.file;
  if (path.empty()) return no_keys("no credentials_file is given, and AWS_SHARED_CREDENTIALS_FILE is not set");
  TRY(const std::string text, read_small_file(path));
  const std::string profile = variable("AWS_PROFILE");
  auto keys = parse_credentials_file(text, profile.empty() ? "default" : profile);
  if (!keys.ok()) return no_keys(path + ": " + keys.error().what);
  return keys;
}

/// Spec: EC2, "Use the Instance Metadata Service", version 2.
base::Result<Keys> Credentials::from_instance() const {
  const std::string named = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  const std::string base = named.empty() ? kMetadata : named;
  const auto ask = [&](const std::string& method, const std::string& path, const client::Headers& headers) {
    client::Request request{method, base + path, headers};
    request.timeout = kMetadataTimeout;
    request.direct = true;
    return transport_.perform({request}).front();
  };
  const client::Answer token = ask("PUT", "/latest/api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}});
  if (!token.ok()) return failed("the instance's metadata service", token);
  const client::Headers session{{"x-aws-ec2-metadata-token", token.body}};
  const std::string path = "/latest/meta-data/iam/security-credentials/";
  const client::Answer roles = ask("GET", path, session);
  const std::string role(stripped(roles.body.substr(0, roles.body.find('\n'))));
  if (!roles.ok() || role.empty()) return no_keys("the instance has no role");
  const client::Answer answer = ask("GET", path + encode_value(role), session);
  if (!answer.ok()) return failed("the instance's metadata service", answer);
  const nlohmann::json json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object()) return base::Error{base::Code::kMalformed, "keys of the instance's role"};
  Keys keys{field(json, "AccessKeyId"), field(json, "SecretAccessKey"), field(json, "Token"),
            base::parse_utc(field(json, "Expiration")).value_or(0)};
  if (keys.id.empty() || keys.secret.empty()) return no_keys("the instance's role has no keys");
  return keys;
}

/// Spec: STS, AssumeRoleWithWebIdentity. It is not signed: the token is the proof.
base::Result<Keys> Credentials::from_web_identity() const {
  const std::string path = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  const std::string role = variable("AWS_ROLE_ARN");
  if (path.empty() || role.empty()) return no_keys("AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not both set");
  TRY(const std::string token, read_small_file(path));
  const std::string named = variable("AWS_ROLE_SESSION_NAME");
  const std::string endpoint = variable("AWS_ENDPOINT_URL_STS");
  client::Request request{"POST",
                          (endpoint.empty() ? "https://sts." + options_.region + ".amazonaws.com" : endpoint) + "/"};
  request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  request.timeout = kStsTimeout;
  request.body = base::Bytes::adopt(encode_query({{"Action", "AssumeRoleWithWebIdentity"},
                                                  {"Version", "2011-06-15"},
                                                  {"RoleArn", role},
                                                  {"RoleSessionName", named.empty() ? "kickoff" : named},
                                                  {"WebIdentityToken", std::string(stripped(token))}}));
  const client::Answer answer = transport_.perform({request}).front();
  if (!answer.ok()) {
    const std::string code = text_of_element(answer.body, "Code");
    return code.empty() ? failed("STS", answer) : base::Error{base::Code::kDenied, "STS answered " + code};
  }
  Keys keys{text_of_element(answer.body, "AccessKeyId"), text_of_element(answer.body, "SecretAccessKey"),
            text_of_element(answer.body, "SessionToken"),
            base::parse_utc(text_of_element(answer.body, "Expiration")).value_or(0)};
  if (keys.id.empty() || keys.secret.empty()) return base::Error{base::Code::kMalformed, "keys in the answer of STS"};
  return keys;
}

}  // namespace s3
