// A disk that stops to answer: while the file $HUNG_DISK_WHILE is there, calls that read, write or name anything below the
// directory $HUNG_DISK never return, as on a mount whose server is gone. Preloaded into the server by hung_disk.test.js.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void wait_for_path(const char* path) {
  const char* disk = getenv("HUNG_DISK");
  const char* sign = getenv("HUNG_DISK_WHILE");
  if (disk == NULL || sign == NULL || path == NULL || strncmp(path, disk, strlen(disk)) != 0) return;
  while (syscall(SYS_faccessat, AT_FDCWD, sign, F_OK) == 0) pause();
}
static void wait_for_file(int file) {
  char name[64];
  char path[PATH_MAX];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  wait_for_path(path);
}

#define OPEN(name)                                                              \
  int name(const char* path, int flags, ...) {                                  \
    int (*next)(const char*, int, ...) = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, #name); \
    va_list rest;                                                               \
    va_start(rest, flags);                                                      \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                               \
    wait_for_path(path);                                                        \
    return next(path, flags, mode);                                             \
  }
OPEN(open)
OPEN(open64)

#define OF_FILE(type, name, declared, ...)                          \
  type name declared {                                              \
    type(*next) declared = (type(*) declared)dlsym(RTLD_NEXT, #name); \
    wait_for_file(file);                                            \
    return next(__VA_ARGS__);                                       \
  }
OF_FILE(ssize_t, write, (int file, const void* bytes, size_t size), file, bytes, size)
OF_FILE(ssize_t, writev, (int file, const struct iovec* pieces, int count), file, pieces, count)
OF_FILE(ssize_t, read, (int file, void* bytes, size_t size), file, bytes, size)
OF_FILE(ssize_t, pread64, (int file, void* bytes, size_t size, off64_t at), file, bytes, size, at)
OF_FILE(int, fdatasync, (int file), file)
OF_FILE(int, fsync, (int file), file)

#define OF_PATH(type, name, declared, ...)                          \
  type name declared {                                              \
    type(*next) declared = (type(*) declared)dlsym(RTLD_NEXT, #name); \
    wait_for_path(path);                                            \
    return next(__VA_ARGS__);                                       \
  }
OF_PATH(DIR*, opendir, (const char* path), path)
OF_PATH(int, mkdir, (const char* path, mode_t mode), path, mode)
OF_PATH(int, rename, (const char* path, const char* to), path, to)
OF_PATH(int, unlink, (const char* path), path)
