#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "authority.h"
#include "base/regular_file.h"
#include "tls/session.h"
#include "tls_client.h"

namespace {

using tls::CertificateFiles;
using tls::Context;
using tls::Failure;
using tls::Session;
using tls_test::Authority;
using tls_test::Client;
using tls_test::converse;

class ClientAuthority : public testing::Test {
 protected:
  ClientAuthority() { keys_ = tls::TicketKeys::make().take(); }
  ~ClientAuthority() override { std::filesystem::remove_all(directory_); }

  base::Result<std::shared_ptr<const Context>> make(const std::string& authority) const {
    Context::Options options;
    options.state_directory = directory_;
    options.client_authority_file = authority;
    options.ticket_keys = keys_;
    return Context::make(options);
  }
  static void show(Client& client, const CertificateFiles& pair) {
    ASSERT_EQ(SSL_use_certificate_file(client.ssl(), pair.certificate.c_str(), SSL_FILETYPE_PEM), 1);
    ASSERT_EQ(SSL_use_PrivateKey_file(client.ssl(), pair.key.c_str(), SSL_FILETYPE_PEM), 1);
  }
  static std::string content(const std::string& path) { return base::read_regular_file(path).take(); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ + "/" + name) << text;
    return directory_ + "/" + name;
  }

  static std::string make_directory() {
    char path[] = "/tmp/kickoff-authority-XXXXXX";
    return mkdtemp(path);
  }

  const std::string directory_ = make_directory();
  const Authority authority_{directory_, "authority"};
  const Authority other_{directory_, "other"};
  const CertificateFiles cdn_ = authority_.issue("cdn");
  const CertificateFiles stranger_ = other_.issue("stranger");
  std::shared_ptr<const tls::TicketKeys> keys_;
  Session::Buffer plain_;
};

TEST_F(ClientAuthority, CertifiesAClientThatShowsOneOfItsCertificates) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Client client("", version);
    show(client, cdn_);
    const auto server = Session::accept(make(authority_.file()).take()).take();
    ASSERT_TRUE(converse(client, *server, plain_).ok());
    EXPECT_TRUE(server->established());
    EXPECT_TRUE(server->peer_certified());
  }
}

TEST_F(ClientAuthority, TakesAClientWithoutOneUncertified) {
  Client client;
  const auto server = Session::accept(make(authority_.file()).take()).take();
  ASSERT_TRUE(converse(client, *server, plain_).ok());
  EXPECT_TRUE(server->established());
  EXPECT_FALSE(server->peer_certified());
}

TEST_F(ClientAuthority, EndsTheHandshakeOfAnothersCertificate) {
  Client client;
  show(client, stranger_);
  const auto server = Session::accept(make(authority_.file()).take()).take();
  EXPECT_FALSE(converse(client, *server, plain_).ok());
  EXPECT_EQ(server->failure(), Failure::kClient);
  EXPECT_EQ(tls::to_string(server->failure()), "client_certificate");
}

TEST_F(ClientAuthority, EndsTheHandshakeOfOneThatHasExpired) {
  Client client;
  show(client, authority_.issue("late", -1));
  const auto server = Session::accept(make(authority_.file()).take()).take();
  EXPECT_FALSE(converse(client, *server, plain_).ok());
  EXPECT_EQ(server->failure(), Failure::kClient);
}

TEST_F(ClientAuthority, AsksNobodyWhereThereIsNone) {
  Client client;
  show(client, cdn_);
  const auto server = Session::accept(make("").take()).take();
  ASSERT_TRUE(converse(client, *server, plain_).ok());
  EXPECT_FALSE(server->peer_certified());
}

TEST_F(ClientAuthority, MayBeSeveralInOneFile) {
  const std::string both = file("both.pem", content(other_.file()) + content(authority_.file()));
  for (const CertificateFiles& pair : {cdn_, stranger_}) {
    Client client;
    show(client, pair);
    const auto server = Session::accept(make(both).take()).take();
    ASSERT_TRUE(converse(client, *server, plain_).ok());
    EXPECT_TRUE(server->peer_certified());
  }
}

TEST_F(ClientAuthority, IsRememberedByASessionThatIsResumedAndForgottenWithTheAuthority) {
  const auto shared = make(authority_.file()).take();
  Client first;
  SSL_CTX_set_session_cache_mode(first.context(), SSL_SESS_CACHE_CLIENT);
  show(first, cdn_);
  const auto server = Session::accept(shared).take();
  ASSERT_TRUE(converse(first, *server, plain_).ok());
  first.hear();  // the ticket comes after the handshake
  SSL_SESSION* ticket = SSL_get1_session(first.ssl());

  Client again;
  SSL_set_session(again.ssl(), ticket);
  const auto resumed = Session::accept(shared).take();
  ASSERT_TRUE(converse(again, *resumed, plain_).ok());
  EXPECT_TRUE(resumed->resumed());
  EXPECT_TRUE(resumed->peer_certified());

  // The same ticket keys, after a reload that names another authority.
  Client late;
  SSL_set_session(late.ssl(), ticket);
  const auto reloaded = Session::accept(make(other_.file()).take()).take();
  ASSERT_TRUE(converse(late, *reloaded, plain_).ok());
  EXPECT_FALSE(reloaded->resumed());
  EXPECT_FALSE(reloaded->peer_certified());
  SSL_SESSION_free(ticket);
}

TEST_F(ClientAuthority, IsCheckedWithoutAServer) {
  EXPECT_TRUE(tls::check_client_authority(authority_.file()).ok());
  EXPECT_FALSE(tls::check_client_authority(cdn_.key).ok());
}

TEST_F(ClientAuthority, IsRefusedWithItsFileWhereItHoldsNoCertificate) {
  const auto refusal = [this](const std::string& path) {
    const auto made = make(path);
    return made.ok() ? "" : made.error().what;
  };
  EXPECT_NE(refusal(directory_ + "/absent.pem").find("absent.pem"), std::string::npos);
  EXPECT_NE(refusal(file("empty.pem", "\n")).find("empty.pem holds no certificates"), std::string::npos);
  EXPECT_NE(refusal(cdn_.key).find("holds no certificates"), std::string::npos);
  const std::string cut = content(authority_.file()).substr(0, 200);
  EXPECT_NE(refusal(file("cut.pem", cut)).find("holds no certificates"), std::string::npos);
}

}  // namespace
