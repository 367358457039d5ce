#include "config/config_keys.h"
#include "s3/address.h"

namespace config {

void declare_upload(Keys& keys, Config::Upload& upload) {
  constexpr Reload kRule = Reload::kRestart;
  keys.key(
      {"url", kRule,
       "s3://BUCKET/PREFIX; objects are PREFIX/CHANNEL/index.m3u8 and so on. Empty: the channel is not uploaded. It "
       "needs the journal",
       "s3://match-media/live"},
      Value::text(upload.url));
  keys.key({"endpoint", kRule,
            "of a server that is not Amazon's, such as https://s3.example.com; the bucket is then in the path. Empty: "
            "Amazon's of the region"},
           Value::text(upload.endpoint));
  keys.key({"region", kRule, ""}, Value::text(upload.region));
  using s3::Source;
  keys.key({"credentials", kRule,
            "auto: credentials_file if it is given, else the first that is set up of: environment: AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; web_identity: AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN; file: "
            "AWS_SHARED_CREDENTIALS_FILE; instance: the role of the EC2 instance (IMDSv2)"},
           Value::choice<Source>(upload.source, {{"auto", Source::kAuto},
                                                 {"environment", Source::kEnvironment},
                                                 {"web_identity", Source::kWebIdentity},
                                                 {"file", Source::kFile},
                                                 {"instance", Source::kInstance}}));
  keys.key(
      {"credentials_file", kRule,
       "in the format of the AWS tools; the profile is $AWS_PROFILE, else default. It is read again within a minute "
       "of a change"},
      Value::path(upload.credentials_file));
  using Type = hls::PlaylistType;
  keys.key(
      {"playlist", kRule,
       "window: the channel's window; event: all segments of the session (EXT-X-PLAYLIST-TYPE:EVENT), with which the "
       "playlist grows by 100 bytes a segment and is uploaded whole with each"},
      Value::choice<Type>(upload.type, {{"window", Type::kSliding}, {"event", Type::kEvent}}));
  keys.check([&]() -> std::vector<std::string> {
    if (upload.url.empty()) return {};
    const auto address = s3::parse_address(upload.url, upload.endpoint, upload.region);
    if (address.ok()) return {};
    return {"upload: " + address.error().what};
  });
}

}  // namespace config
