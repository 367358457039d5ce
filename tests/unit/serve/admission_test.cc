#include "serve/admission.h"

#include <gtest/gtest.h>

#include "serving.h"

namespace {

using serve::Admission;
using serve::Resource;
using serve_test::Answer;
using serve_test::Client;
using serve_test::part_path;
using serve_test::playlist_path;
using serve_test::Serving;

serve::Headroom headroom_with(Resource resource, double left) {
  serve::Headroom headroom;
  headroom[resource] = left;
  return headroom;
}

TEST(Admission, GivesUpDepthBeforeJoinsAndTakesThemUpAgainLater) {
  Admission admission({.shed_depth_below = 0.15, .refuse_joins_below = 0.05});
  const auto state = [&](double left) {
    admission.update(headroom_with(Resource::kLoop, left));
    return std::string(admission.sheds_depth() ? "depth " : "") + (admission.refuses_joins() ? "joins" : "");
  };
  EXPECT_EQ(state(0.16), "");
  EXPECT_EQ(state(0.14), "depth ");
  EXPECT_EQ(state(0.04), "depth joins");
  EXPECT_EQ(state(0.09), "depth joins") << "a twentieth more than where they were given up";
  EXPECT_EQ(state(0.11), "depth ");
  EXPECT_EQ(state(0.19), "depth ");
  EXPECT_EQ(state(0.21), "");
}

TEST(Admission, ALimitIsLeftBehindOnlyBelowIt) {
  Admission admission({.shed_depth_below = 0.25, .refuse_joins_below = 0.125});
  admission.update(headroom_with(Resource::kLoop, 0.25));
  EXPECT_FALSE(admission.sheds_depth());
  admission.update(headroom_with(Resource::kLoop, 0.125));
  EXPECT_TRUE(admission.sheds_depth());
  EXPECT_FALSE(admission.refuses_joins());
  admission.update(headroom_with(Resource::kLoop, 0.25 + 0.05));
  EXPECT_FALSE(admission.sheds_depth()) << "a twentieth more is enough";
}

TEST(Admission, ATurnThatTakesAllThatThereIsLeavesNothing) {
  EXPECT_NEAR(serve::loop_headroom(1.0, 25 * base::kMillisecond), 0.5, 1e-9);
  EXPECT_EQ(serve::loop_headroom(1.0, 50 * base::kMillisecond), 0);
  EXPECT_NEAR(serve::loop_headroom(0.425, 40 * base::kMillisecond), 0.5, 1e-9) << "the better of both";
}

TEST(Admission, TheScarcestResourceDecides) {
  for (std::size_t i = 0; i < serve::kResources; ++i) {
    Admission admission({});
    admission.update(headroom_with(static_cast<Resource>(i), 0.01));
    EXPECT_TRUE(admission.refuses_joins()) << serve::to_string(static_cast<Resource>(i));
  }
}

TEST(Admission, ALimitOfZeroIsNone) {
  Admission admission({.shed_depth_below = 0, .refuse_joins_below = 0});
  admission.update(headroom_with(Resource::kMemory, 0));
  EXPECT_FALSE(admission.sheds_depth());
  EXPECT_FALSE(admission.refuses_joins());
}

TEST(Admission, ALoopThatIsBusyForSixSeventhsOfTheTimeIsFull) {
  EXPECT_EQ(serve::loop_headroom(0), 1);
  EXPECT_NEAR(serve::loop_headroom(0.425), 0.5, 1e-9);
  EXPECT_EQ(serve::loop_headroom(0.9), 0);
}

TEST(Admission, ABusyLoopWithShortTurnsHurtsNobody) {
  EXPECT_NEAR(serve::loop_headroom(1.0, 5 * base::kMillisecond), 0.9, 1e-9);
  EXPECT_EQ(serve::loop_headroom(1.0, 60 * base::kMillisecond), 0);
  EXPECT_EQ(serve::loop_headroom(0.0, 60 * base::kMillisecond), 1) << "a crowd woken at once, and time to spare";
}

constexpr const char* kMultivariant = "/live/match/index.m3u8";

/// Returns when the loop knows that nothing is left.
void take_all_headroom(Serving& serving) {
  serving.server().set_shared_headroom(1, 0);
  serve_test::wait_until([&] { return serving.counters().headroom[3].get() == 0; });
}

TEST(ServerAdmission, WhoWatchesIsServedAndWhoJoinsIsToldToComeBack) {
  Serving serving;
  serving.go_live();
  Client watching(serving.port());
  EXPECT_EQ(watching.get(kMultivariant).status, 200);
  EXPECT_EQ(watching.get(part_path(1)).status, 200);
  take_all_headroom(serving);

  Client joining(serving.port());
  const Answer refused = joining.get(kMultivariant);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.fields.at("cache-control"), "no-store") << "CC-11";
  EXPECT_GE(std::stoi(refused.fields.at("retry-after")), 2);
  EXPECT_NE(joining.get(kMultivariant).fields.at("retry-after"), refused.fields.at("retry-after"))
      << "a crowd must not come back at once";

  EXPECT_EQ(watching.get(kMultivariant).status, 200) << "a reload of somebody who watches";
  EXPECT_EQ(watching.get(playlist_path(1)).status, 200);
  EXPECT_EQ(watching.get(part_path(0)).status, 200);
  Client another(serving.port());
  EXPECT_EQ(another.get(playlist_path(1)).status, 200) << "a viewer's second connection";
  EXPECT_EQ(serving.counters().causes[static_cast<std::size_t>(serve::Cause::kNoHeadroom)].get(), 2u);
  EXPECT_EQ(serving.counters().joins.get(), 1u);

  serving.server().set_shared_headroom(1, 1);
  serve_test::wait_until([&] { return serving.counters().headroom[3].get() == 1'000'000; });
  EXPECT_EQ(joining.get(kMultivariant).status, 200);
}

TEST(ServerAdmission, SegmentsFarBehindTheEdgeAreGivenUpFirst) {
  Serving serving;
  serving.go_live();
  serving.server().set_shared_headroom(0.1, 1);
  serve_test::wait_until([&] { return serving.counters().headroom[2].get() == 100'000; });
  Client client(serving.port());
  const auto segment = [](std::int64_t behind) {
    return "/live/match/v720/" + std::to_string(Serving::kOpen - 1 - behind) + ".m4s";
  };
  EXPECT_EQ(client.get(segment(6)).status, 503);
  EXPECT_EQ(client.get(segment(5)).status, 200);
  EXPECT_EQ(client.get(kMultivariant).status, 200) << "there is still headroom for joins";
  EXPECT_EQ(serving.counters().causes[static_cast<std::size_t>(serve::Cause::kDepthShed)].get(), 1u);
}

TEST(ServerAdmission, AnOverflowPathwayTakesJoinsInPlaceOfARefusal) {
  serve::Server::Options options;
  options.admission.overflow = "https://cdn.example";
  Serving serving(options);
  serving.go_live();
  take_all_headroom(serving);
  Client joining(serving.port());
  const Answer sent = joining.get(kMultivariant);
  EXPECT_EQ(sent.status, 200);
  EXPECT_NE(sent.body.find("\nhttps://cdn.example/live/match/v720/index.m3u8\n"), std::string::npos) << sent.body;
  EXPECT_NE(sent.body.find("URI=\"https://cdn.example/live/match/"), std::string::npos) << sent.body;
  EXPECT_EQ(sent.fields.at("cache-control"), "max-age=1");
  EXPECT_EQ(serving.counters().joins_redirected.get(), 1u);
  EXPECT_EQ(serving.counters().joins.get(), 0u);
  // Another pathway from now on.
  serving.server().set_admission({.overflow = "https://other.example"});
  serve_test::wait_until([&] { return joining.get(kMultivariant).body.find("other.example") != std::string::npos; });
}

}  // namespace
