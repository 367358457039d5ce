#include "channel/overlays.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace channel {
namespace {

using Outcome = Overlays::Outcome;

struct OverlayEvents final : events::Sink {
  void append(events::Fact fact) override {
    trace += (fact.state == events::State::kRaised ? "+" : "-") + fact.which + " ";
  }
  std::string trace;
};

class OverlaysTest : public ::testing::Test {
 protected:
  static media::Overlay text(const std::string& id, const std::string& says = "text") {
    return {.id = id, .text = says};
  }
  Outcome put(const media::Overlay& overlay) { return overlays_.take({.id = overlay.id, .overlay = overlay}, true); }
  Outcome turn(const std::string& id, bool on) { return overlays_.take({.id = id, .on = on}, true); }
  Outcome take_back(const std::string& id) { return overlays_.take({.id = id, .taken_back = true}, true); }
  /// What the source has been told since the last call.
  std::string told() { return std::exchange(told_, {}); }

  const std::string name_ = "match";
  std::string told_;
  OverlayEvents events_;
  Overlays overlays_{name_, events_, [this](const feed::Overlay& order) {
                       told_ +=
                           (order.on ? "+" : "-") + order.overlay.id + (order.on ? "=" + order.overlay.text : "") + " ";
                     }};
};

TEST_F(OverlaysTest, ShowWhatTheConfigurationDeclaresButForWhatIsOff) {
  overlays_.configure({{text("logo"), true}, {text("clock"), false}});
  EXPECT_EQ(told(), "+logo=text ");
  EXPECT_EQ(events_.trace, "") << "nobody ordered anything";
}

TEST_F(OverlaysTest, ChangeAtOnceWithTheConfigurationAndOnlyWhereItDiffers) {
  overlays_.configure({{text("a"), true}, {text("b"), true}});
  told();
  overlays_.configure({{text("a"), true}, {text("b", "other"), true}, {text("c"), true}});
  EXPECT_EQ(told(), "+b=other +c=text ");
  overlays_.configure({{text("c"), true}});
  EXPECT_EQ(told(), "-a -b ");
}

TEST_F(OverlaysTest, FollowAnOperatorUntilItIsTakenBack) {
  overlays_.configure({{text("logo"), true}, {text("clock"), false}});
  told();
  EXPECT_EQ(turn("clock", true), Outcome::kDone);
  EXPECT_EQ(turn("logo", false), Outcome::kDone);
  EXPECT_EQ(told(), "+clock=text -logo ");
  overlays_.configure({{text("logo"), true}, {text("clock"), false}});
  EXPECT_EQ(told(), "") << "a reload does not take it back";
  EXPECT_EQ(take_back("logo"), Outcome::kDone);
  EXPECT_EQ(told(), "+logo=text ");
  EXPECT_EQ(take_back("logo"), Outcome::kUnknown);
  EXPECT_EQ(events_.trace, "+clock +logo -logo ");
}

TEST_F(OverlaysTest, CanBeMadeByAnOperatorAloneOrInPlaceOfADeclaredOne) {
  overlays_.configure({{text("logo"), true}});
  told();
  EXPECT_EQ(put(text("clock", "{utc}")), Outcome::kDone);
  EXPECT_EQ(put(text("logo", "another")), Outcome::kDone);
  EXPECT_EQ(told(), "+clock={utc} +logo=another ");
  EXPECT_EQ(turn("clock", false), Outcome::kDone);
  EXPECT_EQ(turn("clock", true), Outcome::kDone) << "what was ordered before";
  EXPECT_EQ(told(), "-clock +clock={utc} ");
  EXPECT_EQ(take_back("logo"), Outcome::kDone);
  EXPECT_EQ(told(), "+logo=text ");
}

TEST_F(OverlaysTest, AreRefusedWhereThereIsNothingToShow) {
  EXPECT_EQ(turn("logo", true), Outcome::kUnknown);
  EXPECT_EQ(take_back("logo"), Outcome::kUnknown);
  EXPECT_EQ(overlays_.take({.id = "clock", .overlay = text("clock")}, false), Outcome::kNoFont);
  media::Overlay logo{.id = "logo", .png = base::Bytes::of_static("PNG")};
  EXPECT_EQ(overlays_.take({.id = "logo", .overlay = logo}, false), Outcome::kDone) << "a logo needs none";
  EXPECT_EQ(told(), "+logo= ");
}

TEST_F(OverlaysTest, AreEightAtMost) {
  for (int i = 0; i < 8; ++i) EXPECT_EQ(put(text("o" + std::to_string(i))), Outcome::kDone);
  EXPECT_EQ(put(text("o8")), Outcome::kTooMany);
  EXPECT_EQ(put(text("o7", "again")), Outcome::kDone);
}

TEST_F(OverlaysTest, OfOperatorsEndWithTheChannel) {
  overlays_.configure({{text("logo"), true}});
  put(text("clock"));
  turn("logo", false);
  told();
  overlays_.clear();
  EXPECT_EQ(told(), "-clock +logo=text ");
  EXPECT_EQ(events_.trace, "+clock +logo -clock -logo ");
}

TEST_F(OverlaysTest, ForgetAnOrderAboutWhatIsDeclaredNoLonger) {
  overlays_.configure({{text("logo"), true}});
  turn("logo", true);
  overlays_.configure({});
  EXPECT_TRUE(overlays_.entries().empty());
}

}  // namespace
}  // namespace channel
