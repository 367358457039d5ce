#include <gtest/gtest.h>

#include "unit/config/parsed.h"

namespace config {
namespace {

std::string channel_with_views(const std::string& views) { return "channels:\n  match:\n    views:" + views + "\n"; }
std::vector<hls::View> views_of(const std::string& views) {
  return good(channel_with_views(views)).channels.at("match").options.views;
}
std::string view_problem(const std::string& view) { return problems_of(channel_with_views("\n      a: " + view)); }

TEST(ViewKeys, NoneUnlessNamed) {
  EXPECT_TRUE(views_of(" none").empty());
  EXPECT_TRUE(good("{}").channels.at("*").options.views.empty());
}

TEST(ViewKeys, DeclareWhatIsShownAndHow) {
  const auto views = views_of(
      "\n      mobile: {max_height: 540, codecs: [h264, aac], languages: [en], low_latency: false, hold_back: 8s, "
      "start: 20s}"
      "\n      tv_4k: {min_height: 1080, renditions: [v2160, a1]}");
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0], (hls::View{.name = "mobile",
                                 .most_height = 540,
                                 .codecs = {media::Codec::kH264, media::Codec::kAac},
                                 .languages = {"en"},
                                 .low_latency = false,
                                 .hold_back = 8 * base::kSecond,
                                 .start = 20 * base::kSecond}));
  EXPECT_EQ(views[1], (hls::View{.name = "tv_4k", .renditions = {"v2160", "a1"}, .least_height = 1080}));
}

TEST(ViewKeys, SayWhatIsWrong) {
  const auto says = [](const std::string& problem, const std::string& what) {
    return problem.find(what) != std::string::npos;
  };
  EXPECT_EQ(view_problem("{}"), "");
  EXPECT_TRUE(says(view_problem("{codecs: [h266]}"), "h264, hevc, av1"));
  EXPECT_TRUE(says(view_problem("{languages: [e]}"), "the tag of a language"));
  EXPECT_TRUE(says(view_problem("{renditions: [\"a/b\"]}"), "the name of a rendition"));
  EXPECT_TRUE(says(view_problem("{min_height: 720, max_height: 540}"), "min_height above its max_height"));
  EXPECT_TRUE(says(view_problem("{hold_back: 8s}"), "need low_latency: false"));
  EXPECT_TRUE(says(view_problem("{start: 8s}"), "need low_latency: false"));
  EXPECT_EQ(view_problem("{start: 8s, low_latency: false}"), "");
  EXPECT_TRUE(says(view_problem("{height: 540}"), "height"));
  EXPECT_TRUE(says(problems_of(channel_with_views("\n      Mobile: {}")), "a view's name is 1 to 32"));
  EXPECT_TRUE(says(problems_of(channel_with_views(" all")), "none, or a mapping of names to views"));
  std::string many;
  for (int i = 0; i < 17; ++i) many += "\n      v" + std::to_string(i) + ": {}";
  EXPECT_TRUE(says(problems_of(channel_with_views(many)), "at most 16 views"));
}

}  // namespace
}  // namespace config
