/*
 * Messages as they travel through a channel, one frame each: a header, a payload, and the handles,
 * which ride on the header's first byte.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_FRAME_H_
#define VXM_FRAME_H_ 1

#include "internal.h"

#define VXM_FRAME_HEADER_SIZE 16u

struct vxm_frame_header {
    VxmMessageType type;
    uint32_t size;        /* of the payload, in bytes */
    uint32_t handleCount; /* values included */
    uint32_t valueMask;   /* bit i: handle i is a mere value, which stands behind the payload */
    uint32_t valueCount;  /* bits in valueMask */
};

/* What has arrived so far. It outlives a call that times out, and holds a whole message until
 * somebody takes it. */
struct vxm_inbox {
    VkResult broken; /* VK_SUCCESS until the stream can't be followed any more */
    unsigned char headerBytes[VXM_FRAME_HEADER_SIZE];
    size_t headerSize; /* bytes of it that are there */
    bool parsed;
    struct vxm_frame_header header;
    unsigned char *payload;
    size_t payloadCapacity;
    size_t payloadSize; /* bytes of it that are there */
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t handleCount; /* those that have arrived */
};

/* Sending touches `sendBroken` only, receiving `inbox` only: a thread each may be at it. */
struct VxmChannel_T {
    VxmHandle handle;
    struct vxm_os_stream stream;
    VkResult sendBroken;
    struct vxm_inbox inbox;
};

/* Sends one message. What of the handles is a mere value travels behind the payload. */
VkResult vxm__send_frame(VxmChannel channel, VxmMessageType type, const void *payload, size_t size,
                         const VxmHandle *handles, uint32_t handleCount, uint64_t timeout);

/* Waits until a whole message is in the inbox. */
VkResult vxm__receive_frame(VxmChannel channel, uint64_t timeout);

/* Empties the inbox for the next message, closing handles that were not taken. */
void vxm__drop_frame(VxmChannel channel);

/* Makes every later receive fail with `result`, which is also returned: the peer can't be trusted
 * to keep to the format, or is gone. */
VkResult vxm__break_inbox(VxmChannel channel, VkResult result);

#endif /* VXM_FRAME_H_ */
