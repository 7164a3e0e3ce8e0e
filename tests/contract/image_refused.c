/*
 * Images that are refused, each in words that name what stands in the way.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(image_refused, .init = contract_begin, .fini = contract_end);

static void expect_refused(VxmDevice device, const VkImageCreateInfo *image, VkResult result,
                           VxmErrorReason reason, const char *word)
{
    VxmMemoryCreateInfo info = contract_memory_info(image_type());
    VxmMemory memory;
    VxmPlan plan;

    fill(memory);
    fill(plan);
    expect_error(vxmCreateImage(device, image, &info, &memory), result, reason, word);
    expect_error(vxmPlanImage(device, image, &info, &plan), result, reason, word);
    expect_untouched(memory);
    expect_untouched(plan);
}

#define EXPECT_ARGUMENT(device, change, word)                                                      \
    do {                                                                                           \
        VkImageCreateInfo image = contract_image_info(64, 64);                                     \
        change;                                                                                    \
        contract_note("%s", #change);                                                              \
        expect_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,  \
                       word);                                                                      \
    } while (0)

Test(image_refused, unknown_struct_in_the_chain)
{
    VkBaseInStructure unknown = {.sType = (VkStructureType)1000999000};
    VkExternalMemoryImageCreateInfo own = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO,
        .handleTypes = image_type(),
    };
    VkImageFormatListCreateInfo list = {.sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
                                        .pNext = &unknown};
    VxmDevice device = contract_device();

    EXPECT_ARGUMENT(device, image.pNext = &unknown, "1000999000");
    /* Also behind one that travels. */
    EXPECT_ARGUMENT(device, image.pNext = &list, "1000999000");
    EXPECT_ARGUMENT(device, image.pNext = &own, "VkExternalMemory");
    cr_expect_eq(model_call_count("vkCreateImage"), 0);
    vxmDestroyDevice(device);
}

Test(image_refused, what_cant_be_shared_yet_is_named)
{
    VxmDevice device = contract_device();

    EXPECT_ARGUMENT(device, image.tiling = VK_IMAGE_TILING_MAX_ENUM, "tiling");
    EXPECT_ARGUMENT(device, image.flags = VK_IMAGE_CREATE_DISJOINT_BIT, "DISJOINT");
    EXPECT_ARGUMENT(device, image.flags = VK_IMAGE_CREATE_SPARSE_BINDING_BIT, "sparse");
    EXPECT_ARGUMENT(device, image.flags = VK_IMAGE_CREATE_SPARSE_RESIDENCY_BIT, "sparse");
    EXPECT_ARGUMENT(device, image.flags = VK_IMAGE_CREATE_SPARSE_ALIASED_BIT, "sparse");
    EXPECT_ARGUMENT(device, image.flags = VK_IMAGE_CREATE_PROTECTED_BIT, "protected");
    EXPECT_ARGUMENT(device, image.initialLayout = VK_IMAGE_LAYOUT_GENERAL, "initialLayout");
    EXPECT_ARGUMENT(device, image.initialLayout = VK_IMAGE_LAYOUT_PREINITIALIZED, "initialLayout");
    vxmDestroyDevice(device);
}

Test(image_refused, every_field_at_its_extremes)
{
    VxmDevice device = contract_device();

    EXPECT_ARGUMENT(device, image.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, "sType");
    EXPECT_ARGUMENT(device, image.imageType = (VkImageType)3, "imageType");
    EXPECT_ARGUMENT(device, image.imageType = VK_IMAGE_TYPE_MAX_ENUM, "imageType");
    EXPECT_ARGUMENT(device, image.imageType = (VkImageType)-1, "imageType");
    EXPECT_ARGUMENT(device, image.format = VK_FORMAT_UNDEFINED, "format");
    EXPECT_ARGUMENT(device, image.extent.width = 0, "extent");
    EXPECT_ARGUMENT(device, image.extent.height = 0, "extent");
    EXPECT_ARGUMENT(device, image.extent.depth = 0, "extent");
    EXPECT_ARGUMENT(device, image.mipLevels = 0, "mipLevels");
    EXPECT_ARGUMENT(device, image.arrayLayers = 0, "arrayLayers");
    EXPECT_ARGUMENT(device, image.samples = (VkSampleCountFlagBits)0, "samples");
    EXPECT_ARGUMENT(device, image.samples = (VkSampleCountFlagBits)3, "samples");
    EXPECT_ARGUMENT(device, image.samples = (VkSampleCountFlagBits)128, "samples");
    EXPECT_ARGUMENT(device, image.samples = (VkSampleCountFlagBits)-1, "samples");
    EXPECT_ARGUMENT(device, image.tiling = VK_IMAGE_TILING_MAX_ENUM, "tiling");
    EXPECT_ARGUMENT(device, image.usage = 0, "usage");
    EXPECT_ARGUMENT(device, image.sharingMode = (VkSharingMode)2, "sharingMode");
    EXPECT_ARGUMENT(device, image.sharingMode = VK_SHARING_MODE_MAX_ENUM, "sharingMode");
    EXPECT_ARGUMENT(device, image.sharingMode = VK_SHARING_MODE_CONCURRENT, "CONCURRENT");
    vxmDestroyDevice(device);
}

/* A driver that is asked about each of these alone has nothing against it, and then may rely on the
 * rule. */
Test(image_refused, what_does_not_go_together)
{
    static const VkFormat views[2] = {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_SRGB};
    const VkImageFormatListCreateInfo list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .viewFormatCount = 2,
        .pViewFormats = views,
    };
    VxmDevice device = contract_device();

    EXPECT_ARGUMENT(device, image.mipLevels = 8, "mipLevels");
    EXPECT_ARGUMENT(device, image.mipLevels = 33, "mipLevels");
    EXPECT_ARGUMENT(device, image.mipLevels = UINT32_MAX, "mipLevels");
    EXPECT_ARGUMENT(device, image.imageType = VK_IMAGE_TYPE_1D, "1D");
    EXPECT_ARGUMENT(
        device,
        (image.imageType = VK_IMAGE_TYPE_1D, image.extent.height = 1, image.extent.depth = 2),
        "1D");
    EXPECT_ARGUMENT(device, image.extent.depth = 2, "depth");
    EXPECT_ARGUMENT(device, image.extent.depth = UINT32_MAX, "depth");
    EXPECT_ARGUMENT(device, (image.imageType = VK_IMAGE_TYPE_3D, image.arrayLayers = 2),
                    "arrayLayers");
    EXPECT_ARGUMENT(
        device,
        (image.imageType = VK_IMAGE_TYPE_3D, image.flags = VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT),
        "CUBE_COMPATIBLE");
    EXPECT_ARGUMENT(device, image.flags = VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT, "CUBE_COMPATIBLE");
    EXPECT_ARGUMENT(device,
                    (image.flags = VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT, image.arrayLayers = 6,
                     image.extent.width = 32),
                    "CUBE_COMPATIBLE");
    EXPECT_ARGUMENT(device,
                    (image.samples = VK_SAMPLE_COUNT_4_BIT, image.arrayLayers = 6,
                     image.flags = VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT),
                    "samples");
    EXPECT_ARGUMENT(device, (image.samples = VK_SAMPLE_COUNT_4_BIT, image.mipLevels = 2),
                    "samples");
    EXPECT_ARGUMENT(device,
                    (image.samples = VK_SAMPLE_COUNT_4_BIT, image.tiling = VK_IMAGE_TILING_LINEAR),
                    "samples");
    EXPECT_ARGUMENT(device, image.flags = VK_IMAGE_CREATE_2D_ARRAY_COMPATIBLE_BIT, "2D_ARRAY");
    EXPECT_ARGUMENT(device,
                    image.usage = VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT |
                                  VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT,
                    "TRANSIENT");
    EXPECT_ARGUMENT(device, image.flags = VK_IMAGE_CREATE_BLOCK_TEXEL_VIEW_COMPATIBLE_BIT,
                    "MUTABLE_FORMAT");
    EXPECT_ARGUMENT(device, image.usage |= VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT, "TRANSIENT");
    EXPECT_ARGUMENT(device, image.usage = VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT, "TRANSIENT");
    EXPECT_ARGUMENT(device, image.pNext = &list, "MUTABLE_FORMAT");
    cr_expect_eq(model_call_count("vkCreateImage"), 0);
    vxmDestroyDevice(device);
}

Test(image_refused, queue_families_are_the_devices_and_each_named_once)
{
    static const uint32_t wrong[][3] = {{0, 0, 1}, {0, 2, 1}, {1, UINT32_MAX, 0}, {1, 0, 1}};
    VxmMemoryCreateInfo info = contract_memory_info(backend_opaque_type()->type);
    VkBufferCreateInfo buffer = contract_buffer_info(4096);
    VxmDevice device = contract_device();
    VxmImportInfo importInfo = {0};
    struct source source;
    VxmMemory memory;

    buffer.sharingMode = VK_SHARING_MODE_CONCURRENT;
    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    source.shared.buffer.sharingMode = VK_SHARING_MODE_CONCURRENT;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const uint32_t count = i < 3 ? 2 : 3;

        EXPECT_ARGUMENT(device,
                        (image.sharingMode = VK_SHARING_MODE_CONCURRENT,
                         image.queueFamilyIndexCount = count, image.pQueueFamilyIndices = wrong[i]),
                        "01420");
        contract_note("families %zu", i);
        buffer.queueFamilyIndexCount = importInfo.queueFamilyIndexCount = count;
        buffer.pQueueFamilyIndices = importInfo.queueFamilyIndices = wrong[i];
        fill(memory);
        expect_error(vxmCreateBuffer(device, &buffer, &info, &memory),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "01419");
        expect_error(vxmImportMemory(device, &source.shared, &importInfo, &memory),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "01419");
        expect_untouched(memory);
    }
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(image_refused, families_of_a_concurrent_image_must_be_there)
{
    VxmDevice device = contract_device();

    EXPECT_ARGUMENT(
        device, (image.sharingMode = VK_SHARING_MODE_CONCURRENT, image.queueFamilyIndexCount = 2),
        "CONCURRENT");
    vxmDestroyDevice(device);
}

/* The first of three names two of them. */
Test(image_refused, family_named_again_after_another)
{
    static const uint32_t families[3] = {1, 2, 1};
    ModelConfig config = model_default_config();
    VxmDevice device;

    config.devices[0].queueFamilyCount = 3;
    config.devices[0].queueFlags[2] = VK_QUEUE_TRANSFER_BIT;
    device = contract_device_with(&config);
    EXPECT_ARGUMENT(device,
                    (image.sharingMode = VK_SHARING_MODE_CONCURRENT,
                     image.queueFamilyIndexCount = 3, image.pQueueFamilyIndices = families),
                    "named twice");
    vxmDestroyDevice(device);
}

/* What the driver can't do is its answer, not an argument's fault. */
Test(image_refused, what_the_driver_denies)
{
    VxmDevice device = contract_device();
    VkImageCreateInfo images[6];

    for (int i = 0; i < 6; i++) {
        images[i] = contract_image_info(64, 64);
    }
    images[0].extent.width = UINT32_MAX;
    images[1].extent.height = UINT32_MAX;
    images[2].extent = (VkExtent3D){UINT32_MAX, UINT32_MAX, 1};
    images[3].imageType = VK_IMAGE_TYPE_3D;
    images[3].extent.depth = UINT32_MAX;
    images[4].arrayLayers = UINT32_MAX;
    images[5].format = VK_FORMAT_MAX_ENUM;
    for (int i = 0; i < 6; i++) {
        contract_note("image %d", i);
        expect_refused(device, &images[i], VK_ERROR_FORMAT_NOT_SUPPORTED,
                       VXM_ERROR_REASON_UNSUPPORTED, "image");
    }
    vxmDestroyDevice(device);
}

Test(image_refused, tiling_that_the_driver_cant_share)
{
    VxmDevice device = contract_device();

    for (uint32_t i = 0; i < backend_type_count; i++) {
        const struct backend_type *type = &backend_types[i];
        VxmMemoryCreateInfo info = contract_memory_info(type->type);
        VkImageCreateInfo image = contract_image_info(64, 64);
        VxmMemory memory;

        if (!type->exportable || !type->linear) {
            continue;
        }
        contract_note("%s", type->name);
        cr_assert(model_external(model_config()->devices[0].images, type->type)->linearOnly);
        fill(memory);
        expect_error(vxmCreateImage(device, &image, &info, &memory), VK_ERROR_FORMAT_NOT_SUPPORTED,
                     VXM_ERROR_REASON_UNSUPPORTED, type->name);
        expect_untouched(memory);
    }
    vxmDestroyDevice(device);
}

/* What an image takes up is known only once it is there; no driver is asked for more than it has.
 */
Test(image_refused, image_larger_than_the_heap)
{
    VxmMemoryCreateInfo info = contract_memory_info(image_type());
    VkImageCreateInfo image = contract_image_info(64, 64);
    ModelConfig config = model_default_config();
    VxmDevice device;
    VxmMemory memory;
    VxmPlan plan;

    config.devices[0].heapSizes[0] = config.devices[0].heapSizes[1] = 8192;
    device = contract_device_with(&config);
    fill(memory);
    fill(plan);
    expect_error(vxmCreateImage(device, &image, &info, &memory), VK_ERROR_OUT_OF_DEVICE_MEMORY,
                 VXM_ERROR_REASON_UNSUPPORTED, "01713");
    expect_error(vxmPlanImage(device, &image, &info, &plan), VK_ERROR_OUT_OF_DEVICE_MEMORY,
                 VXM_ERROR_REASON_UNSUPPORTED, "01713");
    expect_untouched(memory);
    expect_untouched(plan);
    cr_expect_eq(model_call_count("vkAllocateMemory"), 0);
    vxmDestroyDevice(device);
}
