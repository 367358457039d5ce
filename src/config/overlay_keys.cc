#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "base/regular_file.h"
#include "config/config_keys.h"
#include "config/slate_file.h"
#include "media/png.h"

namespace config {
namespace {

/// "12%", "7.5%". `variable`: in thousandths.
Value share_of(int& variable, int least, int most) {
  Value value;
  value.allowed = std::to_string(least) + "% to " + std::to_string(most) + "%";
  value.wanted = "a share from " + value.allowed;
  value.read = [&variable, least, most, wanted = value.wanted](const std::string& text) -> Complaint {
    char* end = nullptr;
    const double given = std::strtod(text.c_str(), &end);
    const bool read = end != text.c_str() && std::string(end) == "%";
    if (!read || !(given >= least && given <= most)) return not_wanted(wanted, text);
    variable = static_cast<int>(std::lround(given * 10));
    return "";
  };
  value.write = [&variable] {
    const std::string tenths = variable % 10 == 0 ? "" : "." + std::to_string(variable % 10);
    return std::to_string(variable / 10) + tenths + "%";
  };
  return value;
}

/// The picture in the file whose path is given.
Value image_of(std::string& path, base::Bytes& png) {
  Value value = Value::path(path);
  value.read = [&path, &png](const std::string& given) -> Complaint {
    path = given;
    png = {};
    if (given.empty()) return "";
    auto bytes = base::read_regular_file(given, kMostSlate);
    if (!bytes.ok()) return ": " + bytes.error().what;
    const auto size = media::png_size(base::view_of(*bytes));
    if (!size.ok()) return ": " + given + ": " + size.error().what;
    png = base::Bytes::adopt(bytes.take());
    return "";
  };
  return value;
}

void declare_overlay(Keys& keys, channel::DeclaredOverlay& declared, std::string& path) {
  constexpr Reload kRule = Reload::kAtOnce;
  using Corner = media::Overlay::Corner;
  media::Overlay& overlay = declared.overlay;
  keys.key({"id", kRule, "by which the API addresses it; of two that overlap the later one in the alphabet is on top"},
           Value::text(overlay.id, "1 to 32 of a to z, 0 to 9, - and _",
                       [](const std::string& id) { return media::is_overlay_id(id); }));
  keys.key({"image", kRule,
            "a logo: a PNG file of at most 1 MiB and 2048x2048 pixels, which may be transparent. On HDR its white is "
            "203 cd/m2"},
           image_of(path, overlay.png));
  keys.key(
      {"text", kRule,
       "in place of an image: up to 200 bytes, in the slate's font. {utc} is the time of each picture, {frame} its "
       "number in its second, {channel} the channel's name"},
      Value::text(overlay.text, "1 to 200 bytes of UTF-8 with no control characters but line feeds",
                  [](const std::string& text) { return media::is_overlay_text(text); }));
  keys.key({"position", kRule, ""}, Value::choice<Corner>(overlay.corner, {{"top-right", Corner::kTopRight},
                                                                           {"top-left", Corner::kTopLeft},
                                                                           {"bottom-right", Corner::kBottomRight},
                                                                           {"bottom-left", Corner::kBottomLeft}}));
  keys.key({"margin", kRule, "that stays free at the edges, of the picture's width"}, share_of(overlay.margin, 0, 20));
  keys.key({"width", kRule, "of an image, of the picture's width; its height follows"}, share_of(overlay.width, 1, 50));
  keys.key({"line", kRule, "height of a text's lines, of the picture's height"}, share_of(overlay.line, 1, 25));
  keys.key({"opacity", kRule, ""}, share_of(overlay.opacity, 1, 100));
  keys.key({"enabled", kRule, "false: shown once the API asks for it"}, Value::flag(declared.on));
}

std::vector<std::string> check_overlay(const media::Overlay& overlay,
                                       const std::vector<channel::DeclaredOverlay>& before) {
  std::vector<std::string> wrong;
  if (before.size() >= media::kMostOverlays) wrong.emplace_back("a channel has at most 8 overlays: remove some");
  if (overlay.id.empty()) wrong.emplace_back("an overlay needs an id, by which the API addresses it");
  if (overlay.png.empty() == overlay.text.empty()) wrong.emplace_back("an overlay needs an image or a text, not both");
  const auto same = [&](const channel::DeclaredOverlay& at) { return at.overlay.id == overlay.id; };
  if (std::any_of(before.begin(), before.end(), same))
    wrong.push_back("two overlays have the id " + overlay.id + ": give each its own");
  return wrong;
}

std::vector<std::string> check_overlays(const channel::Options& options) {
  std::vector<std::string> wrong;
  if (options.overlays.empty()) return wrong;
  const job::Options& media = options.media;
  if (!media.default_ladder && media.ladder.empty())
    wrong.emplace_back("overlays need a rung that is encoded; \"ladder: none\" leaves the copy alone");
  const auto is_text = [](const channel::DeclaredOverlay& at) { return !at.overlay.text.empty(); };
  if (std::ranges::any_of(options.overlays, is_text) && media.slate_font == nullptr)
    wrong.emplace_back(
        "an overlay's text needs a font: install the package fonts-dejavu-core, or name one in slate_font");
  return wrong;
}

}  // namespace

void declare_overlays(Keys& keys, channel::Options& options) {
  Items items;
  items.item = [&options](Keys& in) {
    channel::DeclaredOverlay declared;
    std::string path;
    declare_overlay(in, declared, path);
    in.check([&] { return check_overlay(declared.overlay, options.overlays); });
    options.overlays.push_back(std::move(declared));
  };
  items.sample = [](Keys& in) {
    channel::DeclaredOverlay declared{{.id = "logo"}, true};
    std::string path = "logo.png";
    declare_overlay(in, declared, path);
  };
  keys.items({"overlays", Reload::kAtOnce,
              "what lies over the pictures of encoded rungs, held ones included; a slate covers it:"},
             items);
  keys.check([&options] { return check_overlays(options); });
}

}  // namespace config
