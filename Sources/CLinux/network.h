#ifndef CNITRIAGE_CLINUX_NETWORK_H
#define CNITRIAGE_CLINUX_NETWORK_H

#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Opens a netlink socket of a protocol with a port that the kernel chooses; a descriptor, or a
   negative error number. Receiving gives up after a time. */
static inline int cnitriage_netlink_open(int protocol, int seconds, unsigned int *port) {
  int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (descriptor < 0) return -errno;
  struct timeval limit = {.tv_sec = seconds, .tv_usec = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  struct sockaddr_nl own;
  memset(&own, 0, sizeof own);
  own.nl_family = AF_NETLINK;
  socklen_t length = sizeof own;
  if (bind(descriptor, (struct sockaddr *)&own, sizeof own) != 0 ||
      getsockname(descriptor, (struct sockaddr *)&own, &length) != 0) {
    int error = errno;
    close(descriptor);
    return -error;
  }
  *port = own.nl_pid;
  return descriptor;
}

/* Sends one message to the kernel; 0, or an error number. */
static inline int cnitriage_netlink_send(int descriptor, const void *message, size_t length) {
  struct sockaddr_nl kernel;
  memset(&kernel, 0, sizeof kernel);
  kernel.nl_family = AF_NETLINK;
  ssize_t sent =
      sendto(descriptor, message, length, 0, (struct sockaddr *)&kernel, sizeof kernel);
  return sent == (ssize_t)length ? 0 : sent < 0 ? errno : EIO;
}

/* Receives one datagram. Answers its whole length, which is larger than the buffer if it was cut,
   or a negative error number. `sender` is 0 for the kernel. */
static inline long cnitriage_netlink_receive(
    int descriptor, void *buffer, size_t length, unsigned int *sender) {
  struct sockaddr_nl from;
  memset(&from, 0, sizeof from);
  struct iovec part = {.iov_base = buffer, .iov_len = length};
  struct msghdr header;
  memset(&header, 0, sizeof header);
  header.msg_name = &from;
  header.msg_namelen = sizeof from;
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  ssize_t received = recvmsg(descriptor, &header, MSG_TRUNC);
  if (received < 0) return -errno;
  *sender = from.nl_pid;
  return received;
}

/* Asks the driver of an interface by one of the ethtool commands; 0, or an error number. */
static inline int cnitriage_ethtool(int descriptor, const char *name, void *data) {
  const unsigned long siocethtool = 0x8946;
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  request.ifr_data = (char *)data;
  return ioctl(descriptor, siocethtool, &request) == 0 ? 0 : errno;
}

#endif
