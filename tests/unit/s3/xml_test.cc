#include "s3/xml.h"

#include <gtest/gtest.h>

namespace s3 {
namespace {

TEST(Xml, FindsAnElementsText) {
  const std::string xml =
      "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>a &lt; b &amp; c</Message></Error>";
  EXPECT_EQ(text_of_element(xml, "Code"), "SlowDown");
  EXPECT_EQ(text_of_element(xml, "Message"), "a < b & c");
  EXPECT_EQ(text_of_element(xml, "RequestId"), "");
}

TEST(Xml, FindsAllElementsOfAName) {
  const auto found = find_elements("<R><C>1</C><C>2</C><C>3", "C");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1], "2");
}

TEST(Xml, AnElementWithoutAnEndIsNone) {
  EXPECT_FALSE(find_element("<Code>SlowDown", "Code"));
  EXPECT_FALSE(find_element("<Code>SlowDown</Cod>", "Code"));
}

TEST(Xml, ReplacesCharactersByNumber) {
  EXPECT_EQ(without_entities("&#65;&#x20AC;&#x1F600;&#xE9;"), "A\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA9");
}

TEST(Xml, LeavesWhatIsNoEntity) {
  EXPECT_EQ(without_entities("&nbsp; & &; &#0; &#x110000; &#12a; &"), "&nbsp; & &; &#0; &#x110000; &#12a; &");
}

TEST(Xml, WhatIsWrittenIsReadBack) {
  EXPECT_EQ(with_entities("<\"a\"&'b'>"), "&lt;&quot;a&quot;&amp;&apos;b&apos;&gt;");
  EXPECT_EQ(without_entities(with_entities("<\"a\"&'b'>")), "<\"a\"&'b'>");
}

}  // namespace
}  // namespace s3
