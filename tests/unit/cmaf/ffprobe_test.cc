#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "cmaf/init.h"
#include "cmaf/part.h"

/// FFmpeg encodes and muxes a file, its samples are packaged again as init and
/// parts, and FFmpeg must find the same packets in them and decode the same
/// pictures and sound out of them. Skipped where there is no ffmpeg.
namespace cmaf {
namespace {

namespace fs = std::filesystem;

std::string output_of(const std::string& command) {
  std::string text;
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 4096> chunk{};
  while (std::fgets(chunk.data(), chunk.size(), pipe) != nullptr) text += chunk.data();
  if (pclose(pipe) != 0) text.clear();
  return text;
}

bool have_ffmpeg() {
  static const bool kHave = std::system("command -v ffmpeg ffprobe >/dev/null") == 0;
  return kHave;
}

bool have_encoder(const std::string& name) {
  static const std::string kEncoders = output_of("ffmpeg -hide_banner -encoders 2>/dev/null");
  return kEncoders.find(' ' + name + ' ') != std::string::npos;
}

class Ffprobe : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_ffmpeg()) GTEST_SKIP() << "no ffmpeg";
    std::string pattern = (fs::temp_directory_path() / "cmaf-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string packets(const std::string& file, const std::string& entries) const {
    return output_of(
        "ffprobe -v error -show_data_hash md5 -show_packets -of "
        "csv=p=0 -show_entries packet=" +
        entries + " " + path(file));
  }
  /// Size, flags and a hash of every packet, and its times since those of the
  /// first: in a fragmented file FFmpeg 5.1 adds the greatest negative
  /// composition offset to pts, in a plain one it takes it from dts.
  std::string relative_packets(const std::string& file) const {
    std::istringstream table{packets(file, "pts,dts,size,flags,data_hash")};
    std::ostringstream relative;
    long long first_pts = 0;
    long long first_dts = 0;
    bool first = true;
    for (std::string line; std::getline(table, line);) {
      long long pts = 0;
      long long dts = 0;
      int length = 0;
      if (std::sscanf(line.c_str(), "%lld,%lld,%n", &pts, &dts, &length) != 2) return "no times: " + line;
      if (std::exchange(first, false)) {
        first_pts = pts;
        first_dts = dts;
      }
      relative << pts - first_pts << ' ' << dts - first_dts << ' ' << line.substr(static_cast<std::size_t>(length))
               << '\n';
    }
    return relative.str();
  }
  std::string decoded(const std::string& file) const {
    return output_of("ffmpeg -v error -xerror -i " + path(file) +
                     " -fps_mode passthrough -f framehash -hash md5 - 2>&1");
  }

  base::Bytes read(const std::string& name) const {
    std::ifstream file{path(name), std::ios::binary};
    return base::Bytes::adopt(std::string{std::istreambuf_iterator<char>{file}, {}});
  }

  /// Packages "in.mp4" as "out.mp4", with `per_part` samples a part and four
  /// parts a segment.
  void package(std::size_t per_part) {
    const base::Bytes file = read("in.mp4");
    const auto track = read_init(file.view());
    ASSERT_TRUE(track.ok()) << track.error().message();
    std::vector<Sample> samples;
    std::istringstream table{packets("in.mp4", "pts,dts,duration,size,pos,flags")};
    for (std::string line; std::getline(table, line);) {
      long long pts = 0;
      long long dts = 0;
      long long duration = 0;
      std::size_t size = 0;
      std::size_t position = 0;
      char flag = '_';
      ASSERT_EQ(std::sscanf(line.c_str(), "%lld,%lld,%lld,%zu,%zu,%c", &pts, &dts, &duration, &size, &position, &flag),
                6)
          << line;
      samples.push_back({dts, pts, duration, flag == 'K', file.slice(position, size)});
    }
    ASSERT_GT(samples.size(), 10u);
    // FFmpeg shifts decode times to before the first picture where composition
    // offsets are negative; the file has them from 0 on.
    const std::int64_t shift = std::max<std::int64_t>(0, -samples.front().dts);
    for (Sample& sample : samples) sample.dts += shift;
    std::ofstream out{path("out.mp4"), std::ios::binary};
    out << write_init(*track).text();
    std::uint32_t sequence = 1;
    for (std::size_t at = 0; at < samples.size(); at += per_part, ++sequence) {
      const auto part = std::span{samples}.subspan(at, std::min(per_part, samples.size() - at));
      ASSERT_TRUE(check_samples(part).ok()) << check_samples(part).error().message();
      out << write_part(sequence, part, sequence % 4 == 1).text();
    }
  }

  void expect_same(const std::string& encode, std::size_t per_part) {
    const std::string command = "ffmpeg -v error -y " + encode + " -use_editlist 0 -movflags negative_cts_offsets " +
                                path("in.mp4") + " && echo made";
    ASSERT_EQ(output_of(command), "made\n") << command;
    package(per_part);
    const std::string expected = relative_packets("in.mp4");
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(relative_packets("out.mp4"), expected);
    const std::string pictures = decoded("in.mp4");
    EXPECT_FALSE(pictures.empty());
    EXPECT_EQ(decoded("out.mp4"), pictures);
  }

  fs::path folder_;
};

TEST_F(Ffprobe, FindsH264WithReorderedFrames) {  // CM-10 to CM-12, CM-16
  if (!have_encoder("libx264")) GTEST_SKIP() << "no libx264";
  expect_same(
      "-f lavfi -i testsrc2=s=320x180:r=30000/1001:d=3 -c:v libx264 "
      "-preset fast -bf 3 -g 30 -pix_fmt yuv420p",
      15);
}

TEST_F(Ffprobe, FindsHevc) {
  if (!have_encoder("libx265")) GTEST_SKIP() << "no libx265";
  expect_same(
      "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -c:v libx265 -preset "
      "ultrafast -tag:v hvc1 -g 25 "
      "-x265-params log-level=error -pix_fmt yuv420p",
      5);
}

TEST_F(Ffprobe, FindsAv1) {
  if (!have_encoder("libsvtav1")) GTEST_SKIP() << "no libsvtav1";
  expect_same(
      "-f lavfi -i testsrc2=s=320x180:r=25:d=1 -c:v libsvtav1 -preset "
      "12 -g 25 -pix_fmt yuv420p 2>/dev/null",
      5);
}

TEST_F(Ffprobe, FindsAac) { expect_same("-f lavfi -i sine=r=48000:d=2 -ac 2 -c:a aac", 24); }

TEST_F(Ffprobe, FindsSurroundAt44100) { expect_same("-f lavfi -i sine=r=44100:d=2 -ac 6 -c:a aac", 22); }

TEST_F(Ffprobe, FindsOpus) {
  if (!have_encoder("libopus")) GTEST_SKIP() << "no libopus";
  expect_same("-f lavfi -i sine=r=48000:d=2 -ac 2 -c:a libopus", 25);
}

TEST_F(Ffprobe, FindsAc3AndEac3) {
  expect_same("-f lavfi -i sine=r=48000:d=2 -ac 6 -c:a ac3", 16);
  expect_same("-f lavfi -i sine=r=48000:d=2 -ac 6 -c:a eac3", 16);
}

TEST_F(Ffprobe, FindsFlac) {
  expect_same(
      "-f lavfi -i sine=r=48000:d=2 -ac 2 -c:a flac -frame_size 4800 "
      "-strict -2",
      6);
}

}  // namespace
}  // namespace cmaf
