#include "webhook/state.h"

#include <gtest/gtest.h>

#include "unit/webhook/events.h"

namespace webhook {
namespace {

Saved saved_ops() {
  return {.name = "ops", .up_to = 20, .lanes = {{"", 12}, {"match", 15}}, .dead = {{9, 5000, "HTTP 500"}, {17, 0, ""}}};
}

TEST(State, ComesBackAsItWas) {
  const std::vector<Saved> all{saved_ops(), {.name = "other", .up_to = 3}};
  const auto back = parse_state(write_state(all));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, all);
  EXPECT_TRUE(parse_state(write_state({}))->empty());
}

TEST(State, IsATextForPeopleToo) {
  EXPECT_EQ(write_state({saved_ops()}),
            "kickoff-webhooks 1\nwebhook 20 ops\nlane 12 \nlane 15 match\ndead 9 5000 HTTP 500\ndead 17 0 \nend\n");
}

TEST(State, IsRefusedWhereItWasCut) {
  const std::string text = write_state({saved_ops()});
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse_state(std::string_view(text).substr(0, length)).ok()) << length;
}

TEST(State, RefusesLinesThatItDoesNotKnow) {
  for (const char* line : {"lane 1 a", "webhook 1", "webhook x ops", "webhook 9223372036854775808 ops", "webhook 1ops",
                           "webhook 1 a\nlane", "webhook 1 a\ndead 1", "webhook 1 a\ndead 1 x y",
                           "webhook 1 a\nrest 1 2", "webhook 1 a\nlane -1 b", ""}) {
    EXPECT_FALSE(parse_state("kickoff-webhooks 1\n" + std::string(line) + "\nend\n").ok()) << line;
  }
  EXPECT_FALSE(parse_state("kickoff-webhooks 2\nend\n").ok());
  EXPECT_TRUE(parse_state("kickoff-webhooks 1\nwebhook 1 a\nend\nrest").ok());
}

TEST(State, ReasonsAreMadePrintable) {
  const auto back =
      parse_state("kickoff-webhooks 1\nwebhook 1 a\ndead 1 2 a\x1b[31m" + std::string(5000, 'x') + "\nend\n");
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->at(0).dead.at(0).reason.find('\x1b'), std::string::npos);
  EXPECT_LT(back->at(0).dead.at(0).reason.size(), 500u);
}

TEST(State, KnowsWhatWaitsAndWhatIsWanted) {
  const Saved saved = saved_ops();
  const auto waits = [&](std::uint64_t sequence, const char* channel) {
    return saved.waits(*event_of(sequence, channel));
  };
  EXPECT_TRUE(waits(21, "any")) << "it came after";
  EXPECT_FALSE(waits(20, "any"));
  EXPECT_FALSE(waits(14, "match"));
  EXPECT_TRUE(waits(15, "match"));
  EXPECT_TRUE(waits(12, ""));
  EXPECT_FALSE(waits(17, "match")) << "a dead letter";
  EXPECT_TRUE(saved.wants(*event_of(17, "match")));
  EXPECT_TRUE(saved.wants(*event_of(9, "any")));
  EXPECT_FALSE(saved.wants(*event_of(10, "any")));
  EXPECT_EQ(saved.oldest(), 9u);
  EXPECT_EQ((Saved{.name = "a", .up_to = 20}).oldest(), 21u);
  EXPECT_EQ((Saved{.name = "a", .up_to = 20, .lanes = {{"b", 7}}}).oldest(), 7u);
}

}  // namespace
}  // namespace webhook
