#include "rtmp/capabilities.h"

#include <algorithm>
#include <array>

#include "rtmp/fourcc.h"

namespace rtmp {
namespace {

// FourCcInfoMask: every codec taken can be decoded for the ladder and forwarded as it is.
constexpr double kCanDecodeAndForward = 1 + 4;
constexpr std::array<const char*, 2> kMaps = {"videoFourCcInfoMap", "audioFourCcInfoMap"};

void add_name(Capabilities& to, const std::string& name) {
  if (std::find(to.fourccs.begin(), to.fourccs.end(), name) == to.fourccs.end()) to.fourccs.push_back(name);
}

bool names(const Capabilities& client, const std::string& name) {
  return std::any_of(client.fourccs.begin(), client.fourccs.end(),
                     [&](const std::string& one) { return one == "*" || one == name; });
}

}  // namespace

Capabilities parse_capabilities(const amf::Value& connect) {
  Capabilities client;
  if (const amf::Value* list = connect.find("fourCcList"); list != nullptr && list->array() != nullptr) {
    client.enhanced = true;
    for (const amf::Value& code : *list->array()) {
      if (code.text() != nullptr) add_name(client, *code.text());
    }
  }
  for (const char* map : kMaps) {
    const amf::Value* value = connect.find(map);
    if (value == nullptr || value->object() == nullptr) continue;
    client.enhanced = true;
    for (const amf::Property& property : *value->object()) add_name(client, property.name);
  }
  const double bits = connect.number_or("capsEx", -1);
  if (bits >= 0 && bits <= 0xFFFFFFFFU) {
    client.enhanced = true;
    client.caps_ex = static_cast<std::uint32_t>(bits);
  }
  return client;
}

void add_supported(amf::Value::Object& answer, const Capabilities& client) {
  if (!client.enhanced) return;
  amf::Value::Array list;
  std::array<amf::Value::Object, 2> maps;
  for (const KnownCodec& known : kCodecs) {
    const std::string name = name_of(known.code);
    if (!names(client, name)) continue;
    list.emplace_back(name);
    maps[known.codec <= media::Codec::kMpeg2Video ? 0 : 1].push_back({name, kCanDecodeAndForward});
  }
  answer.push_back({"fourCcList", std::move(list)});
  for (std::size_t i = 0; i < maps.size(); ++i) answer.push_back({kMaps[i], std::move(maps[i])});
  answer.push_back({"capsEx", static_cast<double>(Capabilities::kReconnect | Capabilities::kMultitrack |
                                                  Capabilities::kModEx | Capabilities::kTimestampNanoOffset)});
}

}  // namespace rtmp
