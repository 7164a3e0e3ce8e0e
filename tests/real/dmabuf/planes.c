/*
 * Images of several planes and with DRM format modifiers, in dma-bufs of the kernel's and of
 * Vulkan's.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/dmabuf/dmabuf.h"
#include "real/dmabuf/frame.h"

#include <stdio.h>

TestSuite(planes, .init = real_begin, .fini = real_end);

/* What a frame of the CPU's has been handed over with. */
static VxmHandover from_outside(void)
{
    return (VxmHandover){.layout = VK_IMAGE_LAYOUT_GENERAL,
                         .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
}

/* ---- frames that the CPU fills, as a decoder would ---- */

/* As one image: the CPU's frame is what Vulkan reads, and Vulkan's what the CPU reads. */
static void expect_image(struct gpu *gpu, const struct frame_kind *kind, VxmShared *shared,
                         uint32_t memoryCount)
{
    VxmHandover handover = from_outside();
    VxmMemory memory = NULL;
    VxmMemoryInfo info;

    frame_fill(kind, shared, 81);
    VXM(vxmCheckShared(gpu->device, shared));
    VXM(vxmImportMemory(gpu->device, shared, NULL, &memory));
    VXM(vxmGetMemoryInfo(memory, &info));
    cr_expect_eq(info.memoryCount, memoryCount, "%s: %u memories", kind->name, info.memoryCount);
    cr_expect_eq(info.planeCount, kind->planeCount);
    cr_expect(frame_holds(gpu, kind, memory, -1, 81, &handover), "%s", kind->name);
    cr_expect_eq(handover.queueFamilyIndex, VK_QUEUE_FAMILY_FOREIGN_EXT);
    frame_write(gpu, kind, memory, 82, false, &handover);
    cr_expect(frame_is_filled(kind, shared, 82), "%s", kind->name);
    vxmDestroyMemory(memory);
}

/* Each plane as an image of its own, such as R8 and R8G8. */
static void expect_single_planes(struct gpu *gpu, const struct frame_kind *kind,
                                 const VxmShared *shared)
{
    frame_fill(kind, shared, 83);
    for (uint32_t i = 0; i < kind->planeCount; i++) {
        VxmHandover handover = from_outside();
        VxmMemory memory = NULL;
        VxmShared single;

        VXM(vxmDescribePlane(shared, i, &single));
        cr_expect_eq(single.image.format, vxmGetPlaneFormat(kind->format, i));
        VXM(vxmImportMemory(gpu->device, &single, NULL, &memory));
        vxmCloseShared(&single);
        cr_expect(frame_holds(gpu, kind, memory, (int32_t)i, 83, &handover), "%s, plane %u",
                  kind->name, i);
        vxmDestroyMemory(memory);
    }
}

/* In one dma-buf, and with a descriptor for each plane, as EGL and GStreamer have them: one
 * payload, one memory. */
static void expect_frame(struct gpu *gpu, const struct frame_kind *kind, VxmShared *shared)
{
    VxmShared each = *shared;

    expect_image(gpu, kind, shared, 1);
    expect_single_planes(gpu, kind, shared);
    each.memoryCount = kind->planeCount;
    for (uint32_t plane = 0; plane < kind->planeCount; plane++) {
        each.memories[plane] = shared->memories[0];
        VXM(vxmDuplicateHandle(&shared->memories[0].handle, &each.memories[plane].handle));
        each.image.planes[plane].memoryIndex = plane;
    }
    expect_image(gpu, kind, &each, 1);
    vxmCloseShared(&each);
}

Test(planes, frames_of_the_cpus)
{
    unsigned supported = 0;
    struct gpu gpu;

    gpu_open(&gpu);
    for (unsigned i = 0; i < FRAME_KINDS; i++) {
        const struct frame_kind *const kind = &frame_kinds[i];
        const VkImageCreateInfo info = frame_image_info(kind, VK_IMAGE_TILING_LINEAR);
        VxmShared shared;

        if (frame_has_modifier(&gpu, kind, 0)) {
            supported++;
            shared = frame_allocate(kind, 1);
            expect_frame(&gpu, kind, &shared);
            vxmCloseShared(&shared);
        }
        if (frame_is_supported(&gpu, kind, &info)) {
            supported++;
            shared = frame_describe(&gpu, &info);
            cr_assert_eq(shared.memoryCount, 1);
            shared.memories[0].handle = dmabuf_allocate(shared.memories[0].allocationSize);
            expect_frame(&gpu, kind, &shared);
            vxmCloseShared(&shared);
        }
    }
    gpu_close(&gpu);
    cr_assert_gt(supported, 0, "this driver shares no image of several planes");
}

/* ---- frames of Vulkan's ---- */

/* What a driver says wrongly of its own images the library refuses. */
static bool create(struct gpu *gpu, const struct frame_kind *kind, const VkImageCreateInfo *info,
                   VxmMemory *memory)
{
    const VxmMemoryCreateInfo how = {.handleTypes = DMA_BUF};
    const VkResult result = vxmCreateImage(gpu->device, info, &how, memory);
    VxmError error;

    if (result == VK_ERROR_FORMAT_NOT_SUPPORTED) {
        vxmGetLastError(&error);
        cr_expect_eq(error.reason, VXM_ERROR_REASON_DRIVER, "%s", error.message);
        fprintf(stderr, "LEFT OUT %s with tiling %d and flags 0x%x: %s\n", kind->name,
                (int)info->tiling, info->flags, error.message);
        return false;
    }
    VXM(result);
    return true;
}

/* Both ways between two devices. */
static void expect_exchange(struct gpu *here, struct gpu *there, const struct frame_kind *kind,
                            VxmMemory memory, uint32_t memoryCount)
{
    VxmMemory imported = NULL;
    VxmHandover handover;
    VxmShared shared;

    VXM(vxmExportMemory(memory, DMA_BUF, &shared));
    cr_assert_eq(shared.memoryCount, memoryCount);
    VXM(vxmImportMemory(there->device, &shared, NULL, &imported));
    frame_write(here, kind, memory, 84, true, &handover);
    cr_expect(frame_holds(there, kind, imported, -1, 84, &handover), "%s", kind->name);
    frame_write(there, kind, imported, 85, false, &handover);
    cr_expect(frame_holds(here, kind, memory, -1, 85, &handover), "%s", kind->name);
    cr_expect(frame_is_filled(kind, &shared, 85), "%s", kind->name);
    vxmCloseShared(&shared);
    vxmDestroyMemory(imported);
}

Test(planes, frames_of_vulkans)
{
    const VkImageTiling tilings[] = {VK_IMAGE_TILING_LINEAR,
                                     VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT};
    unsigned supported = 0;
    struct gpu here;
    struct gpu there;

    gpu_open(&here);
    gpu_open(&there);
    for (unsigned i = 0; i < 2 * FRAME_KINDS; i++) {
        const struct frame_kind *const kind = &frame_kinds[i / 2];
        const VkImageCreateInfo info = frame_image_info(kind, tilings[i % 2]);
        VxmMemory memory = NULL;

        if (frame_is_supported(&here, kind, &info) && create(&here, kind, &info, &memory)) {
            supported++;
            expect_exchange(&here, &there, kind, memory, 1);
            vxmDestroyMemory(memory);
        }
    }
    gpu_close(&there);
    gpu_close(&here);
    cr_assert_gt(supported, 0, "this driver shares no image of several planes");
}

/* A memory for each plane: Vulkan's, and the kernel's. */
Test(planes, disjoint)
{
    const struct frame_kind *const kind = &frame_kinds[0];
    VkImageCreateInfo info = frame_image_info(kind, VK_IMAGE_TILING_LINEAR);
    VxmMemory memory = NULL;
    VxmShared shared;
    struct gpu here;
    struct gpu there;

    info.flags = VK_IMAGE_CREATE_DISJOINT_BIT;
    gpu_open(&here);
    if (!frame_is_supported(&here, kind, &info)) {
        gpu_close(&here);
        cr_skip_test("this driver shares no disjoint NV12");
    }
    gpu_open(&there);
    cr_assert(create(&here, kind, &info, &memory));
    expect_exchange(&here, &there, kind, memory, 2);
    vxmDestroyMemory(memory);
    gpu_close(&there);

    shared = frame_describe(&here, &info);
    for (uint32_t i = 0; i < 2; i++) {
        shared.memories[i].handle = dmabuf_allocate(shared.memories[i].allocationSize);
    }
    shared.image.flags = 0; /* two payloads say it */
    expect_image(&here, kind, &shared, 2);
    vxmCloseShared(&shared);
    gpu_close(&here);
}

/* The same with a modifier. A driver that says of each plane what is the first one's binds them all
 * there as well, and crashes when the second is used (lavapipe 26.2). */
Test(planes, disjoint_with_a_modifier)
{
    const struct frame_kind *const kind = &frame_kinds[0];
    const VkImageCreateInfo whole = frame_image_info(kind, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
    VxmMemory memory = NULL;
    bool possible;
    VxmShared shared;
    struct gpu gpu;

    gpu_open(&gpu);
    possible = frame_has_modifier(&gpu, kind, VK_IMAGE_CREATE_DISJOINT_BIT);
    if (possible && frame_is_supported(&gpu, kind, &whole)) {
        possible = create(&gpu, kind, &whole, &memory);
        vxmDestroyMemory(memory);
    }
    if (!possible) {
        gpu_close(&gpu);
        cr_skip_test("this driver has no disjoint NV12 with a modifier, or not rightly: see above");
    }
    shared = frame_allocate(kind, 2);
    expect_image(&gpu, kind, &shared, 2);
    vxmCloseShared(&shared);
    gpu_close(&gpu);
}

/* ---- modifiers ---- */

/* Vulkan's own images of every kind that the driver shares with a modifier. */
Test(planes, modifiers)
{
    static const struct {
        const char *name;
        VkImageType type;
        uint32_t depth, levels, layers;
    } rows[] = {
        {"plain", VK_IMAGE_TYPE_2D, 1, 1, 1},
        {"levels", VK_IMAGE_TYPE_2D, 1, 4, 1},
        {"layers", VK_IMAGE_TYPE_2D, 1, 1, 3},
        {"3D", VK_IMAGE_TYPE_3D, 4, 1, 1},
    };
    const VxmMemoryCreateInfo how = {.handleTypes = DMA_BUF};
    unsigned shares = 0;
    struct gpu here;
    struct gpu there;

    gpu_open(&here);
    gpu_open(&there);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        VkImageCreateInfo info = gpu_image_info(60, 30, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
        VxmMemory memory = NULL;
        VxmMemory imported = NULL;
        VxmModifiers modifiers;
        VxmHandover handover;
        VxmShared shared;
        bool known = false;
        VkResult result;
        VxmError error;

        info.imageType = rows[i].type;
        info.extent.depth = rows[i].depth;
        info.mipLevels = rows[i].levels;
        info.arrayLayers = rows[i].layers;
        VXM(vxmGetModifiers(here.device, &info, DMA_BUF, &modifiers));
        if (modifiers.modifierCount == 0) {
            fprintf(stderr, "LEFT OUT %s: %s\n", rows[i].name, modifiers.reason);
            cr_expect_gt(strlen(modifiers.reason), 40, "\"%s\"", modifiers.reason);
            cr_expect_neq(vxmCreateImage(here.device, &info, &how, &memory), VK_SUCCESS);
            cr_expect_null(memory);
            continue;
        }
        shares++;
        VXM(vxmCreateImage(here.device, &info, &how, &memory));
        VXM(vxmExportMemory(memory, DMA_BUF, &shared));
        for (uint32_t j = 0; j < modifiers.modifierCount; j++) {
            known = known ||
                    (modifiers.modifiers[j].drmFormatModifier == shared.image.drmFormatModifier &&
                     modifiers.modifiers[j].planeCount == shared.image.planeCount);
        }
        cr_expect(known, "%s: an image with modifier 0x%llx and %u planes", rows[i].name,
                  (unsigned long long)shared.image.drmFormatModifier, shared.image.planeCount);
        result = vxmImportMemory(there.device, &shared, NULL, &imported);
        if (result == VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT &&
            info.arrayLayers > 1) {
            vxmGetLastError(&error);
            cr_expect_eq(error.reason, VXM_ERROR_REASON_DRIVER, "%s", error.message);
            fprintf(stderr, "LEFT OUT %s: %s\n", rows[i].name, error.message);
            vxmCloseShared(&shared);
            vxmDestroyMemory(memory);
            continue;
        }
        VXM(result);
        if (rows[i].depth == 1) {
            gpu_write(&here, memory, &shared, 86, true, &handover);
            cr_expect_eq(handover.queueFamilyIndex, VK_QUEUE_FAMILY_FOREIGN_EXT);
            cr_expect(gpu_holds(&there, imported, &shared, &handover, 86), "%s", rows[i].name);
            gpu_write(&there, imported, &shared, 87, false, &handover);
            cr_expect(gpu_holds(&here, memory, &shared, &handover, 87), "%s", rows[i].name);
        }
        vxmCloseShared(&shared);
        vxmDestroyMemory(imported);
        vxmDestroyMemory(memory);
    }
    cr_expect_gt(shares, 0);
    gpu_close(&there);
    gpu_close(&here);
}

/* A stranger's dma-buf that is larger, one that is smaller, and something that is none. */
Test(planes, larger_smaller_and_none)
{
    const VkImageCreateInfo info = gpu_image_info(64, 64, VK_IMAGE_TILING_LINEAR);
    VxmMemory memory = NULL;
    VxmError error;
    VxmShared shared;
    struct gpu gpu;
    char size[32];

    gpu_open(&gpu);
    shared = frame_describe(&gpu, &info);
    cr_assert_gt(shared.memories[0].allocationSize, 8192);
    snprintf(size, sizeof(size), "%llu", (unsigned long long)shared.memories[0].allocationSize);
    for (int larger = 0; larger < 2; larger++) {
        shared.memories[0].allocationSize = 0; /* the descriptor knows */
        shared.memories[0].handle = dmabuf_allocate(larger ? 1 << 20 : 8192);
        if (larger) {
            VXM(vxmImportMemory(gpu.device, &shared, NULL, &memory));
            vxmDestroyMemory(memory);
        } else {
            FAILS(vxmImportMemory(gpu.device, &shared, NULL, &memory),
                  VK_ERROR_INVALID_EXTERNAL_HANDLE, "8192");
            vxmGetLastError(&error);
            cr_expect_not_null(strstr(error.message, size), "%s is not in: %s", size,
                               error.message);
        }
        vxmCloseShared(&shared);
    }
    shared.memories[0].handle = (VxmHandle){
        .kind = VXM_HANDLE_KIND_MEMORY, .type = DMA_BUF, .fd = memfd_create("test", MFD_CLOEXEC)};
    cr_assert_eq(ftruncate(shared.memories[0].handle.fd, 1 << 20), 0);
    FAILS(vxmImportMemory(gpu.device, &shared, NULL, &memory), VK_ERROR_INVALID_EXTERNAL_HANDLE,
          "DMA_BUF");
    vxmCloseShared(&shared);
    gpu_close(&gpu);
}
