#include "app/certificates.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace app {
namespace {

constexpr std::int64_t kDay = 24 * 3600;
constexpr tls::Validity kValidity{1'700'000'000, 1'700'000'000 + 90 * kDay};

TEST(CertificateWarning, IsNoneBetweenItsStartAndTwoWeeksBeforeItsEnd) {
  EXPECT_EQ(certificate_warning(kValidity, kValidity.from), "");
  EXPECT_EQ(certificate_warning(kValidity, kValidity.until - 14 * kDay), "");
}

TEST(CertificateWarning, TellsHowManyDaysAreLeft) {
  EXPECT_EQ(certificate_warning(kValidity, kValidity.until - 14 * kDay + 1),
            "expires in 13 days, at 2024-02-12T22:13:20.000Z: renew it, then send SIGHUP");
  EXPECT_EQ(certificate_warning(kValidity, kValidity.until - 1),
            "expires in 0 days, at 2024-02-12T22:13:20.000Z: renew it, then send SIGHUP");
}

TEST(CertificateWarning, TellsThatClientsRefuseItBeforeItsStartAndFromItsEndOn) {
  EXPECT_EQ(certificate_warning(kValidity, kValidity.from - 1),
            "is not valid before 2023-11-14T22:13:20.000Z: clients refuse it");
  EXPECT_EQ(certificate_warning(kValidity, kValidity.until), "expired at 2024-02-12T22:13:20.000Z: clients refuse it");
}

class CertificatesTest : public ::testing::Test {
 protected:
  CertificatesTest() { config_.state_directory = directory_; }
  ~CertificatesTest() override { std::filesystem::remove_all(directory_); }

  const std::string directory_ = ::testing::TempDir() + "kickoff-certificates-" + std::to_string(getpid());
  config::Config config_;
};

TEST_F(CertificatesTest, AreTheSelfSignedOneUnlessTheConfigurationNamesOne) {
  const Certificates own = load_certificates(config_, nullptr).take();
  EXPECT_EQ(own.name, directory_ + "/tls-self-signed.crt");
  config_.http.certificate = own.name;
  config_.http.key = directory_ + "/tls-self-signed.key";
  config_.state_directory = "/nowhere";
  EXPECT_EQ(load_certificates(config_, nullptr).take().name, own.name);
}

TEST_F(CertificatesTest, AreOneCertificateForHttpsAndRtmps) {
  const Certificates certificates = load_certificates(config_, nullptr).take();
  EXPECT_EQ(certificates.https->validity().until, certificates.rtmps->validity().until);
  EXPECT_NE(certificates.https->alpn_wire(), "");
  EXPECT_EQ(certificates.rtmps->alpn_wire(), "") << "RTMPS has no protocol to agree on";
}

TEST_F(CertificatesTest, NameTheFileThatIsMissing) {
  config_.http.certificate = "/nowhere/a.pem";
  config_.http.key = "/nowhere/b.pem";
  EXPECT_EQ(load_certificates(config_, nullptr).error().what,
            "/nowhere/a.pem cannot be read: No such file or directory");
}

}  // namespace
}  // namespace app
