/*
 * The app's own device and allocator, as it has them anyway.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef APP_H_
#define APP_H_ 1

#include <cstdint>

#include <vk_mem_alloc.h>
#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

struct App {
    VkInstance instance;
    VkPhysicalDevice physicalDevice;
    VkDevice device;
    VkQueue queue;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VmaAllocator allocator;
    VkBuffer staging; /* for copies to and from images */
    VmaAllocation stagingAllocation;
    uint8_t *bytes; /* the staging buffer's */
    VxmDevice vxm;  /* the library's wrapper of it all */
};

void check(VkResult result, const char *call);
#define CHECK(call) check(call, #call)

void openApp(App &app, VkDeviceSize stagingSize);
void begin(App &app);
void finish(App &app); /* submits, and waits */
void closeApp(App &app);

/* ---- image.cpp ---- */

/* What VMA made, and what the library knows of it. A disjoint image has an allocation per plane. */
struct Image {
    VkImage image;
    uint32_t count;
    VmaPool pools[VXM_MAX_PLANES];
    VmaAllocation allocations[VXM_MAX_PLANES];
    VxmMemory memory;
};

Image make(App &app, VxmPlan &plan); /* and ends the plan */
void destroy(App &app, Image &image);

#endif /* APP_H_ */
