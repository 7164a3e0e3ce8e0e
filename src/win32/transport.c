/*
 * Channels on Windows: named pipes that carry whole packets, and every wait against a deadline.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "win32/win32.h"

#include <ntsecapi.h> /* RtlGenRandom() */

/* One message of the pipe's: this header and then data, at least one byte. It is written by one
 * call and read by one, so it arrives as a whole or not at all: a sender that gives up withdraws
 * what the reader has not yet taken. All processes that can meet here are of one byte order. */
struct packet_header {
    uint32_t magic;
    uint32_t size; /* of the data */
    struct vxm__win32_handles handles;
};

#define MAGIC         0x504D5856u /* "VXMP" */
#define MAX_DATA_SIZE (64u * 1024u + 1024u)

struct packet {
    struct packet_header header;
    unsigned char data[MAX_DATA_SIZE];
};

static_assert(offsetof(struct packet, data) == 24 + 8 * VXM_OS_MAX_HANDLES,
              "a packet looks the same to programs of 32 and of 64 bits");
static_assert(MAX_DATA_SIZE > VXM_MAX_MESSAGE_SIZE, "a packet has room for the longest message");

/* What a sender makes room for on the stack: any message but one of many bytes. */
#define SMALL_PACKET_SIZE (offsetof(struct packet, data) + 2048u)

/* The packet that was received last, from the first one on: receiving[0]. */
struct arrival {
    struct packet packet;
    uint32_t position; /* bytes of its data that have been taken */
    uint32_t size;     /* bytes that there are; 0: no packet */
};

static VkResult find_arrival(struct vxm_os_stream *stream, struct arrival **found)
{
    struct arrival *arrival = (struct arrival *)(uintptr_t)stream->receiving[0];

    if (arrival == NULL) {
        arrival = vxm__allocate(NULL, sizeof(*arrival));
        stream->receiving[0] = (uintptr_t)arrival;
    }
    *found = arrival;
    return arrival != NULL ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY;
}

/* In sending[1]: the processes that the system names as the ends, the other end's first; 0: it
 * didn't tell. It doesn't change, so both directions may look. In receiving[1]: the pipe. */
static void read_ends(const struct vxm_os_stream *stream, DWORD ends[2])
{
    ends[0] = (DWORD)(stream->sending[1] & 0xFFFFFFFFu);
    ends[1] = (DWORD)(stream->sending[1] >> 32);
}

/* ---- ends ------------------------------------------------------------------------------------ */

VxmHandle vxm__win32_channel(HANDLE pipe)
{
    return (VxmHandle){
        .kind = VXM_HANDLE_KIND_CHANNEL, .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE, .ptr = pipe};
}

const bool vxm__os_channels_move = false;

/* Windows has no pipes of messages without a name, so this one has a name that nobody can guess,
 * and room for one client, who is there at once. */
VkResult vxm__os_pair(VxmHandle channels[2])
{
    wchar_t path[VXM_WIN32_MAX_PIPE_NAME + 1];
    uint32_t random[4];
    HANDLE server = NULL;
    HANDLE client = NULL;
    DWORD error = ERROR_SUCCESS;

    if (!RtlGenRandom(random, sizeof(random))) {
        return vxm__win32_fail(GetLastError(), "Making a name for a pipe failed");
    }
    (void)swprintf(path, VXM_WIN32_MAX_PIPE_NAME + 1, L"%lsvxm-%lu-%08lx%08lx%08lx%08lx",
                   VXM_WIN32_PIPE_PREFIX, (unsigned long)GetCurrentProcessId(),
                   (unsigned long)random[0], (unsigned long)random[1], (unsigned long)random[2],
                   (unsigned long)random[3]);
    error = vxm__win32_make_pipe(path, 1, NULL, &server);
    if (error == ERROR_SUCCESS) {
        error = vxm__win32_open_pipe(path, &client);
    }
    if (error != ERROR_SUCCESS) {
        vxm__win32_close(server);
        return vxm__win32_fail(error, "Making a pipe and connecting its ends failed");
    }
    channels[0] = vxm__win32_channel(server);
    channels[1] = vxm__win32_channel(client);
    return VK_SUCCESS;
}

static VkResult no_channel(const VxmHandle *channel, DWORD error, const char *why)
{
    return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, error,
                     "Handle 0x%llx %s. A channel needs a connected end of a named pipe of "
                     "messages that was opened with FILE_FLAG_OVERLAPPED.",
                     (unsigned long long)(uintptr_t)channel->ptr, why);
}

VkResult vxm__os_check_channel(const VxmHandle *channel)
{
    DWORD flags;

    if (!vxm__win32_is_real(channel->ptr)) {
        return no_channel(channel, ERROR_INVALID_HANDLE, "is NULL or a pseudo-handle");
    }
    if (!GetHandleInformation(channel->ptr, &flags)) {
        return no_channel(channel, GetLastError(), "is not open");
    }
    if (GetFileType(channel->ptr) != FILE_TYPE_PIPE ||
        !GetNamedPipeInfo(channel->ptr, &flags, NULL, NULL, NULL)) {
        return no_channel(channel, 0, "is not a named pipe");
    }
    if ((flags & PIPE_TYPE_MESSAGE) == 0) {
        return no_channel(channel, 0, "is a pipe of bytes without messages");
    }
    if (!vxm__win32_is_overlapped(channel->ptr)) {
        return no_channel(channel, 0, "is a pipe that was opened without FILE_FLAG_OVERLAPPED");
    }
    /* An end whose peer has just gone is fine: what was sent is there still. */
    if (!PeekNamedPipe(channel->ptr, NULL, 0, NULL, NULL, NULL) &&
        GetLastError() != ERROR_BROKEN_PIPE) {
        return no_channel(channel, GetLastError(), "is a pipe that is not connected");
    }
    return VK_SUCCESS;
}

VkResult vxm__os_begin_stream(const VxmHandle *channel, bool imported, struct vxm_os_stream *stream)
{
    DWORD mode = PIPE_READMODE_MESSAGE;
    DWORD flags = 0;
    ULONG client = 0;
    ULONG server = 0;

    if (imported && !SetNamedPipeHandleState(channel->ptr, &mode, NULL, NULL)) {
        return vxm__win32_fail(GetLastError(), "Reading messages from a pipe failed");
    }
    if (GetNamedPipeInfo(channel->ptr, &flags, NULL, NULL, NULL) &&
        GetNamedPipeClientProcessId(channel->ptr, &client) &&
        GetNamedPipeServerProcessId(channel->ptr, &server)) {
        stream->sending[1] = (flags & PIPE_SERVER_END) != 0 ? (uint64_t)server << 32 | client
                                                            : (uint64_t)client << 32 | server;
    } else if (imported) {
        return vxm__win32_fail(GetLastError(), "Asking who is at the other end of a pipe failed");
    }
    /* Otherwise not worth losing a connection for: bytes can be sent without knowing, and handles
     * left for the other side to fetch. */
    stream->receiving[1] = (uintptr_t)channel->ptr;
    return VK_SUCCESS;
}

static void drop_packets(HANDLE pipe, struct vxm_os_stream *stream);

void vxm__os_end_stream(struct vxm_os_stream *stream)
{
    if (stream->receiving[1] != 0) {
        drop_packets((HANDLE)(uintptr_t)stream->receiving[1], stream);
    }
    vxm__free(NULL, (void *)(uintptr_t)stream->receiving[0]);
    *stream = (struct vxm_os_stream){{0}, {0}};
}

VkResult vxm__os_peer(const VxmHandle *channel, const struct vxm_os_stream *stream, VxmPeer *peer)
{
    DWORD ends[2];

    (void)channel;
    read_ends(stream, ends);
    *peer = (VxmPeer){.processIdValid = ends[0] != 0 ? VK_TRUE : VK_FALSE, .processId = ends[0]};
    return VK_SUCCESS;
}

/* ---- sending --------------------------------------------------------------------------------- */

static VkResult write_packet(const VxmHandle *channel, const void *packet, DWORD size,
                             uint32_t handleCount, uint64_t deadline)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    DWORD bytes;
    DWORD error = GetLastError();

    if (overlapped.hEvent != NULL) {
        BOOL started = WriteFile(channel->ptr, packet, size, NULL, &overlapped);

        error = vxm__win32_finish(channel->ptr, started, &overlapped, deadline, &bytes);
        vxm__win32_close(overlapped.hEvent);
    }
    if (error == WAIT_TIMEOUT) {
        return vxm__win32_time_out("for the peer to read");
    }
    if (error != ERROR_SUCCESS) {
        return vxm__win32_fail(error, "Sending %lu bytes and %u handles failed",
                               (unsigned long)size, (unsigned int)handleCount);
    }
    return VK_SUCCESS;
}

VkResult vxm__os_send(const VxmHandle *channel, struct vxm_os_stream *stream, const void *data,
                      size_t size, const VxmHandle *handles, uint32_t handleCount,
                      uint64_t deadline, size_t *sent)
{
    const size_t headerSize = offsetof(struct packet, data);
    unsigned char small[SMALL_PACKET_SIZE];
    unsigned char *packet = small;
    DWORD ends[2];
    VkResult result = VK_SUCCESS;

    *sent = 0;
    read_ends(stream, ends);
    if (headerSize + size > sizeof(small)) {
        packet = vxm__allocate(NULL, sizeof(struct packet));
        if (packet == NULL) {
            return VK_ERROR_OUT_OF_HOST_MEMORY;
        }
    }
    while (result == VK_SUCCESS && *sent < size) {
        size_t rest = size - *sent;
        uint32_t now = rest < MAX_DATA_SIZE ? (uint32_t)rest : MAX_DATA_SIZE;
        struct packet_header header = {.magic = MAGIC, .size = now};
        HANDLE process = NULL;

        if (*sent == 0 && handleCount > 0) {
            result = vxm__win32_place(ends[0], handles, handleCount, &header.handles, &process);
        }
        if (result == VK_SUCCESS) {
            memcpy(packet, &header, headerSize);
            memcpy(packet + headerSize, (const unsigned char *)data + *sent, now);
            result = write_packet(channel, packet, (DWORD)(headerSize + now), header.handles.count,
                                  deadline);
        }
        if (result == VK_SUCCESS) {
            *sent += now;
        } else {
            vxm__win32_take_back(&header.handles, process);
        }
        vxm__win32_close(process);
    }
    if (packet != small) {
        vxm__free(NULL, packet);
    }
    return result;
}

/* ---- receiving ------------------------------------------------------------------------------- */

static VkResult check_packet(const struct packet *packet, DWORD bytes)
{
    if (bytes <= offsetof(struct packet, data)) {
        return vxm__win32_refuse("it is too short", bytes);
    }
    if (packet->header.magic != MAGIC) {
        return vxm__win32_refuse("it begins with another magic", packet->header.magic);
    }
    if (packet->header.size != bytes - offsetof(struct packet, data)) {
        return vxm__win32_refuse("it has another size than it says", packet->header.size);
    }
    return VK_SUCCESS;
}

/* Waits for one packet, and takes the handles that came with it. */
static VkResult read_packet(HANDLE pipe, const struct vxm_os_stream *stream,
                            struct arrival *arrival, uint64_t deadline,
                            HANDLE fetched[VXM_OS_MAX_HANDLES])
{
    struct packet *packet = &arrival->packet;
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    DWORD bytes = 0;
    DWORD error = GetLastError();
    DWORD ends[2];
    VkResult result;

    if (overlapped.hEvent != NULL) {
        BOOL started = ReadFile(pipe, packet, sizeof(*packet), NULL, &overlapped);

        error = vxm__win32_finish(pipe, started, &overlapped, deadline, &bytes);
        vxm__win32_close(overlapped.hEvent);
    }
    if (error == WAIT_TIMEOUT) {
        return vxm__win32_time_out("for the peer to send");
    }
    if (error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED) {
        return vxm__fail(VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, error,
                         "The process at the other end has closed the channel, or ended.");
    }
    if (error == ERROR_MORE_DATA) {
        return vxm__win32_refuse("it is longer than any", bytes);
    }
    if (error != ERROR_SUCCESS) {
        return vxm__win32_fail(error, "Receiving from a channel failed");
    }
    result = check_packet(packet, bytes);
    if (result == VK_SUCCESS) {
        read_ends(stream, ends);
        result = vxm__win32_fetch(ends, &packet->header.handles, fetched);
    }
    if (result == VK_SUCCESS) {
        arrival->position = 0;
        arrival->size = packet->header.size;
    }
    return result;
}

static VkResult take(const VxmHandle *channel, const struct vxm_os_stream *stream,
                     struct arrival *arrival, uint64_t deadline,
                     VxmHandle handles[VXM_OS_MAX_HANDLES], uint32_t *handleCount)
{
    HANDLE fetched[VXM_OS_MAX_HANDLES];
    uint32_t count;
    VkResult result = read_packet(channel->ptr, stream, arrival, deadline, fetched);

    if (result != VK_SUCCESS) {
        return result;
    }
    count = arrival->packet.header.handles.count;
    if (count > VXM_OS_MAX_HANDLES - *handleCount) {
        for (uint32_t i = 0; i < count; i++) {
            vxm__win32_close(fetched[i]);
        }
        arrival->size = 0;
        return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                         "A message came with %u handles, but has %u at most. All were closed. "
                         "Close the channel.",
                         (unsigned int)(count + *handleCount), (unsigned int)VXM_OS_MAX_HANDLES);
    }
    for (uint32_t i = 0; i < count; i++) {
        handles[(*handleCount)++] = (VxmHandle){.ptr = fetched[i]};
    }
    return VK_SUCCESS;
}

VkResult vxm__os_receive(const VxmHandle *channel, struct vxm_os_stream *stream, void *data,
                         size_t size, size_t *received, VxmHandle handles[VXM_OS_MAX_HANDLES],
                         uint32_t *handleCount, uint64_t deadline)
{
    struct arrival *arrival = NULL;
    size_t rest;
    VkResult result = find_arrival(stream, &arrival);

    if (result == VK_SUCCESS && arrival->size == 0) {
        result = take(channel, stream, arrival, deadline, handles, handleCount);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    rest = arrival->size - arrival->position;
    *received = rest < size ? rest : size;
    memcpy(data, arrival->packet.data + arrival->position, *received);
    arrival->position += (uint32_t)*received;
    if (arrival->position == arrival->size) {
        arrival->size = 0;
    }
    return VK_SUCCESS;
}

/* Handles of packets that nobody will receive would stay open for as long as this process lives.
 * While others have this end too, such as a child that it was made for, the packets are theirs. */
static void drop_packets(HANDLE pipe, struct vxm_os_stream *stream)
{
    HANDLE fetched[VXM_OS_MAX_HANDLES];
    struct arrival *arrival = NULL;
    VxmError before;
    VkResult result;

    if (!vxm__win32_is_last(pipe)) {
        return;
    }
    vxmGetLastError(&before);
    result = find_arrival(stream, &arrival);
    while (result == VK_SUCCESS) {
        result = read_packet(pipe, stream, arrival, 0, fetched);
        for (uint32_t i = 0; result == VK_SUCCESS && i < arrival->packet.header.handles.count;
             i++) {
            vxm__win32_close(fetched[i]);
        }
    }
    /* What is being closed may have failed, and that there is no more to read is no failure. */
    (void)vxm__fail(before.result, before.reason, before.code, "%s", before.message);
}
