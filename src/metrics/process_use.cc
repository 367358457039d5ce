#include "metrics/process_use.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "base/directory.h"

namespace metrics {

ProcessUse read_process_use(int pid) {
  ProcessUse use;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return use;
  // The second field is the name in brackets and may hold blanks; numbers begin behind the last bracket.
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  // Fields 3 to 13 of proc(5): state … cmajflt.
  for (int field = 3; field <= 13; ++field) fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  fields >> user >> system;
  for (int field = 16; field <= 19; ++field) fields >> skipped;
  fields >> use.threads;
  for (int field = 21; field <= 23; ++field) fields >> skipped;
  std::uint64_t pages = 0;
  fields >> pages;
  use.cpu_seconds = static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  use.resident = pages * page;
  // size, resident, shared, text, lib, data.
  std::ifstream sizes("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t data = 0;
  for (int field = 1; field <= 6; ++field) sizes >> data;
  use.data = data * page;
  return use;
}

DescriptorUse read_descriptor_use() {
  DescriptorUse use;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) use.limit = limit.rlim_cur;
  // All but the one that reads them.
  if (const auto open = base::count_directory("/proc/self/fd"); open.ok()) use.open = *open - 1;
  return use;
}

}  // namespace metrics
