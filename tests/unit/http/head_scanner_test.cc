#include "http/head_scanner.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using http::HeadScanner;
using http::Limits;

HeadScanner::Outcome scan(const std::string& head, std::size_t step = SIZE_MAX, Limits limits = {}) {
  HeadScanner scanner;
  for (std::size_t end = std::min(step, head.size());; end = std::min(end + step, head.size())) {
    const auto outcome = scanner.scan(base::view_of(std::string_view(head).substr(0, end)), limits);
    if (outcome.refused != 0 || outcome.length != 0 || end == head.size()) return outcome;
  }
}

TEST(HeadScanner, FindsTheEndAtEverySplit) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n";
  for (std::size_t step = 1; step <= head.size(); ++step) {
    const auto outcome = scan(head + "GET /next", step);
    EXPECT_EQ(outcome.refused, 0);
    EXPECT_EQ(outcome.length, head.size());
  }
  EXPECT_EQ(scan(head.substr(0, head.size() - 1)).length, 0u);
}

TEST(HeadScanner, RefusesWhatParsersDisagreeOn) {
  for (const char* head : {
           "GET / HTTP/1.1\nHost: a\r\n\r\n",               // bare LF
           "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",       // bare CR between fields
           "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",  // a folded line
           "GET / HTTP/1.1\r\nHost: a\r\n\tfolded\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\n\rX\r\n\r\n",  // CVE-2025-23167: CR X taken as the end
           "\x16\x03\x01\x02",                          // TLS on the plain port
           "get / HTTP/1.1\r\n",
       }) {
    EXPECT_EQ(scan(head).refused, 400) << head;
    EXPECT_EQ(scan(head, 1).refused, 400) << head;
  }
}

TEST(HeadScanner, BoundsTargetHeadAndFields) {  // CF-20
  const Limits limits;
  const std::string rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_NE(scan("GET /" + std::string(8191, 'x') + rest).length, 0u);
  EXPECT_EQ(scan("GET /" + std::string(limits.target + 100, 'x') + rest).refused, 414);
  EXPECT_EQ(scan("GET /" + std::string(limits.target + 100, 'x'), 1000).refused, 414);

  std::string fields;
  for (int i = 0; i < 100; ++i) fields += "A: b\r\n";
  EXPECT_NE(scan("GET / HTTP/1.1\r\n" + fields + "\r\n").length, 0u);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\n" + fields + "A: b\r\n\r\n").refused, 431);

  EXPECT_NE(scan("GET / HTTP/1.1\r\nA: " + std::string(20480, 'x') + "\r\n\r\n").length, 0u);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nA: " + std::string(33000, 'x') + "\r\n\r\n").refused, 431);
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nA: " + std::string(33000, 'x'), 700).refused, 431);
}

}  // namespace
