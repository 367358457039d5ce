#include "serve/static_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "serve/listing.h"

namespace {

std::string field(const http::Response& response, const std::string& name) {
  for (const auto& [key, value] : response->block().fields())
    if (key == name) return value;
  return "";
}

TEST(StaticFiles, AreReadOnceWithBothCodings) {
  char path[] = "/tmp/kickoff-web-XXXXXX";
  const std::string directory = mkdtemp(path);
  std::filesystem::create_directory(directory + "/vendor");
  std::ofstream(directory + "/play.html") << std::string(5000, 'p');
  std::ofstream(directory + "/vendor/hls.min.js") << std::string(5000, 'j');
  std::ofstream(directory + "/.hidden") << "secret";
  std::ofstream(directory + "/logo.png") << std::string(5000, 'x');
  const auto files = serve::StaticFiles::load(directory).take();
  std::filesystem::remove_all(directory);

  const auto page = files->find("play.html", false);
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(field(page, "content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(field(page, "content-length"), "5000");
  EXPECT_EQ(field(page, "cache-control"), "max-age=60");
  EXPECT_NE(field(page, "last-modified"), "");
  const auto script = files->find("vendor/hls.min.js", true);
  ASSERT_NE(script, nullptr);
  EXPECT_EQ(field(script, "content-encoding"), "gzip");
  EXPECT_LT(script->body_size(), 200u);
  EXPECT_NE(field(script, "etag"), field(files->find("vendor/hls.min.js", false), "etag"));
  EXPECT_EQ(field(files->find("logo.png", true), "content-encoding"), "");
  EXPECT_EQ(files->find(".hidden", false), nullptr);
  EXPECT_EQ(files->find("../play.html", false), nullptr);
}

TEST(StaticFiles, SayWhichDirectoryIsMissing) {
  const auto files = serve::StaticFiles::load("/nonexistent/web");
  ASSERT_FALSE(files.ok());
  EXPECT_NE(files.error().what.find("/nonexistent/web"), std::string::npos);
}

TEST(Listing, EscapesNamesAndSaysWhenNothingIsLive) {
  EXPECT_NE(serve::render_listing({}).find("Nothing is live"), std::string::npos);
  const std::string page = serve::render_listing({{"<b>&\"x", origin::State::kLive}, {"y", origin::State::kWaiting}});
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_NE(page.find("/play/&lt;b&gt;&amp;&quot;x"), std::string::npos);
  EXPECT_NE(page.find("starting"), std::string::npos);
}

}  // namespace
