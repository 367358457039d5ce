#include "viewers/options.h"

#include <gtest/gtest.h>

namespace viewers {
namespace {

base::Result<Options> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "kickoff-viewers");
  return parse_options(static_cast<int>(words.size()), words.data());
}
constexpr const char* kUrl = "http://127.0.0.1/x";

TEST(Options, AreReadInBothShapes) {
  const auto options =
      parse({"--viewers", "7", "--join-rate=2.5", "--server-pid", "1,2", "--server-pid=3", "--http", "2", kUrl});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->viewers, 7u);
  EXPECT_EQ(options->join_rate, 2.5);
  EXPECT_EQ(options->server_pids, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(options->h2);
}

TEST(Options, RefusesWhatItDoesNotKnow) {
  for (const std::vector<const char*>& words : {std::vector{"--view", "7", kUrl},
                                                {"--viewers", kUrl},
                                                {"--viewers", "-1", kUrl},
                                                {"--mode", "sleep", kUrl},
                                                {"--http", "3", kUrl},
                                                {kUrl, kUrl},
                                                {"--viewers"},
                                                {"--per-connection", "5", kUrl},
                                                {"--resume=1", kUrl}}) {
    EXPECT_FALSE(parse(words).ok()) << words[0];
  }
  EXPECT_FALSE(parse({}).ok());
  EXPECT_TRUE(parse({"--help"}).ok());
}

TEST(Options, AreSharedOutWithoutLosingAnybody) {
  Options whole;
  whole.viewers = 10;
  whole.slow = 2;
  whole.processes = 3;
  std::size_t viewers = 0;
  std::size_t slow = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    viewers += whole.share(i).viewers;
    slow += whole.share(i).slow;
  }
  EXPECT_EQ(viewers, 10u);
  EXPECT_EQ(slow, 2u);
}

TEST(Options, HelpNamesEachOfThem) {
  for (const char* name : {"--viewers", "--churn", "--slow-rate", "--json", "--switch-every"}) {
    EXPECT_NE(help_text().find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace viewers
