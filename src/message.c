/*
 * The messages of a channel: each kind checked and encoded to be sent, decoded and checked when
 * received.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "frame.h"

/* ---- what the kinds have in common ----------------------------------------------------------- */

static VkResult check_pointers(const char *caller, VxmChannel channel, const char *name,
                               const void *pointer)
{
    if (channel == NULL || pointer == NULL) {
        return vxm__fail_argument("%s: %s must not be NULL.", caller,
                                  channel == NULL ? "channel" : name);
    }
    return VK_SUCCESS;
}

/* Whether handles of a type can leave this process. */
static VkResult check_type(const char *caller, VxmHandleKind kind, uint32_t type)
{
    const struct vxm_handle_type *found;
    VkResult result = vxm__require_type(caller, kind, type, &found);

    if (result != VK_SUCCESS) {
        return result;
    }
    if ((found->flags & VXM_TYPE_LOCAL) != 0) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: a %s can't be sent to another process. %s", caller, found->name,
                         found->leaving);
    }
    return VK_SUCCESS;
}

static VkResult check_handle(const char *caller, const VxmHandle *handle, uint32_t index,
                             VxmHandleKind kind, uint32_t type)
{
    if (handle->type == 0) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: handle %u is empty. Each memory or semaphore needs one.", caller,
                         (unsigned int)index);
    }
    if (handle->kind != kind || handle->type != type) {
        return vxm__fail_argument("%s: handle %u has kind %d and type 0x%x, but the description "
                                  "says kind %d and handleType 0x%x.",
                                  caller, (unsigned int)index, (int)handle->kind,
                                  (unsigned int)handle->type, (int)kind, (unsigned int)type);
    }
    return vxm__check_handle(handle);
}

/* The next message, if it is of that type. */
static VkResult expect(const char *caller, VxmChannel channel, VxmMessageType type,
                       uint64_t timeout)
{
    VkResult result = vxm__receive_frame(channel, timeout);

    if (result == VK_SUCCESS && channel->inbox.header.type != type) {
        return vxm__fail(VXM_ERROR_UNEXPECTED_MESSAGE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: the next message has VxmMessageType %d, not %d. It stays until it "
                         "is received with the call for its type.",
                         caller, (int)channel->inbox.header.type, (int)type);
    }
    return result;
}

static VkResult refuse(VxmChannel channel, const char *what, uint64_t found)
{
    return vxm__break_inbox(channel,
                            vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                                      "What arrived can't be received: %s (0x%llx). Close the "
                                      "channel.",
                                      what, (unsigned long long)found));
}

/* Takes the handles of a message out of the inbox, once kind and type are known. All or none. */
static VkResult take_handles(VxmChannel channel, VxmHandleKind kind, uint32_t type,
                             uint32_t handleCount, VxmHandle *handles)
{
    struct vxm_inbox *inbox = &channel->inbox;
    const struct vxm_handle_type *found = vxm__find_type(kind, type);
    struct vxm_reader values = {.data = inbox->payload + inbox->header.size,
                                .size = (size_t)inbox->header.valueCount * 8u};
    VxmHandle taken[VXM_OS_MAX_HANDLES];
    uint32_t next = 0;

    if (found == NULL) {
        return refuse(channel, "its handle type is none of this system", type);
    }
    if ((found->flags & VXM_TYPE_LOCAL) != 0) {
        return refuse(channel, "a handle of its type can't leave a process", type);
    }
    if (inbox->header.handleCount != handleCount) {
        return refuse(channel, "its number of handles is not that of its description",
                      inbox->header.handleCount);
    }
    for (uint32_t i = 0; i < handleCount; i++) {
        if ((inbox->header.valueMask >> i & 1u) != 0) {
            if (!vxm__os_value(kind, type, vxm__read(&values, 8), &taken[i])) {
                return refuse(channel, "a handle of its type can't be a mere value", type);
            }
            continue;
        }
        if ((found->flags & VXM_TYPE_CLOSABLE) == 0) {
            return refuse(channel, "a handle of its type is a mere value", type);
        }
        taken[i] = inbox->handles[next++];
        taken[i].kind = kind;
        taken[i].type = type;
    }
    memcpy(handles, taken, handleCount * sizeof taken[0]);
    inbox->handleCount = 0;
    return VK_SUCCESS;
}

VkResult vxmPeekMessage(VxmChannel channel, uint64_t timeout, VxmMessageType *type)
{
    VkResult result = check_pointers("vxmPeekMessage", channel, "type", type);

    if (result == VK_SUCCESS) {
        result = vxm__receive_frame(channel, timeout);
    }
    if (result == VK_SUCCESS) {
        *type = channel->inbox.header.type;
    }
    return result;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

VkResult vxmSendBytes(VxmChannel channel, size_t size, const void *data, uint64_t timeout)
{
    VkResult result = check_pointers("vxmSendBytes", channel, "data", data);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (size == 0 || size > VXM_MAX_MESSAGE_SIZE) {
        return vxm__fail_argument("vxmSendBytes: size is %zu, but a message has from 1 to %u "
                                  "bytes. Send more in several messages.",
                                  size, VXM_MAX_MESSAGE_SIZE);
    }
    return vxm__send_frame(channel, VXM_MESSAGE_TYPE_BYTES, data, size, NULL, 0, timeout);
}

VkResult vxmReceiveBytes(VxmChannel channel, size_t capacity, void *data, size_t *size,
                         uint64_t timeout)
{
    VkResult result = check_pointers("vxmReceiveBytes", channel, data == NULL ? "data" : "size",
                                     data == NULL ? NULL : size);

    if (result == VK_SUCCESS) {
        result = expect("vxmReceiveBytes", channel, VXM_MESSAGE_TYPE_BYTES, timeout);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if (channel->inbox.header.size > capacity) {
        return vxm__fail(VK_INCOMPLETE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "vxmReceiveBytes: the message has %u bytes, but capacity is %zu. It stays "
                         "until it is received with enough room; VXM_MAX_MESSAGE_SIZE always is.",
                         channel->inbox.header.size, capacity);
    }
    memcpy(data, channel->inbox.payload, channel->inbox.header.size);
    *size = channel->inbox.header.size;
    vxm__drop_frame(channel);
    return VK_SUCCESS;
}

/* ---- memory ---------------------------------------------------------------------------------- */

VkResult vxmSendMemory(VxmChannel channel, const VxmShared *shared, uint64_t timeout)
{
    static const char caller[] = "vxmSendMemory";
    unsigned char payload[VXM_MAX_ENCODED_SIZE];
    VxmHandle handles[VXM_MAX_PLANES];
    size_t size = 0;
    VkResult result = check_pointers(caller, channel, "shared", shared);

    /* Whether it can be imported is for the receiver to judge, who may have another driver. */
    if (result == VK_SUCCESS) {
        result = vxmEncodeShared(shared, sizeof(payload), payload, &size);
    }
    if (result == VK_SUCCESS) {
        result = check_type(caller, VXM_HANDLE_KIND_MEMORY, shared->handleType);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < shared->memoryCount; i++) {
        handles[i] = shared->memories[i].handle;
        result = check_handle(caller, &handles[i], i, VXM_HANDLE_KIND_MEMORY, shared->handleType);
    }
    if (result == VK_SUCCESS) {
        result = vxm__send_frame(channel, VXM_MESSAGE_TYPE_MEMORY, payload, size, handles,
                                 shared->memoryCount, timeout);
    }
    return result;
}

VkResult vxmReceiveMemory(VxmChannel channel, VxmShared *shared, uint64_t timeout)
{
    static const char caller[] = "vxmReceiveMemory";
    VxmHandle handles[VXM_MAX_PLANES];
    VxmShared received;
    VkResult result = check_pointers(caller, channel, "shared", shared);

    if (result == VK_SUCCESS) {
        result = expect(caller, channel, VXM_MESSAGE_TYPE_MEMORY, timeout);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxmDecodeShared(channel->inbox.header.size, channel->inbox.payload, &received);
    if (result != VK_SUCCESS) {
        return vxm__break_inbox(channel, result);
    }
    result = take_handles(channel, VXM_HANDLE_KIND_MEMORY, received.handleType,
                          received.memoryCount, handles);
    if (result != VK_SUCCESS) {
        return result;
    }
    for (uint32_t i = 0; i < received.memoryCount; i++) {
        received.memories[i].handle = handles[i];
    }
    *shared = received;
    vxm__drop_frame(channel);
    return VK_SUCCESS;
}

/* ---- semaphores ------------------------------------------------------------------------------ */

VkResult vxmSendSemaphore(VxmChannel channel, const VxmSharedSemaphore *shared, uint64_t timeout)
{
    static const char caller[] = "vxmSendSemaphore";
    unsigned char payload[VXM_MAX_ENCODED_SIZE];
    size_t size = 0;
    VkResult result = check_pointers(caller, channel, "shared", shared);

    if (result == VK_SUCCESS) {
        result = vxmEncodeSharedSemaphore(shared, sizeof(payload), payload, &size);
    }
    if (result == VK_SUCCESS) {
        result = check_type(caller, VXM_HANDLE_KIND_SEMAPHORE, shared->handleType);
    }
    if (result == VK_SUCCESS) {
        result =
            check_handle(caller, &shared->handle, 0, VXM_HANDLE_KIND_SEMAPHORE, shared->handleType);
    }
    if (result == VK_SUCCESS) {
        result = vxm__send_frame(channel, VXM_MESSAGE_TYPE_SEMAPHORE, payload, size,
                                 &shared->handle, 1, timeout);
    }
    return result;
}

VkResult vxmReceiveSemaphore(VxmChannel channel, VxmSharedSemaphore *shared, uint64_t timeout)
{
    static const char caller[] = "vxmReceiveSemaphore";
    VxmSharedSemaphore received;
    VkResult result = check_pointers(caller, channel, "shared", shared);

    if (result == VK_SUCCESS) {
        result = expect(caller, channel, VXM_MESSAGE_TYPE_SEMAPHORE, timeout);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result =
        vxmDecodeSharedSemaphore(channel->inbox.header.size, channel->inbox.payload, &received);
    if (result != VK_SUCCESS) {
        return vxm__break_inbox(channel, result);
    }
    result =
        take_handles(channel, VXM_HANDLE_KIND_SEMAPHORE, received.handleType, 1, &received.handle);
    if (result != VK_SUCCESS) {
        return result;
    }
    *shared = received;
    vxm__drop_frame(channel);
    return VK_SUCCESS;
}

/* ---- hand-overs ------------------------------------------------------------------------------ */

VkResult vxmSendHandover(VxmChannel channel, const VxmHandover *handover, uint64_t timeout)
{
    unsigned char payload[VXM_MAX_ENCODED_SIZE];
    size_t size = 0;
    VkResult result = check_pointers("vxmSendHandover", channel, "handover", handover);

    if (result == VK_SUCCESS) {
        result = vxmEncodeHandover(handover, sizeof(payload), payload, &size);
    }
    if (result == VK_SUCCESS) {
        result =
            vxm__send_frame(channel, VXM_MESSAGE_TYPE_HANDOVER, payload, size, NULL, 0, timeout);
    }
    return result;
}

VkResult vxmReceiveHandover(VxmChannel channel, VxmHandover *handover, uint64_t timeout)
{
    VxmHandover received;
    VkResult result = check_pointers("vxmReceiveHandover", channel, "handover", handover);

    if (result == VK_SUCCESS) {
        result = expect("vxmReceiveHandover", channel, VXM_MESSAGE_TYPE_HANDOVER, timeout);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxmDecodeHandover(channel->inbox.header.size, channel->inbox.payload, &received);
    if (result != VK_SUCCESS) {
        return vxm__break_inbox(channel, result);
    }
    *handover = received;
    vxm__drop_frame(channel);
    return VK_SUCCESS;
}
