/*
 * Handles that an object keeps, so that exports of their types are duplicates of them: those that a
 * driver gives only once, those that an import came from, and those that the app had taken already.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>

#include "internal.h"

const VxmHandle *vxm__find_kept(const struct vxm_kept *kept, uint32_t type)
{
    for (uint32_t i = 0; i < kept->count; ++i) {
        if (kept->handles[i].type == type) {
            return &kept->handles[i];
        }
    }
    return NULL;
}

void vxm__keep(struct vxm_kept *kept, VxmHandle *handle)
{
    assert(kept->count < VXM_MAX_KEPT && vxm__find_kept(kept, handle->type) == NULL);
    kept->handles[kept->count++] = *handle;
    *handle = (VxmHandle){0};
}

VkResult vxm__keep_duplicate(struct vxm_kept *kept, const VxmHandle *handle)
{
    VxmHandle duplicate = {0};
    VkResult result = vxm__duplicate(handle, &duplicate);

    if (result == VK_SUCCESS) {
        vxm__keep(kept, &duplicate);
    }
    return result;
}

void vxm__drop_kept(struct vxm_kept *kept)
{
    for (uint32_t i = 0; i < kept->count; ++i) {
        vxm__close(&kept->handles[i]);
    }
    kept->count = 0;
}

VkResult vxm__give_export(const struct vxm_handle_type *type, VxmHandle *got, struct vxm_kept *kept,
                          VxmHandle *handle)
{
    VkResult result = (type->flags & VXM_TYPE_CLOSABLE) != 0 ? vxm__os_settle(got) : VK_SUCCESS;

    if ((type->flags & VXM_TYPE_SINGLE_EXPORT) != 0) {
        /* Also after a failure, since the driver gives no second one. */
        vxm__keep(kept, got);
        if (result == VK_SUCCESS) {
            result = vxm__duplicate(vxm__find_kept(kept, type->type), handle);
        }
        return result;
    }
    if (result != VK_SUCCESS) {
        vxm__close(got);
        return result;
    }
    *handle = *got;
    return VK_SUCCESS;
}
