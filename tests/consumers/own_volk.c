/*
 * A consumer with a volk of its own. Had libvxm let its volk's names out, they would be defined
 * twice here, or both would write to the same variables.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define VOLK_IMPLEMENTATION
#include <volk.h>

#include "consumer.h"

int main(void)
{
    VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
    VkInstance instance = VK_NULL_HANDLE;
    PFN_vkCreateDevice before;
    uint32_t count = 0;

    if (volkInitialize() != VK_SUCCESS || vkCreateInstance(&info, NULL, &instance) != VK_SUCCESS) {
        fprintf(stderr, "volk could not make an instance\n");
        return 1;
    }
    volkLoadInstance(instance);
    before = vkCreateDevice;
    if (consumer_share_a_buffer("own_volk") != 0) {
        return 1;
    }
    if (vkCreateDevice != before || volkGetLoadedInstance() != instance) {
        fprintf(stderr, "vxm wrote to this program's volk\n");
        return 1;
    }
    if (vkEnumeratePhysicalDevices(instance, &count, NULL) != VK_SUCCESS || count == 0) {
        fprintf(stderr, "volk found no device\n");
        return 1;
    }
    vkDestroyInstance(instance, NULL);
    return 0;
}
