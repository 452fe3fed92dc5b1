#ifndef CNITRIAGE_CLINUX_BPF_H
#define CNITRIAGE_CLINUX_BPF_H

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One call of bpf(2) with an argument block that is filled by 32-bit words; the call's result, or
   a negative error number. `words` is updated with what the kernel wrote. */
static inline long cnitriage_bpf(int command, uint32_t *words, unsigned int count) {
  uint32_t block[32] __attribute__((aligned(8)));
  memset(block, 0, sizeof block);
  if (count > 32) return -E2BIG;
  memcpy(block, words, count * sizeof *words);
  long result = syscall(SYS_bpf, command, block, sizeof block);
  long error = errno;
  memcpy(words, block, count * sizeof *words);
  return result < 0 ? -error : result;
}

/* The low and the high half of an address, as argument blocks want it. */
static inline uint32_t cnitriage_low_half(const void *address) {
  return (uint32_t)(uintptr_t)address;
}
static inline uint32_t cnitriage_high_half(const void *address) {
  return (uint32_t)((uint64_t)(uintptr_t)address >> 32);
}

#endif
