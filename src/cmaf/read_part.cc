#include "base/byte_reader.h"
#include "cmaf/box_reader.h"
#include "cmaf/part.h"
#include "cmaf/part_flags.h"

namespace cmaf {
namespace {

constexpr std::uint32_t kNoSyncSample = 0x00010000;  // sample_is_non_sync_sample [ISO 14496-12 8.8.3.1]

/// What each sample has in its row of trun, or, where rows do not have it, all samples in tfhd.
struct Row {
  std::uint32_t size = 0;
  std::uint32_t flags = kNoSyncSample;
};

/// [ISO 14496-12 8.8.7].
base::Result<Row> common_row(base::View tfhd) {
  base::ByteReader in(tfhd);
  TRY(const std::uint32_t has, in.u32("tfhd flags"));
  TRY_OK(in.u32("track id"));
  if ((has & kTfhdDuration) != 0) TRY_OK(in.u32("sample duration"));
  Row row;
  if ((has & kTfhdSize) != 0) {
    TRY(row.size, in.u32("sample size"));
  }
  if ((has & kTfhdFlags) != 0) {
    TRY(row.flags, in.u32("sample flags"));
  }
  return row;
}

base::Result<Row> next_row(base::ByteReader& in, std::uint32_t has, Row row) {
  if ((has & kTrunDuration) != 0) TRY_OK(in.u32("sample duration"));
  if ((has & kTrunSize) != 0) {
    TRY(row.size, in.u32("sample size"));
  }
  if ((has & kTrunFlags) != 0) {
    TRY(row.flags, in.u32("sample flags"));
  }
  if ((has & kTrunComposition) != 0) TRY_OK(in.u32("composition offset"));
  return row;
}

/// The first sample, or the first of those that need no other. [ISO 14496-12 8.8.8].
base::Result<base::Bytes> find_sample(const base::Bytes& part, bool only_sync) {
  TRY(const base::View traf, find_box(part.view(), {"moof", "traf"}));
  TRY(const base::View trun, find_box(traf, {"trun"}));
  TRY(const base::View tfhd, find_box(traf, {"tfhd"}));
  TRY(const base::View media, find_box(part.view(), {"mdat"}));
  TRY(const Row common, common_row(tfhd));
  base::ByteReader in(trun);
  TRY(const std::uint32_t has, in.u32("trun flags"));
  TRY(const std::uint32_t count, in.u32("sample count"));
  TRY_OK(in.u32("data offset"));
  Row first = common;
  if ((has & kTrunFirstFlags) != 0) {
    TRY(first.flags, in.u32("first sample's flags"));
  }
  std::size_t offset = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(const Row row, next_row(in, has, i == 0 ? first : common));
    if (row.size == 0 || row.size > media.size() - offset) return base::Error{base::Code::kMalformed, "sample size"};
    if (!only_sync || (row.flags & kNoSyncSample) == 0) {
      return part.slice(static_cast<std::size_t>(media.data() - part.data()) + offset, row.size);
    }
    offset += row.size;
  }
  return base::Error{base::Code::kNotFound, "no such sample"};
}

}  // namespace

base::Result<base::Bytes> first_sample(const base::Bytes& part) { return find_sample(part, false); }

std::size_t first_sample_end(const base::Bytes& part) {
  const auto sample = first_sample(part);
  return sample.ok() ? static_cast<std::size_t>(sample->data() - part.data()) + sample->size() : 0;
}

base::Result<base::Bytes> sync_sample(const base::Bytes& part) { return find_sample(part, true); }

}  // namespace cmaf
