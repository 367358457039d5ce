#include "events/line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "events/cloud_event.h"

namespace events {
namespace {

using nlohmann::json;

Event outage() {
  Event event{.sequence = 5001, .id = 5000, .time = 1'796'042'345'130'000, .fact = {}};
  event.fact = {Type::kFeedFault,
                "match",
                State::kCleared,
                "backup",
                {{"feed", "backup"}, {"count", 7}, {"level", -1.5}, {"on", true}}};
  return event;
}

std::shared_ptr<const Event> event_in(const std::string& line) {
  auto parsed = parse_line(line);
  if (!parsed.ok()) return nullptr;
  auto* event = std::get_if<std::shared_ptr<const Event>>(&*parsed);
  return event == nullptr ? nullptr : *event;
}

std::string without_end(std::string line) {
  EXPECT_TRUE(line.ends_with("}\n"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  line.pop_back();
  return line;
}

/// A line of the outage with one member changed.
std::string changed(const char* key, const json& value) {
  json object = json::parse(to_line(outage(), "/kickoff/a"));
  object[key] = value;
  return object.dump();
}

TEST(Line, AnEventComesBackAsItWas) {
  const auto event = event_in(without_end(to_line(outage(), "/kickoff/a")));
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(event->sequence, 5001u);
  EXPECT_EQ(event->id, 5000u);
  EXPECT_EQ(event->time, 1'796'042'345'130'000);
  EXPECT_EQ(event->fact.type, Type::kFeedFault);
  EXPECT_EQ(event->fact.channel, "match");
  EXPECT_EQ(event->fact.which, "backup");
  EXPECT_EQ(event->fact.state, State::kCleared);
  EXPECT_EQ(json::parse(to_cloud_event(*event, "/kickoff/a")), json::parse(to_cloud_event(outage(), "/kickoff/a")));
}

TEST(Line, IsACloudEventWithOneMoreAttributeAndOnlyIfThereIsOne) {
  Event event = outage();
  json line = json::parse(to_line(event, "/kickoff/a"));
  EXPECT_EQ(line.at("which"), "backup");
  line.erase("which");
  EXPECT_EQ(line, json::parse(to_cloud_event(event, "/kickoff/a")));
  event.fact.which.clear();
  EXPECT_EQ(to_line(event, "/kickoff/a"), to_cloud_event(event, "/kickoff/a") + "\n");
}

TEST(Line, StatesOfAllKindsAndEventsOfTheInstanceComeBack) {
  Event event = outage();
  event.fact.channel.clear();
  for (const State state : {State::kMoment, State::kRaised, State::kCleared}) {
    event.fact.state = state;
    const auto back = event_in(without_end(to_line(event, "")));
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(back->fact.state, state);
    EXPECT_EQ(back->fact.channel, "");
  }
}

TEST(Line, AHeadComesBackWithWhatIsRaised) {
  Header header{.next = 77};
  header.raised.set({Type::kOutage, "match", ""}, 5);
  header.raised.set({Type::kGovernorLevel, "", "2"}, 6);
  auto parsed = parse_line(without_end(to_line(header)));
  ASSERT_TRUE(parsed.ok());
  const auto& back = std::get<Header>(*parsed);
  EXPECT_EQ(back.next, 77u);
  EXPECT_EQ(back.raised.all(), header.raised.all());
}

TEST(Line, RefusesWhatIsNoEvent) {
  for (const char* text : {"", "{", "[]", "7", "null", "{}", "\0\0", "{\"format\":\"kickoff-events/2\",\"next\":\"7\"}",
                           "{\"format\":\"kickoff-events/1\",\"next\":\"0\"}", "{\"format\":\"kickoff-events/1\"}"}) {
    EXPECT_FALSE(parse_line(text).ok()) << text;
  }
  for (const auto& [key, value] :
       std::initializer_list<std::pair<const char*, json>>{{"sequence", "0"},
                                                           {"sequence", "17x"},
                                                           {"sequence", 17},
                                                           {"sequence", "18446744073709551615"},
                                                           {"id", ""},
                                                           {"time", "yesterday"},
                                                           {"type", "live.kickoff.unknown"}}) {
    EXPECT_EQ(event_in(changed(key, value)), nullptr) << key << " " << value;
  }
  EXPECT_NE(event_in(changed("sequence", "9223372036854775806")), nullptr);
}

TEST(Line, LeavesOutValuesThatAFactCannotHold) {
  const auto event = event_in(changed("data", {{"list", {1, 2}},
                                               {"nothing", nullptr},
                                               {"large", UINT64_MAX},
                                               {"small", INT64_MIN},
                                               {std::string(65, 'n'), 1},
                                               {"text", "a\x1b[31m\nb"}}));
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(json::parse(to_cloud_event(*event, "")).at("data"),
            (json{{"small", INT64_MIN}, {"text", "a\uFFFD[31m b"}}));
  ASSERT_NE(event_in(changed("data", "text")), nullptr);
  json many = json::object();
  for (int i = 0; i < 100; ++i) many[std::to_string(i)] = i;
  EXPECT_EQ(event_in(changed("data", many))->fact.data.size(), 64u);
}

TEST(Line, ALineThatIsTooLongIsNotRead) {
  const auto parsed = parse_line(std::string(kLongestLine + 1, ' '));
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, base::Code::kTooLarge);
}

}  // namespace
}  // namespace events
