#include "rtmp/frame_info.h"

#include <vector>

#include "rtmp/amf.h"

namespace rtmp {

base::Result<FrameInfo> parse_frame_info(base::View payload) {
  TRY(const std::vector<amf::Value> values, amf::parse_values(payload));
  std::size_t at = 0;
  const auto named = [&](std::string_view name) {
    return at < values.size() && values[at].text() != nullptr && *values[at].text() == name;
  };
  if (named("@setDataFrame")) ++at;
  if (!named("onFI") || ++at == values.size()) return base::Error{base::Code::kNotFound, "onFI"};
  FrameInfo info;
  info.time_code = values[at].text_or("tc", "");
  info.system_time = values[at].text_or("st", "");
  if (info.time_code.empty() && info.system_time.empty())
    return base::Error{base::Code::kNotFound, "tc and st of onFI"};
  return info;
}

}  // namespace rtmp
