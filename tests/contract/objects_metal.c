/*
 * What Metal alone has: objects that tell their device and extent, payloads that are decided when
 * something is created, timelines that an import must not rewind.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "contract/exchange.h"

TestSuite(objects_metal, .init = contract_begin, .fini = contract_end);

#define BUFFER  VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLBUFFER_BIT_EXT
#define TEXTURE VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT
#define HEAP    VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLHEAP_BIT_EXT
#define SURFACE VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT
#define SHARED  VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT
#define EVENT   VXM_EXTERNAL_SEMAPHORE_HANDLE_TYPE_MTL_SHARED_EVENT_BIT

static const ModelImageFacts square = {16, 16, 1, 1, 1, 1, VK_FORMAT_R8G8B8A8_UNORM};

/* A texture or surface that an app of Metal's has made, and its description. */
static VxmShared describe(uint32_t type, uint32_t deviceIndex, const ModelImageFacts *made)
{
    VxmShared shared = {.resourceType = VXM_RESOURCE_TYPE_IMAGE,
                        .handleType = type,
                        .memoryCount = 1,
                        .image = {.imageType = VK_IMAGE_TYPE_2D,
                                  .format = square.format,
                                  .extent = {square.width, square.height, square.depth},
                                  .mipLevels = square.mipLevels,
                                  .arrayLayers = square.arrayLayers,
                                  .samples = VK_SAMPLE_COUNT_1_BIT,
                                  .tiling = VK_IMAGE_TILING_OPTIMAL,
                                  .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT}};
    union model_native native;

    cr_assert(model_make_foreign_image(type, deviceIndex, made, &native));
    shared.memories[0].handle =
        (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type, .ptr = native.pointer};
    return shared;
}

/* Dedicated, though the driver doesn't ask for it, with size 0, of a device that nobody had to
 * name.
 */
Test(objects_metal, texture_of_the_app_s_own_is_imported)
{
    ModelConfig config = model_default_config();
    ModelAllocation allocation;
    VxmMemory import = NULL;
    VxmShared shared;
    VxmDevice device;

    model_external(config.devices[0].images, TEXTURE)->features &=
        ~(uint32_t)VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
    device = contract_device_with(&config);
    shared = describe(TEXTURE, 0, &square);
    require(vxmCheckShared(device, &shared));
    require(vxmImportMemory(device, &shared, NULL, &import));
    cr_assert(model_last_allocation(&allocation));
    cr_expect_eq(allocation.allocationSize, 0);
    cr_expect_eq(allocation.importHandleType, TEXTURE);
    cr_expect_eq(allocation.importNative.pointer, shared.memories[0].handle.ptr);
    cr_expect_eq(allocation.dedicatedImage, vxmGetVkImage(import));
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

static void expect_refused(VxmDevice device, VxmShared *shared, VkResult result, const char *part)
{
    VxmMemory import;

    fill(import);
    expect_error(vxmCheckShared(device, shared), result, VXM_ERROR_REASON_MISMATCH, part);
    expect_error(vxmImportMemory(device, shared, NULL, &import), result, VXM_ERROR_REASON_MISMATCH,
                 part);
    expect_untouched(import);
    vxmCloseShared(shared);
    cr_expect_eq(model_breach_count(), 0);
}

/* Both figures are told, and the driver sees nothing of it. */
Test(objects_metal, texture_must_be_what_is_described)
{
    VxmDevice device = contract_device();
    ModelImageFacts other[] = {square, square, square, square, square, square};
    const size_t calls = model_call_count("vkAllocateMemory");
    VxmShared shared;

    other[0].width = 17;
    other[1].height = 15;
    other[2].arrayLayers = 2;
    other[3].mipLevels = 3;
    other[4].samples = 4;
    other[5].format = VK_FORMAT_R8_UNORM;
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        static const char *const parts[] = {"17", "15", "2", "3", "4", "format"};

        contract_note("case %zu", i);
        shared = describe(TEXTURE, 0, &other[i]);
        expect_refused(device, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, parts[i]);
    }
    shared = describe((uint32_t)SURFACE, 0, &other[0]);
    expect_refused(device, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, "17");
    cr_expect_eq(model_call_count("vkAllocateMemory"), calls);
    vxmDestroyDevice(device);
}

Test(objects_metal, object_of_another_device_is_refused)
{
    VxmDevice device = contract_device();
    VxmShared shared = describe(TEXTURE, 1, &square);

    expect_refused(device, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, "Metal device");
    /* A surface is of no device. */
    shared = describe((uint32_t)SURFACE, 1, &square);
    require(vxmCheckShared(device, &shared));
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* The handle that an app's XPC connection sends, and back. */
Test(objects_metal, shared_texture_is_made_by_metal)
{
    VxmDevice device = contract_device();
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmMemoryCreateInfo info = contract_memory_info((uint32_t)SHARED);
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    ModelAllocation allocation;
    VxmShared shared;
    VxmHandle texture = {0};

    require(vxmCreateImage(device, &image, &info, &memory));
    cr_assert(model_last_allocation(&allocation));
    cr_expect_eq(allocation.importHandleType, TEXTURE);
    cr_expect_eq(allocation.allocationSize, 0);
    cr_expect_eq(allocation.exportHandleTypes, 0);
    require(vxmExportMemory(memory, SHARED, &shared));
    /* The texture itself is to be had too, for this process. */
    require(vxmGetMemoryHandle(memory, 0, TEXTURE, &texture));
    cr_expect_eq(texture.ptr, allocation.importNative.pointer);
    require(vxmImportMemory(device, &shared, NULL, &import));
    expect_aliases(memory, import);
    vxmDestroyMemory(import);
    vxmCloseHandle(&texture);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* What Vulkan has allocated, Metal has no handle of. */
Test(objects_metal, raw_objects_stay_in_the_process)
{
    static const VkExternalMemoryHandleTypeFlagBits types[] = {BUFFER, HEAP};
    VxmDevice device = contract_device();
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmChannel channels[2];

    require(vxmCreateChannelPair(channels));
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        VxmMemoryCreateInfo info = contract_memory_info(types[i]);
        VxmMemory memory = NULL;
        VxmShared shared;

        require(vxmCreateBuffer(device, &buffer, &info, &memory));
        require(vxmExportMemory(memory, types[i], &shared));
        expect_error(vxmSendMemory(channels[0], &shared, 0), VK_ERROR_FEATURE_NOT_PRESENT,
                     VXM_ERROR_REASON_UNSUPPORTED, "IOSURFACE");
        expect_error(vxmExportMemory(memory, SHARED, &shared), VK_ERROR_FEATURE_NOT_PRESENT,
                     VXM_ERROR_REASON_UNSUPPORTED, "MTL_SHARED_TEXTURE");
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmCloseChannel(channels[0]);
    vxmCloseChannel(channels[1]);
    vxmDestroyDevice(device);
}

/* VK_EXT_metal_objects sets the event to the initial value, so that must be the one it has. */
Test(objects_metal, import_does_not_rewind_the_timeline)
{
    VxmDevice device = contract_device();
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .initialValue = 3,
                                         .handleTypes = (uint32_t)EVENT};
    VxmSemaphore semaphore = NULL;
    VxmSemaphore import = NULL;
    VxmSharedSemaphore shared;
    uint64_t value = 0;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmSignalSemaphore(semaphore, 7));
    require(vxmExportSemaphore(semaphore, EVENT, &shared));
    require(vxmImportSemaphore(device, &shared, 0, 0, &import));
    require(vxmGetSemaphoreValue(semaphore, &value));
    cr_expect_eq(value, 7);
    require(vxmGetSemaphoreValue(import, &value));
    cr_expect_eq(value, 7);
    require(vxmSignalSemaphore(import, 8));
    require(vxmWaitSemaphore(semaphore, 8, 0));
    expect_error(vxmImportSemaphorePayload(import, &shared, 0), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "MTL_SHARED_EVENT");
    vxmDestroySemaphore(import);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* The driver's getters give no reference, so the object is gone with what it came from. */
Test(objects_metal, exported_objects_outlive_what_they_came_from)
{
    VxmDevice device = contract_device();
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmMemoryCreateInfo info = contract_memory_info((uint32_t)SURFACE);
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    VxmShared shared;

    require(vxmCreateImage(device, &image, &info, &memory));
    require(vxmExportMemory(memory, SURFACE, &shared));
    vxmDestroyMemory(memory);
    cr_expect(backend_is_open(&shared.memories[0].handle));
    require(vxmImportMemory(device, &shared, NULL, &import));
    vxmCloseShared(&shared);
    vxmDestroyMemory(import);
    vxmDestroyDevice(device);
}

/* A driver that says that it has succeeded, and gives nil. */
Test(objects_metal, nil_is_no_object)
{
    VxmDevice device = contract_device();
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmMemoryCreateInfo info = contract_memory_info((uint32_t)SURFACE);
    VxmMemory memory = NULL;
    VxmHandle handle;

    require(vxmCreateImage(device, &image, &info, &memory));
    model_config()->habits.exportNull = true;
    fill(handle);
    expect_error(vxmGetMemoryHandle(memory, 0, SURFACE, &handle), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_DRIVER, "IOSURFACE");
    expect_untouched(handle);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Without the MTLDevice, which a driver may keep to itself. */
Test(objects_metal, device_that_is_not_known)
{
    ModelConfig config = model_default_config();
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmMemoryCreateInfo info = contract_memory_info((uint32_t)SHARED);
    VxmDevice device;
    VxmShared shared;
    VxmMemory memory;

    config.habits.exportNull = true;
    device = contract_device_with(&config);
    model_config()->habits.exportNull = false;
    fill(memory);
    expect_error(vxmCreateImage(device, &image, &info, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "device");
    expect_untouched(memory);
    /* The texture's own device is as good. */
    shared = describe(TEXTURE, 0, &square);
    require(vxmImportMemory(device, &shared, NULL, &memory));
    vxmDestroyMemory(memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* Drivers that are not fully conformant are hidden unless they are asked for (MoltenVK). */
Test(objects_metal, device_of_the_portability_subset)
{
    VxmDevice device = contract_device();
    VxmRequiredExtensions required;
    bool subset = false;

    require(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, VK_NULL_HANDLE, VK_NULL_HANDLE,
                                     &required));
    cr_expect_eq(required.instanceFlags, VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR);
    {
        VxmDeviceInfo info;

        require(vxmGetDeviceInfo(device, &info));
        require(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, info.instance,
                                         info.physicalDevice, &required));
    }
    for (uint32_t i = 0; i < required.deviceExtensionCount; i++) {
        subset = subset || strcmp(required.deviceExtensions[i], "VK_KHR_portability_subset") == 0;
    }
    cr_expect(subset);
    vxmDestroyDevice(device);
}
