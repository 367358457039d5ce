#include "rtmp/frame_info.h"

#include <gtest/gtest.h>

#include "rtmp/amf.h"

namespace rtmp {
namespace {

using amf::Value;

base::Result<FrameInfo> frame_info(const std::vector<Value>& values) {
  return parse_frame_info(amf::write_values(values));
}

TEST(FrameInfo, HasTimeCodeAndTheEncodersClock) {
  const auto info =
      frame_info({"onFI", Value::Object{{"tc", "10:00:00:12"}, {"sd", "29-11-2026"}, {"st", "09:59:58.250"}}});
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->time_code, "10:00:00:12");
  EXPECT_EQ(info->system_time, "09:59:58.250");
}

TEST(FrameInfo, OneOfTheTwoIsEnough) {
  EXPECT_EQ(frame_info({"onFI", Value::Object{{"st", "09:59:58.250"}}})->time_code, "");
  EXPECT_EQ(frame_info({"onFI", Value::Object{{"tc", "09:59:58:05"}}})->system_time, "");
}

TEST(FrameInfo, StandsBehindSetDataFrameToo) {
  EXPECT_TRUE(frame_info({"@setDataFrame", "onFI", Value::Object{{"st", "09:59:58.250"}}}).ok());
}

TEST(FrameInfo, OtherMessagesAreNone) {
  EXPECT_FALSE(frame_info({"onMetaData", Value::Object{{"st", "09:59:58.250"}}}).ok());
  EXPECT_FALSE(frame_info({"onFI"}).ok());
  EXPECT_FALSE(frame_info({"onFI", "09:59:58.250"}).ok());
  EXPECT_FALSE(frame_info({"onFI", Value::Object{{"sd", "29-11-2026"}}}).ok());
  EXPECT_FALSE(frame_info({"@setDataFrame"}).ok());
  EXPECT_FALSE(frame_info({}).ok());
}

}  // namespace
}  // namespace rtmp
