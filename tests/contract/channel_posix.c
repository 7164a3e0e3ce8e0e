/*
 * Channels of POSIX systems: paths and abstract names, who is at the other end, other processes and
 * threads, semaphores.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/common.h"
#include "support/faults.h"
#include "support/resources.h"

#define SECOND 1000000000ull
#define SHORT  (SECOND / 100)

static char folder[64];
static char path[96];
static char abstract[96];

static void begin(void)
{
    snprintf(folder, sizeof(folder), "/tmp/vxm-test-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/socket", folder);
    snprintf(abstract, sizeof(abstract), "@%s", folder);
    contract_begin();
}

static void end(void)
{
    contract_end();
    cr_expect_neq(unlink(path), 0, "the listener left its socket behind");
    cr_expect_eq(rmdir(folder), 0, "something else was left behind in %s", folder);
}

TestSuite(channel_posix, .init = begin, .fini = end);

static void say_hello(VxmChannel from, VxmChannel to)
{
    char text[8];
    size_t size;

    require(vxmSendBytes(from, 5, "hello", SECOND));
    require(vxmReceiveBytes(to, sizeof(text), text, &size, SECOND));
    cr_expect(size == 5 && memcmp(text, "hello", 5) == 0);
}

static void wait_for_child(pid_t child, int expectedSignal)
{
    int status;

    cr_assert_eq(waitpid(child, &status, 0), child);
    if (expectedSignal == 0)
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with status %d",
                  status);
    else
        cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == expectedSignal,
                  "the child ended with status %d", status);
}

/* ---- names ---- */

Test(channel_posix, path_and_abstract_name)
{
    const char *const names[] = {path, abstract};

    for (int i = 0; i < 2; i++) {
        VxmListener listener;
        VxmChannel client;
        VxmChannel server;
        VxmHandle handle;

        require(vxmListen(names[i], NULL, &listener));
        require(vxmConnect(names[i], SECOND, &client));
        require(vxmAccept(listener, SECOND, &server));
        say_hello(client, server);
        say_hello(server, client);
        for (int j = 0; j < 2; j++) {
            require(vxmExportChannel(j == 0 ? server : client, &handle));
            cr_expect(support_is_cloexec(handle.fd));
            cr_expect_eq(fcntl(handle.fd, F_GETFL) & O_NONBLOCK, 0);
            vxmCloseHandle(&handle);
        }
        vxmCloseListener(listener);
        say_hello(client, server);
        vxmCloseChannel(client);
        vxmCloseChannel(server);
    }
}

Test(channel_posix, every_descriptor_is_private)
{
    struct support_handles *fds = malloc(sizeof(*fds));
    struct support_handles *before = malloc(sizeof(*before));
    VxmListener listener;
    VxmChannel client;
    VxmChannel server;
    VxmChannel pair[2];

    cr_assert(fds != NULL && before != NULL);
    support_take_handles(before);
    require(vxmListen(path, NULL, &listener));
    require(vxmConnect(path, SECOND, &client));
    require(vxmAccept(listener, SECOND, &server));
    require(vxmCreateChannelPair(pair));
    support_take_handles(fds);
    cr_expect_eq(fds->count, before->count + 5);
    for (size_t i = 0; i < fds->count; i++) {
        bool old = false;

        for (size_t j = 0; j < before->count; j++)
            old = old || before->items[j].value == fds->items[i].value;
        cr_expect(old || support_is_cloexec(fds->items[i].value), "fd %d is inherited by children",
                  (int)fds->items[i].value);
    }
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
    vxmCloseChannel(client);
    vxmCloseChannel(server);
    vxmCloseListener(listener);
    free(fds);
    free(before);
}

Test(channel_posix, path_is_the_users_own)
{
    VxmListener listener;
    struct stat file;
    mode_t mask = umask(0);

    require(vxmListen(path, NULL, &listener));
    umask(mask);
    cr_assert_eq(lstat(path, &file), 0);
    cr_expect_eq(file.st_mode & 0777, 0600, "the mode is %o", (unsigned)file.st_mode & 0777u);
    vxmCloseListener(listener);
    cr_expect_eq(lstat(path, &file), -1);
}

Test(channel_posix, name_in_use_is_refused)
{
    const char *const names[] = {path, abstract};

    for (int i = 0; i < 2; i++) {
        VxmListener listener;
        VxmListener second;
        VxmChannel client;
        VxmChannel server;

        fill(second);
        require(vxmListen(names[i], NULL, &listener));
        expect_error(vxmListen(names[i], NULL, &second), VK_ERROR_INITIALIZATION_FAILED,
                     VXM_ERROR_REASON_SYSTEM, names[i]);
        expect_untouched(second);
        /* Nobody has come by that, and the first one goes on. */
        cr_expect_eq(vxmAccept(listener, 0, &server), VK_TIMEOUT);
        require(vxmConnect(names[i], 0, &client));
        require(vxmAccept(listener, 0, &server));
        vxmCloseChannel(client);
        vxmCloseChannel(server);
        vxmCloseListener(listener);
    }
}

static void bind_raw(int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, path, strlen(path) + 1);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
}

Test(channel_posix, left_over_socket_is_replaced)
{
    VxmListener listener;
    VxmChannel client;

    bind_raw(SOCK_STREAM);
    require(vxmListen(path, NULL, &listener));
    require(vxmConnect(path, 0, &client));
    vxmCloseChannel(client);
    vxmCloseListener(listener);
}

Test(channel_posix, file_that_is_no_socket_is_kept)
{
    VxmListener listener;
    VxmChannel channel;
    struct stat before;
    struct stat after;
    int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    fill(listener);
    cr_assert_eq(fstat(fd, &before), 0);
    close(fd);
    expect_error(vxmListen(path, NULL, &listener), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_SYSTEM, "no socket");
    fill(channel);
    expect_error(vxmConnect(path, UINT64_MAX, &channel), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_SYSTEM, "no socket");
    expect_untouched(channel);
    cr_assert_eq(stat(path, &after), 0);
    cr_expect_eq(after.st_ino, before.st_ino);
    expect_untouched(listener);
    unlink(path);
}

/* Somebody has removed the socket and put another in its place. */
Test(channel_posix, path_of_another_is_not_removed)
{
    VxmListener listener;
    struct stat file;

    require(vxmListen(path, NULL, &listener));
    cr_assert_eq(unlink(path), 0);
    bind_raw(SOCK_STREAM);
    vxmCloseListener(listener);
    cr_expect_eq(lstat(path, &file), 0, "the other's socket was removed");
    unlink(path);
}

Test(channel_posix, names_that_can_not_be_are_refused)
{
    struct sockaddr_un address;
    char name[200];
    VxmListener listener;
    VxmChannel channel;
    const char *const empty[] = {"", "@"};

    fill(listener);
    fill(channel);
    for (int i = 0; i < 2; i++) {
        expect_error(vxmListen(empty[i], NULL, &listener), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "empty");
        expect_error(vxmConnect(empty[i], SECOND, &channel), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "empty");
    }
    /* A path needs a NUL at its end, an abstract name does not. */
    memset(name, 'x', sizeof(name));
    name[sizeof(address.sun_path)] = '\0';
    expect_error(vxmListen(name, NULL, &listener), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shorter");
    expect_error(vxmConnect(name, SECOND, &channel), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shorter");
    name[sizeof(name) - 1] = '\0';
    name[sizeof(address.sun_path)] = 'x';
    name[0] = '@';
    expect_error(vxmListen(name, NULL, &listener), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shorter");
    expect_untouched(listener);
    expect_untouched(channel);
    name[sizeof(address.sun_path)] = '\0';
    require(vxmListen(name, NULL, &listener));
    require(vxmConnect(name, 0, &channel));
    vxmCloseChannel(channel);
    vxmCloseListener(listener);
}

Test(channel_posix, folder_that_is_not_there_is_told)
{
    char name[120];
    VxmListener listener;
    VxmChannel channel;

    fill(listener);
    fill(channel);
    snprintf(name, sizeof(name), "%s/none/socket", folder);
    expect_error(vxmListen(name, NULL, &listener), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_SYSTEM, name);
    expect_error(vxmConnect(name, 0, &channel), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, name);
    expect_untouched(listener);
    expect_untouched(channel);
}

Test(channel_posix, nobody_there_is_a_timeout)
{
    static const uint64_t timeouts[] = {0, 1, SHORT};
    const char *const names[] = {path, abstract};
    VxmListener listener;
    VxmChannel channel;

    fill(channel);
    for (int i = 0; i < 6; i++)
        expect_error(vxmConnect(names[i / 3], timeouts[i % 3], &channel), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, names[i / 3]);
    require(vxmListen(path, NULL, &listener));
    for (int i = 0; i < 3; i++)
        expect_error(vxmAccept(listener, timeouts[i], &channel), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "connect");
    expect_untouched(channel);
    vxmCloseListener(listener);
}

/* ---- other processes ---- */

/* The listener comes after the one who connects has begun to try. */
Test(channel_posix, child_connects_before_anybody_listens)
{
    VxmListener listener;
    VxmChannel server;
    char text[8];
    size_t size;
    int ready[2];
    char byte;
    pid_t child;

    cr_assert_eq(pipe2(ready, O_CLOEXEC), 0);
    child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        VxmChannel client;
        bool good;

        good = vxmConnect(path, 0, &client) == VK_TIMEOUT && write(ready[1], "x", 1) == 1 &&
               vxmConnect(path, 60 * SECOND, &client) == VK_SUCCESS &&
               vxmSendBytes(client, 5, "child", SECOND) == VK_SUCCESS;
        _exit(good ? 0 : 1);
    }
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    require(vxmListen(path, NULL, &listener));
    require(vxmAccept(listener, 60 * SECOND, &server));
    require(vxmReceiveBytes(server, sizeof(text), text, &size, 60 * SECOND));
    cr_expect_eq(size, 5);
    wait_for_child(child, 0);
    vxmCloseChannel(server);
    vxmCloseListener(listener);
    close(ready[0]);
    close(ready[1]);
}

Test(channel_posix, peer_is_known)
{
    VxmListener listener;
    VxmChannel server;
    VxmChannel pair[2];
    VxmPeer peer;
    char byte;
    size_t size;
    pid_t child;

    require(vxmCreateChannelPair(pair));
    require(vxmGetChannelPeer(pair[0], &peer));
    cr_expect(peer.processIdValid && peer.processId == (uint64_t)getpid());
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
    require(vxmListen(path, NULL, &listener));
    child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        VxmChannel client;
        bool good;

        good = vxmConnect(path, 60 * SECOND, &client) == VK_SUCCESS &&
               vxmGetChannelPeer(client, &peer) == VK_SUCCESS &&
               peer.processId == (uint64_t)getppid() &&
               vxmReceiveBytes(client, 1, &byte, &size, 60 * SECOND) == VK_SUCCESS;
        _exit(good ? 0 : 1);
    }
    require(vxmAccept(listener, 60 * SECOND, &server));
    memset(&peer, 0, sizeof(peer));
    require(vxmGetChannelPeer(server, &peer));
    cr_expect(peer.processIdValid && peer.processId == (uint64_t)child);
    cr_expect(peer.userIdValid && peer.userId == geteuid() && peer.groupId == getegid());
    require(vxmSendBytes(server, 1, "x", SECOND));
    wait_for_child(child, 0);
    vxmCloseChannel(server);
    vxmCloseListener(listener);
}

/* ---- threads ---- */

#define EXCHANGES 2000u

static void *send_many(void *argument)
{
    VxmChannel channel = argument;
    uintptr_t failures = 0;

    for (uint32_t i = 0; i < EXCHANGES; i++)
        failures += vxmSendBytes(channel, sizeof(i), &i, 60 * SECOND) != VK_SUCCESS;
    return (void *)failures;
}

/* On the same channel, one thread sends while another receives. */
Test(channel_posix, one_thread_sends_while_another_receives)
{
    VxmChannel pair[2];
    pthread_t senders[2];
    void *failures;
    uint32_t number;
    size_t size;

    require(vxmCreateChannelPair(pair));
    for (int i = 0; i < 2; i++)
        cr_assert_eq(pthread_create(&senders[i], NULL, send_many, pair[i]), 0);
    for (uint32_t i = 0; i < EXCHANGES; i++) {
        for (int j = 0; j < 2; j++) {
            require(vxmReceiveBytes(pair[j], sizeof(number), &number, &size, 60 * SECOND));
            cr_assert_eq(number, i);
        }
    }
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(pthread_join(senders[i], &failures), 0);
        cr_expect_eq((uintptr_t)failures, 0);
    }
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}

/* ---- semaphores ---- */

Test(channel_posix, semaphores_both_ways)
{
    static const uint32_t types[] = {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
                                     VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
                                     VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT};
    VxmChannel pair[2];

    require(vxmCreateChannelPair(pair));
    for (int i = 0; i < 6; i++) {
        VxmSharedSemaphore sent = {.handleType = types[i / 2]};
        VxmSharedSemaphore received;

        /* The last one is the sync fd that means "already signalled". */
        sent.handle = (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE,
                                  .type = sent.handleType,
                                  .fd = i / 2 == 2 ? -1 : memfd_create("payload", MFD_CLOEXEC)};
        sent.driverUUID[0] = (uint8_t)(i + 1);
        require(vxmSendSemaphore(pair[i % 2], &sent, SECOND));
        require(vxmReceiveSemaphore(pair[1 - i % 2], &received, SECOND));
        cr_expect_eq(received.handleType, sent.handleType);
        cr_expect_eq(received.handle.kind, VXM_HANDLE_KIND_SEMAPHORE);
        cr_expect_eq(received.handle.type, sent.handleType);
        cr_expect_eq(received.driverUUID[0], i + 1);
        if (i / 2 == 2)
            cr_expect_eq(received.handle.fd, -1);
        else
            cr_expect(received.handle.fd != sent.handle.fd &&
                      support_is_cloexec(received.handle.fd));
        vxmCloseHandle(&received.handle);
        vxmCloseHandle(&sent.handle);
    }
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}

Test(channel_posix, semaphores_that_can_not_be_sent_are_refused)
{
    VxmSharedSemaphore sent = {.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT};
    VxmMessageType type;
    VxmChannel pair[2];

    require(vxmCreateChannelPair(pair));
    expect_error(vxmSendSemaphore(pair[0], &sent, SECOND), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "empty");
    sent.handle = (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = sent.handleType, .fd = -1};
    expect_error(vxmSendSemaphore(pair[0], &sent, SECOND), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "fd -1");
    sent.handle.kind = VXM_HANDLE_KIND_MEMORY;
    expect_error(vxmSendSemaphore(pair[0], &sent, SECOND), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "kind");
    sent.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA;
    expect_error(vxmSendSemaphore(pair[0], &sent, SECOND), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, NULL);
    cr_expect_eq(vxmPeekMessage(pair[1], 0, &type), VK_TIMEOUT);
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}

/* ---- interrupted and piecemeal system calls ---- */

Test(channel_posix, signals_and_single_bytes_change_nothing)
{
    VxmShared sent = {.resourceType = VXM_RESOURCE_TYPE_MEMORY,
                      .handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
                      .memoryCount = 1};
    VxmMessageType type;
    VxmShared received;
    VxmListener listener;
    VxmChannel client;
    VxmChannel server;

    sent.memories[0].handle = (VxmHandle){
        .kind = VXM_HANDLE_KIND_MEMORY, .type = sent.handleType, .fd = model_make_dma_buf(4096)};
    faults_interrupt(true);
    faults_one_byte_pieces(true);
    require(vxmListen(path, NULL, &listener));
    require(vxmConnect(path, SECOND, &client));
    require(vxmAccept(listener, SECOND, &server));
    say_hello(client, server);
    require(vxmSendMemory(server, &sent, SECOND));
    require(vxmReceiveMemory(client, &received, SECOND));
    say_hello(server, client);
    /* Every other wait is interrupted. */
    cr_expect_eq(vxmPeekMessage(client, SHORT, &type), VK_TIMEOUT);
    cr_expect_eq(vxmPeekMessage(client, SHORT, &type), VK_TIMEOUT);
    (void)faults_disarm();
    vxmCloseShared(&received);
    vxmCloseShared(&sent);
    vxmCloseChannel(client);
    vxmCloseChannel(server);
    vxmCloseListener(listener);
}
