#include "tls/credentials.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "base/regular_file.h"
#include "tls/context.h"
#include "tls/self_signed.h"

namespace tls {
namespace {

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() {
    std::filesystem::create_directories(directory_);
    ours_ = pair("ours");
    others_ = pair("others");
  }
  ~CredentialsTest() override { std::filesystem::remove_all(directory_); }

  CertificateFiles pair(const std::string& name) const {
    return self_signed_certificate(directory_ + "/" + name).take();
  }
  std::string written(const std::string& name, const std::string& text) const {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  static std::string content(const std::string& path) { return base::read_regular_file(path).take(); }
  /// The key of `plain` under a passphrase, in PKCS #8 or in the older form that has the cipher in its head.
  std::string encrypted(const std::string& plain, bool pkcs8) const {
    std::FILE* in = std::fopen(plain.c_str(), "r");
    EVP_PKEY* key = PEM_read_PrivateKey(in, nullptr, nullptr, nullptr);
    std::fclose(in);
    const std::string path = directory_ + "/encrypted.key";
    std::FILE* out = std::fopen(path.c_str(), "w");
    auto* words = reinterpret_cast<unsigned char*>(const_cast<char*>("secret"));
    BIO* bio = BIO_new_fp(out, BIO_NOCLOSE);
    const auto write = pkcs8 ? PEM_write_bio_PrivateKey : PEM_write_bio_PrivateKey_traditional;
    EXPECT_EQ(write(bio, key, EVP_aes_256_cbc(), words, 6, nullptr, nullptr), 1);
    BIO_free(bio);
    std::fclose(out);
    EVP_PKEY_free(key);
    return path;
  }
  /// Why a server would not take the two files; empty where it does.
  static std::string refusal_of(const std::string& certificate, const std::string& key) {
    Context::Options options;
    options.certificate_file = certificate;
    options.key_file = key;
    const auto made = Context::make(options);
    return made.ok() ? "" : made.error().what;
  }
  static std::size_t chain_length(const Credentials& credentials) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    EXPECT_TRUE(use_credentials(context, credentials).ok());
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get0_chain_certs(context, &chain);
    const int length = sk_X509_num(chain);
    SSL_CTX_free(context);
    return length < 0 ? 0 : static_cast<std::size_t>(length);
  }

  const std::string directory_ = testing::TempDir() + "kickoff-credentials-" + std::to_string(getpid());
  CertificateFiles ours_;
  CertificateFiles others_;
};

TEST_F(CredentialsTest, AreACertificateAndItsKey) { EXPECT_EQ(refusal_of(ours_.certificate, ours_.key), ""); }

TEST_F(CredentialsTest, MayHaveAChainBehindTheCertificate) {
  const std::string chain = content(ours_.certificate) + content(others_.certificate) + content(others_.certificate);
  EXPECT_EQ(chain_length({"", "", content(ours_.certificate), content(ours_.key)}), 0U);
  EXPECT_EQ(chain_length({"", "", chain, content(ours_.key)}), 2U);
}

TEST_F(CredentialsTest, MayStandInOneFile) {
  const std::string both = written("both.pem", content(ours_.key) + content(ours_.certificate));
  EXPECT_EQ(refusal_of(both, both), "");
}

TEST_F(CredentialsTest, AreReadOnceForAllThatIsMadeOfThem) {
  const Credentials credentials = Credentials::read(ours_.certificate, ours_.key).take();
  std::filesystem::copy_file(others_.key, ours_.key, std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(Context::make({}, credentials).ok()) << "a renewal that is half done changes nothing";
}

// OpenSSL asked for the passphrase at the terminal, on the thread of all channels.
TEST_F(CredentialsTest, AreRefusedWithoutAQuestionWhereTheKeyIsEncrypted) {
  for (const bool pkcs8 : {true, false}) {
    const std::string key = encrypted(ours_.key, pkcs8);
    EXPECT_EQ(refusal_of(ours_.certificate, key),
              key + " is an encrypted key, which is not supported; decrypt it: openssl pkey -in ENCRYPTED -out PLAIN");
  }
}

TEST_F(CredentialsTest, AreRefusedWhereTheKeyIsAnothers) {
  EXPECT_EQ(refusal_of(ours_.certificate, others_.key),
            others_.key + " is not the key of the certificate in " + ours_.certificate);
}

TEST_F(CredentialsTest, AreRefusedWhereAFileHoldsSomethingElse) {
  for (const char* text :
       {"", "\n", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    const std::string path = written("wrong.pem", text);
    EXPECT_TRUE(refusal_of(path, ours_.key).starts_with(path + " is no certificate in PEM: ")) << text;
    EXPECT_TRUE(refusal_of(ours_.certificate, path).starts_with(path + " is no private key in PEM: ")) << text;
  }
}

TEST_F(CredentialsTest, AreRefusedWithTheReasonThatOpenSslHas) {
  const std::string path = written("wrong.pem", "no certificate");
  EXPECT_EQ(refusal_of(path, ours_.key), path + " is no certificate in PEM: no start line");
}

TEST_F(CredentialsTest, AreRefusedWhereTheChainIsCutOrDamaged) {
  const std::string leaf = content(ours_.certificate);
  const std::string cut = written("cut.pem", leaf + leaf.substr(0, leaf.size() / 2));
  EXPECT_TRUE(refusal_of(cut, ours_.key).starts_with(cut + " is no certificate in PEM: "));
  const std::string damaged =
      written("damaged.pem", leaf + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_TRUE(refusal_of(damaged, ours_.key).starts_with(damaged + " is no certificate in PEM: "));
}

TEST_F(CredentialsTest, AreRefusedWhereAFileIsNoRegularOne) {
  const std::string pipe = directory_ + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(refusal_of(pipe, ours_.key), pipe + " is a pipe; it has to be a regular file");
  EXPECT_EQ(refusal_of(ours_.certificate, pipe), pipe + " is a pipe; it has to be a regular file");
  EXPECT_EQ(refusal_of(directory_, ours_.key), directory_ + " is a directory; it has to be a regular file");
}

TEST_F(CredentialsTest, TellFromWhenToWhenTheyAreGood) {
  Context::Options options;
  options.certificate_file = ours_.certificate;
  options.key_file = ours_.key;
  const Validity validity = Context::make(options).take()->validity();
  EXPECT_LE(validity.from, std::time(nullptr));
  EXPECT_NEAR(static_cast<double>(validity.until - validity.from), 397.0 * 24 * 3600 + 3600, 1);
}

// A start that was killed between the two files left a server that never started again.
TEST_F(CredentialsTest, ThatAreSelfSignedAreMadeAnewWhereTheyAreNoPair) {
  for (const std::string& damage : {content(others_.key), std::string("half"), std::string()}) {
    std::ofstream(ours_.key) << damage;
    const auto again = pair("ours");
    EXPECT_EQ(refusal_of(again.certificate, again.key), "");
  }
}

}  // namespace
}  // namespace tls
