#include "media/overlay.h"

#include <gtest/gtest.h>

#include <string>

namespace media {
namespace {

TEST(Overlay, HasAnIdThatFitsIntoAPath) {
  for (const char* const id : {"logo", "a", "top-left_2", "0"}) EXPECT_TRUE(is_overlay_id(id)) << id;
  for (const char* const id : {"", "Logo", "a/b", "a b", "ä", ".."}) EXPECT_FALSE(is_overlay_id(id)) << id;
  EXPECT_TRUE(is_overlay_id(std::string(32, 'a')));
  EXPECT_FALSE(is_overlay_id(std::string(33, 'a')));
}

TEST(Overlay, HasATextThatCanBeDrawn) {
  for (const char* const text : {"{utc}", "two\nlines", "Ü مرحبا"}) EXPECT_TRUE(is_overlay_text(text)) << text;
  for (const char* const text : {"", "a\tb", "bell\a", "\xff", "\x7f"}) EXPECT_FALSE(is_overlay_text(text)) << text;
  EXPECT_TRUE(is_overlay_text(std::string(200, 'a')));
  EXPECT_FALSE(is_overlay_text(std::string(201, 'a')));
}

}  // namespace
}  // namespace media
