#define _GNU_SOURCE
#include "CPackets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned char buffer[4096];
static int interface_of_last;
static int is_outgoing;

int cpackets_open_links(void) {
  int file = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
  return file < 0 ? -errno : file;
}

int cpackets_open_host(int is_v6, int protocol) {
  int file = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  return file < 0 ? -errno : file;
}

void cpackets_put(int place, int byte) {
  if (place >= 0 && place < (int)sizeof buffer) buffer[place] = (unsigned char)byte;
}

int cpackets_byte(int place) { return place >= 0 && place < (int)sizeof buffer ? buffer[place] : 0; }

int cpackets_send_frame(int descriptor, int interface, int length) {
  struct sockaddr_ll to = {
      .sll_family = AF_PACKET, .sll_ifindex = interface, .sll_halen = ETH_ALEN};
  memcpy(to.sll_addr, buffer, ETH_ALEN);
  ssize_t count =
      sendto(descriptor, buffer, (size_t)length, 0, (struct sockaddr *)&to, sizeof to);
  return count < 0 ? errno : 0;
}

int cpackets_send_datagram(int is_v6, int port, int length) {
  int size = is_v6 ? 16 : 4;
  int file = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (file < 0) return errno;
  int status = 0;
  if (is_v6) {
    struct sockaddr_in6 own = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)port)};
    struct sockaddr_in6 to = {.sin6_family = AF_INET6};
    memcpy(&to.sin6_addr, buffer, 16);
    memcpy(&to.sin6_port, buffer + size, 2);
    if (bind(file, (struct sockaddr *)&own, sizeof own) < 0 ||
        sendto(file, buffer + size + 2, (size_t)length, 0, (struct sockaddr *)&to, sizeof to) < 0)
      status = errno;
  } else {
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    struct sockaddr_in to = {.sin_family = AF_INET};
    memcpy(&to.sin_addr, buffer, 4);
    memcpy(&to.sin_port, buffer + size, 2);
    if (bind(file, (struct sockaddr *)&own, sizeof own) < 0 ||
        sendto(file, buffer + size + 2, (size_t)length, 0, (struct sockaddr *)&to, sizeof to) < 0)
      status = errno;
  }
  close(file);
  return status;
}

int cpackets_receive(int descriptor) {
  struct sockaddr_ll from = {0};
  socklen_t size = sizeof from;
  ssize_t count =
      recvfrom(descriptor, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size);
  if (count < 0) return -errno;
  interface_of_last = from.sll_family == AF_PACKET ? from.sll_ifindex : 0;
  is_outgoing = from.sll_family == AF_PACKET && from.sll_pkttype == PACKET_OUTGOING;
  return (int)count;
}

int cpackets_interface(void) { return interface_of_last; }

int cpackets_is_outgoing(void) { return is_outgoing; }

int cpackets_wait(int first, int last, int milliseconds) {
  struct pollfd files[64];
  int count = 0;
  for (int file = first; file <= last && count < 64; file++)
    files[count++] = (struct pollfd){.fd = file, .events = POLLIN};
  return poll(files, (nfds_t)count, milliseconds);
}
