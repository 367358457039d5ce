#include "app/headroom.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>

namespace app {
namespace {

using base::kMillisecond;

/// A machine of files, empty at first.
class Machine : public ::testing::Test {
 protected:
  Machine() : root_(::testing::TempDir() + "kickoff-machine-" + std::to_string(getpid())) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ + "/proc");
    std::filesystem::create_directories(root_ + "/sys/fs/cgroup");
  }
  ~Machine() override { std::filesystem::remove_all(root_); }

  void memory(const std::string& total, const std::string& available) {
    std::ofstream(root_ + "/proc/meminfo") << "MemTotal:       " << total << " kB\nMemFree:          10 kB\n"
                                           << "MemAvailable:   " << available << " kB\nBuffers:         1 kB\n";
  }
  void group(const std::string& limit, const std::string& used, const std::string& inactive = "",
             const std::string& path = "") {
    const std::string directory = root_ + "/sys/fs/cgroup" + path;
    std::filesystem::create_directories(directory);
    std::ofstream(directory + "/memory.max") << limit << "\n";
    std::ofstream(directory + "/memory.current") << used << "\n";
    if (!inactive.empty())
      std::ofstream(directory + "/memory.stat") << "anon 1\ninactive_file " << inactive << "\nactive_file 9\n";
  }
  void runs_in(const std::string& path) {
    std::filesystem::create_directories(root_ + "/proc/self");
    std::ofstream(root_ + "/proc/self/cgroup") << "1:name=systemd:/elsewhere\n0::" << path << "\n";
  }
  double headroom() const { return memory_headroom(root_); }

  const std::string root_;
};

TEST_F(Machine, ThatTellsNothingHasAllItsHeadroom) { EXPECT_EQ(headroom(), 1.0); }

TEST_F(Machine, HasTheHeadroomThatIsAvailableNotWhatIsFree) {
  memory("1000", "250");
  EXPECT_DOUBLE_EQ(headroom(), 0.25);
  memory("1000", "0");
  EXPECT_EQ(headroom(), 0.0);
  memory("1000", "1000");
  EXPECT_EQ(headroom(), 1.0);
}

TEST_F(Machine, OfAnOldKernelThatDoesNotCountWhatIsAvailableHasAllItsHeadroom) {
  std::ofstream(root_ + "/proc/meminfo") << "MemTotal: 1000 kB\nMemFree: 1 kB\n";
  EXPECT_EQ(headroom(), 1.0);
}

TEST_F(Machine, HasTheHeadroomOfItsControlGroupWhereThatIsLess) {
  memory("1000", "900");
  group("2000", "1500");
  EXPECT_DOUBLE_EQ(headroom(), 0.25);
  group("2000", "100");
  EXPECT_DOUBLE_EQ(headroom(), 0.9) << "the machine's, which is less";
}

TEST_F(Machine, HasTheHeadroomOfTheGroupThatTheProcessRunsIn) {
  group("1000", "100", "", "/system.slice/kickoff.service");
  group("1000", "900", "", "/system.slice/other.service");
  runs_in("/system.slice/kickoff.service");
  EXPECT_DOUBLE_EQ(headroom(), 0.9);
  group("1000", "300", "", "/system.slice");
  EXPECT_DOUBLE_EQ(headroom(), 0.7) << "and of each group around it";
  group("1000", "500");
  EXPECT_DOUBLE_EQ(headroom(), 0.5);
}

TEST_F(Machine, OfAContainerHasTheHeadroomOfTheRootOfItsNamespace) {
  group("1000", "800");
  runs_in("/");
  EXPECT_DOUBLE_EQ(headroom(), 0.2);
  runs_in("/../outside");
  EXPECT_DOUBLE_EQ(headroom(), 0.2) << "a group outside of the namespace cannot be read";
  runs_in("/docker/0123");
  EXPECT_DOUBLE_EQ(headroom(), 0.2) << "nor one that is not shown";
}

TEST_F(Machine, CountsFilePagesThatCanBeDroppedAsHeadroom) {
  group("2000", "1500", "500");
  EXPECT_DOUBLE_EQ(headroom(), 0.5);
}

TEST_F(Machine, HasNoLimitWhereTheGroupHasNone) {
  memory("1000", "500");
  group("max", "1500");
  EXPECT_DOUBLE_EQ(headroom(), 0.5);
  group("0", "1500");
  EXPECT_DOUBLE_EQ(headroom(), 0.5) << "0 is not a limit that anything could run in";
}

TEST_F(Machine, IsFullAndNotLessWhereMoreIsUsedThanTheLimit) {
  group("1000", "1200");
  EXPECT_EQ(headroom(), 0.0);
  group("1000", "200", "900");
  EXPECT_EQ(headroom(), 1.0);
}

TEST_F(Machine, KnowsNothingOfAGroupThatDoesNotTellItsUse) {
  std::ofstream(root_ + "/sys/fs/cgroup/memory.max") << "1000\n";
  EXPECT_EQ(headroom(), 1.0);
}

TEST(MemoryHeadroom, OfThisMachineIsAShare) {
  EXPECT_GE(memory_headroom(), 0.0);
  EXPECT_LE(memory_headroom(), 1.0);
}

/// A line that is measured every quarter of a second.
struct Line {
  double quarter(std::uint64_t bytes) {
    now += 250 * kMillisecond;
    sent += bytes;
    return meter.measure(now, sent, mbps);
  }

  int mbps = 8;  ///< a megabyte a second
  base::Micros now = 5 * base::kSecond;
  std::uint64_t sent = 7'000'000;
  EgressMeter meter{now, sent};
};

TEST(EgressMeter, HasAllItsHeadroomWhileNothingIsSent) {
  Line line;
  EXPECT_EQ(line.quarter(0), 1.0);
}

TEST(EgressMeter, HasTheHeadroomThatTheLastSecondLeft) {
  Line line;
  for (int i = 0; i < 8; ++i) line.quarter(125'000);
  EXPECT_DOUBLE_EQ(line.quarter(125'000), 0.5);
  EXPECT_DOUBLE_EQ(line.quarter(0), 0.625) << "three quarters of the second as before";
  line.quarter(0);
  line.quarter(0);
  EXPECT_DOUBLE_EQ(line.quarter(0), 1.0) << "a second later all is forgotten";
}

TEST(EgressMeter, MeasuresFromItsStartWhileThatIsLessThanASecondAgo) {
  Line line;
  EXPECT_DOUBLE_EQ(line.quarter(62'500), 0.75) << "a quarter of the line's 250 kB in a quarter of a second";
  EXPECT_DOUBLE_EQ(line.quarter(62'500), 0.75);
}

TEST(EgressMeter, HasNoHeadroomAndNotLessOnAFullLine) {
  Line line;
  EXPECT_EQ(line.quarter(250'000), 0.0);
  EXPECT_EQ(line.quarter(10'000'000), 0.0);
}

TEST(EgressMeter, CountsNothingWhereNobodySaidWhatTheLineCarries) {
  Line line;
  line.mbps = 0;
  EXPECT_EQ(line.quarter(1'000'000'000), 1.0);
  line.mbps = 8;
  EXPECT_EQ(line.quarter(0), 0.0) << "what was sent before counts once somebody says so";
}

TEST(EgressMeter, HasAllItsHeadroomWhereNoTimePassed) {
  EgressMeter meter(1, 0);
  EXPECT_EQ(meter.measure(1, 1'000'000, 1), 1.0);
}

}  // namespace
}  // namespace app
