/*
 * Counts descriptors, mappings and memory of the test process, through /proc.
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
#ifdef SUPPORT_HAS_LSAN
#include <sanitizer/lsan_interface.h>
#endif

static struct support_fds at_begin;

static int by_fd(const void *a, const void *b)
{
    return ((const struct support_fd *)a)->fd - ((const struct support_fd *)b)->fd;
}

static void describe(int fd, struct support_fd *item)
{
    char link[64];
    struct stat status;

    memset(item, 0, sizeof(*item));
    item->fd = fd;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    if (readlink(link, item->target, sizeof(item->target) - 1) < 0) {
        snprintf(item->target, sizeof(item->target), "(unreadable)");
    }
    if (fstat(fd, &status) == 0) {
        item->device = status.st_dev;
        item->inode = status.st_ino;
    }
}

void support_take_fds(struct support_fds *fds)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;

    fds->count = 0;
    cr_assert_not_null(directory, "opendir(\"/proc/self/fd\"): %s", strerror(errno));
    while ((entry = readdir(directory)) != NULL) {
        int fd = entry->d_name[0] == '.' ? -1 : atoi(entry->d_name);
        if (fd < 0 || fd == dirfd(directory)) {
            continue;
        }
        cr_assert_lt(fds->count, SUPPORT_MAX_FDS, "more than %d descriptors are open",
                     SUPPORT_MAX_FDS);
        describe(fd, &fds->items[fds->count++]);
    }
    closedir(directory);
    qsort(fds->items, fds->count, sizeof(fds->items[0]), by_fd);
}

size_t support_fd_count(void)
{
    struct support_fds *fds = malloc(sizeof(*fds));
    cr_assert_not_null(fds);
    support_take_fds(fds);
    size_t count = fds->count;
    free(fds);
    return count;
}

static void add_line(char *text, size_t capacity, const char *what, const struct support_fd *item)
{
    size_t used = strlen(text);
    snprintf(text + used, capacity - used, "%s%s fd %d = %s", used > 0 ? "; " : "", what, item->fd,
             item->target);
}

static bool same_file(const struct support_fd *a, const struct support_fd *b)
{
    return a->fd == b->fd && a->device == b->device && a->inode == b->inode &&
           strcmp(a->target, b->target) == 0;
}

bool support_same_fds(const struct support_fds *before, const struct support_fds *after,
                      char *difference, size_t capacity)
{
    size_t i = 0;
    size_t j = 0;

    difference[0] = '\0';
    while (i < before->count || j < after->count) {
        const struct support_fd *a = i < before->count ? &before->items[i] : NULL;
        const struct support_fd *b = j < after->count ? &after->items[j] : NULL;
        if (a != NULL && b != NULL && same_file(a, b)) {
            i++;
            j++;
        } else if (b == NULL || (a != NULL && a->fd <= b->fd)) {
            add_line(difference, capacity, "closed:", a);
            i++;
        } else {
            add_line(difference, capacity, "left open:", b);
            j++;
        }
    }
    return difference[0] == '\0';
}

bool support_is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

bool support_is_cloexec(int fd)
{
    int flags = fcntl(fd, F_GETFD);
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

void support_leak_on_purpose(bool on)
{
#ifdef SUPPORT_HAS_LSAN
    if (on) {
        __lsan_disable();
    } else {
        __lsan_enable();
    }
#else
    (void)on;
#endif
}

bool support_memory_leaked(void)
{
#ifdef SUPPORT_HAS_LSAN
    return __lsan_do_recoverable_leak_check() != 0;
#else
    return false;
#endif
}

void support_begin(void)
{
    support_take_fds(&at_begin);
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

void support_end(void)
{
    static struct support_fds at_end;
    char difference[2048];

    support_take_fds(&at_end);
    bool same = support_same_fds(&at_begin, &at_end, difference, sizeof(difference));
    cr_expect(same, "the test began with %zu open descriptors and ended with %zu; %s",
              at_begin.count, at_end.count, difference);
    cr_expect_not(support_memory_leaked(), "the test leaked memory; LeakSanitizer printed where");
}
