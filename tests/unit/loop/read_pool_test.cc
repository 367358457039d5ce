#include "loop/read_pool.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "loop/loop.h"

namespace loop {
namespace {

struct Reading : testing::Test {
  Reading() {
    std::string name = "/tmp/kickoff-read-XXXXXX";
    close(mkstemp(name.data()));
    path = std::make_shared<const std::string>(name);
    std::ofstream(name) << "0123456789";
  }
  ~Reading() override { unlink(path->c_str()); }

  /// What the loop is told of a read.
  std::string read(std::uint64_t offset, std::uint32_t size) {
    std::string told;
    pool.read(file, {path, offset, size}, mailbox.poster(), [&](base::Result<base::Bytes> bytes) {
      told = bytes.ok() ? std::string(bytes->text()) : "error " + bytes.error().what;
      loop.stop();
    });
    loop.run();
    return told;
  }

  Loop loop;
  Mailbox mailbox{loop};
  ReadPool pool{2};
  std::shared_ptr<ReadPool::File> file;
  std::shared_ptr<const std::string> path;
};

TEST_F(Reading, GivesTheBytesOfAPlaceOnTheLoop) {
  EXPECT_EQ(read(0, 10), "0123456789");
  EXPECT_EQ(read(3, 2), "34");
}

TEST_F(Reading, AFileStaysOpenForTheNextReadThoughItWasDeleted) {
  EXPECT_EQ(read(0, 1), "0");
  unlink(path->c_str());
  EXPECT_EQ(read(9, 1), "9");
}

TEST_F(Reading, AnotherPathIsAnotherFile) {
  EXPECT_EQ(read(0, 1), "0");
  path = std::make_shared<const std::string>(*path + ".none");
  EXPECT_TRUE(read(0, 1).starts_with("error /tmp/kickoff-read-")) << "there is none";
}

TEST_F(Reading, AFileThatEndsBeforeIsAnError) {
  EXPECT_EQ(read(8, 2), "89");
  EXPECT_EQ(read(8, 3), "error " + *path);
}

TEST_F(Reading, WhatIsReadForALoopThatHasGoneIsDropped) {
  bool told = false;
  Mailbox::Post post;
  {
    Mailbox gone(loop);
    post = gone.poster();
  }
  std::shared_ptr<ReadPool::File> own;  // a file is of one read at a time
  pool.read(own, {path, 0, 1}, post, [&](base::Result<base::Bytes>) { told = true; });
  EXPECT_EQ(read(1, 1), "1");
  EXPECT_FALSE(told);
}

TEST_F(Reading, ManyReadsAtOnceAreAllToldOf) {
  int left = 100;
  std::string all;
  std::vector<std::shared_ptr<ReadPool::File>> files(100);
  for (auto& each : files) {
    pool.read(each, {path, 5, 1}, mailbox.poster(), [&](base::Result<base::Bytes> bytes) {
      all += bytes->text();
      if (--left == 0) loop.stop();
    });
  }
  loop.run();
  EXPECT_EQ(all, std::string(100, '5'));
}

}  // namespace
}  // namespace loop
