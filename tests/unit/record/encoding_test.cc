// size-ok: one encoding, field by field
#include "record/encoding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/hash.h"
#include "record/fields.h"

namespace record {
namespace {

Presentation presentation() {
  Rendition video;
  video.name = "v720";
  video.track.id = 7;
  video.track.codec = media::Codec::kHevc;
  video.track.timescale = 60000;
  video.track.config = base::Bytes::copy_of("hvcC");
  video.track.codec_string = "hvc1.2.4.L153.B0";
  video.track.video = {1280, 720, {60000, 1001}, {1, 1}, {9, 16, 9, true}, true, 10};
  video.init = base::Bytes::copy_of("ftyp moov");
  video.bandwidth = 4'000'000;
  video.average_bandwidth = 3'500'000;
  video.label = "720p";
  video.part_ticks = 30030;
  Rendition audio;
  audio.name = "a1";
  audio.track.codec = media::Codec::kAac;
  audio.track.timescale = 48000;
  audio.characteristics = "public.accessibility.describes-video";
  audio.track.language = "eng";
  audio.track.audio = {48000, 6, 1024, 312};
  audio.label = "English";
  audio.is_default = true;
  audio.part_ticks = 24 * 1024;
  audio.copied = true;
  audio.held = base::Bytes::copy_of("silence");
  audio.held_ticks = 1024;
  audio.forced = true;
  return {{video, audio}, {1001, 500}, 888'000'000, {{{"CC1", "en", "English"}, {"SERVICE2", "", ""}}, true}, true};
}

Part part() {
  Part part;
  part.rendition = 1;
  part.msn = 888'000'000;
  part.index = 3;
  part.start = 85'248'000'123'456;
  part.duration = 24576;
  part.independent = true;
  part.last = true;
  part.captured = 1'776'000'000'123'456;
  part.data = base::Bytes::copy_of("moof and mdat of a part");
  return part;
}

Marker marker() {
  Marker marker;
  marker.id = "splice-7";
  marker.kind = "scte35";
  marker.start = 1'776'000'000'000'000;
  marker.end = 1'776'000'030'000'000;
  marker.planned_duration = 29'970'000;
  marker.attributes = {{"X-ASSET", "spot \"7\"", false}, {"X-EMPTY", ""}, {"X-BARE", "0xFC30", true}};
  marker.canceled = true;
  marker.payload = base::Bytes::copy_of("\xFC\x30");
  return marker;
}

std::vector<Record> one_of_each() {
  return {presentation(),
          part(),
          Gap{0, -1, 2, -90000, 45000},
          SegmentEnd{1, 888'000'000, 85'248'000'000'000, 96000, base::Bytes::copy_of("WEBVTT")},
          Discontinuity{888'000'001},
          marker(),
          End{},
          Closing{},
          MovedCut{888'000'002, 1'776'000'004'200'000},
          Thumbnail{"backup", 1'776'000'000'000'000, base::Bytes::copy_of("\xFF\xD8")}};
}

std::vector<std::uint8_t> flat(const Record& record) {
  const Encoded encoded = encode(record);
  std::vector<std::uint8_t> bytes = encoded.head;
  bytes.insert(bytes.end(), encoded.body.begin(), encoded.body.end());
  return bytes;
}
std::vector<std::uint8_t> flat(const std::vector<Record>& records) {
  std::vector<std::uint8_t> bytes;
  for (const Record& record : records) {
    for (const std::uint8_t byte : flat(record)) bytes.push_back(byte);
  }
  return bytes;
}

/// The only record of `bytes`.
Record decoded(const std::vector<std::uint8_t>& bytes) {
  Decoder decoder;
  EXPECT_TRUE(decoder.feed(bytes).ok());
  Record record;
  EXPECT_TRUE(decoder.next(record));
  EXPECT_TRUE(decoder.at_boundary());
  return record;
}

std::vector<Record> take_all(Decoder& decoder) {
  std::vector<Record> records;
  for (Record record; decoder.next(record);) records.push_back(record);
  return records;
}

std::uint8_t type_number(const Record& record) {
  return static_cast<std::uint8_t>(record.index() < 8 ? record.index() + 1 : record.index() + 2);
}

Marker large_marker() {
  Marker marker;
  marker.id = "large";
  marker.payload = base::Bytes::copy_of(std::string(50'000, 'm'));
  return marker;
}

/// A record of any type with any fields, with its checksum.
std::vector<std::uint8_t> framed(std::uint8_t type, base::View fields, base::View body) {
  base::ByteWriter head;
  head.u16(0x4B52);
  head.u8(2);
  head.u8(type);
  head.u32(fields.size());
  head.u32(body.size());
  base::ByteWriter covered;
  covered.bytes(head.view());
  covered.bytes(fields);
  covered.u64(base::hash64(body));
  head.u32(base::hash64(covered.view()) & 0xFFFFFFFF);
  head.bytes(fields);
  head.bytes(body);
  return head.take();
}

/// The fields of a record with three bytes more at the end of each of its structures.
struct Grown {
  std::vector<std::uint8_t> fields;
  int structures = 0;
};

/// Copies what the reader is at, field by field; the sizes are those of the documented layout.
class Grower {
 public:
  explicit Grower(base::View fields) : in_(fields) {}

  void fixed(std::size_t count) { out_.bytes(in_.bytes(count, "fixed").take()); }
  void sized() {
    const std::uint32_t length = in_.u32("length").take();
    out_.u32(length);
    fixed(length);
  }
  std::uint32_t count() {
    const std::uint32_t value = in_.u32("count").take();
    out_.u32(value);
    return value;
  }
  template <typename Inside>
  void structure(Inside inside) {
    const std::uint32_t length = in_.u32("length").take();
    Grower nested(in_.bytes(length, "structure").take());
    inside(nested);
    EXPECT_TRUE(nested.in_.empty());
    nested.out_.u24(0xABCDEF);
    out_.u32(nested.out_.size());
    out_.bytes(nested.out_.view());
    structures_ += nested.structures_ + 1;
  }
  Grown take() {
    EXPECT_TRUE(in_.empty());
    return {out_.take(), structures_};
  }

 private:
  base::ByteReader in_;
  base::ByteWriter out_;
  int structures_ = 0;
};

Grown grow(const Presentation& presentation) {
  const Encoded encoded = encode(Record(presentation));
  Grower all(base::View(encoded.head).subspan(kHeaderSize));
  all.fixed(8 + 8 + 8);
  for (std::uint32_t i = all.count(); i > 0; --i) {
    all.structure([](Grower& rendition) {
      rendition.sized();
      rendition.structure([](Grower& track) {
        track.fixed(4 + 1 + 8);
        for (int text = 0; text < 3; ++text) track.sized();
        track.structure([](Grower& picture) { picture.fixed(4 + 4 + 4 * 8 + 6); });
        track.structure([](Grower& sound) { sound.fixed(4 * 4); });
        track.fixed(1);
      });
      rendition.sized();
      rendition.fixed(4 + 4);
      rendition.sized();
      rendition.fixed(1 + 8 + 1);
      rendition.sized();
      rendition.fixed(4);
      rendition.sized();
      rendition.fixed(1);
    });
  }
  all.fixed(1);
  for (std::uint32_t i = all.count(); i > 0; --i) {
    all.structure([](Grower& caption) {
      for (int text = 0; text < 3; ++text) caption.sized();
    });
  }
  all.fixed(1 + 1);
  return all.take();
}

Grown grow(const Marker& marker) {
  const Encoded encoded = encode(Record(marker));
  Grower all(base::View(encoded.head).subspan(kHeaderSize));
  all.sized();
  all.sized();
  all.fixed(8 + 1 + 8 + 8);
  for (std::uint32_t i = all.count(); i > 0; --i) {
    all.structure([](Grower& attribute) {
      attribute.sized();
      attribute.sized();
      attribute.fixed(1);
    });
  }
  all.sized();
  return all.take();
}

/// Records as bytes, for comparing: the encoding has every field in it, as the tests of single fields show.
void expect_same(const std::vector<Record>& got, const std::vector<Record>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(flat(got[i]), flat(wanted[i])) << "record " << i;
}

TEST(RecordEncoding, KeepsEveryFieldOfAPresentation) {
  Decoder decoder;
  ASSERT_TRUE(decoder.feed(flat(Record(presentation()))).ok());
  Record record;
  ASSERT_TRUE(decoder.next(record));
  const auto& got = std::get<Presentation>(record);
  EXPECT_EQ(got.segment, (media::Rational{1001, 500}));
  EXPECT_EQ(got.formats_from, 888'000'000);
  EXPECT_EQ(got.captions, presentation().captions);
  ASSERT_EQ(got.renditions.size(), 2U);
  const Rendition& video = got.renditions[0];
  const Rendition wanted = presentation().renditions[0];
  EXPECT_EQ(video.name, "v720");
  EXPECT_TRUE(media::same_format(video.track, wanted.track));
  EXPECT_EQ(video.track.id, 7U);
  EXPECT_EQ(video.track.timescale, 60000);
  EXPECT_EQ(video.track.codec_string, "hvc1.2.4.L153.B0");
  EXPECT_EQ(video.init.text(), "ftyp moov");
  EXPECT_EQ(video.bandwidth, 4'000'000U);
  EXPECT_EQ(video.average_bandwidth, 3'500'000U);
  EXPECT_EQ(video.label, "720p");
  EXPECT_FALSE(video.is_default);
  EXPECT_EQ(video.part_ticks, 30030);
  EXPECT_FALSE(video.copied);
  EXPECT_TRUE(video.held.empty());
  EXPECT_EQ(video.held_ticks, 0U);
  const Rendition& audio = got.renditions[1];
  EXPECT_TRUE(media::same_format(audio.track, presentation().renditions[1].track));
  EXPECT_EQ(audio.track.language, "eng");
  EXPECT_EQ(audio.characteristics, "public.accessibility.describes-video");
  EXPECT_TRUE(audio.is_default);
  EXPECT_TRUE(audio.copied);
  EXPECT_EQ(audio.held.text(), "silence");
  EXPECT_EQ(audio.held_ticks, 1024U);
}

TEST(RecordEncoding, KeepsEveryFieldOfAPart) {
  Decoder decoder;
  ASSERT_TRUE(decoder.feed(flat(Record(part()))).ok());
  Record record;
  ASSERT_TRUE(decoder.next(record));
  const auto& got = std::get<Part>(record);
  EXPECT_EQ(got.rendition, 1U);
  EXPECT_EQ(got.msn, 888'000'000);
  EXPECT_EQ(got.index, 3U);
  EXPECT_EQ(got.start, 85'248'000'123'456);
  EXPECT_EQ(got.duration, 24576);
  EXPECT_TRUE(got.independent);
  EXPECT_TRUE(got.last);
  EXPECT_EQ(got.captured, 1'776'000'000'123'456);
  EXPECT_EQ(got.data.text(), "moof and mdat of a part");
}

TEST(RecordEncoding, KeepsWhereThePartHasItsKeyFrame) {
  Part within = part();
  within.independent = false;
  within.key_inside = true;
  Decoder decoder;
  ASSERT_TRUE(decoder.feed(flat(Record(part()))).ok());
  ASSERT_TRUE(decoder.feed(flat(Record(within))).ok());
  Record record;
  ASSERT_TRUE(decoder.next(record));
  EXPECT_FALSE(std::get<Part>(record).key_inside);
  ASSERT_TRUE(decoder.next(record));
  EXPECT_TRUE(std::get<Part>(record).key_inside);
  EXPECT_FALSE(std::get<Part>(record).independent);
}

TEST(RecordEncoding, KeepsNegativeTimesOfAGapAndSegmentEnds) {
  Decoder decoder;
  ASSERT_TRUE(decoder.feed(flat(one_of_each())).ok());
  const std::vector<Record> records = take_all(decoder);
  ASSERT_EQ(records.size(), one_of_each().size());
  const auto& gap = std::get<Gap>(records[2]);
  EXPECT_EQ(gap.msn, -1);
  EXPECT_EQ(gap.index, 2U);
  EXPECT_EQ(gap.start, -90000);
  EXPECT_EQ(gap.duration, 45000);
  const auto& end = std::get<SegmentEnd>(records[3]);
  EXPECT_EQ(end.rendition, 1U);
  EXPECT_EQ(end.start, 85'248'000'000'000);
  EXPECT_EQ(end.duration, 96000);
  EXPECT_EQ(std::get<Discontinuity>(records[4]).msn, 888'000'001);
  EXPECT_TRUE(std::holds_alternative<End>(records[6]));
  const auto& thumbnail = std::get<Thumbnail>(records[9]);
  EXPECT_EQ(thumbnail.feed, "backup");
  EXPECT_EQ(thumbnail.at, 1'776'000'000'000'000);
  EXPECT_EQ(thumbnail.jpeg.text(), "\xFF\xD8");
}

TEST(RecordEncoding, KeepsEveryFieldOfAMarker) {
  const auto got = std::get<Marker>(decoded(flat(Record(marker()))));
  EXPECT_EQ(got.id, "splice-7");
  EXPECT_EQ(got.kind, "scte35");
  EXPECT_EQ(got.start, 1'776'000'000'000'000);
  EXPECT_EQ(got.end, 1'776'000'030'000'000);
  EXPECT_EQ(got.planned_duration, 29'970'000);
  ASSERT_EQ(got.attributes.size(), 3U);
  EXPECT_EQ(got.attributes[0].name, "X-ASSET");
  EXPECT_EQ(got.attributes[0].value, "spot \"7\"");
  EXPECT_EQ(got.attributes[1].name, "X-EMPTY");
  EXPECT_EQ(got.attributes[1].value, "");
  EXPECT_FALSE(got.attributes[1].bare);
  EXPECT_TRUE(got.attributes[2].bare);
  EXPECT_TRUE(got.canceled);
  EXPECT_EQ(got.payload.text(), "\xFC\x30");
}

TEST(RecordEncoding, TakesSixtyFourAttributesOfAMarkerAndNoMore) {
  Marker full = marker();
  full.attributes.assign(64, {"X-A", "v"});
  EXPECT_EQ(std::get<Marker>(decoded(flat(Record(full)))).attributes.size(), 64U);
  full.attributes.push_back({"X-A", "v"});
  EXPECT_FALSE(Decoder{}.feed(flat(Record(full))).ok());
}

TEST(RecordEncoding, TakesSixtyFourRenditionsOfAPresentationAndNoMore) {
  Presentation full = presentation();
  full.renditions.assign(64, full.renditions[0]);
  EXPECT_EQ(std::get<Presentation>(decoded(flat(Record(full)))).renditions.size(), 64U);
  full.renditions.push_back(full.renditions[0]);
  EXPECT_FALSE(Decoder{}.feed(flat(Record(full))).ok());
}

TEST(RecordEncoding, AMarkerThatIsOpenHasNeitherEndNorDuration) {
  Marker open = marker();
  open.end.reset();
  open.planned_duration.reset();
  auto got = std::get<Marker>(decoded(flat(Record(open))));
  EXPECT_FALSE(got.end);
  EXPECT_FALSE(got.planned_duration);
  open.planned_duration = 0;
  got = std::get<Marker>(decoded(flat(Record(open))));
  EXPECT_FALSE(got.end);
  EXPECT_EQ(got.planned_duration, 0);
}

TEST(RecordEncoding, CarriesATextRendition) {
  Presentation subtitled = presentation();
  Rendition text;
  text.name = "s1";
  text.track.codec = media::Codec::kWebVtt;
  text.track.timescale = 1000;
  text.track.language = "deu";
  subtitled.renditions.push_back(text);
  const auto got = std::get<Presentation>(decoded(flat(Record(subtitled))));
  ASSERT_EQ(got.renditions.size(), 3U);
  EXPECT_EQ(got.renditions[2].track.kind(), media::Kind::kText);
  EXPECT_EQ(got.renditions[2].track.language, "deu");
}

TEST(RecordEncoding, SharesTheBodyOfAPartWithItsRecord) {
  const Part original = part();
  EXPECT_EQ(encode(original).body.data(), original.data.data());
}

TEST(RecordEncoding, TheLayoutIsAsDocumented) {
  const std::vector<std::uint8_t> bytes = flat(Record(Discontinuity{0x0102}));
  ASSERT_EQ(bytes.size(), kHeaderSize + 8);
  const std::vector<std::uint8_t> front{'K', 'R', 2, 5, 0, 0, 0, 8, 0, 0, 0, 0};
  EXPECT_TRUE(std::equal(front.begin(), front.end(), bytes.begin()));
  EXPECT_EQ(bytes[22], 1);
  EXPECT_EQ(bytes[23], 2);
  const std::vector<std::uint8_t> with_body = flat(Record(part()));
  EXPECT_EQ(with_body[7], 53);
  EXPECT_EQ(with_body[11], part().data.size());
}

// Codec numbers are in journals: they stay what they are.
TEST(RecordEncoding, CodecsKeepTheirNumbers) {
  EXPECT_EQ(static_cast<int>(media::Codec::kH264), 0);
  EXPECT_EQ(static_cast<int>(media::Codec::kAac), 5);
  EXPECT_EQ(static_cast<int>(media::Codec::kFlac), 11);
  EXPECT_EQ(static_cast<int>(media::Codec::kWebVtt), 12);
}

// ---- What a later version of this program writes.

TEST(RecordDecoder, SkipsFieldsBehindThoseItKnowsInEveryRecord) {
  const std::vector<Record> wanted = one_of_each();
  Decoder decoder;
  for (const Record& record : wanted) {
    const Encoded encoded = encode(record);
    base::View fields = base::View(encoded.head).subspan(kHeaderSize);
    std::vector<std::uint8_t> longer(fields.begin(), fields.end());
    longer.insert(longer.end(), {1, 2, 3});
    ASSERT_TRUE(decoder.feed(framed(type_number(record), longer, encoded.body.view())).ok()) << record.index();
  }
  expect_same(take_all(decoder), wanted);
}

TEST(RecordDecoder, SkipsFieldsBehindThoseItKnowsInEveryStructure) {
  // An attribute, a rendition's track with its picture and sound: each three bytes longer than we write it.
  const Grown presentation_grown = grow(presentation());
  const Grown marker_grown = grow(marker());
  EXPECT_EQ(presentation_grown.structures, 10);
  EXPECT_EQ(marker_grown.structures, 3);
  expect_same({decoded(framed(1, presentation_grown.fields, {}))}, {presentation()});
  expect_same({decoded(framed(6, marker_grown.fields, {}))}, {marker()});
}

TEST(RecordDecoder, FetchesABodyThatLiesElsewhere) {
  const Encoded encoded = encode_without_body(part(), 0x1'0000'0002);
  EXPECT_TRUE(encoded.body.empty());
  std::uint64_t asked = 0;
  const auto fetch = [&](std::uint64_t offset, std::size_t size) -> base::Result<base::Bytes> {
    asked = offset;
    EXPECT_EQ(size, part().data.size());
    return part().data;
  };
  for (std::size_t cut = 0; cut <= encoded.head.size(); ++cut) {
    Decoder decoder(fetch);
    ASSERT_TRUE(decoder.feed(base::View(encoded.head).first(cut)).ok());
    ASSERT_TRUE(decoder.feed(base::View(encoded.head).subspan(cut)).ok());
    expect_same(take_all(decoder), {part()});
    EXPECT_EQ(asked, 0x1'0000'0002U);
  }
}

TEST(RecordDecoder, RefusesABodyElsewhereThatCannotBeFetched) {
  const Encoded encoded = encode_without_body(part(), 7);
  Decoder nowhere;
  EXPECT_FALSE(nowhere.feed(encoded.head).ok());
  Decoder refused([](std::uint64_t, std::size_t) -> base::Result<base::Bytes> {
    return base::Error{base::Code::kMalformed, "place", 0};
  });
  EXPECT_FALSE(refused.feed(encoded.head).ok());
  Record record;
  EXPECT_FALSE(refused.next(record));
  std::vector<std::uint8_t> damaged = encoded.head;
  damaged[kHeaderSize + 3] ^= 1;  // the place is under the checksum
  Decoder decoder([](std::uint64_t, std::size_t) -> base::Result<base::Bytes> { return part().data; });
  EXPECT_FALSE(decoder.feed(damaged).ok());
}

TEST(RecordDecoder, SkipsRecordsOfATypeItDoesNotKnow) {
  const std::vector<std::uint8_t> fields{9, 9, 9};
  std::vector<std::uint8_t> bytes = framed(12, fields, base::view_of("a body"));
  const std::vector<std::uint8_t> known = flat(Record(part()));
  bytes.insert(bytes.end(), known.begin(), known.end());
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Decoder decoder;
    ASSERT_TRUE(decoder.feed(base::View(bytes).first(cut)).ok());
    ASSERT_TRUE(decoder.feed(base::View(bytes).subspan(cut)).ok());
    EXPECT_EQ(decoder.skipped(), 1U);
    expect_same(take_all(decoder), {part()});
  }
}

TEST(RecordDecoder, ARecordThatEndsBeforeAFieldIsRefused) {
  Presentation older = presentation();  // a worker that knew no captions, or no room for them, or no text
  older.captions = {};
  const std::size_t complete = encode(Record(older)).head.size() - kHeaderSize - 7;
  // A worker that did not know of room for captions, and one that moved no cuts; a part without the hash of its body.
  const std::size_t almost = encode(Record(presentation())).head.size() - kHeaderSize - 2;
  for (const Record& record : one_of_each()) {
    const Encoded encoded = encode(record);
    const base::View fields = base::View(encoded.head).subspan(kHeaderSize);
    for (std::size_t size = 0; size < fields.size(); ++size) {
      Decoder decoder;
      const bool ok = decoder.feed(framed(type_number(record), fields.first(size), encoded.body.view())).ok();
      const bool past = record.index() == 0
                            ? size == complete || size == almost || size == almost + 1
                            : (record.index() == 1 && size == 41) || (record.index() == 3 && size == 28);
      EXPECT_EQ(ok, past) << record.index() << " size " << size;
    }
  }
}

TEST(RecordDecoder, GivesTheSameAtEverySplitInTwo) {
  const std::vector<Record> wanted = one_of_each();
  const std::vector<std::uint8_t> bytes = flat(wanted);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Decoder decoder;
    ASSERT_TRUE(decoder.feed(base::View(bytes).first(cut)).ok());
    ASSERT_TRUE(decoder.feed(base::View(bytes).subspan(cut)).ok());
    expect_same(take_all(decoder), wanted);
    EXPECT_TRUE(decoder.at_boundary());
  }
}

TEST(RecordDecoder, GivesTheSameByteByByte) {
  const std::vector<Record> wanted = one_of_each();
  Decoder decoder;
  std::vector<Record> got;
  for (const std::uint8_t byte : flat(wanted)) {
    ASSERT_TRUE(decoder.feed({&byte, 1}).ok());
    for (Record record; decoder.next(record);) got.push_back(record);
  }
  expect_same(got, wanted);
}

TEST(RecordDecoder, LetsABodyBeReadStraightIntoItsPlace) {
  Part large = part();
  large.data = base::Bytes::copy_of(std::string(300'000, 'x'));
  const std::vector<std::uint8_t> bytes = flat(Record(large));
  Decoder decoder;
  std::size_t at = 0;
  const std::uint8_t* body_memory = nullptr;
  while (at < bytes.size()) {
    const std::span<std::uint8_t> space = decoder.want();
    ASSERT_FALSE(space.empty());
    if (space.size() > 100'000) body_memory = space.data();
    const std::size_t count = std::min(space.size(), bytes.size() - at);
    std::memcpy(space.data(), bytes.data() + at, count);
    ASSERT_TRUE(decoder.commit(count).ok());
    at += count;
  }
  Record record;
  ASSERT_TRUE(decoder.next(record));
  const base::Bytes data = std::get<Part>(record).data;
  ASSERT_EQ(data.size(), 300'000U);
  EXPECT_GT(body_memory, data.data());
  EXPECT_LT(body_memory, data.data() + 5000);  // what had been staged with the header was copied, the rest was not
}

TEST(RecordDecoder, AnEmptyBodyAndARecordBeyondTheStagingAreFine) {
  Part empty = part();
  empty.data = {};
  const std::vector<Record> wanted{empty, large_marker(), Discontinuity{1}};
  Decoder decoder;
  ASSERT_TRUE(decoder.feed(flat(wanted)).ok());
  expect_same(take_all(decoder), wanted);
}

TEST(RecordDecoder, NeverDeliversARecordWithAnyBitFlipped) {
  for (const Record& record : one_of_each()) {
    const std::vector<std::uint8_t> good = flat(record);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      std::vector<std::uint8_t> bad = good;
      bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
      Decoder decoder;
      const bool accepted = decoder.feed(bad).ok();
      Record got;
      EXPECT_FALSE(decoder.next(got)) << "bit " << bit << " of type " << record.index();
      // A length that grew is seen when the stream ends inside the record, any other flip at once.
      EXPECT_FALSE(accepted && decoder.at_boundary()) << "bit " << bit;
    }
  }
}

TEST(RecordDecoder, KeepsWhatCameBeforeAnErrorAndRefusesWhatComesAfter) {
  std::vector<std::uint8_t> bytes = flat(Record(Discontinuity{1}));
  bytes.push_back('X');
  bytes.resize(bytes.size() + 20);
  Decoder decoder;
  EXPECT_FALSE(decoder.feed(bytes).ok());
  EXPECT_EQ(take_all(decoder).size(), 1U);
  EXPECT_FALSE(decoder.feed(flat(Record(End{}))).ok());
  EXPECT_TRUE(take_all(decoder).empty());
}

TEST(RecordDecoder, RefusesAnUnknownVersionAndATooLargeLength) {
  std::vector<std::uint8_t> bytes = flat(Record(End{}));
  bytes[2] = 3;
  Decoder newer;
  const base::Status version = newer.feed(bytes);
  ASSERT_FALSE(version.ok());
  EXPECT_EQ(version.error().code, base::Code::kUnsupported);
  bytes = flat(Record(End{}));
  bytes[4] = 0x7F;
  Decoder large;
  const base::Status length = large.feed(bytes);
  ASSERT_FALSE(length.ok());
  EXPECT_EQ(length.error().code, base::Code::kTooLarge);
}

TEST(RecordDecoder, RefusesAPresentationWithoutATimescale) {
  Presentation bad = presentation();
  bad.renditions[0].track.timescale = 0;  // would be divided by
  Decoder decoder;
  EXPECT_FALSE(decoder.feed(flat(Record(bad))).ok());
  bad = presentation();
  bad.segment = {0, 1};
  Decoder other;
  EXPECT_FALSE(other.feed(flat(Record(bad))).ok());
}

std::vector<std::uint8_t> head_of(const Record& record) { return encode(record).head; }

/// A part as it was written before parts had the hash of their body.
std::vector<std::uint8_t> part_without_hash() {
  const std::vector<std::uint8_t> head = head_of(Record(part()));
  const base::View fields = base::View(head).subspan(kHeaderSize);
  return framed(2, fields.first(fields.size() - 12), part().data.view());
}

TEST(RecordHead, TellsAllButAPartsBody) {
  for (const Record& record : one_of_each()) {
    const std::vector<std::uint8_t> head = head_of(record);
    const auto lengths = parse_lengths(head);
    ASSERT_TRUE(lengths.ok());
    EXPECT_EQ(lengths->head, head.size());
    EXPECT_EQ(lengths->size(), flat(record).size());
    auto decoded = decode_head(head);
    ASSERT_TRUE(decoded.ok()) << record.index();
    ASSERT_TRUE(decoded->has_value());
    if (auto* made = std::get_if<Part>(&**decoded)) {
      EXPECT_TRUE(made->data.empty());
      EXPECT_EQ(made->stored.place.size, part().data.size());
      EXPECT_EQ(made->stored.hash, base::hash64(part().data.view()));
      made->data = part().data;
    }
    EXPECT_EQ(flat(**decoded), flat(record));
  }
}

TEST(RecordHead, KeepsTheSizeOfTheFirstPicture) {
  Part keyed = part();
  keyed.stored.key_size = 1234;
  EXPECT_EQ(std::get<Part>(**decode_head(head_of(Record(keyed)))).stored.key_size, 1234U);
  EXPECT_EQ(std::get<Part>(decoded(flat(Record(keyed)))).stored.key_size, 1234U);
}

TEST(RecordHead, ADamagedOneIsRefused) {
  const std::vector<std::uint8_t> head = head_of(Record(part()));
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (i >= 4 && i < 8) continue;  // another length of the fields needs another number of bytes
    std::vector<std::uint8_t> damaged = head;
    damaged[i] ^= 1;
    EXPECT_FALSE(decode_head(damaged).ok()) << "byte " << i;
  }
}

TEST(RecordHead, OfATypeThatIsNotKnownIsPassedOver) {
  const auto decoded = decode_head(framed(200, base::view_of("of a later day"), {}));
  ASSERT_TRUE(decoded.ok());
  EXPECT_FALSE(decoded->has_value());
}

TEST(RecordHead, APartThatWasWrittenWithoutAHashNeedsItsBody) {
  const std::vector<std::uint8_t> bytes = part_without_hash();
  EXPECT_EQ(decode_head(base::View(bytes).first(bytes.size() - part().data.size())).error().code,
            base::Code::kNotFound);
  const Record whole = decoded(bytes);
  EXPECT_EQ(std::get<Part>(whole).data, part().data);
  EXPECT_EQ(std::get<Part>(whole).stored.hash, 0U);
}

TEST(RecordHead, AHashThatIsNotThatOfTheBodyIsRefusedWithTheBody) {
  base::ByteWriter fields;
  write_fields(fields, Record(part()));
  write_body_fields(fields, 42, 0);
  Decoder decoder;
  EXPECT_FALSE(decoder.feed(framed(2, fields.view(), part().data.view())).ok());
}

}  // namespace
}  // namespace record
