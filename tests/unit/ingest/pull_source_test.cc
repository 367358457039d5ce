#include "ingest/pull_source.h"

#include <gtest/gtest.h>

namespace ingest {
namespace {

using Kind = PullSource::Kind;

PullSource good(const std::string& url) {
  const auto parsed = parse_pull_source(url);
  if (parsed.ok()) return *parsed;
  ADD_FAILURE() << url << ": " << parsed.error().what;
  return {};
}

std::string fault(const std::string& url) {
  const auto parsed = parse_pull_source(url);
  return parsed.ok() ? "none" : parsed.error().what;
}

bool says(const std::string& url, const std::string& words) { return fault(url).find(words) != std::string::npos; }

TEST(PullSource, OfSrtHasWhatFfmpegAndSrtLiveTransmitHave) {
  const PullSource source =
      good("srt://encoder.example.com:7001?mode=caller&streamid=match&passphrase=0123456789&pbkeylen=32&latency=200");
  EXPECT_EQ(source.kind, Kind::kSrt);
  EXPECT_EQ(source.host, "encoder.example.com");
  EXPECT_EQ(source.port, 7001);
  EXPECT_EQ(source.stream_id, "match");
  EXPECT_EQ(source.passphrase, "0123456789");
  EXPECT_EQ(source.key_length, 32);
  EXPECT_EQ(source.latency, 200 * base::kMillisecond);
  EXPECT_EQ(source.protocol(), "srt-caller");
}

TEST(PullSource, NeedsNoMoreThanHostAndPort) {
  const PullSource source = good("srt://192.0.2.7:7001");
  EXPECT_TRUE(source.stream_id.empty() && source.passphrase.empty());
  EXPECT_EQ(source.latency, 0);
  EXPECT_EQ(good("srt://192.0.2.7:7001/?"), source);
  EXPECT_EQ(good("srt://[2001:db8::1]:7001").host, "2001:db8::1");
}

TEST(PullSource, DecodesValues) {
  EXPECT_EQ(good("srt://h:1?streamid=%23!::r=live/match,m=request").stream_id, "#!::r=live/match,m=request");
  EXPECT_EQ(good("srt://h:1?streamid=#!::r=a,s=b").stream_id, "#!::r=a,s=b");
  EXPECT_EQ(good("srt://h:1?passphrase=a%26b%25c%3D3456+7").passphrase, "a&b%c=3456+7");
  EXPECT_TRUE(says("srt://h:1?passphrase=100%25sure%", "write %25"));
  EXPECT_TRUE(says("srt://h:1?passphrase=0123456789%4", "write %25"));
}

TEST(PullSource, OfUdpIsAnAddressOfThisMachineOrAGroup) {
  const PullSource any = good("udp://0.0.0.0:5000");
  EXPECT_EQ(any.kind, Kind::kUdp);
  EXPECT_FALSE(any.multicast());
  EXPECT_EQ(good("udp://:5000"), any);
  const PullSource group = good("rtp://@239.1.2.3:5000?localaddr=eth1&sources=192.0.2.1,192.0.2.2");
  EXPECT_EQ(group.kind, Kind::kRtp);
  EXPECT_TRUE(group.multicast());
  EXPECT_EQ(group.interface, "eth1");
  EXPECT_EQ(group.sources, (std::vector<std::string>{"192.0.2.1", "192.0.2.2"}));
  EXPECT_TRUE(good("udp://[ff05::1]:5000").multicast());
}

TEST(PullSource, RefusesWhatCannotWork) {
  EXPECT_TRUE(says("rtsp://h:1", "srt://, udp:// or rtp://"));
  EXPECT_TRUE(says("", "srt://, udp:// or rtp://"));
  EXPECT_TRUE(says("srt://h", "a port from 1 to 65535"));
  EXPECT_TRUE(says("srt://h:0", "a port from 1 to 65535"));
  EXPECT_TRUE(says("srt://h:65536", "a port from 1 to 65535"));
  EXPECT_TRUE(says("srt://h:70x", "a port from 1 to 65535"));
  EXPECT_TRUE(says("srt://2001:db8::1:7001", "port"));
  EXPECT_TRUE(says("srt://user@h:7001", "no name and no address"));
  EXPECT_TRUE(says("srt://h h:7001", "no name and no address"));
  EXPECT_TRUE(says("srt://:7001", "needs the host"));
  EXPECT_TRUE(says("srt://[::1:7001", "port")) << fault("srt://[::1:7001");
  EXPECT_TRUE(says("srt://[::1]x:7001", "[ADDRESS]:PORT"));
  EXPECT_TRUE(says("srt://h:1?mode=listener", "the server calls"));
  EXPECT_TRUE(says("srt://h:1?mode=rendezvous", "the server calls"));
  EXPECT_TRUE(says("srt://h:1?latency=200000", "microseconds"));
  EXPECT_TRUE(says("srt://h:1?pbkeylen=20&passphrase=0123456789", "16, 24 or 32"));
  EXPECT_TRUE(says("srt://h:1?pbkeylen=16", "needs a passphrase"));
  EXPECT_TRUE(says("srt://h:1?streamid=" + std::string(513, 'x'), "512 bytes"));
  EXPECT_TRUE(says("udp://encoder:5000", "IP address"));
  EXPECT_TRUE(says("udp://0.0.0.0:5000?localaddr=eth1", "is none"));
  EXPECT_TRUE(says("udp://239.1.2.3:5000?sources=a,b", "sources has to be"));
  EXPECT_TRUE(says("udp://239.1.2.3:5000?sources=192.0.2.1,", "sources has to be"));
}

TEST(PullSource, NamesTheKeysThatItKnows) {
  EXPECT_TRUE(says("srt://h:1?rcvlatency=5", "latency, mode, passphrase, pbkeylen, streamid"));
  EXPECT_TRUE(says("udp://:1?passphrase=0123456789", "localaddr, sources"));
  EXPECT_TRUE(says("srt://h:1?latency=20&latency=30", "repeated"));
}

TEST(PullSource, TellsNoSecret) {
  for (const char* url : {"srt://h:1?passphrase=TopSecret", "srt://h:1?passphrase=TopSecret99%",
                          "srt://h:1?passphrase=0123456789&TopSecret&latency=1", "srt://h:1?TopSecret=1",
                          "srt://h:1?pbkeylen=TopSecret", "srt://h:1?latency=TopSecret", "srt://TopSecret"}) {
    EXPECT_NE(fault(url), "none") << url;
    EXPECT_EQ(fault(url).find("TopSecret"), std::string::npos) << fault(url);
  }
  EXPECT_EQ(good("srt://h:1?passphrase=0123456789&streamid=key").place(), "srt://h:1");
  EXPECT_EQ(good("srt://[2001:db8::1]:7?streamid=key").place(), "srt://[2001:db8::1]:7");
  EXPECT_EQ(good("rtp://239.1.2.3:5?localaddr=lo").place(), "rtp://239.1.2.3:5");
}

}  // namespace
}  // namespace ingest
