/*
 * Sends and receives one message at a time, in pieces of any size, and judges what arrives.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "frame.h"

#define MAGIC   0x464D5856u /* "VXMF" */
#define VERSION 2u

#define MAX_VALUES_SIZE (8u * VXM_OS_MAX_HANDLES)

/* What each type of message may consist of. */
static const struct message_rule {
    VxmMessageType type;
    uint32_t maxSize;
    uint32_t minHandles;
    uint32_t maxHandles;
} rules[] = {
    {VXM_MESSAGE_TYPE_BYTES, VXM_MAX_MESSAGE_SIZE, 0, 0},
    {VXM_MESSAGE_TYPE_MEMORY, VXM_MAX_ENCODED_SIZE, 1, VXM_OS_MAX_HANDLES},
    {VXM_MESSAGE_TYPE_SEMAPHORE, VXM_MAX_ENCODED_SIZE, 1, 1},
    {VXM_MESSAGE_TYPE_HANDOVER, VXM_MAX_ENCODED_SIZE, 0, 0},
};

static const struct message_rule *find_rule(uint64_t type)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if ((uint64_t)rules[i].type == type) {
            return &rules[i];
        }
    }
    return NULL;
}

static VkResult fail_broken(VxmChannel channel, VkResult broken)
{
    if (channel->handle.type == 0) {
        return vxm__fail_argument("The channel's native handle has been exported, and on this "
                                  "system an end of a channel has one owner: here it is of no more "
                                  "use. Close it.");
    }
    return vxm__fail(broken, VXM_ERROR_REASON_PEER, 0,
                     "The channel has failed before with %s, and is of no more use. Close it.",
                     vxmResultName(broken));
}

/* ---- sending --------------------------------------------------------------------------------- */

static void write_header(struct vxm_writer *writer, const struct vxm_frame_header *header)
{
    vxm__write(writer, MAGIC, 4);
    vxm__write(writer, VERSION, 2);
    vxm__write(writer, (uint64_t)header->type, 2);
    vxm__write(writer, header->size, 4);
    vxm__write(writer, header->handleCount, 1);
    vxm__write(writer, header->valueMask, 1);
    vxm__write(writer, 0, 2);
}

VkResult vxm__send_frame(VxmChannel channel, VxmMessageType type, const void *payload, size_t size,
                         const VxmHandle *handles, uint32_t handleCount, uint64_t timeout)
{
    unsigned char small[VXM_FRAME_HEADER_SIZE + VXM_MAX_ENCODED_SIZE + MAX_VALUES_SIZE];
    struct vxm_writer writer = {.data = small, .capacity = sizeof(small)};
    struct vxm_frame_header header = {
        .type = type, .size = (uint32_t)size, .handleCount = handleCount};
    VxmHandle travelling[VXM_OS_MAX_HANDLES];
    uint32_t travellingCount = 0;
    uint64_t values[VXM_OS_MAX_HANDLES];
    size_t sent = 0;
    VkResult result;

    if (channel->sendBroken != VK_SUCCESS) {
        return fail_broken(channel, channel->sendBroken);
    }
    for (uint32_t i = 0; i < handleCount; i++) {
        if (vxm__os_is_value(&handles[i], &values[header.valueCount])) {
            header.valueMask |= 1u << i;
            header.valueCount++;
        } else {
            travelling[travellingCount++] = handles[i];
        }
    }
    if (size > VXM_MAX_ENCODED_SIZE) {
        writer.capacity = VXM_FRAME_HEADER_SIZE + size;
        writer.data = vxm__allocate(NULL, writer.capacity);
        if (writer.data == NULL) {
            return VK_ERROR_OUT_OF_HOST_MEMORY;
        }
    }
    write_header(&writer, &header);
    vxm__write_bytes(&writer, payload, size);
    for (uint32_t i = 0; i < header.valueCount; i++) {
        vxm__write(&writer, values[i], 8);
    }
    result = vxm__os_send(&channel->handle, &channel->stream, writer.data, writer.size, travelling,
                          travellingCount, vxm__os_deadline(timeout), &sent);
    if (result != VK_SUCCESS && result != VXM_ERROR_PEER_LOST && sent > 0) {
        result = vxm__fail(VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, result,
                           "The peer stopped reading in the middle of a message: %zu of %zu bytes "
                           "have left, then it was %s. What follows would not be understood: close "
                           "the channel.",
                           sent, writer.size, vxmResultName(result));
    }
    if (result == VXM_ERROR_PEER_LOST) {
        channel->sendBroken = result;
    }
    if (writer.data != small) {
        vxm__free(NULL, writer.data);
    }
    return result;
}

/* ---- receiving ------------------------------------------------------------------------------- */

void vxm__drop_frame(VxmChannel channel)
{
    struct vxm_inbox *inbox = &channel->inbox;

    /* Not by vxm__close(): they have no type yet, which the payload would have told. */
    for (uint32_t i = 0; i < inbox->handleCount; i++) {
        vxm__os_close(&inbox->handles[i]);
    }
    inbox->handleCount = 0;
    inbox->headerSize = 0;
    inbox->payloadSize = 0;
    inbox->parsed = false;
}

VkResult vxm__break_inbox(VxmChannel channel, VkResult result)
{
    vxm__drop_frame(channel);
    channel->inbox.broken = result;
    return result;
}

static VkResult refuse(VxmChannel channel, const char *why, uint64_t found)
{
    return vxm__break_inbox(
        channel, vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                           "What arrived is not a message of this library: %s (%llu). Close the "
                           "channel, and see that the other side uses this library too.",
                           why, (unsigned long long)found));
}

static uint32_t count_bits(uint32_t mask)
{
    uint32_t count = 0;

    for (; mask != 0; mask &= mask - 1) {
        count++;
    }
    return count;
}

static VkResult parse_header(VxmChannel channel)
{
    struct vxm_inbox *inbox = &channel->inbox;
    struct vxm_reader reader = {.data = inbox->headerBytes, .size = VXM_FRAME_HEADER_SIZE};
    uint64_t magic = vxm__read(&reader, 4);
    uint64_t version = vxm__read(&reader, 2);
    uint64_t type = vxm__read(&reader, 2);
    uint32_t size = (uint32_t)vxm__read(&reader, 4);
    uint32_t handleCount = (uint32_t)vxm__read(&reader, 1);
    uint32_t valueMask = (uint32_t)vxm__read(&reader, 1);
    uint64_t rest = vxm__read(&reader, 2);
    const struct message_rule *rule = find_rule(type);

    if (magic != MAGIC) {
        return refuse(channel, "it begins with another magic", magic);
    }
    if (version != VERSION) {
        return refuse(channel, "it is of a version that this library does not know", version);
    }
    if (rule == NULL) {
        return refuse(channel, "there is no such message type", type);
    }
    if (size == 0 || size > rule->maxSize) {
        return refuse(channel, "a payload of its type can't have that size", size);
    }
    if (handleCount < rule->minHandles || handleCount > rule->maxHandles) {
        return refuse(channel, "its type can't have that number of handles", handleCount);
    }
    if (valueMask >> handleCount != 0) {
        return refuse(channel, "it speaks of handles that it does not have", valueMask);
    }
    if (rest != 0) {
        return refuse(channel, "bits are set that have no meaning", rest);
    }
    if (inbox->handleCount != handleCount - count_bits(valueMask)) {
        return refuse(channel, "another number of descriptors came with it than it says",
                      inbox->handleCount);
    }
    inbox->header = (struct vxm_frame_header){.type = rule->type,
                                              .size = size,
                                              .handleCount = handleCount,
                                              .valueMask = valueMask,
                                              .valueCount = count_bits(valueMask)};
    inbox->parsed = true;
    return VK_SUCCESS;
}

/* Receives until `size` of `wanted` bytes are there. */
static VkResult fill(VxmChannel channel, unsigned char *data, size_t wanted, size_t *size,
                     bool withHandles, uint64_t deadline)
{
    struct vxm_inbox *inbox = &channel->inbox;

    while (*size < wanted) {
        uint32_t handlesBefore = inbox->handleCount;
        size_t received = 0;
        VkResult result =
            vxm__os_receive(&channel->handle, &channel->stream, data + *size, wanted - *size,
                            &received, inbox->handles, &inbox->handleCount, deadline);

        if (result == VXM_ERROR_PEER_LOST || result == VXM_ERROR_BAD_MESSAGE) {
            return vxm__break_inbox(channel, result);
        }
        if (result != VK_SUCCESS) {
            return result;
        }
        if (inbox->handleCount != handlesBefore && !(withHandles && *size == 0)) {
            return refuse(channel, "descriptors came in the middle of it", inbox->handleCount);
        }
        *size += received;
    }
    return VK_SUCCESS;
}

static VkResult make_room(struct vxm_inbox *inbox, size_t size)
{
    unsigned char *payload;

    if (size <= inbox->payloadCapacity) {
        return VK_SUCCESS;
    }
    payload = vxm__allocate(NULL, size);
    if (payload == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    vxm__free(NULL, inbox->payload);
    inbox->payload = payload;
    inbox->payloadCapacity = size;
    return VK_SUCCESS;
}

VkResult vxm__receive_frame(VxmChannel channel, uint64_t timeout)
{
    struct vxm_inbox *inbox = &channel->inbox;
    uint64_t deadline = vxm__os_deadline(timeout);
    size_t size;
    VkResult result;

    if (inbox->broken != VK_SUCCESS) {
        return fail_broken(channel, inbox->broken);
    }
    if (!inbox->parsed) {
        result = fill(channel, inbox->headerBytes, VXM_FRAME_HEADER_SIZE, &inbox->headerSize, true,
                      deadline);
        if (result == VK_SUCCESS) {
            result = parse_header(channel);
        }
        if (result != VK_SUCCESS) {
            return result;
        }
    }
    size = inbox->header.size + (size_t)inbox->header.valueCount * 8u;
    result = make_room(inbox, size);
    if (result != VK_SUCCESS) {
        return result;
    }
    return fill(channel, inbox->payload, size, &inbox->payloadSize, false, deadline);
}
