/*
 * The app's allocation callbacks: everything goes through them, or they are refused.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "contract/types.h"

TestSuite(device_callbacks, .init = contract_begin, .fini = contract_end);

struct counted {
    size_t live;
    size_t total;
};

static void *VKAPI_PTR count_allocation(void *user, size_t size, size_t alignment,
                                        VkSystemAllocationScope scope)
{
    struct counted *counted = user;

    (void)alignment;
    (void)scope;
    counted->live++;
    counted->total++;
    return malloc(size);
}

static void *VKAPI_PTR count_reallocation(void *user, void *original, size_t size, size_t alignment,
                                          VkSystemAllocationScope scope)
{
    struct counted *counted = user;

    (void)alignment;
    (void)scope;
    counted->live += original == NULL;
    counted->total++;
    return realloc(original, size);
}

static void VKAPI_PTR count_free(void *user, void *memory)
{
    struct counted *counted = user;

    if (memory != NULL) {
        counted->live--;
        free(memory);
    }
}

Test(device_callbacks, own_memory_goes_through_the_callbacks)
{
    struct counted counted = {0};
    VkAllocationCallbacks callbacks = {
        .pUserData = &counted,
        .pfnAllocation = count_allocation,
        .pfnReallocation = count_reallocation,
        .pfnFree = count_free,
    };
    VxmDeviceCreateInfo create = {.getInstanceProcAddr = model_vkGetInstanceProcAddr,
                                  .allocator = &callbacks};
    VxmSemaphoreCreateInfo info = {.semaphoreType = semaphore_plain(),
                                   .handleTypes = semaphore_reference()->type};
    VxmSemaphore semaphore = NULL;
    VxmDevice device = NULL;
    size_t live;

    backend_fail(0, 1, true);
    cr_expect_eq(vxmCreateDevice(&create, &device), VK_SUCCESS);
    cr_expect_not(backend_failed(), "memory was taken past the callbacks");
    /* The struct is copied: what stands in it afterwards does not matter. */
    callbacks = (VkAllocationCallbacks){0};
    live = counted.live;
    cr_expect_gt(live, 0);
    require(vxmCreateSemaphore(device, &info, &semaphore));
    cr_expect_gt(counted.live, live);
    vxmDestroySemaphore(semaphore);
    cr_expect_eq(counted.live, live);
    vxmDestroyDevice(device);
    cr_expect_eq(counted.live, 0);
}

static void VKAPI_PTR note_internal(void *user, size_t size, VkInternalAllocationType type,
                                    VkSystemAllocationScope scope)
{
    (void)user;
    (void)size;
    (void)type;
    (void)scope;
}

Test(device_callbacks, callbacks_must_be_complete)
{
    struct counted counted = {0};
    const VkAllocationCallbacks whole = {
        .pUserData = &counted,
        .pfnAllocation = count_allocation,
        .pfnReallocation = count_reallocation,
        .pfnFree = count_free,
    };
    VkAllocationCallbacks broken[5];

    for (size_t i = 0; i < 5; i++) {
        broken[i] = whole;
    }
    broken[0].pfnAllocation = NULL;
    broken[1].pfnReallocation = NULL;
    broken[2].pfnFree = NULL;
    broken[3].pfnInternalAllocation = note_internal;
    broken[4].pfnInternalFree = note_internal;
    for (size_t i = 0; i < 5; i++) {
        VxmDeviceCreateInfo create = {.getInstanceProcAddr = model_vkGetInstanceProcAddr,
                                      .allocator = &broken[i]};
        /* Refused before any of its objects is used. */
        VxmDeviceWrapInfo wrap = {.getInstanceProcAddr = model_vkGetInstanceProcAddr,
                                  .instance = (VkInstance)&counted,
                                  .physicalDevice = (VkPhysicalDevice)&counted,
                                  .device = (VkDevice)&counted,
                                  .apiVersion = VK_API_VERSION_1_1,
                                  .allocator = &broken[i]};
        VxmDevice device;

        fill(device);
        expect_error(vxmCreateDevice(&create, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "allocator");
        expect_error(vxmWrapDevice(&wrap, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "allocator");
        expect_untouched(device);
    }
    cr_expect_eq(counted.total, 0);
}
