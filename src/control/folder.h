#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/result.h"

namespace control {

/// Small files of one kind, by name. Every call waits for the disk. Thread: any, one change at a time.
class Files {
 public:
  virtual ~Files() = default;
  /// Every file there is, or why it cannot be read. No directory is no file.
  virtual base::Result<std::map<std::string, base::Result<std::string>>> read_all() = 0;
  /// kNotFound where there is none.
  virtual base::Result<std::string> read(const std::string& name) = 0;
  /// Once it returns a power cut does not undo it; after an error there is the old text, or the new one. A reader finds
  /// one or the other, never a part of one.
  virtual base::Status write(const std::string& name, const std::string& text) = 0;
  /// Likewise. Done as well where there is none.
  virtual base::Status remove(const std::string& name) = 0;
  /// The path of a file, for people.
  virtual std::string path(const std::string& name) const = 0;
};

/// Files NAME.json in a directory, which is made with the first of them. Written to NAME.json.new first.
class Folder final : public Files {
 public:
  explicit Folder(std::string directory) : directory_(std::move(directory)) {}

  base::Result<std::map<std::string, base::Result<std::string>>> read_all() override;
  base::Result<std::string> read(const std::string& name) override;
  base::Status write(const std::string& name, const std::string& text) override;
  base::Status remove(const std::string& name) override;
  std::string path(const std::string& name) const override;

 private:
  const std::string directory_;
};

}  // namespace control
