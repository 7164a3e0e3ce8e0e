/*
 * How two processes find each other on Fuchsia: not by names. A channel has none, and who gets an
 * end of it is a matter of the components' manifests and protocols, which are the app's.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "fuchsia/fuchsia.h"

static VkResult fail_names(const char *asked)
{
    return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                     "%s failed: Fuchsia's channels have no names. Make a pair with "
                     "vxmCreateChannelPair(), and give the other component one end of it "
                     "(vxmExportChannel(), then FIDL); there it becomes a channel by "
                     "vxmImportChannel().",
                     asked);
}

VkResult vxm__os_listen(const char *name, const VxmListenInfo *info, VxmListener *listener)
{
    (void)name;
    (void)info;
    (void)listener;
    return fail_names("Listening");
}

/* There is never a listener to be closed or to accept from. */
void vxm__os_close_listener(VxmListener listener)
{
    (void)listener;
}

VkResult vxm__os_accept(VxmListener listener, uint64_t deadline, VxmHandle *channel)
{
    (void)listener;
    (void)deadline;
    (void)channel;
    return fail_names("Accepting a connection");
}

VkResult vxm__os_connect(const char *name, uint64_t deadline, VxmHandle *channel)
{
    (void)name;
    (void)deadline;
    (void)channel;
    return fail_names("Connecting");
}
