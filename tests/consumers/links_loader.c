/*
 * A consumer that links the Vulkan loader and calls its functions by their names. Had libvxm let
 * volk's variables of those names out, this would not link, or would call a variable.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <vulkan/vulkan.h>

#include "consumer.h"

static int use_the_loader(void)
{
    VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
    VkInstance instance = VK_NULL_HANDLE;
    uint32_t count = 0;

    if (vkCreateInstance(&info, NULL, &instance) != VK_SUCCESS ||
        vkEnumeratePhysicalDevices(instance, &count, NULL) != VK_SUCCESS || count == 0) {
        fprintf(stderr, "the loader called directly found no device\n");
        return 1;
    }
    vkDestroyInstance(instance, NULL);
    return 0;
}

int main(void)
{
    if (use_the_loader() != 0 || consumer_share_a_buffer("links_loader") != 0) {
        return 1;
    }
    /* And the loader still works after vxm has come and gone. */
    return use_the_loader();
}
