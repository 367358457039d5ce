#include "packager/resume.h"

#include <gtest/gtest.h>

namespace packager {
namespace {

Resume position() {
  record::Rendition rendition;
  rendition.name = "v720";
  rendition.init = base::Bytes::copy_of("init");
  rendition.track.timescale = 30'000;
  Resume resume;
  resume.presentation.renditions.push_back(rendition);
  resume.renditions.push_back({900, 2, -5, 1'000'000'000'000});
  return resume;
}

TEST(Resume, ComesBackFromItsBytesWhole) {
  const auto back = parse_resume(encode_resume(position()).view());
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->renditions.size(), 1U);
  EXPECT_EQ(back->renditions[0].msn, 900);
  EXPECT_EQ(back->renditions[0].next_part, 2U);
  EXPECT_EQ(back->renditions[0].segment_start, -5);
  EXPECT_EQ(back->renditions[0].end, 1'000'000'000'000);
  EXPECT_EQ(back->presentation.renditions[0].init.text(), "init");
  EXPECT_EQ(back->presentation.renditions[0].track.timescale, 30'000);
}

TEST(Resume, BytesThatAreCutShortAreAnError) {
  const base::Bytes whole = encode_resume(position());
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse_resume(whole.view().first(size)).ok());
}

}  // namespace
}  // namespace packager
