/*
 * File descriptors as handles: what POSIX systems alone have to get right.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "contract/common.h"
#include "internal.h"
#include "support/faults.h"
#include "support/resources.h"

TestSuite(handle_posix, .init = contract_begin, .fini = contract_end);

#define DMA_BUF        VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define OPAQUE_FD      VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define SEMAPHORE_FD   VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define SEMAPHORE_SYNC VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT

static VxmHandle memory_handle(uint32_t type, int fd)
{
    return (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type, .fd = fd};
}

static VxmHandle semaphore_handle(uint32_t type, int fd)
{
    return (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = type, .fd = fd};
}

static int make_memfd(off_t size)
{
    int fd = memfd_create("payload", MFD_CLOEXEC);

    cr_assert_geq(fd, 0);
    cr_assert_eq(ftruncate(fd, size), 0);
    return fd;
}

Test(handle_posix, signalled_sync_fd_is_a_handle)
{
    VxmHandle handle = semaphore_handle(SEMAPHORE_SYNC, -1);
    VxmHandle duplicate = {0};

    require(vxmDuplicateHandle(&handle, &duplicate));
    cr_expect_eq(duplicate.kind, VXM_HANDLE_KIND_SEMAPHORE);
    cr_expect_eq(duplicate.type, SEMAPHORE_SYNC);
    cr_expect_eq(duplicate.fd, -1);
    require(vxm__os_check(&duplicate));
    require(vxm__os_settle(&duplicate));
    vxmCloseHandle(&duplicate);
    cr_expect_eq(duplicate.type, 0);
    /* Of any other type it is none. */
    handle = semaphore_handle(SEMAPHORE_FD, -1);
    expect_error(vxmDuplicateHandle(&handle, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "fd -1");
    handle = memory_handle(OPAQUE_FD, -1);
    expect_error(vxmDuplicateHandle(&handle, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "fd -1");
}

/* Type 0 alone means empty. */
Test(handle_posix, fd_0_is_a_handle)
{
    int saved = fcntl(0, F_DUPFD_CLOEXEC, 3);
    int fd = make_memfd(4096);
    VxmHandle handle = memory_handle(DMA_BUF, 0);
    VxmHandle duplicate = {0};

    if (fd != 0) {
        cr_assert_eq(dup2(fd, 0), 0);
        close(fd);
    }
    require(vxmDuplicateHandle(&handle, &duplicate));
    vxmCloseHandle(&duplicate);
    vxmCloseHandle(&handle);
    cr_expect_not(support_is_open(0));
    if (saved >= 0) {
        cr_assert_eq(dup2(saved, 0), 0);
        close(saved);
    }
}

Test(handle_posix, no_descriptor_left_is_too_many_objects)
{
    VxmHandle handle = memory_handle(DMA_BUF, make_memfd(4096));
    VxmHandle duplicate;
    VxmChannel pair[2];
    struct rlimit before;
    struct rlimit none;

    fill(duplicate);
    fill(pair);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    /* 1: all that are left are in use. 0 is another error to fcntl(). */
    for (none.rlim_cur = 0; none.rlim_cur < 2; none.rlim_cur++) {
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
        expect_error(vxmDuplicateHandle(&handle, &duplicate), VK_ERROR_TOO_MANY_OBJECTS,
                     VXM_ERROR_REASON_SYSTEM, "RLIMIT_NOFILE");
        expect_error(vxmCreateChannelPair(pair), VK_ERROR_TOO_MANY_OBJECTS, VXM_ERROR_REASON_SYSTEM,
                     "RLIMIT_NOFILE");
    }
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    expect_untouched(duplicate);
    expect_untouched(pair);
    vxmCloseHandle(&handle);
}

Test(handle_posix, no_call_puts_it_into_another_process)
{
    VxmHandle handle = memory_handle(DMA_BUF, make_memfd(4096));
    VxmHandle duplicate;

    fill(duplicate);
    expect_error(vxmDuplicateHandleTo(&handle, (uint64_t)getpid(), &duplicate),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "SCM_RIGHTS");
    expect_untouched(duplicate);
    vxmCloseHandle(&handle);
}

/* ---- after a failed import ---- */

Test(handle_posix, duplicate_that_was_left_is_closed)
{
    VxmHandle original = memory_handle(OPAQUE_FD, make_memfd(4096));
    VxmHandle duplicate = {0};
    VxmHandle seen;

    require(vxm__duplicate(&original, &duplicate));
    seen = duplicate;
    vxm__close_unless_taken(&original, &duplicate);
    cr_expect_not(support_is_open(seen.fd));
    cr_expect_eq(duplicate.type, 0);
    cr_expect(support_is_open(original.fd));
    vxmCloseHandle(&original);
}

/* The driver closed it, and the number is somebody else's by now: of another file, or of another
 * opening of the very same file, which has one inode with it. */
Test(handle_posix, duplicate_that_was_taken_is_left_alone)
{
    VxmHandle original = memory_handle(OPAQUE_FD, make_memfd(4096));
    VxmHandle duplicate = {0};
    VxmHandle seen;
    char path[64];
    int other;

    for (int again = 0; again < 2; again++) {
        require(vxm__duplicate(&original, &duplicate));
        seen = duplicate;
        close(seen.fd);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", original.fd);
        other = again == 0 ? make_memfd(4096) : open(path, O_RDWR | O_CLOEXEC);
        cr_assert_geq(other, 0);
        if (other != seen.fd) {
            cr_assert_eq(dup3(other, seen.fd, O_CLOEXEC), seen.fd);
            close(other);
        }
        vxm__close_unless_taken(&original, &duplicate);
        cr_expect(support_is_open(seen.fd), "an unrelated descriptor was closed (%d)", again);
        cr_expect_eq(duplicate.type, 0);
        close(seen.fd);
    }
    vxmCloseHandle(&original);
}

Test(handle_posix, duplicate_that_is_gone_is_not_closed_again)
{
    VxmHandle original = memory_handle(OPAQUE_FD, make_memfd(4096));
    VxmHandle duplicate = {0};

    require(vxm__duplicate(&original, &duplicate));
    close(duplicate.fd);
    cr_expect_not(vxm__os_same_object(&original, &duplicate));
    vxm__close_unless_taken(&original, &duplicate);
    cr_expect_eq(duplicate.type, 0);
    vxmCloseHandle(&original);
}

/* Kernels before 6.10 answer EINVAL to the question; some containers shut off the next one too. */
Test(handle_posix, same_object_is_known_on_old_kernels)
{
    VxmHandle original = memory_handle(OPAQUE_FD, make_memfd(4096));
    VxmHandle other = memory_handle(OPAQUE_FD, make_memfd(4096));
    VxmHandle duplicate = {0};

    require(vxm__duplicate(&original, &duplicate));
    faults_arm(FAULT_FCNTL, 3, FAULT_ONCE, EINVAL);
    cr_expect(vxm__os_same_object(&original, &duplicate));
    cr_expect(faults_disarm(), "the question was not asked");
    faults_arm(FAULT_FCNTL, 3, FAULT_ONCE, EINVAL);
    cr_expect_not(vxm__os_same_object(&original, &other));
    cr_expect(faults_disarm(), "the question was not asked");
    vxmCloseHandle(&original);
    vxmCloseHandle(&other);
    vxmCloseHandle(&duplicate);
}

/* Of the same file, but not the same open object: closing one is not closing the other. */
Test(handle_posix, another_opening_is_another_object)
{
    VxmHandle first = memory_handle(DMA_BUF, make_memfd(4096));
    VxmHandle other = {.type = DMA_BUF};
    char path[64];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", first.fd);
    other.fd = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(other.fd, 0);
    cr_expect_not(vxm__os_same_object(&first, &other));
    vxmCloseHandle(&first);
    close(other.fd);
}

/* ---- what a descriptor can be ---- */

static int make_pipe(void)
{
    int ends[2];

    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[1]);
    return ends[0];
}

static int make_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int make_null(void)
{
    return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int make_zero(void)
{
    return open("/dev/zero", O_RDWR | O_CLOEXEC);
}

static int make_random(void)
{
    return open("/dev/urandom", O_RDONLY | O_CLOEXEC);
}

static int make_directory(void)
{
    return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int make_file(void)
{
    return make_memfd(4096);
}

static int make_eventfd(void)
{
    return eventfd(0, EFD_CLOEXEC);
}

static int make_epoll(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

static int make_timerfd(void)
{
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

static int make_signalfd(void)
{
    sigset_t none;

    sigemptyset(&none);
    return signalfd(-1, &none, SFD_CLOEXEC);
}

static int make_inotify(void)
{
    return inotify_init1(IN_CLOEXEC);
}

static int make_dma_buf(void)
{
    return model_make_dma_buf(4096);
}

static int make_closed(void)
{
    int fd = make_null();

    close(fd);
    return fd;
}

Test(handle_posix, what_can_be_no_payload_is_refused)
{
    /* NVIDIA's opaque fds are character devices, so only those that everybody knows are refused. */
    static const struct {
        const char *what;
        int (*make)(void);
        bool dmaBuf;
        bool opaque;
    } cases[] = {
        {"a pipe", make_pipe, false, false},
        {"a socket", make_socket, false, false},
        {"a directory", make_directory, false, false},
        {"/dev/null", make_null, false, false},
        {"/dev/zero", make_zero, false, false},
        {"a character device", make_random, false, true},
        {"an eventfd", make_eventfd, false, false},
        {"an epoll instance", make_epoll, false, false},
        {"a timerfd", make_timerfd, false, false},
        {"a signalfd", make_signalfd, false, false},
        {"an inotify instance", make_inotify, false, false},
        {"a dma-buf", make_dma_buf, true, true},
        {"a memfd", make_file, false, true},
        {"closed", make_closed, false, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int fd = cases[i].make();
        VxmHandle handles[] = {memory_handle(DMA_BUF, fd), memory_handle(OPAQUE_FD, fd),
                               semaphore_handle(SEMAPHORE_FD, fd),
                               semaphore_handle(SEMAPHORE_SYNC, fd)};

        cr_assert_geq(fd, 0);
        for (size_t j = 0; j < sizeof(handles) / sizeof(handles[0]); j++) {
            contract_note("fd of %s as %s", cases[i].what,
                          vxmHandleTypeName(handles[j].kind, handles[j].type));
            if (j == 0 ? cases[i].dmaBuf : cases[i].opaque)
                require(vxmCheckHandle(&handles[j]));
            else
                expect_error(vxmCheckHandle(&handles[j]), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                             cases[i].make == make_closed ? VXM_ERROR_REASON_SYSTEM
                                                          : VXM_ERROR_REASON_ARGUMENT,
                             cases[i].what);
        }
        if (cases[i].make != make_closed)
            close(fd);
    }
}

/* A reader waits there for what somebody types. */
Test(handle_posix, terminal_is_refused)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    VxmHandle handles[] = {memory_handle(DMA_BUF, fd), memory_handle(OPAQUE_FD, fd),
                           semaphore_handle(SEMAPHORE_FD, fd)};

    if (fd < 0)
        cr_skip_test("there are no pseudo-terminals here: /dev/pts is not mounted");
    for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]); i++)
        expect_error(vxm__os_check(&handles[i]), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_ARGUMENT, "a terminal");
    close(fd);
}

Test(handle_posix, payload_size_is_told_and_the_position_kept)
{
    VxmHandle handle = memory_handle(DMA_BUF, make_memfd(12345));
    VxmHandle closed = memory_handle(DMA_BUF, make_closed());
    VxmHandle pipeEnd = memory_handle(DMA_BUF, make_pipe());

    cr_assert_eq(lseek(handle.fd, 77, SEEK_SET), 77);
    cr_expect_eq(vxm__os_payload_size(&handle), 12345);
    cr_expect_eq(lseek(handle.fd, 0, SEEK_CUR), 77);
    cr_expect_eq(vxm__os_payload_size(&closed), 0);
    cr_expect_eq(vxm__os_payload_size(&pipeEnd), 0);
    vxmCloseHandle(&handle);
    vxmCloseHandle(&pipeEnd);
}

Test(handle_posix, settling_makes_it_private)
{
    VxmHandle handle = memory_handle(OPAQUE_FD, memfd_create("inherited", 0));
    VxmHandle closed = memory_handle(OPAQUE_FD, make_closed());

    cr_assert_not(support_is_cloexec(handle.fd));
    require(vxm__os_settle(&handle));
    cr_expect(support_is_cloexec(handle.fd));
    require(vxm__os_settle(&handle));
    vxmCloseHandle(&handle);
    expect_error(vxm__os_settle(&closed), VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_SYSTEM,
                 "closed");
}

/* If close-on-exec can't be set, the handle is closed rather than given away without it. */
Test(handle_posix, handle_that_can_t_be_settled_is_closed)
{
    VxmDevice device = contract_device();
    VxmSemaphoreCreateInfo info = {.handleTypes = SEMAPHORE_FD};
    VxmSemaphore semaphore = NULL;
    size_t before;
    VxmSharedSemaphore shared;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    before = support_handle_count();
    model_config()->habits.exportWithoutCloexec = true;
    fill(shared);
    contract_forget_error();
    faults_arm(FAULT_FCNTL, 1, FAULT_ONCE, 0);
    expect_failure(vxmExportSemaphore(semaphore, SEMAPHORE_FD, &shared));
    cr_expect(faults_disarm());
    expect_untouched(shared);
    cr_expect_eq(support_handle_count(), before);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}
