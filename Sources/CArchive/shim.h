#ifndef CNITRIAGE_CARCHIVE_SHIM_H
#define CNITRIAGE_CARCHIVE_SHIM_H
#include <archive.h>
#include <archive_entry.h>

/* Notes why a block could not be written. The library's own function takes a format and further
   arguments, which Swift can't call. */
static inline void cnitriage_archive_fail(struct archive *archive, int error) {
  archive_set_error(archive, error, "%s", "cannot write");
}
#endif
