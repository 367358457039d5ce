#include "tls/self_signed.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <set>
#include <string>

#include "base/regular_file.h"
#include "tls/owned.h"

namespace tls {
namespace {

class SelfSignedTest : public testing::Test {
 protected:
  ~SelfSignedTest() override { std::filesystem::remove_all(directory_); }

  CertificateFiles made() const { return self_signed_certificate(directory_).take(); }
  static std::string text_of(const std::string& path) { return base::read_regular_file(path).take(); }
  static Certificate certificate_of(const CertificateFiles& files) {
    const std::string pem = text_of(files.certificate);
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  }
  /// Signs it again with an end that many seconds from now.
  static void let_it_end_in(long seconds, const CertificateFiles& files) {
    const Certificate certificate = certificate_of(files);
    const std::string pem = text_of(files.key);
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds);
    ASSERT_NE(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    std::FILE* file = std::fopen(files.certificate.c_str(), "w");
    EXPECT_EQ(PEM_write_X509(file, certificate.get()), 1);
    std::fclose(file);
  }

  const std::string directory_ = testing::TempDir() + "kickoff-self-signed-" + std::to_string(getpid());
};

TEST_F(SelfSignedTest, IsForThisMachineAndSignedByItself) {
  const Certificate certificate = certificate_of(made());
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "::1", 0), 1);
  EXPECT_NE(X509_check_host(certificate.get(), "example.org", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())), 1);
}

TEST_F(SelfSignedTest, IsOneOfAServerAndOfNoAuthority) {
  const Certificate certificate = certificate_of(made());
  EXPECT_EQ(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0), 1);
  EXPECT_EQ(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_CLIENT, 0), 0);
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
}

TEST_F(SelfSignedTest, HasANumberOfItsOwnThatIsPositive) {
  std::set<std::string> numbers;
  for (int i = 0; i < 8; ++i) {
    std::filesystem::remove_all(directory_);
    const Certificate certificate = certificate_of(made());
    BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr);
    EXPECT_FALSE(BN_is_negative(number));
    EXPECT_LE(BN_num_bits(number), 127) << "a byte more with its sign";
    char* const digits = BN_bn2hex(number);
    numbers.insert(digits);
    OPENSSL_free(digits);
    BN_free(number);
  }
  EXPECT_EQ(numbers.size(), 8U) << "browsers refuse two certificates with one number";
}

TEST_F(SelfSignedTest, IsMadeAnewFromAMonthBeforeItsEndOn) {
  constexpr long kDay = 24 * 3600;
  let_it_end_in(31 * kDay, made());
  const std::string good = text_of(made().certificate);
  EXPECT_EQ(text_of(made().certificate), good);
  let_it_end_in(29 * kDay, made());
  const std::string ending = text_of(directory_ + "/tls-self-signed.crt");
  EXPECT_NE(text_of(made().certificate), ending);
}

TEST(AlternativeNames, HaveTheNameOfTheMachineWhereItIsOneOfDns) {
  constexpr const char* kAlways = "DNS:localhost,IP:127.0.0.1,IP:::1";
  EXPECT_EQ(alternative_names("edge-2.Example.org"), std::string(kAlways) + ",DNS:edge-2.Example.org");
  EXPECT_EQ(alternative_names("edge_2"), kAlways);
  EXPECT_EQ(alternative_names(""), kAlways);
  EXPECT_EQ(alternative_names("localhost"), kAlways) << "it is there already";
}

}  // namespace
}  // namespace tls
