#include "transcode/overlays.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/log.h"
#include "text/font.h"
#include "text/label.h"
#include "transcode/logo.h"
#include "transcode/overlay_patch.h"

namespace transcode {
namespace {

constexpr const char* kUtc = "{utc}";
constexpr const char* kFrame = "{frame}";

void replace_all(std::string& text, std::string_view what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

bool moves(const std::string& text) {
  return text.find(kUtc) != std::string::npos || text.find(kFrame) != std::string::npos;
}

/// Units: frames since the last full second. Rounded: time stamps are.
std::int64_t frame_of(base::Micros at, media::Rational rate) {
  if (!rate.known()) return 0;
  const std::int64_t frames = media::rescale(at % base::kSecond, base::kSecond * rate.den, rate.num);
  return std::clamp<std::int64_t>(frames, 0, (rate.num + rate.den - 1) / rate.den - 1);
}

text::LabelPlace label_place(const media::Overlay& overlay, int width, int height) {
  using Corner = media::Overlay::Corner;
  return {.width = width,
          .height = height,
          .line = std::max(4, height * overlay.line / 1000),
          .margin = width * overlay.margin / 1000,
          .bottom = overlay.corner == Corner::kBottomLeft || overlay.corner == Corner::kBottomRight,
          .right = overlay.corner == Corner::kTopRight || overlay.corner == Corner::kBottomRight};
}

/// Empty where the label has no shape. `white`: that of texts in the look.
std::optional<OverlayPatch> patch_of(const text::Label& label, const Yuv& white, int opacity, const Look& look) {
  const text::Drawing& drawing = label.drawing;
  if (drawing.white.empty()) return std::nullopt;
  std::vector<Tint> tints(drawing.white.size());
  const float whole = static_cast<float>(opacity) / 1000 / 255;
  for (std::size_t i = 0; i < tints.size(); ++i) {
    tints[i].cover = whole * static_cast<float>(drawing.white[i] + drawing.black[i]);
    tints[i].part.y = white.y * static_cast<double>(whole) * drawing.white[i];
  }
  return OverlayPatch({label.left, label.top, drawing.width, drawing.height}, tints, look);
}

Yuv white_of(const Look& look) {
  constexpr media::Colour kSdr{1, 1, 1, false};
  return needs_sdr_conversion(look.colour) ? ColourMap(kSdr, look.colour).map({1, 0, 0}) : Yuv{1, 0, 0};
}

}  // namespace

std::string overlay_text(const std::string& text, base::Micros at, media::Rational rate) {
  std::string out = text;
  replace_all(out, kUtc, base::format_utc(at));
  char frame[24];
  std::snprintf(frame, sizeof frame, "%02lld", static_cast<long long>(frame_of(at, rate)));
  replace_all(out, kFrame, frame);
  return out;
}

/// One overlay, for all roots. Thread: the scaling thread's, once it is shown.
class Overlays::Layer {
 public:
  virtual ~Layer() = default;
  /// True if it differs from picture to picture.
  virtual bool moves() const { return false; }
  virtual void next(base::Micros, media::Rational) {}
  /// `root`: which of the roots the picture is of.
  virtual void blend(std::size_t root, AVFrame& picture) = 0;
};

class Overlays::LogoLayer final : public Layer {
 public:
  explicit LogoLayer(std::vector<OverlayPatch> patches) : patches_(std::move(patches)) {}
  void blend(std::size_t root, AVFrame& picture) override { patches_[root].blend(picture); }

 private:
  const std::vector<OverlayPatch> patches_;  ///< by root
};

class Overlays::TextLayer final : public Layer {
 public:
  struct Size {
    std::unique_ptr<text::LabelPainter> painter;
    Look look;
    Yuv white;
    std::string drawn;  ///< what the patch says
    std::optional<OverlayPatch> patch;
  };
  TextLayer(const media::Overlay& overlay, std::vector<Size> sizes)
      : text_(overlay.text),
        opacity_(overlay.opacity),
        moves_(transcode::moves(text_)),
        now_(text_),
        sizes_(std::move(sizes)) {}

  bool moves() const override { return moves_; }
  void next(base::Micros at, media::Rational rate) override {
    if (moves_) now_ = overlay_text(text_, at, rate);
  }
  void blend(std::size_t root, AVFrame& picture) override {
    Size& size = sizes_[root];
    if (size.drawn != now_) {
      size.drawn = now_;
      size.patch.reset();
      if (auto made = patch_of(size.painter->draw(now_), size.white, opacity_, size.look))
        size.patch.emplace(std::move(*made));
    }
    if (size.patch) size.patch->blend(picture);
  }

 private:
  const std::string text_;
  const int opacity_;
  const bool moves_;
  std::string now_;
  std::vector<Size> sizes_;  ///< by root
};

Overlays::Overlays(const std::vector<Rung>& rungs, const std::vector<std::size_t>& roots, const media::Colour& source,
                   std::shared_ptr<const base::SharedFile> font)
    : font_(std::move(font)) {
  for (const std::size_t rung : roots) {
    roots_.push_back({rung, rungs[rung].width, rungs[rung].height, look_of(rungs[rung], source), {}});
  }
}

Overlays::~Overlays() = default;

base::Result<std::shared_ptr<Overlays::Layer>> Overlays::make_layer(const media::Overlay& overlay) const {
  if (!overlay.png.empty()) {
    TRY(const Logo logo, Logo::make(overlay.png.view()));
    std::vector<OverlayPatch> patches;
    for (const Root& root : roots_) {
      TRY(OverlayPatch patch, logo.patch(overlay, root.width, root.height, root.look));
      patches.push_back(std::move(patch));
    }
    return std::shared_ptr<Layer>(std::make_shared<LogoLayer>(std::move(patches)));
  }
  if (font_ == nullptr) return base::Error{base::Code::kNotFound, "there is no font for the text"};
  std::vector<TextLayer::Size> sizes;
  for (const Root& root : roots_) {
    TRY(auto painter, text::LabelPainter::make(font_->view(), label_place(overlay, root.width, root.height)));
    sizes.push_back({std::move(painter), root.look, white_of(root.look), {}, {}});
  }
  const auto missing = text::missing_characters(font_->view(), overlay.text);
  if (missing.ok() && !missing->empty()) {
    base::log_warn("transcode", "the font lacks characters of an overlay's text; they are shown as boxes",
                   {{"overlay", overlay.id}, {"text", overlay.text}});
  }
  return std::shared_ptr<Layer>(std::make_shared<TextLayer>(overlay, std::move(sizes)));
}

base::Status Overlays::put(const media::Overlay& overlay) {
  auto made = make_layer(overlay);
  if (!made.ok()) {
    ++faults_;
    remove(overlay.id);
    return made.error();
  }
  const std::lock_guard lock(mutex_);
  layers_[overlay.id] = made.take();
  changed_ = true;
  return base::Ok{};
}

void Overlays::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (layers_.erase(id) > 0) changed_ = true;
}

bool Overlays::next(base::Micros at, media::Rational rate) {
  bool differs = false;
  if (changed_.exchange(false)) {
    const std::lock_guard lock(mutex_);
    shown_.clear();
    for (const auto& [id, layer] : layers_) shown_.push_back(layer);
    differs = true;
  }
  for (const auto& layer : shown_) {
    differs = differs || layer->moves();
    layer->next(at, rate);
  }
  return differs;
}

FramePtr Overlays::finish(std::size_t rung, FramePtr picture) {
  if (shown_.empty() || picture == nullptr) return picture;
  const auto root = std::ranges::find(roots_, rung, &Root::rung);
  if (root == roots_.end()) return picture;
  if (av_frame_is_writable(picture.get()) == 0) {
    FramePtr copy = root->pool.picture(static_cast<AVPixelFormat>(picture->format), picture->width, picture->height);
    if (copy == nullptr || av_frame_copy(copy.get(), picture.get()) < 0) {
      ++faults_;
      return nullptr;
    }
    av_frame_copy_props(copy.get(), picture.get());
    picture = std::move(copy);
  }
  for (const auto& layer : shown_) layer->blend(static_cast<std::size_t>(root - roots_.begin()), *picture);
  ++pictures_;
  return picture;
}

}  // namespace transcode
