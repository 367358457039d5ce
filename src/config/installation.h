#pragma once

#include <string>

namespace config {

/// Where the files of this installation are, as seen from the program's own file: an installation can be moved as a
/// whole.
///
///   installed    PREFIX/bin/kickoff, PREFIX/bin/kickoff-worker, PREFIX/share/kickoff/web
///   build tree   build/kickoff, build/kickoff-worker, web
class Installation {
 public:
  /// That of the program that runs (/proc/self/exe). Thread: any.
  static Installation of_this_process();
  /// `program`: the path of the file `kickoff`.
  explicit Installation(const std::string& program);

  /// The media worker's program. Whether it is there is not looked at.
  std::string worker_program() const { return directory_ + "/kickoff-worker"; }
  /// The pages' files: ../share/kickoff/web of the program's directory where that is a directory, else ../web. Blocks
  /// on the disk.
  std::string web_directory() const;

 private:
  std::string directory_;  ///< of the program, without a slash at its end
};

}  // namespace config
