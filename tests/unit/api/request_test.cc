#include "api/request.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace api {
namespace {

TEST(PercentDecoded, UndoesEveryPairOfDigits) {
  EXPECT_EQ(percent_decoded("a%2Fb%c3%9c+"), "a/b\xc3\x9c+");
  EXPECT_EQ(percent_decoded(""), "");
  EXPECT_EQ(percent_decoded("%00"), std::string(1, '\0'));
  EXPECT_EQ(percent_decoded("%09%AF%fa"), "\t\xaf\xfa");
}

TEST(PercentDecoded, TakesNoPercentWithoutTwoDigits) {
  for (const char* wrong : {"%", "a%2", "%2", "%g0", "%0g", "%/0", "%:0", "%@0", "%G0", "%`0", "100%"})
    EXPECT_FALSE(percent_decoded(wrong)) << wrong;
}

TEST(ParseQuery, GivesNamesAndValuesDecoded) {
  EXPECT_EQ(parse_query(""), Texts{});
  EXPECT_EQ(parse_query("a=1&b&c=&d=x=y"), (Texts{{"a", "1"}, {"b", ""}, {"c", ""}, {"d", "x=y"}}));
  EXPECT_EQ(parse_query("one+two=3%2B4+5"), (Texts{{"one two", "3+4 5"}}));
  EXPECT_EQ(parse_query("&&a=1&"), (Texts{{"a", "1"}}));
}

TEST(ParseQuery, OfANameGivenTwiceTheFirstHolds) { EXPECT_EQ(parse_query("a=1&a=2"), (Texts{{"a", "1"}})); }

TEST(ParseQuery, GivesNothingWhereAnythingCannotBeDecoded) {
  EXPECT_FALSE(parse_query("a=%"));
  EXPECT_FALSE(parse_query("%=a"));
  EXPECT_FALSE(parse_query("good=1&a=%zz"));
}

TEST(Request, GivesParametersAndQueryByName) {
  Request request;
  request.parameters = {{"name", "match"}};
  request.query = {{"feed", ""}};
  EXPECT_EQ(request.parameter("name"), "match");
  EXPECT_EQ(request.parameter("other"), "");
  EXPECT_EQ(request.query_of("feed"), "");
  EXPECT_EQ(request.query_of("name"), std::nullopt);
}

TEST(Problem, IsAProblemDetailsObject) {  // RFC 9457
  const Answer answer = problem(409, "nobody publishes to \xff");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  const auto body = nlohmann::json::parse(answer.body);
  EXPECT_EQ(body["type"], "about:blank");
  EXPECT_EQ(body["title"], "Conflict");
  EXPECT_EQ(body["status"], 409);
  EXPECT_EQ(body["detail"], "nobody publishes to \xef\xbf\xbd") << "bytes that are not UTF-8 do not throw";
}

TEST(ErrorFor, IsAProblemBelowApiAndALineElsewhere) {
  EXPECT_EQ(error_for("/api/v1/x", 404, "no").content_type, "application/problem+json");
  const Answer line = error_for("/apiary", 404, "no");
  EXPECT_EQ(line.status, 404);
  EXPECT_EQ(line.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(line.body, "no\n");
}

}  // namespace
}  // namespace api
