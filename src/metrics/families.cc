#include "metrics/families.h"

#include <limits>

namespace metrics {

prometheus::ClientMetric& Families::add(const char* name, const char* help, prometheus::MetricType type,
                                        const Labels& labels) {
  const auto [place, fresh] = index_.emplace(name, families_.size());
  if (fresh) families_.push_back({name, help, type, {}});
  prometheus::ClientMetric& metric = families_[place->second].metric.emplace_back();
  for (const auto& [label, value] : labels) metric.label.push_back({label, value});
  return metric;
}

void Families::counter(const char* name, const char* help, const Labels& labels, double value) {
  add(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
}

void Families::gauge(const char* name, const char* help, const Labels& labels, double value) {
  add(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void Families::histogram(const char* name, const char* help, const Labels& labels, std::span<const double> bounds,
                         std::span<const std::uint64_t> counts, double sum) {
  prometheus::ClientMetric& metric = add(name, help, prometheus::MetricType::Histogram, labels);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    cumulative += counts[i];
    const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({cumulative, bound});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = sum;
}

}  // namespace metrics
