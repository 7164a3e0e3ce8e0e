/*
 * Images of several planes, with DRM format modifiers or a memory for each plane.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/plane_images.h"

const struct backend_type *type_modifier(void)
{
    const ModelConfig config = model_default_config();

    for (size_t i = 0; i < MODEL_MAX_EXTENSIONS && config.devices[0].extensions[i] != NULL; i++) {
        if (strcmp(config.devices[0].extensions[i],
                   VK_EXT_IMAGE_DRM_FORMAT_MODIFIER_EXTENSION_NAME) == 0) {
            return backend_loose_type();
        }
    }
    return NULL;
}

bool type_can_be_disjoint(const struct backend_type *type)
{
    return type_can(type, VXM_RESOURCE_TYPE_IMAGE) && !type->dedicatedRequired && !type->sizeZero &&
           !type->atCreation && !type->nativeFirst;
}

VkImageCreateInfo disjoint_info(const struct backend_type *type)
{
    VkImageCreateInfo info = contract_image_info(64, 128);

    info.format = NV12;
    info.flags = VK_IMAGE_CREATE_DISJOINT_BIT;
    info.tiling = type_tiling(type);
    return info;
}

/* ---- create-infos ---- */

void modifier_image(struct modifier_image *image, VkFormat format, uint32_t width, uint32_t height)
{
    *image = (struct modifier_image){.info = contract_image_info(width, height)};
    image->info.format = format;
    image->info.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
}

void modifier_image_list(struct modifier_image *image, uint32_t count, const uint64_t *modifiers)
{
    cr_assert_leq(count, sizeof(image->modifiers) / sizeof(image->modifiers[0]));
    memcpy(image->modifiers, modifiers, count * sizeof(*modifiers));
    image->list = (VkImageDrmFormatModifierListCreateInfoEXT){
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = count,
        .pDrmFormatModifiers = image->modifiers,
    };
    image->info.pNext = &image->list;
}

void modifier_image_explicit(struct modifier_image *image, uint64_t modifier, uint32_t planeCount,
                             const VkSubresourceLayout *layouts)
{
    memcpy(image->layouts, layouts, planeCount * sizeof(*layouts));
    image->explicit = (VkImageDrmFormatModifierExplicitCreateInfoEXT){
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT,
        .drmFormatModifier = modifier,
        .drmFormatModifierPlaneCount = planeCount,
        .pPlaneLayouts = image->layouts,
    };
    image->info.pNext = &image->explicit;
}

VxmMemory planes_create(VxmDevice device, const VkImageCreateInfo *info, uint32_t handleType)
{
    VxmMemoryCreateInfo create = contract_memory_info(handleType);
    VxmMemory memory = NULL;

    require(vxmCreateImage(device, info, &create, &memory));
    cr_assert_not_null(memory);
    return memory;
}

void planes_export(VxmMemory memory, const struct backend_type *type, VxmShared *shared)
{
    require(vxmExportMemory(memory, type_bit(type), shared));
}

/* ---- what came of it ---- */

static void expect_plane(const ModelImagePlanes *a, const ModelImagePlanes *b, uint32_t index)
{
    unsigned char *dataA = model_memory_data(a->planes[index].memory);
    unsigned char *dataB = model_memory_data(b->planes[index].memory);
    uint64_t atA = a->planes[index].memoryOffset + a->planes[index].offset;
    uint64_t atB = b->planes[index].memoryOffset + b->planes[index].offset;

    cr_assert_not_null(dataA, "plane %u of the first image is not bound", index);
    cr_assert_not_null(dataB, "plane %u of the second image is not bound", index);
    cr_expect_eq(atA, atB, "plane %u is at %llu and at %llu", index, (unsigned long long)atA,
                 (unsigned long long)atB);
    cr_expect_eq(a->planes[index].rowPitch, b->planes[index].rowPitch);
    dataA[atA] = (unsigned char)(31 + index);
    cr_expect_eq(dataB[atB], 31 + index, "plane %u is other memory", index);
}

void expect_same_planes(VxmMemory a, VxmMemory b)
{
    ModelImagePlanes planesA;
    ModelImagePlanes planesB;

    cr_assert(model_image_planes(vxmGetVkImage(a), &planesA));
    cr_assert(model_image_planes(vxmGetVkImage(b), &planesB));
    cr_expect_eq(planesA.modifier, planesB.modifier);
    cr_assert_eq(planesA.planeCount, planesB.planeCount);
    for (uint32_t i = 0; i < planesA.planeCount; i++) {
        expect_plane(&planesA, &planesB, i);
    }
}

uint64_t planes_modifier(VxmMemory memory)
{
    ModelImagePlanes planes;
    VxmMemoryInfo info;

    cr_assert(model_image_planes(vxmGetVkImage(memory), &planes));
    require(vxmGetMemoryInfo(memory, &info));
    cr_expect_eq(info.drmFormatModifier, planes.modifier);
    cr_expect_eq(info.planeCount, planes.planeCount);
    for (uint32_t i = 0; i < info.planeCount && i < planes.planeCount; i++) {
        cr_expect_eq(info.planes[i].offset,
                     planes.planes[i].memoryOffset + planes.planes[i].offset);
        cr_expect_eq(info.planes[i].rowPitch, planes.planes[i].rowPitch);
    }
    return planes.modifier;
}

void expect_planes_travel(VxmDevice device, VxmMemory memory)
{
    const struct backend_type *type = type_modifier();
    VxmImportInfo info = {.reexportHandleTypes = type->type};
    VxmMemory import = NULL;
    VxmShared shared;
    VxmShared again;

    planes_export(memory, type, &shared);
    cr_expect_eq(shared.image.tiling, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
    cr_expect_eq(shared.image.drmFormatModifier, planes_modifier(memory));
    require(vxmCheckDescription(&shared));
    require(vxmCheckShared(device, &shared));
    require(vxmImportMemory(device, &shared, &info, &import));
    /* Layouts are level 0's; the others are where this driver puts them by itself. */
    cr_expect(model_chain_contains(
        "vkCreateImage", shared.image.mipLevels == 1
                             ? VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT
                             : VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT));
    cr_expect_eq(planes_modifier(import), shared.image.drmFormatModifier);
    expect_same_planes(memory, import);
    planes_export(import, type, &again);
    cr_expect_eq(memcmp(&again.image, &shared.image, sizeof(again.image)), 0,
                 "the import is described in another way");
    vxmCloseShared(&again);
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
}

/* ---- frames of foreign origin ---- */

static uint64_t plane_rows(VkFormat format, uint32_t plane, uint32_t height)
{
    return plane > 0 && vxmGetPlaneFormat(format, 1) != VK_FORMAT_UNDEFINED ? height / 2 : height;
}

/* Of a row of this plane, for two texels of the image. Formats of one plane are RGBA8 here. */
static uint64_t half_row_bytes(VkFormat format, uint32_t planes, uint32_t plane)
{
    if (planes == 1) {
        return 2 * 4;
    }
    return format == P010 ? 2 * 2 : planes == 3 && plane > 0 ? 1 : 2;
}

void frame_open(struct frame *frame, VkFormat format, uint32_t width, uint32_t height,
                uint32_t memories, uint64_t size)
{
    const struct backend_type *type = type_modifier();
    uint32_t planes = 1;
    uint64_t offset = 0;

    cr_assert_not_null(type);
    while (vxmGetPlaneFormat(format, planes) != VK_FORMAT_UNDEFINED) {
        planes++;
    }
    *frame = (struct frame){
        .shared =
            {
                .resourceType = VXM_RESOURCE_TYPE_IMAGE,
                .handleType = type->type,
                .memoryCount = memories,
                .image =
                    {
                        .imageType = VK_IMAGE_TYPE_2D,
                        .format = format,
                        .extent = {width, height, 1},
                        .mipLevels = 1,
                        .arrayLayers = 1,
                        .samples = VK_SAMPLE_COUNT_1_BIT,
                        .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                        .usage = VK_IMAGE_USAGE_SAMPLED_BIT,
                        .drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR,
                        .planeCount = planes,
                    },
            },
        .handleCount = memories,
    };
    for (uint32_t i = 0; i < memories; i++) {
        cr_assert(backend_make_foreign(type->type, size, &frame->handles[i]));
        frame->shared.memories[i].handle = frame->handles[i];
    }
    for (uint32_t i = 0; i < planes; i++) {
        VxmPlaneLayout *plane = &frame->shared.image.planes[i];

        plane->rowPitch = half_row_bytes(format, planes, i) * width / 2;
        plane->memoryIndex = i < memories ? i : memories - 1;
        plane->offset = memories == 1 ? offset : 0;
        offset += plane->rowPitch * plane_rows(format, i, height);
    }
}

void frame_spread(struct frame *frame)
{
    for (uint32_t i = 1; i < frame->shared.image.planeCount; i++) {
        require(vxmDuplicateHandle(&frame->handles[0], &frame->handles[i]));
        frame->shared.memories[i].handle = frame->handles[i];
        frame->shared.image.planes[i].memoryIndex = i;
    }
    frame->handleCount = frame->shared.memoryCount = frame->shared.image.planeCount;
}

void frame_close(struct frame *frame)
{
    for (uint32_t i = 0; i < frame->handleCount; i++) {
        cr_expect(backend_is_open(&frame->handles[i]), "handle %u was closed", i);
        backend_free_foreign(&frame->handles[i]);
    }
    *frame = (struct frame){.handleCount = 0};
}
