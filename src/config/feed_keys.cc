#include <utility>

#include "config/config_keys.h"
#include "config/text_file.h"

namespace config {
namespace {

using base::kMillisecond;
using base::kSecond;

// What is wrong with a URL is said without it: it may hold a passphrase.
Complaint read_source(Config::FeedSource& source, const std::string& text) {
  Config::FeedSource next{text, {}};
  if (!text.empty()) {
    auto parsed = ingest::parse_pull_source(text);
    if (!parsed.ok()) return ": " + parsed.error().what;
    next.parsed = parsed.take();
  }
  source = std::move(next);
  return "";
}

/// Texts of the documentation.
struct Samples {
  const char* url;
  const char* variable;
  const char* file;
};

void declare_source(Keys& keys, Config::FeedSource& source, const Samples& samples) {
  constexpr Reload kRule = Reload::kAtOnce;
  const auto read = [&source](const std::string& text) { return read_source(source, text); };
  Value url = Value::text(source.url);
  url.wanted = "the URL of a source, such as srt://HOST:PORT";
  url.read = read;
  keys.key({"source", kRule, "the URL; empty: the feed is published", samples.url}, url);
  keys.variable({"source_env", kRule, "an environment variable with the URL", samples.variable}, read);
  Value file = Value::action("a path", [read](const std::string& path) -> Complaint {
    // Not quoted: it may hold a passphrase.
    if (path.find("://") != std::string::npos) return " has to be a path; the URL itself belongs in source";
    const auto lines = read_secrets(path);
    return lines.ok() ? read(lines->front()) : ": " + lines.error().what;
  });
  file.is_path = true;
  keys.key({"source_file", kRule, "a file with the URL in its first line", samples.file}, file);
}

}  // namespace

void declare_standby(Keys& keys, job::Options& media) {
  using Standby = job::Options::Standby;
  keys.key(
      {"standby", Reload::kNextWorker,
       "how far the feed that is not shown is decoded for encoded rungs: warm: its key frames; hot: every picture, "
       "so that a switch has nothing to catch up with; a copy decodes nothing more for it"},
      Value::choice<Standby>(media.standby, {{"warm", Standby::kWarm}, {"hot", Standby::kHot}}));
}

void declare_content_watch(Keys& keys, job::ContentWatch& watch) {
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key({"failover_black_level", kRule, "luma that is still black, in per cent from black to white"},
           Value::number(watch.black_level, 1, 30));
  keys.key({"failover_mute_level", kRule, "dBFS; sound whose largest sample is below is silence"},
           Value::number(watch.silence_level, -90, -20));
  Value ignore = Value::action(
      "areas such as \"80 0 100 12, 0 90 100 100\": left, top, right and bottom of each in per cent of the picture; at "
      "most 8",
      nullptr);
  ignore.read = [&watch, wanted = ignore.wanted](const std::string& text) -> Complaint {
    auto areas = job::areas_of(text);
    if (!areas) return not_wanted(wanted, text);
    watch.ignore = std::move(*areas);
    return "";
  };
  ignore.write = [&watch] { return job::to_text(watch.ignore); };
  keys.key({"failover_ignore", kRule,
            "parts of the picture that failover_black and failover_frozen do not look at, such as a clock that runs: "
            "left top right bottom in per cent, one after another with commas, as in \"80 0 100 12, 0 90 100 100\""},
           ignore);
}

void declare_failover(Keys& keys, channel::Failover& failover) {
  constexpr Reload kRule = Reload::kAtOnce;
  const auto by_itself = [](bool& variable) {
    return Value::choice<bool>(variable, {{"auto", true}, {"manual", false}});
  };
  keys.key({"failover", kRule,
            "auto: the other feed is shown when the one that is shown ends or falls silent; manual: only when the API "
            "asks for it"},
           by_itself(failover.automatic));
  keys.key({"failover_after", kRule, "without media of the feed that is shown"},
           Value::duration(failover.after, 200 * kMillisecond, 10 * kSecond));
  constexpr base::Micros kMost = 3600 * kSecond;
  keys.key({"failover_black", kRule, "with black pictures, while the other feed's are not; 0: never for that"},
           Value::duration(failover.black_after, 0, kMost));
  keys.key(
      {"failover_frozen", kRule, "with pictures that stand still, while the other feed's do not; 0: never for that"},
      Value::duration(failover.frozen_after, 0, kMost));
  keys.key({"failover_scrambled", kRule, "with a scrambled picture; 0: never for that, only for having no picture"},
           Value::duration(failover.scrambled_after, 0, kMost));
  keys.key(
      {"failover_low_rate", kRule,
       "with fewer than half of the pictures a second that the feed usually has, while the other feed has its own; "
       "0: never for that"},
      Value::duration(failover.low_rate_after, 0, kMost));
  keys.key({"failover_ts_errors", kRule,
            "with at least failover_ts_error_rate errors of the transport stream in each second, while the other feed "
            "has fewer; 0: never for that"},
           Value::duration(failover.ts_errors_after, 0, kMost));
  keys.key({"failover_ts_error_rate", kRule,
            "lost or broken packets and tables a second; a stretch of them ends below half of it"},
           Value::number(failover.ts_error_rate, 1, 10000));
  keys.key({"failover_mute", kRule, "with silence, or without sound, while the other feed has some; 0: never for that"},
           Value::duration(failover.mute_after, 0, kMost));
  keys.key({"failback", kRule, "auto: the primary feed is shown again when it is well; manual: only when the API asks"},
           by_itself(failover.back));
  keys.key({"failback_after", kRule, "for which the primary feed has to have been well without a pause"},
           Value::duration(failover.back_after, kSecond, 3600 * kSecond));
}

void declare_feeds(Keys& keys, Config::Channel& channel) {
  static constexpr Samples kPrimary{"srt://192.0.2.7:7001?streamid=match&latency=200", "KICKOFF_SOURCE",
                                    "/run/secrets/kickoff-source"};
  static constexpr Samples kBackup{"udp://239.1.2.3:5000?localaddr=eth1", "KICKOFF_BACKUP_SOURCE",
                                   "/run/secrets/kickoff-backup-source"};
  keys.section(
      "feeds",
      "Feeds that the server gets by itself; only for a channel that is named here, not for \"*\". "
      "srt://HOST:PORT?streamid=ID&passphrase=SECRET&pbkeylen=16&latency=MILLISECONDS: it calls an SRT listener, again "
      "and again. udp://ADDRESS:PORT?localaddr=INTERFACE&sources=SENDERS: MPEG-TS in datagrams to an address of this "
      "machine (0.0.0.0: all), or to a multicast group that is joined on the interface (name or address); from these "
      "senders only, separated by commas. rtp:// is the same in RTP. Within a value & is written %26 and % is written "
      "%25.",
      [&](Keys& in) {
        in.section("primary", "",
                   [&](Keys& of) { declare_source(of, channel.sources[feed::index(feed::Id::kPrimary)], kPrimary); });
        in.section("backup", "",
                   [&](Keys& of) { declare_source(of, channel.sources[feed::index(feed::Id::kBackup)], kBackup); });
      });
}

}  // namespace config
