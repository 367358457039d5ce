#include "metrics/upload_metrics.h"

#include <string>

namespace metrics {
namespace {

void add_upload(Families& out, const upload::Report& report) {
  const Labels labels = {{"channel", report.channel}};
  out.counter("kickoff_upload_objects_total", "Objects put into the bucket, playlists included.", labels,
              static_cast<double>(report.objects));
  out.counter("kickoff_upload_bytes_total", "Bytes of objects put into the bucket.", labels,
              static_cast<double>(report.bytes));
  for (std::size_t i = 0; i < s3::kReasons; ++i) {
    out.counter("kickoff_upload_failed_total",
                "Objects that were not put at an attempt, by reason. They are tried again.",
                {{"channel", report.channel}, {"reason", std::string(s3::to_string(static_cast<s3::Reason>(i)))}},
                static_cast<double>(report.failures[i]));
  }
  out.counter("kickoff_upload_gap_segments_total",
              "Segments that uploaded playlists list as gaps because the journal does not have them.", labels,
              static_cast<double>(report.gaps));
  out.gauge("kickoff_upload_lag_seconds",
            "Age of the newest media that uploaded playlists list; 0 after the session's end, and before the first.",
            labels, static_cast<double>(report.lag) / static_cast<double>(base::kSecond));
  out.gauge("kickoff_upload_failing", "1 while nothing could be uploaded at the last two attempts or more.", labels,
            report.failing ? 1 : 0);
}

}  // namespace

void add_uploads(Families& out, std::span<const upload::Report> reports) {
  for (const upload::Report& report : reports) add_upload(out, report);
}

}  // namespace metrics
