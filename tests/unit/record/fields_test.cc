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
  const auto back =
      read(base::View(fields).first(fields.size() - 7));  // without both flags, the count, and the flag of cuts
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(std::get<Presentation>(*back).captions, media::Captions{});
}

TEST(RecordFields, OfAWorkerThatMovedNoCutsSayThatTheyStay) {
  Presentation moving;
  moving.cuts_move = true;
  base::ByteWriter out;
  write_fields(out, Record(moving));
  EXPECT_TRUE(std::get<Presentation>(*read(out.view())).cuts_move);
  EXPECT_FALSE(std::get<Presentation>(*read(out.view().first(out.size() - 1))).cuts_move);
}

TEST(RecordFields, OfAMovedCutAreItsSegmentAndItsTime) {
  base::ByteWriter out;
  write_fields(out, Record(MovedCut{888'000'002, 1'776'000'004'200'000}));
  const auto back = parse_fields(Type::kMovedCut, out.view());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(std::get<MovedCut>(*back).msn, 888'000'002);
  EXPECT_EQ(std::get<MovedCut>(*back).start, 1'776'000'004'200'000);
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
