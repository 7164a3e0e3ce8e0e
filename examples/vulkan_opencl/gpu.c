/*
 * The example's plain Vulkan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "gpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"

void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}

static void create_mapped(struct gpu *gpu, VkDeviceSize size, struct mapped *mapped)
{
    const VkMemoryPropertyFlags coherent =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkMemoryPropertyFlags cached = coherent | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = size,
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    VkMemoryAllocateInfo allocate = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                     .memoryTypeIndex = VK_MAX_MEMORY_TYPES};
    VkPhysicalDeviceMemoryProperties memory;
    VkMemoryRequirements needs;

    CHECK(vkCreateBuffer(gpu->device, &buffer, NULL, &mapped->buffer));
    vkGetBufferMemoryRequirements(gpu->device, mapped->buffer, &needs);
    vkGetPhysicalDeviceMemoryProperties(gpu->info.physicalDevice, &memory);
    for (uint32_t i = 0; i < memory.memoryTypeCount; i++) {
        const VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;

        if ((needs.memoryTypeBits & 1u << i) == 0 || (flags & coherent) != coherent) {
            continue;
        }
        if (allocate.memoryTypeIndex == VK_MAX_MEMORY_TYPES || (flags & cached) == cached) {
            allocate.memoryTypeIndex = i; /* cached is best, since the host reads all of it */
        }
        if ((flags & cached) == cached) {
            break;
        }
    }
    allocate.allocationSize = needs.size;
    CHECK(vkAllocateMemory(gpu->device, &allocate, NULL, &mapped->memory));
    CHECK(vkBindBufferMemory(gpu->device, mapped->buffer, mapped->memory, 0));
    CHECK(vkMapMemory(gpu->device, mapped->memory, 0, VK_WHOLE_SIZE, 0, &mapped->data));
}

static void create_pipeline(struct gpu *gpu)
{
    const VkDescriptorSetLayoutBinding bindings[] = {
        {0, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL},
        {1, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL},
    };
    const VkDescriptorSetLayoutCreateInfo setLayout = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 2,
        .pBindings = bindings};
    const VkPushConstantRange range = {VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(struct push)};
    const VkShaderModuleCreateInfo code = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = sizeof(field_code),
                                           .pCode = field_code};
    VkShaderModule module;

    CHECK(vkCreateDescriptorSetLayout(gpu->device, &setLayout, NULL, &gpu->setLayout));
    const VkPipelineLayoutCreateInfo layout = {.sType =
                                                   VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                               .setLayoutCount = 1,
                                               .pSetLayouts = &gpu->setLayout,
                                               .pushConstantRangeCount = 1,
                                               .pPushConstantRanges = &range};
    CHECK(vkCreatePipelineLayout(gpu->device, &layout, NULL, &gpu->layout));
    CHECK(vkCreateShaderModule(gpu->device, &code, NULL, &module));
    const VkComputePipelineCreateInfo pipeline = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = gpu->layout};
    CHECK(
        vkCreateComputePipelines(gpu->device, VK_NULL_HANDLE, 1, &pipeline, NULL, &gpu->pipeline));
    vkDestroyShaderModule(gpu->device, module, NULL);
}

static void create_set(struct gpu *gpu, VkBuffer field)
{
    const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 2};
    const VkDescriptorPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = 1,
                                             .poolSizeCount = 1,
                                             .pPoolSizes = &size};
    const VkDescriptorBufferInfo buffers[] = {{field, 0, VK_WHOLE_SIZE},
                                              {gpu->wrong.buffer, 0, VK_WHOLE_SIZE}};

    CHECK(vkCreateDescriptorPool(gpu->device, &pool, NULL, &gpu->sets));
    const VkDescriptorSetAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = gpu->sets,
        .descriptorSetCount = 1,
        .pSetLayouts = &gpu->setLayout};
    CHECK(vkAllocateDescriptorSets(gpu->device, &allocate, &gpu->set));
    const VkWriteDescriptorSet write = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                        .dstSet = gpu->set,
                                        .descriptorCount = 2,
                                        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                        .pBufferInfo = buffers};
    vkUpdateDescriptorSets(gpu->device, 1, &write, 0, NULL);
}

static void create_step(struct gpu *gpu, struct step *step)
{
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};

    CHECK(vkAllocateCommandBuffers(gpu->device, &commands, &step->commands));
    CHECK(vkCreateFence(gpu->device, &fence, NULL, &step->fence));
}

void gpu_open(struct gpu *gpu, VkBuffer field, VkDeviceSize size)
{
    VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                    .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT};

    CHECK(vxmGetDeviceInfo(gpu->vxm, &gpu->info));
    gpu->device = gpu->info.device;
    pool.queueFamilyIndex = gpu->info.queueFamilyIndex;
    CHECK(vkCreateCommandPool(gpu->device, &pool, NULL, &gpu->pool));
    create_step(gpu, &gpu->before);
    create_step(gpu, &gpu->after);
    create_mapped(gpu, sizeof(uint32_t), &gpu->wrong);
    create_mapped(gpu, size, &gpu->staging);
    memset(gpu->wrong.data, 0, sizeof(uint32_t));
    create_pipeline(gpu);
    create_set(gpu, field);
}

void gpu_close(struct gpu *gpu)
{
    vkDestroyDescriptorPool(gpu->device, gpu->sets, NULL);
    vkDestroyPipeline(gpu->device, gpu->pipeline, NULL);
    vkDestroyPipelineLayout(gpu->device, gpu->layout, NULL);
    vkDestroyDescriptorSetLayout(gpu->device, gpu->setLayout, NULL);
    vkDestroyBuffer(gpu->device, gpu->staging.buffer, NULL);
    vkFreeMemory(gpu->device, gpu->staging.memory, NULL);
    vkDestroyBuffer(gpu->device, gpu->wrong.buffer, NULL);
    vkFreeMemory(gpu->device, gpu->wrong.memory, NULL);
    vkDestroyFence(gpu->device, gpu->before.fence, NULL);
    vkDestroyFence(gpu->device, gpu->after.fence, NULL);
    vkDestroyCommandPool(gpu->device, gpu->pool, NULL);
}

void gpu_begin(const struct step *step)
{
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                            .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};

    CHECK(vkBeginCommandBuffer(step->commands, &begin));
}

void gpu_dispatch(const struct gpu *gpu, const struct step *step, struct push push)
{
    const uint32_t across = 1024; /* groups of 256; a row must not have more than 65535 */
    const uint32_t down = (push.count + across * 256 - 1) / (across * 256);
    /* So that the host sees the count of wrong values. */
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_HOST_READ_BIT};

    vkCmdBindPipeline(step->commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->pipeline);
    vkCmdBindDescriptorSets(step->commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->layout, 0, 1,
                            &gpu->set, 0, NULL);
    vkCmdPushConstants(step->commands, gpu->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(push),
                       &push);
    vkCmdDispatch(step->commands, across, down, 1);
    if (push.check) {
        vkCmdPipelineBarrier(step->commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                             VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, NULL, 0, NULL);
    }
}

void gpu_submit(const struct gpu *gpu, const struct step *step, VkSemaphore wait,
                VkSemaphore signal)
{
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .waitSemaphoreCount = wait != VK_NULL_HANDLE ? 1 : 0,
                                 .pWaitSemaphores = &wait,
                                 .pWaitDstStageMask = &stage,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &step->commands,
                                 .signalSemaphoreCount = signal != VK_NULL_HANDLE ? 1 : 0,
                                 .pSignalSemaphores = &signal};

    CHECK(vkEndCommandBuffer(step->commands));
    CHECK(vkQueueSubmit(gpu->info.queue, 1, &submit, step->fence));
}

void gpu_wait(const struct gpu *gpu, const struct step *step)
{
    CHECK(vkWaitForFences(gpu->device, 1, &step->fence, VK_TRUE, TIME_LIMIT));
    CHECK(vkResetFences(gpu->device, 1, &step->fence));
}
