#include <optional>

#include "base/byte_reader.h"
#include "cmaf/box_reader.h"
#include "cmaf/part.h"
#include "cmaf/part_flags.h"

namespace cmaf {
namespace {

constexpr std::uint32_t kAllFlags = 0x00ffffff;

/// [ISO 14496-12 8.8.8]: the size of the first sample, where the samples say it one by one.
base::Result<std::optional<std::uint32_t>> first_size(base::View trun) {
  base::ByteReader in(trun);
  TRY(const std::uint32_t flags, in.u32("trun flags"));
  TRY_OK(in.u32("sample count"));
  TRY_OK(in.u32("data offset"));
  if ((flags & kTrunFirstFlags) != 0) TRY_OK(in.u32("first sample's flags"));
  if ((flags & kTrunSize) == 0) return std::optional<std::uint32_t>();
  if ((flags & kTrunDuration) != 0) TRY_OK(in.u32("sample duration"));
  TRY(const std::uint32_t size, in.u32("sample size"));
  return std::optional<std::uint32_t>(size);
}

/// [ISO 14496-12 8.8.7]: the size that holds for all samples.
base::Result<std::uint32_t> common_size(base::View tfhd) {
  base::ByteReader in(tfhd);
  TRY(const std::uint32_t flags, in.u32("tfhd flags"));
  TRY_OK(in.u32("track id"));
  if ((flags & kAllFlags & kTfhdSize) == 0) return base::Error{base::Code::kMalformed, "a part without sample sizes"};
  if ((flags & kTfhdDuration) != 0) TRY_OK(in.u32("sample duration"));
  return in.u32("sample size");
}

}  // namespace

base::Result<base::Bytes> first_sample(const base::Bytes& part) {
  TRY(const base::View traf, find_box(part.view(), {"moof", "traf"}));
  TRY(const base::View trun, find_box(traf, {"trun"}));
  TRY(const base::View tfhd, find_box(traf, {"tfhd"}));
  TRY(const base::View media, find_box(part.view(), {"mdat"}));
  TRY(const std::optional<std::uint32_t> own, first_size(trun));
  std::uint32_t size = own.value_or(0);
  if (!own) {
    TRY(size, common_size(tfhd));
  }
  if (size == 0 || size > media.size()) return base::Error{base::Code::kMalformed, "sample size"};
  return part.slice(static_cast<std::size_t>(media.data() - part.data()), size);
}

}  // namespace cmaf
