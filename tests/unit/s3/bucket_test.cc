#include "s3/bucket.h"

#include <gtest/gtest.h>

#include "unit/s3/fake_s3.h"

namespace s3 {
namespace {

class Buckets : public ::testing::Test {
 protected:
  std::optional<Failure> put(const std::string& name, const std::string& body) {
    return bucket_.put({{name, base::Bytes::copy_of(body), "video/mp4", "max-age=1"}}).front();
  }

  testing::FixedClock clock_;
  testing::FakeServer server_;
  std::map<std::string, std::string> variables_{{"AWS_ACCESS_KEY_ID", "ID"}, {"AWS_SECRET_ACCESS_KEY", "S"}};
  Credentials credentials_{{.source = Source::kEnvironment,
                            .variable = [this](const char* name) -> std::optional<std::string> {
                              const auto found = variables_.find(name);
                              if (found == variables_.end()) return std::nullopt;
                              return found->second;
                            }},
                           server_};
  Bucket bucket_{*parse_address("s3://edge/live", "http://h:1", "r"), credentials_, server_, clock_};
};

TEST_F(Buckets, AnObjectHasItsBytesAndItsHeaders) {
  EXPECT_FALSE(put("a/1.m4s", "media"));
  const auto& stored = server_.objects.at("/edge/live/a/1.m4s");
  EXPECT_EQ(stored.body, "media");
  EXPECT_EQ(stored.content_type, "video/mp4");
  EXPECT_EQ(stored.cache_control, "max-age=1");
}

TEST_F(Buckets, ARequestIsSignedWithTheHashOfItsBody) {
  put("a", "Welcome to Amazon S3.");
  const client::Request& request = server_.seen.front();
  EXPECT_EQ(request.url, "http://h:1/edge/live/a");
  EXPECT_EQ(testing::FakeServer::header(request, "x-amz-content-sha256"),
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
  EXPECT_EQ(testing::FakeServer::header(request, "x-amz-date"), "20130524T000000Z");
  EXPECT_EQ(testing::FakeServer::header(request, "host"), "h:1");
  EXPECT_NE(testing::FakeServer::header(request, "authorization")
                .find("SignedHeaders=cache-control;content-type;host;x-amz-content-sha256;x-amz-date,"),
            std::string::npos);
}

TEST_F(Buckets, ATokenOfTemporaryKeysIsSignedToo) {
  variables_["AWS_SESSION_TOKEN"] = "T";
  put("a", "");
  EXPECT_EQ(testing::FakeServer::header(server_.seen.front(), "x-amz-security-token"), "T");
  EXPECT_NE(testing::FakeServer::header(server_.seen.front(), "authorization").find(";x-amz-security-token,"),
            std::string::npos);
}

TEST_F(Buckets, ALargeObjectGoesUpInParts) {
  const std::string body(Bucket::kMostWhole + 1, 'x');
  EXPECT_FALSE(put("big", body));
  EXPECT_EQ(server_.objects.at("/edge/live/big").body, body);
  EXPECT_EQ(server_.objects.at("/edge/live/big").content_type, "video/mp4");
  EXPECT_NE(server_.completed.find("<PartNumber>3</PartNumber><ETag>&quot;e3&quot;</ETag>"), std::string::npos);
  EXPECT_EQ(server_.seen.size(), 5u);
}

TEST_F(Buckets, OfAnUploadInPartsThatFailsNothingStays) {
  server_.next = {{200}, {200}, testing::FakeServer::error(500, "InternalError")};
  const auto failure = put("big", std::string(Bucket::kMostWhole + 1, 'x'));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reason, Reason::kServer);
  EXPECT_EQ(server_.seen.back().method, "DELETE");
  EXPECT_TRUE(server_.uploads.empty());
  EXPECT_TRUE(server_.objects.empty());
}

TEST_F(Buckets, AnErrorInTheBodyOf200IsOne) {
  server_.next = {{200}, {200}, {200}, {200}, {200, {}, "<Error><Code>InternalError</Code></Error>"}};
  EXPECT_TRUE(put("big", std::string(Bucket::kMostWhole + 1, 'x')));
}

TEST_F(Buckets, SaysWhyAnObjectWasNotPut) {
  const std::pair<client::Answer, Reason> cases[] = {
      {{0, {}, "", "refused"}, Reason::kNetwork},
      {testing::FakeServer::error(403, "SignatureDoesNotMatch"), Reason::kDenied},
      {testing::FakeServer::error(400, "ExpiredToken"), Reason::kDenied},
      {testing::FakeServer::error(403, "RequestTimeTooSkewed"), Reason::kClock},
      {testing::FakeServer::error(503, "SlowDown"), Reason::kSlowDown},
      {testing::FakeServer::error(500, "InternalError"), Reason::kServer},
      {testing::FakeServer::error(404, "NoSuchBucket"), Reason::kBucket},
      {testing::FakeServer::error(400, "EntityTooLarge"), Reason::kOther}};
  for (const auto& [answer, reason] : cases) {
    server_.next = {answer};
    const auto failure = put("a", "b");
    ASSERT_TRUE(failure);
    EXPECT_EQ(to_string(failure->reason), to_string(reason)) << answer.body;
  }
  EXPECT_FALSE(put("a", "b"));
}

TEST_F(Buckets, WithoutKeysNothingIsSent) {
  variables_.clear();
  EXPECT_EQ(put("a", "b")->reason, Reason::kCredentials);
  EXPECT_TRUE(server_.seen.empty());
}

TEST_F(Buckets, AfterAClockDifferenceRequestsHaveTheServersTime) {
  client::Answer skewed = testing::FakeServer::error(403, "RequestTimeTooSkewed");
  skewed.headers = {{"date", "Fri, 24 May 2013 01:00:00 GMT"}};
  server_.next = {skewed};
  EXPECT_TRUE(put("a", "b"));
  EXPECT_EQ(bucket_.clock_difference(), 3600 * base::kSecond);
  EXPECT_FALSE(put("a", "b"));
  EXPECT_EQ(testing::FakeServer::header(server_.seen.back(), "x-amz-date"), "20130524T010000Z");
}

TEST_F(Buckets, ListsAllPages) {
  server_.page = 2;
  for (const char* name : {"a/1", "a/2 <&>", "a/3", "b/4", "b/5"}) put(name, name);
  const auto listed = bucket_.list("");
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->size(), 5u);
  EXPECT_EQ(listed.value()[4].name, "b/5");
  EXPECT_EQ(listed.value()[4].size, 3u);
  EXPECT_EQ(listed.value()[0].etag, crypto::md5_hex(base::view_of("a/1")));
}

TEST_F(Buckets, ListsWhatBeginsSoAndFollowsAName) {
  server_.page = 1;
  for (const char* name : {"a/1", "a/2", "a/3", "b/4"}) put(name, name);
  const auto listed = bucket_.list("a/", "a/1");
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ(listed.value()[0].name, "a/2");
  EXPECT_EQ(listed.value()[1].name, "a/3");
}

TEST_F(Buckets, GetsAnObject) {
  put("a", "text");
  const Object got = bucket_.get("a").value();
  EXPECT_EQ(got.body.text(), "text");
  EXPECT_EQ(got.content_type, "video/mp4");
  EXPECT_EQ(got.cache_control, "max-age=1");
  EXPECT_EQ(bucket_.get("b").error().code, base::Code::kNotFound);
}

TEST(HttpDate, IsReadInItsOnlyForm) {
  EXPECT_EQ(parse_http_date("Fri, 24 May 2013 00:00:01 GMT"), 1'369'353'601 * base::kSecond);
  EXPECT_FALSE(parse_http_date("Fri, 24 Mai 2013 00:00:01 GMT"));
  EXPECT_FALSE(parse_http_date("2013-05-24T00:00:01Z"));
  EXPECT_FALSE(parse_http_date(""));
}

}  // namespace
}  // namespace s3
