/*
 * Loads the Vulkan commands of one instance and one device.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

static VkResult fail_missing(const char *level, const char *name)
{
    return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_UNSUPPORTED, 0,
                     "The driver does not give the %s command %s, which Vulkan 1.1 has: it "
                     "is older, or vkGetInstanceProcAddr is not that of this instance.",
                     level, name);
}

/* All that there are, also past a missing one: who cleans up needs the destroying commands. */
VkResult vxm__load_instance_commands(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                                     VkInstance instance, struct vxm_dispatch *vk)
{
    const char *missing = NULL;
#define LOAD(name)                                                                                 \
    vk->name = (PFN_vk##name)getInstanceProcAddr(instance, "vk" #name);                            \
    if (!vk->name && !missing) {                                                                   \
        missing = "vk" #name;                                                                      \
    }
    VXM_INSTANCE_COMMANDS(LOAD)
#undef LOAD
    return missing ? fail_missing("instance", missing) : VK_SUCCESS;
}

VkResult vxm__load_device_commands(VxmDevice device)
{
    struct vxm_dispatch *vk = &device->vk;
    const char *missing = NULL;
#define LOAD(name)                                                                                 \
    vk->name = (PFN_vk##name)vk->GetDeviceProcAddr(device->device, "vk" #name);                    \
    if (!vk->name && !missing) {                                                                   \
        missing = "vk" #name;                                                                      \
    }
#define LOAD_OPTIONAL(name, suffix)                                                                \
    vk->name = (PFN_vk##name)vk->GetDeviceProcAddr(device->device, "vk" #name);                    \
    if (!vk->name) {                                                                               \
        vk->name = (PFN_vk##name)vk->GetDeviceProcAddr(device->device, "vk" #name #suffix);        \
    }
    VXM_DEVICE_COMMANDS(LOAD)
    VXM_OPTIONAL_DEVICE_COMMANDS(LOAD_OPTIONAL)
#undef LOAD
#undef LOAD_OPTIONAL
    for (uint32_t i = 0; i < vxm__backend_command_count; ++i) {
        device->backendCommands[i] =
            vk->GetDeviceProcAddr(device->device, vxm__backend_commands[i]);
    }
    return missing ? fail_missing("device", missing) : VK_SUCCESS;
}
