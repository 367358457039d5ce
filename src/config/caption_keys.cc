#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "captions/service.h"
#include "config/config_keys.h"
#include "job/stats.h"

namespace config {
namespace {

constexpr std::size_t kLongestCaptionName = 64;

void declare_caption(Keys& keys, media::Caption& caption) {
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key({"language", kRule, "BCP 47, such as en or pt-BR; default: und, which says that it is not known"},
           Value::language(caption.language));
  keys.key({"name", kRule, "what players show in their menu; default: the language's name in English, or the service"},
           Value::label(caption.name, kLongestCaptionName));
}

constexpr std::string_view kTeletext = "teletext";
constexpr std::string_view kText = "data";

/// 100 to 899 of "teletext 888", 0 of "teletext"; nothing of another text.
std::optional<int> teletext_page(std::string_view text) {
  if (!text.starts_with(kTeletext)) return std::nullopt;
  text.remove_prefix(kTeletext.size());
  if (text.empty()) return 0;
  int page = 0;
  const bool three = text.size() == 4 && text[0] == ' ' && text[1] >= '1' && text[1] <= '8';
  const auto [end, fault] = std::from_chars(text.data() + (three ? 1 : 0), text.data() + text.size(), page);
  return three && fault == std::errc() && end == text.data() + text.size() ? std::optional(page) : std::nullopt;
}

/// 1 to 63 of "SERVICE1" to "SERVICE63", 0 of another text.
int digital_service(std::string_view text) {
  const auto service = captions::Service::parse(text);
  return service && service->is_digital() ? static_cast<int>(service->index()) - captions::Service::kLine21 + 1 : 0;
}

/// Where its text comes from.
Value origin_of(job::Subtitle& subtitle) {
  Value value = Value::choice<int>(subtitle.line21, {{"api", 0}, {"CC1", 1}, {"CC2", 2}, {"CC3", 3}, {"CC4", 4}});
  value.allowed += ", SERVICE1 to SERVICE63, data, teletext, teletext 100 to teletext 899";
  value.wanted = "one of " + value.allowed;
  value.read = [&subtitle, wanted = value.wanted, read = value.read](const std::string& text) -> Complaint {
    const std::optional<int> page = teletext_page(text);
    const int service = digital_service(text);
    const bool data = text == kText;
    if (!page && !data && service == 0 && !read(text).empty()) return not_wanted(wanted, text);
    subtitle.teletext = page.has_value();
    subtitle.page = page.value_or(0);
    subtitle.digital = service;
    subtitle.data = data;
    if (page || data || service > 0) subtitle.line21 = 0;
    return "";
  };
  value.write = [&subtitle, write = value.write] {
    if (subtitle.digital > 0) return captions::Service::digital(subtitle.digital).instream_id();
    if (subtitle.data) return std::string(kText);
    if (!subtitle.teletext) return write();
    return std::string(kTeletext) + (subtitle.page > 0 ? " " + std::to_string(subtitle.page) : "");
  };
  return value;
}

void declare_subtitle(Keys& keys, job::Subtitle& subtitle) {
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key(
      {"from", kRule,
       "CC1 to CC4: that caption service of CEA-608 in the feed's pictures, which are the channel's captions all "
       "the same; SERVICE1 to SERVICE63: that one of CEA-708, likewise; teletext 888: that page of DVB teletext in "
       "the feed's transport stream; teletext: the first page of subtitles that the feed describes, of the "
       "language given; data: what an encoder sends as text over RTMP (onTextData, onCaption), of the language given; "
       "api: what is posted to /api/v1/channels/NAME/captions/LANGUAGE"},
      origin_of(subtitle));
  keys.key(
      {"language", kRule,
       "BCP 47, such as en or pt-BR; needed where the text comes from the API; of teletext and data the default is "
       "what the feed says"},
      Value::language(subtitle.language));
  keys.key({"name", kRule, "what players show in their menu; empty: the language's name in English"},
           Value::label(subtitle.name, kLongestCaptionName));
  keys.key({"default", kRule, "true: shown unless the viewer chooses otherwise"}, Value::flag(subtitle.is_default));
  keys.key({"forced", kRule, "true: has only what all viewers need to read, such as translated signs"},
           Value::flag(subtitle.forced));
  keys.key({"sdh", kRule, "true: also says who speaks and what is heard, for people who do not hear"},
           Value::flag(subtitle.sdh));
}

std::vector<std::string> check_subtitle(const job::Subtitle& subtitle, const std::vector<job::Subtitle>& before) {
  std::vector<std::string> wrong;
  const auto any = [&](const auto& same) { return std::any_of(before.begin(), before.end(), same); };
  if (before.size() >= job::kMostSubtitles) wrong.push_back("a channel has at most 8 text renditions: remove some");
  if (subtitle.from_api() && subtitle.language.empty())
    wrong.push_back("a text rendition from the API needs a language, by which the API addresses it");
  if (subtitle.from_api() &&
      any([&](const job::Subtitle& at) { return at.from_api() && at.language == subtitle.language; }))
    wrong.push_back("two text renditions from the API have the language " + subtitle.language +
                    ", by which the API addresses them: give each its own");
  if (subtitle.is_default && any([](const job::Subtitle& at) { return at.is_default; }))
    wrong.push_back("only one text rendition can be the default");
  return wrong;
}

}  // namespace

void declare_subtitles(Keys& keys, std::vector<job::Subtitle>& subtitles) {
  Items items;
  items.item = [&subtitles](Keys& in) {
    job::Subtitle subtitle;
    declare_subtitle(in, subtitle);
    in.check([&] { return check_subtitle(subtitle, subtitles); });
    subtitles.push_back(std::move(subtitle));
  };
  items.sample = [](Keys& in) {
    job::Subtitle subtitle{1, "en", "English", false, false, true};
    declare_subtitle(in, subtitle);
  };
  keys.items({"subtitles", Reload::kNextWorker,
              "text renditions (WebVTT), which players list from the start whether text comes or not:"},
             items);
}

void declare_captions(Keys& keys, media::Captions& captions) {
  Items services;
  services.word = Value::choice<bool>(captions.none, {{"auto", false}, {"none", true}});
  services.word->wanted = "auto, none, or a mapping of services (CC1 to CC4, SERVICE1 to SERVICE63)";
  services.word->read = [&captions, read = services.word->read](const std::string& text) -> Complaint {
    captions.services.clear();  // the environment's word replaces the file's mapping
    return read(text).empty() ? "" : " has to be auto, none, or a mapping of services such as CC1";
  };
  const auto next = std::make_shared<std::string>();
  services.named = [next](const std::string& name) -> Complaint {
    *next = name;
    if (captions::Service::parse(name)) return "";
    return "\"" + name + "\" is no caption service: those are CC1 to CC4 and SERVICE1 to SERVICE63";
  };
  services.item = [&captions, next](Keys& in) {
    media::Caption caption{*next, "", ""};
    declare_caption(in, caption);
    captions.services.push_back(std::move(caption));
  };
  services.sample_name = "CC1";
  services.sample = [](Keys& in) {
    media::Caption caption{"CC1", "en", "English"};
    declare_caption(in, caption);
  };
  keys.items({"captions", Reload::kNextWorker,
              "CEA-608 and 708 captions in the feed's pictures. auto: players are told of those that the feed "
              "announces, and of "
              "others once they are found; none: "
              "players are told that there are none; or the languages and names of services, of which players are told "
              "at once, and of others once they are found:"},
             services);
}

}  // namespace config
