/*
 * The Vulkan commands that shared code calls, each loaded through the instance and device that it
 * is called on: volk's globals can't serve two drivers in one process.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_DISPATCH_H_
#define VXM_DISPATCH_H_ 1

#include "vxm/vxm.h"

/* X(name): core in Vulkan 1.1, so each must be there. */
#define VXM_INSTANCE_COMMANDS(X)                                                                   \
    X(DestroyInstance)                                                                             \
    X(EnumeratePhysicalDevices)                                                                    \
    X(GetPhysicalDeviceProperties)                                                                 \
    X(GetPhysicalDeviceProperties2)                                                                \
    X(GetPhysicalDeviceFeatures2)                                                                  \
    X(GetPhysicalDeviceMemoryProperties)                                                           \
    X(GetPhysicalDeviceQueueFamilyProperties)                                                      \
    X(EnumerateDeviceExtensionProperties)                                                          \
    X(GetPhysicalDeviceExternalBufferProperties)                                                   \
    X(GetPhysicalDeviceExternalSemaphoreProperties)                                                \
    X(GetPhysicalDeviceImageFormatProperties2)                                                     \
    X(GetPhysicalDeviceFormatProperties2)                                                          \
    X(CreateDevice)                                                                                \
    X(GetDeviceProcAddr)

#define VXM_DEVICE_COMMANDS(X)                                                                     \
    X(DestroyDevice)                                                                               \
    X(GetDeviceQueue)                                                                              \
    X(CreateBuffer)                                                                                \
    X(DestroyBuffer)                                                                               \
    X(CreateImage)                                                                                 \
    X(DestroyImage)                                                                                \
    X(GetBufferMemoryRequirements2)                                                                \
    X(GetImageMemoryRequirements2)                                                                 \
    X(GetImageSubresourceLayout)                                                                   \
    X(AllocateMemory)                                                                              \
    X(FreeMemory)                                                                                  \
    X(BindBufferMemory2)                                                                           \
    X(BindImageMemory2)                                                                            \
    X(MapMemory)                                                                                   \
    X(UnmapMemory)                                                                                 \
    X(CreateSemaphore)                                                                             \
    X(DestroySemaphore)                                                                            \
    X(CmdPipelineBarrier)

/* X(name, suffix): core in a later version; under the suffix where only the extension is on. NULL
 * where neither is. Without a suffix: an extension's only. */
#define VXM_OPTIONAL_DEVICE_COMMANDS(X)                                                            \
    X(WaitSemaphores, KHR)                                                                         \
    X(SignalSemaphore, KHR)                                                                        \
    X(GetSemaphoreCounterValue, KHR)                                                               \
    X(CmdPipelineBarrier2, KHR)                                                                    \
    X(GetImageDrmFormatModifierPropertiesEXT, )

struct vxm_dispatch {
#define VXM_MEMBER(name)                  PFN_vk##name name;
#define VXM_OPTIONAL_MEMBER(name, suffix) PFN_vk##name name;
    VXM_INSTANCE_COMMANDS(VXM_MEMBER)
    VXM_DEVICE_COMMANDS(VXM_MEMBER)
    VXM_OPTIONAL_DEVICE_COMMANDS(VXM_OPTIONAL_MEMBER)
#undef VXM_MEMBER
#undef VXM_OPTIONAL_MEMBER
};

/* Loads the instance's commands. VK_ERROR_INCOMPATIBLE_DRIVER, with the command's name in the
 * error, if one is missing. */
VkResult vxm__load_instance_commands(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                                     VkInstance instance, struct vxm_dispatch *vk);

/* Loads the device's commands through vk->GetDeviceProcAddr, the back end's included. */
VkResult vxm__load_device_commands(VxmDevice device);

#endif /* VXM_DISPATCH_H_ */
