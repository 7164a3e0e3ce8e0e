/*
 * A command buffer on the model driver, and memory to hand over.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/recorder.h"

/* ---- a command buffer to record into ---- */

struct recorder recorder_open(VxmDevice device)
{
    struct recorder recorder = {.device = device, .vk = contract_vk_device(device)};
    VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                    .queueFamilyIndex = FAMILY};
    VkCommandBufferAllocateInfo allocate = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                            .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                            .commandBufferCount = 1};
    VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                      .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};

    cr_assert_eq(((PFN_vkCreateCommandPool)contract_command(device, "vkCreateCommandPool"))(
                     recorder.vk, &pool, NULL, &recorder.pool),
                 VK_SUCCESS);
    allocate.commandPool = recorder.pool;
    cr_assert_eq(
        ((PFN_vkAllocateCommandBuffers)contract_command(device, "vkAllocateCommandBuffers"))(
            recorder.vk, &allocate, &recorder.commands),
        VK_SUCCESS);
    cr_assert_eq(((PFN_vkBeginCommandBuffer)contract_command(device, "vkBeginCommandBuffer"))(
                     recorder.commands, &begin),
                 VK_SUCCESS);
    return recorder;
}

void recorder_close(struct recorder *recorder)
{
    ((PFN_vkDestroyCommandPool)contract_command(recorder->device, "vkDestroyCommandPool"))(
        recorder->vk, recorder->pool, NULL);
}

void recorder_submit(struct recorder *recorder)
{
    VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                           .commandBufferCount = 1,
                           .pCommandBuffers = &recorder->commands};
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(recorder->device, &info));
    cr_assert_eq(info.queueFamilyIndex, FAMILY);
    cr_assert_eq(((PFN_vkEndCommandBuffer)contract_command(recorder->device, "vkEndCommandBuffer"))(
                     recorder->commands),
                 VK_SUCCESS);
    cr_assert_eq(((PFN_vkQueueSubmit)contract_command(recorder->device, "vkQueueSubmit"))(
                     info.queue, 1, &submit, VK_NULL_HANDLE),
                 VK_SUCCESS);
    recorder_close(recorder);
}

ModelBarrier barrier_at(size_t index)
{
    ModelBarrier barrier = {0};

    cr_assert(model_barrier(index, &barrier), "barrier %zu of %zu", index, model_barrier_count());
    return barrier;
}

/* ---- memory to hand over ---- */

VxmMemory make_buffer(VxmDevice device, uint32_t handleType, VkSharingMode sharing)
{
    static const uint32_t families[] = {0, 1};
    VkBufferCreateInfo info = contract_buffer_info(4096);
    VxmMemoryCreateInfo memoryInfo = contract_memory_info(handleType);
    VxmMemory memory = NULL;

    info.sharingMode = sharing;
    if (sharing == VK_SHARING_MODE_CONCURRENT) {
        info.queueFamilyIndexCount = 2;
        info.pQueueFamilyIndices = families;
    }
    require(vxmCreateBuffer(device, &info, &memoryInfo, &memory));
    return memory;
}

VxmMemory make_image(VxmDevice device, VkFormat format, VkImageUsageFlags usage)
{
    VkImageCreateInfo info = contract_image_info(64, 64);
    VxmMemoryCreateInfo memoryInfo = contract_memory_info(image_type());
    VxmMemory memory = NULL;

    info.format = format;
    info.usage = usage;
    info.mipLevels = 3;
    info.arrayLayers = 2;
    require(vxmCreateImage(device, &info, &memoryInfo, &memory));
    return memory;
}

VxmMemory make_copy_image(VxmDevice device)
{
    return make_image(device, VK_FORMAT_R8G8B8A8_UNORM,
                      VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT);
}

const VxmUse written = {.stageMask = COPY,
                        .accessMask = COPY_WRITE,
                        .layout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .queueFamilyIndex = FAMILY};
const VxmUse wanted = {.stageMask = COPY,
                       .accessMask = COPY_READ,
                       .layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                       .queueFamilyIndex = FAMILY};

VxmDevice device_without_synchronization2(void)
{
    ModelConfig config = model_default_config();

    config.devices[0].synchronization2 = false;
    return contract_device_with(&config);
}
