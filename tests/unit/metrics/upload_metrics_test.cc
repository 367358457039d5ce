#include "metrics/upload_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

TEST(UploadMetrics, TellOfEachChannel) {
  upload::Report report;
  report.channel = "match";
  report.objects = 11;
  report.bytes = 12;
  report.failures[static_cast<std::size_t>(s3::Reason::kSlowDown)] = 13;
  report.gaps = 14;
  report.lag = 2'500'000;
  report.failing = true;
  Instance instance;
  instance.uploads = {report};
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line :
       {"kickoff_upload_objects_total{channel=\"match\"} 11\n", "kickoff_upload_bytes_total{channel=\"match\"} 12\n",
        "kickoff_upload_failed_total{channel=\"match\",reason=\"slow_down\"} 13\n",
        "kickoff_upload_failed_total{channel=\"match\",reason=\"network\"} 0\n",
        "kickoff_upload_gap_segments_total{channel=\"match\"} 14\n",
        "kickoff_upload_lag_seconds{channel=\"match\"} 2.5\n", "kickoff_upload_failing{channel=\"match\"} 1\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(UploadMetrics, AreNotThereWithoutAnUpload) {
  EXPECT_EQ(write_exposition({}, {}, {}).find("kickoff_upload_"), std::string::npos);
}

}  // namespace
}  // namespace metrics
