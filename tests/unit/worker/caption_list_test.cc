#include "worker/caption_list.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

namespace worker {
namespace {

captions::ServiceSet set_of(std::initializer_list<std::string_view> names) {
  captions::ServiceSet services;
  for (const std::string_view name : names) services.set(captions::Service::parse(name)->index());
  return services;
}

TEST(CaptionList, NamesNothingBeforeSomethingIsFound) {
  CaptionList list({});
  EXPECT_FALSE(list.add({}, false));
  EXPECT_EQ(list.listed(), media::Captions{});
}

TEST(CaptionList, KnowsOfRoomForCaptionsBeforeThereAreSome) {
  CaptionList list({});
  EXPECT_TRUE(list.add({}, true));
  EXPECT_FALSE(list.add({}, true));
  EXPECT_FALSE(list.add({}, false)) << "what was seen stays";
  EXPECT_EQ(list.listed(), (media::Captions{{}, false, true}));
  CaptionList next({});
  next.resume(list.listed());
  EXPECT_FALSE(next.add({}, true)) << "the log says so";
}

TEST(CaptionList, GrowsByWhatIsFound) {
  CaptionList list({});
  EXPECT_TRUE(list.add(set_of({"SERVICE1", "CC1"}), true));
  EXPECT_FALSE(list.add(set_of({"CC1"}), true)) << "nothing new";
  EXPECT_TRUE(list.add(set_of({"CC3"}), true));
  EXPECT_EQ(list.listed(), (media::Captions{{{"CC1", "", ""}, {"CC3", "", ""}, {"SERVICE1", "", ""}}, false, true}));
}

TEST(CaptionList, NamesWhatIsConfiguredAtOnceAndAddsTheRest) {
  CaptionList list({{{"SERVICE2", "es", "Español"}, {"CC1", "en", "English"}}, false});
  EXPECT_EQ(list.listed().services.size(), 2U);
  EXPECT_TRUE(list.add(set_of({"CC1"}), true)) << "there are some";
  EXPECT_FALSE(list.add(set_of({"CC1"}), true)) << "it was named";
  EXPECT_TRUE(list.add(set_of({"CC2"}), true));
  EXPECT_EQ(list.listed(),
            (media::Captions{{{"CC1", "en", "English"}, {"CC2", "", ""}, {"SERVICE2", "es", "Español"}}, false, true}));
}

TEST(CaptionList, NeverNamesAnyWhereThereAreNone) {
  CaptionList list({{}, true});
  EXPECT_FALSE(list.add(set_of({"CC1"}), true));
  list.resume({{{"CC1", "en", "English"}}, false});
  EXPECT_EQ(list.listed(), (media::Captions{{}, true}));
}

TEST(CaptionList, KeepsWhatTheLogHasNamed) {
  CaptionList list({{{"CC1", "fr", "Français"}}, false});
  list.resume({{{"CC1", "en", "English"}, {"CC3", "es", "Spanish"}, {"nonsense", "", ""}}, false, true});
  EXPECT_EQ(list.listed(), (media::Captions{{{"CC1", "fr", "Français"}, {"CC3", "es", "Spanish"}}, false, true}));
  EXPECT_FALSE(list.add(set_of({"CC3"}), true));
}

}  // namespace
}  // namespace worker
