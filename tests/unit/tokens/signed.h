#pragma once

namespace signed_test {

// Keys of Node, and signatures of Amazon's own signer, @aws-sdk/cloudfront-signer 3.1166.0, so that the judge is not
// what is tested: getSignedCookies({url: "https://live.example.com/live/match/*", dateLessThan: "2100-01-01T00:00:00Z",
// dateGreaterThan: "2020-01-01T00:00:00Z", ipAddress: "192.0.2.0/24", keyPairId, privateKey, algorithm}), and of canned
// policies getSignedUrl({url: "https://live.example.com/live/match/index.m3u8?view=vertical", dateLessThan, …}) and
// getSignedCookies({url: "https://live.example.com/live/match/index.m3u8", dateLessThan, …}).

inline constexpr const char* kRsaPem =
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsIyjaMqGNGLvSQQYb/Kq\nILMIYU"
    "R598P3pxDDEI/1inzabgs5F4Bp3IvmEZWqip5OPkgivBi0zlrMshnTajb0\n76nTuJZNHIv2Bxju2Pk7FaQZjWXuJxG1rYbk2GSA"
    "x8SuIk6zw6wYuDCtokrYI2F3\nxrTpIbm5vQr7jy2HMXiNAlPHNxmX7JZJFz3W/oVj6XNbCDXi3APgTYzIQvdJFKrD\n6akWn30V"
    "cjRRZ+DVApcf+NDSNs7PeWijA66rahpZ5axvvJ876x7r9/zSjKAV7wdv\ndwYzpmVznC/8v8QF9Jl+J72wCRBHEHf7KJk6wPKKAm"
    "1lorQznftnMr+nRxJpRYj+\n5wIDAQAB\n-----END PUBLIC KEY-----\n";

inline constexpr const char* kEcPem =
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKQo3zBMYPf+eTMBJnAmk34yqJ1+H\nZ6ey80"
    "vAnrplvq0Kjg/8F39WQWbPI57jlxholZLT2n0N75oEsLMP+ooYsQ==\n-----END PUBLIC KEY-----\n";

inline constexpr const char* kSmallRsaPem =
    "-----BEGIN PUBLIC KEY-----\nMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDZtcISLQelAnK/eJHnLnfpug/I\n9EfX71"
    "NBGDtG5kdAdTTqfXKOLQnvEDgzhWZnILSpQTy8FLuD4V5IULHTBdTLJ5uw\nXHgniSR93c+d5knLg1Pa7Zs0TlLzo6FKPb60YwXf"
    "ISoWtZ5AbFJlmi5SHT9sq6BV\npacvTyyQx6QLj4hfyQIDAQAB\n-----END PUBLIC KEY-----\n";

inline constexpr const char* kP384Pem =
    "-----BEGIN PUBLIC KEY-----\nMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEkyoT7CWnpYhbhcMDqSLYd2Vybk9fW6HC\nUiJR8W"
    "xiOtGdXeTfNQLJhbzNqwkyb/nQNa6NWCfnaq8CDZr5lomvs9TrrbbLened\nQddNYHfzeHprKepjkZa/3RAkjXlJH2Cq\n-----E"
    "ND PUBLIC KEY-----\n";

inline constexpr const char* kPolicy =
    "eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9saXZlLmV4YW1wbGUuY29tL2xpdmUvbWF0Y2gvKiIsIkNvbmRpdGlv"
    "biI6eyJEYXRlTGVzc1RoYW4iOnsiQVdTOkVwb2NoVGltZSI6NDEwMjQ0NDgwMH0sIkRhdGVHcmVhdGVyVGhhbiI6eyJBV1M6RXBv"
    "Y2hUaW1lIjoxNTc3ODM2ODAwfSwiSXBBZGRyZXNzIjp7IkFXUzpTb3VyY2VJcCI6IjE5Mi4wLjIuMC8yNCJ9fX1dfQ__";

inline constexpr const char* kRsaSha1 =
    "l5I~gRYrY8B677Qz0Vg-vpHCgjzLwYQ5S1I2udmIaTRUz~n3rQb9hEQ24NCh9L53iBNxFXaHbkSuh-XZ-zw9FwQZocrD58yGpWOw"
    "TxNbHljlBOwaOxjmG~kuFrBca612K1o0KHm3mxy3A5WtosqVtQCm~~rmPxBk9npTnH5boA03iO5pazhdiqFldPqEqFH2hZWGt6SR"
    "w0v9IkXlws3-uH24zlhqaPxJ5G55Yey9eHtQnYRI33l0UX1ryahocwmNpc7hF66wRZ8W8gdV0tc3CTpHp55xIulKMMTAg2F4yeIe"
    "R-d22O85BO5dUPqyh~n4jgSS9taAUjOE-XGSbK1u9Q__";

inline constexpr const char* kRsaSha256 =
    "DjNRdCQy3q3hNPKoUB6K9x~jFSaMHXoiw5SlHL7RsHWwACRU1zrT9jAv~ENxqkcnVShHPbYP6VxSSdi7T7tlT0azblfe338VTC0W"
    "qFGw-1Vqfhmab-E~jGZ5NBU13pg2D95dGEOXpMvuq8lf75jweafneSnaCoi~-AXS3e7xm-RLoZ2KUiXkf7ZkNia0gL6rcgNui49d"
    "ltT6B6u3nfb-VE83dSLZlt48fqp5tEJ6FttHw5ZTcLxa8PCaufSoRXlQN43ms-Xv0fgTMNyS12jCAK67qLALRnwXacnuG0AHY3Xk"
    "tU7lz0zCtF9U-5GblsMpQsl-dR-ce2WPMjNuOAtLvg__";

inline constexpr const char* kEcSha1 =
    "MEYCIQCiO4LB0qveY37qkjyeiKVS1FPOE794uHZXod5XssXc8wIhAO6D7PvkPlEkgL8WjIo8XQrzjOHjiEcXdyEg4KrWlYBc";

inline constexpr const char* kEcSha256 =
    "MEUCIFsw7~99tI3HgVkYQM9BYPl2STsz~BlWDS4e750I5wvYAiEAsyI6KLAWHUFuldwzpM44WGHpw6s4Kw50h2~aFNkVYXo_";

/// The query of the signed URL.
inline constexpr const char* kCannedQuery =
    "view=vertical&Expires=4102444800&Key-Pair-Id=KRSA&Signature=W8po47yqdE6MVpVZLpQJF0LvJxBJtX11-1lYRcns"
    "F1b7LN~C72GCaCt1f-UGsslqTyaeMi2KJOlUOvuOedKo5r6BNdEC5ezxq3bwPfwVxFq3KNVFDZx4PJnaBaP7~X-3TCn2uDa7wZ5o"
    "MhNotna40EcmYa3IXJv-Dwi6garHl1d-8tzAj7ZW241O1RxE29w2wwVVFr5ZM379D41G6gSlovCpAidxC-qE~zpsmEShGRdcuml5"
    "3ZSI~uRsEI8pfpR0ij4UHYicy3JdDp3ghSdVwe88R6RwqQ7f3WLN-Aq7~3zrhm9lSibCkZln7gJEV-osVEkdxV7cJ7-UEkiDRjyq"
    "nA__";

inline constexpr const char* kCannedCookie =
    "MEUCIQCZhbbUXV19-zttQeeNlpdIFOb~MxwKP73ZXNFdCum8gwIgNMQG8cmtI20pZ9hPgoGV5uZVabsavNnQtMii~ytLupQ_";

}  // namespace signed_test
