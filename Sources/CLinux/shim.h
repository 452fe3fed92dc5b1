#ifndef CNITRIAGE_CLINUX_SHIM_H
#define CNITRIAGE_CLINUX_SHIM_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
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
