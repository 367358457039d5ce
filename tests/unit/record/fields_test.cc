#include "record/fields.h"

#include <gtest/gtest.h>

namespace record {
namespace {

std::vector<std::uint8_t> written(const media::Captions& captions) {
  Presentation presentation;
  presentation.captions = captions;
  base::ByteWriter out;
  write_fields(out, Record(presentation));
  return out.take();
}

base::Result<Record> read(base::View fields) { return parse_fields(Type::kPresentation, fields); }

TEST(RecordFields, KeepCaptions) {
  const media::Captions some{{{"CC1", "en", "English"}, {"SERVICE2", "", ""}}, false};
  for (const media::Captions& captions :
       {some, media::Captions{{}, true}, media::Captions{{}, false, true}, media::Captions{}}) {
    const auto back = read(written(captions));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(std::get<Presentation>(*back).captions, captions);
  }
}

TEST(RecordFields, OfAWorkerThatKnewNoCaptionsSayNothingOfThem) {
  const std::vector<std::uint8_t> fields = written({});
  const auto back = read(base::View(fields).first(fields.size() - 6));  // without both flags and the count
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(std::get<Presentation>(*back).captions, media::Captions{});
}

TEST(RecordFields, HaveNoMoreCaptionsThanThereAreServices) {
  media::Captions captions;
  captions.services.assign(67, {"CC1", "", ""});
  EXPECT_TRUE(read(written(captions)).ok());
  captions.services.push_back({"CC1", "", ""});
  EXPECT_FALSE(read(written(captions)).ok());
}

}  // namespace
}  // namespace record
