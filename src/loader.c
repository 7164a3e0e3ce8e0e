/*
 * The one file that meets volk: it finds the system's Vulkan loader, once in a process.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include "vxm_volk.h"

/* Written under vxm__os_once() only. */
static PFN_vkGetInstanceProcAddr found;

static void find_loader(void)
{
    if (volkInitialize() == VK_SUCCESS) {
        found = vkGetInstanceProcAddr;
    }
}

VkResult vxm__get_loader(PFN_vkGetInstanceProcAddr *getInstanceProcAddr)
{
    vxm__os_once(find_loader);
    if (!found) {
        return vxm__fail(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "This system has no Vulkan loader: its library (libvulkan.so.1, "
                         "vulkan-1.dll or the like) was not found. Install it with a driver, or "
                         "pass a vkGetInstanceProcAddr of your own.");
    }
    *getInstanceProcAddr = found;
    return VK_SUCCESS;
}
