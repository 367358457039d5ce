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

TEST(CaptionList, NamesWhatTheFeedAnnounces) {
  CaptionList list({});
  EXPECT_TRUE(list.announce({{"SERVICE1", "eng", ""}, {"CC1", "eng", ""}, {"nonsense", "", ""}}));
  EXPECT_FALSE(list.announce({{"SERVICE1", "eng", ""}, {"CC1", "eng", ""}, {"nonsense", "", ""}}));
  EXPECT_EQ(list.listed(), (media::Captions{{{"CC1", "eng", ""}, {"SERVICE1", "eng", ""}}, false, false}));
  EXPECT_TRUE(list.add(set_of({"CC1", "CC2"}), false));
  EXPECT_TRUE(list.announce({{"CC2", "spa", "Spanish (easy reader)"}})) << "it was found before";
  EXPECT_FALSE(list.announce({})) << "what was known stays";
  EXPECT_EQ(list.listed().services[1], (media::Caption{"CC2", "spa", "Spanish (easy reader)"}));
  EXPECT_EQ(list.language_of(captions::Service::digital(1)), "eng");
  EXPECT_EQ(list.language_of(captions::Service::line21(2)), "spa");
  EXPECT_EQ(list.language_of(captions::Service::line21(4)), "");
}

TEST(CaptionList, TheConfigurationCountsBeforeWhatTheFeedAnnounces) {
  CaptionList list({{{"CC1", "fr", ""}, {"CC2", "", "Deux"}, {"CC3", "", ""}}, false});
  EXPECT_TRUE(list.announce({{"CC1", "eng", "x"}, {"CC2", "spa", "y"}, {"CC3", "deu", "z"}}));
  EXPECT_EQ(list.listed(),
            (media::Captions{{{"CC1", "fr", ""}, {"CC2", "spa", "Deux"}, {"CC3", "deu", "z"}}, false, false}));
  EXPECT_EQ(list.language_of(captions::Service::line21(1)), "fr");
  EXPECT_EQ(list.language_of(captions::Service::line21(2)), "spa");
}

TEST(CaptionList, LanguagesAreKnownAlsoWherePlayersAreToldOfNoCaptions) {
  CaptionList list({{}, true});
  EXPECT_TRUE(list.announce({{"CC1", "eng", ""}}));
  EXPECT_EQ(list.listed(), (media::Captions{{}, true}));
  EXPECT_EQ(list.language_of(captions::Service::line21(1)), "eng");
}

TEST(CaptionList, TheLogSaysLanguagesUntilTheFeedDoes) {
  CaptionList list({});
  list.resume({{{"CC1", "eng", ""}}, false, true});
  EXPECT_EQ(list.language_of(captions::Service::line21(1)), "eng");
  EXPECT_TRUE(list.announce({{"CC1", "spa", ""}}));
  EXPECT_EQ(list.language_of(captions::Service::line21(1)), "spa");
  EXPECT_EQ(list.listed().services[0].language, "spa");
}

TEST(CaptionList, KeepsWhatTheLogHasNamed) {
  CaptionList list({{{"CC1", "fr", "Français"}}, false});
  list.resume({{{"CC1", "en", "English"}, {"CC3", "es", "Spanish"}, {"nonsense", "", ""}}, false, true});
  EXPECT_EQ(list.listed(), (media::Captions{{{"CC1", "fr", "Français"}, {"CC3", "es", "Spanish"}}, false, true}));
  EXPECT_FALSE(list.add(set_of({"CC3"}), true));
}

}  // namespace
}  // namespace worker
