#pragma once

#include "config/config.h"
#include "config/keys.h"

namespace config {

/// Declares every key of the configuration, in the order of conf/kickoff.yaml: name, value, bounds, documentation and
/// reload rule. Defaults are those that `config` holds. All else comes from here: reading a file and the environment,
/// `kickoff check`, `kickoff config`, and the warning of a reload that a restart is needed.
void declare_keys(Keys& keys, Config& config);

/// What is wrong between keys that are right each by itself: ports that meet, channels that need what is switched off.
/// Whole sentences.
std::vector<std::string> faults_of(const Config& config);

/// The keys of one entry of `channels`.
void declare_channel(Keys& keys, Config::Channel& channel);

/// Those of them that say which of its feeds is shown.
void declare_standby(Keys& keys, job::Options& media);
void declare_content_watch(Keys& keys, job::ContentWatch& watch);
void declare_failover(Keys& keys, channel::Failover& failover);

/// The keys of its section `audio`.
void declare_audio(Keys& keys, job::Options& media);

/// What is known of the captions in its pictures.
void declare_captions(Keys& keys, media::Captions& captions);
/// Its text renditions.
void declare_subtitles(Keys& keys, std::vector<job::Subtitle>& subtitles);
/// Parts of it under URLs of their own.
void declare_views(Keys& keys, std::vector<hls::View>& views);
/// What lies over its pictures.
void declare_overlays(Keys& keys, channel::Options& options);

/// The keys of its section `upload`.
void declare_upload(Keys& keys, Config::Upload& upload);

/// Those of them that say where its feeds come from.
void declare_feeds(Keys& keys, Config::Channel& channel);

/// The keys of the section `admin` that say where the port is: those that declare_admin() begins with.
void declare_admin_address(Keys& keys, Config::Admin& admin);

/// The keys of the section `http.origin_lock`.
void declare_origin_lock(Keys& keys, Config::OriginLock& lock);

/// The keys of the section `http.tokens`.
void declare_tokens(Keys& keys, Config::Tokens& tokens);
/// Channels whose tokens cannot be checked. Whole sentences.
std::vector<std::string> token_faults(const Config& config);

/// The list `webhooks`.
void declare_webhooks(Keys& keys, std::vector<webhook::Endpoint>& webhooks);
/// The keys of the section `publish_hook`.
void declare_publish_hook(Keys& keys, Config::PublishHook& hook);
/// The keys of the sections `relay` and `edge`.
void declare_relay(Keys& keys, Config::Relay& relay);
void declare_edge(Keys& keys, Config::Edge& edge);
void declare_etcd(Keys& keys, Config::Etcd& etcd);
/// What an edge cannot be told. Whole sentences.
std::vector<std::string> edge_faults(const Config& config);
/// Likewise, of etcd and of what needs it.
std::vector<std::string> etcd_faults(const Config& config);

/// The keys of the section `admin`.
void declare_admin(Keys& keys, Config::Admin& admin);

}  // namespace config
