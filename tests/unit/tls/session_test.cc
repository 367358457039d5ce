#include "tls/session.h"

#include <gtest/gtest.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "tls/self_signed.h"
#include "tls_client.h"

namespace {

using tls::Context;
using tls::Failure;
using tls::Session;
using tls_test::Client;
using tls_test::converse;

const std::string kH2AndHttp1("\x02h2\x08http/1.1");

class Tls : public testing::Test {
 protected:
  Tls() {
    char path[] = "/tmp/kickoff-tls-XXXXXX";
    directory_ = mkdtemp(path);
  }
  ~Tls() override { std::filesystem::remove_all(directory_); }

  std::shared_ptr<const Context> context(Context::Options options = {}) {
    options.state_directory = directory_;
    auto made = Context::make(options);
    EXPECT_TRUE(made.ok()) << made.error().message();
    return made.take();
  }
  std::unique_ptr<Session> session(const std::shared_ptr<const Context>& context) {
    return Session::accept(context).take();
  }

  std::string directory_;
};

TEST_F(Tls, AgreesOnTheProtocolTheServerPrefers) {
  Client client(std::string("\x08http/1.1\x02h2"));
  auto server = session(context());
  Session::Buffer plain;
  ASSERT_TRUE(converse(client, *server, plain).ok());
  EXPECT_TRUE(server->established());
  EXPECT_EQ(server->alpn(), "h2");
  EXPECT_EQ(server->version(), "TLSv1.3");
  EXPECT_FALSE(server->resumed());
}

TEST_F(Tls, TakesAClientWithoutAlpn) {
  Client client("", TLS1_2_VERSION);
  auto server = session(context());
  Session::Buffer plain;
  ASSERT_TRUE(converse(client, *server, plain).ok());
  EXPECT_EQ(server->alpn(), "");
  EXPECT_EQ(server->version(), "TLSv1.2");
}

TEST_F(Tls, OffersOnlyProtocolsThatFitOnTheWire) {
  const auto offered = [this](const std::string& protocol) {
    Context::Options options;
    options.state_directory = directory_;
    options.alpn = {"h2", protocol};
    return Context::make(options).ok();
  };
  EXPECT_TRUE(offered(std::string(255, 'p')));
  EXPECT_FALSE(offered(std::string(256, 'p'))) << "its length is one byte";
  EXPECT_FALSE(offered(""));
}

TEST_F(Tls, ByteByByteEqualsAtOnce) {
  const auto shared = context();
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    Client client(kH2AndHttp1);
    auto server = session(shared);
    Session::Buffer plain;
    ASSERT_TRUE(converse(client, *server, plain, step).ok());
    client.say("GET / HTTP/1.1\r\n");
    client.say(std::string(40000, 'x'));
    ASSERT_TRUE(converse(client, *server, plain, step).ok());
    EXPECT_EQ(base::text_of(plain), "GET / HTTP/1.1\r\n" + std::string(40000, 'x')) << "step " << step;
  }
}

TEST_F(Tls, GathersSlicesIntoFullRecords) {
  Client client;
  auto server = session(context());
  Session::Buffer plain;
  Session::Buffer encrypted;
  ASSERT_TRUE(converse(client, *server, plain).ok());
  client.hear();
  const base::Bytes slices[] = {base::Bytes::copy_of("head"), base::Bytes::copy_of(std::string(100000, 'a')),
                                base::Bytes::copy_of(""), base::Bytes::copy_of("tail")};
  ASSERT_TRUE(server->write(slices, encrypted).ok());
  std::size_t records = 0;
  for (std::size_t at = 0; at + 5 <= encrypted.size(); ++records)
    at += 5 + (static_cast<std::size_t>(encrypted[at + 3]) << 8 | encrypted[at + 4]);
  EXPECT_EQ(records, 7u);  // ceil(100,008 / 16,384)
  client.give(encrypted);
  EXPECT_EQ(client.hear(), "head" + std::string(100000, 'a') + "tail");
}

TEST_F(Tls, SendsEachByteOfALargeSliceOnce) {
  Client client;
  auto server = session(context());
  Session::Buffer plain;
  Session::Buffer encrypted;
  ASSERT_TRUE(converse(client, *server, plain).ok());
  client.hear();
  std::string large(std::size_t{3} << 20, 'a');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i / 1000 % 26);
  const base::Bytes slices[] = {base::Bytes::copy_of(large)};
  ASSERT_TRUE(server->write(slices, encrypted).ok());
  client.give(encrypted);
  EXPECT_TRUE(client.hear() == large);
}

TEST_F(Tls, ResumesOnAnotherContextWithTheSameTicketKeys) {
  const auto keys = tls::TicketKeys::make().take();
  Context::Options options;
  options.ticket_keys = keys;
  Session::Buffer plain;
  Client first;
  SSL_CTX_set_session_cache_mode(first.context(), SSL_SESS_CACHE_CLIENT);
  auto server = session(context(options));
  ASSERT_TRUE(converse(first, *server, plain).ok());
  first.hear();  // the ticket comes after the handshake
  SSL_SESSION* ticket = SSL_get1_session(first.ssl());
  EXPECT_EQ(SSL_SESSION_get_ticket_lifetime_hint(ticket), 2UL * 3600);

  Client second;
  SSL_set_session(second.ssl(), ticket);
  auto reloaded = session(context(options));
  ASSERT_TRUE(converse(second, *reloaded, plain).ok());
  EXPECT_TRUE(reloaded->resumed());

  Client third;
  SSL_set_session(third.ssl(), ticket);
  auto stranger = session(context());
  ASSERT_TRUE(converse(third, *stranger, plain).ok());
  EXPECT_FALSE(stranger->resumed());
  SSL_SESSION_free(ticket);
}

TEST_F(Tls, CountsFailuresByKind) {
  const auto shared = context();
  Session::Buffer plain;
  Session::Buffer encrypted;

  auto http = session(shared);
  EXPECT_FALSE(http->feed(base::view_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), plain, encrypted).ok());
  EXPECT_EQ(http->failure(), Failure::kNotTls);
  EXPECT_FALSE(http->feed(base::view_of("x"), plain, encrypted).ok());

  Client old("", TLS1_1_VERSION);
  auto versions = session(shared);
  EXPECT_FALSE(converse(old, *versions, plain).ok());
  EXPECT_EQ(versions->failure(), Failure::kVersion);

  Client weak("", TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(weak.context(), "AES256-SHA");
  SSL_set_cipher_list(weak.ssl(), "AES256-SHA");
  auto ciphers = session(shared);
  EXPECT_FALSE(converse(weak, *ciphers, plain).ok());
  EXPECT_EQ(ciphers->failure(), Failure::kCipher);

  Client other(
      std::string("\x03"
                  "foo"));
  auto protocols = session(shared);
  EXPECT_FALSE(converse(other, *protocols, plain).ok());
  EXPECT_EQ(protocols->failure(), Failure::kAlpn);

  Client strict;
  SSL_set_verify(strict.ssl(), SSL_VERIFY_PEER, nullptr);  // knows no authority that signed ours
  auto distrusted = session(shared);
  EXPECT_FALSE(converse(strict, *distrusted, plain).ok());
  EXPECT_EQ(distrusted->failure(), Failure::kPeerAlert);
  EXPECT_TRUE(plain.empty());
}

TEST_F(Tls, SaysAndHearsCloseNotify) {
  Client client;
  auto server = session(context());
  Session::Buffer plain;
  Session::Buffer encrypted;
  ASSERT_TRUE(converse(client, *server, plain).ok());
  client.hear();
  SSL_shutdown(client.ssl());
  ASSERT_TRUE(server->feed(client.take(), plain, encrypted).ok());
  EXPECT_TRUE(server->peer_closed());
  server->close(encrypted);
  client.give(encrypted);
  client.hear();
  EXPECT_NE(SSL_get_shutdown(client.ssl()) & SSL_RECEIVED_SHUTDOWN, 0);
}

TEST_F(Tls, KeepsTheSelfSignedCertificateForTheNextStart) {
  const auto files = tls::self_signed_certificate(directory_).take();
  struct stat before{};
  ASSERT_EQ(stat(files.certificate.c_str(), &before), 0);
  struct stat key{};
  ASSERT_EQ(stat(files.key.c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777, 0600u);
  ASSERT_TRUE(tls::self_signed_certificate(directory_).ok());
  struct stat after{};
  ASSERT_EQ(stat(files.certificate.c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_GT(context()->validity().until, std::time(nullptr) + 300 * 24 * 3600);
}

TEST_F(Tls, SignsForLocalhostByNameAndAddress) {
  Client client;
  auto server = session(context());
  Session::Buffer plain;
  ASSERT_TRUE(converse(client, *server, plain).ok());
  X509* leaf = SSL_get1_peer_certificate(client.ssl());
  ASSERT_NE(leaf, nullptr);
  EXPECT_EQ(X509_check_host(leaf, "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf, "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf, "::1", 0), 1);
  EXPECT_EQ(X509_check_host(leaf, "example.com", 0, 0, nullptr), 0);
  X509_free(leaf);
}

TEST_F(Tls, RefusesFilesThatAreMissingOrDoNotBelongTogether) {
  Context::Options options;
  options.certificate_file = directory_ + "/none.crt";
  EXPECT_FALSE(Context::make(options).ok());
  options.key_file = directory_ + "/none.key";
  const auto missing = Context::make(options);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().what.find("none.crt"), std::string::npos);

  const auto ours = tls::self_signed_certificate(directory_).take();
  const auto others = tls::self_signed_certificate(directory_ + "/other").take();
  options.certificate_file = ours.certificate;
  options.key_file = others.key;
  EXPECT_FALSE(Context::make(options).ok());
}

}  // namespace
