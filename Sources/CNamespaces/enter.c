#define _GNU_SOURCE
#include "CNamespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char **words;
static volatile sig_atomic_t child;

// A command line is at most a few megabytes; the kernel's limit is the bound.
static char *read_command_line(size_t *length) {
  int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  size_t room = 4096;
  char *text = file < 0 ? NULL : malloc(room);
  *length = 0;
  while (text != NULL) {
    ssize_t count = read(file, text + *length, room - *length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    *length += (size_t)count;
    if (*length == room) {
      char *larger = realloc(text, room *= 2);
      if (larger == NULL) free(text);
      text = larger;
    }
  }
  if (file >= 0) close(file);
  return text;
}

int cnamespaces_keep_words(int skip) {
  size_t length;
  char *text = read_command_line(&length);
  if (text == NULL) return -(errno != 0 ? errno : ENOMEM);
  size_t capacity = 1;
  for (size_t index = 0; index < length; index++) capacity += text[index] == 0;
  words = calloc(capacity, sizeof *words);
  if (words == NULL) return -ENOMEM;
  int kept = 0;
  for (size_t start = 0; start < length; start += strlen(text + start) + 1) {
    if (skip-- > 0) continue;
    words[kept++] = text + start;
  }
  return kept;
}

int cnamespaces_enter(int descriptor) {
  return setns(descriptor, 0) == 0 ? 0 : errno;
}

static void relay(int number) {
  int saved = errno;
  if (child > 0) kill((pid_t)child, number);
  errno = saved;
}

int cnamespaces_run(int from_terminal) {
  const int numbers[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
  const size_t count = sizeof numbers / sizeof *numbers;
  sigset_t blocked, before;
  sigemptyset(&blocked);
  for (size_t index = 0; index < count; index++) sigaddset(&blocked, numbers[index]);
  // Blocked until there is a child to pass them on to.
  sigprocmask(SIG_BLOCK, &blocked, &before);
  pid_t process = fork();
  if (process < 0) return 126;
  if (process == 0) {
    sigprocmask(SIG_SETMASK, &before, NULL);
    execvp(words[0], words);
    int reason = errno;
    fprintf(stderr, "cnitriage-lab: %s: %s\n", words[0], strerror(reason));
    _exit(reason == ENOENT ? 127 : 126);
  }
  child = process;
  for (size_t index = 0; index < count; index++) {
    struct sigaction action = {.sa_handler = relay};
    int typed = numbers[index] == SIGINT || numbers[index] == SIGQUIT;
    if (from_terminal && typed) action.sa_handler = SIG_IGN;
    sigaction(numbers[index], &action, NULL);
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  int status = 0;
  while (waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return 126;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
