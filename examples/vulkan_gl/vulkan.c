/*
 * The example's plain Vulkan, as any app has it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "example.h"

#include "scene_spv.h"

void gpu_open(struct gpu *gpu)
{
    VXM(vxmCreateDevice(NULL, &gpu->vxm));
    VXM(vxmGetDeviceInfo(gpu->vxm, &gpu->info));

    const VkCommandPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
        .queueFamilyIndex = gpu->info.queueFamilyIndex,
    };
    VK(vkCreateCommandPool(gpu->info.device, &pool, NULL, &gpu->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    VK(vkAllocateCommandBuffers(gpu->info.device, &commands, &gpu->commands));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VK(vkCreateFence(gpu->info.device, &fence, NULL, &gpu->fence));
}

/* ---- the pipeline ---- */

static void create_pipeline(struct gpu *gpu)
{
    const VkDevice device = gpu->info.device;
    const VkDescriptorSetLayoutBinding binding = {
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_IMAGE,
        .descriptorCount = 1,
        .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    };
    const VkDescriptorSetLayoutCreateInfo setLayout = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 1,
        .pBindings = &binding,
    };
    VK(vkCreateDescriptorSetLayout(device, &setLayout, NULL, &gpu->setLayout));
    const VkPushConstantRange push = {VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(float)};
    const VkPipelineLayoutCreateInfo layout = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &gpu->setLayout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push,
    };
    VK(vkCreatePipelineLayout(device, &layout, NULL, &gpu->layout));

    const VkShaderModuleCreateInfo words = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = sizeof(scene_spv),
        .pCode = scene_spv,
    };
    VkShaderModule shader;
    VK(vkCreateShaderModule(device, &words, NULL, &shader));
    const VkComputePipelineCreateInfo pipeline = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = shader,
                  .pName = "main"},
        .layout = gpu->layout,
    };
    VK(vkCreateComputePipelines(device, VK_NULL_HANDLE, 1, &pipeline, NULL, &gpu->pipeline));
    vkDestroyShaderModule(device, shader, NULL);
}

static void create_set(struct gpu *gpu, VkImage image)
{
    const VkDevice device = gpu->info.device;
    const VkImageViewCreateInfo view = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
        .image = image,
        .viewType = VK_IMAGE_VIEW_TYPE_2D,
        .format = VK_FORMAT_R8G8B8A8_UNORM,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1},
    };
    VK(vkCreateImageView(device, &view, NULL, &gpu->view));
    const VkDescriptorPoolSize count = {VK_DESCRIPTOR_TYPE_STORAGE_IMAGE, 1};
    const VkDescriptorPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = 1,
        .poolSizeCount = 1,
        .pPoolSizes = &count,
    };
    VK(vkCreateDescriptorPool(device, &pool, NULL, &gpu->sets));
    const VkDescriptorSetAllocateInfo set = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = gpu->sets,
        .descriptorSetCount = 1,
        .pSetLayouts = &gpu->setLayout,
    };
    VK(vkAllocateDescriptorSets(device, &set, &gpu->set));
    const VkDescriptorImageInfo target = {.imageView = gpu->view,
                                          .imageLayout = VK_IMAGE_LAYOUT_GENERAL};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = gpu->set,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_IMAGE,
        .pImageInfo = &target,
    };
    vkUpdateDescriptorSets(device, 1, &write, 0, NULL);
}

static void create_pixels(struct gpu *gpu, VkDeviceSize size)
{
    const VkMemoryPropertyFlags wanted = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                         VK_MEMORY_PROPERTY_HOST_COHERENT_BIT |
                                         VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    const VkBufferCreateInfo buffer = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = size,
        .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    VkPhysicalDeviceMemoryProperties types;
    VkMemoryRequirements needs;
    uint32_t index = 0;

    VK(vkCreateBuffer(gpu->info.device, &buffer, NULL, &gpu->pixels));
    vkGetBufferMemoryRequirements(gpu->info.device, gpu->pixels, &needs);
    vkGetPhysicalDeviceMemoryProperties(gpu->info.physicalDevice, &types);
    while (index < types.memoryTypeCount &&
           ((needs.memoryTypeBits >> index & 1u) == 0 ||
            (types.memoryTypes[index].propertyFlags & wanted) != wanted)) {
        index++;
    }
    if (index == types.memoryTypeCount) {
        fail("This device has no memory that the CPU reads fast.");
    }
    const VkMemoryAllocateInfo memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = index,
    };
    VK(vkAllocateMemory(gpu->info.device, &memory, NULL, &gpu->pixelsMemory));
    VK(vkBindBufferMemory(gpu->info.device, gpu->pixels, gpu->pixelsMemory, 0));
    VK(vkMapMemory(gpu->info.device, gpu->pixelsMemory, 0, VK_WHOLE_SIZE, 0, &gpu->data));
}

void gpu_prepare(struct gpu *gpu, VkImage image, uint32_t size)
{
    create_pipeline(gpu);
    create_set(gpu, image);
    create_pixels(gpu, (VkDeviceSize)4 * size * size);
}

void gpu_close(struct gpu *gpu)
{
    const VkDevice device = gpu->info.device;

    vkDestroyBuffer(device, gpu->pixels, NULL);
    vkFreeMemory(device, gpu->pixelsMemory, NULL);
    vkDestroyImageView(device, gpu->view, NULL);
    vkDestroyDescriptorPool(device, gpu->sets, NULL);
    vkDestroyPipeline(device, gpu->pipeline, NULL);
    vkDestroyPipelineLayout(device, gpu->layout, NULL);
    vkDestroyDescriptorSetLayout(device, gpu->setLayout, NULL);
    vkDestroyFence(device, gpu->fence, NULL);
    vkDestroyCommandPool(device, gpu->pool, NULL);
    vxmDestroyDevice(gpu->vxm);
}

/* ---- commands ---- */

void gpu_begin(struct gpu *gpu)
{
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    VK(vkBeginCommandBuffer(gpu->commands, &begin));
}

void gpu_draw(struct gpu *gpu, VkImage image, uint32_t size, float time)
{
    const VkImageMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
        .dstAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
        .oldLayout = VK_IMAGE_LAYOUT_UNDEFINED, /* each frame is drawn anew */
        .newLayout = VK_IMAGE_LAYOUT_GENERAL,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = image,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1},
    };
    const uint32_t groups = (size + 7) / 8;

    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
                         VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
    vkCmdBindPipeline(gpu->commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->pipeline);
    vkCmdBindDescriptorSets(gpu->commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->layout, 0, 1,
                            &gpu->set, 0, NULL);
    vkCmdPushConstants(gpu->commands, gpu->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(time),
                       &time);
    vkCmdDispatch(gpu->commands, groups, groups, 1);
}

void gpu_read(struct gpu *gpu, VkImage image, uint32_t size)
{
    const VkBufferImageCopy region = {
        .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
        .imageExtent = {size, size, 1},
    };
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
    };

    vkCmdCopyImageToBuffer(gpu->commands, image, VK_IMAGE_LAYOUT_GENERAL, gpu->pixels, 1, &region);
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                         0, 1, &barrier, 0, NULL, 0, NULL);
}

void gpu_submit(struct gpu *gpu, VxmSemaphore wait, uint64_t waitValue, VxmSemaphore signal,
                uint64_t signalValue)
{
    const VkPipelineStageFlags stages = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkSemaphore waits = vxmGetVkSemaphore(wait);
    const VkSemaphore signals = vxmGetVkSemaphore(signal);
    /* Binary semaphores don't look at their values. */
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = 1,
        .pWaitSemaphoreValues = &waitValue,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &signalValue,
    };
    const VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = gpu->info.timelineSemaphore ? &values : NULL,
        .waitSemaphoreCount = wait != NULL ? 1 : 0,
        .pWaitSemaphores = &waits,
        .pWaitDstStageMask = &stages,
        .commandBufferCount = 1,
        .pCommandBuffers = &gpu->commands,
        .signalSemaphoreCount = signal != NULL ? 1 : 0,
        .pSignalSemaphores = &signals,
    };

    VK(vkEndCommandBuffer(gpu->commands));
    VK(vkQueueSubmit(gpu->info.queue, 1, &submit, gpu->fence));
}

void gpu_wait(struct gpu *gpu)
{
    VK(vkWaitForFences(gpu->info.device, 1, &gpu->fence, VK_TRUE, UINT64_C(60000000000)));
    VK(vkResetFences(gpu->info.device, 1, &gpu->fence));
}
