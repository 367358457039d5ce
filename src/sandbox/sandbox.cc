#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace sandbox {
namespace {

// What codecs, threads, malloc and the C library call between two descriptors that are open already.
constexpr int kAllowed[] = {
    // descriptors
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(pwrite64),
    SCMP_SYS(preadv), SCMP_SYS(pwritev), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(lseek), SCMP_SYS(fcntl),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(dup), SCMP_SYS(pipe2),
    SCMP_SYS(eventfd2),
    // memory
    SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    SCMP_SYS(mlock), SCMP_SYS(munlock),
    // threads
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address),
    SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(membarrier),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler),
    SCMP_SYS(getpriority), SCMP_SYS(getcpu), SCMP_SYS(restart_syscall),
    // signals
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    // time, chance, and what the machine is
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(times), SCMP_SYS(getrusage), SCMP_SYS(getrandom), SCMP_SYS(uname),
    SCMP_SYS(sysinfo)};

/// Collects what did not work.
class Steps {
 public:
  void need(bool taken, const char* step) {
    if (!taken) note(step, errno);
  }
  void note(const char* step, int error) { missing_.push_back(std::string(step) + ": " + std::strerror(error)); }
  std::vector<std::string> take() { return std::move(missing_); }

 private:
  std::vector<std::string> missing_;
};

bool raise_oom_score(int score) {
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const std::string text = std::to_string(score);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return written;
}

bool limit_memory(int resource, std::uint64_t bytes) {
  if (kSanitized) return true;
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0) return false;
  const rlim_t most = std::min<rlim_t>(bytes, limit.rlim_max);
  limit = {most, most};
  return setrlimit(resource, &limit) == 0;
}

bool drop_bounding_set() {
  bool dropped = true;
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    dropped = prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0 && dropped;
  }
  return dropped;
}

bool become(std::uint32_t user, std::uint32_t group) {
  return setgroups(0, nullptr) == 0 && setresgid(group, group, group) == 0 && setresuid(user, user, user) == 0;
}

bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  return syscall(SYS_capset, &header, none) == 0;
}

/// Beyond the list: threads, but no processes; signals to itself; a name; its own limits, to be read. Everything else
/// fails with EPERM, so that a library that asks for more continues without it.
int load_filter() {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return ENOMEM;
  int failed = 0;
  const auto rule = [&](std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> arguments) {
    const int code = seccomp_rule_add_array(filter, action, call, static_cast<unsigned>(arguments.size()),
                                            arguments.size() == 0 ? nullptr : arguments.begin());
    failed = std::max(failed, -code);
  };
  for (const int call : kAllowed) rule(SCMP_ACT_ALLOW, call, {});
  rule(SCMP_ACT_ALLOW, SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)});
  // Its flags lie in memory, where no filter sees them; the C library then takes clone().
  rule(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), {});
  rule(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()))});
  // A thread may lower its own priority; raising it needs a capability, which is gone.
  rule(SCMP_ACT_ALLOW, SCMP_SYS(setpriority), {SCMP_A0(SCMP_CMP_EQ, PRIO_PROCESS), SCMP_A1(SCMP_CMP_EQ, 0)});
  rule(SCMP_ACT_ALLOW, SCMP_SYS(prctl), {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)});
  rule(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), {SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)});
  if (failed == 0) failed = -seccomp_load(filter);
  seccomp_release(filter);
  return failed;
}

}  // namespace

std::vector<std::string> confine(const Options& options) {
  Steps steps;
  const bool root = geteuid() == 0;
  clearenv();
  steps.need(raise_oom_score(options.oom_score), "oom_score_adj");
  steps.need(limit_memory(RLIMIT_AS, options.address_space), "limit of address space");
  if (options.data > 0) steps.need(limit_memory(RLIMIT_DATA, options.data), "limit of memory");
  if (root) steps.need(drop_bounding_set(), "capabilities of programs");
  if (root) steps.need(become(options.user, options.group), "another user");
  steps.need(drop_capabilities(), "capabilities");
  steps.need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
  if (kSanitized) return steps.take();
  if (const int error = load_filter(); error != 0) steps.note("filter of system calls", error);
  return steps.take();
}

}  // namespace sandbox
