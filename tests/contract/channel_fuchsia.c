/*
 * Channels over Zircon's: whole messages, ends with one owner, and peers that keep to no rules.
 * contract_end() counts the handles each time.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"
#include "internal.h"
#include "modelled/zircon.h"

TestSuite(channel_fuchsia, .init = contract_begin, .fini = contract_end);

#define SECOND 1000000000ull
#define HEADER 16u
#define EVENT  VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA

#define BAD  VXM_ERROR_BAD_MESSAGE
#define LOST VXM_ERROR_PEER_LOST
#define PEER VXM_ERROR_REASON_PEER

/* A channel, and Zircon's own end of it at the other side. */
struct met {
    VxmChannel channel;
    zx_handle_t raw;
};

static VxmHandle channel_handle(zx_handle_t zircon)
{
    return (VxmHandle){
        .kind = VXM_HANDLE_KIND_CHANNEL, .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE, .zircon = zircon};
}

static struct met meet(void)
{
    struct met met;
    zx_handle_t ends[2];
    VxmHandle handle;

    cr_assert_eq(zx_channel_create(0, &ends[0], &ends[1]), ZX_OK);
    handle = channel_handle(ends[0]);
    require(vxmImportChannel(&handle, &met.channel));
    met.raw = ends[1];
    return met;
}

static void part(struct met *met)
{
    vxmCloseChannel(met->channel);
    zx_handle_close(met->raw);
}

/* Writes bytes with so many events. */
static void write_raw(const struct met *met, const void *bytes, size_t size, uint32_t handleCount)
{
    zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES] = {0};

    for (uint32_t i = 0; i < handleCount; i++) {
        handles[i] = zircon_make(ZX_OBJ_TYPE_EVENT, 0);
    }
    cr_assert_eq(zx_channel_write(met->raw, 0, bytes, (uint32_t)size, handles, handleCount), ZX_OK);
}

/* The two messages of "bytes", as the library sends them. */
static void take_down(unsigned char header[HEADER], char text[5])
{
    struct met met = meet();
    uint32_t size = 0;
    uint32_t handleCount = 1;

    require(vxmSendBytes(met.channel, 5, "bytes", SECOND));
    cr_assert_eq(zx_channel_read(met.raw, 0, header, NULL, HEADER, 0, &size, &handleCount), ZX_OK);
    cr_assert(size == HEADER && handleCount == 0);
    cr_assert_eq(zx_channel_read(met.raw, 0, text, NULL, 5, 0, &size, &handleCount), ZX_OK);
    cr_assert(size == 5 && handleCount == 0);
    cr_assert_eq(zx_channel_read(met.raw, 0, text, NULL, 5, 0, &size, &handleCount),
                 ZX_ERR_SHOULD_WAIT);
    part(&met);
}

static void expect_broken(struct met *met, const char *part_of_sentence)
{
    char text[8];
    size_t size;

    expect_error(vxmReceiveBytes(met->channel, sizeof(text), text, &size, SECOND), BAD, PEER,
                 part_of_sentence);
    /* For good. */
    expect_error(vxmReceiveBytes(met->channel, sizeof(text), text, &size, SECOND), BAD, PEER,
                 "failed before");
    part(met);
}

Test(channel_fuchsia, a_frame_is_two_messages)
{
    unsigned char header[HEADER];
    char text[5];

    take_down(header, text);
    cr_expect_arr_eq(header, "VXMF", 4);
    cr_expect_arr_eq(text, "bytes", 5);
}

/* Handles ride on the header, and the sender's stay open. */
Test(channel_fuchsia, what_is_written_are_duplicates)
{
    VxmDevice device = contract_device();
    VxmSemaphoreCreateInfo info = {.handleTypes = EVENT};
    struct met met = meet();
    unsigned char header[HEADER];
    VxmSharedSemaphore shared;
    VxmSemaphore semaphore;
    zx_handle_t arrived = 0;
    uint32_t size;
    uint32_t handleCount;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmExportSemaphore(semaphore, EVENT, &shared));
    require(vxmSendSemaphore(met.channel, &shared, SECOND));
    cr_expect(modelled_is_open(shared.handle.zircon));
    cr_assert_eq(zx_channel_read(met.raw, 0, header, &arrived, HEADER, 1, &size, &handleCount),
                 ZX_OK);
    cr_expect(size == HEADER && handleCount == 1);
    cr_expect(modelled_same(arrived, shared.handle.zircon));
    zx_handle_close(arrived);
    part(&met);
    /* To nobody: what the failed write took were duplicates too. */
    met = meet();
    zx_handle_close(met.raw);
    met.raw = ZX_HANDLE_INVALID;
    expect_error(vxmSendSemaphore(met.channel, &shared, SECOND), LOST, PEER, "ZX_ERR_PEER_CLOSED");
    cr_expect(modelled_is_open(shared.handle.zircon));
    part(&met);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(channel_fuchsia, handles_without_the_right_are_not_sent)
{
    VxmHandle channel;
    VxmHandle handles[2] = {{0}, {0}};
    struct vxm_os_stream stream = {{0}, {0}};
    zx_handle_t ends[2];
    size_t sent = 1;

    cr_assert_eq(zx_channel_create(0, &ends[0], &ends[1]), ZX_OK);
    channel = channel_handle(ends[0]);
    for (int i = 0; i < 2; i++) {
        handles[i] = (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE,
                                 .type = EVENT,
                                 .zircon = zircon_make(ZX_OBJ_TYPE_EVENT, 0)};
    }
    zircon_limit_rights(handles[1].zircon, ~ZX_RIGHT_TRANSFER);
    expect_error(vxm__os_send(&channel, &stream, "bytes", 5, handles, 2, UINT64_MAX, &sent),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "ZX_RIGHT_TRANSFER");
    cr_expect_eq(sent, 0);
    zircon_limit_rights(handles[1].zircon, ~ZX_RIGHT_DUPLICATE);
    expect_error(vxm__os_send(&channel, &stream, "bytes", 5, handles, 2, UINT64_MAX, &sent),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "ZX_RIGHT_DUPLICATE");
    /* The channel's own right. */
    zircon_limit_rights(ends[0], ~ZX_RIGHT_WRITE);
    expect_error(vxm__os_send(&channel, &stream, "bytes", 5, handles, 1, UINT64_MAX, &sent),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_SYSTEM, "ZX_ERR_ACCESS_DENIED");
    cr_expect_eq(zircon_message_count(), 0);
    for (int i = 0; i < 2; i++) {
        cr_expect(modelled_is_open(handles[i].zircon));
        zx_handle_close(handles[i].zircon);
        zx_handle_close(ends[i]);
    }
}

/* ---- ends have one owner ---- */

Test(channel_fuchsia, export_moves_the_end)
{
    VxmChannel pair[2];
    VxmChannel again;
    VxmHandle handle;
    VxmHandle second;
    char text[8];
    size_t size;

    require(vxmCreateChannelPair(pair));
    require(vxmExportChannel(pair[1], &handle));
    fill(second);
    expect_error(vxmExportChannel(pair[1], &second), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "exported before");
    expect_error(vxmDuplicateHandle(&handle, &second), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "one owner");
    expect_untouched(second);
    expect_error(vxmSendBytes(pair[1], 1, "x", 0), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "one owner");
    expect_error(vxmReceiveBytes(pair[1], sizeof(text), text, &size, 0),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "one owner");
    vxmCloseChannel(pair[1]);
    cr_expect(modelled_is_open(handle.zircon), "closing the channel closed what was moved out");
    require(vxmImportChannel(&handle, &again));
    require(vxmSendBytes(pair[0], 5, "there", SECOND));
    require(vxmReceiveBytes(again, sizeof(text), text, &size, SECOND));
    vxmCloseChannel(again);
    cr_expect_not(modelled_is_open(handle.zircon), "the import did not take the handle");
    vxmCloseChannel(pair[0]);
}

Test(channel_fuchsia, export_loses_no_message)
{
    VxmMessageType type;
    VxmChannel pair[2];
    VxmHandle handle;
    char text[8];
    size_t size;

    require(vxmCreateChannelPair(pair));
    require(vxmSendBytes(pair[0], 5, "there", SECOND));
    require(vxmPeekMessage(pair[1], SECOND, &type));
    fill(handle);
    expect_error(vxmExportChannel(pair[1], &handle), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "would be lost");
    expect_untouched(handle);
    require(vxmReceiveBytes(pair[1], sizeof(text), text, &size, SECOND));
    require(vxmExportChannel(pair[1], &handle));
    vxmCloseHandle(&handle);
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}

Test(channel_fuchsia, failed_import_leaves_the_end)
{
    static const struct {
        zx_rights_t right;
        const char *name;
    } rights[] = {
        {ZX_RIGHT_READ, "ZX_RIGHT_READ"},
        {ZX_RIGHT_WRITE, "ZX_RIGHT_WRITE"},
        {ZX_RIGHT_WAIT, "ZX_RIGHT_WAIT"},
    };
    VxmChannel channel;

    fill(channel);
    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
        zx_handle_t ends[2];
        VxmHandle handle;

        cr_assert_eq(zx_channel_create(0, &ends[0], &ends[1]), ZX_OK);
        zircon_limit_rights(ends[0], ~rights[i].right);
        handle = channel_handle(ends[0]);
        expect_error(vxmImportChannel(&handle, &channel), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_ARGUMENT, rights[i].name);
        zx_handle_close(ends[0]);
        zx_handle_close(ends[1]);
    }
    expect_untouched(channel);
}

Test(channel_fuchsia, nobody_listens_by_name)
{
    VxmListener listener;
    VxmChannel channel;

    fill(listener);
    fill(channel);
    expect_error(vxmListen("name", NULL, &listener), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "vxmCreateChannelPair");
    expect_error(vxmConnect("name", 0, &channel), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "no names");
    expect_untouched(listener);
    expect_untouched(channel);
}

Test(channel_fuchsia, nobody_vouches_for_the_peer)
{
    struct met met = meet();
    VxmPeer peer;

    fill(peer);
    require(vxmGetChannelPeer(met.channel, &peer));
    cr_expect(!peer.processIdValid && !peer.userIdValid && peer.processId == 0);
    part(&met);
}

/* ---- peers that keep to no rules ---- */

Test(channel_fuchsia, pieces_of_any_size_are_put_together)
{
    struct met met = meet();
    unsigned char header[HEADER];
    char text[8];
    size_t size;

    take_down(header, text);
    for (size_t i = 0; i < HEADER; i++) {
        write_raw(&met, &header[i], 1, 0);
    }
    write_raw(&met, text, 2, 0);
    expect_error(vxmReceiveBytes(met.channel, sizeof(text), text, &size, 0), VK_TIMEOUT,
                 VXM_ERROR_REASON_TIMEOUT, "for the peer to send");
    write_raw(&met, "tes", 3, 0);
    require(vxmReceiveBytes(met.channel, sizeof(text), text, &size, SECOND));
    cr_expect(size == 5 && memcmp(text, "bytes", 5) == 0);
    part(&met);
}

Test(channel_fuchsia, surplus_handles_are_closed)
{
    static const uint32_t counts[] = {1, VXM_OS_MAX_HANDLES + 1, ZX_CHANNEL_MAX_MSG_HANDLES};
    unsigned char header[HEADER];
    char text[5];

    take_down(header, text);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct met met = meet();

        write_raw(&met, header, HEADER, counts[i]);
        expect_broken(&met, counts[i] > VXM_OS_MAX_HANDLES ? "handles, but has" : "it says");
    }
}

Test(channel_fuchsia, handles_in_the_middle_are_closed)
{
    unsigned char header[HEADER];
    char text[5];
    struct met met;

    take_down(header, text);
    met = meet();
    write_raw(&met, header, HEADER, 0);
    write_raw(&met, text, sizeof(text), 2);
    expect_broken(&met, "in the middle");
}

Test(channel_fuchsia, larger_messages_are_thrown_away)
{
    unsigned char bytes[HEADER + 1] = {0};
    struct met met = meet();

    write_raw(&met, bytes, sizeof(bytes), 3);
    expect_error(vxmPeekMessage(met.channel, SECOND, &(VxmMessageType){VXM_MESSAGE_TYPE_BYTES}),
                 BAD, PEER, "17 bytes where 16");
    cr_expect_eq(zircon_message_count(), 0);
    part(&met);
    met = meet();
    write_raw(&met, bytes, sizeof(bytes), 0);
    expect_broken(&met, "not of this library");
}

Test(channel_fuchsia, messages_without_a_byte)
{
    struct met met = meet();

    write_raw(&met, NULL, 0, 2);
    expect_broken(&met, "without a byte");
    met = meet();
    write_raw(&met, NULL, 0, 0);
    write_raw(&met, NULL, 0, 0);
    expect_broken(&met, "again and again");
}

/* No handle of Fuchsia's is a mere value, and so none can be said to be. */
Test(channel_fuchsia, values_are_refused)
{
    VxmDevice device = contract_device();
    VxmSemaphoreCreateInfo info = {.handleTypes = EVENT};
    struct met met = meet();
    unsigned char header[HEADER];
    unsigned char payload[VXM_MAX_ENCODED_SIZE + 8] = {0};
    VxmSharedSemaphore shared;
    VxmSemaphore semaphore;
    zx_handle_t arrived = 0;
    uint32_t size;
    uint32_t handleCount;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmExportSemaphore(semaphore, EVENT, &shared));
    require(vxmSendSemaphore(met.channel, &shared, SECOND));
    cr_assert_eq(zx_channel_read(met.raw, 0, header, &arrived, HEADER, 1, &size, &handleCount),
                 ZX_OK);
    zx_handle_close(arrived);
    cr_assert_eq(zx_channel_read(met.raw, 0, payload, NULL, sizeof(payload), 0, &size, NULL),
                 ZX_OK);
    /* The handle's bit among the values, which stand behind the payload. */
    cr_assert_eq(header[12], 1);
    header[13] = 1;
    write_raw(&met, header, HEADER, 0);
    write_raw(&met, payload, size + 8, 0);
    vxmCloseSharedSemaphore(&shared);
    fill(shared);
    expect_error(vxmReceiveSemaphore(met.channel, &shared, SECOND), BAD, PEER, NULL);
    expect_untouched(shared);
    part(&met);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* What was sent before the end is received, and then the end is told. */
Test(channel_fuchsia, peer_that_is_gone)
{
    struct met met = meet();
    unsigned char header[HEADER];
    char text[5];
    char got[8];
    size_t size;

    take_down(header, text);
    write_raw(&met, header, HEADER, 0);
    write_raw(&met, NULL, 0, 0);
    write_raw(&met, text, 5, 0);
    zx_handle_close(met.raw);
    met.raw = ZX_HANDLE_INVALID;
    require(vxmReceiveBytes(met.channel, sizeof(got), got, &size, 0));
    expect_error(vxmReceiveBytes(met.channel, sizeof(got), got, &size, UINT64_MAX), LOST, PEER,
                 "closed the channel");
    expect_error(vxmSendBytes(met.channel, 1, "x", 0), LOST, PEER, "ZX_ERR_PEER_CLOSED");
    part(&met);
}

/* ---- a peer that doesn't read ---- */

#define FRAMES 256u

static VkResult send_many(VxmChannel channel, uint32_t count, uint32_t *sent)
{
    VkResult result = VK_SUCCESS;

    for (*sent = 0; *sent < count; ++*sent) {
        result = vxmSendBytes(channel, sizeof(*sent), sent, 0);
        if (result != VK_SUCCESS) {
            return result;
        }
    }
    return result;
}

Test(channel_fuchsia, sender_goes_only_so_far)
{
    VxmChannel pair[2];
    uint32_t sent;
    uint32_t got;
    size_t size;

    require(vxmCreateChannelPair(pair));
    expect_error(send_many(pair[0], 5000, &sent), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT,
                 "for the peer to read");
    cr_expect_eq(sent, FRAMES);
    cr_expect_leq(zircon_message_count(), 2 * FRAMES + 2);
    expect_error(vxmSendBytes(pair[0], 1, "x", 1000000), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT,
                 NULL);
    /* Half of it read is room for half. */
    for (uint32_t i = 0; i <= FRAMES / 2; i++) {
        require(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0));
        cr_expect_eq(got, i);
    }
    expect_error(send_many(pair[0], 5000, &sent), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, NULL);
    cr_expect_eq(sent, FRAMES / 2);
    for (uint32_t i = FRAMES / 2 + 1; i < FRAMES; i++) {
        require(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0));
        cr_expect_eq(got, i);
    }
    for (uint32_t i = 0; i < FRAMES / 2; i++) {
        require(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0));
        cr_expect_eq(got, i);
    }
    expect_error(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0), VK_TIMEOUT,
                 VXM_ERROR_REASON_TIMEOUT, NULL);
    cr_expect_eq(zircon_message_count(), 0);
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}

/* A reader that comes along never stops its sender, however much there is to send. */
Test(channel_fuchsia, reader_keeps_its_sender_going)
{
    VxmChannel pair[2];
    uint32_t got;
    size_t size;

    require(vxmCreateChannelPair(pair));
    for (uint32_t i = 0; i < 10 * FRAMES; i++) {
        require(vxmSendBytes(pair[0], sizeof(i), &i, 0));
        require(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0));
        cr_assert_eq(got, i);
    }
    cr_expect_leq(zircon_message_count(), 1);
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}

/* The peer ends while the sender waits for its answer. */
Test(channel_fuchsia, peer_that_ends_without_an_answer)
{
    VxmChannel pair[2];
    uint32_t sent;

    require(vxmCreateChannelPair(pair));
    expect_error(send_many(pair[0], 5000, &sent), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, NULL);
    vxmCloseChannel(pair[1]);
    expect_error(vxmSendBytes(pair[0], 1, "x", UINT64_MAX), LOST, PEER, "ZX_ERR_PEER_CLOSED");
    cr_expect_eq(zircon_message_count(), 0);
    vxmCloseChannel(pair[0]);
}
