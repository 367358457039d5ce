#include <gtest/gtest.h>

#include "config/config.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

std::string upload(const std::string& text) { return "channels: {match: {upload: {" + text + "}}}"; }

TEST(UploadKeys, NothingIsUploadedUnlessThereIsAUrl) {
  const Config config = good("");
  EXPECT_EQ(config.channels.at("*").upload.url, "");
  EXPECT_EQ(config.channels.at("*").upload.type, hls::PlaylistType::kSliding);
}

TEST(UploadKeys, AreReadOfAChannel) {
  const Config config =
      good(upload("url: 's3://media/live', endpoint: 'https://s3.example.com', region: eu-west-1, credentials: file, "
                  "credentials_file: /keys, playlist: event"));
  const Config::Upload& read = config.channels.at("match").upload;
  EXPECT_EQ(read.url, "s3://media/live");
  EXPECT_EQ(read.endpoint, "https://s3.example.com");
  EXPECT_EQ(read.region, "eu-west-1");
  EXPECT_EQ(read.source, s3::Source::kFile);
  EXPECT_EQ(read.credentials_file, "/keys");
  EXPECT_EQ(read.type, hls::PlaylistType::kEvent);
}

TEST(UploadKeys, ABadAddressIsRefused) {
  EXPECT_NE(problems_of(upload("url: 'https://media'")).find("has to be s3://BUCKET"), std::string::npos);
  EXPECT_NE(problems_of(upload("url: 's3://Media'")).find("bucket's name"), std::string::npos);
  EXPECT_NE(problems_of(upload("url: 's3://media', endpoint: 's3.example.com'")).find("http:// or https://"),
            std::string::npos);
  EXPECT_NE(problems_of(upload("url: 's3://media', playlist: vod")), "");
}

TEST(UploadKeys, NeedTheJournal) {
  EXPECT_NE(problems_of("journal: {enabled: false}\n" + upload("url: 's3://media'")).find("needs the journal"),
            std::string::npos);
  EXPECT_EQ(problems_of("journal: {enabled: false}\n" + upload("url: ''")), "");
}

}  // namespace
}  // namespace config
