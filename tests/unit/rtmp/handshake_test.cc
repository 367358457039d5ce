#include "rtmp/handshake.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "client.h"
#include "rtmp/hmac.h"

namespace rtmp {
namespace {

constexpr std::string_view kPlayerKey = "Genuine Adobe Flash Player 001";
constexpr std::string_view kServerKey = "Genuine Adobe Flash Media Server 001";

/// C0 and C1 as Flash and librtmp write them: a digest in the block at 8 or at 772.
Buffer digest_handshake(std::size_t block) {
  Buffer bytes = plain_handshake();
  const std::span<std::uint8_t> c1 = std::span(bytes).subspan(1, 1536);
  c1[4] = 9;  // Flash Player 9.0.124.2
  c1[6] = 124;
  c1[7] = 2;
  const std::size_t offset = block + 4 + (c1[block] + c1[block + 1] + c1[block + 2] + c1[block + 3]) % 728U;
  const Digest digest = hmac_sha256(base::view_of(kPlayerKey), {c1.first(offset), c1.subspan(offset + 32)});
  std::copy(digest.begin(), digest.end(), c1.begin() + static_cast<std::ptrdiff_t>(offset));
  return bytes;
}

Buffer answer_to(const Buffer& bytes, std::size_t step, bool* digested = nullptr) {
  Handshake handshake(7);
  Buffer output;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    base::View part = base::View(bytes).subspan(at, std::min(step, bytes.size() - at));
    EXPECT_TRUE(handshake.feed(part).ok());
    EXPECT_TRUE(part.empty());
    const Buffer more = handshake.take_output();
    output.insert(output.end(), more.begin(), more.end());
  }
  EXPECT_TRUE(handshake.done());
  if (digested != nullptr) *digested = handshake.digested();
  return output;
}

TEST(Handshake, AnswersAPlainClientWithItsOwnC1) {  // RT-1
  const Buffer client = plain_handshake();
  const Buffer answer = answer_to(client, client.size());
  ASSERT_EQ(answer.size(), 3073U);
  EXPECT_EQ(answer[0], 3);
  EXPECT_TRUE(std::equal(client.begin() + 1, client.begin() + 1537, answer.begin() + 1537));
}

TEST(Handshake, FedByteByByteEqualsFedAtOnce) {  // RT-3
  const Buffer client = plain_handshake();
  EXPECT_EQ(answer_to(client, 1), answer_to(client, client.size()));
  const Buffer flash = digest_handshake(8);
  EXPECT_EQ(answer_to(flash, 1), answer_to(flash, flash.size()));
}

TEST(Handshake, SignsItsAnswerToAClientThatSigned) {  // RT-2
  for (const std::size_t block : {std::size_t{8}, std::size_t{772}}) {
    const Buffer client = digest_handshake(block);
    bool digested = false;
    const Buffer answer = answer_to(client, client.size(), &digested);
    EXPECT_TRUE(digested);
    const base::View s1 = base::View(answer).subspan(1, 1536);
    const std::size_t offset = block + 4 + (s1[block] + s1[block + 1] + s1[block + 2] + s1[block + 3]) % 728U;
    const Digest digest = hmac_sha256(base::view_of(kServerKey), {s1.first(offset), s1.subspan(offset + 32)});
    EXPECT_TRUE(std::equal(digest.begin(), digest.end(), s1.begin() + static_cast<std::ptrdiff_t>(offset)));
    // S2 is C1 but for its last 32 bytes, so that a client which compares the front is content, too.
    EXPECT_TRUE(std::equal(client.begin() + 1, client.begin() + 1505, answer.begin() + 1537));
    EXPECT_FALSE(std::equal(client.begin() + 1505, client.begin() + 1537, answer.begin() + 3041));
  }
}

TEST(Handshake, EchoesAClientWhoseVersionPromisesADigestThatIsNotThere) {
  Buffer client = plain_handshake();
  client[5] = 9;
  bool digested = true;
  const Buffer answer = answer_to(client, 100, &digested);
  EXPECT_FALSE(digested);
  EXPECT_TRUE(std::equal(client.begin() + 1, client.begin() + 1537, answer.begin() + 1537));
}

TEST(Handshake, LeavesTheFirstChunksAlone) {  // RT-2
  Buffer client = plain_handshake();
  client.push_back(0x42);
  Handshake handshake(7);
  base::View rest(client);
  ASSERT_TRUE(handshake.feed(rest).ok());
  EXPECT_TRUE(handshake.done());
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0], 0x42);
}

TEST(Handshake, RefusesOtherVersions) {
  for (const auto& [first, code] : {std::pair<std::uint8_t, base::Code>{6, base::Code::kUnsupported},
                                    {'G', base::Code::kMalformed},
                                    {0x16, base::Code::kMalformed}}) {
    Handshake handshake(7);
    base::View bytes(&first, 1);
    const base::Status status = handshake.feed(bytes);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, code);
  }
}

TEST(Handshake, HoldsWhatItReceivedAndNoMore) {  // RT-41
  Handshake handshake(7);
  Buffer client = plain_handshake();
  base::View first = base::View(client).first(11);
  ASSERT_TRUE(handshake.feed(first).ok());
  EXPECT_LE(handshake.held(), 16U);
  base::View most = base::View(client).subspan(11, 1500);
  ASSERT_TRUE(handshake.feed(most).ok());
  EXPECT_LE(handshake.held(), 1536U);
}

}  // namespace
}  // namespace rtmp
