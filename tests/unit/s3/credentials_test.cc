#include "s3/credentials.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "unit/s3/fake_s3.h"

namespace s3 {
namespace {

constexpr base::Micros kHour = 3600 * base::kSecond;

/// Answers by the end of the URL.
class FakeIdentity final : public client::Transport {
 public:
  std::vector<client::Answer> perform(const std::vector<client::Request>& requests) override {
    std::vector<client::Answer> answers;
    for (const client::Request& request : requests) {
      seen.push_back(request);
      client::Answer answer{404};
      for (const auto& [end, body] : bodies) {
        if (request.url.ends_with(end)) answer = {200, {}, body};
      }
      answers.push_back(answer);
    }
    return answers;
  }
  std::map<std::string, std::string> bodies;
  std::vector<client::Request> seen;
};

class Identities : public ::testing::Test {
 protected:
  Identities() {
    std::string name = (std::filesystem::temp_directory_path() / "kickoff-s3-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~Identities() override { std::filesystem::remove_all(directory_); }

  Credentials make(Source source = Source::kAuto, const std::string& file = "") {
    return Credentials({source, file, "eu-west-1",
                        [this](const char* name) -> std::optional<std::string> {
                          const auto found = variables_.find(name);
                          if (found == variables_.end()) return std::nullopt;
                          return found->second;
                        }},
                       network_);
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name) << text;
    return directory_ + "/" + name;
  }
  void has_role(const std::string& id, const std::string& expires) {
    network_.bodies["/latest/api/token"] = "session";
    network_.bodies["/security-credentials/"] = "edge\n";
    network_.bodies["/security-credentials/edge"] =
        R"({"AccessKeyId": ")" + id + R"(", "SecretAccessKey": "s", "Token": "t", "Expiration": ")" + expires + R"("})";
  }

  std::string directory_;
  std::map<std::string, std::string> variables_;
  FakeIdentity network_;
  const base::Micros now_ = 1'369'353'600 * base::kSecond;
};

TEST_F(Identities, OfAFileAreThoseOfTheProfile) {
  const std::string file = write("keys",
                                 "# mine\n[other]\naws_access_key_id = A\naws_secret_access_key=B\n[default]\n"
                                 "aws_access_key_id=C\n aws_secret_access_key = D=\naws_session_token=E");
  const auto keys = make(Source::kAuto, file).keys(now_);
  ASSERT_TRUE(keys.ok());
  EXPECT_EQ(keys->id, "C");
  EXPECT_EQ(keys->secret, "D=");
  EXPECT_EQ(keys->token, "E");
  variables_["AWS_PROFILE"] = "other";
  EXPECT_EQ(make(Source::kAuto, file).keys(now_)->id, "A");
}

TEST_F(Identities, AFileWithoutKeysSaysSo) {
  const std::string file = write("keys", "[default]\naws_access_key_id=C\n");
  EXPECT_EQ(make(Source::kFile, file).keys(now_).error().code, base::Code::kNotFound);
  EXPECT_FALSE(make(Source::kFile, directory_ + "/none").keys(now_).ok());
  EXPECT_FALSE(make(Source::kFile).keys(now_).ok());
}

TEST_F(Identities, AChangedFileIsNoticedAfterAMinute) {
  const std::string file = write("keys", "[default]\naws_access_key_id=A\naws_secret_access_key=B\n");
  Credentials credentials = make(Source::kAuto, file);
  EXPECT_EQ(credentials.keys(now_)->id, "A");
  write("keys", "[default]\naws_access_key_id=C\naws_secret_access_key=B\n");
  EXPECT_EQ(credentials.keys(now_ + base::kSecond)->id, "A");
  EXPECT_EQ(credentials.keys(now_ + Credentials::kReread)->id, "C");
}

TEST_F(Identities, AfterARefusalTheFileIsReadAgainAtOnce) {
  const std::string file = write("keys", "[default]\naws_access_key_id=A\naws_secret_access_key=B\n");
  Credentials credentials = make(Source::kAuto, file);
  EXPECT_EQ(credentials.keys(now_)->id, "A");
  write("keys", "[default]\naws_access_key_id=C\naws_secret_access_key=B\n");
  credentials.refused();
  EXPECT_EQ(credentials.keys(now_)->id, "C");
}

TEST_F(Identities, OfTheEnvironmentNeedBothVariables) {
  variables_ = {{"AWS_ACCESS_KEY_ID", "A"}};
  EXPECT_FALSE(make(Source::kEnvironment).keys(now_).ok());
  variables_["AWS_SECRET_ACCESS_KEY"] = "B";
  EXPECT_EQ(make().keys(now_)->id, "A");
}

TEST_F(Identities, OfAnInstanceComeFromItsMetadataWithASession) {
  has_role("I", "2013-05-24T06:00:00Z");
  const auto keys = make().keys(now_);
  ASSERT_TRUE(keys.ok());
  EXPECT_EQ(keys->id, "I");
  EXPECT_EQ(keys->token, "t");
  EXPECT_EQ(keys->expires, now_ + 6 * kHour);
  EXPECT_EQ(network_.seen[0].method, "PUT");
  EXPECT_EQ(network_.seen[0].url, "http://169.254.169.254/latest/api/token");
  EXPECT_EQ(testing::FakeServer::header(network_.seen[1], "x-aws-ec2-metadata-token"), "session");
  EXPECT_TRUE(network_.seen[1].direct);
}

TEST_F(Identities, TemporaryOnesAreReplacedBeforeTheyExpire) {
  has_role("I", "2013-05-24T06:00:00Z");
  Credentials credentials = make(Source::kInstance);
  EXPECT_EQ(credentials.keys(now_)->id, "I");
  has_role("J", "2013-05-24T12:00:00Z");
  EXPECT_EQ(credentials.keys(now_ + 6 * kHour - Credentials::kRefresh - 1)->id, "I");
  EXPECT_EQ(credentials.keys(now_ + 6 * kHour - Credentials::kRefresh)->id, "J");
}

TEST_F(Identities, OldOnesAreUsedToTheirEndWhileThereAreNoNewOnes) {
  has_role("I", "2013-05-24T06:00:00Z");
  Credentials credentials = make(Source::kInstance);
  EXPECT_TRUE(credentials.keys(now_).ok());
  network_.bodies.clear();
  EXPECT_EQ(credentials.keys(now_ + 6 * kHour - base::kSecond)->id, "I");
  EXPECT_FALSE(credentials.keys(now_ + 6 * kHour + base::kSecond * 20).ok());
}

TEST_F(Identities, AnInstanceWithoutARoleSaysSo) {
  network_.bodies["/latest/api/token"] = "session";
  EXPECT_EQ(make().keys(now_).error().what, "the instance has no role");
  has_role("I", "2013-05-24T06:00:00Z");
  network_.bodies["/security-credentials/edge"] = "<html>";
  EXPECT_EQ(make().keys(now_).error().code, base::Code::kMalformed);
}

TEST_F(Identities, OfAWebIdentityComeFromSts) {
  variables_ = {{"AWS_WEB_IDENTITY_TOKEN_FILE", write("token", "a.b+c\n")}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"}};
  network_.bodies[".amazonaws.com/"] =
      "<R><Credentials><AccessKeyId>W</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
      "<Expiration>2013-05-24T01:00:00Z</Expiration></Credentials></R>";
  const auto keys = make().keys(now_);
  ASSERT_TRUE(keys.ok());
  EXPECT_EQ(keys->id, "W");
  EXPECT_EQ(keys->expires, now_ + kHour);
  EXPECT_EQ(network_.seen[0].url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(network_.seen[0].body.text(),
            "Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=kickoff&"
            "Version=2011-06-15&WebIdentityToken=a.b%2Bc");
}

TEST_F(Identities, ARefusalOfStsIsTold) {
  variables_ = {{"AWS_WEB_IDENTITY_TOKEN_FILE", write("token", "t")}, {"AWS_ROLE_ARN", "r"}};
  EXPECT_EQ(make().keys(now_).error().what, "STS answered 404");
  variables_.erase("AWS_ROLE_ARN");
  EXPECT_EQ(make().keys(now_).error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace s3
