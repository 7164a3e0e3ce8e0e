/*
 * One of everything.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/fixture.h"

#define OPAQUE_SEMAPHORE ((VkExternalSemaphoreHandleTypeFlagBits)backend_semaphore_types[0].type)

VkCommandBuffer fixture_begin_commands(VxmDevice device, VkCommandPool *pool)
{
    PFN_vkCreateCommandPool createPool =
        (PFN_vkCreateCommandPool)contract_command(device, "vkCreateCommandPool");
    PFN_vkAllocateCommandBuffers allocate =
        (PFN_vkAllocateCommandBuffers)contract_command(device, "vkAllocateCommandBuffers");
    PFN_vkBeginCommandBuffer begin =
        (PFN_vkBeginCommandBuffer)contract_command(device, "vkBeginCommandBuffer");
    VkCommandBufferBeginInfo beginInfo = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    VkCommandBufferAllocateInfo bufferInfo = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    VkCommandPoolCreateInfo poolInfo = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
    VkCommandBuffer commandBuffer = VK_NULL_HANDLE;
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(device, &info));
    poolInfo.queueFamilyIndex = info.queueFamilyIndex;
    require(createPool(info.device, &poolInfo, NULL, pool));
    bufferInfo.commandPool = *pool;
    require(allocate(info.device, &bufferInfo, &commandBuffer));
    require(begin(commandBuffer, &beginInfo));
    return commandBuffer;
}

void fixture_end_commands(VxmDevice device, VkCommandPool pool)
{
    PFN_vkDestroyCommandPool destroy =
        (PFN_vkDestroyCommandPool)contract_command(device, "vkDestroyCommandPool");

    destroy(contract_vk_device(device), pool, NULL);
}

void fixture_open(struct fixture *fixture)
{
    VxmSemaphoreCreateInfo semaphore = {.semaphoreType = semaphore_counting(),
                                        .handleTypes = OPAQUE_SEMAPHORE};
    VxmChannel pair[2];

    memset(fixture, 0, sizeof(*fixture));
    fixture->device = contract_device();
    require(vxmGetDeviceInfo(fixture->device, &fixture->deviceInfo));
    fixture->buffer = contract_buffer_info(EXCHANGE_SIZE);
    fixture->image = contract_image_info(16, 16);
    fixture->create = contract_mappable_info(backend_opaque_type()->type);
    source_open(fixture->device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &fixture->source);
    require(vxmCreateSemaphore(fixture->device, &semaphore, &fixture->semaphore));
    require(vxmExportSemaphore(fixture->semaphore, OPAQUE_SEMAPHORE, &fixture->sharedSemaphore));
    require(vxmCreateChannelPair(fixture->channels));
    if (backend_has_listeners) {
        require(vxmListen(backend_channel_name(), NULL, &fixture->listener));
    }
    require(vxmCreateChannelPair(pair));
    fixture->exported = pair[0];
    require(vxmExportChannel(pair[1], &fixture->channelHandle));
    vxmCloseChannel(pair[1]);
    require(vxmPlanBuffer(fixture->device, &fixture->buffer, &fixture->create, &fixture->plan));
    fixture->commandBuffer = fixture_begin_commands(fixture->device, &fixture->pool);
    fixture->use = (VxmUse){
        .stageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
        .accessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT,
        .queueFamilyIndex = fixture->deviceInfo.queueFamilyIndex,
    };
    fixture->handover.queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL;
    require(vxmEncodeShared(&fixture->source.shared, sizeof(fixture->encoded), fixture->encoded,
                            &fixture->encodedSize));
}

void fixture_close(struct fixture *fixture)
{
    VxmPlanResult failed = {.result = VK_ERROR_UNKNOWN};

    fixture_end_commands(fixture->device, fixture->pool);
    require(vxmFinishPlan(&fixture->plan, &failed, NULL));
    vxmCloseHandle(&fixture->channelHandle);
    vxmCloseChannel(fixture->exported);
    vxmCloseListener(fixture->listener);
    vxmCloseChannel(fixture->channels[0]);
    vxmCloseChannel(fixture->channels[1]);
    vxmCloseSharedSemaphore(&fixture->sharedSemaphore);
    vxmDestroySemaphore(fixture->semaphore);
    source_close(&fixture->source);
    vxmDestroyDevice(fixture->device);
    memset(fixture, 0, sizeof(*fixture));
}
