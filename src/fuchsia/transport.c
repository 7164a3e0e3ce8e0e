/*
 * Channels on Fuchsia: Zircon's own, which carry whole messages of bytes and handles.
 *
 * Shared code sends and receives a stream of frames. A message can't be read in parts, so each
 * frame goes as one message that holds its header, with the handles, and one with the rest: the
 * other side asks for these two portions one after the other, and no message is larger than what it
 * asks for. One that is comes from somebody else, and is refused.
 *
 * Zircon keeps whatever is sent, and ends a process that has left thousands of messages unread in a
 * channel. So that a peer which stops reading can't bring that about, a sender asks now and then,
 * by a message without a byte, whether the peer has come so far; who reads that answers by a signal
 * on the sender's end. A sender goes on only so far without an answer, and then waits for it within
 * its time limit.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>

#include "frame.h"
#include "fuchsia/fuchsia.h"

static_assert(VXM_OS_MAX_HANDLES <= ZX_CHANNEL_MAX_MSG_HANDLES, "one message carries all handles");

/* Frames that are sent before the peer is asked, and again before its answer must be there. */
#define FRAMES_PER_QUESTION 128u
#define ANSWER              ZX_USER_SIGNAL_0

/* ---- waiting --------------------------------------------------------------------------------- */

static VkResult time_out(const char *waited)
{
    return vxm__fail(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, 0, "Time ran out while waiting %s.",
                     waited);
}

/* Until one of the signals is there, or the peer is gone, which the next call tells. */
static VkResult wait_for(const VxmHandle *channel, zx_signals_t signals, uint64_t deadline,
                         const char *waited)
{
    zx_status_t status = zx_object_wait_one(
        channel->zircon, signals | ZX_CHANNEL_PEER_CLOSED,
        deadline < (uint64_t)ZX_TIME_INFINITE ? (zx_time_t)deadline : ZX_TIME_INFINITE, NULL);

    if (status == ZX_ERR_TIMED_OUT) {
        return time_out(waited);
    }
    return status == ZX_OK ? VK_SUCCESS : vxm__fuchsia_fail(status, "Waiting %s failed", waited);
}

/* ---- ends ------------------------------------------------------------------------------------ */

static VxmHandle channel_handle(zx_handle_t zircon)
{
    return (VxmHandle){
        .kind = VXM_HANDLE_KIND_CHANNEL, .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE, .zircon = zircon};
}

const bool vxm__os_channels_move = true;

VkResult vxm__os_pair(VxmHandle channels[2])
{
    zx_handle_t ends[2];
    zx_status_t status = zx_channel_create(0, &ends[0], &ends[1]);

    if (status != ZX_OK) {
        return vxm__fuchsia_fail(status, "Making a channel failed");
    }
    channels[0] = channel_handle(ends[0]);
    channels[1] = channel_handle(ends[1]);
    return VK_SUCCESS;
}

VkResult vxm__os_check_channel(const VxmHandle *channel)
{
    return vxm__fuchsia_check(channel, ZX_OBJ_TYPE_CHANNEL,
                              ZX_RIGHTS_IO | ZX_RIGHT_WAIT | ZX_RIGHT_SIGNAL | ZX_RIGHT_SIGNAL_PEER,
                              "which sending and receiving take");
}

VkResult vxm__os_begin_stream(const VxmHandle *channel, bool imported, struct vxm_os_stream *stream)
{
    (void)channel;
    (void)imported;
    (void)stream;
    return VK_SUCCESS;
}

void vxm__os_end_stream(struct vxm_os_stream *stream)
{
    (void)stream;
}

VkResult vxm__os_peer(const VxmHandle *channel, const struct vxm_os_stream *stream, VxmPeer *peer)
{
    (void)channel;
    (void)stream;
    /* The system tells nobody who holds the other end; whoever gave this one may know. */
    *peer = (VxmPeer){VK_FALSE, 0, VK_FALSE, 0, 0};
    return VK_SUCCESS;
}

/* ---- sending --------------------------------------------------------------------------------- */

static void close_all(const zx_handle_t *handles, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        (void)zx_handle_close(handles[i]);
    }
}

/* Writing takes what it is given, also when it fails: it gets duplicates. */
static VkResult duplicate_all(const VxmHandle *handles, uint32_t count, zx_handle_t *duplicates)
{
    for (uint32_t i = 0; i < count; i++) {
        VxmHandle duplicate;
        VkResult result = vxm__os_duplicate(&handles[i], &duplicate);

        if (result != VK_SUCCESS) {
            close_all(duplicates, i);
            return result;
        }
        duplicates[i] = duplicate.zircon;
    }
    return VK_SUCCESS;
}

static VkResult fail_write(zx_status_t status, size_t size, const VxmHandle *handles,
                           uint32_t handleCount)
{
    /* Which of them it was, the system doesn't say. */
    for (uint32_t i = 0; status == ZX_ERR_ACCESS_DENIED && i < handleCount; i++) {
        zx_info_handle_basic_t info;

        if (vxm__fuchsia_look(handles[i].zircon, &info) && (info.rights & ZX_RIGHT_TRANSFER) == 0) {
            return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, status,
                             "Sending the %s handle 0x%x failed: ZX_ERR_ACCESS_DENIED. It has no "
                             "ZX_RIGHT_TRANSFER, and rights can't be added: let whoever gave it "
                             "give one that has it.",
                             vxmHandleTypeName(handles[i].kind, handles[i].type),
                             (unsigned int)handles[i].zircon);
        }
    }
    return vxm__fuchsia_fail(status, "Sending %zu bytes and %u handles failed", size,
                             (unsigned int)handleCount);
}

/* sending[0]: frames since the last question. sending[1]: 1 while it has no answer yet. */
static VkResult ask_for_room(const VxmHandle *channel, struct vxm_os_stream *stream,
                             uint64_t deadline)
{
    VkResult result = VK_SUCCESS;
    zx_status_t status;

    if (stream->sending[0] < FRAMES_PER_QUESTION) {
        return VK_SUCCESS;
    }
    if (stream->sending[1] != 0) {
        result = wait_for(channel, ANSWER, deadline, "for the peer to read");
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    status = zx_object_signal(channel->zircon, ANSWER, 0);
    if (status == ZX_OK) {
        status = zx_channel_write(channel->zircon, 0, NULL, 0, NULL, 0);
    }
    if (status != ZX_OK) {
        return vxm__fuchsia_fail(status, "Asking the peer how far it has come failed");
    }
    stream->sending[0] = 0;
    stream->sending[1] = 1;
    return VK_SUCCESS;
}

static size_t next_portion(size_t sent, size_t size)
{
    size_t most = sent == 0 ? VXM_FRAME_HEADER_SIZE : ZX_CHANNEL_MAX_MSG_BYTES;

    return size - sent < most ? size - sent : most;
}

VkResult vxm__os_send(const VxmHandle *channel, struct vxm_os_stream *stream, const void *data,
                      size_t size, const VxmHandle *handles, uint32_t handleCount,
                      uint64_t deadline, size_t *sent)
{
    zx_handle_t duplicates[VXM_OS_MAX_HANDLES];
    VkResult result = ask_for_room(channel, stream, deadline);

    *sent = 0;
    if (result == VK_SUCCESS) {
        result = duplicate_all(handles, handleCount, duplicates);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    while (*sent < size) {
        uint32_t carried = *sent == 0 ? handleCount : 0;
        size_t portion = next_portion(*sent, size);
        zx_status_t status =
            zx_channel_write(channel->zircon, 0, (const unsigned char *)data + *sent,
                             (uint32_t)portion, duplicates, carried);

        if (status != ZX_OK) {
            return fail_write(status, size - *sent, handles, carried);
        }
        *sent += portion;
    }
    stream->sending[0]++;
    return VK_SUCCESS;
}

/* ---- receiving ------------------------------------------------------------------------------- */

/* receiving[0]: 1 after a question, 0 after bytes. */
static VkResult answer(const VxmHandle *channel, struct vxm_os_stream *stream)
{
    zx_status_t status;

    if (stream->receiving[0] != 0) {
        return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                         "The peer asks again and again how far this side has come, and sends "
                         "nothing. Close the channel.");
    }
    stream->receiving[0] = 1;
    status = zx_object_signal_peer(channel->zircon, 0, ANSWER);
    /* A peer that is gone needs no answer; what it sent before is still there. */
    return status == ZX_OK || status == ZX_ERR_PEER_CLOSED
               ? VK_SUCCESS
               : vxm__fuchsia_fail(status, "Telling the peer how far this side has come failed");
}

static VkResult take(const zx_handle_t *arrived, uint32_t count,
                     VxmHandle handles[VXM_OS_MAX_HANDLES], uint32_t *handleCount)
{
    if (count > VXM_OS_MAX_HANDLES - *handleCount) {
        close_all(arrived, count);
        return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                         "A message came with %u handles, but has %u at most. All were closed. "
                         "Close the channel.",
                         (unsigned int)(count + *handleCount), (unsigned int)VXM_OS_MAX_HANDLES);
    }
    for (uint32_t i = 0; i < count; i++) {
        handles[(*handleCount)++] = (VxmHandle){.zircon = arrived[i]};
    }
    return VK_SUCCESS;
}

VkResult vxm__os_receive(const VxmHandle *channel, struct vxm_os_stream *stream, void *data,
                         size_t size, size_t *received, VxmHandle handles[VXM_OS_MAX_HANDLES],
                         uint32_t *handleCount, uint64_t deadline)
{
    uint32_t room =
        size < ZX_CHANNEL_MAX_MSG_BYTES ? (uint32_t)size : (uint32_t)ZX_CHANNEL_MAX_MSG_BYTES;

    for (;;) {
        /* Room for all that a message can have, so that surplus ones can be closed. */
        zx_handle_t arrived[ZX_CHANNEL_MAX_MSG_HANDLES];
        uint32_t count = 0;
        uint32_t arrivedCount = 0;
        zx_status_t status =
            zx_channel_read(channel->zircon, ZX_CHANNEL_READ_MAY_DISCARD, data, arrived, room,
                            ZX_CHANNEL_MAX_MSG_HANDLES, &count, &arrivedCount);
        VkResult result;

        if (status == ZX_OK && count == 0 && arrivedCount == 0) {
            result = answer(channel, stream);
            if (result != VK_SUCCESS) {
                return result;
            }
        } else if (status == ZX_OK && count == 0) {
            close_all(arrived, arrivedCount);
            return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                             "A message came without a byte, with %u handles. All were closed. "
                             "Close the channel.",
                             (unsigned int)arrivedCount);
        } else if (status == ZX_OK) {
            stream->receiving[0] = 0;
            result = take(arrived, arrivedCount, handles, handleCount);
            if (result == VK_SUCCESS) {
                *received = count;
            }
            return result;
        } else if (status == ZX_ERR_SHOULD_WAIT) {
            result = wait_for(channel, ZX_CHANNEL_READABLE, deadline, "for the peer to send");
            if (result != VK_SUCCESS) {
                return result;
            }
        } else if (status == ZX_ERR_BUFFER_TOO_SMALL) {
            return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, status,
                             "A message came with %u bytes where %u at most were to come: it is "
                             "not of this library. It was thrown away with its handles. Close the "
                             "channel.",
                             (unsigned int)count, (unsigned int)room);
        } else if (status == ZX_ERR_PEER_CLOSED) {
            return vxm__fail(VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, status,
                             "The process at the other end has closed the channel, or ended.");
        } else {
            return vxm__fuchsia_fail(status, "Receiving from a channel failed");
        }
    }
}
