#include "crypto/public_key.h"

#include <gtest/gtest.h>

#include <string>

#include "base/base64.h"

namespace crypto {
namespace {

// Made by openssl(1), not by what is tested:
//   openssl ecparam -name prime256v1 -genkey -noout -out k; openssl pkey -in k -pubout
//   printf hello | openssl dgst -sha1 -sign k | base64
constexpr const char* kEc =
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuMrE/VUcE/a+EBPeyVWq2pM6D1nC\n6KuM2K"
    "6JDiiKn2POy9RHA6fOkh0edOXRMM1RmKY8MVd0drT2IitAudwvqg==\n-----END PUBLIC KEY-----\n";

constexpr const char* kRsa =
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzhoZIrqmtnz73Y6eKkjh\nZf1iyS"
    "5scrrIlWeXwgfwnf7a9HR8/IZ+f78EEAZa/XrEvKSCtoLucILF8EAmZW9Z\nySopigW47HQ1kCnBX7atNyOEB9hm3OndcaJFKLuU"
    "NZ9YtlIxpUxSSM98gObAi2Hk\nhsHwWBCrzy4M2BrypVsTbn8VuyUSMphyc+Um70m+0YacYlDUMQS3BC/MQTLY2qXn\nDKnXljKG"
    "BUN5w+VW1KHJrcw4xjYLPvu2u46nj7/9ByDg4ahLNOvSGjtp5z2xqq1d\nh+S1l3UW4w0zh1BcORC68L2YT1/8Z21pmFgjl9dMSX"
    "lcMTgcH3uR75Mirl3zHL4q\ndwIDAQAB\n-----END PUBLIC KEY-----\n";

constexpr const char* kRsa2047 =
    "-----BEGIN PUBLIC KEY-----\nMIIBITANBgkqhkiG9w0BAQEFAAOCAQ4AMIIBCQKCAQBhz85/X/q57ET+QxpeXI71\nVlVii3"
    "KEaVJ2M+TjZMEcVt29QXZFvm2B8x3WypIvth+2z5qAjQOCIPYp7N/b+9o/\ng0QIpkmA6iKroFYtbSpazzuwi9eQhrg+M56P57cJ"
    "hhFEzSqVrxAqRymtR5DXcblf\nbdRUZ8+UMJiYldF8EcTNXpiuCD1rkfrPpFYPyyLqPS52Pt/ZugZwy2qecKFNXF1z\nbZzXD/b0"
    "6g6S6LQsGILF4JHSEzZGz+PTuduHFXjj1DLMrJHveMaDydTWiriKUE3a\nW3ki/ZQup6tFeJ1ztagZnzlED9tFlLXPBa1cezlt/+"
    "jxk0Mal780G0bHWQNopPdF\nAgMBAAE=\n-----END PUBLIC KEY-----\n";

constexpr const char* kOtherCurve =
    "-----BEGIN PUBLIC KEY-----\nMFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEfUP+7It9iqDGD/iE+SM4WkUlxlNhQQD1\n6ma0c5"
    "FAjw0bNI6+gGL+KtOsl/0JJKfWL9wZdgMNiqMkO1RUYli8MA==\n-----END PUBLIC KEY-----\n";

constexpr const char* kEd25519 =
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAzRNQ1hTcideLr2fpD5CyO4lzZu+YI0DTQkTxIUJK+7w=\n-----END P"
    "UBLIC KEY-----\n";

constexpr const char* kEcSha1 =
    "MEUCIQDFGRdFJMWP5fzok0YqP0auQx6Y/1vMtmgs59p8a8GpXQIgUab3L79KQ9iroLI4iKN3PKjkrf/ISZ9RomNeba9oCWQ=";

constexpr const char* kEcSha256 =
    "MEYCIQC0lO/3LkIKNuiHtoFVMFykeSuDnhiX8bTT2HKmYI78HAIhAMKZbZ1G+0B5MFZenv5R2BW26zCKjHL/4PkoCNmLmRBW";

constexpr const char* kRsaSha1 =
    "XyZxEQna1e0c97AVdBXsIFxxV10nIeu5Ec3Au3IVpwqPRcjx+S4MWq0tyZ0jEKoUAldBPMSnI9tmYnZJ0frh1syyswsUaU7rrFIJ"
    "/eic8pDkx8ZSYhRhilmNWLn3zxZReixYlhX6FnR/8hiVzkjGgnf8FkSGvu/bNRNZx0k5XsLoChSGE+/MQs9VlKhi+kOZWbnmrWzb"
    "11pWA/s+vjLMfAMghcJuB2kIFXxo9hMPrkY9ulJhaBXa61Uc2DWVNRi/kErupA/x92v6L7nc5pwGyTx5D2/r6h4l179kKGu/SH5A"
    "vgjNvbXG2VJtoTCdHuQV+T2WOmLZWQY06GVqQ7s8mA==";

constexpr const char* kRsaSha256 =
    "CiH6BC5oirCRbkDs+YfwNpoaP7sT2jycoCh8G0aKdkPlefjmE77f1LWa5gH/08WirYoqPbMS/92pIx/zdxUfLWCCIso0qD10Mrpm"
    "imXDqoa+ZcuukK1EADcIZY+3hv/MSkTkFKzB+gRT6/VsKFFA5dVBb8aeKMtyB56gg4Far4JS/u6+l78xbSCKVGD+wUczLQl96Oo2"
    "RROZEMBwdSMUfE/S0091EsF5haZGwllIlmIR/xB73M0OYnFNXhYeg2vofxlAK+boR4+u4alIg2mvBsxn3IGYIe/H3tjy6hEu22UG"
    "St7rMgG6fXjbWcEkNgTwPdONlmgExfZobGM6+mCxvQ==";

bool has_signed(const char* pem, const char* signature, SignatureHash hash, std::string_view message = "hello") {
  const auto key = PublicKey::parse(pem);
  return key.ok() && key->has_signed(base::view_of(message), base::base64_decoded(signature).value(), hash);
}
std::string fault_of(std::string_view pem) {
  const auto key = PublicKey::parse(pem);
  return key.ok() ? "none" : std::string(base::to_string(key.error().code));
}

TEST(PublicKey, KnowsWhatItsOwnerHasSigned) {
  EXPECT_TRUE(has_signed(kEc, kEcSha1, SignatureHash::kSha1));
  EXPECT_TRUE(has_signed(kEc, kEcSha256, SignatureHash::kSha256));
  EXPECT_TRUE(has_signed(kRsa, kRsaSha1, SignatureHash::kSha1));
  EXPECT_TRUE(has_signed(kRsa, kRsaSha256, SignatureHash::kSha256));
}

TEST(PublicKey, DoesNotTakeAnotherMessageHashOrKey) {
  for (const auto& [pem, signature] : {std::pair(kEc, kEcSha1), std::pair(kRsa, kRsaSha1)}) {
    EXPECT_FALSE(has_signed(pem, signature, SignatureHash::kSha1, "hellp"));
    EXPECT_FALSE(has_signed(pem, signature, SignatureHash::kSha1, ""));
    EXPECT_FALSE(has_signed(pem, signature, SignatureHash::kSha256));
  }
  EXPECT_FALSE(has_signed(kEc, kRsaSha1, SignatureHash::kSha1));
  EXPECT_FALSE(has_signed(kRsa, kEcSha1, SignatureHash::kSha1));
  EXPECT_FALSE(has_signed(kRsa, "", SignatureHash::kSha1));
}

TEST(PublicKey, DoesNotTakeASignatureWithOneByteChangedOrMissing) {
  const auto key = PublicKey::parse(kRsa);
  ASSERT_TRUE(key.ok());
  const auto whole = base::base64_decoded(kRsaSha1).value();
  for (std::size_t i = 0; i < whole.size(); i += 17) {
    auto changed = whole;
    changed[i] ^= 1;
    EXPECT_FALSE(key->has_signed(base::view_of("hello"), changed, SignatureHash::kSha1));
  }
  EXPECT_FALSE(key->has_signed(base::view_of("hello"), base::View(whole).first(255), SignatureHash::kSha1));
}

TEST(PublicKey, IsRsaOf2048BitsOrOnP256) {
  EXPECT_EQ(fault_of(kRsa), "none");
  EXPECT_EQ(fault_of(kEc), "none");
  EXPECT_EQ(fault_of(kRsa2047), "unsupported");
  EXPECT_EQ(fault_of(kOtherCurve), "unsupported");
  EXPECT_EQ(fault_of(kEd25519), "unsupported");
}

TEST(PublicKey, IsNoPrivateOneAndNothingElse) {
  EXPECT_EQ(fault_of("-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n"), "unsupported");
  EXPECT_EQ(fault_of("-----BEGIN EC PRIVATE KEY-----\n"), "unsupported");
  EXPECT_EQ(fault_of(""), "malformed");
  EXPECT_EQ(fault_of("no key"), "malformed");
  EXPECT_EQ(fault_of(std::string(kRsa).substr(0, 200)), "malformed");
}

}  // namespace
}  // namespace crypto
