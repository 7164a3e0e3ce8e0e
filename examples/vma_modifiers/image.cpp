/*
 * The Vulkan Memory Allocator makes what the library has planned. For copying.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define VMA_IMPLEMENTATION 1
#include "app.h"

/* A pool of one is how VMA takes a chain for VkMemoryAllocateInfo. VMA reads it at each allocation
 * of a block, here the only one, and so the plan need not live as long as the pool. */
static VkResult allocate(App &app, const VxmPlanMemory &wanted, VmaPool &pool,
                         VmaAllocation &allocation, VxmWrappedMemory &made)
{
    const VkMemoryRequirements needs = {wanted.allocateInfo.allocationSize, wanted.alignment,
                                        wanted.memoryTypeBits};
    VmaPoolCreateInfo poolInfo = {};
    VmaAllocationCreateInfo how = {};
    VmaAllocationInfo info = {};

    poolInfo.memoryTypeIndex = wanted.allocateInfo.memoryTypeIndex;
    poolInfo.pMemoryAllocateNext = const_cast<void *>(wanted.allocateInfo.pNext);
    CHECK(vmaCreatePool(app.allocator, &poolInfo, &pool));
    how.pool = pool;
    how.flags = VMA_ALLOCATION_CREATE_DEDICATED_MEMORY_BIT; /* a VkDeviceMemory of its own */
    const VkResult result = vmaAllocateMemory(app.allocator, &needs, &how, &allocation, &info);
    made.memory = info.deviceMemory;
    made.allocationSize = info.size;
    made.offset = wanted.offset;
    made.memoryTypeIndex = info.memoryType;
    return result;
}

static void bind(App &app, const VxmPlan &plan, const VxmPlanResult &done)
{
    VkBindImageMemoryInfo binds[VXM_MAX_PLANES] = {};
    VkBindImagePlaneMemoryInfo planes[VXM_MAX_PLANES] = {};

    for (uint32_t i = 0; i < done.memoryCount; i++) {
        planes[i].sType = VK_STRUCTURE_TYPE_BIND_IMAGE_PLANE_MEMORY_INFO;
        planes[i].planeAspect = plan.memories[i].planeAspect;
        binds[i].sType = VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO;
        binds[i].pNext = planes[i].planeAspect != 0 ? &planes[i] : nullptr; /* disjoint */
        binds[i].image = done.image;
        binds[i].memory = done.memories[i].memory;
        binds[i].memoryOffset = done.memories[i].offset;
    }
    CHECK(vkBindImageMemory2(app.device, done.memoryCount, binds));
}

Image make(App &app, VxmPlan &plan)
{
    VxmPlanResult done = {};
    Image made = {};

    CHECK(vkCreateImage(app.device, &plan.imageCreateInfo, nullptr, &made.image));
    CHECK(vxmSetPlanResource(&plan, VK_NULL_HANDLE, made.image));
    done.image = made.image;
    while (done.result == VK_SUCCESS && done.memoryCount < plan.memoryCount) {
        const uint32_t i = done.memoryCount;
        done.result =
            allocate(app, plan.memories[i], made.pools[i], made.allocations[i], done.memories[i]);
        done.memoryCount += done.result == VK_SUCCESS ? 1 : 0;
    }
    made.count = done.memoryCount;
    if (done.result == VK_SUCCESS) {
        bind(app, plan, done); /* lavapipe knows no sooner where a LINEAR image's planes lie */
    }
    CHECK(vxmFinishPlan(&plan, &done, &made.memory)); /* in any case: it settles who owns what */
    check(done.result, "vmaAllocateMemory()");
    return made;
}

void destroy(App &app, Image &image)
{
    vxmDestroyMemory(image.memory); /* forgets the app's objects */
    vkDestroyImage(app.device, image.image, nullptr);
    for (uint32_t i = 0; i < image.count; i++) {
        vmaFreeMemory(app.allocator, image.allocations[i]);
        vmaDestroyPool(app.allocator, image.pools[i]);
    }
}
