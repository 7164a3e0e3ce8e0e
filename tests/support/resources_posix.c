/*
 * What is open and mapped in the test process, by /dev/fd and /proc.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "support/resources.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"

#if defined(__SANITIZE_ADDRESS__)
#define SUPPORT_HAS_LSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SUPPORT_HAS_LSAN 1
#endif
#endif

static int by_fd(const void *a, const void *b)
{
    intptr_t left = ((const struct support_handle *)a)->value;
    intptr_t right = ((const struct support_handle *)b)->value;
    return (left > right) - (left < right);
}

static void describe(int fd, struct support_handle *item)
{
    char link[64];
    struct stat status;

    memset(item, 0, sizeof(*item));
    item->value = fd;
    snprintf(link, sizeof(link), "/dev/fd/%d", fd);
    if (readlink(link, item->what, sizeof(item->what) - 1) < 0) {
        snprintf(item->what, sizeof(item->what), "(unreadable)");
    }
    if (fstat(fd, &status) == 0) {
        item->identity[0] = status.st_dev;
        item->identity[1] = status.st_ino;
    }
}

void support_take_handles(struct support_handles *fds)
{
    DIR *directory = opendir("/dev/fd");
    const struct dirent *entry;

    fds->count = 0;
    cr_assert_not_null(directory, "opendir(\"/dev/fd\"): %s", strerror(errno));
    while ((entry = readdir(directory)) != NULL) {
        int fd = entry->d_name[0] == '.' ? -1 : atoi(entry->d_name);
        if (fd < 0 || fd == dirfd(directory)) {
            continue;
        }
        cr_assert_lt(fds->count, SUPPORT_MAX_HANDLES, "more than %d descriptors are open",
                     SUPPORT_MAX_HANDLES);
        describe(fd, &fds->items[fds->count++]);
    }
    closedir(directory);
    qsort(fds->items, fds->count, sizeof(fds->items[0]), by_fd);
}

bool support_is_open(intptr_t handle)
{
    return fcntl((int)handle, F_GETFD) >= 0;
}

bool support_is_cloexec(intptr_t handle)
{
    int flags = fcntl((int)handle, F_GETFD);
    return flags >= 0 && (flags & FD_CLOEXEC) != 0;
}

size_t support_mapping_count(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    size_t lines = 0;
    int c;

    cr_assert_not_null(maps, "/proc/self/maps: %s", strerror(errno));
    while ((c = fgetc(maps)) != EOF) {
        lines += c == '\n' ? 1u : 0u;
    }
    fclose(maps);
    return lines;
}

size_t support_resident_bytes(void)
{
    FILE *statm = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    cr_assert_not_null(statm, "/proc/self/statm: %s", strerror(errno));
    cr_assert_eq(fscanf(statm, "%*s %lu", &pages), 1, "/proc/self/statm has no second number");
    fclose(statm);
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

void support_keep_drivers_loaded(void)
{
#ifdef SUPPORT_HAS_LSAN
    static const char *const libraries[] = {"libvulkan.so.1", VXM_LAVAPIPE_LIBRARY,
                                            "libVkLayer_khronos_validation.so"};
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
        /* Where one isn't there, no test can load it either. */
        if (libraries[i][0] != '\0') {
            (void)dlopen(libraries[i], RTLD_NOW | RTLD_NODELETE);
        }
    }
#endif
}
