#include "api/overlay_request.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/json_body.h"
#include "base/base64.h"
#include "media/png.h"

namespace api {
namespace {

using base::Code;
using base::Error;
using nlohmann::json;
using Corner = media::Overlay::Corner;

constexpr const char* kId = "an overlay's id has 1 to 32 of a to z, 0 to 9, - and _";
constexpr const char* kOverlayBody =
    "the body has to be {\"on\": true} or {\"on\": false} for an overlay that is there, or an object with \"text\", "
    "1 to 200 bytes with no control characters but \\n, or \"png\", a picture in Base64; it may have \"position\" "
    "(top-left, top-right, bottom-left, bottom-right), and in percent \"margin\" (0 to 20), \"width\" of a png (1 to "
    "50), \"line\" of a text (1 to 25) and \"opacity\" (1 to 100)";

/// A number of percent.
struct Share {
  const char* name;
  int media::Overlay::* field;
  double least;
  double most;
};
constexpr std::array kShares{Share{"margin", &media::Overlay::margin, 0, 20},
                             Share{"width", &media::Overlay::width, 1, 50}, Share{"line", &media::Overlay::line, 1, 25},
                             Share{"opacity", &media::Overlay::opacity, 1, 100}};

bool take_position(media::Overlay& overlay, const std::string& word) {
  constexpr std::array<std::pair<const char*, Corner>, 4> kCorners{{{"top-left", Corner::kTopLeft},
                                                                    {"top-right", Corner::kTopRight},
                                                                    {"bottom-left", Corner::kBottomLeft},
                                                                    {"bottom-right", Corner::kBottomRight}}};
  for (const auto& [name, corner] : kCorners) {
    if (word != name) continue;
    overlay.corner = corner;
    return true;
  }
  return false;
}

bool take_share(media::Overlay& overlay, const std::string& name, const json& value) {
  for (const Share& share : kShares) {
    if (name != share.name) continue;
    if (!value.is_number() || value.get<double>() < share.least || value.get<double>() > share.most) return false;
    overlay.*share.field = static_cast<int>(std::lround(value.get<double>() * 10));
    return true;
  }
  return false;
}

base::Status take_png(media::Overlay& overlay, const std::string& text) {
  auto bytes = base::base64_decoded(text);
  if (!bytes) return Error{Code::kMalformed, "\"png\" has to be Base64"};
  overlay.png = base::Bytes::adopt(std::move(*bytes));
  const auto size = media::png_size(overlay.png.view());
  if (!size.ok()) return Error{Code::kMalformed, "png: " + size.error().what};
  return base::Ok{};
}

base::Status take(media::Overlay& overlay, const std::string& name, const json& value) {
  if (name == "png" && value.is_string()) return take_png(overlay, value.get<std::string>());
  bool good = false;
  if (name == "text" && value.is_string()) {
    overlay.text = value.get<std::string>();
    good = media::is_overlay_text(overlay.text);
  } else if (name == "position" && value.is_string()) {
    good = take_position(overlay, value.get<std::string>());
  } else {
    good = take_share(overlay, name, value);
  }
  if (!good) return Error{Code::kMalformed, kOverlayBody};
  return base::Ok{};
}

}  // namespace

base::Result<channel::Overlays::Order> parse_overlay(std::string_view id, std::string_view body) {
  channel::Overlays::Order order;
  order.id = std::string(id);
  if (!media::is_overlay_id(id)) return Error{Code::kMalformed, kId};
  const json given = parse_json(body);
  if (!given.is_object()) return Error{Code::kMalformed, kOverlayBody};
  if (given.contains("on")) {
    if (!given["on"].is_boolean() || given.size() > 1) return Error{Code::kMalformed, kOverlayBody};
    order.on = given["on"].get<bool>();
    return order;
  }
  media::Overlay overlay{.id = order.id};
  for (const auto& [name, value] : given.items()) TRY_OK(take(overlay, name, value));
  if (overlay.png.empty() == overlay.text.empty()) return Error{Code::kMalformed, kOverlayBody};
  order.overlay = std::move(overlay);
  return order;
}

}  // namespace api
