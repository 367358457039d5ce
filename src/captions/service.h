#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace captions {

/// A caption service of either standard, as INSTREAM-ID names it: CC1 to CC4 of CEA-608, SERVICE1 to SERVICE63 of
/// CEA-708.
class Service {
 public:
  static constexpr int kLine21 = 4;
  static constexpr int kDigital = 63;
  static constexpr std::size_t kAll = kLine21 + kDigital;

  /// CC1 to CC4. REQUIRES: 1 to kLine21.
  static constexpr Service line21(int number) { return Service(number - 1); }
  /// REQUIRES: 1 to kDigital.
  static constexpr Service digital(int number) { return Service(kLine21 + number - 1); }
  /// REQUIRES: below kAll.
  static constexpr Service at(std::size_t index) { return Service(static_cast<int>(index)); }
  /// Nothing for another text. Spec: [rfc8216bis 4.4.6.1].
  static std::optional<Service> parse(std::string_view instream_id);

  std::string instream_id() const;
  /// From 0 on, CEA-608 first.
  constexpr std::size_t index() const { return static_cast<std::size_t>(index_); }
  constexpr bool is_digital() const { return index_ >= kLine21; }

  friend bool operator==(Service, Service) = default;

 private:
  explicit constexpr Service(int index) : index_(index) {}
  int index_;
};

/// By Service::index().
using ServiceSet = std::bitset<Service::kAll>;

}  // namespace captions
