#include "captions/service.h"

#include <gtest/gtest.h>

namespace captions {
namespace {

TEST(Service, IsNamedAsInstreamIdNamesIt) {  // MV-13
  EXPECT_EQ(Service::line21(1).instream_id(), "CC1");
  EXPECT_EQ(Service::line21(4).instream_id(), "CC4");
  EXPECT_EQ(Service::digital(1).instream_id(), "SERVICE1");
  EXPECT_EQ(Service::digital(63).instream_id(), "SERVICE63");
}

TEST(Service, ParsesEveryNameOfItsOwn) {
  for (std::size_t i = 0; i < Service::kAll; ++i) {
    const Service service = Service::at(i);
    EXPECT_EQ(Service::parse(service.instream_id()), service);
    EXPECT_EQ(service.is_digital(), i >= 4);
  }
}

TEST(Service, ParsesNoOtherText) {
  for (const char* text : {"", "CC", "CC0", "CC5", "CC01", "CC1 ", "cc1", "SERVICE", "SERVICE0", "SERVICE64",
                           "SERVICE-1", "SERVICE+1", "SERVICE1x", "T1", "SERVICE99999999999"}) {
    EXPECT_FALSE(Service::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace captions
