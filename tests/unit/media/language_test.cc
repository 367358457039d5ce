#include "media/language.h"

#include <gtest/gtest.h>

namespace media {
namespace {

TEST(LanguageTag, IsTheTwoLettersWhereThereAreSome) {
  EXPECT_EQ(language_tag("eng"), "en");
  EXPECT_EQ(language_tag("ger"), "de") << "the bibliographic code";
  EXPECT_EQ(language_tag("deu"), "de");
  EXPECT_EQ(language_tag("gsw"), "gsw") << "Swiss German has three letters only";
}

TEST(LanguageTag, LeavesWhatIsOneAndWhatIsUnknown) {
  EXPECT_EQ(language_tag("pt-BR"), "pt-BR");
  EXPECT_EQ(language_tag("en"), "en");
  EXPECT_EQ(language_tag("qaa"), "qaa");
  EXPECT_EQ(language_tag("x1z"), "x1z");
  EXPECT_EQ(language_tag(""), "und");
}

TEST(LanguageCode, IsTheTerminologicalOne) {
  for (const char* german : {"de", "ger", "deu", "de-CH"}) EXPECT_EQ(language_code(german), "deu") << german;
  EXPECT_EQ(language_code("zh-Hant"), "zho");
  EXPECT_EQ(language_code("gsw"), "gsw");
  for (const char* unknown : {"", "qaa", "x1z", "english", "-"}) EXPECT_EQ(language_code(unknown), "") << unknown;
}

TEST(LanguageName, IsForPeople) {
  EXPECT_EQ(language_name("eng"), "English");
  EXPECT_EQ(language_name("de-CH"), "German");
  EXPECT_EQ(language_name("spa"), "Spanish") << "and not: Spanish; Castilian";
  EXPECT_EQ(language_name("gre"), "Greek") << "and not: Greek, Modern (1453-)";
  EXPECT_EQ(language_name("nob"), "Norwegian Bokmål");
  EXPECT_EQ(language_name("qaa"), "Original");
  for (const char* unknown : {"", "x1z", "q"}) EXPECT_EQ(language_name(unknown), "") << unknown;
}

}  // namespace
}  // namespace media
