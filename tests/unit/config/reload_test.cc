#include "config/reload.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace config {
namespace {

/// What needs a restart when `after` is read by a server that was started with `before`.
std::string keys(const std::string& before, const std::string& after) {
  const auto running = parse_config(before, "before");
  const auto next = parse_config(after, "after");
  std::string all;
  for (const std::string& key : keys_for_restart(std::get<Config>(running), std::get<Config>(next))) all += key + " ";
  return all;
}

TEST(KeysForRestart, AreNoneWhereNothingChanged) {
  EXPECT_EQ(keys("", ""), "");
  EXPECT_EQ(keys("http: {port: 1}\nsrt: {port: 2}", "srt: {port: 2}\nhttp: {port: 1}"), "");
  EXPECT_EQ(keys("", "http: {port: 8080}"), "") << "the default, written out";
}

TEST(KeysForRestart, NameEveryKeyThatARunningServerDoesNotTakeUp) {
  for (const auto& [text, key] : {std::pair{"log: {level: debug}", "log.level "},
                                  {"log: {format: json}", "log.format "},
                                  {"web_directory: other", "web_directory "},
                                  {"http: {listen: 127.0.0.1}", "http.listen "},
                                  {"http: {port: 1}", "http.port "},
                                  {"http: {tls_port: 1}", "http.tls_port "},
                                  {"http: {loops: 3}", "http.loops "},
                                  {"http: {max_connections: 5}", "http.max_connections "},
                                  {"admin: {listen: 127.0.0.2}", "admin.listen "},
                                  {"admin: {port: 1}", "admin.port "},
                                  {"rtmp: {listen: 127.0.0.1}", "rtmp.listen "},
                                  {"rtmp: {port: 1}", "rtmp.port "},
                                  {"rtmp: {tls_port: 1}", "rtmp.tls_port "},
                                  {"srt: {listen: 127.0.0.1}", "srt.listen "},
                                  {"srt: {port: 1}", "srt.port "},
                                  {"srt: {latency: 1s}", "srt.latency "},
                                  {"srt: {max_reorder: 1}", "srt.max_reorder "},
                                  {"srt: {max_mbps: 1}", "srt.max_mbps "}}) {
    EXPECT_EQ(keys("", text), key);
    EXPECT_EQ(keys(text, ""), key) << "the way back";
  }
}

TEST(KeysForRestart, CompareAChannelThatGetsAnEntryWithTheOthers) {
  const std::string upload = "upload: {url: \"s3://bucket/live\"}";
  EXPECT_EQ(keys("", "channels: {a: {" + upload + "}}"), "channels.a.upload.url ");
  EXPECT_EQ(keys("channels: {\"*\": {" + upload + "}}", "channels: {\"*\": {" + upload + "}, a: {" + upload + "}}"),
            "");
  EXPECT_EQ(keys("channels: {\"*\": {" + upload + "}}", "channels: {\"*\": {" + upload + "}, a: {grace: 1s}}"),
            "channels.a.upload.url ");
}

TEST(KeysForRestart, LeaveOutWhatTakesEffectAtOnce) {
  for (const char* text :
       {"state_directory: other", "end_channels_on_stop: true", "drain: 20s", "http: {certificate: a, key: b}",
        "http: {admission: {shed_depth_below: 1, refuse_joins_below: 2, egress_mbps: 3, overflow: https://c}}",
        "srt: {publish_without_mode: true}",
        "limits: {channels: 1, channels_per_address: 2, new_channels_per_second: 3, publishes_per_connection: 4, "
        "cpu_reserve: 5, beyond_cpu_reserve: smaller_ladder, worker_memory: 3GiB}",
        "channels: {a: {grace: 1s, keys: [k], source: copy}}"}) {
    EXPECT_EQ(keys("", text), "") << text;
  }
}

TEST(KeysForRestart, ComeInTheOrderOfTheSampleConfiguration) {
  EXPECT_EQ(keys("", "srt: {port: 1}\nrtmp: {port: 2}\nhttp: {tls_port: 3, port: 4}"),
            "http.port http.tls_port rtmp.port srt.port ");
}

}  // namespace
}  // namespace config
