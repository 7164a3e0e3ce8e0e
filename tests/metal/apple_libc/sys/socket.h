/*
 * What the library uses of Apple's <sys/socket.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SYS_SOCKET_H_
#define VXM_TESTS_SYS_SOCKET_H_ 1

#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef uint32_t socklen_t;
typedef uint8_t sa_family_t;

#define AF_UNIX      1
#define SOCK_STREAM  1
#define SOCK_DGRAM   2
#define SOL_SOCKET   0xffff
#define SO_TYPE      0x1008
#define SO_NOSIGPIPE 0x1022
#define SOMAXCONN    128
#define MSG_CTRUNC   0x20
#define MSG_DONTWAIT 0x80
#define SCM_RIGHTS   0x01

struct sockaddr {
    uint8_t sa_len;
    sa_family_t sa_family;
    char sa_data[14];
};

struct sockaddr_storage {
    uint8_t ss_len;
    sa_family_t ss_family;
    char __ss_pad1[6];
    int64_t __ss_align;
    char __ss_pad2[112];
};

struct msghdr {
    void *msg_name;
    socklen_t msg_namelen;
    struct iovec *msg_iov;
    int msg_iovlen;
    void *msg_control;
    socklen_t msg_controllen;
    int msg_flags;
};

struct cmsghdr {
    socklen_t cmsg_len;
    int cmsg_level;
    int cmsg_type;
};

/* Control data is aligned to 4 bytes. As Apple's are, no constant expressions to the letter. */
#define VXM_TESTS_ALIGN(size) ((size_t)((char *)(size_t)(size) + 3) & ~(size_t)3)
#define CMSG_DATA(header)     ((unsigned char *)(header) + VXM_TESTS_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_SPACE(size)      (VXM_TESTS_ALIGN(sizeof(struct cmsghdr)) + VXM_TESTS_ALIGN(size))
#define CMSG_LEN(size)        (VXM_TESTS_ALIGN(sizeof(struct cmsghdr)) + (size))
#define CMSG_FIRSTHDR(message)                                                                     \
    ((message)->msg_controllen >= sizeof(struct cmsghdr)                                           \
         ? (struct cmsghdr *)(message)->msg_control                                                \
         : (struct cmsghdr *)0L)
#define CMSG_NXTHDR(message, header)                                                               \
    ((unsigned char *)(header) + VXM_TESTS_ALIGN((header)->cmsg_len) +                             \
                 VXM_TESTS_ALIGN(sizeof(struct cmsghdr)) >                                         \
             (unsigned char *)(message)->msg_control + (message)->msg_controllen                   \
         ? (struct cmsghdr *)0L                                                                    \
         : (struct cmsghdr *)(void *)((unsigned char *)(header) +                                  \
                                      VXM_TESTS_ALIGN((header)->cmsg_len)))

extern int socket(int family, int type, int protocol);
extern int socketpair(int family, int type, int protocol, int fds[2]);
extern int bind(int fd, const struct sockaddr *address, socklen_t length);
extern int listen(int fd, int backlog);
extern int accept(int fd, struct sockaddr *address, socklen_t *length);
extern int connect(int fd, const struct sockaddr *address, socklen_t length);
extern int getsockopt(int fd, int level, int option, void *value, socklen_t *length);
extern int setsockopt(int fd, int level, int option, const void *value, socklen_t length);
extern int getsockname(int fd, struct sockaddr *address, socklen_t *length);
extern int getpeername(int fd, struct sockaddr *address, socklen_t *length);
extern ssize_t sendmsg(int fd, const struct msghdr *message, int flags);
extern ssize_t recvmsg(int fd, struct msghdr *message, int flags);

#endif /* VXM_TESTS_SYS_SOCKET_H_ */
