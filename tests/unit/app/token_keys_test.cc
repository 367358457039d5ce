#include "app/token_keys.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "app/token_keys_watch.h"
#include "unit/tokens/made.h"

namespace app {
namespace {

using tokens_test::secret_key;

class SetClock final : public base::Clock {
 public:
  base::Micros utc() const override { return now + 1'000'000 * base::kSecond; }
  base::Micros steady() const override { return now; }
  base::Micros now = base::kSecond;
};

/// A server of keys: answers with what it is given.
class FakeServer final : public client::Transport {
 public:
  std::vector<client::Answer> perform(const std::vector<client::Request>& requests) override {
    urls.push_back(requests.front().url);
    return {answer};
  }
  client::Answer answer{.status = 200, .body = std::string("{\"keys\": [") + tokens_test::kEcKey + "]}"};
  std::vector<std::string> urls;
};

std::shared_ptr<const tokens::KeySet> all_of(const std::optional<TokenKeys::Found>& found) {
  return found ? found->all : nullptr;
}

class TokenKeysTest : public ::testing::Test {
 protected:
  TokenKeysTest() {
    char path[] = "/tmp/kickoff-keys-XXXXXX";
    directory_ = mkdtemp(path);
  }
  ~TokenKeysTest() override { std::filesystem::remove_all(directory_); }

  std::string file() const { return directory_ + "/jwks.json"; }
  void write(const std::string& text) { std::ofstream(file()) << text; }
  TokenKeys follow(bool with_file, bool with_url) {
    TokenKeys::Options options;
    if (with_file) options.file = file();
    if (with_url) options.url = "https://id.example.com/jwks";
    options.fixed = tokens_test::keys_of({secret_key("fixed")});
    return {options, server_, clock_};
  }

  std::string directory_;
  SetClock clock_;
  FakeServer server_;
};

TEST_F(TokenKeysTest, BeginWithThoseThatAreFixed) {
  TokenKeys keys = follow(false, false);
  const auto first = all_of(keys.look(false));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->size(), 1u);
  EXPECT_FALSE(keys.look(true)) << "nothing changes";
  EXPECT_TRUE(server_.urls.empty());
}

TEST_F(TokenKeysTest, FollowAFileAndKeepWhatItHadWhenItBreaks) {
  write(secret_key("one"));
  TokenKeys keys = follow(true, false);
  EXPECT_EQ(all_of(keys.look(false))->size(), 2u);
  EXPECT_FALSE(keys.look(false));
  write("{\"keys\": [" + secret_key("one") + "," + secret_key("two") + "]}");
  const auto both = all_of(keys.look(false));
  ASSERT_NE(both, nullptr);
  EXPECT_EQ(both->find("two", tokens::Algorithm::kHs256).size(), 1u);
  write("{\"keys\": [");
  EXPECT_FALSE(keys.look(false));
  EXPECT_EQ(keys.report().keys, 3u);
  std::filesystem::remove(file());
  EXPECT_FALSE(keys.look(false));
  EXPECT_FALSE(keys.look(false));
  write(secret_key("two"));
  const auto other = all_of(keys.look(false));
  ASSERT_NE(other, nullptr);
  EXPECT_TRUE(other->find("one", tokens::Algorithm::kHs256).empty()) << "one that was taken out is no more";
  EXPECT_EQ(other->size(), 2u);
}

TEST_F(TokenKeysTest, FetchAUrlAndAgainAfterAWhile) {
  TokenKeys keys = follow(false, true);
  EXPECT_EQ(all_of(keys.look(false))->size(), 2u);
  EXPECT_EQ(server_.urls, std::vector<std::string>{"https://id.example.com/jwks"});
  EXPECT_EQ(keys.report().fetched, clock_.utc());
  clock_.now += TokenKeys::kRefresh - 1;
  EXPECT_FALSE(keys.look(false));
  EXPECT_EQ(server_.urls.size(), 1u);
  clock_.now += 1;
  EXPECT_FALSE(keys.look(false)) << "the same keys";
  EXPECT_EQ(server_.urls.size(), 2u);
  server_.answer.body = tokens_test::kRsaKey;
  clock_.now += TokenKeys::kRefresh;
  const auto other = all_of(keys.look(false));
  ASSERT_NE(other, nullptr);
  EXPECT_TRUE(other->find("ec", tokens::Algorithm::kEs256).empty());
  EXPECT_EQ(other->find("rsa", tokens::Algorithm::kRs256).size(), 1u);
}

TEST_F(TokenKeysTest, FetchWhenATokenShowsAnotherKeyButNotForEachOne) {
  TokenKeys keys = follow(false, true);
  keys.look(false);
  keys.look(true);
  clock_.now += TokenKeys::kLeastWait - 1;
  keys.look(true);
  EXPECT_EQ(server_.urls.size(), 1u) << "a stranger cannot have it asked more often";
  clock_.now += 1;
  keys.look(false);
  EXPECT_EQ(server_.urls.size(), 1u);
  keys.look(true);
  EXPECT_EQ(server_.urls.size(), 2u);
}

TEST_F(TokenKeysTest, KeepWhatTheyHaveWhileTheServerIsDownAndAskLessAndLess) {
  TokenKeys keys = follow(false, true);
  keys.look(false);
  clock_.now += TokenKeys::kRefresh;
  server_.answer = {.error = "connection refused"};
  std::vector<base::Micros> waits;
  base::Micros last = clock_.now;
  EXPECT_FALSE(keys.look(false));
  for (int i = 0; i < 8; ++i) {
    const std::size_t asked = server_.urls.size();
    while (server_.urls.size() == asked) {
      clock_.now += base::kSecond;
      EXPECT_FALSE(keys.look(false));
    }
    waits.push_back((clock_.now - last) / base::kSecond);
    last = clock_.now;
  }
  EXPECT_EQ(waits, (std::vector<base::Micros>{5, 10, 20, 40, 80, 160, 300, 300}));
  EXPECT_EQ(keys.report().failures, 9u);
  EXPECT_EQ(keys.report().keys, 2u);
}

TEST_F(TokenKeysTest, BeginWithWhatTheUrlGaveBefore) {
  TokenKeys::Options options;
  options.url = "https://id.example.com/jwks";
  options.known = tokens_test::keys_of({std::string(tokens_test::kRsaKey)});
  server_.answer = {.error = "timed out"};
  TokenKeys keys(options, server_, clock_);
  const auto found = keys.look(false);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->all->size(), 1u);
  EXPECT_EQ(found->of_url->size(), 1u);
}

TEST_F(TokenKeysTest, TakeNothingThatIsNoSetOrHasSecrets) {
  TokenKeys keys = follow(false, true);
  server_.answer.body = "<html>";
  EXPECT_EQ(all_of(keys.look(false))->size(), 1u);
  server_.answer.body = secret_key("public");
  clock_.now += TokenKeys::kRefresh;
  EXPECT_FALSE(keys.look(false)) << "everybody could make tokens";
  server_.answer = {.status = 302};
  clock_.now += TokenKeys::kRefresh;
  EXPECT_FALSE(keys.look(false));
  EXPECT_EQ(keys.report().failures, 3u);
  EXPECT_EQ(keys.report().fetched, 0);
}

TEST_F(TokenKeysTest, AreKeptOverARestartWhileTheServerIsDown) {
  TokenKeys::Options options;
  options.url = "https://id.example.com/jwks";
  options.kept = directory_ + "/token_keys.json";
  TokenKeys(options, server_, clock_).look(false);
  const base::Micros fetched = clock_.utc();
  clock_.now += TokenKeys::kMostKept;
  server_.answer = {.error = "connection refused"};
  TokenKeys again(options, server_, clock_);
  const auto found = again.look(false);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->all->find("ec", tokens::Algorithm::kEs256).size(), 1u);
  EXPECT_EQ(found->of_url->size(), 1u);
  EXPECT_EQ(server_.urls.size(), 1u) << "viewers do not wait for an answer";
  EXPECT_EQ(again.report().kept, KeptState::kUsed);
  EXPECT_EQ(again.report().fetched, fetched);
  EXPECT_TRUE(again.is_due());
  EXPECT_FALSE(again.look(false)) << "and they stay";
  EXPECT_EQ(server_.urls.size(), 2u);
  EXPECT_FALSE(again.is_due());
  EXPECT_EQ(again.report().kept, KeptState::kUsed);
  server_.answer = FakeServer().answer;
  clock_.now += TokenKeys::kFirstBackoff;
  EXPECT_FALSE(again.look(false)) << "the same keys";
  EXPECT_EQ(again.report().kept, KeptState::kUnused);
  EXPECT_EQ(again.report().fetched, clock_.utc());
  clock_.now += TokenKeys::kMostKept;
  EXPECT_EQ(all_of(TokenKeys(options, server_, clock_).look(false))->size(), 1u) << "kept when they were given anew";
}

TEST_F(TokenKeysTest, ThatWereKeptForTooLongOrAreDamagedAreNotUsed) {
  TokenKeys::Options options;
  options.url = "https://id.example.com/jwks";
  options.kept = directory_ + "/token_keys.json";
  TokenKeys(options, server_, clock_).look(false);
  server_.answer = {.error = "connection refused"};
  clock_.now += TokenKeys::kMostKept + 1;
  TokenKeys late(options, server_, clock_);
  EXPECT_TRUE(all_of(late.look(false))->empty());
  EXPECT_EQ(late.report().kept, KeptState::kTooOld);
  EXPECT_EQ(late.report().fetched, 0);
  EXPECT_EQ(late.report().failures, 1u) << "the URL is asked at once";
  std::ofstream(options.kept) << "{\"keys\": [";
  TokenKeys damaged(options, server_, clock_);
  EXPECT_TRUE(all_of(damaged.look(false))->empty());
  EXPECT_EQ(damaged.report().kept, KeptState::kDamaged);
  ASSERT_TRUE(KeptKeys(options.kept, options.url).write({secret_key("public"), clock_.utc()}).ok());
  TokenKeys secret(options, server_, clock_);
  EXPECT_TRUE(all_of(secret.look(false))->empty()) << "what the URL may not give";
  EXPECT_EQ(secret.report().kept, KeptState::kDamaged);
}

TEST_F(TokenKeysTest, OfBeforeAReloadCountMoreThanThoseThatWereKept) {
  TokenKeys::Options options;
  options.url = "https://id.example.com/jwks";
  options.kept = directory_ + "/token_keys.json";
  TokenKeys(options, server_, clock_).look(false);
  options.known = tokens_test::keys_of({std::string(tokens_test::kRsaKey)});
  server_.answer = {.error = "connection refused"};
  TokenKeys keys(options, server_, clock_);
  EXPECT_EQ(all_of(keys.look(false))->find("rsa", tokens::Algorithm::kRs256).size(), 1u);
  EXPECT_EQ(keys.report().kept, KeptState::kUnused);
}

TEST_F(TokenKeysTest, ThatCannotBeKeptAreUsed) {
  TokenKeys::Options options;
  options.url = "https://id.example.com/jwks";
  options.kept = directory_ + "/none/token_keys.json";
  TokenKeys keys(options, server_, clock_);
  EXPECT_EQ(all_of(keys.look(false))->size(), 1u);
}

TEST_F(TokenKeysTest, AreFollowedByAThreadOfTheirOwn) {
  std::mutex mutex;
  std::condition_variable came;
  std::size_t keys = 0;
  TokenKeys::Options options;
  options.url = "https://id.example.com/jwks";
  {
    const TokenKeysWatch watch(
        options, std::make_shared<std::atomic<bool>>(false), std::make_shared<SetClock>(),
        [&](const TokenKeys::Found& found) {
          const std::lock_guard lock(mutex);
          keys = found.all->size();
          came.notify_one();
        },
        std::make_unique<FakeServer>());
    std::unique_lock lock(mutex);
    EXPECT_TRUE(came.wait_for(lock, std::chrono::minutes(1), [&] { return keys == 1; }));
  }
  EXPECT_EQ(keys, 1u) << "and it ends when it is asked to";
}

}  // namespace
}  // namespace app
