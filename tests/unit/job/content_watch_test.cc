#include "job/content_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace job {
namespace {

TEST(Areas, AreFourNumbersEachWithCommasBetween) {
  EXPECT_EQ(areas_of("80 0 100 12"), (std::vector<Area>{{80, 0, 100, 12}}));
  EXPECT_EQ(areas_of("80 0 100 12, 0  90 1 100 "), (std::vector<Area>{{80, 0, 100, 12}, {0, 90, 1, 100}}));
  EXPECT_EQ(areas_of(" "), std::vector<Area>{});
}

TEST(Areas, AreWrittenAsTheyAreRead) {
  const std::vector<Area> areas{{0, 0, 100, 100}, {1, 2, 3, 4}};
  EXPECT_EQ(to_text(areas), "0 0 100 100, 1 2 3 4");
  EXPECT_EQ(areas_of(to_text(areas)), areas);
  EXPECT_EQ(to_text({}), "");
}

TEST(Areas, AreRefusedWhereTheyAreNotPartsOfAPicture) {
  for (const char* text : {"80 0 100", "80 0 101 12", "-1 0 100 12", "80 0 80 12", "0 12 100 12", "0 0 100 12 5", "a",
                           "0 0 1 1,", ",0 0 1 1", "0 0 1 1;0 0 1 1", "0.5 0 1 1", "80% 0 100 12"}) {
    EXPECT_FALSE(areas_of(text)) << text;
  }
}

TEST(Areas, AreAtMostEight) {
  std::string text = "0 0 1 1";
  for (std::size_t i = 1; i < kMostAreas; ++i) text += ", 0 0 1 1";
  EXPECT_EQ(areas_of(text)->size(), kMostAreas);
  EXPECT_FALSE(areas_of(text + ", 0 0 1 1"));
}

}  // namespace
}  // namespace job
