#include "api/caption_request.h"

#include <gtest/gtest.h>

#include <string>

namespace api {
namespace {

channel::LiveCaptions::Request taken(const std::string& body) {
  auto caption = parse_caption(body);
  EXPECT_TRUE(caption.ok()) << body;
  return caption.ok() ? caption.take() : channel::LiveCaptions::Request{};
}

TEST(CaptionRequest, NeedsTextAlone) {
  const auto caption = taken(R"({"text": "Tor\nfür uns"})");
  EXPECT_EQ(caption.text, "Tor\nfür uns");
  EXPECT_EQ(caption.id, "");
  EXPECT_FALSE(caption.start);
  EXPECT_FALSE(caption.end);
  EXPECT_FALSE(caption.duration);
}

TEST(CaptionRequest, MaySayWhen) {
  const auto exact = taken(R"({"text": "x", "start": "2026-04-12T15:20:00+02:00", "end": "2026-04-12T13:20:02.5Z"})");
  EXPECT_EQ(exact.start, 1'776'000'000'000'000);
  EXPECT_EQ(exact.end, 1'776'000'002'500'000);
  const auto now = taken(R"({"text": "x", "start": "now", "duration": 2.5, "id": "c1"})");
  EXPECT_FALSE(now.start);
  EXPECT_EQ(now.duration, 2'500'000);
  EXPECT_EQ(now.id, "c1");
}

TEST(CaptionRequest, AnEmptyTextEndsTheCaptionWithTheId) {
  EXPECT_EQ(taken(R"({"text": "", "id": "c1"})").id, "c1");
  EXPECT_FALSE(parse_caption(R"({"text": ""})").ok());
}

TEST(CaptionRequest, RefusesWhatItDoesNotKnow) {
  for (const std::string body :
       {"", "[]", "{}", R"({"text": 7})", R"({"text": "x", "start": "soon"})", R"({"text": "x", "duration": 0})",
        R"({"text": "x", "duration": 61})", R"({"text": "x", "duration": "1"})", R"({"text": "x", "id": ""})",
        R"({"text": "x", "end": "now"})", R"({"text": "x", "language": "de"})",
        R"({"text": "x", "end": "2026-04-12T13:20:02Z", "duration": 1})",
        R"({"text": "x", "start": "2026-04-12T13:20:02Z", "end": "2026-04-12T13:20:02Z"})"}) {
    EXPECT_FALSE(parse_caption(body).ok()) << body;
  }
}

TEST(CaptionRequest, BoundsTextAndId) {
  EXPECT_TRUE(parse_caption(R"({"text": ")" + std::string(2048, 'x') + "\"}").ok());
  EXPECT_FALSE(parse_caption(R"({"text": ")" + std::string(2049, 'x') + "\"}").ok());
  EXPECT_FALSE(parse_caption(R"({"text": ")" + std::string(1 << 20, 'x') + "\"}").ok());
  EXPECT_FALSE(parse_caption(R"({"text": "x", "id": ")" + std::string(65, 'x') + "\"}").ok());
}

}  // namespace
}  // namespace api
