#include "desk/command_line.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

namespace desk {
namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

Order order_of(const Words& words) {
  const auto parsed = parse(words);
  if (const auto* said = std::get_if<Said>(&parsed)) {
    ADD_FAILURE() << said->text;
    return {};
  }
  return std::get<Order>(parsed);
}
Order order_of(const std::string& text) { return order_of(words_of(text)); }

Said said_of(const std::string& text) {
  const auto parsed = parse(words_of(text), {"serve"});
  if (const auto* said = std::get_if<Said>(&parsed)) return *said;
  ADD_FAILURE() << text << " is an order";
  return {};
}

TEST(DeskCommands, ChannelsAreListedAndShown) {
  const Order list = order_of("channel list");
  EXPECT_EQ(list.method + " " + list.path, "GET /api/v1/channels");
  EXPECT_EQ(list.view, View::kChannels);
  EXPECT_EQ(list.format, Format::kAuto);
  EXPECT_EQ(list.server + list.config + list.token_file + list.body, "");
  const Order show = order_of("channel show match");
  EXPECT_EQ(show.path, "/api/v1/channels");
  EXPECT_EQ(show.view, View::kChannel);
  EXPECT_EQ(show.channel, "match");
}

TEST(DeskCommands, ASlateIsOrderedWithItsTimeReasonAndText) {
  const Order on =
      order_of({"channel", "slate", "match", "on", "--for", "90.5", "--reason", "rain", "--text", "Back \"soon\""});
  EXPECT_EQ(on.method + " " + on.path, "POST /api/v1/channels/match/slate");
  EXPECT_EQ(nlohmann::json::parse(on.body),
            nlohmann::json({{"on", true}, {"for", 90.5}, {"reason", "rain"}, {"text", "Back \"soon\""}}));
  EXPECT_EQ(on.done, "the slate is shown");
  EXPECT_NE(on.accepted.find("holds its last picture"), std::string::npos);
  EXPECT_EQ(on.view, View::kNothing);
  const Order off = order_of("channel slate match off");
  EXPECT_EQ(off.body, R"({"on":false})");
  EXPECT_EQ(off.done, "the feed is shown");
}

TEST(DeskCommands, FeedsAreSwitchedAndDisconnected) {
  const Order other = order_of("feed switch match backup");
  EXPECT_EQ(other.method + " " + other.path + " " + other.body,
            R"(POST /api/v1/channels/match/switch {"to":"backup"})");
  EXPECT_EQ(other.done, "the backup is shown");
  const Order away = order_of("feed disconnect match");
  EXPECT_EQ(away.method + " " + away.path, "DELETE /api/v1/channels/match/publisher");
  EXPECT_EQ(order_of("feed disconnect match backup").path, "/api/v1/channels/match/publisher?feed=backup");
}

TEST(DeskCommands, AStretchOfAChannelIsHarvestedByAJob) {
  const Order order =
      order_of("channel harvest match --start 2026-11-30T20:15:00Z --end 2026-11-30T22:00:00Z --to s3:final");
  EXPECT_EQ(order.method + " " + order.path, "POST /api/v1/channels/match/harvest");
  EXPECT_EQ(nlohmann::json::parse(order.body),
            nlohmann::json(
                {{"start", "2026-11-30T20:15:00Z"}, {"end", "2026-11-30T22:00:00Z"}, {"destination", "s3:final"}}));
  EXPECT_EQ(order.view, View::kJob);
  EXPECT_EQ(nlohmann::json::parse(order_of("channel harvest m --start a --end b --to disk:c --mp4").body)["mp4"], true);
  EXPECT_EQ(order_of("job list").path, "/api/v1/jobs");
  EXPECT_EQ(order_of("job list").view, View::kJobs);
  const Order cancel = order_of("job cancel 7");
  EXPECT_EQ(cancel.method + " " + cancel.path, "DELETE /api/v1/jobs/7");
  EXPECT_EQ(cancel.accepted, "the job is being canceled");
}

TEST(DeskCommands, AlarmsAreListedAndSilenced) {
  EXPECT_EQ(order_of("alarm list").path, "/api/v1/alarms");
  EXPECT_EQ(order_of("alarm list").view, View::kAlarms);
  const Order one = order_of("alarm silence 1796042345130 --for 3600 --reason rain");
  EXPECT_EQ(one.method + " " + one.path, "POST /api/v1/alarms/1796042345130/silence");
  EXPECT_EQ(nlohmann::json::parse(one.body), nlohmann::json({{"for", 3600}, {"reason", "rain"}}));
  EXPECT_EQ(one.done, "it is silenced");
  EXPECT_EQ(nlohmann::json::parse(order_of("alarm silence feed.fault --for 1 --channel match").body),
            nlohmann::json({{"for", 1}, {"channel", "match"}}));
  const Order back = order_of("alarm unsilence feed.fault --channel match");
  EXPECT_EQ(back.method + " " + back.path, "DELETE /api/v1/alarms/feed.fault/silence?channel=match");
  EXPECT_EQ(order_of("alarm unsilence 7").path, "/api/v1/alarms/7/silence");
  EXPECT_EQ(order_of("alarm silence 7 --for 604800").body, R"({"for":604800})");
}

TEST(DeskCommands, AFeedIsCheckedForTwoMinutesUnlessSaidOtherwise) {
  const Order usual = order_of("feed check match");
  EXPECT_EQ(usual.method + " " + usual.path, "POST /api/v1/channels/match/check");
  EXPECT_EQ(nlohmann::json::parse(usual.body), nlohmann::json({{"feed", "primary"}, {"seconds", 120}}));
  EXPECT_EQ(usual.view, View::kCheck);
  EXPECT_EQ(usual.channel, "match");
  const Order other = order_of("feed check match --feed backup --seconds 5");
  EXPECT_EQ(nlohmann::json::parse(other.body), nlohmann::json({{"feed", "backup"}, {"seconds", 5}}));
  EXPECT_EQ(order_of("feed check match --seconds 600").body, R"({"feed":"primary","seconds":600})");
}

TEST(DeskCommands, ChannelsAreDeclaredAndRemoved) {
  EXPECT_EQ(order_of("channel declared").path, "/api/v1/declarations");
  EXPECT_EQ(order_of("channel declared").view, View::kDeclarations);
  const Order shown = order_of("channel settings arena");
  EXPECT_EQ(shown.method + " " + shown.path, "GET /api/v1/channels/arena/settings");
  EXPECT_EQ(shown.view, View::kDeclaration);
  const Order made = order_of("channel declare arena a.json");
  EXPECT_EQ(made.method + " " + made.path, "PUT /api/v1/channels/arena/settings");
  EXPECT_EQ(made.body_file, "a.json");
  EXPECT_EQ(made.if_match, "");
  EXPECT_EQ(made.view, View::kChange);
  const Order dry = order_of("channel declare arena - --dry-run --if-match 0ff");
  EXPECT_EQ(dry.path, "/api/v1/channels/arena/settings?dry_run=true");
  EXPECT_EQ(dry.body_file, "-");
  EXPECT_EQ(dry.if_match, "\"0ff\"");
  EXPECT_EQ(order_of({"channel", "declare", "a", "-", "--if-match", "\"0ff\""}).if_match, "\"0ff\"");
  const Order gone = order_of("channel remove arena --if-match *");
  EXPECT_EQ(gone.method + " " + gone.path, "DELETE /api/v1/channels/arena/settings");
  EXPECT_EQ(gone.if_match, "*");
  EXPECT_EQ(gone.body_file, "");
  EXPECT_EQ(gone.done, "the declaration is removed");
}

TEST(DeskCommands, EventsAreTheNewestOrThoseAfterANumber) {
  const Order all = order_of("events");
  EXPECT_EQ(all.path, "/api/v1/events?limit=1000");
  EXPECT_EQ(all.after, -1);
  EXPECT_EQ(all.limit, 100);
  EXPECT_FALSE(all.follow);
  EXPECT_EQ(all.view, View::kEvents);
  const Order some = order_of("events --channel match --type feed. --after 0 --limit 7 --follow");
  EXPECT_EQ(some.path, "/api/v1/events?limit=1000&channel=match&type=feed.");
  EXPECT_EQ(some.after, 0);
  EXPECT_EQ(some.limit, 7);
  EXPECT_TRUE(some.follow);
}

TEST(DeskCommands, WebhooksAndTheInstance) {
  EXPECT_EQ(order_of("webhook list").path, "/api/v1/webhooks");
  EXPECT_EQ(order_of("webhook list").view, View::kWebhooks);
  const Order replay = order_of("webhook replay pager");
  EXPECT_EQ(replay.method + " " + replay.path, "POST /api/v1/webhooks/pager/replay");
  EXPECT_EQ(order_of("instance").path, "/api/v1/instance");
  EXPECT_EQ(order_of("instance").view, View::kInstance);
}

TEST(DeskCommands, NamesAreEscapedInPaths) {
  EXPECT_EQ(order_of({"feed", "disconnect", "a/../b c?d=\xC3\xBC"}).path,
            "/api/v1/channels/a%2F..%2Fb%20c%3Fd%3D%C3%BC/publisher");
  EXPECT_EQ(order_of({"events", "--channel", "a&limit=1"}).path, "/api/v1/events?limit=1000&channel=a%26limit%3D1");
  EXPECT_EQ(order_of({"webhook", "replay", "AZaz09-._~"}).path, "/api/v1/webhooks/AZaz09-._~/replay");
}

TEST(DeskCommands, WhereAndHowIsTakenByAllThatAsk) {
  for (const char* command : {"channel list",
                              "channel show a",
                              "channel slate a on",
                              "feed switch a backup",
                              "feed disconnect a",
                              "feed check a",
                              "events",
                              "webhook list",
                              "webhook replay a",
                              "job list",
                              "job cancel 1",
                              "alarm list",
                              "alarm silence 1 --for 1",
                              "channel declared",
                              "channel settings a",
                              "channel declare a b",
                              "channel remove a",
                              "alarm unsilence 1",
                              "channel harvest a --start b --end c --to d",
                              "instance"}) {
    const Order server = order_of(std::string(command) + " --server http://[::1]:9 --token-file t --json");
    EXPECT_EQ(server.server, "http://[::1]:9") << command;
    EXPECT_EQ(server.token_file, "t") << command;
    EXPECT_EQ(server.format, Format::kJson) << command;
    const Order file = order_of(std::string(command) + " --config=k.yaml --table");
    EXPECT_EQ(file.config, "k.yaml") << command;
    EXPECT_EQ(file.format, Format::kTable) << command;
    EXPECT_EQ(said_of(std::string(command) + " --json --table").status, 2) << command;
    EXPECT_EQ(said_of(std::string(command) + " --config k --server s").status, 2) << command;
  }
}

TEST(DeskCommands, BadUsageIsToldWithTheUsage) {
  for (const char* text : {"",
                           "channel",
                           "channel fly",
                           "channel show",
                           "channel show a b",
                           "channel slate a",
                           "channel slate a maybe",
                           "channel slate a on --for 0",
                           "channel slate a on --for 86401",
                           "channel slate a on --for x",
                           "feed switch a",
                           "feed switch a third",
                           "feed disconnect",
                           "feed disconnect a third",
                           "feed check",
                           "feed check a --feed third",
                           "feed check a --seconds 4",
                           "feed check a --seconds 601",
                           "events --limit 0",
                           "events --limit 100001",
                           "events --after -1",
                           "events --after x",
                           "webhook",
                           "webhook replay",
                           "job",
                           "job cancel",
                           "alarm",
                           "channel declare a",
                           "channel remove",
                           "channel settings",
                           "alarm silence 7",
                           "alarm silence 7 --for 0",
                           "alarm silence 7 --for 604801",
                           "alarm silence --for 1",
                           "alarm unsilence",
                           "channel harvest a",
                           "channel harvest a --start b --end c",
                           "instance x",
                           "instance --fly",
                           "completion",
                           "completion fish",
                           "fly"}) {
    const Said said = said_of(text);
    EXPECT_EQ(said.status, 2) << text;
    EXPECT_TRUE(said.text.starts_with("kickoff: ")) << text << ": " << said.text;
    EXPECT_TRUE(said.text.ends_with(kHelp)) << text;
  }
  EXPECT_EQ(order_of("channel slate a on --for 86400").path, "/api/v1/channels/a/slate");
  EXPECT_EQ(order_of("events --limit 100000").limit, 100'000);
}

TEST(DeskCommands, EachHasAHelpOfItsOwn) {
  const Said help = said_of("channel slate --help");
  EXPECT_EQ(help.status, 0);
  for (const char* word : {"NAME", "STATE", "--for", "--reason", "--token-file"})
    EXPECT_NE(help.text.find(word), std::string::npos) << help.text;
}

TEST(DeskCommands, AreKnownByTheirFirstWord) {
  std::istringstream help(kHelp);
  int commands = 0;
  for (std::string line; std::getline(help, line);) {
    if (!line.starts_with("  kickoff ")) continue;
    ++commands;
    EXPECT_TRUE(knows(words_of(line).at(1))) << line;
  }
  EXPECT_GE(commands, 10);
  for (const char* other : {"", "serve", "channels", "config"}) EXPECT_FALSE(knows(other)) << other;
}

/// What bash offers for the last of these words, by the script that completion prints.
std::string offered(const std::string& words) {
  const std::string script = said_of("completion bash").text;
  std::string path = ::testing::TempDir() + "kickoff-completion-XXXXXX";
  const int descriptor = mkstemp(path.data());
  EXPECT_GE(descriptor, 0);
  close(descriptor);
  std::ofstream(path) << script << "COMP_WORDS=(kickoff " << words << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                      << "_kickoff\nprintf '%s ' \"${COMPREPLY[@]}\"\n";
  std::string out;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("bash " + path).c_str(), "r"), pclose);
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) out += static_cast<char>(c);
  unlink(path.c_str());
  return out;
}

TEST(DeskCommands, BashCompletesCommandsAndOptions) {
  EXPECT_EQ(offered("ch"), "channel ");
  EXPECT_EQ(offered("ser"), "serve ");
  EXPECT_EQ(offered("channel \"\""), "list show slate harvest declared settings declare remove --help ");
  EXPECT_EQ(offered("feed d"), "disconnect ");
  EXPECT_EQ(offered("events --fo"), "--follow ");
  EXPECT_EQ(offered("channel slate match on --re"), "--reason ");
  EXPECT_EQ(offered("completion ba"), " ");
}

TEST(DeskCommands, ZshUsesTheSameScript) {
  const std::string zsh = said_of("completion zsh").text;
  EXPECT_TRUE(zsh.starts_with("autoload -U +X bashcompinit"));
  EXPECT_TRUE(zsh.ends_with(said_of("completion bash").text));
}

}  // namespace
}  // namespace desk
