#include "desk/table.h"

#include <gtest/gtest.h>

namespace desk {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(table({{"A", "LONG HEADING", "C"}, {"1", "2", "3"}, {"wide cell", "x", "y"}}),
            "A          LONG HEADING  C\n"
            "1          2             3\n"
            "wide cell  x             y\n");
}

TEST(Table, WidthIsInCharactersAndNotInBytes) {
  EXPECT_EQ(table({{"Zürich", "a"}, {"Bern", "b"}}), "Zürich  a\nBern    b\n");
}

TEST(Table, LinesEndWithoutBlanksAndRowsMayBeShort) {
  EXPECT_EQ(table({{"A", "B"}, {"long"}, {"", ""}, {"x", "y"}}), "A     B\nlong\n\nx     y\n");
  EXPECT_EQ(table({}), "");
}

TEST(Table, WhatATerminalWouldActOnIsReplaced) { EXPECT_EQ(table({{"a\x1b[2Jb\nc"}}), "a\xEF\xBF\xBD[2Jb c\n"); }

}  // namespace
}  // namespace desk
