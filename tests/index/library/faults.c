/* Counts what a process writes below one folder, and at one of these calls kills it or fills the
 * disk. Loaded before the C library, it stands in for the calls by which Python and SQLite write.
 *
 * faults_arm(folder, at, mode): from now on the call numbered `at`, from 1, is
 *   mode 1: not made, the process is killed (SIGKILL) in its place;
 *   mode 2: refused with ENOSPC, and so is every later one that needs room.
 * With `at` 0 calls are only counted. faults_count() returns how many there were.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char watched[PATH_MAX];
static size_t watched_length = 0;
static long fault_at = 0, counted = 0;
static int fault_mode = 0;

void faults_arm(const char *folder, long at, int mode) {
    strncpy(watched, folder, sizeof watched - 1);
    watched_length = strlen(watched);
    fault_at = at;
    fault_mode = mode;
    counted = 0;
}

long faults_count(void) { return counted; }

static int is_watched_path(const char *path) {
    return watched_length && path && strncmp(path, watched, watched_length) == 0;
}

static int is_watched_file(int file) {
    char link[64], path[PATH_MAX];
    if (!watched_length) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_watched_path(path);
}

/* Returns whether the call is refused. */
static int meets_fault(int needs_room) {
    counted++;
    if (!fault_at || counted < fault_at) return 0;
    if (fault_mode == 1) kill(getpid(), SIGKILL);
    if (!needs_room) return 0;
    errno = ENOSPC;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *bytes, size_t size) {
    if (is_watched_file(file) && meets_fault(1)) return -1;
    return REAL(write)(file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
    if (is_watched_file(file) && meets_fault(1)) return -1;
    return REAL(pwrite)(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) {
    if (is_watched_file(file) && meets_fault(1)) return -1;
    return REAL(pwrite64)(file, bytes, size, at);
}

int ftruncate(int file, off_t size) {
    if (is_watched_file(file) && meets_fault(1)) return -1;
    return REAL(ftruncate)(file, size);
}

int ftruncate64(int file, off64_t size) {
    if (is_watched_file(file) && meets_fault(1)) return -1;
    return REAL(ftruncate64)(file, size);
}

int fsync(int file) {
    if (is_watched_file(file) && meets_fault(0)) return -1;
    return REAL(fsync)(file);
}

int fdatasync(int file) {
    if (is_watched_file(file) && meets_fault(0)) return -1;
    return REAL(fdatasync)(file);
}

int rename(const char *from, const char *to) {
    if (is_watched_path(to) && meets_fault(1)) return -1;
    return REAL(rename)(from, to);
}

int unlink(const char *path) {
    if (is_watched_path(path) && meets_fault(0)) return -1;
    return REAL(unlink)(path);
}

int mkdir(const char *path, mode_t mode) {
    if (is_watched_path(path) && meets_fault(1)) return -1;
    return REAL(mkdir)(path, mode);
}

/* A new file counts; opening one that is there does not. */
#define OPENING(name)                                                                   \
    int name(const char *path, int flags, ...) {                                        \
        mode_t mode = 0;                                                                \
        if (flags & O_CREAT) {                                                          \
            va_list rest;                                                               \
            va_start(rest, flags);                                                      \
            mode = va_arg(rest, mode_t);                                                \
            va_end(rest);                                                               \
            if (is_watched_path(path) && access(path, F_OK) && meets_fault(1)) return -1; \
        }                                                                               \
        return REAL(name)(path, flags, mode);                                           \
    }

OPENING(open)
OPENING(open64)
