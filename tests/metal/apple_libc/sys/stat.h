/*
 * What the library uses of Apple's <sys/stat.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SYS_STAT_H_
#define VXM_TESTS_SYS_STAT_H_ 1

#include <sys/types.h>

#define S_IFMT   0170000
#define S_IFSOCK 0140000
#define S_IRWXU  0000700
#define S_IRUSR  0000400
#define S_IWUSR  0000200
#define S_IRWXG  0000070
#define S_IRWXO  0000007

#define S_ISSOCK(mode) (((mode)&S_IFMT) == S_IFSOCK)

/* The members that are used, in their order and of their types; Apple's has more of them. */
struct stat {
    dev_t st_dev;
    mode_t st_mode;
    ino_t st_ino;
    uid_t st_uid;
};

extern int stat(const char *path, struct stat *file);
extern int lstat(const char *path, struct stat *file);
extern int chmod(const char *path, mode_t mode);
extern int fchmod(int fd, mode_t mode);

#endif /* VXM_TESTS_SYS_STAT_H_ */
