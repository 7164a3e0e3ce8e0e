/*
 * Descriptions: what is checked before the driver sees a handle, on this device and on others, with
 * facts missing and with every field at its extremes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(shared, .init = contract_begin, .fini = contract_end);

/* A description is refused by the check, the import and the plan in the same way; nothing is
 * written, and the driver isn't bothered. */
static void expect_refused(VxmDevice device, VxmShared *shared, VkResult result,
                           VxmErrorReason reason, const char *word)
{
    VxmShared before = *shared;
    size_t calls = model_call_count("vkAllocateMemory");
    VxmMemory memory;
    VxmPlan plan;

    fill(memory);
    fill(plan);
    expect_error(vxmCheckShared(device, shared), result, reason, word);
    expect_error(vxmImportMemory(device, shared, NULL, &memory), result, reason, word);
    expect_error(vxmPlanImport(device, shared, NULL, &plan), result, reason, word);
    expect_untouched(memory);
    expect_untouched(plan);
    cr_expect_eq(memcmp(&before, shared, sizeof(before)), 0, "the description was changed");
    cr_expect_eq(model_call_count("vkAllocateMemory"), calls);
}

static void expect_argument(VxmDevice device, VxmShared *shared, const char *word)
{
    expect_refused(device, shared, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, word);
}

/* ---- this device and others ---- */

Test(shared, own_description_passes)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        struct source source;
        struct watch watch;

        source_open(device, type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        require(vxmCheckShared(device, &source.shared));
        require(vxmCheckDescription(&source.shared));
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(shared, other_device_or_driver_is_told_before_the_driver_is_asked)
{
    VxmDevice devices[2] = {contract_device_at(0), contract_device_at(1)};

    FOR_EACH_TYPE(type)
    {
        struct source source;
        struct watch watch;

        source_open(devices[0], type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        if (!type->sameDevice) {
            require(vxmCheckShared(devices[1], &source.shared));
        } else {
            VxmShared changed = source.shared;

            expect_refused(devices[1], &changed, VK_ERROR_INCOMPATIBLE_DRIVER,
                           VXM_ERROR_REASON_MISMATCH, "deviceUUID");
            changed.deviceUUID[0] ^= 1;
            expect_refused(devices[0], &changed, VK_ERROR_INCOMPATIBLE_DRIVER,
                           VXM_ERROR_REASON_MISMATCH, "deviceUUID");
        }
        if (type->sameDriver) {
            VxmShared changed = source.shared;

            changed.driverUUID[15] ^= 1;
            expect_refused(devices[0], &changed, VK_ERROR_INCOMPATIBLE_DRIVER,
                           VXM_ERROR_REASON_MISMATCH, "driverUUID");
        }
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(devices[0]);
    vxmDestroyDevice(devices[1]);
}

/* ---- missing facts ---- */

Test(shared, missing_facts_are_named)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        struct source source;
        VxmShared changed;

        source_open(device, type, type_resource(type), &source);
        changed = source.shared;
        memset(changed.deviceUUID, 0, VK_UUID_SIZE);
        if (type->exact) {
            expect_argument(device, &changed, "deviceUUID");
            changed = source.shared;
            memset(changed.driverUUID, 0, VK_UUID_SIZE);
            expect_argument(device, &changed, "driverUUID");
            changed = source.shared;
            changed.memories[0].allocationSize = 0;
            expect_argument(device, &changed, "allocationSize");
            changed = source.shared;
            changed.memories[0].memoryTypeBits = 0;
            expect_argument(device, &changed, "memoryTypeBits");
            changed.memories[0].memoryTypeBits = 3;
            expect_argument(device, &changed, "memoryTypeBits");
            changed.memories[0].memoryTypeBits = UINT32_MAX;
            expect_argument(device, &changed, "memoryTypeBits");
            changed.memories[0].memoryTypeBits = 0x80000000u;
            expect_refused(device, &changed, VK_ERROR_INCOMPATIBLE_DRIVER,
                           VXM_ERROR_REASON_MISMATCH, "memoryTypeBits");
            changed = source.shared;
            changed.memories[0].propertyFlags ^= VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
            expect_refused(device, &changed, VK_ERROR_INCOMPATIBLE_DRIVER,
                           VXM_ERROR_REASON_MISMATCH, "propertyFlags");
        } else {
            /* Unknown is good enough where the driver can be asked. */
            memset(changed.driverUUID, 0, VK_UUID_SIZE);
            changed.memories[0].memoryTypeBits = 0;
            changed.memories[0].propertyFlags = 0;
            changed.handleTypes = 0;
            require(vxmCheckShared(device, &changed));
        }
        changed = source.shared;
        changed.memories[0].handle = (VxmHandle){0};
        expect_refused(device, &changed, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       VXM_ERROR_REASON_ARGUMENT, "memories[0].handle");
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* ---- every field at its extremes ---- */

#define EXPECT_ARGUMENT(change, word)                                                              \
    do {                                                                                           \
        VxmShared shared = source.shared;                                                          \
        contract_note("%s, %s", type->name, #change);                                              \
        change;                                                                                    \
        expect_argument(device, &shared, word);                                                    \
        expect_error(vxmCheckDescription(&shared), VK_ERROR_VALIDATION_FAILED_EXT,                 \
                     VXM_ERROR_REASON_ARGUMENT, word);                                             \
    } while (0)

static void extremes_of_any(VxmDevice device, const struct backend_type *type)
{
    struct source source;

    source_open(device, type, type_resource(type), &source);
    EXPECT_ARGUMENT(shared.resourceType = (VxmResourceType)3, "resourceType");
    EXPECT_ARGUMENT(shared.resourceType = VXM_RESOURCE_TYPE_MAX_ENUM, "resourceType");
    EXPECT_ARGUMENT(shared.resourceType = (VxmResourceType)-1, "resourceType");
    EXPECT_ARGUMENT(shared.handleType = 0, "handleType");
    EXPECT_ARGUMENT(shared.handleType = UINT32_MAX, "handleType");
    EXPECT_ARGUMENT(shared.handleType = 3, "handleType");
    EXPECT_ARGUMENT(shared.handleTypes = ~type->type, "handleTypes");
    EXPECT_ARGUMENT(shared.dedicated = 2, "dedicated");
    EXPECT_ARGUMENT(shared.dedicated = UINT32_MAX, "dedicated");
    EXPECT_ARGUMENT(shared.memoryCount = 0, "memoryCount");
    EXPECT_ARGUMENT(shared.memoryCount = 2, "memoryCount");
    EXPECT_ARGUMENT(shared.memoryCount = VXM_MAX_PLANES + 1, "memoryCount");
    EXPECT_ARGUMENT(shared.memoryCount = UINT32_MAX, "memoryCount");
    if (type->imageOnly) {
        source_close(&source);
        return;
    }
    EXPECT_ARGUMENT(shared.memories[0].offset = UINT64_MAX, "offset");
    EXPECT_ARGUMENT(shared.memories[0].offset = shared.memories[0].allocationSize, "offset");
    EXPECT_ARGUMENT(shared.buffer.size = 0, "size");
    EXPECT_ARGUMENT(shared.buffer.flags = VK_BUFFER_CREATE_SPARSE_BINDING_BIT, "flags");
    EXPECT_ARGUMENT(shared.buffer.flags = VK_BUFFER_CREATE_PROTECTED_BIT, "flags");
    EXPECT_ARGUMENT(shared.buffer.sharingMode = (VkSharingMode)2, "sharingMode");
    EXPECT_ARGUMENT(shared.buffer.sharingMode = VK_SHARING_MODE_MAX_ENUM, "sharingMode");
    source.shared.buffer.usage = 0;
    require(vxmCheckDescription(&source.shared)); /* which Vulkan alone asks for */
    expect_argument(device, &source.shared, "usage");
    source_close(&source);
}

Test(shared, every_field_at_its_extremes)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        extremes_of_any(device, type);
    }
    vxmDestroyDevice(device);
}

/* Sizes beyond everything: an error of some kind, which one depends on who notices. */
Test(shared, sizes_beyond_everything)
{
    static const uint64_t sizes[] = {UINT64_MAX, UINT64_MAX - 1, (uint64_t)1 << 63,
                                     ((uint64_t)1 << 63) - 1, (uint64_t)1 << 40};
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        for (size_t i = 0; !type->imageOnly && i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            VxmMemory memory;
            struct source source;
            struct watch watch;
            VxmShared changed;
            size_t open;

            source_open(device, type, type_resource(type), &source);
            watch_begin(&source.shared.memories[0].handle, type, &watch);
            open = backend_handle_count();
            fill(memory);
            contract_note("%s, buffer.size 0x%llx", type->name, (unsigned long long)sizes[i]);
            changed = source.shared;
            changed.buffer.size = sizes[i];
            expect_failure(vxmImportMemory(device, &changed, NULL, &memory));
            contract_note("%s, allocationSize 0x%llx", type->name, (unsigned long long)sizes[i]);
            changed = source.shared;
            changed.memories[0].allocationSize = sizes[i];
            if (type->pointer || type->sizeIgnored) {
                /* The driver takes no notice, or: a range of this process that isn't there: the
                 * driver's business alone, and the model maps nothing. Both at once are never
                 * right. */
                changed.buffer.size = sizes[i];
            }
            expect_failure(vxmImportMemory(device, &changed, NULL, &memory));
            expect_untouched(memory);
            cr_expect_eq(backend_handle_count(), open);
            expect_borrowed(&watch, &source.shared.memories[0].handle);
            source_close(&source);
        }
    }
    vxmDestroyDevice(device);
}

#define EXPECT_IMAGE_ARGUMENT(change, word)                                                        \
    do {                                                                                           \
        VxmShared shared = good;                                                                   \
        contract_note("%s", #change);                                                              \
        change;                                                                                    \
        expect_argument(device, &shared, word);                                                    \
        expect_error(vxmCheckDescription(&shared), VK_ERROR_VALIDATION_FAILED_EXT,                 \
                     VXM_ERROR_REASON_ARGUMENT, word);                                             \
    } while (0)

Test(shared, every_image_field_at_its_extremes)
{
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VxmMemoryCreateInfo info = contract_memory_info(type->type);
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    VxmShared good;

    require(vxmCreateImage(device, &image, &info, &memory));
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &good));
    EXPECT_IMAGE_ARGUMENT(shared.image.imageType = (VkImageType)-1, "imageType");
    EXPECT_IMAGE_ARGUMENT(shared.image.imageType = VK_IMAGE_TYPE_MAX_ENUM, "imageType");
    EXPECT_IMAGE_ARGUMENT(shared.image.format = VK_FORMAT_UNDEFINED, "format");
    EXPECT_IMAGE_ARGUMENT(shared.image.extent.width = 0, "extent");
    EXPECT_IMAGE_ARGUMENT(shared.image.extent.height = 0, "extent");
    EXPECT_IMAGE_ARGUMENT(shared.image.extent.depth = 0, "extent");
    EXPECT_IMAGE_ARGUMENT((shared.image.extent = (VkExtent3D){UINT32_MAX, UINT32_MAX, UINT32_MAX}),
                          "extent");
    EXPECT_IMAGE_ARGUMENT(shared.image.mipLevels = 0, "mipLevels");
    EXPECT_IMAGE_ARGUMENT(shared.image.mipLevels = 6, "mipLevels");
    EXPECT_IMAGE_ARGUMENT(shared.image.mipLevels = UINT32_MAX, "mipLevels");
    EXPECT_IMAGE_ARGUMENT(shared.image.arrayLayers = 0, "arrayLayers");
    EXPECT_IMAGE_ARGUMENT(shared.image.samples = (VkSampleCountFlagBits)0, "samples");
    EXPECT_IMAGE_ARGUMENT(shared.image.samples = (VkSampleCountFlagBits)-1, "samples");
    EXPECT_IMAGE_ARGUMENT(shared.image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                          "modifier");
    EXPECT_IMAGE_ARGUMENT(shared.image.tiling = (VkImageTiling)-1, "tiling");
    EXPECT_IMAGE_ARGUMENT(shared.image.flags = VK_IMAGE_CREATE_PROTECTED_BIT, "flags");
    EXPECT_IMAGE_ARGUMENT(shared.image.flags = VK_IMAGE_CREATE_DISJOINT_BIT, "DISJOINT");
    EXPECT_IMAGE_ARGUMENT(shared.image.sharingMode = (VkSharingMode)2, "sharingMode");
    EXPECT_IMAGE_ARGUMENT(shared.image.viewFormatCount = VXM_MAX_VIEW_FORMATS + 1, "view formats");
    EXPECT_IMAGE_ARGUMENT(shared.image.viewFormatCount = UINT32_MAX, "view formats");
    EXPECT_IMAGE_ARGUMENT(shared.image.planeCount = 2, "planeCount");
    EXPECT_IMAGE_ARGUMENT(shared.image.planeCount = UINT32_MAX, "planeCount");
    EXPECT_IMAGE_ARGUMENT(
        (shared.image.planeCount = 1, shared.image.planes[0].memoryIndex = UINT32_MAX),
        "memoryIndex");
    good.image.usage = 0;
    require(vxmCheckDescription(&good));
    expect_argument(device, &good, "usage");
    good.image.usage = image.usage;
    for (int i = 0; i < 5; i++) {
        VxmShared changed = good;

        contract_note("image %d", i);
        if (i == 0) {
            changed.image.extent.width = UINT32_MAX;
        } else if (i == 1) {
            changed.image.extent.height = UINT32_MAX;
        } else if (i == 2) {
            changed.image.arrayLayers = UINT32_MAX;
        } else if (i == 3) {
            changed.image.format = VK_FORMAT_MAX_ENUM;
        } else {
            changed.image.extent = (VkExtent3D){UINT32_MAX, UINT32_MAX, 1};
        }
        expect_refused(device, &changed, VK_ERROR_FORMAT_NOT_SUPPORTED,
                       VXM_ERROR_REASON_UNSUPPORTED, "image");
    }
    vxmCloseShared(&good);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Rows, layers and slices beyond the allocation: what another API would read there. */
Test(shared, planes_beyond_the_allocation)
{
    static const VxmPlaneLayout planes[] = {
        {0, 65536, 0, 0, 0},      {0, UINT64_MAX, 0, 0, 0},        {0, 0, 63, 0, 0},
        {0, 0, UINT64_MAX, 0, 0}, {0, 0, (1ull << 63) / 16, 0, 0}, {0, 0, 65536 / 15 + 1, 0, 0},
        {0, 1, 65536 / 15, 0, 0}, {0, 0, 256, 65536, 0},           {0, 0, 256, 1ull << 63, 0},
        {0, 0, 1280, 24576, 0}, /* neither alone */
    };
    VxmShared shared = {.resourceType = VXM_RESOURCE_TYPE_IMAGE,
                        .handleType = backend_opaque_type()->type,
                        .memoryCount = 1,
                        .memories = {{.allocationSize = 65536}},
                        .image = {.imageType = VK_IMAGE_TYPE_2D,
                                  .format = VK_FORMAT_R8G8B8A8_UNORM,
                                  .extent = {64, 16, 1},
                                  .mipLevels = 1,
                                  .arrayLayers = 3,
                                  .samples = VK_SAMPLE_COUNT_1_BIT,
                                  .tiling = VK_IMAGE_TILING_LINEAR,
                                  .usage = VK_IMAGE_USAGE_SAMPLED_BIT,
                                  .planeCount = 1}};

    require(vxmCheckDescription(&shared));
    shared.image.planes[0] = (VxmPlaneLayout){0, 1024, 256, 4096, 0};
    require(vxmCheckDescription(&shared));
    for (size_t i = 0; i < sizeof(planes) / sizeof(planes[0]); i++) {
        contract_note("planes %u", (unsigned)i);
        shared.image.planes[0] = planes[i];
        expect_error(vxmCheckDescription(&shared), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "planes[0]");
    }
    contract_note(NULL);
    /* Of unknown size there is nothing to compare with; of compressed texels the rows are fewer. */
    shared.memories[0].allocationSize = 0;
    shared.image.planes[0] = planes[0];
    require(vxmCheckDescription(&shared));
    shared.memories[0].allocationSize = 512;
    shared.image.arrayLayers = 1;
    shared.image.format = VK_FORMAT_BC1_RGB_UNORM_BLOCK;
    shared.image.planes[0] = (VxmPlaneLayout){0, 0, 128, 0, 0};
    require(vxmCheckDescription(&shared));
}

/* No driver has to cope with an allocation larger than any heap (01713). */
Test(shared, allocation_larger_than_the_device)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        const uint64_t sizes[] = {UINT64_MAX & ~0xffffull, 1ull << 63, 1ull << 50};
        struct source source;

        if (!type_can(type, VXM_RESOURCE_TYPE_MEMORY) || type->sizeIgnored) {
            continue;
        }
        source_open(device, type, VXM_RESOURCE_TYPE_MEMORY, &source);
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            VxmShared changed = source.shared;

            changed.memories[0].allocationSize = sizes[i];
            expect_refused(device, &changed, VK_ERROR_OUT_OF_DEVICE_MEMORY,
                           VXM_ERROR_REASON_UNSUPPORTED, "allocationSize");
        }
        source_close(&source);
    }
    cr_expect_eq(model_breach_count(), 0);
    vxmDestroyDevice(device);
}

Test(shared, host_range_beyond_all_addresses)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        struct source source;
        VxmShared changed;

        if (!type->pointer) {
            continue;
        }
        source_open(device, type, VXM_RESOURCE_TYPE_MEMORY, &source);
        changed = source.shared;
        changed.memories[0].handle.ptr = (void *)(UINTPTR_MAX & ~(uintptr_t)0xffff);
        changed.memories[0].allocationSize = 0x20000;
        expect_refused(device, &changed, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       VXM_ERROR_REASON_ARGUMENT, "handle.ptr");
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* A description that claims types which this device has for other resources only: what is made
 * here must not be made for them (00990). */
Test(shared, claimed_type_that_the_resource_cant_have_is_left_out)
{
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VxmMemoryCreateInfo info = contract_memory_info(type->type);
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    VxmShared shared;

    require(vxmCreateImage(device, &image, &info, &memory));
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
    shared.handleTypes = UINT32_MAX;
    /* Types that it could have, and hasn't, only the driver can tell. */
    (void)vxmImportMemory(device, &shared, NULL, &import);
    cr_expect_not(model_breach_contains("00990"));
    model_take_breaches();
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- types and handles that don't fit ---- */

Test(shared, type_of_another_system_or_not_there)
{
    VxmDevice device = contract_device();
    struct source source;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    for (uint32_t i = 0; i < backend_other_type_count; i++) {
        VxmShared changed = source.shared;

        contract_note("type 0x%x", backend_other_types[i]);
        changed.handleType = backend_other_types[i];
        changed.handleTypes = 0;
        changed.memories[0].handle.type = backend_other_types[i];
        expect_refused(device, &changed, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                       "system");
    }
    source_close(&source);
    vxmDestroyDevice(device);

    FOR_EACH_TYPE(type)
    {
        ModelConfig config = model_default_config();
        VxmDevice without;
        VxmShared changed;

        model_reset(NULL);
        device = contract_device();
        source_open(device, type, type_resource(type), &source);
        changed = source.shared;
        /* The payload would go with the model's reset: only the words matter here. */
        changed.memories[0].handle =
            (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type->type};
        source_close(&source);
        vxmDestroyDevice(device);
        model_drop_extension(&config.devices[0], type->extension);
        without = contract_device_with(&config);
        expect_refused(without, &changed, VK_ERROR_EXTENSION_NOT_PRESENT,
                       VXM_ERROR_REASON_UNSUPPORTED, type->extension);
        vxmDestroyDevice(without);
        expect_idle();
    }
}

Test(shared, handle_of_another_kind_or_type)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        struct source source;
        VxmShared changed;

        source_open(device, type, type_resource(type), &source);
        changed = source.shared;
        changed.memories[0].handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
        expect_refused(device, &changed, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       VXM_ERROR_REASON_ARGUMENT, "memories[0].handle");
        changed.memories[0].handle.kind = (VxmHandleKind)-1;
        expect_refused(device, &changed, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       VXM_ERROR_REASON_ARGUMENT, "memories[0].handle");
        changed = source.shared;
        changed.memories[0].handle.type <<= 1;
        expect_refused(device, &changed, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       VXM_ERROR_REASON_ARGUMENT, "memories[0].handle");
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* dedicated contradicts a type that never is, and an offset. */
Test(shared, dedicated_that_cant_be)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        struct source source;
        VxmShared changed;

        source_open(device, type, type_resource(type), &source);
        changed = source.shared;
        changed.dedicated = VK_TRUE;
        if (type->sizeZero) {
            source_close(&source);
            continue;
        }
        if (type->neverDedicated) {
            expect_argument(device, &changed, "dedicated");
        } else {
            changed.memories[0].offset = 256;
            expect_argument(device, &changed, "offset");
        }
        source_close(&source);
    }
    vxmDestroyDevice(device);
}
