/*
 * Vulkan's part: it allocates, begins the picture, and takes it back.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "five.h"

#include <string.h>

#include <vulkan/vulkan.h>

#include "disc.h"

static void check_vulkan(VkResult result, const char *call)
{
    if (result != VK_SUCCESS) {
        fail("%s\nanswered %s", call, vxmResultName(result));
    }
}
#define VK(call) check_vulkan((call), #call)

static void create_picture(struct vulkan *vulkan)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = vulkan->size,
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo memory = {.handleTypes =
                                            VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT};

    VXM(vxmCreateBuffer(vulkan->vxm, &buffer, &memory, &vulkan->picture));
}

static void create_staging(struct vulkan *vulkan)
{
    const VkMemoryPropertyFlags coherent =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkMemoryPropertyFlags cached = coherent | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = vulkan->size,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    VkMemoryAllocateInfo allocate = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                     .memoryTypeIndex = VK_MAX_MEMORY_TYPES};
    VkPhysicalDeviceMemoryProperties memory;
    VkMemoryRequirements needs;

    VK(vkCreateBuffer(vulkan->info.device, &buffer, NULL, &vulkan->staging));
    vkGetBufferMemoryRequirements(vulkan->info.device, vulkan->staging, &needs);
    vkGetPhysicalDeviceMemoryProperties(vulkan->info.physicalDevice, &memory);
    for (uint32_t i = 0; i < memory.memoryTypeCount; i++) {
        const VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;

        if ((needs.memoryTypeBits & 1u << i) == 0 || (flags & coherent) != coherent) {
            continue;
        }
        if (allocate.memoryTypeIndex == VK_MAX_MEMORY_TYPES || (flags & cached) == cached) {
            allocate.memoryTypeIndex = i; /* cached is best, since the CPU reads all of it */
        }
        if ((flags & cached) == cached) {
            break;
        }
    }
    allocate.allocationSize = needs.size;
    VK(vkAllocateMemory(vulkan->info.device, &allocate, NULL, &vulkan->stagingMemory));
    VK(vkBindBufferMemory(vulkan->info.device, vulkan->staging, vulkan->stagingMemory, 0));
    VK(vkMapMemory(vulkan->info.device, vulkan->stagingMemory, 0, VK_WHOLE_SIZE, 0,
                   &vulkan->pixels));
    memset(vulkan->pixels, 0, (size_t)vulkan->size);
}

static void create_pipeline(struct vulkan *vulkan)
{
    const VkDevice device = vulkan->info.device;
    const VkDescriptorSetLayoutBinding binding = {0, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1,
                                                  VK_SHADER_STAGE_COMPUTE_BIT, NULL};
    const VkDescriptorSetLayoutCreateInfo setLayout = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 1,
        .pBindings = &binding};
    const VkPushConstantRange range = {VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(struct disc)};
    const VkShaderModuleCreateInfo code = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = sizeof(disc_code),
                                           .pCode = disc_code};
    const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1};
    const VkDescriptorPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = 1,
                                             .poolSizeCount = 1,
                                             .pPoolSizes = &size};
    const VkDescriptorBufferInfo buffer = {vxmGetVkBuffer(vulkan->picture), 0, VK_WHOLE_SIZE};
    VkShaderModule module;

    VK(vkCreateDescriptorSetLayout(device, &setLayout, NULL, &vulkan->setLayout));
    const VkPipelineLayoutCreateInfo layout = {.sType =
                                                   VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                               .setLayoutCount = 1,
                                               .pSetLayouts = &vulkan->setLayout,
                                               .pushConstantRangeCount = 1,
                                               .pPushConstantRanges = &range};
    VK(vkCreatePipelineLayout(device, &layout, NULL, &vulkan->layout));
    VK(vkCreateShaderModule(device, &code, NULL, &module));
    const VkComputePipelineCreateInfo pipeline = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = vulkan->layout};
    VK(vkCreateComputePipelines(device, VK_NULL_HANDLE, 1, &pipeline, NULL, &vulkan->pipeline));
    vkDestroyShaderModule(device, module, NULL);

    VK(vkCreateDescriptorPool(device, &pool, NULL, &vulkan->sets));
    const VkDescriptorSetAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = vulkan->sets,
        .descriptorSetCount = 1,
        .pSetLayouts = &vulkan->setLayout};
    VK(vkAllocateDescriptorSets(device, &allocate, &vulkan->set));
    const VkWriteDescriptorSet write = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                        .dstSet = vulkan->set,
                                        .descriptorCount = 1,
                                        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                        .pBufferInfo = &buffer};
    vkUpdateDescriptorSets(device, 1, &write, 0, NULL);
}

void vulkan_open(struct vulkan *vulkan, VkDeviceSize size, const char *deviceName)
{
    const VxmDeviceCreateInfo info = {.deviceName = deviceName};
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};

    memset(vulkan, 0, sizeof(*vulkan));
    vulkan->size = size;
    VXM(vxmCreateDevice(&info, &vulkan->vxm));
    VXM(vxmGetDeviceInfo(vulkan->vxm, &vulkan->info));
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = vulkan->info.queueFamilyIndex};
    VK(vkCreateCommandPool(vulkan->info.device, &pool, NULL, &vulkan->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = vulkan->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    VK(vkAllocateCommandBuffers(vulkan->info.device, &commands, &vulkan->commands));
    VK(vkCreateFence(vulkan->info.device, &fence, NULL, &vulkan->fence));
    create_picture(vulkan);
    create_staging(vulkan);
    create_pipeline(vulkan);
}

void vulkan_close(struct vulkan *vulkan)
{
    const VkDevice device = vulkan->info.device;

    vkDestroyDescriptorPool(device, vulkan->sets, NULL);
    vkDestroyPipeline(device, vulkan->pipeline, NULL);
    vkDestroyPipelineLayout(device, vulkan->layout, NULL);
    vkDestroyDescriptorSetLayout(device, vulkan->setLayout, NULL);
    vkDestroyBuffer(device, vulkan->staging, NULL);
    vkFreeMemory(device, vulkan->stagingMemory, NULL);
    vkDestroyFence(device, vulkan->fence, NULL);
    vkDestroyCommandPool(device, vulkan->pool, NULL);
    vxmDestroyMemory(vulkan->picture);
    vxmDestroyDevice(vulkan->vxm);
}

static void begin(struct vulkan *vulkan)
{
    const VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                           .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};

    VK(vkBeginCommandBuffer(vulkan->commands, &info));
}

static void run(struct vulkan *vulkan)
{
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &vulkan->commands};

    VK(vkEndCommandBuffer(vulkan->commands));
    VK(vkQueueSubmit(vulkan->info.queue, 1, &submit, vulkan->fence));
    VK(vkWaitForFences(vulkan->info.device, 1, &vulkan->fence, VK_TRUE, TIME_LIMIT));
    VK(vkResetFences(vulkan->info.device, 1, &vulkan->fence));
}

static void barrier(struct vulkan *vulkan, VkPipelineStageFlags from, VkAccessFlags written,
                    VkPipelineStageFlags to, VkAccessFlags read)
{
    const VkMemoryBarrier memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER, .srcAccessMask = written, .dstAccessMask = read};

    vkCmdPipelineBarrier(vulkan->commands, from, to, 0, 1, &memory, 0, NULL, 0, NULL);
}

void vulkan_draw(struct vulkan *vulkan, uint32_t background, struct disc disc)
{
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                        .accessMask = VK_ACCESS_SHADER_WRITE_BIT,
                        .queueFamilyIndex = vulkan->info.queueFamilyIndex};

    begin(vulkan);
    vkCmdFillBuffer(vulkan->commands, vxmGetVkBuffer(vulkan->picture), 0, vulkan->size, background);
    barrier(vulkan, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
            VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
            VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
    vkCmdBindPipeline(vulkan->commands, VK_PIPELINE_BIND_POINT_COMPUTE, vulkan->pipeline);
    vkCmdBindDescriptorSets(vulkan->commands, VK_PIPELINE_BIND_POINT_COMPUTE, vulkan->layout, 0, 1,
                            &vulkan->set, 0, NULL);
    vkCmdPushConstants(vulkan->commands, vulkan->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                       sizeof(disc), &disc);
    vkCmdDispatch(vulkan->commands, (disc.width + 63) / 64, disc.height, 1);
    VXM(vxmCmdReleaseMemory(vulkan->commands, vulkan->picture, &use, &vulkan->handover));
    run(vulkan);
}

void vulkan_read(struct vulkan *vulkan)
{
    const VkBufferCopy all = {0, 0, vulkan->size};
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_READ_BIT,
                        .queueFamilyIndex = vulkan->info.queueFamilyIndex};

    begin(vulkan);
    VXM(vxmCmdAcquireMemory(vulkan->commands, vulkan->picture, &vulkan->handover, &use));
    vkCmdCopyBuffer(vulkan->commands, vxmGetVkBuffer(vulkan->picture), vulkan->staging, 1, &all);
    barrier(vulkan, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
            VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
    run(vulkan);
}

double vulkan_copy(struct vulkan *vulkan)
{
    const VkBufferCopy all = {0, 0, vulkan->size};
    const double begun = milliseconds();

    begin(vulkan);
    vkCmdCopyBuffer(vulkan->commands, vxmGetVkBuffer(vulkan->picture), vulkan->staging, 1, &all);
    barrier(vulkan, VK_PIPELINE_STAGE_TRANSFER_BIT,
            VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
            VK_PIPELINE_STAGE_TRANSFER_BIT,
            VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT);
    vkCmdCopyBuffer(vulkan->commands, vulkan->staging, vxmGetVkBuffer(vulkan->picture), 1, &all);
    run(vulkan);
    return milliseconds() - begun;
}
