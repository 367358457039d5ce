#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "record/record.h"

namespace channel {

/// Makes interstitials of a channel's breaks: beside the marker of a break, one of class "com.apple.hls.interstitial",
/// with which players fetch and play what replaces it. Spec: [rfc8216bis D.2]
class Interstitials {
 public:
  static constexpr std::string_view kClass = "com.apple.hls.interstitial";

  struct Options {
    /// Which breaks: "all", or segmentation types and "splice_insert", separated by spaces: "0x30 0x34". Empty: none.
    std::string types;
    /// Address of the asset (X-ASSET-URI), or of a list of assets (X-ASSET-LIST). In both {id}, {event}, {type},
    /// {start} and {duration} are replaced: the marker's id, the number of the event, the segmentation type (0 of a
    /// splice_insert), the instant (RFC 3339), and the planned duration in seconds, empty where there is none.
    std::string asset_uri;
    std::string asset_list;  ///< goes before asset_uri
    /// Whether the programme goes on where it was left (X-RESUME-OFFSET=0); otherwise after as much as was played.
    bool resume_at_splice = false;
    std::string restrict_to;    ///< X-RESTRICT: "SKIP", "JUMP", "SKIP,JUMP"; empty: nothing is restricted
    std::string snap;           ///< X-SNAP: "OUT", "IN", "OUT,IN"; empty: to the instant
    bool limit_playout = true;  ///< no asset plays for longer than the planned duration: X-PLAYOUT-LIMIT
  };

  explicit Interstitials(Options options) : options_(std::move(options)) {}

  /// Whether `text` is good for Options::types.
  static bool are_types(const std::string& text);
  /// Whether `text` is good for an address: absolute, of http or https, of characters that an address may have, and of
  /// the placeholders above.
  static bool is_template(const std::string& text);

  /// What goes with the marker of a break of this segmentation type (0: of a splice_insert): nothing where it is not
  /// one of Options::types. It is taken back with the break. A break's end changes nothing of it: players are in it.
  std::optional<record::Marker> of(const record::Marker& marker, std::uint32_t event, std::uint8_t type) const;

 private:
  bool wanted(std::uint8_t type) const;

  Options options_;
};

}  // namespace channel
