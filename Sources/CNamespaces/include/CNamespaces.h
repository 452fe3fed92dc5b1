#ifndef CNITRIAGE_CNAMESPACES_H
#define CNITRIAGE_CNAMESPACES_H

/// Running a command in another process's namespaces, without pointers in the interface.
///
/// It is C because it has to happen in a process of one thread: the kernel lets only such a process
/// enter mount and time namespaces, and lets no process make a thread once its children belong to
/// another process id namespace.

/// Keeps the words of this process's command line but the first `skip`. Returns how many are left,
/// or a negated errno.
int cnamespaces_keep_words(int skip);

/// Enters the namespace behind a descriptor. Returns 0 or an errno.
int cnamespaces_enter(int descriptor);

/// Runs the kept words as a command and waits for it. Signals are passed on to it; those that a
/// terminal sends to every process only if `from_terminal` is 0. Returns its exit code, 128 + n after
/// signal n, 126 or 127 if it cannot be started.
int cnamespaces_run(int from_terminal);

#endif
