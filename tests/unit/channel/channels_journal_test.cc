#include <gtest/gtest.h>
#include <stdlib.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "archive/channel_files.h"
#include "archive/journal_file.h"
#include "archive/journal_reader.h"
#include "archive/journal_writer.h"
#include "base/byte_reader.h"
#include "channel/channels.h"
#include "fakes.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;

/// A server with a journal that is killed and started again.
class JournalledChannels : public testing::Test {
 protected:
  JournalledChannels() {
    std::string name = (std::filesystem::temp_directory_path() / "kickoff-channel-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    time_.advance(-time_.utc() % (2 * kSecond) + 2 * kSecond);
  }
  ~JournalledChannels() override {
    kill();
    std::filesystem::remove_all(directory_);
  }

  /// Returns how many channels were restored.
  int start() {
    Options options;
    options.window = 12 * kSecond;
    return start(options);
  }
  int start(const Options& options) {
    writer_ = std::make_unique<archive::JournalWriter>(
        archive::JournalWriter::Options{.directory = directory_, .keep = {.age = base::Micros{1} << 60}});
    const auto on_snapshot = [this](const std::string&, std::shared_ptr<const origin::ChannelSnapshot> made) {
      snapshot_ = std::move(made);
    };
    channels_ = std::make_unique<Channels>(Environment{time_, time_, spawner_, events_, on_snapshot, [] {},
                                                       [] { return govern::CpuBudget::Machine{1, 8}; }, writer_.get()},
                                           Channels::Settings{{"*", options}}, Limits{},
                                           [this](const std::string& name) { removed_.push_back(name); });
    snapshot_ = nullptr;
    return channels_->restore(directory_);
  }
  /// No more of it than what was given to the writer is left.
  void kill() {
    channels_.reset();
    writer_.reset();
  }
  void publish() {
    feeds_.emplace_back();
    auto answer = channels_->on_publish(request_for("match"), feeds_.back());
    ASSERT_TRUE(std::holds_alternative<ingest::FeedSink*>(answer));
    feeds_.back().sink = std::get<ingest::FeedSink*>(answer);
    feeds_.back().start();
    feeds_.back().rtmp(feed::Role::kHeader, "h");
    feeds_.back().rtmp(feed::Role::kAudio, "f");
  }
  static record::Presentation sound_with_silence() {
    record::Presentation made = sound();
    made.renditions[0].held = base::Bytes::of_static("silence");
    made.renditions[0].held_ticks = 1024;
    return made;
  }
  /// Segments of four parts of half a second, as time goes by.
  void live(int segments) {
    for (int i = 0; i < 4 * segments; ++i) {
      const base::Micros utc = time_.utc();
      time_.advance(500 * kMillisecond);
      record::Part part;
      part.msn = utc / (2 * kSecond);
      part.index = static_cast<std::uint32_t>(utc % (2 * kSecond) / (500 * kMillisecond));
      part.start = utc / kMillisecond * 48;
      part.duration = 24'000;
      part.independent = true;
      part.captured = utc;
      part.data = base::Bytes::copy_of("sound at " + std::to_string(utc));
      worker().beat();
      worker().say({part});
      if (part.index == 3)
        worker().say(
            {record::SegmentEnd{.rendition = 0, .msn = part.msn, .start = part.msn * 96'000, .duration = 96'000}});
    }
  }
  void broadcast(int segments) {
    publish();
    worker().say({sound_with_silence()});
    live(segments);
  }
  FakeProcess& worker() { return spawner_.newest(); }
  Channel::State state() { return channels_->reports().front().state; }
  const hls::Revision& revision() { return snapshot_->renditions[0]->revision(); }
  base::Micros end_of_log() { return revision().open->parts_end_utc(); }

  std::string directory_;
  FakeTime time_;
  FakeSpawner spawner_;
  FakeEvents events_;
  std::deque<FakeFeed> feeds_;
  std::vector<std::string> removed_;
  std::shared_ptr<const origin::ChannelSnapshot> snapshot_;
  std::unique_ptr<archive::JournalWriter> writer_;
  std::unique_ptr<Channels> channels_;
};

TEST_F(JournalledChannels, MediaThatMemoryHasLetGoHasTheSamePlaceAfterARestart) {
  Options options;
  options.window = 200 * kSecond;
  options.window_memory = 20 * kSecond;
  ASSERT_EQ(start(options), 0);
  broadcast(60);
  // What the writer has written is told with the next batch.
  while (writer_->counters().records < 60 * 5) std::this_thread::yield();
  live(2);
  const auto before = snapshot_;
  const auto& was = *before->renditions[0]->revision().closed;
  ASSERT_GE(was.listed(), 60U);
  EXPECT_GT(was.filed_through, was.at(was.size() - 1).msn - 20);
  EXPECT_LE(was.filed_through, was.at(was.size() - 1).msn - 10) << "what is 20 s old";
  kill();
  time_.advance(5 * kSecond);
  ASSERT_EQ(start(options), 1);
  const auto& is = *revision().closed;
  ASSERT_EQ(was.size(), is.size());
  for (std::size_t i = 0; i < was.size(); ++i) {
    const hls::Segment& then = was.at(i);
    const hls::Segment& now = is.at(i);
    EXPECT_EQ(then.text, now.text);
    if (then.filed.empty()) continue;
    ASSERT_EQ(then.filed.size(), now.filed.size()) << now.msn;
    for (std::size_t part = 0; part < now.filed.size(); ++part) {
      EXPECT_EQ(*then.filed[part].place.path, *now.filed[part].place.path);
      EXPECT_EQ(then.filed[part].place.offset, now.filed[part].place.offset);
      EXPECT_EQ(then.filed[part].hash, now.filed[part].hash);
    }
  }
}

TEST_F(JournalledChannels, AKilledServersWindowIsServedAgainByteForByte) {
  ASSERT_EQ(start(), 0);
  broadcast(20);
  const auto before = snapshot_;
  kill();
  time_.advance(5 * kSecond);
  ASSERT_EQ(start(), 1);
  EXPECT_EQ(state(), Channel::State::kGrace);
  const auto& was = *before->renditions[0]->revision().closed;
  const auto& is = *revision().closed;
  ASSERT_EQ(was.segments.size(), is.segments.size());
  EXPECT_EQ(was.first_listed, is.first_listed);
  for (std::size_t i = 0; i < was.segments.size(); ++i) {
    EXPECT_EQ(was.segments[i]->text, is.segments[i]->text);
    ASSERT_EQ(was.segments[i]->parts.size(), is.segments[i]->parts.size());
    for (std::size_t part = 0; part < is.segments[i]->parts.size(); ++part)
      EXPECT_EQ(was.segments[i]->parts[part].data, is.segments[i]->parts[part].data);
  }
  EXPECT_EQ(before->renditions[0]->revision().hint_msn(), revision().hint_msn());
  EXPECT_EQ(before->multivariant->identity.text(), snapshot_->multivariant->identity.text());
}

TEST_F(JournalledChannels, TheTimeOfTheAbsenceIsHeldAFewPartsAtATime) {
  start();
  broadcast(10);
  kill();
  time_.advance(20 * kSecond);
  ASSERT_EQ(start(), 1);
  const base::Micros stood = end_of_log();
  time_.advance(100 * kMillisecond);
  EXPECT_LE(end_of_log(), stood + StandIn::kMostATick + kSecond) << "not all of it at once";
  time_.advance(2 * kSecond);
  EXPECT_GT(end_of_log(), time_.utc() - 1500 * kMillisecond);
  for (const auto& segment : revision().closed->segments) EXPECT_FALSE(segment->gap()) << segment->msn;
  for (const auto& segment : revision().closed->segments) EXPECT_FALSE(segment->discontinuity) << segment->msn;
}

TEST_F(JournalledChannels, TheEncoderThatReturnsContinuesTheLog) {
  start();
  broadcast(10);
  kill();
  time_.advance(5 * kSecond);
  ASSERT_EQ(start(), 1);
  const std::size_t workers = spawner_.processes.size();
  publish();
  EXPECT_EQ(spawner_.processes.size(), workers) << "the stand-in makes up for the absence first";
  time_.advance(kSecond);
  feeds_.back().rtmp(feed::Role::kAudio, "f");
  ASSERT_EQ(spawner_.processes.size(), workers + 1);
  EXPECT_EQ(worker().trace().substr(0, 6), "resume");
  EXPECT_EQ(state(), Channel::State::kLive);
}

TEST_F(JournalledChannels, WithoutAnEncoderARestoredChannelEndsAfterItsGrace) {
  start();
  broadcast(10);
  kill();
  time_.advance(5 * kSecond);
  ASSERT_EQ(start(), 1);
  time_.advance(19 * kSecond);
  EXPECT_EQ(state(), Channel::State::kGrace);
  time_.advance(4 * kSecond);
  EXPECT_EQ(state(), Channel::State::kEnded);
  EXPECT_TRUE(revision().ended);
}

TEST_F(JournalledChannels, ALogThatIsTooOldIsNotTakenUp) {
  start();
  broadcast(10);
  kill();
  time_.advance(33 * kSecond);  // 20 s of grace and 12 s of window
  EXPECT_EQ(start(), 0);
  EXPECT_EQ(snapshot_, nullptr);
}

TEST_F(JournalledChannels, ALogThatHadEndedIsThereUntilItsPlaylistsAreGone) {
  start();
  broadcast(10);
  feeds_.back().end();
  time_.advance(20 * kSecond + 200 * kMillisecond);
  worker().die();
  time_.advance(2 * kSecond);
  ASSERT_EQ(state(), Channel::State::kEnded);
  kill();
  time_.advance(5 * kSecond);
  ASSERT_EQ(start(), 1);
  EXPECT_EQ(state(), Channel::State::kEnded);
  EXPECT_TRUE(revision().ended);
  time_.advance(60 * kSecond);
  EXPECT_EQ(removed_, std::vector<std::string>{"match"});
}

TEST_F(JournalledChannels, ASecondKillDuringTheHoldLosesNothing) {
  start();
  broadcast(10);
  kill();
  time_.advance(5 * kSecond);
  ASSERT_EQ(start(), 1);
  time_.advance(3 * kSecond);
  const std::int64_t hint = revision().hint_msn();
  const std::size_t closed = revision().closed->segments.size();
  kill();
  time_.advance(kSecond);
  ASSERT_EQ(start(), 1);
  EXPECT_EQ(revision().hint_msn(), hint);
  EXPECT_EQ(revision().closed->segments.size(), closed);
}

TEST_F(JournalledChannels, ATornRecordCostsThatRecord) {
  start();
  broadcast(10);
  const std::int64_t msn = revision().hint_msn();
  ASSERT_EQ(revision().hint_part(), 0U) << "the last record is a segment's end";
  kill();
  // The index at the end of a file that was ended in order says its own size last.
  const auto file = archive::list_files(directory_ + "/match").back();
  std::ifstream stream(file.path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const std::uint32_t index = base::ByteReader(base::view_of(bytes).last(4)).u32("size of the index").value();
  std::filesystem::resize_file(file.path, file.size - index - 3);
  ASSERT_EQ(start(), 1);
  EXPECT_EQ(revision().open->msn, msn - 1);
  EXPECT_EQ(revision().open->parts.size(), 4U);
}

TEST_F(JournalledChannels, NumbersThatHadBeenRaisedStayRaised) {
  start();
  broadcast(10);
  // A session of segments of 4 s counts below one of 2 s.
  record::Presentation longer = sound_with_silence();
  longer.segment = {4, 1};
  worker().say({record::End{}, longer});
  for (int i = 0; i < 4; ++i) {
    const std::int64_t msn = time_.utc() / (4 * kSecond);
    record::Part part = part_at(time_.utc(), 0);
    part.msn = msn;
    part.start = msn * 4 * 48'000;
    worker().say({part, record::SegmentEnd{.rendition = 0, .msn = msn, .start = part.start, .duration = 4 * 48'000}});
    worker().beat();
    time_.advance(4 * kSecond);
  }
  const std::int64_t hint = revision().hint_msn();
  kill();
  time_.advance(kSecond);
  ASSERT_EQ(start(), 1);
  EXPECT_EQ(revision().hint_msn(), hint);
  time_.advance(5 * kSecond);
  EXPECT_GT(revision().hint_msn(), hint);
  EXPECT_LT(revision().hint_msn(), hint + 4);
}

TEST_F(JournalledChannels, WithoutAJournalNothingIsWritten) {
  start();
  channels_ =
      std::make_unique<Channels>(Environment{time_, time_, spawner_, events_, [](const std::string&, const auto&) {},
                                             [] {}, [] { return govern::CpuBudget::Machine{1, 8}; }},
                                 Channels::Settings{{"*", Options{}}}, Limits{}, [](const std::string&) {});
  broadcast(0);
  kill();
  EXPECT_TRUE(archive::list_channels(directory_).empty());
}

/// Of files, of which memory has the newest 20 s.
class JournalledFiles : public JournalledChannels {
 protected:
  static Options of_files() {
    Options options;
    options.window = 200 * kSecond;
    options.window_memory = 20 * kSecond;
    return options;
  }
  void broadcast_and_kill(int segments) {
    ASSERT_EQ(start(of_files()), 0);
    broadcast(segments);
    live_ = snapshot_;
    kill();
  }
  std::shared_ptr<const origin::ChannelSnapshot> live_;
};

TEST_F(JournalledFiles, NothingButTheOpenSegmentIsReadIntoMemory) {
  broadcast_and_kill(30);
  ASSERT_EQ(start(of_files()), 1);
  EXPECT_EQ(snapshot_->renditions[0]->media_bytes(), 0U);
  kill();
  // Half a segment more.
  archive::ChannelFiles more(directory_ + "/match");
  archive::FileHeader header;
  header.began = time_.utc();
  header.continues = true;
  header.standing = {time_.utc() / (2 * kSecond) - 1, 0, 2};
  ASSERT_TRUE(more.begin(header, {sound_with_silence()}).ok());
  record::Part part;
  part.msn = time_.utc() / (2 * kSecond);
  part.start = part.msn * 96'000;
  part.duration = 24'000;
  part.data = base::Bytes::of_static("open");
  ASSERT_TRUE(more.append(part).ok());
  ASSERT_EQ(start(of_files()), 1);
  EXPECT_EQ(revision().open->parts.at(0).data.text(), "open");
  EXPECT_EQ(snapshot_->renditions[0]->media_bytes(), 4U);
}

TEST_F(JournalledFiles, TheSameSegmentsAreListedAndLieInTheFile) {
  broadcast_and_kill(30);
  ASSERT_EQ(start(of_files()), 1);
  const auto& was = *live_->renditions[0]->revision().closed;
  const auto& is = *revision().closed;
  ASSERT_EQ(was.size(), is.size());
  for (std::size_t i = 0; i < was.size(); ++i) {
    EXPECT_EQ(was.at(i).text, is.at(i).text);
    const origin::SegmentObject object = snapshot_->renditions[0]->segment(is.at(i).msn);
    ASSERT_EQ(object.filed.size(), 4U);
    for (std::size_t part = 0; part < 4; ++part) {
      const hls::FiledPart& filed = object.filed[part];
      EXPECT_EQ(archive::read_body(filed.place, filed.hash).size(), filed.place.size) << i;
    }
  }
}

TEST_F(JournalledFiles, AChannelWhoseJournalCannotBeReadCostsNoOther) {
  ASSERT_EQ(start(of_files()), 0);
  for (const char* name : {"a", "b", "c"}) std::filesystem::create_directories(directory_ + "/" + std::string(name));
  std::ofstream(directory_ + "/b/" + archive::file_name(time_.utc())) << "no journal";
  broadcast(10);
  kill();
  EXPECT_EQ(start(of_files()), 1);
  EXPECT_EQ(channels_->reports().front().name, "match");
}

TEST_F(JournalledFiles, ManyChannelsAreTakenUp) {
  ASSERT_EQ(start(of_files()), 0);
  broadcast(10);
  kill();
  for (int i = 0; i < 20; ++i) std::filesystem::copy(directory_ + "/match", directory_ + "/copy" + std::to_string(i));
  EXPECT_EQ(start(of_files()), 21);
  EXPECT_EQ(channels_->reports().size(), 21U);
}

}  // namespace
}  // namespace channel
