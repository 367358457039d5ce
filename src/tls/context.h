#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "tls/credentials.h"

struct ssl_ctx_st;

namespace tls {

/// The key under which session tickets are sealed. One object for all loops and for every Context made after a
/// reload, so that a viewer resumes whichever loop it comes back to.
class TicketKeys {
 public:
  /// Fresh random keys. Errors: kSystem.
  static base::Result<std::shared_ptr<const TicketKeys>> make();

  static constexpr std::size_t kLength = 80;  ///< name 16, HMAC key 32, AES key 32: what OpenSSL 3.0 takes
  const std::array<std::uint8_t, kLength>& bytes() const { return bytes_; }

 private:
  std::array<std::uint8_t, kLength> bytes_{};
};

/// A certificate, its key and the rules of a TLS server: 1.2 and 1.3, forward secrecy only (LL-118).
/// Immutable: reloading a certificate is making a new Context; sessions keep the one they were accepted with.
/// Thread: any; one Context serves all loops.
class Context {
 public:
  struct Options {
    std::string certificate_file;  ///< PEM, leaf first, then its chain; empty: a self-signed one is used
    std::string key_file;          ///< PEM
    /// Where the self-signed certificate and its key are kept ("tls-self-signed.crt", "tls-self-signed.key").
    std::string state_directory = ".";
    /// Protocols offered, the preferred one first; empty: no ALPN (RTMPS). A client that offers ALPN and shares none
    /// of them is refused; one that offers none is taken.
    std::vector<std::string> alpn{"h2", "http/1.1"};
    /// PEM, one or more certificates: clients may show a certificate that one of these has signed. One who shows
    /// another is refused, one who shows none is not; see Session::peer_certified(). Empty: nobody is asked for one.
    std::string client_authority_file;
    /// Null: keys of this Context's own.
    std::shared_ptr<const TicketKeys> ticket_keys;
  };

  /// The certificate and the key that the options name, or the self-signed ones, made if there are none yet, and the
  /// clients' authority. Blocks on the disk. Errors: those of Credentials::read; kNotFound where one of two files is
  /// not named.
  static base::Result<Credentials> read_credentials(const Options& options);
  /// Of credentials that were read before, whatever files the options name.
  /// Errors: kMalformed or kUnsupported with the file's name, kSystem.
  static base::Result<std::shared_ptr<const Context>> make(const Options& options, const Credentials& credentials);
  /// Both in one. Blocks on the disk.
  static base::Result<std::shared_ptr<const Context>> make(const Options& options);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// When the certificate is good.
  const Validity& validity() const { return validity_; }
  ssl_ctx_st* handle() const { return handle_; }
  /// ALPN names as on the wire, each led by its length.
  const std::string& alpn_wire() const { return alpn_wire_; }

 private:
  explicit Context(ssl_ctx_st* handle) : handle_(handle) {}

  ssl_ctx_st* handle_;
  std::string alpn_wire_;
  Validity validity_;
};

}  // namespace tls
