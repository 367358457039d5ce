#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Collects series by family, in the order the families are first named.
class Families {
 public:
  void counter(const char* name, const char* help, const Labels& labels, double value);
  void gauge(const char* name, const char* help, const Labels& labels, double value);
  /// `counts` has one more entry than `bounds`: what lies above them. Units: bounds and sum in seconds.
  void histogram(const char* name, const char* help, const Labels& labels, std::span<const double> bounds,
                 std::span<const std::uint64_t> counts, double sum);
  std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  prometheus::ClientMetric& add(const char* name, const char* help, prometheus::MetricType type, const Labels& labels);

  std::vector<prometheus::MetricFamily> families_;
  std::map<std::string, std::size_t> index_;
};

}  // namespace metrics
