/*
 * Channels as any system has them: every kind of message both ways, time limits, messages that
 * stay, and peers that are gone.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "contract/exchange.h"

TestSuite(channel, .init = contract_begin, .fini = contract_end);

#define SECOND 1000000000ull
#define SHORT  (SECOND / 100)

static void close_pair(VxmChannel pair[2])
{
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}

/* A description that can be sent, with handles of its own. */
static VxmShared make_shared(uint32_t memoryCount)
{
    VxmShared shared;

    memset(&shared, 0, sizeof(shared));
    shared.resourceType = VXM_RESOURCE_TYPE_MEMORY;
    shared.handleType = backend_loose_type()->type;
    shared.memoryCount = memoryCount;
    for (uint32_t i = 0; i < memoryCount; i++) {
        shared.memories[i].allocationSize = 65536u * (i + 1u);
        cr_assert(
            backend_make_foreign(shared.handleType, 65536u * (i + 1u), &shared.memories[i].handle));
    }
    shared.deviceUUID[3] = 7;
    return shared;
}

static void free_shared(VxmShared *shared)
{
    for (uint32_t i = 0; i < shared->memoryCount; i++)
        backend_free_foreign(&shared->memories[i].handle);
}

static const VxmHandover some_handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                                          .queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL,
                                          .flags = VXM_HANDOVER_SEMAPHORE_VALUE_BIT,
                                          .semaphoreValue = 1ull << 40};

/* ---- every kind, both ways ---- */

Test(channel, bytes_both_ways)
{
    static const size_t sizes[] = {1, 2, 15, 16, 1024, 1025, 4097, VXM_MAX_MESSAGE_SIZE};
    unsigned char *sent = malloc(VXM_MAX_MESSAGE_SIZE);
    unsigned char *received = malloc(VXM_MAX_MESSAGE_SIZE);
    VxmChannel pair[2];
    size_t size = 0;

    cr_assert(sent != NULL && received != NULL);
    for (size_t i = 0; i < VXM_MAX_MESSAGE_SIZE; i++)
        sent[i] = (unsigned char)(i * 31 >> 3);
    require(vxmCreateChannelPair(pair));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int way = 0; way < 2; way++) {
            memset(received, 0, VXM_MAX_MESSAGE_SIZE);
            require(vxmSendBytes(pair[way], sizes[i], sent, SECOND));
            require(vxmReceiveBytes(pair[1 - way], VXM_MAX_MESSAGE_SIZE, received, &size, SECOND));
            cr_expect_eq(size, sizes[i]);
            cr_expect_arr_eq(received, sent, sizes[i]);
        }
    }
    close_pair(pair);
    free(sent);
    free(received);
}

Test(channel, memory_both_ways)
{
    VxmChannel pair[2];

    require(vxmCreateChannelPair(pair));
    for (uint32_t count = 1; count <= VXM_MAX_PLANES; count++) {
        VxmShared sent = make_shared(count);
        VxmShared received;

        require(vxmSendMemory(pair[count % 2], &sent, SECOND));
        require(vxmReceiveMemory(pair[1 - count % 2], &received, SECOND));
        cr_expect_eq(received.handleType, sent.handleType);
        cr_assert_eq(received.memoryCount, count);
        cr_expect_arr_eq(received.deviceUUID, sent.deviceUUID, VK_UUID_SIZE);
        for (uint32_t i = 0; i < count; i++) {
            const VxmHandle *handle = &received.memories[i].handle;

            cr_expect_eq(received.memories[i].allocationSize, sent.memories[i].allocationSize);
            cr_expect_eq(handle->kind, VXM_HANDLE_KIND_MEMORY);
            cr_expect_eq(handle->type, sent.handleType);
            cr_expect(backend_is_open(&sent.memories[i].handle), "sending closed the sender's");
            cr_expect(backend_same(handle, &sent.memories[i].handle), "handle %u is another", i);
            cr_expect(backend_is_private(handle));
        }
        free_shared(&sent);
        vxmCloseShared(&received);
    }
    close_pair(pair);
}

Test(channel, handover_both_ways)
{
    VxmChannel pair[2];
    VxmHandover received;

    require(vxmCreateChannelPair(pair));
    for (int way = 0; way < 2; way++) {
        memset(&received, 0, sizeof(received));
        require(vxmSendHandover(pair[way], &some_handover, SECOND));
        require(vxmReceiveHandover(pair[1 - way], &received, SECOND));
        cr_expect_eq(received.layout, some_handover.layout);
        cr_expect_eq(received.queueFamilyIndex, some_handover.queueFamilyIndex);
        cr_expect_eq(received.flags, some_handover.flags);
        cr_expect_eq(received.semaphoreValue, some_handover.semaphoreValue);
    }
    close_pair(pair);
}

/* ---- messages that stay ---- */

Test(channel, messages_keep_their_order_and_peek_takes_none)
{
    VxmShared sent = make_shared(2);
    VxmMessageType type;
    VxmHandover handover;
    VxmShared received;
    VxmChannel pair[2];
    char text[4];
    size_t size;

    require(vxmCreateChannelPair(pair));
    require(vxmSendHandover(pair[0], &some_handover, SECOND));
    require(vxmSendMemory(pair[0], &sent, SECOND));
    require(vxmSendBytes(pair[0], 4, "last", SECOND));
    free_shared(&sent);
    for (int i = 0; i < 3; i++) {
        require(vxmPeekMessage(pair[1], 0, &type));
        cr_expect_eq(type, VXM_MESSAGE_TYPE_HANDOVER);
    }
    require(vxmReceiveHandover(pair[1], &handover, 0));
    require(vxmPeekMessage(pair[1], 0, &type));
    cr_expect_eq(type, VXM_MESSAGE_TYPE_MEMORY);
    require(vxmReceiveMemory(pair[1], &received, 0));
    vxmCloseShared(&received);
    require(vxmPeekMessage(pair[1], 0, &type));
    cr_expect_eq(type, VXM_MESSAGE_TYPE_BYTES);
    require(vxmReceiveBytes(pair[1], sizeof(text), text, &size, 0));
    cr_expect_eq(vxmPeekMessage(pair[1], 0, &type), VK_TIMEOUT);
    close_pair(pair);
}

Test(channel, message_of_another_kind_stays)
{
    VxmShared sent = make_shared(1);
    VxmSharedSemaphore semaphore;
    VxmHandover handover;
    VxmShared received;
    VxmChannel pair[2];
    char text[16];
    size_t size;

    fill(semaphore);
    fill(handover);
    fill(received);
    fill(text);
    fill(size);
    require(vxmCreateChannelPair(pair));
    require(vxmSendMemory(pair[0], &sent, SECOND));
    expect_error(vxmReceiveBytes(pair[1], sizeof(text), text, &size, 0),
                 VXM_ERROR_UNEXPECTED_MESSAGE, VXM_ERROR_REASON_ARGUMENT, "stays");
    expect_error(vxmReceiveSemaphore(pair[1], &semaphore, 0), VXM_ERROR_UNEXPECTED_MESSAGE,
                 VXM_ERROR_REASON_ARGUMENT, "stays");
    expect_error(vxmReceiveHandover(pair[1], &handover, 0), VXM_ERROR_UNEXPECTED_MESSAGE,
                 VXM_ERROR_REASON_ARGUMENT, "stays");
    require(vxmSendBytes(pair[0], 4, "text", SECOND));
    fill(received);
    require(vxmReceiveMemory(pair[1], &received, 0));
    cr_expect(backend_same(&received.memories[0].handle, &sent.memories[0].handle));
    vxmCloseShared(&received);
    fill(received);
    expect_error(vxmReceiveMemory(pair[1], &received, 0), VXM_ERROR_UNEXPECTED_MESSAGE,
                 VXM_ERROR_REASON_ARGUMENT, "stays");
    expect_untouched(semaphore);
    expect_untouched(handover);
    expect_untouched(received);
    expect_untouched(text);
    expect_untouched(size);
    free_shared(&sent);
    close_pair(pair);
}

Test(channel, message_that_is_too_long_stays)
{
    VxmChannel pair[2];
    char text[8];
    size_t size;

    fill(text);
    fill(size);
    require(vxmCreateChannelPair(pair));
    require(vxmSendBytes(pair[0], 8, "eight by", SECOND));
    for (size_t capacity = 0; capacity < 8; capacity++)
        expect_error(vxmReceiveBytes(pair[1], capacity, text, &size, 0), VK_INCOMPLETE,
                     VXM_ERROR_REASON_ARGUMENT, "8 bytes");
    expect_untouched(text);
    expect_untouched(size);
    require(vxmReceiveBytes(pair[1], 8, text, &size, 0));
    cr_expect_arr_eq(text, "eight by", 8);
    close_pair(pair);
}

Test(channel, closing_closes_what_was_not_received)
{
    VxmShared sent = make_shared(3);
    VxmChannel pair[2];
    VxmMessageType type;

    /* contract_end() counts: one in the channel, one looked at. */
    require(vxmCreateChannelPair(pair));
    require(vxmSendMemory(pair[0], &sent, SECOND));
    require(vxmSendMemory(pair[0], &sent, SECOND));
    require(vxmPeekMessage(pair[1], 0, &type));
    free_shared(&sent);
    vxmCloseChannel(pair[1]);
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(NULL);
}

/* ---- time limits ---- */

Test(channel, nothing_to_receive_is_a_timeout)
{
    static const uint64_t timeouts[] = {0, 1, SHORT};
    VxmSharedSemaphore semaphore;
    VxmMessageType type;
    VxmHandover handover;
    VxmChannel pair[2];
    VxmShared shared;
    char text[16];
    size_t size;

    fill(semaphore);
    fill(type);
    fill(handover);
    fill(shared);
    fill(text);
    fill(size);
    require(vxmCreateChannelPair(pair));
    for (size_t i = 0; i < sizeof(timeouts) / sizeof(timeouts[0]); i++) {
        uint64_t timeout = timeouts[i];

        expect_error(vxmPeekMessage(pair[0], timeout, &type), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT,
                     "peer to send");
        expect_error(vxmReceiveBytes(pair[0], sizeof(text), text, &size, timeout), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "peer to send");
        expect_error(vxmReceiveMemory(pair[0], &shared, timeout), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "peer to send");
        expect_error(vxmReceiveSemaphore(pair[0], &semaphore, timeout), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "peer to send");
        expect_error(vxmReceiveHandover(pair[0], &handover, timeout), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "peer to send");
    }
    expect_untouched(semaphore);
    expect_untouched(type);
    expect_untouched(handover);
    expect_untouched(shared);
    expect_untouched(text);
    expect_untouched(size);
    /* And it is of use afterwards. */
    require(vxmSendBytes(pair[1], 1, "x", 0));
    require(vxmReceiveBytes(pair[0], sizeof(text), text, &size, UINT64_MAX));
    cr_expect_eq(size, 1);
    close_pair(pair);
}

/* Small messages leave as a whole or not at all. */
Test(channel, full_channel_is_a_timeout_and_loses_nothing)
{
    VxmChannel pair[2];
    uint32_t sent = 0;
    uint32_t number;
    size_t size;

    require(vxmCreateChannelPair(pair));
    while (vxmSendBytes(pair[0], sizeof(sent), &sent, sent % 2 == 0 ? 0 : 1) == VK_SUCCESS)
        sent++;
    cr_expect_gt(sent, 10u);
    expect_error(vxmSendBytes(pair[0], sizeof(sent), &sent, SHORT), VK_TIMEOUT,
                 VXM_ERROR_REASON_TIMEOUT, "peer to read");
    expect_error(vxmSendHandover(pair[0], &some_handover, 0), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT,
                 "peer to read");
    for (uint32_t i = 0; i < sent; i++) {
        require(vxmReceiveBytes(pair[1], sizeof(number), &number, &size, 0));
        cr_assert(size == sizeof(number) && number == i, "message %u became %u", i, number);
    }
    cr_expect_eq(vxmReceiveBytes(pair[1], sizeof(number), &number, &size, 0), VK_TIMEOUT);
    require(vxmSendBytes(pair[0], sizeof(sent), &sent, 0));
    require(vxmReceiveBytes(pair[1], sizeof(number), &number, &size, 0));
    close_pair(pair);
}

/* A large message may be cut by the time limit. The stream can't be followed then. */
Test(channel, peer_that_stops_reading_is_lost)
{
    unsigned char *data = calloc(1, VXM_MAX_MESSAGE_SIZE);
    VkResult result = VK_SUCCESS;
    VxmChannel pair[2];
    unsigned whole = 0;
    size_t size;

    cr_assert_not_null(data);
    require(vxmCreateChannelPair(pair));
    while (result == VK_SUCCESS) {
        result = vxmSendBytes(pair[0], VXM_MAX_MESSAGE_SIZE, data, SHORT);
        whole += result == VK_SUCCESS ? 1u : 0u;
    }
    if (result != VK_TIMEOUT) {
        cr_expect_eq(result, VXM_ERROR_PEER_LOST);
        expect_error(vxmSendBytes(pair[0], 1, data, SECOND), VXM_ERROR_PEER_LOST,
                     VXM_ERROR_REASON_PEER, "Close");
        /* Receiving is not concerned. */
        require(vxmSendBytes(pair[1], 1, data, SECOND));
        require(vxmReceiveBytes(pair[0], 1, data, &size, SECOND));
    }
    for (; whole > 0; whole--)
        require(vxmReceiveBytes(pair[1], VXM_MAX_MESSAGE_SIZE, data, &size, 0));
    if (result == VK_TIMEOUT) {
        /* On a system that takes such a message as a whole or not at all, the next one is whole. */
        require(vxmSendBytes(pair[0], 1, data, SECOND));
        require(vxmReceiveBytes(pair[1], VXM_MAX_MESSAGE_SIZE, data, &size, 0));
        cr_expect_eq(size, 1);
    }
    cr_expect_eq(vxmReceiveBytes(pair[1], VXM_MAX_MESSAGE_SIZE, data, &size, 0), VK_TIMEOUT);
    vxmCloseChannel(pair[0]);
    expect_error(vxmReceiveBytes(pair[1], VXM_MAX_MESSAGE_SIZE, data, &size, SECOND),
                 VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, NULL);
    vxmCloseChannel(pair[1]);
    free(data);
}

/* ---- peers that are gone ---- */

Test(channel, closed_peer_is_lost_for_good)
{
    VxmMessageType type;
    VxmChannel pair[2];
    char text[16];
    size_t size;

    fill(type);
    fill(size);
    require(vxmCreateChannelPair(pair));
    require(vxmSendBytes(pair[0], 3, "bye", SECOND));
    vxmCloseChannel(pair[0]);
    /* What was sent before is there still. */
    require(vxmReceiveBytes(pair[1], sizeof(text), text, &size, SECOND));
    fill(size);
    for (int again = 0; again < 2; again++) {
        expect_error(vxmPeekMessage(pair[1], UINT64_MAX, &type), VXM_ERROR_PEER_LOST,
                     VXM_ERROR_REASON_PEER, NULL);
        expect_error(vxmReceiveBytes(pair[1], sizeof(text), text, &size, UINT64_MAX),
                     VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, NULL);
        expect_error(vxmSendBytes(pair[1], 3, "you", UINT64_MAX), VXM_ERROR_PEER_LOST,
                     VXM_ERROR_REASON_PEER, NULL);
        expect_error(vxmSendHandover(pair[1], &some_handover, UINT64_MAX), VXM_ERROR_PEER_LOST,
                     VXM_ERROR_REASON_PEER, NULL);
    }
    expect_untouched(type);
    expect_untouched(size);
    vxmCloseChannel(pair[1]);
}

Test(channel, memory_for_a_closed_peer_stays_the_sender_s)
{
    VxmShared shared = make_shared(1);
    VxmChannel pair[2];

    require(vxmCreateChannelPair(pair));
    vxmCloseChannel(pair[0]);
    for (int again = 0; again < 2; again++) {
        expect_error(vxmSendMemory(pair[1], &shared, UINT64_MAX), VXM_ERROR_PEER_LOST,
                     VXM_ERROR_REASON_PEER, NULL);
        cr_expect(backend_is_open(&shared.memories[0].handle));
    }
    vxmCloseChannel(pair[1]);
    free_shared(&shared);
}

/* Systems tell this apart from an orderly end. What had been sent before is there still. */
Test(channel, peer_that_leaves_messages_unread_is_lost)
{
    VxmChannel pair[2];
    char text[4];
    size_t size;

    require(vxmCreateChannelPair(pair));
    require(vxmSendBytes(pair[1], 3, "you", SECOND));
    require(vxmSendBytes(pair[0], 3, "bye", SECOND));
    vxmCloseChannel(pair[0]);
    require(vxmReceiveBytes(pair[1], sizeof(text), text, &size, UINT64_MAX));
    expect_error(vxmReceiveBytes(pair[1], sizeof(text), text, &size, UINT64_MAX),
                 VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, NULL);
    expect_error(vxmSendBytes(pair[1], 3, "you", SECOND), VXM_ERROR_PEER_LOST,
                 VXM_ERROR_REASON_PEER, NULL);
    vxmCloseChannel(pair[1]);
}

/* ---- what can't be sent ---- */

Test(channel, descriptions_that_can_not_be_sent_are_refused)
{
    VxmShared good = make_shared(2);
    VxmShared shared;
    VxmChannel pair[2];
    char text[4];
    size_t size;

    require(vxmCreateChannelPair(pair));
    shared = good;
    shared.memories[1].handle.type = 0;
    expect_error(vxmSendMemory(pair[0], &shared, SECOND), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "handle 1 is empty");
    shared = good;
    shared.memories[1].handle.type = type_other_than(backend_loose_type())->type;
    expect_error(vxmSendMemory(pair[0], &shared, SECOND), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "handle 1 has kind 0");
    shared = good;
    shared.memories[0].handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
    expect_error(vxmSendMemory(pair[0], &shared, SECOND), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "handle 0 has kind 1");
    shared = good;
    shared.memoryCount = 5;
    expect_error(vxmSendMemory(pair[0], &shared, SECOND), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "memoryCount");
    shared = good;
    shared.handleType = backend_other_types[0];
    expect_error(vxmSendMemory(pair[0], &shared, SECOND), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, NULL);
    /* Nothing of it has left. */
    require(vxmSendBytes(pair[0], 4, "good", SECOND));
    require(vxmReceiveBytes(pair[1], sizeof(text), text, &size, 0));
    close_pair(pair);
    free_shared(&good);
}

/* A pointer would mean something else over there, and an object of this process nothing at all. The
 * sentence tells how it could leave. */
Test(channel, what_can_t_leave_the_process_is_refused)
{
    VxmDevice device = contract_device();
    VxmMessageType messageType;
    VxmChannel pair[2];

    require(vxmCreateChannelPair(pair));
    FOR_EACH_TYPE(type)
    {
        struct source source;
        struct watch watch;

        if (!type->local) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        expect_error(vxmSendMemory(pair[0], &source.shared, SECOND), VK_ERROR_FEATURE_NOT_PRESENT,
                     VXM_ERROR_REASON_UNSUPPORTED, type->name);
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
        VxmSharedSemaphore shared = {.handleType = backend_semaphore_types[i].type};

        if (backend_semaphore_types[i].local) {
            shared.handle = (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE,
                                        .type = backend_semaphore_types[i].type};
            expect_error(vxmSendSemaphore(pair[0], &shared, SECOND), VK_ERROR_FEATURE_NOT_PRESENT,
                         VXM_ERROR_REASON_UNSUPPORTED, backend_semaphore_types[i].name);
        }
    }
    cr_expect_eq(vxmPeekMessage(pair[1], 0, &messageType), VK_TIMEOUT);
    close_pair(pair);
    vxmDestroyDevice(device);
}

Test(channel, closed_handle_is_refused)
{
    VxmShared shared = make_shared(2);
    VxmChannel pair[2];
    VxmMessageType type;
    VxmHandle closed = shared.memories[1].handle;

    backend_close(&shared.memories[1].handle);
    shared.memories[1].handle = closed;
    require(vxmCreateChannelPair(pair));
    /* The pair may have been given the number. */
    if (!backend_is_open(&closed)) {
        expect_error(vxmSendMemory(pair[0], &shared, SECOND), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_SYSTEM, "closed");
    } else {
        expect_error(vxmSendMemory(pair[0], &shared, SECOND), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_ARGUMENT, NULL);
    }
    cr_expect_eq(vxmPeekMessage(pair[1], 0, &type), VK_TIMEOUT);
    close_pair(pair);
    shared.memoryCount = 1;
    free_shared(&shared);
}

Test(channel, sizes_out_of_range_are_refused)
{
    static const size_t sizes[] = {0, VXM_MAX_MESSAGE_SIZE + 1, SIZE_MAX};
    VxmChannel pair[2];
    VxmMessageType type;

    require(vxmCreateChannelPair(pair));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        expect_error(vxmSendBytes(pair[0], sizes[i], "x", SECOND), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "size is");
    cr_expect_eq(vxmPeekMessage(pair[1], 0, &type), VK_TIMEOUT);
    close_pair(pair);
}
