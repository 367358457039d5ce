#include "app/kept_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace app {
namespace {

constexpr base::Micros kThen = 1'000'000 * base::kSecond;
constexpr base::Micros kMost = 3600 * base::kSecond;
constexpr const char* kIssuer = "https://id.example.com/jwks";

class KeptKeysTest : public ::testing::Test {
 protected:
  KeptKeysTest() {
    char path[] = "/tmp/kickoff-kept-XXXXXX";
    directory_ = mkdtemp(path);
  }
  ~KeptKeysTest() override { std::filesystem::remove_all(directory_); }

  std::string file() const { return directory_ + "/token_keys.json"; }
  KeptKeys kept(const std::string& url = kIssuer) const { return {file(), url}; }
  void expect_code(const KeptKeys& keys, base::Micros now, base::Code code) const {
    const auto read = keys.read(now, kMost);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, code) << read.error().what;
    EXPECT_NE(read.error().what.find(file()), std::string::npos) << "it names the file";
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file()).rdbuf();
    return text.str();
  }
  void put(const std::string& text) const { std::ofstream(file()) << text; }

  std::string directory_;
};

TEST_F(KeptKeysTest, AreThereAgainWithTheirTime) {
  ASSERT_TRUE(kept().write({"{\"keys\": [\"ü\"]}", kThen}).ok());
  const auto read = kept().read(kThen + kMost, kMost);
  ASSERT_TRUE(read.ok() && *read);
  EXPECT_EQ((*read)->text, "{\"keys\": [\"ü\"]}");
  EXPECT_EQ((*read)->fetched, kThen);
}

TEST_F(KeptKeysTest, TakeThePlaceOfOlderOnesAndLeaveNothingBeside) {
  ASSERT_TRUE(kept().write({"one", kThen}).ok());
  ASSERT_TRUE(kept().write({"two", kThen + 1}).ok());
  EXPECT_EQ((*kept().read(kThen + 1, kMost))->text, "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
}

TEST_F(KeptKeysTest, AreTheirOwnersAlone) {
  ASSERT_TRUE(kept().write({"one", kThen}).ok());
  struct stat found{};
  ASSERT_EQ(stat(file().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
}

TEST_F(KeptKeysTest, AreNotReadWhereThereAreNone) {
  const auto read = kept().read(kThen, kMost);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(*read);
  const KeptKeys nowhere("", kIssuer);
  EXPECT_TRUE(nowhere.write({"one", kThen}).ok());
  EXPECT_FALSE(*nowhere.read(kThen, kMost));
}

TEST_F(KeptKeysTest, OfAnotherUrlAreNotTaken) {
  ASSERT_TRUE(kept().write({"one", kThen}).ok());
  const auto read = kept("https://other.example.com/jwks").read(kThen, kMost);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(*read);
}

TEST_F(KeptKeysTest, AreTooOldAfterTheirTimeAndNotBefore) {
  ASSERT_TRUE(kept().write({"one", kThen}).ok());
  EXPECT_TRUE(kept().read(kThen + kMost, kMost).ok());
  expect_code(kept(), kThen + kMost + 1, base::Code::kUnsupported);
}

TEST_F(KeptKeysTest, OfATimeToComeAreNotTakenButAClockMayBeSetBackALittle) {
  ASSERT_TRUE(kept().write({"one", kThen}).ok());
  EXPECT_TRUE(kept().read(kThen - KeptKeys::kClockStep, kMost).ok());
  expect_code(kept(), kThen - KeptKeys::kClockStep - 1, base::Code::kUnsupported);
}

TEST_F(KeptKeysTest, ThatAreDamagedAreRefused) {
  ASSERT_TRUE(kept().write({"{\"kid\": \"one\"}", kThen}).ok());
  const std::string whole = content();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    put(whole.substr(0, size));
    expect_code(kept(), kThen, base::Code::kMalformed);
  }
  const std::size_t at = whole.find("one");
  put(whole.substr(0, at) + "two" + whole.substr(at + 3));
  expect_code(kept(), kThen, base::Code::kMalformed);
  put("[]");
  expect_code(kept(), kThen, base::Code::kMalformed);
  put(R"({"url": 1, "fetched_us": "2", "jwks": [], "sha256": {}})");
  expect_code(kept(), kThen, base::Code::kMalformed);
}

TEST_F(KeptKeysTest, SayWhereTheyCannotBeWritten) {
  const KeptKeys lost(directory_ + "/none/token_keys.json", kIssuer);
  const base::Status status = lost.write({"one", kThen});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, base::Code::kSystem);
  EXPECT_NE(status.error().what.find("/none/"), std::string::npos);
}

TEST(KeptState, HasANameForTheMetric) {
  EXPECT_EQ(to_string(KeptState::kUnused), "unused");
  EXPECT_EQ(to_string(KeptState::kUsed), "used");
  EXPECT_EQ(to_string(KeptState::kTooOld), "too_old");
  EXPECT_EQ(to_string(KeptState::kDamaged), "damaged");
}

}  // namespace
}  // namespace app
