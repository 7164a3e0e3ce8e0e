/*
 * Tests of the descriptor and memory counters and of the fault injection.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/faults.h"
#include "support/resources.h"
#include "support/test.h"
#include "vxm/vxm.h"

TestSuite(harness, .init = support_begin, .fini = support_end);

Test(harness, names_the_descriptors_that_came_and_went)
{
    static struct support_handles before;
    static struct support_handles after;
    char difference[512];
    int first = memfd_create("first", MFD_CLOEXEC);
    int second;

    cr_assert_geq(first, 0);
    support_take_handles(&before);
    cr_assert(support_same_handles(&before, &before, difference, sizeof(difference)));

    second = memfd_create("second", MFD_CLOEXEC);
    cr_assert_geq(second, 0);
    support_take_handles(&after);
    cr_assert_eq(after.count, before.count + 1);
    cr_assert_eq(support_handle_count(), after.count);
    cr_assert_not(support_same_handles(&before, &after, difference, sizeof(difference)));
    cr_assert_not_null(strstr(difference, "left open:"));
    cr_assert_not_null(strstr(difference, "second"));

    /* Another file under the same number is another descriptor. */
    close(first);
    cr_assert_eq(dup2(second, first), first);
    close(second);
    support_take_handles(&after);
    cr_assert_eq(after.count, before.count);
    cr_assert_not(support_same_handles(&before, &after, difference, sizeof(difference)));
    cr_assert_not_null(strstr(difference, "closed:"));
    close(first);
}

Test(harness, sees_close_on_exec)
{
    int plain = open("/dev/null", O_RDONLY);
    int cloexec = open("/dev/null", O_RDONLY | O_CLOEXEC);

    cr_assert_not(support_is_cloexec(plain));
    cr_assert(support_is_cloexec(cloexec));
    cr_assert(support_is_open(plain));
    close(plain);
    close(cloexec);
    cr_assert_not(support_is_open(plain));
}

Test(harness, counts_mappings_and_resident_memory)
{
    const size_t size = (size_t)64 << 20;
    size_t mappings = support_mapping_count();
    size_t resident = support_resident_bytes();
    char *first = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    cr_assert_neq(first, MAP_FAILED);
    memset(first, 1, size);
    /* A hole keeps the neighbours from becoming one mapping. */
    cr_assert_eq(mprotect(first + size / 2, 4096, PROT_NONE), 0);
    cr_assert_gt(support_mapping_count(), mappings);
    cr_assert_gt(support_resident_bytes(), resident + size / 2);
    munmap(first, size);
}

static VxmHandle null_device(void)
{
    VxmHandle handle = {0};
    handle.kind = VXM_HANDLE_KIND_MEMORY;
    handle.type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT;
    handle.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    cr_assert_geq(handle.fd, 0);
    return handle;
}

Test(harness, fails_the_nth_call_of_the_library_only)
{
    VxmHandle handle = null_device();
    VxmHandle copy = {0};

    faults_arm(FAULT_FCNTL, 1, FAULT_ONCE, EMFILE);
    /* The test's own call is not touched. */
    cr_assert_geq(fcntl(handle.fd, F_GETFD), 0);
    cr_assert_eq(faults_count(FAULT_FCNTL), 0);
    cr_assert_neq(vxmDuplicateHandle(&handle, &copy), VK_SUCCESS);
    cr_assert_eq(faults_hits(FAULT_FCNTL), 1);
    cr_assert_eq(copy.type, 0);
    cr_assert(faults_disarm());

    /* Once is once, and without a fault the call goes through. */
    faults_reset();
    cr_assert_eq(vxmDuplicateHandle(&handle, &copy), VK_SUCCESS);
    cr_assert_gt(faults_count(FAULT_FCNTL), 0);
    cr_assert_not(faults_disarm());
    vxmCloseHandle(&copy);

    /* A fault far away is not hit. */
    faults_arm(FAULT_ANY, 1000, FAULT_FOR_GOOD, 0);
    cr_assert_eq(vxmDuplicateHandle(&handle, &copy), VK_SUCCESS);
    cr_assert_not(faults_disarm());
    vxmCloseHandle(&copy);
    vxmCloseHandle(&handle);
}

/* What the renamed library calls in place of recvmsg and sendmsg. */
ssize_t vxm_fault_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t vxm_fault_recvmsg(int fd, struct msghdr *message, int flags);

Test(harness, cuts_messages_into_one_byte_pieces)
{
    int fds[2];
    char text[4] = "abc";
    char back[4] = "";
    struct iovec out = {text, 3};
    struct iovec in = {back, 3};
    struct msghdr send_message = {.msg_iov = &out, .msg_iovlen = 1};
    struct msghdr receive_message = {.msg_iov = &in, .msg_iovlen = 1};

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    faults_one_byte_pieces(true);
    cr_assert_eq(vxm_fault_sendmsg(fds[0], &send_message, 0), 1);
    faults_disarm();
    cr_assert_eq(vxm_fault_sendmsg(fds[0], &send_message, 0), 3);
    faults_one_byte_pieces(true);
    cr_assert_eq(vxm_fault_recvmsg(fds[1], &receive_message, 0), 1);
    faults_disarm();
    cr_assert_eq(vxm_fault_recvmsg(fds[1], &receive_message, 0), 3);
    cr_assert_str_eq(back, "abc");
    close(fds[0]);
    close(fds[1]);
}

Test(harness, interrupts_every_other_waiting_call)
{
    int fds[2];
    char text[1] = "x";
    struct iovec out = {text, 1};
    struct msghdr message = {.msg_iov = &out, .msg_iovlen = 1};

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    faults_interrupt(true);
    cr_assert_eq(vxm_fault_sendmsg(fds[0], &message, 0), -1);
    cr_assert_eq(errno, EINTR);
    cr_assert_eq(vxm_fault_sendmsg(fds[0], &message, 0), 1);
    cr_assert_eq(vxm_fault_sendmsg(fds[0], &message, 0), -1);
    faults_disarm();
    close(fds[0]);
    close(fds[1]);
}
