#include "serve/static_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "response_text.h"
#include "serve/listing.h"

namespace {

using serve_test::field;

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

TEST(StaticFiles, AreThoseOfFoldersAtAnyDepthButNotOfLinkedOnes) {
  char path[] = "/tmp/kickoff-web-XXXXXX";
  const std::string directory = mkdtemp(path);
  std::filesystem::create_directories(directory + "/a/b/c");
  std::filesystem::create_directory(directory + "/empty");
  std::ofstream(directory + "/a/one.txt") << "one";
  std::ofstream(directory + "/a/b/c/three.txt") << "three";
  std::filesystem::create_directory_symlink(directory, directory + "/a/back");
  std::filesystem::create_symlink(directory + "/a/one.txt", directory + "/link.txt");
  auto loaded = serve::StaticFiles::load(directory);
  std::filesystem::remove_all(directory);
  ASSERT_TRUE(loaded.ok()) << loaded.error().what;
  const auto files = loaded.take();

  EXPECT_NE(files->find("a/one.txt", false), nullptr);
  EXPECT_NE(files->find("a/b/c/three.txt", false), nullptr);
  EXPECT_NE(files->find("link.txt", false), nullptr) << "a link to a file is that file";
  EXPECT_EQ(files->find("a/back/link.txt", false), nullptr);
  EXPECT_EQ(files->find("one.txt", false), nullptr);
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

TEST(StaticFiles, HaveTheTypeOfTheirNameAndGzipWhereItIsText) {
  char path[] = "/tmp/kickoff-web-XXXXXX";
  const std::string directory = mkdtemp(path);
  struct Expected {
    const char* name;
    const char* type;
    bool gzip;
  };
  const Expected all[] = {
      {"a.html", "text/html; charset=utf-8", true},
      {"a.js", "text/javascript; charset=utf-8", true},
      {"a.mjs", "text/javascript; charset=utf-8", true},
      {"a.css", "text/css; charset=utf-8", true},
      {"a.json", "application/json", true},
      {"a.map", "application/json", true},
      {"a.svg", "image/svg+xml", true},
      {"a.txt", "text/plain; charset=utf-8", true},
      {"a.wasm", "application/wasm", true},
      {"a.png", "image/png", false},
      {"a.ico", "image/x-icon", false},
      {"a.woff2", "font/woff2", false},
      {"a.other", "application/octet-stream", false},
  };
  for (const Expected& one : all) std::ofstream(directory + "/" + one.name) << std::string(2000, 'x');
  std::ofstream(directory + "/tiny.txt") << "x";
  std::filesystem::create_directory(directory + "/.hidden");
  std::ofstream(directory + "/.hidden/a.txt") << "secret";
  const auto files = serve::StaticFiles::load(directory).take();
  std::filesystem::remove_all(directory);
  for (const Expected& one : all) {
    const auto plain = files->find(one.name, false);
    const auto zipped = files->find(one.name, true);
    ASSERT_NE(plain, nullptr) << one.name;
    EXPECT_EQ(field(plain, "content-type"), one.type);
    EXPECT_EQ(field(plain, "content-encoding"), "") << one.name;
    EXPECT_EQ(field(zipped, "content-encoding"), one.gzip ? "gzip" : "") << one.name;
    EXPECT_EQ(plain == zipped, !one.gzip) << one.name;
  }
  EXPECT_EQ(field(files->find("tiny.txt", true), "content-encoding"), "") << "gzip would be larger";
  EXPECT_EQ(files->find(".hidden/a.txt", false), nullptr);
}

TEST(Listing, IsThisPage) {
  const std::string page = serve::render_listing({{"a", origin::State::kLive}, {"b", origin::State::kEnded}});
  EXPECT_NE(page.find("<main>\n<ul class=\"channels\">\n"
                      "<li><a href=\"/play/a\">a</a> <span class=\"badge\">live</span> "
                      "<a href=\"/live/a/index.m3u8\">playlist</a></li>\n"
                      "<li><a href=\"/play/b\">b</a> <span class=\"badge\">ended</span> "
                      "<a href=\"/live/b/index.m3u8\">playlist</a></li>\n"
                      "</ul>\n</main>\n</body>\n</html>\n"),
            std::string::npos)
      << page;
  EXPECT_EQ(page.find("Nothing is live"), std::string::npos);
  EXPECT_EQ(serve::render_listing({}).find("<ul"), std::string::npos);
  EXPECT_EQ(serve::render_listing({}).find("</ul>"), std::string::npos);
}

}  // namespace
