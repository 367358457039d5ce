#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "client/transport.h"
#include "s3/signature.h"

namespace s3 {

/// Where keys come from.
enum class Source : std::uint8_t {
  kAuto,  ///< the file if one is named, else the first of the others, in this order, for which something is set up
  kEnvironment,  ///< AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
  kWebIdentity,  ///< AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_SESSION_NAME: a role by a token of Kubernetes
  kFile,         ///< the file that is named, else AWS_SHARED_CREDENTIALS_FILE; its profile AWS_PROFILE, else "default"
  kInstance,     ///< the role of the EC2 instance, by its metadata service (version 2)
};

/// Gives keys, and new ones before they expire. Waits for files and for the network. Thread: one.
class Credentials {
 public:
  /// How long before they expire temporary keys are replaced.
  static constexpr base::Micros kRefresh = 300 * base::kSecond;
  /// How old keys of a file may be when they are used, so that a changed file is noticed.
  static constexpr base::Micros kReread = 60 * base::kSecond;

  struct Options {
    Source source = Source::kAuto;
    std::string file;    ///< empty: none is named
    std::string region;  ///< whose STS is asked
    /// A variable of the environment; nothing where it is not set. Null: none are.
    std::function<std::optional<std::string>(const char* name)> variable = {};
  };

  /// `transport` outlives this.
  Credentials(Options options, client::Transport& transport);

  /// Keys that are good at that time. While new ones cannot be had the old ones are given as long as they last.
  /// Errors: kNotFound, kMalformed, kDenied, kSystem: why there are none.
  base::Result<Keys> keys(base::Micros utc);
  /// A server has refused the keys: the next call gets new ones.
  void refused() { fresh_until_ = 0; }

 private:
  std::string variable(const char* name) const;
  Source resolve() const;
  base::Result<Keys> fetch() const;
  base::Result<Keys> from_environment() const;
  base::Result<Keys> from_file() const;
  base::Result<Keys> from_instance() const;
  base::Result<Keys> from_web_identity() const;

  const Options options_;
  client::Transport& transport_;
  std::optional<Keys> keys_;
  base::Micros fresh_until_ = 0;  ///< UTC
};

/// Keys of a profile in a file of the AWS tools ("[default]", "aws_access_key_id = …"). Errors: kNotFound.
base::Result<Keys> parse_credentials_file(std::string_view text, std::string_view profile);

}  // namespace s3
