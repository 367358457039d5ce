#include "archive/journal_fold.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/archive/logs.h"

namespace archive {
namespace {

class SetClock final : public base::Clock {
 public:
  base::Micros utc() const override { return kJournalStart + steady_; }
  base::Micros steady() const override { return steady_; }
  void pass(base::Micros span) { steady_ += span; }

 private:
  base::Micros steady_ = base::kSecond;
};

class Folding : public testing::Test {
 protected:
  Folding() {
    options_.directory = scratch_.path() + "/journal";
    options_.keep.age = base::Micros{1000} * 365 * 86'400 * base::kSecond;
  }
  void open(std::function<void(JournalWriter::Written&&)> on_written = nullptr) {
    writer_ = std::make_unique<JournalWriter>(options_);
    fold_ = std::make_unique<JournalFold>(
        "cam1", JournalFold::Context{clock_, *writer_, numbering_, [this] { return log_.standing(); },
                                     [this](std::string_view why) { changes_ += "<" + std::string(why) + ">"; },
                                     std::move(on_written)});
  }
  /// As a channel does: numbered, first for the journal.
  void put(const record::Record& record) {
    const record::Record& numbered = numbering_.apply(record);
    fold_->apply(numbered);
    log_.apply(numbered);
    fold_->settle();
  }
  void segment(std::int64_t msn) {
    for (std::uint32_t i = 0; i < 4; ++i) put(a_part(msn, i));
    put(a_segment_end(msn));
  }
  void finish() {
    fold_.reset();
    writer_.reset();
  }
  std::string directory() const { return options_.directory + "/cam1"; }
  /// The files' beginnings: "continues", or "hole" or "first", and what had begun.
  std::string files() {
    std::vector<std::string> words;
    for (const ListedFile& file : list_files(directory())) {
      const auto reader = FileReader::open(file.path);
      if (!reader.ok()) return reader.error().message();
      const FileHeader& header = reader.value()->header();
      words.push_back((header.continues ? "continues " : "new ") + std::to_string(header.standing.begun) + "/" +
                      std::to_string(header.standing.discontinuities) + "/" + std::to_string(header.numbering));
    }
    return joined(words);
  }
  std::string words_of_last() { return read_file_words(list_files(directory()).back().path); }

  const ScratchDirectory scratch_;
  JournalWriter::Options options_;
  SetClock clock_;
  origin::Numbering numbering_;
  origin::Log log_{"cam1", {}};
  std::string changes_;
  std::unique_ptr<JournalWriter> writer_;
  std::unique_ptr<JournalFold> fold_;
};

TEST_F(Folding, TheFirstFileHoldsTheLogFromItsBeginning) {
  open();
  put(one_picture());
  put(a_part(7, 0, "a"));
  put(record::Thumbnail{"primary", 0, base::Bytes::of_static("of a feed")});
  put(record::End{});
  finish();
  EXPECT_EQ(files(), "new -1/0/0");
  EXPECT_EQ(read_journal(directory()), "presentation, part 7.0 a, over");
  EXPECT_EQ(changes_, "");
}

TEST_F(Folding, TellsWhereAPartsBytesLieOnceTheyAreWritten) {
  std::vector<JournalWriter::Written> told;
  open([&told](JournalWriter::Written&& part) { told.push_back(std::move(part)); });
  put(one_picture());
  put(a_part(7, 0, "abc"));
  put(a_part(7, 1, "defgh"));
  put(a_segment_end(7));
  while (writer_->counters().records < 4) std::this_thread::yield();
  fold_->settle();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].msn, 7);
  EXPECT_EQ(told[1].index, 1U);
  EXPECT_EQ(told[1].place.size, 5U);
  const auto reader = FileReader::open(*told[1].place.path);
  ASSERT_TRUE(reader.ok());
  for (record::Record record; reader.value()->next(record);) {
    const auto* part = std::get_if<record::Part>(&record);
    if (part == nullptr) continue;
    // A reader finds them at the same places.
    const base::FilePlace& place = reader.value()->body();
    EXPECT_EQ(*place.path, *told[part->index].place.path);
    EXPECT_EQ(place.offset, told[part->index].place.offset);
    EXPECT_EQ(place.size, told[part->index].place.size);
  }
  told.clear();
  fold_->settle();
  EXPECT_TRUE(told.empty()) << "each once";
}

TEST_F(Folding, ImagesOfWhatViewersSeeAreKept) {
  open();
  put(one_picture());
  put(a_part(7, 0, "a"));
  put(record::Thumbnail{"", 5, base::Bytes::of_static("jpeg")});
  finish();
  EXPECT_EQ(read_journal(directory()), "presentation, part 7.0 a, image jpeg");
}

TEST_F(Folding, EachHourBeginsAFileThatCanBeReadAlone) {
  open();
  put(one_picture());
  segment(7);
  put(record::Discontinuity{8});
  segment(8);
  clock_.pass(JournalFold::kFileSpan);
  put(a_part(9, 0));
  finish();
  EXPECT_EQ(files(), "new -1/0/0, continues 8/1/0");
  EXPECT_EQ(words_of_last(), "[presentation, part 9.0 media");
}

TEST_F(Folding, AFullFileIsFollowedByAnother) {
  open();
  put(one_picture());
  put(a_part(7, 0, std::string(JournalFold::kFileBytes / 2, 'x')));
  put(a_part(7, 1));
  // The queue takes two such parts only if the first has been written.
  while (writer_->counters().records < 3) std::this_thread::yield();
  put(a_part(7, 2, std::string(JournalFold::kFileBytes / 2, 'x')));
  put(a_part(7, 3));
  finish();
  EXPECT_EQ(files(), "new -1/0/0, continues 7/0/0");
}

TEST_F(Folding, NoFileBeginsBetweenAnAnnouncementAndItsSegment) {
  open();
  put(one_picture());
  segment(7);
  record::Presentation changed = one_picture(9);
  changed.renditions[0].init = base::Bytes::of_static("other");
  put(changed);
  put(record::Discontinuity{9});
  clock_.pass(JournalFold::kFileSpan);
  segment(8);
  put(a_part(9, 0));
  put(a_part(9, 1));
  finish();
  EXPECT_EQ(files(), "new -1/0/0, continues 9/1/0");
  EXPECT_EQ(words_of_last(), "[presentation, part 9.1 media");
}

TEST_F(Folding, AnotherNumberingBeginsAFile) {
  open();
  put(one_picture());
  segment(900'000);
  put(record::End{});
  record::Presentation longer = one_picture();
  longer.segment = {4, 1};
  put(longer);
  put(a_part(450'001, 0));
  finish();
  const std::int64_t step = hls::kNumberingStep;
  EXPECT_EQ(files(), "new -1/0/0, continues 900000/1/" + std::to_string(step));
  EXPECT_EQ(words_of_last(), "[presentation, part " + std::to_string(450'001 + step) + ".0 media");
}

TEST_F(Folding, MarkersThatMayStillBeShownAreInTheSeed) {
  open();
  put(one_picture());
  record::Marker open_break{.id = "break",
                            .kind = "x",
                            .start = kJournalStart,
                            .end = {},
                            .planned_duration = {},
                            .attributes = {},
                            .payload = {}};
  put(open_break);
  record::Marker past = open_break;
  past.id = "past";
  put(past);
  past.end = kJournalStart + base::kSecond;
  put(past);
  clock_.pass(5 * JournalFold::kFileSpan);
  put(a_part(7, 0));
  finish();
  EXPECT_EQ(words_of_last(), "[presentation, [marker break, part 7.0 media");
}

TEST_F(Folding, AFullQueueGivesTheJournalUpAndLaterSaysThatThereIsAHole) {
  options_.queue_bytes = 20'000;
  open();
  put(one_picture());
  segment(7);
  while (writer_->counters().records < 6) std::this_thread::yield();
  put(a_part(8, 0, std::string(30'000, 'x')));
  EXPECT_EQ(changes_, "<queue_full>");
  put(a_part(8, 1));
  EXPECT_TRUE(fold_->given_up());
  EXPECT_EQ(fold_->dropped(), 2U);
  clock_.pass(JournalFold::kPause);
  put(a_part(8, 2));
  clock_.pass(JournalFold::kTrial);
  put(a_part(9, 0));
  EXPECT_EQ(changes_, "<queue_full><>");
  finish();
  EXPECT_EQ(files(), "new -1/0/0, new 8/0/0");
  EXPECT_EQ(read_journal(directory()), "presentation, part 9.0 media");
}

TEST_F(Folding, ADiskThatFailsIsToldOnceAndTriedAgain) {
  append_bytes(options_.directory, "a file in its place");
  open();
  put(one_picture());
  while (writer_->counters().errors < 1) std::this_thread::yield();
  put(a_part(7, 0));
  EXPECT_EQ(changes_, "<Not a directory>");
  clock_.pass(JournalFold::kPause);
  put(a_part(7, 1));
  while (writer_->counters().errors < 2) std::this_thread::yield();
  clock_.pass(JournalFold::kTrial);
  put(a_part(7, 2));
  EXPECT_EQ(changes_, "<Not a directory>");
  clock_.pass(JournalFold::kPause);
  std::filesystem::remove(options_.directory);
  std::filesystem::create_directory(options_.directory);
  put(a_part(7, 3));
  clock_.pass(JournalFold::kTrial);
  put(a_part(8, 0));
  EXPECT_EQ(changes_, "<Not a directory><>");
  finish();
  EXPECT_EQ(read_journal(directory()), "presentation, part 8.0 media");
}

TEST_F(Folding, WhatWasRestoredIsContinued) {
  open();
  put(one_picture());
  segment(7);
  finish();
  open();
  fold_->restore(one_picture());
  put(a_part(8, 0));
  finish();
  EXPECT_EQ(files(), "new -1/0/0, continues 7/0/0");
  EXPECT_EQ(read_journal(directory()),
            "presentation, part 7.0 media, part 7.1 media, part 7.2 media, part 7.3 media, "
            "end 7, part 8.0 media");
}

TEST_F(Folding, AFileThatBeginsWithANewSessionCanBeReadAlone) {
  open();
  put(one_picture());
  segment(7);
  put(record::End{});
  finish();
  open();
  fold_->restore(one_picture());
  fold_->restore(record::End{});
  put(one_picture());
  segment(8);
  clock_.pass(JournalFold::kFileSpan);
  segment(9);
  finish();
  EXPECT_EQ(files(), "new -1/0/0, continues 7/0/0, continues 8/1/0");
  origin::Log again("cam1", {});
  auto journal = JournalReader::open(directory(), list_files(directory())[1].began);
  ASSERT_TRUE(journal.ok());
  again.resume(journal->first().standing);
  for (record::Record record; journal->next(record);) again.apply(record);
  EXPECT_EQ(again.standing(), log_.standing());
}

TEST_F(Folding, AChannelWithoutADirectoryCostsNothing) {
  open();
  JournalFold fold("a/b",
                   {clock_, *writer_, numbering_, [] { return origin::Log::Standing{}; }, [](std::string_view) {}});
  fold.apply(one_picture());
  fold.settle();
  EXPECT_FALSE(fold.given_up());
}

}  // namespace
}  // namespace archive
