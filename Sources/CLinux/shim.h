#ifndef CNITRIAGE_CLINUX_SHIM_H
#define CNITRIAGE_CLINUX_SHIM_H

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/timex.h>
#include <unistd.h>

/* Moves the calling thread into a network namespace; 0, or an error number. The C library hides
   the call behind a feature macro that Swift's module of it does not set. */
static inline int cnitriage_enter_network_namespace(int descriptor) {
  const int clone_newnet = 0x40000000;
  return syscall(SYS_setns, descriptor, clone_newnet) == 0 ? 0 : errno;
}

/* Connects to an IPv4 address within a time limit; a descriptor, or a negative error number. */
static inline int cnitriage_connect_ipv4(const char *address, unsigned short port, int seconds) {
  struct sockaddr_in target;
  memset(&target, 0, sizeof target);
  target.sin_family = AF_INET;
  target.sin_port = htons(port);
  if (inet_pton(AF_INET, address, &target.sin_addr) != 1) return -EINVAL;
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  /* A blocking connect honours the send timeout. */
  struct timeval limit = {.tv_sec = seconds, .tv_usec = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(descriptor, (struct sockaddr *)&target, sizeof target) != 0) {
    int error = errno;
    close(descriptor);
    return -error;
  }
  return descriptor;
}

/* A pipe that stays with this process; 0, or an error number. */
static inline int cnitriage_pipe(int ends[2]) {
  return syscall(SYS_pipe2, ends, O_CLOEXEC) == 0 ? 0 : errno;
}

/* What a child process is to become. */
struct cnitriage_program {
  const char *path;          /* absolute, within `root` */
  char *const *arguments;    /* ends with a null pointer */
  char *const *environment;  /* ends with a null pointer */
  const char *root;          /* folder to take as the root, or null */
  int output;                /* becomes standard output */
  int errors;                /* becomes standard error */
  int status;                /* gets the error number if the program cannot be started */
};

/* The child's part of a start: only calls that are allowed between fork and exec. */
static inline void cnitriage_become(const struct cnitriage_program *program) {
  const unsigned close_range_call = 436;
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < 65; number++) sigaction(number, &standard, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  /* A session of its own, so that signals reach whatever the program starts; and an end with the
     collector's own, however that one dies. */
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int failed = program->root && (chroot(program->root) != 0 || chdir("/") != 0);
  int input = open("/dev/null", O_RDONLY);
  if (!failed) {
    failed = dup2(program->status, 3) < 0 || fcntl(3, F_SETFD, FD_CLOEXEC) < 0 ||
             dup2(program->output, 1) < 0 || dup2(program->errors, 2) < 0 ||
             (input >= 0 && dup2(input, 0) < 0);
    if (!failed) {
      if (syscall(close_range_call, 4, ~0U, 0) != 0)
        for (int descriptor = 4; descriptor < 4096; descriptor++) close(descriptor);
      execve(program->path, program->arguments, program->environment);
    }
  }
  int error = errno;
  ssize_t ignored = write(3, &error, sizeof error);
  (void)ignored;
  _exit(127);
}

/* Starts a program; its process id, or a negative error number. The descriptors must be above 3. */
static inline int cnitriage_start(const struct cnitriage_program *program) {
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child == 0) cnitriage_become(program);
  return child;
}

/* Whether a child has ended, without reaping it; then its exit code or signal is stored. */
static inline int cnitriage_has_ended(int child, int *code, int *ended_by) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == ECHILD;
  if (info.si_pid == 0) return 0;
  if (info.si_code == CLD_EXITED) *code = info.si_status;
  else *ended_by = info.si_status;
  return 1;
}

/* Frees the entry of a child that has ended. */
static inline void cnitriage_reap(int child) {
  int status;
  while (waitpid(child, &status, WNOHANG) < 0 && errno == EINTR) {}
}

/* Keeps the process small: without this each thread gets a heap of its own, which grows to what that
   thread ever needed at once and is not given back. Must run before there are many threads. */
static inline void cnitriage_stay_small(void) {
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

/* Lets every thread of this process, and what they start later, have the processor and the disks
   only when nobody else wants them. */
static inline void cnitriage_step_back(void) {
  const int who_process = 1, class_idle = 3, class_shift = 13;
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return;
  struct dirent *entry;
  while ((entry = readdir(tasks))) {
    int task = atoi(entry->d_name);
    if (task <= 0) continue;
    setpriority(PRIO_PROCESS, (id_t)task, 19);
    syscall(SYS_ioprio_set, who_process, task, class_idle << class_shift);
  }
  closedir(tasks);
}

/* Columns of the terminal behind a descriptor; 0 when there is none. */
static inline int cnitriage_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Gives a file its final name unless something has that name already; 0, or an error number. */
static inline int cnitriage_rename_new(const char *old_name, const char *new_name) {
  const unsigned no_replace = 1;
  if (syscall(SYS_renameat2, AT_FDCWD, old_name, AT_FDCWD, new_name, no_replace) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  /* A file system without this call: a hard link fails where a rename would replace. */
  if (link(old_name, new_name) != 0) return errno;
  return unlink(old_name) == 0 ? 0 : errno;
}

/* What adjtimex(2) says about the clock, with times in microseconds. */
struct cnitriage_clock {
  int error;
  int state;
  int status;
  int tai_offset;
  long long offset_us;
  long long maximal_error_us;
  long long estimated_error_us;
  long long frequency_scaled_ppm;
};

static inline struct cnitriage_clock cnitriage_read_clock(void) {
  struct cnitriage_clock clock = {0};
  struct timex kernel;
  memset(&kernel, 0, sizeof kernel);
  clock.state = adjtimex(&kernel);
  if (clock.state < 0) clock.error = errno;
  clock.status = kernel.status;
  clock.tai_offset = kernel.tai;
  /* With STA_NANO the offset counts in nanoseconds. */
  clock.offset_us = kernel.status & STA_NANO ? kernel.offset / 1000 : kernel.offset;
  clock.maximal_error_us = kernel.maxerror;
  clock.estimated_error_us = kernel.esterror;
  clock.frequency_scaled_ppm = kernel.freq;
  return clock;
}

#endif
