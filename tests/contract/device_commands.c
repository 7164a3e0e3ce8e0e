/*
 * Commands that a driver or a loader lacks: named where they must be there, done without where they
 * needn't be.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/backend.h"
#include "contract/common.h"
#include "dispatch.h"

TestSuite(device_commands, .init = contract_begin, .fini = contract_end);

/* A command that the driver doesn't give, under its later alias neither; "": it gives none. */
static const char *hidden;

static bool is_hidden(const char *name)
{
    size_t length = strlen(hidden);

    return strncmp(name, hidden, length) == 0 &&
           (length == 0 || name[length] == '\0' || strcmp(name + length, "KHR") == 0);
}

static VkInstance hiding_instance;

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL hiding_device(VkDevice device, const char *name)
{
    PFN_vkGetDeviceProcAddr real = (PFN_vkGetDeviceProcAddr)model_vkGetInstanceProcAddr(
        hiding_instance, "vkGetDeviceProcAddr");

    return is_hidden(name) ? NULL : real(device, name);
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL hiding(VkInstance instance, const char *name)
{
    if (hidden[0] != '\0' && is_hidden(name)) {
        return NULL;
    }
    if (strcmp(name, "vkGetDeviceProcAddr") == 0) {
        hiding_instance = instance;
        return (PFN_vkVoidFunction)hiding_device;
    }
    return model_vkGetInstanceProcAddr(instance, name);
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL giving_nothing(VkInstance instance,
                                                               const char *name)
{
    (void)instance;
    (void)name;
    return NULL;
}

#define NAME(name) "vk" #name,
static const char *const core_commands[] = {VXM_INSTANCE_COMMANDS(NAME) VXM_DEVICE_COMMANDS(NAME)};
#undef NAME

Test(device_commands, missing_core_command_is_named)
{
    VxmDevice made = contract_device();
    VxmDeviceWrapInfo wrap = {.getInstanceProcAddr = hiding, .apiVersion = VK_API_VERSION_1_1};
    VxmDeviceInfo info;
    VxmDevice device;

    require(vxmGetDeviceInfo(made, &info));
    wrap.instance = info.instance;
    wrap.physicalDevice = info.physicalDevice;
    wrap.device = info.device;
    fill(device);
    for (size_t i = 0; i < sizeof(core_commands) / sizeof(core_commands[0]); i++) {
        hidden = core_commands[i];
        expect_error(vxmWrapDevice(&wrap, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                     VXM_ERROR_REASON_UNSUPPORTED, hidden);
        expect_untouched(device);
    }
    /* Of several, the first. */
    hidden = "";
    expect_error(vxmWrapDevice(&wrap, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_UNSUPPORTED, "vkDestroyDevice");
    wrap.getInstanceProcAddr = giving_nothing;
    expect_error(vxmWrapDevice(&wrap, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_UNSUPPORTED, "vkDestroyInstance");
    expect_untouched(device);
    vxmDestroyDevice(made);
}

/* The same for a device of the library's own, whose instance and device must go again. */
Test(device_commands, missing_command_undoes_a_creation)
{
    static const char *const before[] = {"vkCreateInstance",
                                         "vkEnumerateInstanceExtensionProperties"};
    VxmDeviceCreateInfo create = {.getInstanceProcAddr = hiding};
    const size_t count = sizeof(core_commands) / sizeof(core_commands[0]);

    for (size_t i = 0; i < count + sizeof(before) / sizeof(before[0]); i++) {
        VxmDevice device;

        hidden = i < count ? core_commands[i] : before[i - count];
        /* Nobody can destroy without them. */
        if (strcmp(hidden, "vkDestroyInstance") == 0 || strcmp(hidden, "vkDestroyDevice") == 0) {
            continue;
        }
        fill(device);
        expect_error(vxmCreateDevice(&create, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                     VXM_ERROR_REASON_UNSUPPORTED, hidden);
        expect_untouched(device);
        expect_idle();
    }
}

/* Loaders of Vulkan 1.0 have no vkEnumerateInstanceVersion, and some have no layers. */
Test(device_commands, missing_command_of_the_loader_s_is_understood)
{
    const char *layer = "VK_LAYER_some";
    VxmDeviceCreateInfo create = {.getInstanceProcAddr = hiding};
    VxmDevice device;

    fill(device);
    hidden = "vkEnumerateInstanceVersion";
    expect_error(vxmCreateDevice(&create, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_UNSUPPORTED, "1.0");
    hidden = "vkEnumerateInstanceLayerProperties";
    create.instanceLayerCount = 1;
    create.instanceLayers = &layer;
    expect_error(vxmCreateDevice(&create, &device), VK_ERROR_LAYER_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, layer);
    expect_untouched(device);
}

/* A feature is on, and its commands aren't there. */
Test(device_commands, timelines_need_their_commands)
{
    static const char *const commands[] = {"vkWaitSemaphores", "vkSignalSemaphore",
                                           "vkGetSemaphoreCounterValue"};
    VxmDeviceCreateInfo create = {.getInstanceProcAddr = hiding};
    VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                   .handleTypes = backend_semaphore_types[0].type};

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        VxmSemaphore semaphore;
        VxmDevice device = NULL;

        hidden = commands[i];
        require(vxmCreateDevice(&create, &device));
        fill(semaphore);
        expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_FEATURE_NOT_PRESENT,
                     VXM_ERROR_REASON_UNSUPPORTED, hidden);
        expect_untouched(semaphore);
        vxmDestroyDevice(device);
    }
}
