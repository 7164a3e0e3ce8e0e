/*
 * Channels: made, passed on and closed.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "frame.h"

static VxmChannel new_channel(void)
{
    VxmChannel channel = vxm__allocate(NULL, sizeof(*channel));

    if (channel != NULL) {
        channel->sendBroken = channel->inbox.broken = VK_SUCCESS;
    }
    return channel;
}

void vxmCloseChannel(VxmChannel channel)
{
    if (channel == NULL) {
        return;
    }
    vxm__drop_frame(channel);
    vxm__os_end_stream(&channel->stream);
    vxm__close(&channel->handle);
    vxm__free(NULL, channel->inbox.payload);
    vxm__free(NULL, channel);
}

VkResult vxmCreateChannelPair(VxmChannel channels[2])
{
    VxmHandle handles[2] = {{0}, {0}};
    VxmChannel made[2] = {NULL, NULL};
    VkResult result;

    if (channels == NULL) {
        return vxm__fail_argument("vxmCreateChannelPair: channels must not be NULL.");
    }
    for (int i = 0; i < 2; i++) {
        made[i] = new_channel();
        if (made[i] == NULL) {
            result = VK_ERROR_OUT_OF_HOST_MEMORY;
            goto fail;
        }
    }
    result = vxm__os_pair(handles);
    if (result != VK_SUCCESS) {
        goto fail;
    }
    for (int i = 0; i < 2; i++) {
        made[i]->handle = handles[i];
    }
    result = vxm__os_begin_stream(&made[0]->handle, false, &made[0]->stream);
    if (result == VK_SUCCESS) {
        result = vxm__os_begin_stream(&made[1]->handle, false, &made[1]->stream);
    }
    if (result != VK_SUCCESS) {
        goto fail;
    }
    channels[0] = made[0];
    channels[1] = made[1];
    return VK_SUCCESS;

fail:
    vxmCloseChannel(made[0]);
    vxmCloseChannel(made[1]);
    return result;
}

VkResult vxmListen(const char *name, const VxmListenInfo *info, VxmListener *listener)
{
    static const VxmListenInfo none;

    if (name == NULL || listener == NULL) {
        return vxm__fail_argument("vxmListen: %s must not be NULL.",
                                  name == NULL ? "name" : "listener");
    }
    return vxm__os_listen(name, info != NULL ? info : &none, listener);
}

void vxmCloseListener(VxmListener listener)
{
    if (listener != NULL) {
        vxm__os_close_listener(listener);
    }
}

VkResult vxmAccept(VxmListener listener, uint64_t timeout, VxmChannel *channel)
{
    VxmChannel made;
    VkResult result;

    if (listener == NULL || channel == NULL) {
        return vxm__fail_argument("vxmAccept: %s must not be NULL.",
                                  listener == NULL ? "listener" : "channel");
    }
    made = new_channel();
    if (made == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    result = vxm__os_accept(listener, vxm__os_deadline(timeout), &made->handle);
    if (result == VK_SUCCESS) {
        result = vxm__os_begin_stream(&made->handle, false, &made->stream);
    }
    if (result == VK_SUCCESS) {
        *channel = made;
    } else {
        vxmCloseChannel(made);
    }
    return result;
}

VkResult vxmConnect(const char *name, uint64_t timeout, VxmChannel *channel)
{
    VxmChannel made;
    VkResult result;

    if (name == NULL || channel == NULL) {
        return vxm__fail_argument("vxmConnect: %s must not be NULL.",
                                  name == NULL ? "name" : "channel");
    }
    made = new_channel();
    if (made == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    result = vxm__os_connect(name, vxm__os_deadline(timeout), &made->handle);
    if (result == VK_SUCCESS) {
        result = vxm__os_begin_stream(&made->handle, false, &made->stream);
    }
    if (result == VK_SUCCESS) {
        *channel = made;
    } else {
        vxmCloseChannel(made);
    }
    return result;
}

VkResult vxmExportChannel(VxmChannel channel, VxmHandle *handle)
{
    if (channel == NULL || handle == NULL) {
        return vxm__fail_argument("vxmExportChannel: %s must not be NULL.",
                                  channel == NULL ? "channel" : "handle");
    }
    if (!vxm__os_channels_move) {
        return vxm__duplicate(&channel->handle, handle);
    }
    if (channel->handle.type == 0) {
        return vxm__fail_argument("vxmExportChannel: the channel has been exported before, and its "
                                  "native handle can't be duplicated. Close it.");
    }
    if (channel->inbox.headerSize > 0) {
        return vxm__fail_argument("vxmExportChannel: a message has arrived at the channel that "
                                  "nobody has received, and would be lost. Receive it first.");
    }
    *handle = channel->handle;
    channel->handle = (VxmHandle){0};
    channel->sendBroken = channel->inbox.broken = VK_ERROR_VALIDATION_FAILED_EXT;
    return VK_SUCCESS;
}

VkResult vxmImportChannel(const VxmHandle *handle, VxmChannel *channel)
{
    VxmChannel made;
    VkResult result;

    if (handle == NULL || channel == NULL) {
        return vxm__fail_argument("vxmImportChannel: %s must not be NULL.",
                                  handle == NULL ? "handle" : "channel");
    }
    if (handle->kind != VXM_HANDLE_KIND_CHANNEL || handle->type != VXM_CHANNEL_HANDLE_TYPE_NATIVE) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "vxmImportChannel: handle has kind %d and type 0x%x, but a channel is "
                         "made of kind VXM_HANDLE_KIND_CHANNEL and type "
                         "VXM_CHANNEL_HANDLE_TYPE_NATIVE.",
                         (int)handle->kind, (unsigned int)handle->type);
    }
    result = vxm__os_check_channel(handle);
    if (result != VK_SUCCESS) {
        return result;
    }
    made = new_channel();
    if (made == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    if (!vxm__os_channels_move) {
        result = vxm__duplicate(handle, &made->handle);
    }
    if (result == VK_SUCCESS) {
        result = vxm__os_begin_stream(vxm__os_channels_move ? handle : &made->handle, true,
                                      &made->stream);
    }
    if (result == VK_SUCCESS) {
        if (vxm__os_channels_move) {
            made->handle = *handle;
        }
        *channel = made;
    } else {
        vxmCloseChannel(made);
    }
    return result;
}

VkResult vxmGetChannelPeer(VxmChannel channel, VxmPeer *peer)
{
    if (channel == NULL || peer == NULL) {
        return vxm__fail_argument("vxmGetChannelPeer: %s must not be NULL.",
                                  channel == NULL ? "channel" : "peer");
    }
    return vxm__os_peer(&channel->handle, &channel->stream, peer);
}
