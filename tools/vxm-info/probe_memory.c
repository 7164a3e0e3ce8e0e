/*
 * The probe's memory: shared with a second device, then with a second process.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "probe_child.h"

#include <stdlib.h>
#include <string.h>

#define SEND_LIMIT UINT64_C(10000000000)

/* More than any driver asks for (minImportedHostPointerAlignment), and more than is shared. */
#define HOST_ALIGNMENT 65536u
#define HOST_SIZE      1048576u

static VkBufferCreateInfo buffer_info(const struct request *request)
{
    return (VkBufferCreateInfo){
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = request->bufferSize,
        .usage = request->bufferUsage,
    };
}

static VkImageDrmFormatModifierListCreateInfoEXT modifier_info(const struct request *request)
{
    return (VkImageDrmFormatModifierListCreateInfoEXT){
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 1,
        .pDrmFormatModifiers = &request->modifier,
    };
}

static VkImageCreateInfo image_info(const struct request *request,
                                    const VkImageDrmFormatModifierListCreateInfoEXT *modifier)
{
    return (VkImageCreateInfo){
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .pNext = request->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT ? modifier : NULL,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = (VkFormat)request->format,
        .extent = {request->width, request->height, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = (VkImageTiling)request->tiling,
        .usage = request->imageUsage,
    };
}

static bool create(struct child *child, const struct request *request)
{
    const VkBufferCreateInfo buffer = buffer_info(request);
    const VkImageDrmFormatModifierListCreateInfoEXT modifier = modifier_info(request);
    const VkImageCreateInfo image = image_info(request, &modifier);
    const VxmMemoryCreateInfo info = {.handleTypes = request->handleType};
    VxmDevice device = child->gpus[0].device;
    VkResult result = request->column == BUFFER
                          ? vxmCreateBuffer(device, &buffer, &info, &child->memory)
                          : vxmCreateImage(device, &image, &info, &child->memory);

    return result == VK_SUCCESS || child_failed(child);
}

static bool export(struct child *child, const struct request *request, VxmShared *shared)
{
    return vxmExportMemory(child->memory, (VkExternalMemoryHandleTypeFlagBits)request->handleType,
                           shared) == VK_SUCCESS ||
           child_failed(child);
}

static bool import(struct child *child, struct gpu *gpu, VxmShared *shared, VxmMemory *memory)
{
    return vxmImportMemory(gpu->device, shared, NULL, memory) == VK_SUCCESS || child_failed(child);
}

/* ---- what can leave the process ---- */

static bool share_with_device(struct child *child, const struct request *request, VxmShared *shared,
                              VxmHandover *handover)
{
    struct gpu *first = &child->gpus[0];
    struct gpu *second = &child->gpus[1];
    VxmMemory memory = NULL;
    bool works = child_step(child, "importing it in a second device") &&
                 import(child, second, shared, &memory) &&
                 child_step(child, "reading it in the second device") &&
                 gpu_read(second, request, memory, handover, request->seed) &&
                 child_step(child, "writing to it in the second device") &&
                 gpu_write(second, request, memory, false, request->seed + 1, handover) &&
                 child_step(child, "reading what the second device has written") &&
                 gpu_read(first, request, child->memory, handover, request->seed + 1);

    if (works) {
        vxmDestroyMemory(memory);
    }
    return works;
}

static bool share_with_process(struct child *child, const struct request *request,
                               VxmShared *shared, VxmHandover *handover)
{
    return child_step(child, "writing to it for the second process") &&
           gpu_write(&child->gpus[0], request, child->memory, false, request->seed + 2, handover) &&
           child_step(child, "exporting it again") && export(child, request, shared) &&
           child_step(child, "sending it to the second process") &&
           (vxmSendMemory(child->channel, shared, SEND_LIMIT) == VK_SUCCESS || child_failed(child));
}

/* ---- what can't: an address of this process ---- */

static VxmShared describe_host(const struct request *request, unsigned char *block)
{
    VxmShared shared = {
        .resourceType =
            request->column == BUFFER ? VXM_RESOURCE_TYPE_BUFFER : VXM_RESOURCE_TYPE_IMAGE,
        .handleType = request->handleType,
        .memoryCount = 1,
        .buffer = {.size = request->bufferSize, .usage = request->bufferUsage},
        .image =
            {
                .imageType = VK_IMAGE_TYPE_2D,
                .format = (VkFormat)request->format,
                .extent = {request->width, request->height, 1},
                .mipLevels = 1,
                .arrayLayers = 1,
                .samples = VK_SAMPLE_COUNT_1_BIT,
                .tiling = (VkImageTiling)request->tiling,
                .usage = request->imageUsage,
                .planeCount = request->tiling == VK_IMAGE_TILING_OPTIMAL ? 0 : 1,
            },
    };
    const uintptr_t address = (uintptr_t)block;

    shared.memories[0].handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY,
                                            .type = request->handleType,
                                            .ptr = block + (0 - address) % HOST_ALIGNMENT};
    shared.memories[0].allocationSize = HOST_SIZE;
    return shared;
}

/* The program's own memory: two devices use it, and the CPU sees what they write. */
static bool share_host(struct child *child, const struct request *request, VxmHandover *handover)
{
    unsigned char *block = malloc(HOST_SIZE + HOST_ALIGNMENT);

    if (block == NULL) {
        return gpu_failed(&child->gpus[0], "there is no memory for it.");
    }
    VxmShared shared = describe_host(request, block);
    bool works = child_step(child, "importing the program's own memory") &&
                 import(child, &child->gpus[0], &shared, &child->memory) &&
                 child_step(child, "writing to it") &&
                 gpu_write(&child->gpus[0], request, child->memory, true, request->seed, handover);
    if (works && request->column == BUFFER) {
        works = child_step(child, "reading it with the CPU") &&
                gpu_compare(&child->gpus[0], shared.memories[0].handle.ptr,
                            (size_t)request->bufferSize, request->seed);
    }
    works = works && share_with_device(child, request, &shared, handover);
    if (works) {
        vxmDestroyMemory(child->memory);
        child->memory = NULL;
        free(block); /* otherwise a GPU may be at work in it */
    }
    return works;
}

/* ---- operations ---- */

bool make_memory(struct child *child, const struct request *request, VxmHandover *handover)
{
    VxmShared shared;
    bool works;

    memset(&shared, 0, sizeof(shared));
    if ((request->typeFlags & TYPE_HOST) != 0) {
        return share_host(child, request, handover);
    }
    works = child_step(child, "creating it") && create(child, request) &&
            child_step(child, "writing to it") &&
            gpu_write(&child->gpus[0], request, child->memory, true, request->seed, handover) &&
            child_step(child, "exporting it") && export(child, request, &shared);
    if (works && request->importable) {
        works = share_with_device(child, request, &shared, handover);
    }
    vxmCloseShared(&shared);
    if (works && request->importable && (request->typeFlags & TYPE_LOCAL) == 0) {
        works = share_with_process(child, request, &shared, handover);
    } else if (works) {
        vxmDestroyMemory(child->memory);
        child->memory = NULL;
    }
    vxmCloseShared(&shared);
    return works;
}

bool import_memory(struct child *child, const struct request *request, VxmHandover *handover)
{
    struct gpu *gpu = &child->gpus[0];
    VxmShared shared;
    VxmMemory memory = NULL;

    memset(&shared, 0, sizeof(shared));
    if (!child_step(child, "receiving it")) {
        return false;
    }
    if (vxmReceiveMemory(child->channel, &shared, SEND_LIMIT) != VK_SUCCESS) {
        return child_failed(child);
    }
    bool works = child_step(child, "importing it") && import(child, gpu, &shared, &memory);
    vxmCloseShared(&shared);
    works = works && child_step(child, "reading it") &&
            gpu_read(gpu, request, memory, &request->handover, request->seed + 2) &&
            child_step(child, "writing to it") &&
            gpu_write(gpu, request, memory, false, request->seed + 3, handover);
    if (works) {
        vxmDestroyMemory(memory);
    }
    return works;
}

bool check_memory(struct child *child, const struct request *request)
{
    if (!child_step(child, "reading what the second process has written") ||
        !gpu_read(&child->gpus[0], request, child->memory, &request->handover, request->seed + 3)) {
        return false;
    }
    vxmDestroyMemory(child->memory);
    child->memory = NULL;
    return true;
}
