/*
 * Images with DRM format modifiers: created, exported, imported, planned and wrapped.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/app.h"
#include "contract/plane_images.h"

TestSuite(planes, .init = contract_begin, .fini = contract_end);

#define RGBA   VK_FORMAT_R8G8B8A8_UNORM
#define LINEAR VXM_DRM_FORMAT_MOD_LINEAR

static const uint64_t tiled[] = {MODEL_MODIFIER_TILED};
static const uint64_t compressed[] = {MODEL_MODIFIER_COMPRESSED};
static const uint64_t linear[] = {LINEAR};

/* ---- creation ---- */

Test(planes, driver_takes_the_best_that_can_be_exported)
{
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;

    modifier_image(&image, RGBA, 64, 64);
    memory = planes_create(device, &image.info, type_modifier()->type);
    cr_expect(model_chain_contains(
        "vkCreateImage", VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT));
    cr_expect_eq(planes_modifier(memory), MODEL_MODIFIER_COMPRESSED);
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);

    /* What can be imported only isn't offered, although the driver has it first. */
    model_config()->devices[0].modifiers[0].features = VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
    memory = planes_create(device, &image.info, type_modifier()->type);
    cr_expect_eq(planes_modifier(memory), MODEL_MODIFIER_TILED);
    vxmDestroyMemory(memory);
    /* Nor what the usage rules out. */
    model_config()->devices[0].modifiers[0].features = VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT;
    image.info.usage = VK_IMAGE_USAGE_STORAGE_BIT;
    memory = planes_create(device, &image.info, type_modifier()->type);
    cr_expect_eq(planes_modifier(memory), MODEL_MODIFIER_TILED);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(planes, list_of_the_apps_is_kept_to)
{
    static const uint64_t mixed[] = {VXM_DRM_FORMAT_MOD_INVALID, LINEAR, MODEL_MODIFIER_STRANGE,
                                     MODEL_MODIFIER_IMPORT_ONLY, MODEL_MODIFIER_TILED};
    static const struct {
        uint32_t count;
        const uint64_t *modifiers;
        uint64_t expected;
        uint32_t planes;
    } cases[] = {
        {1, linear, LINEAR, 1},
        {1, tiled, MODEL_MODIFIER_TILED, 1},
        {1, compressed, MODEL_MODIFIER_COMPRESSED, 2},
        {5, mixed, MODEL_MODIFIER_TILED, 1},
        {2, mixed, LINEAR, 1},
    };
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct modifier_image image;
        VxmMemory memory;
        VxmMemoryInfo info;

        contract_note("list %zu", i);
        modifier_image(&image, RGBA, 64, 64);
        modifier_image_list(&image, cases[i].count, cases[i].modifiers);
        memory = planes_create(device, &image.info, type_modifier()->type);
        cr_expect_eq(planes_modifier(memory), cases[i].expected);
        require(vxmGetMemoryInfo(memory, &info));
        cr_expect_eq(info.planeCount, cases[i].planes);
        cr_expect_eq(info.memoryCount, 1);
        expect_planes_travel(device, memory);
        vxmDestroyMemory(memory);
        /* The app's own struct was not changed. */
        cr_expect_null(image.list.pNext);
        cr_expect_eq(image.list.drmFormatModifierCount, cases[i].count);
    }
    vxmDestroyDevice(device);
}

Test(planes, layouts_of_the_apps_are_kept_to)
{
    static const VkSubresourceLayout layouts[] = {{.offset = 128, .rowPitch = 192},
                                                  {.offset = 65536, .rowPitch = 256}};
    VxmDevice device = contract_device();
    struct modifier_image image;
    ModelImagePlanes planes;
    VxmMemory memory;

    modifier_image(&image, NV12, 128, 64);
    modifier_image_explicit(&image, LINEAR, 2, layouts);
    memory = planes_create(device, &image.info, type_modifier()->type);
    cr_expect_eq(planes_modifier(memory), LINEAR);
    cr_assert(model_image_planes(vxmGetVkImage(memory), &planes));
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(planes.planes[i].offset, layouts[i].offset);
        cr_expect_eq(planes.planes[i].rowPitch, layouts[i].rowPitch);
    }
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(planes, every_format_of_planes_travels)
{
    static const VkFormat formats[] = {RGBA, NV12, P010, YUV420, VK_FORMAT_R8_UNORM};
    static const uint64_t *const lists[] = {linear, tiled, compressed, NULL};
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        for (size_t j = 0; j < sizeof(lists) / sizeof(lists[0]); j++) {
            struct modifier_image image;
            VxmMemory memory;

            if (formats[i] == YUV420 && lists[j] == compressed) {
                continue; /* six planes */
            }
            contract_note("format %d, list %zu", (int)formats[i], j);
            modifier_image(&image, formats[i], 128, 64);
            if (lists[j] != NULL) {
                modifier_image_list(&image, 1, lists[j]);
            }
            memory = planes_create(device, &image.info, type_modifier()->type);
            expect_planes_travel(device, memory);
            vxmDestroyMemory(memory);
        }
    }
    vxmDestroyDevice(device);
}

Test(planes, levels_layers_and_slices_travel)
{
    VxmDevice device = contract_device();

    for (int i = 0; i < 4; i++) {
        struct modifier_image image;
        VxmMemory memory;
        VxmShared shared;

        contract_note("shape %d", i);
        modifier_image(&image, RGBA, 32, 32);
        modifier_image_list(&image, 1, tiled);
        if (i == 0) {
            image.info.mipLevels = 6;
        } else if (i == 1) {
            image.info.arrayLayers = 5;
        } else if (i == 2) {
            image.info.imageType = VK_IMAGE_TYPE_3D;
            image.info.extent.depth = 7;
        } else {
            image.info.mipLevels = 3;
            image.info.arrayLayers = 2;
        }
        memory = planes_create(device, &image.info, type_modifier()->type);
        planes_export(memory, type_modifier(), &shared);
        cr_expect_eq(shared.image.planes[0].arrayPitch != 0, image.info.arrayLayers > 1);
        cr_expect_eq(shared.image.planes[0].depthPitch != 0, image.info.extent.depth > 1);
        vxmCloseShared(&shared);
        expect_planes_travel(device, memory);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* 02353: the list must be there, and it travels beside the modifiers. */
Test(planes, mutable_format_takes_its_list_along)
{
    static const VkFormat views[] = {RGBA, VK_FORMAT_R8G8B8A8_SRGB};
    VkImageFormatListCreateInfo list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .viewFormatCount = 2,
        .pViewFormats = views,
    };
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;

    modifier_image(&image, RGBA, 64, 64);
    modifier_image_list(&image, 1, tiled);
    image.info.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    fill(memory);
    expect_error(vxmCreateImage(device, &image.info, &create, &memory),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "MUTABLE_FORMAT");
    expect_untouched(memory);
    image.list.pNext = &list;
    memory = planes_create(device, &image.info, type_modifier()->type);
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- round trips ---- */

Test(planes, description_survives_its_encoding_and_a_channel)
{
    unsigned char bytes[VXM_MAX_ENCODED_SIZE];
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmChannel channels[2];
    VxmMemory import = NULL;
    VxmMemory memory;
    VxmShared shared;
    VxmShared other;
    size_t size = 0;

    modifier_image(&image, NV12, 128, 64);
    modifier_image_list(&image, 1, compressed);
    memory = planes_create(device, &image.info, type_modifier()->type);
    planes_export(memory, type_modifier(), &shared);
    cr_expect_eq(shared.image.planeCount, 4);
    require(vxmEncodeShared(&shared, sizeof(bytes), bytes, &size));
    require(vxmDecodeShared(size, bytes, &other));
    cr_expect_eq(memcmp(&other.image, &shared.image, sizeof(other.image)), 0);
    cr_expect_eq(other.memories[0].handle.type, 0);

    require(vxmCreateChannelPair(channels));
    require(vxmSendMemory(channels[0], &shared, UINT64_MAX));
    require(vxmReceiveMemory(channels[1], &other, UINT64_MAX));
    cr_expect_eq(memcmp(&other.image, &shared.image, sizeof(other.image)), 0);
    require(vxmImportMemory(device, &other, NULL, &import));
    expect_same_planes(memory, import);
    vxmDestroyMemory(import);
    vxmCloseShared(&other);
    vxmCloseChannel(channels[0]);
    vxmCloseChannel(channels[1]);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Dma-bufs go to any device that has the modifier. */
Test(planes, another_device_imports)
{
    VxmDevice devices[2] = {contract_device(), contract_device_at(1)};
    struct modifier_image image;
    VxmMemory import = NULL;
    VxmMemory memory;
    VxmShared shared;

    modifier_image(&image, NV12, 128, 64);
    memory = planes_create(devices[0], &image.info, type_modifier()->type);
    planes_export(memory, type_modifier(), &shared);
    require(vxmImportMemory(devices[1], &shared, NULL, &import));
    expect_same_planes(memory, import);
    vxmDestroyMemory(import);
    model_config()->devices[1].modifiers[0].modifier = 0x0300000000000001;
    fill(import);
    expect_error(vxmImportMemory(devices[1], &shared, NULL, &import), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "0x7f00000000000001");
    expect_untouched(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(devices[0]);
    vxmDestroyDevice(devices[1]);
}

/* An opaque type takes the modifier along too: both images must be the same (01878). */
Test(planes, opaque_type_pins_the_modifier)
{
    const struct backend_type *type = backend_opaque_type();
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory import = NULL;
    VxmMemory memory;
    VxmShared shared;

    modifier_image(&image, NV12, 128, 64);
    memory = planes_create(device, &image.info, type->type);
    require(vxmExportMemory(memory, type_bit(type), &shared));
    cr_expect(shared.dedicated);
    require(vxmImportMemory(device, &shared, NULL, &import));
    expect_same_planes(memory, import);
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- an app that creates and allocates itself ---- */

Test(planes, plan_names_the_modifiers)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    VxmDevice device = contract_device();
    struct modifier_image image;
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmPlan plan;

    modifier_image(&image, NV12, 128, 64);
    modifier_image_list(&image, 1, tiled);
    require(vxmPlanImage(device, &image.info, &create, &plan));
    cr_expect_eq(plan.memoryCount, 1);
    cr_expect_eq(plan.memories[0].planeAspect, 0);
    cr_expect_eq(model_live_objects(MODEL_IMAGE), 0);
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    cr_expect_eq(planes_modifier(memory), MODEL_MODIFIER_TILED);
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Without a list the plan pins nothing: the driver takes the same for the app's image. */
Test(planes, plan_without_a_list)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    VxmDevice device = contract_device();
    struct modifier_image image;
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmPlan plan;

    modifier_image(&image, RGBA, 64, 64);
    require(vxmPlanImage(device, &image.info, &create, &plan));
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    cr_expect_eq(planes_modifier(memory), MODEL_MODIFIER_COMPRESSED);
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* The driver took one for the plan; it isn't asked to choose again for the app's image. */
Test(planes, plan_pins_what_the_driver_took)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    ModelModifier *modifiers = model_config()->devices[0].modifiers;
    VxmDevice device = contract_device();
    struct modifier_image image;
    struct made made = {0};
    VxmMemory memory = NULL;
    ModelModifier first;
    VxmPlan plan;

    modifier_image(&image, RGBA, 64, 64);
    require(vxmPlanImage(device, &image.info, &create, &plan));
    first = modifiers[0];
    modifiers[0] = modifiers[1];
    modifiers[1] = first;
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    cr_expect_eq(planes_modifier(memory), MODEL_MODIFIER_COMPRESSED);
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(planes, plan_of_an_import_pins_the_layout)
{
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    VxmDevice device = contract_device();
    struct made made = {0};
    VxmMemory memory = NULL;
    ModelImagePlanes planes;
    struct frame frame;
    VxmPlan plan;

    frame_open(&frame, NV12, 64, 64, 1, 16384);
    frame.shared.image.planes[1].offset = 8192;
    require(vxmPlanImport(device, &frame.shared, NULL, &plan));
    cr_expect_eq(plan.memoryCount, 1);
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    cr_assert(model_image_planes(vxmGetVkImage(memory), &planes));
    cr_expect_eq(planes.planes[1].offset, 8192);
    cr_expect_eq(planes.planes[1].rowPitch, 64);
    cr_expect_eq(planes_modifier(memory), LINEAR);
    vxmDestroyMemory(memory);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

static VkImage make_own(VxmDevice device, const struct modifier_image *image, uint32_t handleType,
                        VkMemoryRequirements *requirements)
{
    PFN_vkCreateImage create = (PFN_vkCreateImage)contract_command(device, "vkCreateImage");
    PFN_vkGetImageMemoryRequirements ask =
        (PFN_vkGetImageMemoryRequirements)contract_command(device, "vkGetImageMemoryRequirements");
    VkExternalMemoryImageCreateInfo external = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO,
        .pNext = image->info.pNext,
        .handleTypes = handleType,
    };
    VkImageCreateInfo info = image->info;
    VkImage made = VK_NULL_HANDLE;

    info.pNext = &external;
    require(create(contract_vk_device(device), &info, NULL, &made));
    ask(contract_vk_device(device), made, requirements);
    return made;
}

/* Bound behind something else: a plane's offset counts from the allocation's begin. */
Test(planes, wrapped_image_in_the_middle_of_an_allocation)
{
    const struct backend_type *type = type_modifier();
    PFN_vkBindImageMemory bind;
    struct modifier_image image;
    VxmMemoryWrapInfo wrap = {.takeObjects = VK_TRUE, .memoryCount = 1};
    VxmMemoryCreateInfo create = contract_memory_info(type->type);
    VxmDevice device = contract_device();
    VkMemoryRequirements requirements;
    VxmMemory block = NULL;
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    VxmMemoryInfo info;
    VxmShared shared;

    bind = (PFN_vkBindImageMemory)contract_command(device, "vkBindImageMemory");
    modifier_image(&image, NV12, 64, 64);
    modifier_image_list(&image, 1, linear);
    wrap.image = make_own(device, &image, type->type, &requirements);
    create.memoryTypeBits = requirements.memoryTypeBits;
    require(vxmCreateMemory(device, requirements.size + 8192, &create, &block));
    require(vxmGetMemoryInfo(block, &info));
    require(bind(contract_vk_device(device), wrap.image, info.memories[0].memory, 4096));
    wrap.takeObjects = VK_FALSE;
    wrap.imageCreateInfo = &image.info;
    wrap.handleTypes = type->type;
    wrap.memories[0] = (VxmWrappedMemory){.memory = info.memories[0].memory,
                                          .allocationSize = info.memories[0].allocationSize,
                                          .offset = 4096,
                                          .memoryTypeIndex = info.memories[0].memoryTypeIndex};
    require(vxmWrapMemory(device, &wrap, &memory));
    cr_expect_eq(planes_modifier(memory), LINEAR);
    planes_export(memory, type, &shared);
    cr_expect_eq(shared.memories[0].offset, 4096);
    cr_expect_eq(shared.image.planes[0].offset, 4096);
    require(vxmImportMemory(device, &shared, NULL, &import));
    expect_same_planes(memory, import);
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    ((PFN_vkDestroyImage)contract_command(device, "vkDestroyImage"))(contract_vk_device(device),
                                                                     wrap.image, NULL);
    vxmDestroyMemory(block);
    vxmDestroyDevice(device);
}
