#include "metrics/loudness_metrics.h"

#include <optional>
#include <string>
#include <utility>

namespace metrics {
namespace {

Labels and_label(Labels labels, const char* name, std::string value) {
  labels.emplace_back(name, std::move(value));
  return labels;
}

void add_level(Families& out, const std::string& name, const char* help, const Labels& labels,
               std::optional<double> level) {
  if (level) out.gauge(name.c_str(), help, labels, *level);
}

/// `prefix`: "kickoff_feed" or "kickoff_rendition".
void add(Families& out, const std::string& prefix, const channel::LoudnessReport& loudness, const Labels& labels) {
  const char* windows =
      "Loudness by EBU R 128 (ITU-R BS.1770), in LUFS: momentary (0.4 s), short_term (3 s), integrated (gated, since "
      "the publisher came, or the worker started); -100 is silence. Of the first audio track of a feed that is "
      "decoded, "
      "and of encoded audio renditions before they are encoded; absent for the others.";
  const std::string name = prefix + "_loudness_lufs";
  add_level(out, name, windows, and_label(labels, "window", "momentary"), loudness.momentary);
  add_level(out, name, windows, and_label(labels, "window", "short_term"), loudness.short_term);
  add_level(out, name, windows, and_label(labels, "window", "integrated"), loudness.integrated);
  add_level(out, prefix + "_loudness_range_lu",
            "Loudness range by EBU Tech 3342, in LU, over the same time as the integrated loudness.", labels,
            loudness.range);
  add_level(
      out, prefix + "_true_peak_dbtp",
      "Largest true peak of all channels by ITU-R BS.1770, in dBTP, over the same time as the integrated loudness.",
      labels, loudness.true_peak);
}

void add_normaliser(Families& out, const channel::AudioReport& audio, const Labels& labels) {
  if (!audio.reduction) return;
  add_level(out, "kickoff_rendition_loudness_gain_db",
            "Gain in dB that brings the rendition to the channel's audio.loudness.", labels, audio.gain);
  add_level(out, "kickoff_rendition_limiter_reduction_db",
            "The most in dB that the limiter took from peaks in the last second; 0: nothing.", labels, audio.reduction);
  out.counter("kickoff_rendition_limited_seconds_total",
              "Media time for which the limiter took something from peaks; counts from 0 again when the worker is "
              "replaced.",
              labels, static_cast<double>(audio.limited_us) / 1e6);
}

}  // namespace

void add_loudness(Families& out, const channel::Report& report) {
  const Labels channel = {{"channel", report.name}};
  for (std::size_t i = 0; i < report.feeds.size(); ++i) {
    add(out, "kickoff_feed", report.feeds[i].loudness,
        and_label(channel, "feed", std::string(feed::to_string(feed::kIds[i]))));
  }
  for (const channel::AudioReport& audio : report.audio) {
    const Labels labels = and_label(channel, "rendition", audio.rendition);
    add(out, "kickoff_rendition", audio.loudness, labels);
    add_normaliser(out, audio, labels);
  }
}

}  // namespace metrics
