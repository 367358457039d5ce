#include "registry/watch_stream.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace registry {
namespace {

using nlohmann::json;

const std::string kCreated = R"({"result":{"header":{"revision":"12"},"created":true}})";
// Of etcd 3.4: a put, then that its lease has run out.
const std::string kPut =
    R"({"result":{"header":{"revision":"13"},"events":[{"kv":{"key":"L2tleQ==","create_revision":"13","mod_revision":"13","version":"1","value":"aGk=","lease":"7"}}]}})";
const std::string kDelete =
    R"({"result":{"header":{"revision":"14"},"events":[{"type":"DELETE","kv":{"key":"L2tleQ==","mod_revision":"14"}}]}})";

std::string told(const WatchMessage& message) {
  std::string out = message.created ? "created;" : "";
  if (!message.over.empty()) out += "over " + message.over + ";";
  for (const KeyChange& change : message.changes)
    out += (change.deleted ? "delete " : "put ") + change.key + "=" + change.value + "@" +
           std::to_string(change.revision) + ";";
  return out;
}

TEST(WatchStream, AListIsOfAllThatBeginsWithThePrefix) {
  EXPECT_EQ(json::parse(list_request("/k/")), (json{{"key", "L2sv"}, {"range_end", "L2sw"}})) << "to \"/k0\"";
  EXPECT_EQ(json::parse(watch_request("/k/", 13)),
            (json{{"create_request", {{"key", "L2sv"}, {"range_end", "L2sw"}, {"start_revision", "13"}}}}));
}

TEST(WatchStream, AListHasKeysAndTheRevisionThatItIsOf) {
  const auto list = parse_list(
      R"({"header":{"revision":"12"},"kvs":[{"key":"L2tleQ==","mod_revision":"9","value":"aGk="},{"key":"YQ==","mod_revision":"3"}]})");
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->revision, 12);
  ASSERT_EQ(list->keys.size(), 2U);
  EXPECT_EQ(list->keys[0].key, "/key");
  EXPECT_EQ(list->keys[0].value, "hi");
  EXPECT_EQ(list->keys[0].revision, 9);
  EXPECT_FALSE(list->keys[0].deleted);
  EXPECT_EQ(list->keys[1].value, "");
  EXPECT_TRUE(parse_list(R"({"header":{"revision":"12"}})")->keys.empty());
}

TEST(WatchStream, WhatIsNoListIsRefused) {
  for (const char* text :
       {"", "{}", R"({"header":7,"kvs":[7]})", R"({"header":{"revision":7}})", R"({"header":{},"kvs":{}})",
        R"({"header":{},"kvs":[{"value":"aGk="}]})", R"({"header":{},"kvs":[{"key":"%"}]})"})
    EXPECT_FALSE(parse_list(text).ok()) << text;
}

TEST(WatchStream, MessagesAreTheSameAtEverySplit) {
  const std::string text = kCreated + "\n" + kPut + "\n\n" + kDelete + "\n";
  const std::string expected = "created;|put /key=hi@13;|delete /key=@14;|";
  for (std::size_t split = 0; split <= text.size(); ++split) {
    WatchStream stream;
    std::string out;
    const auto sink = [&](const WatchMessage& message) { out += told(message) + "|"; };
    for (const std::string& piece : {text.substr(0, split), text.substr(split)})
      ASSERT_TRUE(stream.feed(base::view_of(piece), sink).ok());
    ASSERT_EQ(out, expected) << split;
  }
}

TEST(WatchStream, AMessageIsCompleteWithItsLineEnd) {
  WatchStream stream;
  int messages = 0;
  ASSERT_TRUE(stream.feed(base::view_of(kCreated), [&](const WatchMessage&) { ++messages; }).ok());
  EXPECT_EQ(messages, 0);
  ASSERT_TRUE(stream.feed(base::view_of("\n"), [&](const WatchMessage&) { ++messages; }).ok());
  EXPECT_EQ(messages, 1);
}

TEST(WatchStream, ALongMessageIsRefusedWithoutItsEnd) {
  const auto sink = [](const WatchMessage&) {};
  const std::string half(WatchStream::kMostLine / 2, ' ');
  WatchStream stream;
  EXPECT_TRUE(stream.feed(base::view_of(half), sink).ok());
  EXPECT_TRUE(stream.feed(base::view_of(half), sink).ok());
  const base::Status status = stream.feed(base::view_of(" "), sink);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, base::Code::kTooLarge);
}

TEST(WatchStream, EachMessageMayBeLong) {
  const std::string line = kCreated + std::string(WatchStream::kMostLine - kCreated.size(), ' ') + "\n";
  WatchStream stream;
  int messages = 0;
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(stream.feed(base::view_of(line), [&](const WatchMessage&) { ++messages; }).ok());
  EXPECT_EQ(messages, 2);
}

TEST(WatchStream, EtcdSaysWhyItEndsAWatch) {
  EXPECT_EQ(told(*parse_watch(R"({"result":{"canceled":true,"compact_revision":"9","cancel_reason":"com\npacted"}})")),
            "over com pacted;");
  EXPECT_EQ(told(*parse_watch(R"({"result":{"canceled":true}})")), "over etcd cancels the watch;");
  EXPECT_EQ(told(*parse_watch(R"({"error":{"grpc_code":16,"message":"invalid auth token"}})")),
            "over invalid auth token;");
  EXPECT_EQ(told(*parse_watch(R"({"error":"etcdserver: no leader"})")), "over etcdserver: no leader;");
  EXPECT_EQ(told(*parse_watch(R"({"error":{}})")), "over etcd ends the watch;");
}

TEST(WatchStream, ABrokenMessageIsRefused) {
  for (const char* text :
       {"", "{", "7", "{}", R"({"result":7})", R"({"result":{"events":7}})", R"({"result":{"events":[7]}})",
        R"({"result":{"events":[{}]}})", R"({"result":{"events":[{"kv":{"mod_revision":"7"}}]}})",
        R"({"result":{"events":[{"kv":{"key":"YQ==","mod_revision":7}}]}})"})
    EXPECT_FALSE(parse_watch(text).ok()) << text;
  EXPECT_EQ(told(*parse_watch(R"({"result":{"created":1,"events":[]}})")), "") << "no flag is none";
}

}  // namespace
}  // namespace registry
