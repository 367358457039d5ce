#include "api/captions_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace api {
namespace {

using nlohmann::json;

TEST(CaptionsJson, HasEmptyListsWhereThereIsNothing) {
  EXPECT_EQ(captions_json({}), json::parse(R"({"services": [], "texts": []})"));
}

TEST(CaptionsJson, SaysWhoDeclaresAServiceAndWhenItWasSeen) {
  channel::Report report;
  report.feeds[0].protocol = "srt";
  report.feeds[1].protocol = "srt";
  channel::CaptionServiceReport service;
  service.caption = {"CC1", "en", "English"};
  service.listed = service.configured = true;
  service.feeds[1] = {true, "eng", true, 1'500'000};
  report.caption_services = {service};
  EXPECT_EQ(captions_json(report)["services"], json::parse(R"([{
    "service": "CC1", "language": "en", "name": "English", "listed": true,
    "sources": ["configuration", "descriptor", "detection"],
    "feeds": [{"name": "primary", "announced": false, "language": "", "found": false, "last_text": null},
              {"name": "backup", "announced": true, "language": "eng", "found": true, "last_text": "1970-01-01T00:00:01.500Z"}]}])"));
}

TEST(CaptionsJson, AFeedThatHasGoneSaysNothing) {
  channel::Report report;
  report.feeds[0].protocol = "rtmp";
  channel::CaptionServiceReport service;
  service.caption.service = "SERVICE1";
  service.feeds[1] = {true, "", true, 5};
  report.caption_services = {service};
  const json given = captions_json(report)["services"][0];
  EXPECT_EQ(given["sources"], json::array());
  EXPECT_EQ(given["listed"], false);
  ASSERT_EQ(given["feeds"].size(), 1U);
  EXPECT_EQ(given["feeds"][0]["name"], "primary");
}

TEST(CaptionsJson, HasTheTextRenditions) {
  channel::Report report;
  report.texts = {{"s1", "teletext 888", "de", true, false, std::nullopt}, {"s2", "api", "fr", false, true, 2'000'000}};
  EXPECT_EQ(captions_json(report)["texts"], json::parse(R"([
    {"name": "s1", "from": "teletext 888", "language": "de", "sources": ["configuration", "descriptor"],
     "last_text": null},
    {"name": "s2", "from": "api", "language": "fr", "sources": ["configuration", "detection"],
     "last_text": "1970-01-01T00:00:02.000Z"}])"));
}

}  // namespace
}  // namespace api
