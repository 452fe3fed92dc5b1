#pragma once

// The C library declares this only with _GNU_SOURCE, which Swift's importer does not set.
extern int setns(int descriptor, int kind);
