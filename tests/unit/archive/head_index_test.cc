#include "archive/head_index.h"

#include <gtest/gtest.h>

#include "archive/channel_files.h"
#include "archive/file_check.h"
#include "base/byte_writer.h"
#include "record/encoding.h"
#include "unit/archive/logs.h"

namespace archive {
namespace {

record::Marker large_marker(const std::string& id) {
  record::Marker marker;
  marker.id = id;
  marker.kind = "scte35";
  marker.start = kJournalStart;
  marker.payload = base::Bytes::copy_of(std::string(5000, 'p'));
  return marker;
}

class IndexedFile : public testing::Test {
 protected:
  IndexedFile() {
    FileHeader header;
    header.began = kJournalStart;
    EXPECT_TRUE(files_.begin(header, {one_picture()}).ok());
    path_ = scratch_.path() + "/" + file_name(kJournalStart);
  }
  void append(const std::vector<record::Record>& records) {
    for (const record::Record& record : records) ASSERT_TRUE(files_.append(record).ok());
  }
  std::uint64_t size() const { return std::filesystem::file_size(path_); }
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void overwrite(std::uint64_t offset, std::string_view with) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(offset)).write(with.data(), static_cast<std::streamsize>(with.size()));
  }
  /// What stands before and between the bodies is no longer what it was: who reads on has only the index.
  void destroy_heads() {
    std::string all = bytes();
    const std::uint64_t seed_ends = kFileHeaderSize + parse_file_header(base::view_of(all))->seed_size;
    for (std::size_t at = seed_ends; at < all.size();) {
      const auto lengths = record::parse_lengths(base::view_of(all).subspan(at));
      ASSERT_TRUE(lengths.ok());
      if (lengths->type != kHeadIndexType) overwrite(at, "????");
      at += lengths->size();
    }
  }
  std::string read(Bodies bodies) {
    auto reader = FileReader::open(path_, bodies);
    if (!reader.ok()) return reader.error().message();
    std::vector<std::string> words;
    for (record::Record record; (*reader)->next(record);) words.push_back(word_of(record));
    if (!(*reader)->damage().empty()) words.push_back("DAMAGE");
    return joined(words);
  }
  void seal() {
    indices_from_ = size();
    ASSERT_TRUE(files_.seal().ok());
  }

  const ScratchDirectory scratch_;
  ChannelFiles files_{scratch_.path()};
  std::string path_;
  std::uint64_t indices_from_ = UINT64_MAX;
};

TEST_F(IndexedFile, HeadsAreReadFromTheIndexAlone) {
  append({a_part(7, 0, "abc"), a_part(7, 1, "defgh"), a_segment_end(7)});
  seal();
  EXPECT_EQ(read(Bodies::kRead), "presentation, part 7.0 abc, part 7.1 defgh, end 7");
  destroy_heads();
  EXPECT_EQ(read(Bodies::kRead), "presentation, DAMAGE");
  EXPECT_EQ(read(Bodies::kSkip), "presentation, part 7.0 , part 7.1 , end 7");
}

TEST_F(IndexedFile, PlacesOfBodiesAreTheSame) {
  append({a_part(7, 0, "abc"), large_marker("m"), a_part(7, 1, "defgh")});
  seal();
  auto reader = FileReader::open(path_, Bodies::kSkip);
  ASSERT_TRUE(reader.ok());
  std::string bodies;
  for (record::Record record; (*reader)->next(record);) {
    if (const auto* part = std::get_if<record::Part>(&record)) {
      EXPECT_EQ(part->stored.place, (*reader)->body());
      bodies += read_body(part->stored.place, part->stored.hash).text();
    }
  }
  EXPECT_EQ(bodies, "abcdefgh");
  EXPECT_EQ((*reader)->valid(), size());
}

TEST_F(IndexedFile, LongFieldsAreNotTwiceInTheFile) {
  append({large_marker("one"), a_part(7, 0)});
  const std::uint64_t before = size();
  seal();
  EXPECT_LT(size() - before, 200U);
  EXPECT_EQ(read(Bodies::kSkip), "presentation, marker one, part 7.0 ");
}

TEST_F(IndexedFile, ThereIsOneForEachSoManyHeads) {
  constexpr std::int64_t kCount = 2 * kIndexBytes / 60;
  std::string wanted = "presentation";
  for (std::int64_t i = 0; i < kCount; ++i) {
    append({a_part(i, 0, "abc")});
    wanted += ", part " + std::to_string(i) + ".0 ";
  }
  seal();
  const std::string all = bytes();
  int indices = 0;
  for (std::size_t at = all.find("KR\x02\x0c"); at != all.npos; at = all.find("KR\x02\x0c", at + 1)) ++indices;
  EXPECT_EQ(indices, 3);
  EXPECT_TRUE(read(Bodies::kSkip) == wanted);
  destroy_heads();
  EXPECT_TRUE(read(Bodies::kSkip) == wanted);
}

TEST_F(IndexedFile, WithoutOrWithADamagedOneTheRecordsAreReadOneByOne) {
  append({a_part(7, 0, "abc"), a_segment_end(7)});
  const std::string wanted = "presentation, part 7.0 , end 7";
  EXPECT_EQ(read(Bodies::kSkip), wanted) << "not sealed";
  seal();
  const std::string whole = bytes();
  // But for its own lengths, without which no record stands there.
  for (std::uint64_t at = indices_from_ + record::kHeaderSize; at < whole.size(); ++at) {
    overwrite(at, std::string(1, static_cast<char>(whole[at] ^ 1)));
    EXPECT_TRUE(read(Bodies::kSkip).starts_with(wanted)) << at - indices_from_;
    overwrite(at, whole.substr(at, 1));
  }
}

/// An index as strangers may write it.
std::vector<std::uint8_t> claims(std::uint64_t before, std::uint64_t from, base::View heads = {}) {
  base::ByteWriter fields;
  fields.u64(before);
  fields.u64(from);
  fields.bytes(heads);
  fields.u32(static_cast<std::uint32_t>(record::kHeaderSize + fields.size() + 4));
  return record::encode_fields(kHeadIndexType, fields.view());
}

TEST_F(IndexedFile, OneThatIsWrongIsNotBelieved) {
  append({a_part(7, 0, "abc")});
  const std::uint64_t at = size();
  const std::uint64_t first = at - record::encode(a_part(7, 0, "abc")).size();
  const std::string wanted = "presentation, part 7.0 ";
  std::vector<std::uint8_t> too_long = record::encode(a_part(7, 0, std::string(100'000, 'x'))).head;
  for (const auto& index : {claims(at, first), claims(at + 1000, first), claims(first, first), claims(1, first),
                            claims(0, at + 1), claims(0, UINT64_MAX), claims(0, first), claims(0, first, too_long),
                            claims(0, first, base::view_of("no head at all")), claims(0, 0)}) {
    append_bytes(path_, base::text_of(index));
    EXPECT_EQ(read(Bodies::kSkip), wanted);
    std::filesystem::resize_file(path_, at);
  }
}

TEST_F(IndexedFile, CheckAndRepairPassOverIt) {
  append({a_part(7, 0, "abc"), a_segment_end(7)});
  seal();
  const std::string sealed = bytes();
  const FileContents contents = check_contents(base::view_of(sealed));
  EXPECT_TRUE(contents.sound());
  EXPECT_EQ(contents.records, 2U);
  std::string damaged = sealed;
  damaged[indices_from_ - 40] ^= 1;
  EXPECT_FALSE(check_contents(base::view_of(damaged)).sound());
  const std::vector<std::uint8_t> repaired = without_damage(base::view_of(damaged));
  EXPECT_EQ(base::text_of(repaired).find("KR\x02\x0c"), std::string::npos);
}

TEST_F(IndexedFile, ADamagedOneIsDamage) {
  append({a_part(7, 0, "abc")});
  seal();
  std::string damaged = bytes();
  damaged[damaged.size() - 1] ^= 1;
  EXPECT_FALSE(check_contents(base::view_of(damaged)).sound());
}

}  // namespace
}  // namespace archive
