#include "origin/rendered.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

namespace origin {
namespace {

std::string gunzip(base::View bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::vector<Bytef> out(1 << 20);
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  const std::string text(reinterpret_cast<const char*>(out.data()), stream.total_out);
  inflateEnd(&stream);
  return text;
}

std::string playlist_like(int lines) {
  std::string text = "#EXTM3U\n";
  for (int i = 0; i < lines; ++i) text += "#EXTINF:2.00000,\n88800" + std::to_string(i) + ".m4s\n";
  return text;
}

TEST(Rendered, TheGzipIsTheIdentity) {  // LL-115
  for (const int lines : {0, 1, 30, 5000}) {
    const std::string text = playlist_like(lines);
    const Rendered rendered = make_rendered(std::string(text));
    EXPECT_EQ(rendered.identity.text(), text);
    EXPECT_EQ(gunzip(rendered.gzip.view()), text);
  }
}

TEST(Rendered, SameTextSameBytesAndValidators) {
  const Rendered one = make_rendered(playlist_like(30));
  make_rendered(playlist_like(7));
  const Rendered two = make_rendered(playlist_like(30));
  EXPECT_EQ(one.gzip, two.gzip);
  EXPECT_EQ(one.etag_identity, two.etag_identity);
  EXPECT_EQ(one.etag_gzip, two.etag_gzip);
}

TEST(Rendered, EveryTextAndCodingHasItsOwnValidator) {
  const Rendered one = make_rendered(playlist_like(30));
  const Rendered two = make_rendered(playlist_like(31));
  EXPECT_NE(one.etag_identity, two.etag_identity);
  EXPECT_NE(one.etag_identity, one.etag_gzip);
  EXPECT_EQ(one.etag_identity.front(), '"');
  EXPECT_EQ(one.etag_identity.back(), '"');
}

}  // namespace
}  // namespace origin
