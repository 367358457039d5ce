#include <memory>

#include "app/config_keys.h"
#include "captions/service.h"

namespace app {
namespace {

constexpr std::size_t kLongestCaptionName = 64;

void declare_caption(Keys& keys, media::Caption& caption) {
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key({"language", kRule, "BCP 47, such as en or pt-BR; default: und, which says that it is not known"},
           Value::language(caption.language));
  keys.key({"name", kRule, "what players show in their menu; default: the language's name in English, or the service"},
           Value::label(caption.name, kLongestCaptionName));
}

}  // namespace

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
              "CEA-608 and 708 captions in the feed's pictures. auto: players are told of those that are found; none: "
              "players are told that there are none; or the languages and names of services, of which players are told "
              "at once, and of others once they are found:"},
             services);
}

}  // namespace app
