#include "app/cpu_meter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "app/control_groups.h"

namespace app {
namespace {

using base::kSecond;

/// A machine of files with cores that work.
class CpuMeterTest : public ::testing::Test {
 protected:
  struct Core {
    long busy = 0;
    long idle = 0;
  };
  CpuMeterTest() : root_(::testing::TempDir() + "kickoff-cpu-" + std::to_string(getpid())) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ + "/proc/self");
    std::filesystem::create_directories(root_ + "/sys/fs/cgroup");
  }
  ~CpuMeterTest() override { std::filesystem::remove_all(root_); }

  /// A quarter of a second: `busy` ticks of each core's 25 are used. Returns what is left.
  double quarter(const std::vector<long>& busy) {
    now_ += kSecond / 4;
    cores_.resize(busy.size());
    std::ofstream stat(root_ + "/proc/stat");
    stat << "cpu  1 1 1 1 1 1 1 1 0 0\n";  // of all, which does not count
    for (std::size_t i = 0; i < busy.size(); ++i) {
      cores_[i].busy += busy[i];
      cores_[i].idle += 25 - busy[i];
      stat << "cpu" << i << ' ' << cores_[i].busy << " 0 0 " << cores_[i].idle << " 0 0 0 0 9 9\n";
    }
    stat << "intr 77\n";
    stat.close();
    return meter_.measure(now_);
  }
  double second(const std::vector<long>& busy) {
    for (int i = 0; i < 3; ++i) quarter(busy);
    return quarter(busy);
  }
  void use(const std::string& group, long used_us, const std::string& max) {
    const std::string directory = root_ + "/sys/fs/cgroup" + group;
    std::filesystem::create_directories(directory);
    std::ofstream(directory + "/cpu.stat") << "usage_usec " << used_us << "\nuser_usec 1\n";
    std::ofstream(directory + "/cpu.max") << max << "\n";
  }

  const std::string root_;
  base::Micros now_ = 500 * kSecond;
  std::vector<Core> cores_;
  CpuMeter meter_{{0, 1}, root_};
};

TEST_F(CpuMeterTest, OfAMachineThatTellsNothingAllIsLeft) {
  EXPECT_EQ(meter_.measure(kSecond), 1.0);
  EXPECT_EQ(meter_.measure(2 * kSecond), 1.0);
}

TEST_F(CpuMeterTest, TellsTheShareOfTheCoresThatWasIdle) {
  quarter({0, 0});
  EXPECT_DOUBLE_EQ(second({25, 15}), 0.2);
  EXPECT_DOUBLE_EQ(second({25, 25}), 0.0);
  EXPECT_DOUBLE_EQ(second({0, 0}), 1.0);
}

TEST_F(CpuMeterTest, GoesByTheLastSecondAlone) {
  quarter({0, 0});
  second({25, 25});
  EXPECT_DOUBLE_EQ(quarter({0, 0}), 0.25);
  EXPECT_DOUBLE_EQ(quarter({0, 0}), 0.5);
}

TEST_F(CpuMeterTest, DoesNotCountCoresThatTheProcessMayNotUse) {
  quarter({0, 0, 0, 0});
  EXPECT_DOUBLE_EQ(second({25, 25, 0, 0}), 0.0);
}

TEST_F(CpuMeterTest, ACoreThatWaitsForADiskIsIdleAndOneThatAHypervisorTookIsNot) {
  std::ofstream(root_ + "/proc/stat") << "cpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\n";
  meter_.measure(now_);
  std::ofstream(root_ + "/proc/stat") << "cpu0 0 0 0 0 100 0 0 0\ncpu1 10 10 10 0 0 10 10 50\n";
  EXPECT_DOUBLE_EQ(meter_.measure(now_ + kSecond), 0.5);
}

TEST_F(CpuMeterTest, TheSmallestQuotaOfItsGroupsCounts) {
  std::ofstream(root_ + "/proc/self/cgroup") << "0::/live/kickoff\n";
  use("/live/kickoff", 1'000'000, "max 100000");
  use("/live", 4'000'000, "50000 100000");
  quarter({0, 0});
  use("/live", 4'000'000 + 400'000, "50000 100000");
  EXPECT_NEAR(second({10, 10}), 0.2, 1e-9) << "0.4 s of the 0.5 that it may use in a second";
  use("/live", 8'000'000, "max 100000");
  EXPECT_DOUBLE_EQ(quarter({10, 10}), 0.6) << "the quota was lifted";
}

TEST_F(CpuMeterTest, CountsTheCoresOfTheProcessOrOfItsSmallestQuota) {
  EXPECT_DOUBLE_EQ(meter_.cores(), 2);
  use("", 0, "50000 100000");
  quarter({0, 0});
  EXPECT_DOUBLE_EQ(meter_.cores(), 0.5);
  use("", 0, "800000 100000");
  quarter({0, 0});
  EXPECT_DOUBLE_EQ(meter_.cores(), 2);
}

TEST_F(CpuMeterTest, OnARealMachineSomethingIsLeftOrNothing) {
  CpuMeter meter;
  meter.measure(0);
  const double left = meter.measure(kSecond);
  EXPECT_GE(left, 0.0);
  EXPECT_LE(left, 1.0);
  EXPECT_FALSE(CpuMeter::own_cores().empty());
}

TEST_F(CpuMeterTest, AGroupThatLiesOutsideTheNamespaceIsItsRoot) {
  std::ofstream(root_ + "/proc/self/cgroup") << "1:name=systemd:/elsewhere\n0::/../other\n";
  EXPECT_EQ(control_groups(root_), std::vector<std::string>{root_ + "/sys/fs/cgroup"});
}

TEST_F(CpuMeterTest, GroupsGoUpToTheRoot) {
  std::ofstream(root_ + "/proc/self/cgroup") << "0::/a/b\n";
  const std::string groups = root_ + "/sys/fs/cgroup";
  EXPECT_EQ(control_groups(root_), (std::vector<std::string>{groups + "/a/b", groups + "/a", groups}));
}

}  // namespace
}  // namespace app
