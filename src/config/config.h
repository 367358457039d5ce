#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/tokens.h"
#include "base/log.h"
#include "channel/limits.h"
#include "channel/options.h"
#include "config/environment.h"
#include "feed/message.h"
#include "hls/media_playlist.h"
#include "ingest/pull_source.h"
#include "s3/credentials.h"
#include "tokens/claims.h"
#include "tokens/keys.h"
#include "tokens/signed_policy.h"
#include "webhook/admission.h"
#include "webhook/hook.h"

namespace config {

/// The whole configuration, with its defaults. Each key is declared in config_keys.cc; conf/kickoff.yaml is generated
/// from that.
struct Config {
  struct Log {
    base::Level level = base::Level::kInfo;
    base::LogFormat format = base::LogFormat::kAuto;
  };
  /// Shedding load to protect who is watching; see serve::Admission.
  struct Admission {
    int shed_depth_below = 15;   ///< headroom. Units: percent.
    int refuse_joins_below = 5;  ///< headroom. Units: percent.
    int egress_mbps = 0;         ///< what the line carries; 0: not counted
    std::string overflow;        ///< URL of a CDN pathway that takes joins in place of a refusal
  };
  /// See serve::OriginLock.
  struct OriginLock {
    std::string header = "X-Origin-Verify";
    std::vector<std::string> secrets;
    std::string client_ca;  ///< PEM file; empty: none
  };
  /// Viewers' tokens; see serve::TokenPolicy.
  struct Tokens {
    std::vector<std::string> algorithms{"ES256"};
    std::vector<std::string> keys;  ///< JSON Web Keys, some of them secrets
    std::string jwks_file;
    std::string jwks_url;
    std::vector<std::string> issuers;
    std::vector<std::string> audiences;
    base::Micros leeway = 30 * base::kSecond;
    std::string cookie = "kickoff_token";
    std::vector<std::string> signer_keys;  ///< "ID=FILE"
    std::vector<std::string> signer_urls;
    tokens::KeySet set;                              ///< of `keys` and `jwks_file`
    std::shared_ptr<const tokens::Signers> signers;  ///< of `signer_keys` and `signer_urls`; null: none
  };
  struct Http {
    std::string listen = "0.0.0.0";
    std::uint16_t port = 8080;
    std::uint16_t tls_port = 8443;
    int loops = 0;                           ///< 0: one a core
    int max_connections = 0;                 ///< over all loops; 0: the descriptor limit less 1024 or a twentieth
    int new_connections_per_address = 1000;  ///< a second, over all loops; 0: no limit
    int half_open_per_address = 256;         ///< at a time, likewise
    std::string certificate;                 ///< PEM; empty: self-signed, kept in the state directory
    std::string key;
    Admission admission;
    OriginLock origin_lock;
    Tokens tokens;
  };
  struct Admin {
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8081;
    std::vector<std::string> hosts;  ///< names that it goes by; see api::HostRule
    std::vector<api::Token> tokens;
  };
  struct Rtmp {
    std::string listen = "0.0.0.0";
    std::uint16_t port = 1935;      ///< 0: off
    std::uint16_t tls_port = 1936;  ///< 0: off
  };
  struct Srt {
    std::string listen = "0.0.0.0";
    std::uint16_t port = 9000;  ///< 0: off
    base::Micros latency = 120 * base::kMillisecond;
    int max_reorder = 0;                ///< SRTO_LOSSMAXTTL. Units: packets.
    int max_mbps = 40;                  ///< receive buffers are sized for it (SR-14)
    bool publish_without_mode = false;  ///< accept callers whose stream id lacks m=publish (SR-3)
  };
  /// What publishers may take of the server; see channel::Admission and ingest::PublishRate.
  struct Limits {
    channel::Limits channels;  ///< those without an entry in `channels`
    int publishes_per_connection = 8;
    std::uint64_t worker_memory = std::uint64_t{4} << 30;  ///< see job::Options::memory
  };
  /// Where the server gets a feed by itself.
  struct FeedSource {
    std::string url;                           ///< may hold a passphrase and a key; empty: the feed is published
    std::optional<ingest::PullSource> parsed;  ///< the same, read
  };
  /// Where a channel is uploaded to while it is live; see upload::Uploads.
  struct Upload {
    std::string url;  ///< s3://BUCKET/PREFIX; empty: nowhere
    std::string endpoint;
    std::string region = "us-east-1";
    s3::Source source = s3::Source::kAuto;
    std::string credentials_file;
    hls::PlaylistType type = hls::PlaylistType::kSliding;
  };
  /// One entry of `channels`; SRT's own settings beside what channel/ knows.
  struct Channel {
    channel::Options options;
    std::array<FeedSource, feed::kIds.size()> sources;  ///< by feed::index()
    std::string slate;                                  ///< path of the file that options.media.slate was read from
    std::string slate_font;                             ///< likewise, of slate_font; empty: default_font()
    std::string srt_passphrase;
    int srt_key_length = 0;        ///< Units: bytes: 16, 24, 32; 0: the caller chooses (SR-10)
    base::Micros srt_latency = 0;  ///< 0: that of the listener
    Upload upload;
    bool tokens = false;                 ///< only bearers of a token see it
    std::vector<std::string> srt_allow;  ///< networks that may publish over SRT; none: all (SR-23)
  };

  /// Where channels' logs are kept on disk; see archive::JournalWriter.
  struct Journal {
    bool enabled = true;
    std::string directory;                                 ///< empty: "journal" in the state directory
    base::Micros keep = 0;                                 ///< 0: what a restart needs
    std::uint64_t channel_bytes = std::uint64_t{4} << 30;  ///< 0: no limit
  };

  /// What is kept of the event log on disk; see events::LogWriter.
  struct Events {
    bool enabled = true;
    base::Micros keep = 30 * 24 * 3600 * base::kSecond;
    std::uint64_t bytes = std::uint64_t{64} << 20;  ///< 0: no limit
  };

  /// What alarms wait for: see events::Alarms.
  struct Alarms {
    base::Micros raise_after = 2 * base::kSecond;
    base::Micros clear_after = 15 * base::kSecond;
    std::string runbook = "docs/runbook.md";
  };

  /// Who may get channels' logs: see serve::RelayStreams.
  struct Relay {
    std::vector<std::string> secrets;  ///< none: nobody
    std::string announce;              ///< URL that edges find in etcd; empty: they do not
  };
  /// Where an edge gets channels: see relay::Edge.
  struct Edge {
    std::vector<std::string> origins;  ///< URLs
    bool discover = false;             ///< origins that are announced in etcd, too
    std::string certificates;          ///< PEM file; empty: those of the system
    base::Micros window = 300 * base::kSecond;

    /// Whether the server is an edge.
    bool used() const { return discover || !origins.empty(); }
  };

  /// A program of the operator's that is asked whether somebody may publish: see webhook::AdmissionHook.
  struct PublishHook {
    webhook::AdmissionSettings settings;  ///< without a url: nobody is asked
    std::vector<std::string> secrets;     ///< the texts of those in `settings`
  };

  /// What servers agree on with each other: see registry::Registry.
  struct Etcd {
    std::vector<std::string> endpoints;  ///< URLs; none: there is none
    std::string prefix = "/kickoff";
    std::string certificates;  ///< PEM file; empty: those of the system
    std::string user;          ///< empty: without
    std::string password;
  };

  Log log;
  std::string state_directory;  ///< never empty once read: see load_config()
  std::string web_directory;    ///< likewise
  /// A stop ends every playlist (EXT-X-ENDLIST). Off: players wait for the server to come back (OP-3).
  bool end_channels_on_stop = false;
  base::Micros drain = 0;  ///< how long a stop answers everything, and is not ready, before it begins
  Http http;
  Admin admin;
  Rtmp rtmp;
  Srt srt;
  Limits limits;
  Journal journal;
  std::vector<webhook::Endpoint> webhooks;
  PublishHook publish_hook;
  Relay relay;
  Edge edge;
  Etcd etcd;
  /// By name; "*" is for every name without an entry of its own. Never empty.
  std::map<std::string, Channel> channels;

  /// Warnings about a configuration that is accepted: environment variables that set nothing. Sentences.
  std::vector<std::string> warnings;

  Events events;
  Alarms alarms;
};

/// Directory of the journal.
std::string journal_directory(const Config& config);

/// "conf" of "conf/kickoff.yaml", which relative paths of that file are relative to; empty where there is no slash.
std::string directory_of(const std::string& path);

/// Something wrong in a configuration file, with its place: "kickoff.yaml:12:3: unknown key …".
struct Problem {
  std::string file;
  int line = 0;    ///< from 1; 0 where no place applies
  int column = 0;  ///< from 1
  std::string text;

  std::string message() const;
};

/// Reads and checks a configuration; all problems are returned together. Values in `environment` replace those of
/// the file; keys given as `keys_env` and `keys_file`, and tokens given as `file`, are read here. A state directory
/// that is not given is the first of $STATE_DIRECTORY, else "state" in the directory of the file; a web directory that
/// is not given is that of the installation. Blocks on files: not for a loop's thread.
std::variant<Config, std::vector<Problem>> load_config(const std::string& path,
                                                       const Environment& environment = environment_of_this_process());
/// The same for a text; `file` is its path in messages, and relative paths in it are relative to that path's directory.
std::variant<Config, std::vector<Problem>> parse_config(const std::string& text, const std::string& file,
                                                        const Environment& environment = {});

}  // namespace config
