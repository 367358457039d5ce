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

std::string joined(const base::Bytes& first, const std::vector<base::Bytes>& rest) {
  std::string all(first.text());
  for (const base::Bytes& piece : rest) all += piece.text();
  return all;
}

/// A playlist whose first block is not listed as a whole, and then some blocks.
hls::PlaylistText in_blocks(std::size_t first, std::size_t count, const std::string& tail = "tail\n",
                            hls::BlockText hls::Block::* text = &hls::Block::playlist) {
  hls::Blocks blocks;
  for (std::size_t i = 0; i < first + count; ++i) {
    auto block = std::make_shared<hls::Block>();
    hls::BlockText& made = (*block).*text;
    made.text = "block " + std::to_string(i) + "\n" + playlist_like(40);
    made.deflated =
        deflate_block(base::view_of(made.text), i == 0 ? hls::Deflated{} : ((*blocks.back()).*text).deflated);
    blocks.push_back(block);
  }
  return {"head\n", std::make_shared<const hls::Blocks>(blocks), first, tail, SIZE_MAX, text};
}

TEST(Rendered, ALongPlaylistIsMadeOfItsBlocksInBothCodings) {
  for (const std::size_t first : {1U, 2U, 7U}) {
    for (const std::size_t count : {1U, 2U, 50U}) {
      const std::string text = in_blocks(first, count).text();
      const Rendered rendered = make_rendered(in_blocks(first, count));
      EXPECT_EQ(joined(rendered.identity, rendered.identity_rest), text);
      const std::string gzip = joined(rendered.gzip, rendered.gzip_rest);
      EXPECT_EQ(gunzip(base::view_of(gzip)), text) << first << " " << count;
    }
  }
}

TEST(Rendered, ALongIframePlaylistIsMadeOfItsOwnTextsOfTheBlocks) {
  const auto made = [] { return in_blocks(2, 5, "tail\n", &hls::Block::key_frames); };
  const std::string text = made().text();
  EXPECT_NE(text.find("block 6\n"), std::string::npos);
  const Rendered rendered = make_rendered(made());
  EXPECT_EQ(joined(rendered.identity, rendered.identity_rest), text);
  const std::string gzip = joined(rendered.gzip, rendered.gzip_rest);
  EXPECT_EQ(gunzip(base::view_of(gzip)), text);
}

TEST(Rendered, ALongPlaylistMayEndBeforeTheLastBlock) {
  for (const std::size_t count : {1U, 2U, 6U}) {
    hls::PlaylistText playlist = in_blocks(2, 7);
    playlist.blocks_until = 2 + count;
    const std::string text = playlist.text();
    EXPECT_EQ(text.find("block " + std::to_string(2 + count) + "\n"), std::string::npos);
    const Rendered rendered = make_rendered(std::move(playlist));
    EXPECT_EQ(joined(rendered.identity, rendered.identity_rest), text);
    const std::string gzip = joined(rendered.gzip, rendered.gzip_rest);
    EXPECT_EQ(gunzip(base::view_of(gzip)), text) << count;
  }
}

TEST(Rendered, ABlockIsNeitherCopiedNorCompressedAgain) {
  hls::PlaylistText playlist = in_blocks(1, 3);
  const auto blocks = playlist.blocks;
  const Rendered rendered = make_rendered(std::move(playlist));
  for (std::size_t i = 0; i < 3; ++i) {
    const hls::BlockText& block = (*blocks)[i + 1]->playlist;
    EXPECT_EQ(static_cast<const void*>(rendered.identity_rest[i].data()), block.text.data());
    EXPECT_EQ(rendered.gzip_rest[i].data(), block.deflated.bytes.data());
  }
}

TEST(Rendered, TheValidatorOfALongPlaylistFollowsEachOfItsPieces) {
  const std::string tag = make_rendered(in_blocks(2, 5)).etag_identity;
  EXPECT_EQ(make_rendered(in_blocks(2, 5)).etag_identity, tag);
  EXPECT_NE(make_rendered(in_blocks(2, 6)).etag_identity, tag);
  EXPECT_NE(make_rendered(in_blocks(3, 5)).etag_identity, tag) << "other blocks";
  EXPECT_NE(make_rendered(in_blocks(2, 5, "another tail\n")).etag_identity, tag);
  EXPECT_NE(make_rendered(in_blocks(2, 5)).etag_gzip, tag);
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
