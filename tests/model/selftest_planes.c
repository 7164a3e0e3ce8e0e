/*
 * Self-test of the rules on planes: DRM format modifiers, layouts of the app's own, and disjoint
 * images.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "selftest.h"

#include <string.h>

#define OPAQUE  VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define NV12    VK_FORMAT_G8_B8R8_2PLANE_420_UNORM
#define REFUSED VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT

/* A create-info with its chain; its parts point at each other. */
struct image {
    VkSubresourceLayout layouts[4];
    uint64_t modifiers[4];
    VkImageDrmFormatModifierExplicitCreateInfoEXT explicit;
    VkImageDrmFormatModifierListCreateInfoEXT list;
    VkExternalMemoryImageCreateInfo external;
    VkImageCreateInfo info;
};

static void describe(struct image *image, VkImageTiling tiling, VkFormat format)
{
    memset(image, 0, sizeof *image);
    image->explicit.sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT;
    image->explicit.pPlaneLayouts = image->layouts;
    image->list.sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT;
    image->list.pDrmFormatModifiers = image->modifiers;
    image->external.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO;
    image->external.handleTypes =
        tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT ? DMA_BUF : OPAQUE;
    image->info.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
    image->info.pNext = &image->external;
    image->info.imageType = VK_IMAGE_TYPE_2D;
    image->info.format = format;
    image->info.extent = (VkExtent3D){64, 64, 1};
    image->info.mipLevels = image->info.arrayLayers = 1;
    image->info.samples = VK_SAMPLE_COUNT_1_BIT;
    image->info.tiling = tiling;
    image->info.usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT;
}

static void describe_list(struct image *image, VkFormat format, uint64_t modifier)
{
    describe(image, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT, format);
    image->external.pNext = &image->list;
    image->list.drmFormatModifierCount = 1;
    image->modifiers[0] = modifier;
}

static void describe_explicit(struct image *image, VkFormat format, uint64_t modifier,
                              uint32_t planes)
{
    describe(image, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT, format);
    image->external.pNext = &image->explicit;
    image->explicit.drmFormatModifier = modifier;
    image->explicit.drmFormatModifierPlaneCount = planes;
}

static VkResult create(const struct image *image, VkImage *made)
{
    return DEVICE_CALL(CreateImage)(context.device, &image->info, NULL, made);
}

static void destroy(VkImage image)
{
    DEVICE_CALL(DestroyImage)(context.device, image, NULL);
}

/* Created, and destroyed again. */
static bool works(const struct image *image)
{
    VkImage made = VK_NULL_HANDLE;
    bool fine = create(image, &made) == VK_SUCCESS;

    if (fine)
        destroy(made);
    return fine;
}

#define EXPECT_REFUSED(image, rule)                                                                \
    do {                                                                                           \
        CHECK(!works(image));                                                                      \
        EXPECT_BREACH(rule);                                                                       \
    } while (0)

static uint64_t modifier_of(VkImage image)
{
    VkImageDrmFormatModifierPropertiesEXT properties = {
        VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_PROPERTIES_EXT, NULL, ~0ull};

    CHECK(DEVICE_CALL(GetImageDrmFormatModifierPropertiesEXT)(context.device, image, &properties) ==
          VK_SUCCESS);
    return properties.drmFormatModifier;
}

static VkSubresourceLayout layout_of(VkImage image, VkImageAspectFlags aspect)
{
    VkImageSubresource subresource = {aspect, 0, 0};
    VkSubresourceLayout layout = {0, 0, 0, 0, 0};

    DEVICE_CALL(GetImageSubresourceLayout)(context.device, image, &subresource, &layout);
    return layout;
}

static VkDeviceSize size_of(VkImage image, VkImageAspectFlags aspect)
{
    VkImagePlaneMemoryRequirementsInfo plane = {
        VK_STRUCTURE_TYPE_IMAGE_PLANE_MEMORY_REQUIREMENTS_INFO, NULL,
        (VkImageAspectFlagBits)aspect};
    VkImageMemoryRequirementsInfo2 question = {VK_STRUCTURE_TYPE_IMAGE_MEMORY_REQUIREMENTS_INFO_2,
                                               aspect ? &plane : NULL, image};
    VkMemoryRequirements2 requirements = {VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2, NULL, {0, 0, 0}};

    DEVICE_CALL(GetImageMemoryRequirements2)(context.device, &question, &requirements);
    return requirements.memoryRequirements.size;
}

/* ---- modifiers ---- */

static void lists(void)
{
    struct image image;
    VkImage made;

    begin(NULL);
    describe_list(&image, VK_FORMAT_R8G8B8A8_UNORM, 0);
    CHECK(create(&image, &made) == VK_SUCCESS);
    CHECK(modifier_of(made) == 0);
    destroy(made);
    /* The driver's order, not the app's. */
    image.list.drmFormatModifierCount = 3;
    image.modifiers[1] = MODEL_MODIFIER_TILED;
    image.modifiers[2] = MODEL_MODIFIER_COMPRESSED;
    CHECK(create(&image, &made) == VK_SUCCESS);
    CHECK(modifier_of(made) == MODEL_MODIFIER_COMPRESSED);
    CHECK(layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT).offset == 0);
    CHECK(layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_1_BIT_EXT).offset == 32768);
    layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_2_BIT_EXT);
    EXPECT_BREACH("02271");
    layout_of(made, VK_IMAGE_ASPECT_COLOR_BIT);
    EXPECT_BREACH("02271");
    destroy(made);
    model_config()->habits.strangeModifier = true;
    CHECK(create(&image, &made) == VK_SUCCESS);
    CHECK(modifier_of(made) == MODEL_MODIFIER_STRANGE);
    destroy(made);
    image.modifiers[1] = MODEL_MODIFIER_STRANGE;
    EXPECT_REFUSED(&image, "02263");
    image.list.drmFormatModifierCount = 0;
    EXPECT_REFUSED(&image, "drmFormatModifierCount");
    image.list.drmFormatModifierCount = 1;
    image.list.pNext = &image.explicit;
    EXPECT_REFUSED(&image, "02261");
    image.external.pNext = NULL;
    EXPECT_REFUSED(&image, "02261");
    image.external.pNext = &image.list;
    image.list.pNext = NULL;
    image.info.tiling = VK_IMAGE_TILING_LINEAR;
    EXPECT_REFUSED(&image, "02262");
    image.info.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    image.info.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    EXPECT_REFUSED(&image, "02353");
    end();
}

/* What a modifier is not for. */
static void unfit(void)
{
    struct image image;

    begin(NULL);
    describe_list(&image, VK_FORMAT_R8G8B8A8_UNORM, MODEL_MODIFIER_COMPRESSED);
    image.info.usage = VK_IMAGE_USAGE_STORAGE_BIT;
    EXPECT_REFUSED(&image, "02263");
    image.info.usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    image.info.mipLevels = 2;
    EXPECT_REFUSED(&image, "02263");
    image.info.mipLevels = 1;
    image.info.arrayLayers = 2;
    EXPECT_REFUSED(&image, "02263");
    image.info.arrayLayers = 1;
    image.info.samples = VK_SAMPLE_COUNT_4_BIT;
    EXPECT_REFUSED(&image, "02263");
    image.info.samples = VK_SAMPLE_COUNT_1_BIT;
    image.info.imageType = VK_IMAGE_TYPE_3D;
    EXPECT_REFUSED(&image, "02263");
    describe_list(&image, VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM, MODEL_MODIFIER_COMPRESSED);
    EXPECT_REFUSED(&image, "02263");
    describe_list(&image, NV12, MODEL_MODIFIER_COMPRESSED);
    CHECK(works(&image));
    image.info.flags = VK_IMAGE_CREATE_DISJOINT_BIT;
    EXPECT_REFUSED(&image, "02263");
    model_config()->devices[0].modifiers[0].features = 0;
    image.info.flags = 0;
    EXPECT_REFUSED(&image, "02263");
    end();
}

static void explicit_layouts(void)
{
    struct image image;
    VkImage made;

    begin(NULL);
    describe_explicit(&image, VK_FORMAT_R8G8B8A8_UNORM, 0, 1);
    image.layouts[0].rowPitch = 320;
    image.layouts[0].offset = 64;
    CHECK(create(&image, &made) == VK_SUCCESS);
    CHECK(layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT).rowPitch == 320);
    CHECK(layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT).offset == 64);
    CHECK(layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT).size == 320 * 64);
    CHECK(size_of(made, 0) == 64 + 320 * 64);
    destroy(made);
    model_config()->habits.explicitPadding = 4096;
    CHECK(create(&image, &made) == VK_SUCCESS);
    CHECK(size_of(made, 0) == 64 + 320 * 64 + 4096);
    destroy(made);
    image.explicit.drmFormatModifier = MODEL_MODIFIER_STRANGE;
    EXPECT_REFUSED(&image, "02264");
    image.explicit.drmFormatModifier = 0;
    image.explicit.drmFormatModifierPlaneCount = 2;
    EXPECT_REFUSED(&image, "02265");
    image.explicit.drmFormatModifierPlaneCount = 1;
    image.layouts[0].size = 1;
    EXPECT_REFUSED(&image, "02267");
    image.layouts[0].size = 0;
    image.layouts[0].arrayPitch = 320 * 64;
    EXPECT_REFUSED(&image, "02268");
    image.layouts[0].arrayPitch = 0;
    image.layouts[0].depthPitch = 320 * 64;
    EXPECT_REFUSED(&image, "02269");
    end();
}

/* What no rule of the specification forbids, and the driver can't do. */
static void refused_layouts(void)
{
    struct image image;
    VkImage made = VK_NULL_HANDLE;

    begin(NULL);
    describe_explicit(&image, VK_FORMAT_R8G8B8A8_UNORM, 0, 1);
    image.layouts[0].rowPitch = 192;
    CHECK(create(&image, &made) == REFUSED);
    image.layouts[0].rowPitch = 260;
    CHECK(create(&image, &made) == REFUSED);
    image.layouts[0].rowPitch = 320;
    image.layouts[0].offset = 4;
    CHECK(create(&image, &made) == REFUSED);
    image.layouts[0].offset = UINT64_MAX - 63;
    CHECK(create(&image, &made) == REFUSED);
    image.layouts[0].offset = 0;
    CHECK(works(&image));
    model_config()->devices[0].modifiers[3].rowPitchAlignment = 256;
    CHECK(create(&image, &made) == REFUSED);
    model_config()->devices[0].modifiers[3].rowPitchAlignment = 64;
    describe_explicit(&image, NV12, 0, 2);
    image.layouts[0].rowPitch = image.layouts[1].rowPitch = 64;
    image.layouts[1].offset = 64 * 63;
    CHECK(create(&image, &made) == REFUSED);
    image.layouts[1].offset = 64 * 64;
    CHECK(works(&image));
    CHECK(model_breach_count() == 0);
    end();
}

/* Layers, levels and slices. */
static void pitches(void)
{
    struct image image;
    VkImage made;

    begin(NULL);
    describe_explicit(&image, VK_FORMAT_R8G8B8A8_UNORM, MODEL_MODIFIER_TILED, 1);
    image.layouts[0].rowPitch = 512;
    image.info.arrayLayers = 3;
    CHECK(create(&image, &made) == REFUSED);
    image.layouts[0].arrayPitch = 40960;
    CHECK(create(&image, &made) == VK_SUCCESS);
    CHECK(layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT).arrayPitch == 40960);
    CHECK(size_of(made, 0) == 2 * 40960 + 32768);
    destroy(made);
    image.info.arrayLayers = 1;
    image.layouts[0].arrayPitch = 0;
    image.info.mipLevels = 2;
    CHECK(create(&image, &made) == VK_SUCCESS);
    CHECK(size_of(made, 0) == 32768 + 16384);
    destroy(made);
    image.info.mipLevels = 1;
    image.info.imageType = VK_IMAGE_TYPE_3D;
    image.info.extent.depth = 3;
    CHECK(create(&image, &made) == REFUSED);
    image.layouts[0].depthPitch = 32768;
    CHECK(create(&image, &made) == VK_SUCCESS);
    CHECK(layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT).depthPitch == 32768);
    CHECK(size_of(made, 0) == 3 * 32768);
    destroy(made);
    end();
}

static void modifier_questions(void)
{
    VkDrmFormatModifierPropertiesEXT properties[4];
    VkDrmFormatModifierProperties2EXT properties2[4];
    VkDrmFormatModifierPropertiesListEXT list = {
        VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_EXT, NULL, 0, NULL};
    VkDrmFormatModifierPropertiesList2EXT list2 = {
        VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_2_EXT, &list, 0, NULL};
    VkFormatProperties2 format = {VK_STRUCTURE_TYPE_FORMAT_PROPERTIES_2, &list2, {0, 0, 0}};
    VkPhysicalDeviceImageDrmFormatModifierInfoEXT modifier = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_DRM_FORMAT_MODIFIER_INFO_EXT,
        .drmFormatModifier = MODEL_MODIFIER_IMPORT_ONLY};
    VkPhysicalDeviceExternalImageFormatInfo external = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_IMAGE_FORMAT_INFO, &modifier, DMA_BUF};
    VkPhysicalDeviceImageFormatInfo2 info = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_FORMAT_INFO_2,
        .pNext = &external,
        .format = VK_FORMAT_R8G8B8A8_UNORM,
        .type = VK_IMAGE_TYPE_2D,
        .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
        .usage = VK_IMAGE_USAGE_SAMPLED_BIT};
    VkExternalImageFormatProperties answer = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_IMAGE_FORMAT_PROPERTIES};
    VkImageFormatProperties2 image = {.sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_PROPERTIES_2,
                                      .pNext = &answer};

    begin(NULL);
    INSTANCE_CALL(GetPhysicalDeviceFormatProperties2)
    (context.physical[0], NV12, &format);
    CHECK(list.drmFormatModifierCount == 4 && list2.drmFormatModifierCount == 4);
    list.pDrmFormatModifierProperties = properties;
    list2.pDrmFormatModifierProperties = properties2;
    list.drmFormatModifierCount = 1;
    INSTANCE_CALL(GetPhysicalDeviceFormatProperties2)
    (context.physical[0], NV12, &format);
    CHECK(list.drmFormatModifierCount == 1 && list2.drmFormatModifierCount == 4);
    CHECK(properties[0].drmFormatModifier == MODEL_MODIFIER_COMPRESSED);
    CHECK(properties[0].drmFormatModifierPlaneCount == 4);
    CHECK(!(properties[0].drmFormatModifierTilingFeatures & VK_FORMAT_FEATURE_DISJOINT_BIT));
    CHECK(properties2[3].drmFormatModifier == 0);
    CHECK(properties2[3].drmFormatModifierPlaneCount == 2);
    CHECK(properties2[3].drmFormatModifierTilingFeatures & VK_FORMAT_FEATURE_2_DISJOINT_BIT);
    /* Three planes would be six with that modifier. */
    list.pDrmFormatModifierProperties = NULL;
    INSTANCE_CALL(GetPhysicalDeviceFormatProperties2)
    (context.physical[0], VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM, &format);
    CHECK(list.drmFormatModifierCount == 3);

    CHECK(INSTANCE_CALL(GetPhysicalDeviceImageFormatProperties2)(context.physical[0], &info,
                                                                 &image) == VK_SUCCESS);
    CHECK(answer.externalMemoryProperties.externalMemoryFeatures ==
          VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT);
    modifier.drmFormatModifier = MODEL_MODIFIER_TILED;
    CHECK(INSTANCE_CALL(GetPhysicalDeviceImageFormatProperties2)(context.physical[0], &info,
                                                                 &image) == VK_SUCCESS);
    CHECK(image.imageFormatProperties.maxMipLevels == 15);
    modifier.drmFormatModifier = MODEL_MODIFIER_STRANGE;
    CHECK(INSTANCE_CALL(GetPhysicalDeviceImageFormatProperties2)(
              context.physical[0], &info, &image) == VK_ERROR_FORMAT_NOT_SUPPORTED);
    modifier.drmFormatModifier = MODEL_MODIFIER_COMPRESSED;
    info.usage = VK_IMAGE_USAGE_STORAGE_BIT;
    CHECK(INSTANCE_CALL(GetPhysicalDeviceImageFormatProperties2)(
              context.physical[0], &info, &image) == VK_ERROR_FORMAT_NOT_SUPPORTED);
    model_config()->devices[0].modifiers[2].features = 0;
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT;
    modifier.drmFormatModifier = MODEL_MODIFIER_IMPORT_ONLY;
    CHECK(INSTANCE_CALL(GetPhysicalDeviceImageFormatProperties2)(
              context.physical[0], &info, &image) == VK_ERROR_FORMAT_NOT_SUPPORTED);
    CHECK(model_breach_count() == 0);
    model_drop_extension(&model_config()->devices[0], "VK_EXT_image_drm_format_modifier");
    INSTANCE_CALL(GetPhysicalDeviceFormatProperties2)
    (context.physical[0], NV12, &format);
    EXPECT_BREACH("pNext");
    end();
}

/* An image's own layouts are no question without it. */
static void device_requirements(void)
{
    struct image image;
    VkDeviceImageMemoryRequirements question = {VK_STRUCTURE_TYPE_DEVICE_IMAGE_MEMORY_REQUIREMENTS,
                                                NULL, &image.info, 0};
    VkMemoryRequirements2 requirements = {VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2, NULL, {0, 0, 0}};

    begin(NULL);
    describe_list(&image, VK_FORMAT_R8G8B8A8_UNORM, 0);
    DEVICE_CALL(GetDeviceImageMemoryRequirements)(context.device, &question, &requirements);
    CHECK(requirements.memoryRequirements.size == 16384);
    describe_explicit(&image, VK_FORMAT_R8G8B8A8_UNORM, 0, 1);
    DEVICE_CALL(GetDeviceImageMemoryRequirements)(context.device, &question, &requirements);
    EXPECT_BREACH("06776");
    end();
}

/* ---- formats of several planes ---- */

static void planar(void)
{
    struct image image;

    begin(NULL);
    describe(&image, VK_IMAGE_TILING_LINEAR, NV12);
    CHECK(works(&image));
    image.info.extent.width = 63;
    EXPECT_REFUSED(&image, "04712");
    image.info.extent.width = 64;
    image.info.extent.height = 63;
    EXPECT_REFUSED(&image, "04713");
    image.info.extent.height = 64;
    image.info.mipLevels = 2;
    EXPECT_REFUSED(&image, "06410");
    image.info.mipLevels = 1;
    image.info.samples = VK_SAMPLE_COUNT_4_BIT;
    EXPECT_REFUSED(&image, "06411");
    image.info.samples = VK_SAMPLE_COUNT_1_BIT;
    image.info.imageType = VK_IMAGE_TYPE_3D;
    EXPECT_REFUSED(&image, "06412");
    image.info.imageType = VK_IMAGE_TYPE_2D;
    image.info.arrayLayers = 2;
    EXPECT_REFUSED(&image, "06413");
    describe(&image, VK_IMAGE_TILING_LINEAR, VK_FORMAT_R8G8B8A8_UNORM);
    image.info.flags = VK_IMAGE_CREATE_DISJOINT_BIT;
    EXPECT_REFUSED(&image, "01577");
    end();
}

static void bind_planes(VkImage image, VkImageAspectFlags first, uint32_t count,
                        const VkDeviceMemory *memories, VkResult expected)
{
    VkBindImagePlaneMemoryInfo planes[3];
    VkBindImageMemoryInfo binds[3];

    for (uint32_t i = 0; i < count; i++) {
        planes[i] = (VkBindImagePlaneMemoryInfo){VK_STRUCTURE_TYPE_BIND_IMAGE_PLANE_MEMORY_INFO,
                                                 NULL, (VkImageAspectFlagBits)(first << i)};
        binds[i] = (VkBindImageMemoryInfo){VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO, &planes[i],
                                           image, memories[i], 0};
    }
    CHECK(DEVICE_CALL(BindImageMemory2)(context.device, count, binds) == expected);
}

static void disjoint(void)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         OPAQUE};
    VkMemoryDedicatedAllocateInfo dedicated = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
                                               &export, VK_NULL_HANDLE, VK_NULL_HANDLE};
    VkDeviceMemory memories[2], memory;
    ModelImagePlanes planes;
    struct image image;
    VkImage made;

    begin(NULL);
    describe(&image, VK_IMAGE_TILING_LINEAR, NV12);
    CHECK(create(&image, &made) == VK_SUCCESS);
    size_of(made, VK_IMAGE_ASPECT_PLANE_0_BIT);
    EXPECT_BREACH("01590");
    destroy(made);
    image.info.flags = VK_IMAGE_CREATE_DISJOINT_BIT;
    CHECK(create(&image, &made) == VK_SUCCESS);
    size_of(made, 0);
    EXPECT_BREACH("01589");
    size_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT);
    EXPECT_BREACH("02281");
    CHECK(size_of(made, VK_IMAGE_ASPECT_PLANE_0_BIT) == 16384);
    CHECK(size_of(made, VK_IMAGE_ASPECT_PLANE_1_BIT) == 8192);
    /* Each plane's offset is from its own memory's begin. */
    CHECK(layout_of(made, VK_IMAGE_ASPECT_PLANE_1_BIT).offset == 0);
    layout_of(made, VK_IMAGE_ASPECT_COLOR_BIT);
    EXPECT_BREACH("01581");
    dedicated.image = made;
    CHECK(allocate(context.device, 8192, 2, &dedicated, &memory) < 0);
    EXPECT_BREACH("01797");
    CHECK(allocate(context.device, 16384, 2, &export, &memories[0]) == VK_SUCCESS);
    CHECK(allocate(context.device, 8192, 2, &export, &memories[1]) == VK_SUCCESS);
    CHECK(DEVICE_CALL(BindImageMemory)(context.device, made, memories[0], 0) < 0);
    EXPECT_BREACH("07736");
    bind_planes(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT, 2, memories, VK_ERROR_UNKNOWN);
    EXPECT_BREACH("02283");
    bind_planes(made, VK_IMAGE_ASPECT_PLANE_0_BIT, 1, memories, VK_SUCCESS);
    EXPECT_BREACH("02858");
    bind_planes(made, VK_IMAGE_ASPECT_PLANE_0_BIT, 2, memories, VK_ERROR_UNKNOWN);
    EXPECT_BREACH("01044");
    destroy(made);
    CHECK(create(&image, &made) == VK_SUCCESS);
    bind_planes(made, VK_IMAGE_ASPECT_PLANE_0_BIT, 2, memories, VK_SUCCESS);
    CHECK(model_image_planes(made, &planes));
    CHECK(planes.planeCount == 2 && planes.planes[0].memory == memories[0] &&
          planes.planes[1].memory == memories[1]);
    destroy(made);
    CHECK(!model_image_planes(made, &planes));
    DEVICE_CALL(FreeMemory)(context.device, memories[0], NULL);
    DEVICE_CALL(FreeMemory)(context.device, memories[1], NULL);
    end();
}

/* The same with a modifier, whose memory planes have aspects of their own. */
static void disjoint_modifier(void)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         DMA_BUF};
    VkDeviceMemory memories[2];
    struct image image;
    VkImage made;

    begin(NULL);
    describe_explicit(&image, NV12, 0, 2);
    image.info.flags = VK_IMAGE_CREATE_DISJOINT_BIT;
    image.layouts[0].rowPitch = image.layouts[1].rowPitch = 64;
    /* No overlap: each plane's offset is from its own memory's begin. */
    image.layouts[1].offset = 128;
    CHECK(create(&image, &made) == VK_SUCCESS);
    size_of(made, 0);
    EXPECT_BREACH("02279");
    size_of(made, VK_IMAGE_ASPECT_PLANE_0_BIT);
    EXPECT_BREACH("02282");
    CHECK(size_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT) == 4096);
    CHECK(size_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_1_BIT_EXT) == 128 + 2048);
    CHECK(layout_of(made, VK_IMAGE_ASPECT_MEMORY_PLANE_1_BIT_EXT).offset == 128);
    CHECK(allocate(context.device, 4096, 2, &export, &memories[0]) == VK_SUCCESS);
    CHECK(allocate(context.device, 2048, 2, &export, &memories[1]) == VK_SUCCESS);
    bind_planes(made, VK_IMAGE_ASPECT_PLANE_0_BIT, 2, memories, VK_ERROR_UNKNOWN);
    EXPECT_BREACH("02284");
    bind_planes(made, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT, 2, memories, VK_ERROR_UNKNOWN);
    EXPECT_BREACH("01617");
    destroy(made);
    DEVICE_CALL(FreeMemory)(context.device, memories[0], NULL);
    DEVICE_CALL(FreeMemory)(context.device, memories[1], NULL);
    end();
}

void test_planes(void)
{
    lists();
    unfit();
    explicit_layouts();
    refused_layouts();
    pitches();
    modifier_questions();
    device_requirements();
    planar();
    disjoint();
    disjoint_modifier();
}
