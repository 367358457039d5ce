#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "client/transport.h"
#include "s3/address.h"
#include "s3/credentials.h"

namespace s3 {

struct Object {
  std::string name;  ///< its key is the address' prefix and this
  base::Bytes body;
  std::string content_type;
  std::string cache_control;
};

/// Why something was not done. Names are values of a metric's label.
enum class Reason : std::uint8_t {
  kNetwork,      ///< no answer
  kCredentials,  ///< there are no keys
  kDenied,       ///< the keys are unknown, wrong, expired or not allowed to
  kClock,        ///< the time of the request is too far from the server's
  kSlowDown,     ///< the server asks for fewer requests
  kServer,       ///< 5xx
  kBucket,       ///< there is no such bucket
  kOther,
};
inline constexpr std::size_t kReasons = static_cast<std::size_t>(Reason::kOther) + 1;
std::string_view to_string(Reason reason);

struct Failure {
  Reason reason = Reason::kOther;
  std::string text;  ///< for people: status, code and message of the answer
};

/// What takes objects.
class Store {
 public:
  virtual ~Store() = default;
  /// Puts objects, several at a time, and waits. Returns for each why it was not put; nothing: it was.
  virtual std::vector<std::optional<Failure>> put(const std::vector<Object>& objects) = 0;
};

/// A bucket of S3. Every request is signed with the hash of its body; none is tried twice, but the next one after a
/// clock difference was found has the server's time. Thread: one, that waits.
class Bucket final : public Store {
 public:
  /// Larger objects are put in parts.
  static constexpr std::size_t kMostWhole = std::size_t{16} << 20;
  static constexpr std::size_t kPart = std::size_t{8} << 20;

  /// All outlive this.
  Bucket(Address address, Credentials& credentials, client::Transport& transport, const base::Clock& clock)
      : address_(std::move(address)), credentials_(credentials), transport_(transport), clock_(clock) {}

  std::vector<std::optional<Failure>> put(const std::vector<Object>& objects) override;

  struct Listed {
    std::string name;  ///< as Object::name
    std::uint64_t size = 0;
    std::string etag = {};  ///< without its quotes: the MD5 of the bytes in hexadecimal, or anything else
  };
  /// All objects whose names begin with `start`, in order; `after`: of them those that follow this name.
  base::Result<std::vector<Listed>> list(const std::string& start, const std::string& after = "");
  /// An object with its bytes and its headers. Errors: kNotFound, kSystem, kDenied.
  base::Result<Object> get(const std::string& name);

  const Address& address() const { return address_; }
  /// What is added to the clock for requests. Units: µs.
  base::Micros clock_difference() const { return difference_; }

 private:
  struct Call;

  client::Request sign(const Call& call, const Keys& keys) const;
  std::vector<client::Answer> perform(const std::vector<Call>& calls, const Keys& keys);
  std::optional<Failure> put_in_parts(const Object& object, const Keys& keys);
  base::Result<client::Answer> ask(const Call& call);
  Failure failure_of(const client::Answer& answer);

  const Address address_;
  Credentials& credentials_;
  client::Transport& transport_;
  const base::Clock& clock_;
  base::Micros difference_ = 0;
};

/// UTC of the header Date of an answer ("Fri, 24 May 2013 00:00:00 GMT"); nothing where it is none.
std::optional<base::Micros> parse_http_date(std::string_view text);

}  // namespace s3
