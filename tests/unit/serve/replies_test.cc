#include "serve/replies.h"

#include <gtest/gtest.h>

#include "response_text.h"

namespace {

using serve::Conditions;
using serve_test::body;
using serve_test::field;

http::Response media() {
  return serve::make_media({base::Bytes::copy_of("0123"), base::Bytes::copy_of(""), base::Bytes::copy_of("4567"),
                            base::Bytes::copy_of("89")},
                           {"video/mp4", "max-age=1209600, immutable", "\"e\"", 1'000'000 * base::kSecond, 3});
}

TEST(Conditional, GivesOneRange) {  // CF-24
  const auto ranged = serve::conditional(media(), {"", "bytes=2-8", ""});
  EXPECT_EQ(ranged->status(), 206);
  EXPECT_EQ(body(ranged), "2345678");
  EXPECT_EQ(field(ranged, "content-range"), "bytes 2-8/10");
  EXPECT_EQ(field(ranged, "content-length"), "7");
  EXPECT_EQ(field(ranged, "cache-control"), "max-age=1209600, immutable");
  EXPECT_EQ(field(ranged, "etag"), "\"e\"");
  EXPECT_EQ(field(ranged, "access-control-allow-origin"), "*");
  EXPECT_EQ(ranged->block().urgency(), 3);
  for (std::uint64_t first = 0; first < 10; ++first)
    for (std::uint64_t last = first; last < 10; ++last)
      EXPECT_EQ(
          body(serve::conditional(media(), {"", "bytes=" + std::to_string(first) + "-" + std::to_string(last), ""})),
          std::string("0123456789").substr(first, last - first + 1));
}

TEST(Conditional, Refuses416AndIgnoresWhatItDoesNotServe) {
  const auto beyond = serve::conditional(media(), {"", "bytes=10-", ""});
  EXPECT_EQ(beyond->status(), 416);
  EXPECT_EQ(field(beyond, "content-range"), "bytes */10");
  EXPECT_EQ(field(beyond, "cache-control"), "max-age=1");
  EXPECT_EQ(serve::conditional(media(), {"", "bytes=0-1,3-4", ""})->status(), 200);
  EXPECT_EQ(serve::conditional(media(), {"", "bytes=0-1", "\"other\""})->status(), 200);
  EXPECT_EQ(serve::conditional(media(), {"", "bytes=0-1", "\"e\""})->status(), 206);
  EXPECT_EQ(serve::conditional(media(), {"", "bytes=0-1", "W/\"e\""})->status(), 200);
}

TEST(Conditional, Answers304WithTheSameCacheControlAndNoBody) {  // CF-16
  const auto same = serve::conditional(media(), {"W/\"e\"", "bytes=0-1", ""});
  EXPECT_EQ(same->status(), 304);
  EXPECT_EQ(same->body_size(), 0u);
  EXPECT_EQ(field(same, "cache-control"), "max-age=1209600, immutable");
  EXPECT_EQ(field(same, "etag"), "\"e\"");
  EXPECT_EQ(field(same, "content-length"), "");
  EXPECT_EQ(serve::conditional(media(), {"\"f\"", "", ""})->status(), 200);
}

TEST(Text, HasAnEtagOfEachCodingAndVaryOnBoth) {  // CF-15, CF-16, LL-115
  const auto rendered = origin::make_rendered(std::string(3000, 'x'));
  const auto plain = serve::make_text(rendered, false, {"application/vnd.apple.mpegurl", "max-age=1"});
  const auto gzip = serve::make_text(rendered, true, {"application/vnd.apple.mpegurl", "max-age=1"});
  EXPECT_NE(field(plain, "etag"), field(gzip, "etag"));
  EXPECT_EQ(field(plain, "etag")[0], '"');
  EXPECT_EQ(field(plain, "vary"), "Accept-Encoding");
  EXPECT_EQ(field(gzip, "vary"), "Accept-Encoding");
  EXPECT_EQ(field(plain, "content-encoding"), "");
  EXPECT_EQ(field(gzip, "content-encoding"), "gzip");
  EXPECT_EQ(field(gzip, "content-length"), std::to_string(gzip->body_size()));
  EXPECT_EQ(serve::conditional(plain, {"", "bytes=0-1", ""})->status(), 200);  // playlists have no ranges
}

TEST(Errors, AllHaveCacheControlCorsAndLength) {  // CC-9, CC-11, CF-9, CF-12, CF-23
  serve::Errors errors;
  for (const int status : {400, 404, 405, 413, 414, 417, 431, 503, 505}) {
    const auto error = errors.get(status);
    EXPECT_EQ(field(error, "cache-control"), status >= 500 ? "no-store" : "max-age=1");
    EXPECT_EQ(field(error, "access-control-allow-origin"), "*");
    EXPECT_NE(field(error, "access-control-expose-headers").find("Age, Date"), std::string::npos);
    EXPECT_EQ(field(error, "content-length"), std::to_string(error->body_size()));
    EXPECT_EQ(errors.get(status), error);
  }
  EXPECT_EQ(field(errors.get(503), "retry-after"), "1");
  EXPECT_EQ(field(errors.get(405), "allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(field(errors.get(404, 2), "cache-control"), "max-age=2");
}

TEST(Text, SaysAllOfThisAndNoMore) {
  const auto rendered = origin::make_rendered("#EXTM3U\n");
  const auto text = serve::make_text(rendered, false, {"application/vnd.apple.mpegurl", "max-age=1", "", 0, 1});
  std::string fields;
  for (const auto& [name, value] : text->block().fields()) fields += name + ": " + value + "\n";
  EXPECT_EQ(fields,
            "content-type: application/vnd.apple.mpegurl\ncontent-length: 8\ncache-control: max-age=1\n"
            "access-control-allow-origin: *\n"
            "access-control-expose-headers: Age, Date, Content-Length, Content-Range, ETag, CMSD-Static, "
            "CMSD-Dynamic, Retry-After\n"
            "etag: " +
                rendered.etag_identity + "\nvary: Accept-Encoding\npriority: u=1\n")
      << "without Last-Modified, where none is known";
}

TEST(CacheControl, NamesSharedCachesOnlyWhereTheyMayKeepLonger) {  // CC-1, CF-11, LL-124
  EXPECT_EQ(serve::CacheControl::seconds(2), "max-age=2");
  EXPECT_EQ(serve::CacheControl::shared(1), "max-age=1");
  EXPECT_EQ(serve::CacheControl::shared(2), "max-age=1, s-maxage=2");
  EXPECT_EQ(serve::CacheControl::live(1), "max-age=1, stale-if-error=0");
  EXPECT_EQ(serve::CacheControl::live(12), "max-age=1, s-maxage=12, stale-if-error=0");
}

TEST(Urgencies, PutPlaylistsBeforeSoundBeforePictures) {  // LL-113
  EXPECT_EQ(serve::Urgency::kPlaylist, 1);
  EXPECT_EQ(serve::Urgency::kInit, 2);
  EXPECT_EQ(serve::Urgency::kAudio, 2);
  EXPECT_EQ(serve::Urgency::kVideo, 3);
  EXPECT_EQ(serve::Urgency::kPage, 3);
}

TEST(Conditional, GivesTheWholeWhereNothingIsAskedFor) {
  const auto whole = media();
  EXPECT_EQ(serve::conditional(whole, {}), whole);
  EXPECT_EQ(serve::conditional(whole, {"", "", "\"e\""}), whole);
  EXPECT_EQ(serve::conditional(whole, {"", "nonsense", ""}), whole);
  const auto plain = std::make_shared<const http::Reply>(200, http::HeaderBlock::Fields{{"accept-ranges", "bytes"}},
                                                         std::vector<base::Bytes>{base::Bytes::copy_of("0123")});
  EXPECT_EQ(serve::conditional(plain, {"*", "", ""}), plain) << "no ETag to compare with";
  EXPECT_EQ(serve::conditional(plain, {"", "bytes=0-1", "\"e\""}), plain);
  EXPECT_EQ(serve::conditional(plain, {"", "bytes=0-1", ""})->status(), 206);
  EXPECT_TRUE(Conditions().none());
  EXPECT_FALSE((Conditions{"\"e\"", "", ""}.none()));
  EXPECT_FALSE((Conditions{"", "bytes=0-1", ""}.none()));
}

TEST(Errors, OnlyWhatPassesByItselfSaysWhenToComeBack) {
  serve::Errors errors;
  for (const int status : {400, 404, 405, 413, 505}) {
    EXPECT_EQ(field(errors.get(status), "retry-after"), "") << status;
    EXPECT_EQ(field(errors.get(status), "allow"), status == 405 ? "GET, HEAD, OPTIONS" : "") << status;
  }
  EXPECT_EQ(field(errors.get(500), "cache-control"), "no-store");
  EXPECT_EQ(field(errors.get(499), "cache-control"), "max-age=1");
  EXPECT_NE(errors.get(404, 2), errors.get(404, 1));
}

TEST(Errors, TheBusyOnesGoRoundAndAreMadeOnce) {
  serve::Errors errors;
  std::vector<http::Response> first;
  for (const char* wait : {"2", "3", "4", "5"}) {
    first.push_back(errors.get_busy());
    EXPECT_EQ(first.back()->status(), 503);
    EXPECT_EQ(field(first.back(), "retry-after"), wait);
    EXPECT_EQ(field(first.back(), "cache-control"), "no-store");
  }
  for (const auto& one : first) EXPECT_EQ(errors.get_busy(), one);
}

}  // namespace
