#include "app/kept_keys.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bytes.h"
#include "base/regular_file.h"
#include "base/replace_file.h"
#include "crypto/sha256.h"

namespace app {
namespace {

using nlohmann::json;

std::string checksum_of(const std::string& url, const KeptKeys::Set& set) {
  const std::string all = url + '\n' + std::to_string(set.fetched) + '\n' + set.text;
  return crypto::to_hex(crypto::sha256(base::view_of(all)));
}

std::string text_at(const json& document, const char* name) {
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string_view to_string(KeptState state) {
  switch (state) {
    case KeptState::kUnused: return "unused";
    case KeptState::kUsed: return "used";
    case KeptState::kTooOld: return "too_old";
    case KeptState::kDamaged: return "damaged";
  }
  return "unknown";
}

base::Result<std::optional<KeptKeys::Set>> KeptKeys::read(base::Micros now, base::Micros most_age) const {
  if (path_.empty()) return std::optional<Set>();
  const auto text = base::read_regular_file(path_);
  if (!text.ok() && text.error().code == base::Code::kNotFound) return std::optional<Set>();
  if (!text.ok()) return text.error();
  const json document = json::parse(*text, nullptr, false);
  if (!document.is_object()) return base::Error{base::Code::kMalformed, path_ + " is damaged: no JSON object"};
  const auto fetched = document.find("fetched_us");
  Set set{text_at(document, "jwks"), 0};
  if (fetched != document.end() && fetched->is_number_integer()) set.fetched = fetched->get<base::Micros>();
  const std::string url = text_at(document, "url");
  if (text_at(document, "sha256") != checksum_of(url, set))
    return base::Error{base::Code::kMalformed, path_ + " is damaged: its checksum is wrong"};
  if (url != url_) return std::optional<Set>();
  const base::Micros age = now - set.fetched;
  if (age > most_age)
    return base::Error{base::Code::kUnsupported, path_ + " is " + std::to_string(age / base::kSecond) + " s old"};
  if (age < -kClockStep) return base::Error{base::Code::kUnsupported, path_ + " is of a time that is to come"};
  return std::optional(std::move(set));
}

base::Status KeptKeys::write(const Set& set) const {
  if (path_.empty()) return base::Ok{};
  const json document{
      {"url", url_}, {"fetched_us", set.fetched}, {"jwks", set.text}, {"sha256", checksum_of(url_, set)}};
  return base::replace_file(path_, document.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace app
