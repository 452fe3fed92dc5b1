#ifndef CNITRIAGE_CARCHIVE_SHIM_H
#define CNITRIAGE_CARCHIVE_SHIM_H
#include <archive.h>
#include <archive_entry.h>
#endif
