/*
 * The Vulkan side, as any app has it but for the calls of vxm.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "gpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "field.h"

/* As in field.comp. */
struct push {
    uint32_t count;
    uint32_t round;
    uint32_t check;
};
#define GROUP_SIZE 256u
#define ROW        1024u /* groups in x; more go into y */

void check_vxm(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}

void check_vulkan(VkResult result, const char *call)
{
    if (result != VK_SUCCESS) {
        fprintf(stderr, "%s\nanswered %s\n", call, vxmResultName(result));
        exit(EXIT_FAILURE);
    }
}

double milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* What CUDA gets: a buffer, and a timeline that both sides wait for and signal. */
static void create_shared(struct gpu *gpu)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = (VkDeviceSize)gpu->count * sizeof(float),
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_SRC_BIT};
    const VxmMemoryCreateInfo memory = {.handleTypes =
                                            VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT};
    const VxmSemaphoreCreateInfo timeline = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                             .handleTypes =
                                                 VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT};

    VXM(vxmCreateBuffer(gpu->vxm, &buffer, &memory, &gpu->field));
    VXM(vxmCreateSemaphore(gpu->vxm, &timeline, &gpu->timeline));
}

/* A buffer of host memory, mapped. */
static void create_host_buffer(struct gpu *gpu, VkDeviceSize size, VkBufferUsageFlags usage,
                               VkBuffer *buffer, VkDeviceMemory *memory, void **data)
{
    const VkMemoryPropertyFlags wanted =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkBufferCreateInfo bufferInfo = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = size, .usage = usage};
    VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
    VkPhysicalDeviceMemoryProperties types;
    VkMemoryRequirements needs;

    VK(vkCreateBuffer(gpu->info.device, &bufferInfo, NULL, buffer));
    vkGetBufferMemoryRequirements(gpu->info.device, *buffer, &needs);
    vkGetPhysicalDeviceMemoryProperties(gpu->info.physicalDevice, &types);
    info.allocationSize = needs.size;
    info.memoryTypeIndex = UINT32_MAX;
    for (uint32_t i = 0; i < types.memoryTypeCount; i++) {
        const VkMemoryPropertyFlags flags = types.memoryTypes[i].propertyFlags;

        /* Cached memory is the faster one for the CPU to read; in the spec's order of types it may
         * come last. */
        if ((needs.memoryTypeBits & 1u << i) != 0 && (flags & wanted) == wanted &&
            (info.memoryTypeIndex == UINT32_MAX ||
             (flags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT) != 0)) {
            info.memoryTypeIndex = i;
        }
    }
    VK(vkAllocateMemory(gpu->info.device, &info, NULL, memory));
    VK(vkBindBufferMemory(gpu->info.device, *buffer, *memory, 0));
    VK(vkMapMemory(gpu->info.device, *memory, 0, VK_WHOLE_SIZE, 0, data));
}

static void create_pipeline(struct gpu *gpu)
{
    const VkDevice device = gpu->info.device;
    const VkDescriptorSetLayoutBinding bindings[2] = {
        {0, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL},
        {1, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL},
    };
    const VkDescriptorSetLayoutCreateInfo setLayout = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 2,
        .pBindings = bindings};
    const VkDescriptorPoolSize poolSize = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 2};
    const VkDescriptorPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = 1,
                                             .poolSizeCount = 1,
                                             .pPoolSizes = &poolSize};
    const VkPushConstantRange range = {VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(struct push)};
    const VkShaderModuleCreateInfo code = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = sizeof(field_code),
                                           .pCode = field_code};
    VkShaderModule module;

    VK(vkCreateDescriptorSetLayout(device, &setLayout, NULL, &gpu->setLayout));
    VK(vkCreateDescriptorPool(device, &pool, NULL, &gpu->descriptors));
    const VkDescriptorSetAllocateInfo set = {.sType =
                                                 VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                             .descriptorPool = gpu->descriptors,
                                             .descriptorSetCount = 1,
                                             .pSetLayouts = &gpu->setLayout};
    VK(vkAllocateDescriptorSets(device, &set, &gpu->set));
    const VkDescriptorBufferInfo buffers[2] = {{vxmGetVkBuffer(gpu->field), 0, VK_WHOLE_SIZE},
                                               {gpu->wrong, 0, VK_WHOLE_SIZE}};
    const VkWriteDescriptorSet write = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                        .dstSet = gpu->set,
                                        .descriptorCount = 2,
                                        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                        .pBufferInfo = buffers};
    vkUpdateDescriptorSets(device, 1, &write, 0, NULL);

    const VkPipelineLayoutCreateInfo layout = {.sType =
                                                   VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                               .setLayoutCount = 1,
                                               .pSetLayouts = &gpu->setLayout,
                                               .pushConstantRangeCount = 1,
                                               .pPushConstantRanges = &range};
    VK(vkCreatePipelineLayout(device, &layout, NULL, &gpu->layout));
    VK(vkCreateShaderModule(device, &code, NULL, &module));
    const VkComputePipelineCreateInfo pipeline = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = gpu->layout};
    VK(vkCreateComputePipelines(device, VK_NULL_HANDLE, 1, &pipeline, NULL, &gpu->pipeline));
    vkDestroyShaderModule(device, module, NULL);
}

void gpu_open(struct gpu *gpu, const char *deviceName, uint32_t count)
{
    const VxmDeviceCreateInfo info = {.deviceName = deviceName};
    void *data;

    *gpu = (struct gpu){.count = count};
    VXM(vxmCreateDevice(&info, &gpu->vxm));
    VXM(vxmGetDeviceInfo(gpu->vxm, &gpu->info));
    create_shared(gpu);
    create_host_buffer(gpu, sizeof(uint32_t), VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, &gpu->wrong,
                       &gpu->wrongMemory, &data);
    gpu->wrongCount = data;
    create_pipeline(gpu);

    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = gpu->info.queueFamilyIndex};
    VK(vkCreateCommandPool(gpu->info.device, &pool, NULL, &gpu->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 2};
    VK(vkAllocateCommandBuffers(gpu->info.device, &commands, gpu->commands));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VK(vkCreateFence(gpu->info.device, &fence, NULL, &gpu->fence));
}

void gpu_close(struct gpu *gpu)
{
    const VkDevice device = gpu->info.device;

    vkDestroyFence(device, gpu->fence, NULL);
    vkDestroyCommandPool(device, gpu->pool, NULL);
    vkDestroyPipeline(device, gpu->pipeline, NULL);
    vkDestroyPipelineLayout(device, gpu->layout, NULL);
    vkDestroyDescriptorPool(device, gpu->descriptors, NULL);
    vkDestroyDescriptorSetLayout(device, gpu->setLayout, NULL);
    vkDestroyBuffer(device, gpu->wrong, NULL);
    vkFreeMemory(device, gpu->wrongMemory, NULL);
    vxmDestroySemaphore(gpu->timeline);
    vxmDestroyMemory(gpu->field);
    vxmDestroyDevice(gpu->vxm);
}

static void begin(VkCommandBuffer commands)
{
    const VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                           .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};

    VK(vkBeginCommandBuffer(commands, &info));
}

static void dispatch(struct gpu *gpu, VkCommandBuffer commands, uint32_t round, uint32_t check)
{
    const struct push push = {gpu->count, round, check};

    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->pipeline);
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->layout, 0, 1, &gpu->set,
                            0, NULL);
    vkCmdPushConstants(commands, gpu->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(push), &push);
    vkCmdDispatch(commands, ROW, gpu->count / (ROW * GROUP_SIZE) + 1, 1);
}

/* Submits, between a wait (0: none) and a signal (0: none) of the timeline. */
static void submit(struct gpu *gpu, VkCommandBuffer commands, uint64_t wait, uint64_t signal,
                   VkFence fence)
{
    const VkSemaphore timeline = vxmGetVkSemaphore(gpu->timeline);
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = wait > 0 ? 1 : 0,
        .pWaitSemaphoreValues = &wait,
        .signalSemaphoreValueCount = signal > 0 ? 1 : 0,
        .pSignalSemaphoreValues = &signal};
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .pNext = &values,
                               .waitSemaphoreCount = wait > 0 ? 1 : 0,
                               .pWaitSemaphores = &timeline,
                               .pWaitDstStageMask = &stage,
                               .commandBufferCount = 1,
                               .pCommandBuffers = &commands,
                               .signalSemaphoreCount = signal > 0 ? 1 : 0,
                               .pSignalSemaphores = &timeline};

    VK(vkEndCommandBuffer(commands));
    VK(vkQueueSubmit(gpu->info.queue, 1, &info, fence));
}

static void wait_for_fence(struct gpu *gpu)
{
    VK(vkWaitForFences(gpu->info.device, 1, &gpu->fence, VK_TRUE, TIME_LIMIT));
    VK(vkResetFences(gpu->info.device, 1, &gpu->fence));
}

uint32_t gpu_run(struct gpu *gpu, uint32_t round)
{
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                        .accessMask = VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT,
                        .queueFamilyIndex = gpu->info.queueFamilyIndex};
    const VkMemoryBarrier toHost = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                    .dstAccessMask = VK_ACCESS_HOST_READ_BIT};

    begin(gpu->commands[0]);
    dispatch(gpu, gpu->commands[0], round, 0);
    gpu->handover = (VxmHandover){0};
    VXM(vxmCmdReleaseMemory(gpu->commands[0], gpu->field, &use, &gpu->handover));
    submit(gpu, gpu->commands[0], 0, 2u * round + 1u, VK_NULL_HANDLE);

    /* CUDA waits for that value, changes the field in place, and signals the next one. */

    *gpu->wrongCount = 0;
    begin(gpu->commands[1]);
    VXM(vxmCmdAcquireMemory(gpu->commands[1], gpu->field, &gpu->handover, &use));
    dispatch(gpu, gpu->commands[1], round, 1);
    vkCmdPipelineBarrier(gpu->commands[1], VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                         VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &toHost, 0, NULL, 0, NULL);
    submit(gpu, gpu->commands[1], 2u * round + 2u, 0, gpu->fence);
    wait_for_fence(gpu);
    return *gpu->wrongCount;
}

double gpu_copy_time(struct gpu *gpu)
{
    const VkBufferCopy copy = {.size = (VkDeviceSize)gpu->count * sizeof(float)};
    VkDeviceMemory memory;
    VkBuffer buffer;
    double begun;
    void *data;

    create_host_buffer(gpu, copy.size, VK_BUFFER_USAGE_TRANSFER_DST_BIT, &buffer, &memory, &data);
    begin(gpu->commands[0]);
    vkCmdCopyBuffer(gpu->commands[0], vxmGetVkBuffer(gpu->field), buffer, 1, &copy);
    begun = milliseconds();
    submit(gpu, gpu->commands[0], 0, 0, gpu->fence);
    wait_for_fence(gpu);
    begun = milliseconds() - begun;
    vkDestroyBuffer(gpu->info.device, buffer, NULL);
    vkFreeMemory(gpu->info.device, memory, NULL);
    return begun;
}
