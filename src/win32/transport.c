/*
 * Channels on Windows: named pipes that carry whole packets, handles put into the process that the
 * system names as the other end, and every wait against a deadline.
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
    uint32_t handleCount;
    uint32_t process;  /* in whose table the handles are */
    uint64_t creation; /* when that process was made, since its number may be given again */
    uint64_t handles[VXM_OS_MAX_HANDLES];
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

/* What struct vxm_os_stream points to, in sending[0] and in receiving[0]. */
struct pipe_state {
    HANDLE pipe; /* the channel's */
    DWORD client, server;
    DWORD peer; /* the one of them that is the other end */

    /* sending */
    HANDLE sendEvent;
    struct packet outgoing;

    /* receiving */
    HANDLE receiveEvent;
    struct packet incoming;
    uint32_t position; /* bytes of its data that have been taken */
    uint32_t size;     /* bytes that there are; 0: no packet */
};

static struct pipe_state *get_state(uint64_t pointer)
{
    return (struct pipe_state *)(uintptr_t)pointer;
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
    struct pipe_state *state = vxm__allocate(NULL, sizeof(*state));
    DWORD mode = PIPE_READMODE_MESSAGE;
    DWORD flags = 0;
    ULONG client = 0;
    ULONG server = 0;

    if (state == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    stream->sending[0] = stream->receiving[0] = (uintptr_t)state;
    state->pipe = channel->ptr;
    state->sendEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    state->receiveEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (state->sendEvent == NULL || state->receiveEvent == NULL) {
        return vxm__win32_fail(GetLastError(), "Making an event for a channel failed");
    }
    if (imported && !SetNamedPipeHandleState(channel->ptr, &mode, NULL, NULL)) {
        return vxm__win32_fail(GetLastError(), "Reading messages from a pipe failed");
    }
    if (!GetNamedPipeInfo(channel->ptr, &flags, NULL, NULL, NULL) ||
        !GetNamedPipeClientProcessId(channel->ptr, &client) ||
        !GetNamedPipeServerProcessId(channel->ptr, &server)) {
        return vxm__win32_fail(GetLastError(), "Asking who is at the other end of a pipe failed");
    }
    state->client = client;
    state->server = server;
    state->peer = (flags & PIPE_SERVER_END) != 0 ? client : server;
    return VK_SUCCESS;
}

static void drop_packets(struct pipe_state *state);

void vxm__os_end_stream(struct vxm_os_stream *stream)
{
    struct pipe_state *state = get_state(stream->sending[0]);

    if (state == NULL) {
        return;
    }
    if (state->receiveEvent != NULL) {
        drop_packets(state);
    }
    vxm__win32_close(state->sendEvent);
    vxm__win32_close(state->receiveEvent);
    vxm__free(NULL, state);
    *stream = (struct vxm_os_stream){{0}, {0}};
}

VkResult vxm__os_peer(const VxmHandle *channel, const struct vxm_os_stream *stream, VxmPeer *peer)
{
    const struct pipe_state *state = get_state(stream->sending[0]);

    (void)channel;
    *peer = (VxmPeer){.processIdValid = state->peer != 0 ? VK_TRUE : VK_FALSE,
                      .processId = state->peer};
    return VK_SUCCESS;
}

/* ---- handles in other processes -------------------------------------------------------------- */

/* Opens a process to put handles into its table, or to take them from there. */
static HANDLE open_process(DWORD process, uint64_t *creation)
{
    FILETIME times[4];
    HANDLE opened =
        process == GetCurrentProcessId()
            ? GetCurrentProcess()
            : OpenProcess(PROCESS_DUP_HANDLE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process);

    if (opened == NULL) {
        return NULL;
    }
    if (!GetProcessTimes(opened, &times[0], &times[1], &times[2], &times[3])) {
        vxm__win32_close(opened);
        return NULL;
    }
    *creation = (uint64_t)times[0].dwHighDateTime << 32 | times[0].dwLowDateTime;
    return opened;
}

/* Takes a handle out of a process, and gives its duplicate here: also the way to close one there
 * that every system understands. */
static HANDLE take_from(HANDLE process, uint64_t value)
{
    HANDLE handle = NULL;

    return DuplicateHandle(process, (HANDLE)(uintptr_t)value, GetCurrentProcess(), &handle, 0,
                           FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE)
               ? handle
               : NULL;
}

static void take_back(struct packet_header *header, HANDLE process)
{
    for (uint32_t i = 0; i < header->handleCount; i++) {
        vxm__win32_close(take_from(process, header->handles[i]));
    }
    header->handleCount = 0;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* Puts duplicates into one process: all, or none and the system's error. */
static DWORD place_in(DWORD number, const VxmHandle *handles, uint32_t handleCount,
                      struct packet_header *header, HANDLE *process)
{
    header->process = number;
    *process = open_process(number, &header->creation);
    if (*process == NULL) {
        return GetLastError();
    }
    for (uint32_t i = 0; i < handleCount; i++) {
        HANDLE there = NULL;

        if (!DuplicateHandle(GetCurrentProcess(), handles[i].ptr, *process, &there, 0, FALSE,
                             DUPLICATE_SAME_ACCESS)) {
            DWORD error = GetLastError();

            take_back(header, *process);
            vxm__win32_close(*process);
            *process = NULL;
            return error;
        }
        header->handles[header->handleCount++] = (uintptr_t)there;
    }
    return ERROR_SUCCESS;
}

/* Puts duplicates into the process that the system names as the other end. If it doesn't let them
 * in, such as a service one of its clients, or has ended and left its end to a child, they are put
 * aside in this process, and whoever receives the packet fetches them from here. */
static VkResult place(const struct pipe_state *state, const VxmHandle *handles,
                      uint32_t handleCount, struct packet_header *header, HANDLE *process)
{
    DWORD error;

    /* Beforehand: a duplicate that is made in this process may get the number of a closed one. */
    for (uint32_t i = 0; i < handleCount; i++) {
        DWORD flags;

        if (!vxm__win32_is_real(handles[i].ptr) || !GetHandleInformation(handles[i].ptr, &flags)) {
            error = vxm__win32_is_real(handles[i].ptr) ? GetLastError() : ERROR_INVALID_HANDLE;
            return vxm__win32_fail(error, "Sending the %s handle 0x%llx failed",
                                   vxmHandleTypeName(handles[i].kind, handles[i].type),
                                   (unsigned long long)(uintptr_t)handles[i].ptr);
        }
    }
    error = place_in(state->peer, handles, handleCount, header, process);
    if (error != ERROR_SUCCESS) {
        error = place_in(GetCurrentProcessId(), handles, handleCount, header, process);
    }
    return error == ERROR_SUCCESS
               ? VK_SUCCESS
               : vxm__win32_fail(error, "Duplicating %u handles to send them failed",
                                 (unsigned int)handleCount);
}

static VkResult write_packet(struct pipe_state *state, DWORD size, uint64_t deadline)
{
    OVERLAPPED overlapped = {.hEvent = state->sendEvent};
    BOOL started = WriteFile(state->pipe, &state->outgoing, size, NULL, &overlapped);
    DWORD bytes;
    DWORD error = vxm__win32_finish(state->pipe, started, &overlapped, deadline, &bytes);

    if (error == WAIT_TIMEOUT) {
        return vxm__win32_time_out("for the peer to read");
    }
    if (error != ERROR_SUCCESS) {
        return vxm__win32_fail(error, "Sending %lu bytes and %u handles failed",
                               (unsigned long)size,
                               (unsigned int)state->outgoing.header.handleCount);
    }
    return VK_SUCCESS;
}

VkResult vxm__os_send(const VxmHandle *channel, struct vxm_os_stream *stream, const void *data,
                      size_t size, const VxmHandle *handles, uint32_t handleCount,
                      uint64_t deadline, size_t *sent)
{
    struct pipe_state *state = get_state(stream->sending[0]);
    VkResult result = VK_SUCCESS;

    (void)channel;
    *sent = 0;
    while (result == VK_SUCCESS && *sent < size) {
        struct packet *packet = &state->outgoing;
        size_t rest = size - *sent;
        uint32_t now = rest < MAX_DATA_SIZE ? (uint32_t)rest : MAX_DATA_SIZE;
        HANDLE process = NULL;

        packet->header = (struct packet_header){.magic = MAGIC, .size = now};
        memcpy(packet->data, (const unsigned char *)data + *sent, now);
        if (*sent == 0 && handleCount > 0) {
            result = place(state, handles, handleCount, &packet->header, &process);
        }
        if (result == VK_SUCCESS) {
            result = write_packet(state, (DWORD)(offsetof(struct packet, data) + now), deadline);
        }
        if (result == VK_SUCCESS) {
            *sent += now;
        } else {
            take_back(&packet->header, process);
        }
        vxm__win32_close(process);
    }
    return result;
}

/* ---- receiving ------------------------------------------------------------------------------- */

static VkResult refuse(const char *why, uint64_t found)
{
    return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                     "What arrived is no packet of this library: %s (%llu). Close the channel, and "
                     "see that the other side uses this library too.",
                     why, (unsigned long long)found);
}

static VkResult check_packet(const struct packet *packet, DWORD bytes)
{
    const struct packet_header *header = &packet->header;

    if (bytes <= offsetof(struct packet, data)) {
        return refuse("it is too short", bytes);
    }
    if (header->magic != MAGIC) {
        return refuse("it begins with another magic", header->magic);
    }
    if (header->size != bytes - offsetof(struct packet, data)) {
        return refuse("it has another size than it says", header->size);
    }
    if (header->handleCount > VXM_OS_MAX_HANDLES) {
        return refuse("no packet has so many handles", header->handleCount);
    }
    for (uint32_t i = 0; i < header->handleCount; i++) {
        /* The system doesn't look at the lowest two bits, so two values could be one handle. */
        if (header->handles[i] > (uint64_t)INTPTR_MAX || header->handles[i] % 4 != 0 ||
            header->handles[i] == 0) {
            return refuse("it names a handle that can't be", header->handles[i]);
        }
        for (uint32_t j = 0; j < i; j++) {
            if (header->handles[i] == header->handles[j]) {
                return refuse("it names a handle twice", header->handles[i]);
            }
        }
    }
    return VK_SUCCESS;
}

/* Whether handles may be taken out of that process: one that the system names as an end of this
 * pipe. Of a pair, both ends began in one process that trusts them, and may have gone to others
 * since. Nobody else's word is taken for whose table to reach into. */
static bool is_of_this_pipe(const struct pipe_state *state, DWORD process)
{
    return process == state->client || process == state->server || state->client == state->server;
}

static VkResult fail_fetch(DWORD error, DWORD process, uint64_t value)
{
    return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, error,
                     "A packet came with handle 0x%llx of process %lu, but it can't be had from "
                     "there (error %lu): that process has closed it or ended, or does not let "
                     "itself be opened with PROCESS_DUP_HANDLE. Close the channel.",
                     (unsigned long long)value, (unsigned long)process, (unsigned long)error);
}

/* The packet's handles, as handles of this process's own. All, or none and an error. */
static VkResult fetch(const struct pipe_state *state, const struct packet_header *header,
                      HANDLE fetched[VXM_OS_MAX_HANDLES])
{
    const bool here = header->process == GetCurrentProcessId();
    uint64_t creation = 0;
    HANDLE process;
    VkResult result = VK_SUCCESS;

    if (!here && !is_of_this_pipe(state, header->process)) {
        return refuse("its handles are of a process that is no end of this channel",
                      header->process);
    }
    process = open_process(header->process, &creation);
    if (process == NULL) {
        return fail_fetch(GetLastError(), header->process, header->handles[0]);
    }
    if (creation != header->creation) {
        result = refuse("its handles are of a process that has ended", header->process);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && here && i < header->handleCount; i++) {
        DWORD flags;

        fetched[i] = (HANDLE)(uintptr_t)header->handles[i];
        if (!GetHandleInformation(fetched[i], &flags)) {
            /* Nothing is closed: some of the values may be open handles of the app's. */
            result = refuse("it names a handle that is not open", header->handles[i]);
        }
    }
    if (result == VK_SUCCESS && !here) {
        uint32_t missing = header->handleCount;

        for (uint32_t i = 0; i < header->handleCount; i++) {
            fetched[i] = take_from(process, header->handles[i]);
            missing = fetched[i] == NULL ? i : missing;
        }
        if (missing < header->handleCount) {
            result = fail_fetch(GetLastError(), header->process, header->handles[missing]);
            for (uint32_t i = 0; i < header->handleCount; i++) {
                vxm__win32_close(fetched[i]);
            }
        }
    }
    vxm__win32_close(process);
    return result;
}

/* Waits for one packet, and takes the handles that came with it. */
static VkResult read_packet(struct pipe_state *state, uint64_t deadline,
                            HANDLE fetched[VXM_OS_MAX_HANDLES])
{
    OVERLAPPED overlapped = {.hEvent = state->receiveEvent};
    BOOL started =
        ReadFile(state->pipe, &state->incoming, sizeof(state->incoming), NULL, &overlapped);
    DWORD bytes;
    DWORD error = vxm__win32_finish(state->pipe, started, &overlapped, deadline, &bytes);
    VkResult result;

    if (error == WAIT_TIMEOUT) {
        return vxm__win32_time_out("for the peer to send");
    }
    if (error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED) {
        return vxm__fail(VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, error,
                         "The process at the other end has closed the channel, or ended.");
    }
    if (error == ERROR_MORE_DATA) {
        return refuse("it is longer than any", bytes);
    }
    if (error != ERROR_SUCCESS) {
        return vxm__win32_fail(error, "Receiving from a channel failed");
    }
    result = check_packet(&state->incoming, bytes);
    if (result == VK_SUCCESS && state->incoming.header.handleCount > 0) {
        result = fetch(state, &state->incoming.header, fetched);
    }
    if (result == VK_SUCCESS) {
        state->position = 0;
        state->size = state->incoming.header.size;
    }
    return result;
}

static VkResult take(struct pipe_state *state, uint64_t deadline,
                     VxmHandle handles[VXM_OS_MAX_HANDLES], uint32_t *handleCount)
{
    HANDLE fetched[VXM_OS_MAX_HANDLES];
    uint32_t count;
    VkResult result = read_packet(state, deadline, fetched);

    if (result != VK_SUCCESS) {
        return result;
    }
    count = state->incoming.header.handleCount;
    for (uint32_t i = 0; i < count; i++) {
        if (count > VXM_OS_MAX_HANDLES - *handleCount) {
            vxm__win32_close(fetched[i]);
        } else {
            handles[*handleCount + i] = (VxmHandle){.ptr = fetched[i]};
        }
    }
    if (count > VXM_OS_MAX_HANDLES - *handleCount) {
        state->size = 0;
        return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                         "A message came with %u handles, but has %u at most. All were closed. "
                         "Close the channel.",
                         (unsigned int)(count + *handleCount), (unsigned int)VXM_OS_MAX_HANDLES);
    }
    *handleCount += count;
    return VK_SUCCESS;
}

VkResult vxm__os_receive(const VxmHandle *channel, struct vxm_os_stream *stream, void *data,
                         size_t size, size_t *received, VxmHandle handles[VXM_OS_MAX_HANDLES],
                         uint32_t *handleCount, uint64_t deadline)
{
    struct pipe_state *state = get_state(stream->receiving[0]);
    size_t rest;

    (void)channel;
    if (state->size == 0) {
        VkResult result = take(state, deadline, handles, handleCount);

        if (result != VK_SUCCESS) {
            return result;
        }
    }
    rest = state->size - state->position;
    *received = rest < size ? rest : size;
    memcpy(data, state->incoming.data + state->position, *received);
    state->position += (uint32_t)*received;
    if (state->position == state->size) {
        state->size = 0;
    }
    return VK_SUCCESS;
}

/* Handles of packets that nobody will receive would stay open for as long as this process lives.
 * While others have this end too, such as a child that it was made for, the packets are theirs. */
static void drop_packets(struct pipe_state *state)
{
    HANDLE fetched[VXM_OS_MAX_HANDLES];
    VxmError before;

    if (!vxm__win32_is_last(state->pipe)) {
        return;
    }
    vxmGetLastError(&before);
    while (read_packet(state, 0, fetched) == VK_SUCCESS) {
        for (uint32_t i = 0; i < state->incoming.header.handleCount; i++) {
            vxm__win32_close(fetched[i]);
        }
    }
    /* What is being closed may have failed, and that there is no more to read is no failure. */
    (void)vxm__fail(before.result, before.reason, before.code, "%s", before.message);
}
