#include <gtest/gtest.h>

#include "base/hash.h"
#include "feeder.h"
#include "hls/media_playlist.h"

namespace hls {
namespace {

using testing::Feeder;
using testing::kPart;
using testing::kSlot;

Window::Options long_window(std::size_t least_for_blocks, std::size_t listed = 200) {
  Window::Options options = Feeder::options(listed);
  options.least_for_blocks = least_for_blocks;
  options.key_frames = true;
  return options;
}

/// The same window twice, with and without blocks.
struct Both {
  Both() : blocks(long_window(1)), flat(long_window(SIZE_MAX)) {
    // Once in a while a list has them all.
    each([](Feeder& feed) { feed.keyed = [](std::int64_t msn) { return msn % 300 != 7; }; });
  }

  template <typename Act>
  void each(const Act& act) {
    act(blocks);
    act(flat);
  }
  void segment(std::int64_t msn) {
    each([&](Feeder& feed) { feed.segment(msn); });
  }
  void expect_same(const std::string& when) {
    for (const Skip skip : {Skip::kNo, Skip::kYes, Skip::kDateRanges})
      ASSERT_EQ(blocks.render(skip), flat.render(skip)) << when;
    const PlaylistText key_frames = render_key_frames(blocks.window.revision(), blocks.terms);
    ASSERT_EQ(key_frames.text(), render_key_frames(flat.window.revision(), flat.terms).text()) << when;
    ASSERT_EQ(key_frames.whole(), blocks.render_text().whole()) << when;
    const auto some = [](std::int64_t msn) { return msn % 3 == 0; };
    ASSERT_EQ(render_images(blocks.window.revision(), 2, some), render_images(flat.window.revision(), 2, some)) << when;
    ASSERT_EQ(blocks.closed().listed(), flat.closed().listed()) << when;
    ASSERT_EQ(blocks.window.independent_segments(), flat.window.independent_segments()) << when;
  }

  Feeder blocks;
  Feeder flat;
};

TEST(Blocks, APlaylistIsTheSameWithThemAsWithout) {
  Both both;
  for (std::int64_t msn = 1000; msn < 1700; ++msn) {
    if (msn % 100 == 7) both.each([&](Feeder& feed) { feed.discontinuities.add(msn); });
    if (msn % 90 == 11) both.each([&](Feeder& feed) { feed.cues.set(msn, "#EXT-X-CUE-IN\n"); });
    if (msn % 130 == 0) {
      both.each([&](Feeder& feed) {
        feed.window.set_format({Feeder::init(std::to_string(msn)), 90000, kPart});
        feed.window.begin_format(msn);
      });
    }
    if (msn % 170 == 3) {
      both.each([&](Feeder& feed) {
        for (std::uint32_t i = 0; i < 4; ++i) feed.gap(msn, i);
        feed.end(msn);
      });
    } else {
      both.segment(msn);
    }
    ASSERT_NO_FATAL_FAILURE(both.expect_same(std::to_string(msn)));
  }
  EXPECT_GE(both.blocks.closed().blocks->size(), 3U);
  EXPECT_EQ(both.flat.closed().in_blocks, 0U);
}

TEST(Blocks, ASessionThatBeginsLeavesThemFetchableAndUnlisted) {
  Both both;
  for (std::int64_t msn = 1000; msn < 1200; ++msn) both.segment(msn);
  both.each([&](Feeder& feed) {
    Window::Options again = long_window(&feed == &both.flat ? SIZE_MAX : 1);
    feed.window.restart(1300, again);
    feed.window.set_format({Feeder::init("B"), 90000, kPart});
  });
  for (std::int64_t msn = 1300; msn < 1600; ++msn) {
    both.segment(msn);
    ASSERT_NO_FATAL_FAILURE(both.expect_same(std::to_string(msn)));
    ASSERT_EQ(both.blocks.closed().find(1190) == nullptr, msn > 1410) << msn;
  }
}

TEST(Blocks, OfAnIframePlaylistAreSharedAndNotWrittenAgain) {
  Feeder feed(long_window(1, 640));
  feed.segments(1000, 1999);
  const PlaylistText text = render_key_frames(feed.window.revision(), feed.terms);
  ASSERT_FALSE(text.whole());
  EXPECT_EQ(text.blocks, feed.closed().blocks);
  EXPECT_EQ(text.last_block() - text.first_block, 8U) << "1408 to 1919: one of the list's ten is outside, one cut";
  EXPECT_LT(text.head.size() + text.tail.size(), text.text().size() / 3);
}

TEST(Blocks, HaveNoLinesOfAnIframePlaylistUnlessAsked) {
  Window::Options options = long_window(1);
  options.key_frames = false;
  Feeder feed(options);
  feed.segments(1000, 1299);
  for (const auto& block : *feed.closed().blocks) {
    EXPECT_EQ(block->key_frames.text, "");
    EXPECT_NE(block->playlist.text, "");
  }
}

TEST(Blocks, AnySegmentIsFoundByItsNumberAndByItsPlace) {
  Feeder feed(long_window(1));
  feed.segments(1000, 1399);
  const SegmentList& closed = feed.closed();
  ASSERT_GT(closed.in_blocks, 100U);
  const std::int64_t first = closed.at(0).msn;
  for (std::size_t i = 0; i < closed.size(); ++i) {
    const std::int64_t msn = first + static_cast<std::int64_t>(i);
    ASSERT_EQ(closed.at(i).msn, msn);
    ASSERT_EQ(closed.find(msn), &closed.at(i));
  }
  EXPECT_EQ(closed.find(first - 1), nullptr);
  EXPECT_EQ(closed.find(1400), nullptr);
  EXPECT_EQ(closed.find(first)->parts.size(), 4U) << "without a file its bytes stay";
}

TEST(Blocks, AreCutByNumberAndNotByWhereTheLogBegan) {
  const auto cuts = [](std::int64_t first) {
    Feeder feed(long_window(1));
    feed.segments(first, 1400);
    std::vector<std::int64_t> numbers;
    for (const auto& block : *feed.closed().blocks) {
      if (block->segments.front()->msn > 1100) numbers.push_back(block->segments.front()->msn);
    }
    return numbers;
  };
  EXPECT_EQ(cuts(1000), cuts(1017));
  EXPECT_EQ(cuts(1000).front() % 64, 0);
}

TEST(Blocks, AreSharedByRevisions) {
  Feeder feed(long_window(1));
  feed.segments(1000, 1299);
  const auto blocks = feed.closed().blocks;
  feed.segment(1300);
  EXPECT_EQ(feed.closed().blocks, blocks);
}

TEST(Blocks, AShortWindowHasNone) {
  Feeder feed(60);
  feed.segments(1000, 1600);
  EXPECT_EQ(feed.closed().blocks, nullptr);
}

TEST(Blocks, MemoryIsBoundedOverAWeek) {
  Feeder feed(long_window(1, 300));
  for (std::int64_t msn = 1000; msn < 20000; ++msn) feed.segment(msn);
  EXPECT_LE(feed.closed().size(), 300U + 300U + 64U);
}

// The bytes of segments.

Window::Options with_memory(base::Micros memory, std::size_t listed = 30) {
  Window::Options options = Feeder::options(listed);
  options.memory = memory;
  return options;
}

base::FilePlace place_of_part(std::int64_t msn, std::uint32_t index) {
  static const auto path = std::make_shared<const std::string>("/journal/match/1.journal");
  return {path, static_cast<std::uint64_t>(msn * 100 + index),
          static_cast<std::uint32_t>(testing::bytes_of(msn, index).size())};
}

void file(Feeder& feed, std::int64_t first, std::int64_t last) {
  for (std::int64_t msn = first; msn <= last; ++msn) {
    for (std::uint32_t i = 0; i < 4; ++i) feed.window.file_part(msn, i, place_of_part(msn, i));
  }
}

TEST(FiledSegments, LetTheirBytesGoOnceTheyAreOldAndAFileHasThem) {
  Feeder feed(with_memory(12 * base::kSecond));
  feed.segments(100, 104);
  file(feed, 100, 104);
  feed.segment(105);
  EXPECT_FALSE(feed.closed().find(100)->parts.empty()) << "10 s old";
  feed.segment(106);
  const Segment& old = *feed.closed().find(100);
  EXPECT_TRUE(old.parts.empty());
  ASSERT_EQ(old.filed.size(), 4U);
  EXPECT_EQ(old.filed[2].place, place_of_part(100, 2));
  EXPECT_EQ(feed.closed().find(101)->parts.size(), 4U);
  EXPECT_EQ(feed.closed().filed_through, 100);
}

TEST(FiledSegments, StayInMemoryAsLongAsNoFileHasAllOfThem) {
  Feeder feed(with_memory(12 * base::kSecond));
  feed.segments(100, 101);
  file(feed, 100, 101);
  feed.segments(102, 103);
  feed.window.file_part(103, 0, place_of_part(103, 0));
  feed.segments(104, 120);
  EXPECT_EQ(feed.closed().filed_through, 101);
  for (std::int64_t msn = 102; msn <= 120; ++msn) EXPECT_EQ(feed.closed().find(msn)->parts.size(), 4U) << msn;
}

TEST(FiledSegments, ASlowDiskOnlyPutsItOff) {
  Feeder feed(with_memory(12 * base::kSecond));
  feed.segment(100);
  feed.window.file_part(100, 0, place_of_part(100, 0));
  feed.segments(101, 110);
  EXPECT_TRUE(feed.closed().find(100)->filed.empty());
  for (std::uint32_t i = 1; i < 4; ++i) feed.window.file_part(100, i, place_of_part(100, i));
  feed.segment(111);
  EXPECT_EQ(feed.closed().find(100)->filed.size(), 4U);
}

TEST(FiledSegments, AFileWithAnotherSizeIsNotBelieved) {
  Feeder feed(with_memory(12 * base::kSecond));
  feed.segment(100);
  file(feed, 100, 100);
  base::FilePlace wrong = place_of_part(100, 1);
  ++wrong.size;
  feed.window.file_part(100, 1, wrong);
  feed.segments(101, 110);
  EXPECT_TRUE(feed.closed().find(100)->filed.empty());
}

TEST(FiledSegments, WithoutAMemoryLimitNothingIsLetGo) {
  Feeder feed(with_memory(0));
  feed.segment(100);
  file(feed, 100, 100);
  feed.segments(101, 130);
  EXPECT_TRUE(feed.closed().find(100)->filed.empty());
}

TEST(FiledSegments, AreListedAsBefore) {
  Feeder filed(with_memory(12 * base::kSecond));
  Feeder whole(30);
  for (std::int64_t msn = 100; msn < 150; ++msn) {
    filed.segment(msn);
    whole.segment(msn);
    file(filed, msn, msn);
    ASSERT_EQ(filed.render(), whole.render());
    ASSERT_EQ(filed.render(Skip::kYes), whole.render(Skip::kYes));
  }
  EXPECT_GT(filed.closed().filed_through, 130);
}

TEST(FiledSegments, AGapAmongTheirPartsHasNoPlace) {
  Feeder feed(with_memory(12 * base::kSecond));
  feed.part(100, 0);
  feed.gap(100, 1);
  feed.part(100, 2);
  feed.part(100, 3, true);
  feed.end(100);
  file(feed, 100, 100);
  feed.segments(101, 110);
  const Segment& old = *feed.closed().find(100);
  ASSERT_EQ(old.filed.size(), 4U);
  EXPECT_EQ(old.filed[1].place.size, 0U);
  EXPECT_FALSE(old.gap());
}

TEST(FiledSegments, GoIntoBlocksAfterTheirBytesHaveGone) {
  Window::Options options = long_window(1);
  options.memory = 12 * base::kSecond;
  Feeder feed(options);
  for (std::int64_t msn = 1000; msn < 1300; ++msn) {
    feed.segment(msn);
    file(feed, msn, msn);
  }
  for (const auto& block : *feed.closed().blocks) {
    EXPECT_EQ(block->media, 0U);
    for (const auto& segment : block->segments) EXPECT_EQ(segment->filed.size(), 4U);
  }
}

/// A window of 2000 segments that lets bytes go after 12 s, and bears 10 minutes of those that no file has.
Window::Options bounded_window() {
  Window::Options options = long_window(1, 2000);
  options.memory = 12 * base::kSecond;
  options.unfiled = 600 * base::kSecond;
  return options;
}

TEST(FiledSegments, WhatNoFileHasForLongLeavesThePlaylistAndMemory) {
  Feeder feed(bounded_window());
  for (std::int64_t msn = 1000; msn < 1500; ++msn) {
    feed.segment(msn);
    file(feed, msn, msn);
  }
  feed.segments(1500, 1700);
  EXPECT_EQ(feed.closed().find(1000)->filed.size(), 4U) << "the disk has been away for less than ten minutes";
  for (std::int64_t msn = 1701; msn < 2500; ++msn) {
    feed.segment(msn);
    std::size_t media = 0;
    for (std::size_t i = 0; i < feed.closed().size(); ++i) media += feed.closed().at(i).parts.empty() ? 0 : 1;
    ASSERT_LE(media, 300U + 64U + 64U) << msn;
  }
  EXPECT_EQ(feed.closed().find(1499), nullptr);
  EXPECT_NE(feed.closed().find(2499 - 300), nullptr);
  EXPECT_EQ(feed.closed().first_listed, 0U) << "what is left is listed";
  const std::string first = std::to_string(feed.closed().at(0).msn);
  EXPECT_NE(feed.render().find("#EXT-X-MEDIA-SEQUENCE:" + first + "\n"), std::string::npos);
}

TEST(FiledSegments, AWindowThatWasShortenedGrowsAgain) {
  Feeder feed(bounded_window());
  feed.segments(1000, 1999);
  const std::int64_t first = feed.closed().at(0).msn;
  EXPECT_GT(first, 1500);
  for (std::int64_t msn = 2000; msn < 2500; ++msn) {
    feed.segment(msn);
    file(feed, msn, msn);
  }
  EXPECT_GE(feed.closed().at(0).msn, 1999 - 64) << "what no file had has gone, what follows stays";
  EXPECT_LE(feed.closed().at(0).msn, 2064);
  EXPECT_NE(feed.closed().find(2100), nullptr);
}

TEST(FiledSegments, ALongWindowInMemoryAloneKeepsAllThatItLists) {
  Window::Options options = bounded_window();
  options.memory = 0;
  Feeder feed(options);
  feed.segments(1000, 2499);
  EXPECT_EQ(feed.closed().listed(), 1500U);
}

/// Parts as a journal's reader gives them, without their bytes.
void stored_part(Feeder& feed, std::int64_t msn, std::uint32_t index) {
  Part part{testing::kPart, index == 0, false, {}};
  part.filed = {place_of_part(msn, index), base::hash64(testing::bytes_of(msn, index).view())};
  feed.window.add_part(msn, index, msn * testing::kSlot + index * testing::kPart, std::move(part), index == 3);
}
void stored_segments(Feeder& feed, std::int64_t first, std::int64_t last) {
  for (std::int64_t msn = first; msn <= last; ++msn) {
    for (std::uint32_t i = 0; i < 4; ++i) stored_part(feed, msn, i);
    feed.end(msn);
  }
}

TEST(StoredParts, AreWhatFiledOnesOfLiveMediaAre) {
  Feeder live(with_memory(12 * base::kSecond));
  Feeder stored(with_memory(12 * base::kSecond));
  for (std::int64_t msn = 100; msn <= 120; ++msn) {
    live.segment(msn);
    file(live, msn, msn);
  }
  stored_segments(stored, 100, 120);
  EXPECT_EQ(stored.render(), live.render());
  for (std::int64_t msn = 100; msn <= 114; ++msn) {
    const Segment& one = *live.closed().find(msn);
    const Segment& other = *stored.closed().find(msn);
    ASSERT_EQ(one.filed.size(), 4U) << msn;
    ASSERT_EQ(other.filed.size(), 4U) << msn;
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(one.filed[i].place, other.filed[i].place);
      EXPECT_EQ(one.filed[i].hash, other.filed[i].hash);
    }
  }
}

TEST(StoredParts, OfTheOpenSegmentAreTakenIntoMemory) {
  Feeder feed(with_memory(12 * base::kSecond));
  stored_segments(feed, 100, 100);
  stored_part(feed, 101, 0);
  stored_part(feed, 101, 1);
  feed.window.load_open([](const FiledPart& part) {
    const auto index = static_cast<std::uint32_t>(part.place.offset - 10100);
    return index < 2 ? testing::bytes_of(101, index) : base::Bytes();
  });
  EXPECT_EQ(feed.open().parts[1].data, testing::bytes_of(101, 1));
  EXPECT_EQ(feed.open().parts[1].filed.place.size, 0U);
  EXPECT_TRUE(feed.closed().find(100)->parts[0].data.empty()) << "it is read from the file";
  feed.part(101, 2);
  feed.part(101, 3, true);
  feed.end(101);
  for (std::uint32_t i = 2; i < 4; ++i) feed.window.file_part(101, i, place_of_part(101, i));
  feed.segments(102, 110);
  const Segment& old = *feed.closed().find(101);
  ASSERT_EQ(old.filed.size(), 4U) << "where its first parts lie is known";
  EXPECT_EQ(old.filed[1].place, place_of_part(101, 1));
}

TEST(StoredParts, ThatCannotBeReadStayWhereTheyAre) {
  Feeder feed(with_memory(12 * base::kSecond));
  stored_part(feed, 101, 0);
  feed.window.load_open([](const FiledPart&) { return base::Bytes(); });
  EXPECT_EQ(feed.open().parts[0].filed.place, place_of_part(101, 0));
}

}  // namespace
}  // namespace hls
