#ifndef CNITRIAGE_CPACKETS_H
#define CNITRIAGE_CPACKETS_H

/// Packets out of and into interfaces, without pointers in the interface: bytes are put into and
/// taken out of one buffer. For one thread.

/// Opens a socket for the frames of all interfaces of this thread's network namespace. Returns a
/// descriptor or a negated errno.
int cpackets_open_links(void);

/// Opens a socket that gets a copy of each packet that the host takes. Returns a descriptor or a
/// negated errno.
int cpackets_open_host(int is_v6, int protocol);

/// Sets a byte of the buffer.
void cpackets_put(int place, int byte);

/// A byte of the buffer.
int cpackets_byte(int place);

/// Sends the first `length` bytes of the buffer as a frame. Returns 0 or an errno.
int cpackets_send_frame(int descriptor, int interface, int length);

/// Sends the buffer's bytes behind an address of 4 or 16 bytes and a port of 2 to them, as a
/// datagram from a port. Returns 0 or an errno.
int cpackets_send_datagram(int is_v6, int port, int length);

/// Receives into the buffer. Returns how many bytes, or a negated errno.
int cpackets_receive(int descriptor);

/// The interface of what was received last.
int cpackets_interface(void);

/// Whether what was received last was sent by this host.
int cpackets_is_outgoing(void);

/// Waits until one of the descriptors has something. Returns how many have.
int cpackets_wait(int first, int last, int milliseconds);

#endif
