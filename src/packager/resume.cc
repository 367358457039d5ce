#include "packager/resume.h"

#include <utility>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "record/encoding.h"

namespace packager {
namespace {

base::Result<Resume::Rendition> parse_rendition(base::ByteReader& in) {
  TRY(const std::uint64_t msn, in.u64("segment"));
  TRY(const std::uint32_t next_part, in.u32("part"));
  TRY(const std::uint64_t segment_start, in.u64("segment start"));
  TRY(const std::uint64_t end, in.u64("end"));
  return Resume::Rendition{static_cast<std::int64_t>(msn), next_part, static_cast<std::int64_t>(segment_start),
                           static_cast<std::int64_t>(end)};
}

}  // namespace

// The renditions' numbers first: as many as there are renditions, then the presentation's record to the end.
base::Bytes encode_resume(const Resume& resume) {
  base::ByteWriter out;
  out.u32(resume.renditions.size());
  for (const Resume::Rendition& at : resume.renditions) {
    out.u64(static_cast<std::uint64_t>(at.msn));
    out.u32(at.next_part);
    out.u64(static_cast<std::uint64_t>(at.segment_start));
    out.u64(static_cast<std::uint64_t>(at.end));
  }
  out.bytes(record::encode(record::Record{resume.presentation}).head);
  return base::Bytes::adopt(out.take());
}

base::Result<Resume> parse_resume(base::View bytes) {
  base::ByteReader in(bytes);
  TRY(const std::uint32_t count, in.u32("rendition count"));
  Resume resume;
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(const Resume::Rendition at, parse_rendition(in));
    resume.renditions.push_back(at);
  }
  record::Decoder decoder;
  TRY_OK(decoder.feed(bytes.subspan(in.offset())));
  record::Record decoded;
  if (!decoder.next(decoded) || !std::holds_alternative<record::Presentation>(decoded)) {
    return base::Error{base::Code::kMalformed, "presentation", in.offset()};
  }
  resume.presentation = std::get<record::Presentation>(std::move(decoded));
  if (resume.presentation.renditions.size() != resume.renditions.size()) {
    return base::Error{base::Code::kMalformed, "rendition count"};
  }
  return resume;
}

}  // namespace packager
