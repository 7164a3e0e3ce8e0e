/*
 * Seam A: what each operating system must do with its handles and its process-to-process transport.
 * One back end implements these functions in its os.c and transport.c; shared code calls nothing
 * else of the system's.
 *
 * Every function that returns VkResult has set the thread's last error when it fails.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_OS_H_
#define VXM_OS_H_ 1

#include <stdbool.h>

#include "vxm/vxm.h"

/* Handles that one vxm__os_receive() gives at most: those of one message. */
#define VXM_OS_MAX_HANDLES VXM_MAX_PLANES

/* ---- handles: never called with an empty one, nor with a type that isn't closable, unless it is
 * said below ---- */

/* Whether the handle is a mere value, which needs no native handle to travel: a sync fd of -1, a
 * KMT number. Called with every type that can leave the process. */
bool vxm__os_is_value(const VxmHandle *handle, uint64_t *value);

/* Makes such a handle again on the other side. Returns whether a handle of that kind and type can
 * be that value. */
bool vxm__os_value(VxmHandleKind kind, uint32_t type, uint64_t value, VxmHandle *handle);

/* Closes the native handle. The caller sets the struct to empty. */
void vxm__os_close(const VxmHandle *handle);

/* Makes a second native handle of the same object, not inherited by child processes, with the same
 * rights. `*duplicate` gets kind and type of `handle`; it is written on success only. Where handles
 * are counted references (Metal), it takes one more. */
VkResult vxm__os_duplicate(const VxmHandle *handle, VxmHandle *duplicate);

/* As above, but valid in another process; VK_ERROR_FEATURE_NOT_PRESENT where the system has no such
 * call. */
VkResult vxm__os_duplicate_to(const VxmHandle *handle, uint64_t process, VxmHandle *duplicate);

/* Whether the native handle is open and can be what its type says:
 * VK_ERROR_INVALID_EXTERNAL_HANDLE and a sentence if not. Judges only what the system knows for
 * sure, such as that a pipe is no dma-buf. Also called with types of VXM_TYPE_VALUE. */
VkResult vxm__os_check(const VxmHandle *handle);

/* Whether both are open and stand for the same open object (on POSIX the same open file
 * description, not merely the same file). Shared code asks it after a failed import, since some
 * drivers close the handle then: the number may by now be somebody else's. */
bool vxm__os_same_object(const VxmHandle *a, const VxmHandle *b);

/* Whether two memory handles stand for one payload, for types with VXM_TYPE_ONE_PAYLOAD: true only
 * where the system knows that for sure. */
bool vxm__os_same_payload(const VxmHandle *a, const VxmHandle *b);

/* Whether two handles of one type are one number, so that closing one closes the other. */
bool vxm__os_same_number(const VxmHandle *a, const VxmHandle *b);

/* The payload's size in bytes where the system can tell it for this type, otherwise 0. */
uint64_t vxm__os_payload_size(const VxmHandle *handle);

/* For semaphore types with VXM_TYPE_AT_CREATION: the timeline's value now. An import has to give it
 * as initialValue, since the driver sets the payload to that. */
uint64_t vxm__os_semaphore_value(const VxmHandle *handle);

/* For types with VXM_TYPE_NATIVE_FACTS: whether the native object was made on this device (NULL:
 * not known) and has the image's extent, layers and mips (NULL: no image).
 * VK_ERROR_INVALID_EXTERNAL_HANDLE and a sentence with both figures if not. */
VkResult vxm__os_check_facts(const VxmHandle *handle, const void *nativeDevice,
                             const VxmImageDescription *image);

/* For types with VXM_TYPE_NATIVE_FIRST: makes the native payload of an image on this device, as a
 * handle of the type that Vulkan imports it as (importAs). */
VkResult vxm__os_make_payload(uint32_t type, const void *nativeDevice,
                              const VxmImageDescription *image, VxmHandle *handle);

/* For types with importAs: from the type to what Vulkan imports it as, and back. A new handle; the
 * one given stays as it is. */
VkResult vxm__os_convert(const VxmHandle *handle, const void *nativeDevice, uint32_t type,
                         VxmHandle *converted);

/* What a handle fresh from a driver needs to be the caller's, to close once: close-on-exec, since
 * some drivers forget it; a reference of its own (Metal). */
VkResult vxm__os_settle(VxmHandle *handle);

/* ---- one-time initialisation ---- */

/* Runs `function` exactly once in the process, also when several threads come at once. There is one
 * such function in the library (the loader's). */
void vxm__os_once(void (*function)(void));

/* ---- transport: a channel is a VxmHandle of kind VXM_HANDLE_KIND_CHANNEL ---- */

/* What a back end must remember of a channel's stream; all zero to begin with. Sending touches
 * `sending`, receiving `receiving`: a thread each may be at it. */
struct vxm_os_stream {
    uint64_t sending[2];
    uint64_t receiving[2];
};

/* Whether an end of a channel has one owner only and can't be duplicated (Zircon): then an export
 * moves the native handle out of its channel, and an import takes it. */
extern const bool vxm__os_channels_move;

/* Two connected ends. Both are written, or none. */
VkResult vxm__os_pair(VxmHandle channels[2]);

/* Whether the native handle is something that a channel can be made of. */
VkResult vxm__os_check_channel(const VxmHandle *channel);

/* Called once for each new channel, before anything is sent or received through it. `imported`: its
 * handle came from the app, perhaps from another process. */
VkResult vxm__os_begin_stream(const VxmHandle *channel, bool imported,
                              struct vxm_os_stream *stream);

/* Frees what the stream holds, such as bytes of a message that nobody has taken. Called once for
 * each channel, before its handle is closed, also where the stream never began. */
void vxm__os_end_stream(struct vxm_os_stream *stream);

/* A point on the system's monotonic clock, `timeout` nanoseconds from now; UINT64_MAX: never. */
uint64_t vxm__os_deadline(uint64_t timeout);

/* The listener's struct is the back end's own. `info` is never NULL. */
VkResult vxm__os_listen(const char *name, const VxmListenInfo *info, VxmListener *listener);
void vxm__os_close_listener(VxmListener listener);
VkResult vxm__os_accept(VxmListener listener, uint64_t deadline, VxmHandle *channel);
VkResult vxm__os_connect(const char *name, uint64_t deadline, VxmHandle *channel);

/* Who is at the other end. */
VkResult vxm__os_peer(const VxmHandle *channel, const struct vxm_os_stream *stream, VxmPeer *peer);

/* Sends all of data, with the handles on its first byte. The handles stay the caller's. `*sent` is
 * written also on failure: bytes that have left. Results: VK_TIMEOUT, VXM_ERROR_PEER_LOST,
 * VK_ERROR_INVALID_EXTERNAL_HANDLE (a handle that isn't open), VK_ERROR_TOO_MANY_OBJECTS. */
VkResult vxm__os_send(const VxmHandle *channel, struct vxm_os_stream *stream, const void *data,
                      size_t size, const VxmHandle *handles, uint32_t handleCount,
                      uint64_t deadline, size_t *sent);

/* Receives between 1 and size bytes, as soon as there are any, and the handles that came with them:
 * they are put behind those already in `handles` (of VXM_OS_MAX_HANDLES), with kind and type still
 * 0, the caller's to close with vxm__os_close(). All close-on-exec. When more come than there is
 * room for, or the system says that some were lost, every one that arrived in this call is closed
 * and the result is VXM_ERROR_BAD_MESSAGE. Results else: VK_TIMEOUT, VXM_ERROR_PEER_LOST at the end
 * of the stream. */
VkResult vxm__os_receive(const VxmHandle *channel, struct vxm_os_stream *stream, void *data,
                         size_t size, size_t *received, VxmHandle handles[VXM_OS_MAX_HANDLES],
                         uint32_t *handleCount, uint64_t deadline);

#endif /* VXM_OS_H_ */
