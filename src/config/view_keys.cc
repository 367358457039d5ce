#include <algorithm>
#include <memory>
#include <utility>

#include "config/config_keys.h"
#include "media/language.h"

namespace config {
namespace {

using media::Codec;

constexpr std::size_t kMostViews = 16;
constexpr std::pair<const char*, Codec> kViewCodecs[] = {
    {"h264", Codec::kH264}, {"hevc", Codec::kHevc}, {"av1", Codec::kAv1},   {"vp9", Codec::kVp9},
    {"aac", Codec::kAac},   {"ac3", Codec::kAc3},   {"eac3", Codec::kEac3}, {"opus", Codec::kOpus},
};

const std::pair<const char*, Codec>* codec_named(const std::string& name) {
  const auto* const found =
      std::find_if(std::begin(kViewCodecs), std::end(kViewCodecs), [&](const auto& at) { return name == at.first; });
  return found == std::end(kViewCodecs) ? nullptr : found;
}

Complaint codec_fault(const std::string& name) {
  if (codec_named(name) != nullptr) return "";
  std::string names;
  for (const auto& [known, codec] : kViewCodecs) names += (names.empty() ? "" : ", ") + std::string(known);
  return not_wanted("one of " + names, name);
}

Complaint language_fault(const std::string& tag) {
  return media::language_tag(tag).size() >= 2 && valid_name(tag, 32)
             ? ""
             : not_wanted("the tag of a language, such as \"en\"", tag);
}

Complaint rendition_fault(const std::string& name) {
  return valid_name(name, 64) ? "" : not_wanted("the name of a rendition, such as v720", name);
}

void declare_view(Keys& keys, hls::View& view, std::vector<std::string>& codecs) {
  constexpr Reload kRule = Reload::kNextChannel;
  keys.texts({"renditions", kRule, "by name, of all kinds; none: all"}, view.renditions, rendition_fault);
  keys.key({"min_height", kRule, "of video, pixels"}, Value::number(view.least_height, 0, 8192));
  keys.key({"max_height", kRule, "likewise; 0: any"}, Value::number(view.most_height, 0, 8192));
  keys.texts({"codecs", kRule,
              "h264, hevc, av1, vp9; aac, ac3, eac3, opus. None of video: all of video; none of audio: all of audio"},
             codecs, codec_fault);
  keys.texts({"languages", kRule, "of audio and text, \"en\" is also \"en-GB\"; none: all"}, view.languages,
             language_fault);
  keys.key({"low_latency", kRule, "false: its media playlists list whole segments, for players that need no parts"},
           Value::flag(view.low_latency));
  keys.key(
      {"hold_back", kRule,
       "with low_latency: false, how far players stay behind the end (HOLD-BACK); 0: three target durations, which "
       "is the least"},
      Value::duration(view.hold_back, 0, 600 * base::kSecond));
  keys.key({"start", kRule,
            "with low_latency: false, how far before the end players begin (EXT-X-START), at least their hold_back; "
            "0: where they like"},
           Value::duration(view.start, 0, 24 * 3600 * base::kSecond));
}

std::vector<std::string> view_faults(const hls::View& view, const std::vector<hls::View>& before) {
  std::vector<std::string> wrong;
  if (before.size() == kMostViews) wrong.emplace_back("a channel has at most 16 views: remove some");
  if (view.most_height > 0 && view.least_height > view.most_height)
    wrong.emplace_back("the view " + view.name + " has a min_height above its max_height");
  if (view.low_latency && (view.hold_back > 0 || view.start > 0))
    wrong.emplace_back("hold_back and start of the view " + view.name + " need low_latency: false");
  return wrong;
}

Complaint view_name_fault(const std::string& name) {
  const bool good = !name.empty() && name.size() <= hls::View::kLongestName &&
                    name.find_first_not_of(hls::View::kNameLetters) == std::string::npos;
  return good ? "" : "a view's name is 1 to 32 of a to z, 0 to 9, - and _, not \"" + name + "\"";
}

}  // namespace

void declare_views(Keys& keys, std::vector<hls::View>& views) {
  Items items;
  items.word = Value();
  items.word->wanted = "none, or a mapping of names to views";
  items.word->read = [&views](const std::string& text) -> Complaint {
    if (text != "none") return not_wanted("none, or a mapping of names to views", text);
    views.clear();  // the environment's word replaces the file's mapping
    return "";
  };
  items.word->write = [] { return std::string("none"); };
  const auto next = std::make_shared<std::string>();
  items.named = [next](const std::string& name) -> Complaint {
    *next = name;
    return view_name_fault(name);
  };
  items.item = [&views, next](Keys& in) {
    hls::View view;
    view.name = *next;
    std::vector<std::string> codecs;
    declare_view(in, view, codecs);
    in.check([&] { return view_faults(view, views); });
    for (const std::string& name : codecs) {
      if (const auto* const codec = codec_named(name)) view.codecs.push_back(codec->second);
    }
    views.push_back(std::move(view));
  };
  items.sample_name = "mobile";
  items.sample = [](Keys& in) {
    hls::View view;
    view.most_height = 540;
    view.low_latency = false;
    view.hold_back = 8 * base::kSecond;
    std::vector<std::string> codecs{"h264"};
    declare_view(in, view, codecs);
  };
  keys.items({"views", Reload::kNextChannel,
              "some of the renditions under a URL of their own, /live/NAME/index.m3u8?view=VIEW, by name. none, or:"},
             items);
}

}  // namespace config
