/*
 * Images: what travels of their creation data, what is refused in words, layouts of linear ones,
 * extremes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(image, .init = contract_begin, .fini = contract_end);

static VxmMemory create_image(VxmDevice device, const VkImageCreateInfo *image, uint32_t handleType)
{
    VxmMemoryCreateInfo info = contract_memory_info(handleType);
    VxmMemory memory = NULL;

    require(vxmCreateImage(device, image, &info, &memory));
    return memory;
}

/* Exports and imports, and compares the importer's create-info with the exporter's through the
 * description that the import would be exported with. */
static void expect_travels(VxmDevice device, const VkImageCreateInfo *image,
                           const struct backend_type *type)
{
    VkExternalMemoryHandleTypeFlagBits bit = (VkExternalMemoryHandleTypeFlagBits)type->type;
    VxmMemory memory = create_image(device, image, type->type);
    VxmImportInfo info = {.reexportHandleTypes = type->type};
    VxmMemory import = NULL;
    VxmMemoryInfo got;
    VxmShared shared;
    VxmShared again;

    require(vxmExportMemory(memory, bit, &shared));
    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_IMAGE);
    cr_expect_eq(shared.image.flags, image->flags);
    cr_expect_eq(shared.image.imageType, image->imageType);
    cr_expect_eq(shared.image.format, image->format);
    cr_expect_eq(shared.image.extent.width, image->extent.width);
    cr_expect_eq(shared.image.extent.height, image->extent.height);
    cr_expect_eq(shared.image.extent.depth, image->extent.depth);
    cr_expect_eq(shared.image.mipLevels, image->mipLevels);
    cr_expect_eq(shared.image.arrayLayers, image->arrayLayers);
    cr_expect_eq(shared.image.samples, image->samples);
    cr_expect_eq(shared.image.tiling, image->tiling);
    cr_expect_eq(shared.image.usage, image->usage);
    cr_expect_eq(shared.image.sharingMode, image->sharingMode);
    require(vxmImportMemory(device, &shared, &info, &import));
    require(vxmGetMemoryInfo(import, &got));
    cr_expect_eq(got.resourceType, VXM_RESOURCE_TYPE_IMAGE);
    cr_expect_neq(got.image, VK_NULL_HANDLE);
    if (!type->sizeIgnored) {
        cr_expect_eq(got.memories[0].allocationSize, shared.memories[0].allocationSize);
    }
    require(vxmExportMemory(import, bit, &again));
    /* All but the handles is the same a second time. */
    vxmCloseShared(&again);
    vxmCloseShared(&shared);
    again.handleTypes = shared.handleTypes;
    if (type->sizeIgnored) {
        again.memories[0].allocationSize = shared.memories[0].allocationSize;
    }
    if (!type->exact) {
        /* Where the driver leaves a choice of memory type, it need not be the exporter's. */
        again.memories[0].memoryTypeBits = shared.memories[0].memoryTypeBits;
        again.memories[0].propertyFlags = shared.memories[0].propertyFlags;
    }
    cr_expect_eq(memcmp(&again, &shared, sizeof(shared)), 0, "%s: the description changed",
                 type->name);
    vxmDestroyMemory(import);
    vxmDestroyMemory(memory);
}

Test(image, every_type_makes_the_round_trip)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = exchange_image(type);

        if (type->exportable && type_can(type, VXM_RESOURCE_TYPE_IMAGE)) {
            expect_travels(device, &image, type);
        }
    }
    vxmDestroyDevice(device);
}

Test(image, formats_and_shapes_travel)
{
    static const VkFormat formats[] = {
        VK_FORMAT_R8_UNORM,      VK_FORMAT_R8G8B8A8_UNORM,      VK_FORMAT_B8G8R8A8_UNORM,
        VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_R16G16B16A16_SFLOAT, VK_FORMAT_R32G32B32A32_SFLOAT,
        VK_FORMAT_R32_SFLOAT,
    };
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        VkImageCreateInfo image = contract_image_info(33, 17);

        contract_note("format %d", (int)formats[i]);
        image.format = formats[i];
        expect_travels(device, &image, type);
    }
    VkImageCreateInfo shapes[4];
    for (int i = 0; i < 4; i++) {
        shapes[i] = contract_image_info(32, 32);
    }
    shapes[0].mipLevels = 6;
    shapes[1].arrayLayers = 5;
    shapes[2].imageType = VK_IMAGE_TYPE_3D;
    shapes[2].extent.depth = 7;
    shapes[3].imageType = VK_IMAGE_TYPE_1D;
    shapes[3].extent.height = 1;
    for (int i = 0; i < 4; i++) {
        contract_note("shape %d", i);
        expect_travels(device, &shapes[i], type);
    }
    vxmDestroyDevice(device);
}

Test(image, format_list_and_stencil_usage_travel)
{
    static const VkFormat views[] = {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_SRGB};
    VkImageFormatListCreateInfo list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .viewFormatCount = 2,
        .pViewFormats = views,
    };
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VkExternalMemoryHandleTypeFlagBits bit = (VkExternalMemoryHandleTypeFlagBits)type->type;
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    VxmMemory memory;
    VxmShared shared;

    image.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    image.pNext = &list;
    memory = create_image(device, &image, type->type);
    cr_expect(model_chain_contains("vkCreateImage", list.sType));
    require(vxmExportMemory(memory, bit, &shared));
    cr_expect_eq(shared.image.viewFormatCount, 2);
    cr_expect_eq(shared.image.viewFormats[0], views[0]);
    cr_expect_eq(shared.image.viewFormats[1], views[1]);
    model_take_breaches();
    require(vxmImportMemory(device, &shared, NULL, &import));
    cr_expect(model_chain_contains("vkCreateImage", list.sType));
    cr_expect(
        model_chain_contains("vkCreateImage", VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO));
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    /* The app's list was not changed. */
    cr_expect_null(list.pNext);
    vxmDestroyDevice(device);
}

Test(image, stencil_usage_travels)
{
    VkImageStencilUsageCreateInfo stencil = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO,
        .stencilUsage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
    };
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VkExternalMemoryHandleTypeFlagBits bit = (VkExternalMemoryHandleTypeFlagBits)type->type;
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    VxmMemory memory;
    VxmShared shared;

    image.format = VK_FORMAT_D24_UNORM_S8_UINT;
    image.pNext = &stencil;
    memory = create_image(device, &image, type->type);
    cr_expect(model_chain_contains("vkCreateImage", stencil.sType));
    require(vxmExportMemory(memory, bit, &shared));
    cr_expect_eq(shared.image.stencilUsage, stencil.stencilUsage);
    require(vxmImportMemory(device, &shared, NULL, &import));
    cr_expect(model_chain_contains("vkCreateImage", stencil.sType));
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(image, longest_format_list_and_one_more)
{
    VkFormat views[VXM_MAX_VIEW_FORMATS + 1];
    VkImageFormatListCreateInfo list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .viewFormatCount = VXM_MAX_VIEW_FORMATS,
        .pViewFormats = views,
    };
    VxmMemoryCreateInfo info = contract_memory_info(image_type());
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;

    for (uint32_t i = 0; i <= VXM_MAX_VIEW_FORMATS; i++) {
        views[i] = i % 2 ? VK_FORMAT_R8G8B8A8_SRGB : VK_FORMAT_R8G8B8A8_UNORM;
    }
    image.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    image.pNext = &list;
    require(vxmCreateImage(device, &image, &info, &memory));
    vxmDestroyMemory(memory);
    fill(memory);
    list.viewFormatCount = VXM_MAX_VIEW_FORMATS + 1;
    expect_error(vxmCreateImage(device, &image, &info, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "viewFormatCount");
    list.viewFormatCount = UINT32_MAX;
    expect_error(vxmCreateImage(device, &image, &info, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "viewFormatCount");
    list.viewFormatCount = 1;
    list.pViewFormats = NULL;
    expect_error(vxmCreateImage(device, &image, &info, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "pViewFormats");
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

/* ---- dedicated ---- */

Test(image, dedicated_to_the_image)
{
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();

    for (int mode = VXM_DEDICATED_AUTO; mode <= VXM_DEDICATED_OFF; mode++) {
        VxmMemoryCreateInfo info = contract_memory_info(type->type);
        bool expected = mode == VXM_DEDICATED_ON || (mode == VXM_DEDICATED_AUTO && type->dedicated);
        ModelAllocation allocation;
        VxmMemory memory = NULL;
        VxmMemory import = NULL;
        VxmMemoryInfo got;
        VxmShared shared;

        if (type->dedicatedRequired && mode == VXM_DEDICATED_OFF) {
            continue;
        }
        info.dedicated = (VxmDedicated)mode;
        require(vxmCreateImage(device, &image, &info, &memory));
        cr_assert(model_last_allocation(&allocation));
        cr_expect_eq(allocation.dedicatedImage == vxmGetVkImage(memory), expected);
        require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
        cr_expect_eq(shared.dedicated, expected);
        require(vxmImportMemory(device, &shared, NULL, &import));
        require(vxmGetMemoryInfo(import, &got));
        if (type->sameDedicated) {
            cr_expect_eq(got.dedicated, expected);
        }
        vxmDestroyMemory(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* ---- linear ---- */

static bool may_be_linear(const struct backend_type *type)
{
    return type_can(type, VXM_RESOURCE_TYPE_IMAGE) && !type->sizeIgnored && !type->sizeZero;
}

Test(image, linear_image_tells_its_layout)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        PFN_vkGetImageSubresourceLayout layout = (PFN_vkGetImageSubresourceLayout)contract_command(
            device, "vkGetImageSubresourceLayout");
        VkImageSubresource subresource = {.aspectMask = VK_IMAGE_ASPECT_COLOR_BIT};
        VkImageCreateInfo image = contract_image_info(33, 5);
        VkSubresourceLayout answer;
        VxmMemory import = NULL;
        VxmMemory memory;
        VxmShared shared;

        if (!type->exportable || !may_be_linear(type)) {
            continue;
        }
        image.tiling = VK_IMAGE_TILING_LINEAR;
        memory = create_image(device, &image, type->type);
        layout(contract_vk_device(device), vxmGetVkImage(memory), &subresource, &answer);
        require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
        cr_expect_eq(shared.image.planeCount, 1);
        cr_expect_eq(shared.image.planes[0].memoryIndex, 0);
        cr_expect_eq(shared.image.planes[0].offset, answer.offset);
        cr_expect_eq(shared.image.planes[0].rowPitch, answer.rowPitch);
        cr_expect_geq(shared.image.planes[0].rowPitch, 33 * 4);
        cr_expect_eq(shared.image.planes[0].arrayPitch, 0);
        cr_expect_eq(shared.image.planes[0].depthPitch, 0);
        require(vxmImportMemory(device, &shared, NULL, &import));
        vxmDestroyMemory(import);

        /* Another pitch than this driver's own would show the image askew. */
        shared.image.planes[0].rowPitch += 64;
        fill(import);
        expect_error(vxmImportMemory(device, &shared, NULL, &import),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "rowPitch");
        shared.image.planes[0].rowPitch -= 64;
        shared.image.planes[0].offset += 4;
        expect_error(vxmImportMemory(device, &shared, NULL, &import),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "offset");
        expect_untouched(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* Slices of a 3D image have a pitch; the layout of a depth image isn't told. */
Test(image, linear_slices_and_depth)
{
    const struct backend_type *type = backend_opaque_type();
    VxmDevice device = contract_device();

    for (int depth = 0; depth < 2; depth++) {
        VkImageCreateInfo image = contract_image_info(33, 5);
        VxmMemory memory;
        VxmShared shared;

        contract_note("depth %d", depth);
        image.tiling = VK_IMAGE_TILING_LINEAR;
        image.usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT;
        if (depth) {
            image.format = VK_FORMAT_D32_SFLOAT;
        } else {
            image.imageType = VK_IMAGE_TYPE_3D;
            image.extent.depth = 2;
        }
        memory = create_image(device, &image, type->type);
        require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
        cr_expect_eq(shared.image.planeCount, depth ? 0 : 1);
        cr_expect_eq(shared.image.planes[0].depthPitch != 0, !depth);
        cr_expect_eq(shared.image.planes[0].arrayPitch, 0);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

Test(image, optimal_image_has_no_layout_to_tell)
{
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VkImageCreateInfo image = contract_image_info(33, 5);
    VxmDevice device = contract_device();
    VxmMemory memory = create_image(device, &image, type->type);
    VxmShared shared;

    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
    cr_expect_eq(shared.image.planeCount, 0);
    cr_expect_eq(model_call_count("vkGetImageSubresourceLayout"), 0);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* An image of foreign origin, described by hand: with the layout that this driver has, and without
 * any. */
Test(image, foreign_linear_image_is_imported)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = contract_image_info(33, 5);
        VxmImportInfo info = {.requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT};
        VxmMemory imports[2] = {NULL, NULL};
        struct source source;
        struct watch watch;

        if (!may_be_linear(type) ||
            !source_open_foreign(type, VXM_RESOURCE_TYPE_IMAGE, 65536, &source)) {
            continue;
        }
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        source.shared.image = (VxmImageDescription){
            .imageType = image.imageType,
            .format = image.format,
            .extent = image.extent,
            .mipLevels = 1,
            .arrayLayers = 1,
            .samples = VK_SAMPLE_COUNT_1_BIT,
            .tiling = VK_IMAGE_TILING_LINEAR,
            .usage = image.usage,
        };
        require(vxmImportMemory(device, &source.shared, &info, &imports[0]));
        /* Unknown pitch: the driver's own is taken. */
        source.shared.image.planeCount = 1;
        require(vxmImportMemory(device, &source.shared, &info, &imports[1]));
        expect_aliases(imports[0], imports[1]);
        vxmDestroyMemory(imports[0]);
        vxmDestroyMemory(imports[1]);
        fill(imports[0]);
        source.shared.image.planes[0].rowPitch = 1;
        expect_error(vxmImportMemory(device, &source.shared, &info, &imports[0]),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "rowPitch");
        /* Larger than the payload. */
        source.shared.image.planeCount = 0;
        source.shared.image.extent.height = 5000;
        expect_error(vxmImportMemory(device, &source.shared, &info, &imports[0]),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "bytes");
        expect_untouched(imports[0]);
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* ---- concurrent ---- */

Test(image, concurrent_image_needs_the_importers_families)
{
    static const uint32_t families[] = {0, 1};
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmImportInfo info = {0};
    VxmDevice device = contract_device();
    VxmMemory import;
    VxmMemory memory;
    VxmShared shared;

    image.sharingMode = VK_SHARING_MODE_CONCURRENT;
    image.queueFamilyIndexCount = 2;
    image.pQueueFamilyIndices = families;
    memory = create_image(device, &image, type->type);
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
    cr_expect_eq(shared.image.sharingMode, VK_SHARING_MODE_CONCURRENT);
    fill(import);
    if (type->sameDedicated) {
        expect_error(vxmImportMemory(device, &shared, NULL, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                     "queueFamilyIndexCount");
    }
    info.queueFamilyIndexCount = 1;
    info.queueFamilyIndices = families;
    expect_error(vxmImportMemory(device, &shared, &info, &import), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "queueFamilyIndexCount");
    info.queueFamilyIndexCount = 2;
    info.queueFamilyIndices = NULL;
    expect_error(vxmImportMemory(device, &shared, &info, &import), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "queueFamilyInd");
    expect_untouched(import);
    info.queueFamilyIndices = families;
    require(vxmImportMemory(device, &shared, &info, &import));
    vxmDestroyMemory(import);
    if (type->sameDedicated) {
        /* An EXCLUSIVE one has no use for families. */
        shared.image.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
        fill(import);
        expect_error(vxmImportMemory(device, &shared, &info, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                     "queueFamilyIndexCount");
        expect_untouched(import);
    }
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);

    /* Nor is it created without them. */
    VxmMemoryCreateInfo create = contract_memory_info(type->type);
    image.queueFamilyIndexCount = 1;
    fill(memory);
    expect_error(vxmCreateImage(device, &image, &create, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "CONCURRENT");
    expect_untouched(memory);
    vxmDestroyDevice(device);
}
