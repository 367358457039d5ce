#include "origin/rendered.h"

#include <zlib.h>

#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace origin {
namespace {

// Of a 30-segment playlist (3.6 KB): level 3 makes 602 bytes in 10 µs, level 6 572 in 17, level 9 557 in 21; rendering
// it takes 1.3.
constexpr int kLevel = 3;
// 2^15 bytes of history with a gzip header (16 is added): a playlist's lines repeat within far less, but a smaller one
// saves no time.
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;

// The same without header and trailer.
constexpr int kRawWindow = -15;

/// A compressor that is kept between texts: making one costs more than compressing a playlist.
class Compressor {
 public:
  explicit Compressor(int window) {
    // Fails only without memory or with wrong constants.
    if (deflateInit2(&stream_, kLevel, Z_DEFLATED, window, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  }
  ~Compressor() { deflateEnd(&stream_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// `flush`: Z_FINISH, or Z_FULL_FLUSH where something is to follow.
  base::Bytes compress(base::View text, int flush = Z_FINISH) {
    deflateReset(&stream_);
    constexpr std::size_t kFlushMark = 16;
    scratch_.resize(deflateBound(&stream_, text.size()) + kFlushMark);
    stream_.next_in = const_cast<Bytef*>(text.data());  // zlib's interface; it does not write there
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = scratch_.data();
    stream_.avail_out = static_cast<uInt>(scratch_.size());
    const int status = deflate(&stream_, flush);
    // deflateBound() gave enough room.
    if (status != (flush == Z_FINISH ? Z_STREAM_END : Z_OK) || stream_.avail_out == 0) std::abort();
    return base::Bytes::copy_of(base::View(scratch_).first(scratch_.size() - stream_.avail_out));
  }

 private:
  z_stream stream_{};
  std::vector<std::uint8_t> scratch_;
};

Compressor& raw_compressor() {
  thread_local Compressor compressor(kRawWindow);
  return compressor;
}

std::uint32_t crc_of(base::View text) { return static_cast<std::uint32_t>(crc32_z(0, text.data(), text.size())); }

std::uint32_t combine(std::uint32_t before, std::uint32_t crc, std::uint64_t size) {
  return static_cast<std::uint32_t>(crc32_combine(before, crc, static_cast<z_off_t>(size)));
}

void write_little(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i, value >>= 8) out.push_back(static_cast<std::uint8_t>(value));
}

std::string etag(std::uint64_t hash, std::string_view coding) {
  std::string tag = "\"";
  for (int i = 0; i < 16; ++i, hash <<= 4) tag += "0123456789abcdef"[hash >> 60];
  tag += coding;
  tag += '"';
  return tag;
}

}  // namespace

Rendered make_rendered(std::string&& text) {
  thread_local Compressor compressor(kGzipWindow);
  // Moved into memory of its own size: the text is kept as long as its revision.
  text.shrink_to_fit();
  Rendered rendered;
  rendered.identity = base::Bytes::adopt(std::move(text));
  rendered.gzip = compressor.compress(rendered.identity.view());
  const std::uint64_t hash = base::hash64(rendered.identity.view());
  rendered.etag_identity = etag(hash, "");
  rendered.etag_gzip = etag(hash, "-gzip");
  return rendered;
}

hls::Deflated deflate_block(base::View text, const hls::Deflated& before) {
  hls::Deflated made;
  made.bytes = raw_compressor().compress(text, Z_FULL_FLUSH);
  made.crc_through = combine(before.crc_through, crc_of(text), text.size());
  made.size_through = before.size_through + text.size();
  return made;
}

Rendered make_rendered(hls::PlaylistText&& playlist) {
  if (playlist.whole()) return make_rendered(std::move(playlist.head));
  Rendered rendered;
  rendered.identity = base::Bytes::adopt(std::move(playlist.head));
  const base::View head = rendered.identity.view();
  const base::Bytes tail = base::Bytes::adopt(std::move(playlist.tail));
  // RFC 1952: no name, no time, no extra fields, Unix.
  std::vector<std::uint8_t> first{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
  const base::Bytes head_deflated = raw_compressor().compress(head, Z_FULL_FLUSH);
  first.insert(first.end(), head_deflated.begin(), head_deflated.end());
  rendered.gzip = base::Bytes::adopt(std::move(first));
  const auto& blocks = playlist.blocks;
  const auto of_block = [&](std::size_t index) -> const hls::BlockText& {
    return (*(*blocks)[index]).*playlist.of_block;
  };
  const std::size_t last_block = playlist.last_block();
  for (std::size_t i = playlist.first_block; i < last_block; ++i) {
    const hls::BlockText& block = of_block(i);
    rendered.identity_rest.push_back(base::Bytes::of_owner(blocks, base::view_of(block.text)));
    rendered.gzip_rest.push_back(block.deflated.bytes);
  }
  // The checksum of the blocks listed: that of all, without what those before them have put into it.
  const hls::Deflated& before = of_block(playlist.first_block - 1).deflated;
  const hls::Deflated& last = of_block(last_block - 1).deflated;
  const std::uint64_t size = last.size_through - before.size_through;
  const std::uint32_t crc = last.crc_through ^ combine(before.crc_through, 0, size);
  const std::uint32_t whole = combine(combine(crc_of(head), crc, size), crc_of(tail.view()), tail.size());
  const base::Bytes tail_deflated = raw_compressor().compress(tail.view());
  std::vector<std::uint8_t> end(tail_deflated.begin(), tail_deflated.end());
  write_little(end, whole);
  write_little(end, static_cast<std::uint32_t>(head.size() + size + tail.size()));
  rendered.gzip_rest.push_back(base::Bytes::adopt(std::move(end)));
  rendered.identity_rest.push_back(tail);
  const std::array<std::uint64_t, 4> parts{base::hash64(head), base::hash64(tail.view()), crc, size};
  const std::uint64_t hash =
      base::hash64({reinterpret_cast<const std::uint8_t*>(parts.data()), parts.size() * sizeof(std::uint64_t)});
  rendered.etag_identity = etag(hash, "");
  rendered.etag_gzip = etag(hash, "-gzip");
  return rendered;
}

}  // namespace origin
