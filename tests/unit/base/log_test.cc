#include "base/log.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(FormatLine, WritesOneJsonObjectWithEscapes) {
  EXPECT_EQ(format_line(LogFormat::kJson, "T", Level::kInfo, "rtmp", "publish",
                        {{"channel", "a\"b\n"}, {"bytes", 5}, {"ok", true}}),
            R"({"time":"T","level":"info","tag":"rtmp","event":"publish","channel":"a\"b ","bytes":5,"ok":true})");
}

TEST(FormatLine, QuotesOnlyWhatNeedsItOnATerminal) {
  EXPECT_EQ(format_line(LogFormat::kText, "T", Level::kWarn, "srt", "late", {{"channel", "one"}, {"why", "two words"}}),
            "T warn srt: late channel=one why=\"two words\"");
}

}  // namespace
}  // namespace base
