/*
 * Frames that come from code which isn't the library's: all planes in one dma-buf, in one for each,
 * or one plane as an image of its own.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/app.h"
#include "contract/plane_images.h"

TestSuite(planes_import, .init = contract_begin, .fini = contract_end);

static VxmMemory import(VxmDevice device, VxmShared *shared)
{
    VxmMemory memory = NULL;

    require(vxmImportMemory(device, shared, NULL, &memory));
    cr_assert_not_null(memory);
    return memory;
}

/* That the image's planes lie where the description says, in those payloads. */
static void expect_in_place(VxmMemory memory, const struct frame *frame)
{
    const VxmImageDescription *image = &frame->shared.image;
    ModelImagePlanes planes;
    VxmMemoryInfo info;

    cr_assert(model_image_planes(vxmGetVkImage(memory), &planes));
    require(vxmGetMemoryInfo(memory, &info));
    cr_expect_eq(planes.modifier, image->drmFormatModifier);
    cr_assert_eq(planes.planeCount, image->planeCount);
    cr_assert_eq(info.planeCount, image->planeCount);
    for (uint32_t i = 0; i < planes.planeCount; i++) {
        VxmHandle handle = {.kind = VXM_HANDLE_KIND_MEMORY, .type = frame->shared.handleType};

        handle.fd = model_memory_fd(planes.planes[i].memory);
        cr_expect_eq(planes.planes[i].rowPitch, image->planes[i].rowPitch);
        cr_expect_eq(planes.planes[i].memoryOffset + planes.planes[i].offset,
                     image->planes[i].offset, "plane %u", i);
        cr_expect_eq(info.planes[i].offset, image->planes[i].offset);
        cr_expect_eq(info.memories[info.planes[i].memoryIndex].memory, planes.planes[i].memory);
        cr_expect(backend_same(&handle, &frame->handles[image->planes[i].memoryIndex]),
                  "plane %u is in another payload", i);
    }
}

Test(planes_import, every_format_in_one_payload)
{
    static const VkFormat formats[] = {VK_FORMAT_R8G8B8A8_UNORM, NV12, P010, YUV420};
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct frame frame;
        VxmMemoryInfo info;
        VxmMemory memory;

        contract_note("format %d", (int)formats[i]);
        frame_open(&frame, formats[i], 128, 64, 1, 65536);
        memory = import(device, &frame.shared);
        expect_in_place(memory, &frame);
        require(vxmGetMemoryInfo(memory, &info));
        cr_expect_eq(info.memoryCount, 1);
        vxmDestroyMemory(memory);
        frame_close(&frame);
    }
    vxmDestroyDevice(device);
}

/* As EGL, GStreamer and PipeWire give them: a handle for each plane, of one inode. */
Test(planes_import, handles_of_one_payload_are_one_memory)
{
    static const VkFormat formats[] = {NV12, YUV420};
    VxmDevice device = contract_device();

    for (int i = 0; i < 4; i++) {
        struct frame frame;
        VxmMemoryInfo info;
        VxmMemory memory;
        VxmShared before;

        contract_note("case %d", i);
        frame_open(&frame, formats[i % 2], 128, 64, 1, 65536);
        frame_spread(&frame);
        /* Whatever the flag says. */
        frame.shared.image.flags = i < 2 ? 0 : VK_IMAGE_CREATE_DISJOINT_BIT;
        before = frame.shared;
        memory = import(device, &frame.shared);
        cr_expect_eq(memcmp(&before, &frame.shared, sizeof(before)), 0, "it was changed");
        expect_in_place(memory, &frame);
        require(vxmGetMemoryInfo(memory, &info));
        cr_expect_eq(info.memoryCount, 1);
        cr_expect_eq(model_live_objects(MODEL_MEMORY), 1);
        vxmDestroyMemory(memory);
        frame_close(&frame);
    }
    vxmDestroyDevice(device);
}

/* As many as there can be: the two planes of NV12, and what says how each is compressed. */
Test(planes_import, four_handles_of_one_payload)
{
    static const uint64_t compressed[] = {MODEL_MODIFIER_COMPRESSED};
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;
    VxmMemory other;
    VxmMemoryInfo info;
    VxmShared shared;

    modifier_image(&image, NV12, 128, 64);
    modifier_image_list(&image, 1, compressed);
    memory = planes_create(device, &image.info, type_modifier()->type);
    planes_export(memory, type_modifier(), &shared);
    cr_assert_eq(shared.image.planeCount, VXM_MAX_PLANES);
    for (uint32_t i = 1; i < VXM_MAX_PLANES; i++) {
        shared.memories[i] = shared.memories[0];
        require(vxmDuplicateHandle(&shared.memories[0].handle, &shared.memories[i].handle));
        shared.image.planes[i].memoryIndex = i;
    }
    shared.memoryCount = VXM_MAX_PLANES;
    other = import(device, &shared);
    require(vxmGetMemoryInfo(other, &info));
    cr_expect_eq(info.memoryCount, 1);
    expect_same_planes(memory, other);
    vxmDestroyMemory(other);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Each handle's memory begins where its plane does: of one payload that is said by the planes
 * alone.
 */
Test(planes_import, memories_of_one_payload_begin_apart)
{
    VxmDevice device = contract_device();
    struct frame frame;
    VxmMemory memory;

    frame_open(&frame, NV12, 64, 64, 1, 65536);
    frame_spread(&frame);
    frame.shared.image.planes[0].offset = frame.shared.memories[0].offset = 16384;
    frame.shared.image.planes[1].offset = frame.shared.memories[1].offset = 4096;
    memory = import(device, &frame.shared);
    expect_in_place(memory, &frame);
    vxmDestroyMemory(memory);
    /* And bound there, if it is the same place for all. */
    frame.shared.memories[0].offset = 4096;
    memory = import(device, &frame.shared);
    expect_in_place(memory, &frame);
    vxmDestroyMemory(memory);
    frame.shared.memories[1].offset = 32768;
    fill(memory);
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "planes[1]");
    expect_untouched(memory);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_import, payloads_of_their_own_make_it_disjoint)
{
    static const VkFormat formats[] = {NV12, P010, YUV420};
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        uint32_t planes = formats[i] == YUV420 ? 3 : 2;
        VxmImportInfo reexport = {.reexportHandleTypes = type_modifier()->type};
        VxmMemory memory = NULL;
        VxmMemory again = NULL;
        struct frame frame;
        VxmMemoryInfo info;
        VxmShared shared;

        contract_note("format %d", (int)formats[i]);
        frame_open(&frame, formats[i], 128, 64, planes, 32768);
        require(vxmImportMemory(device, &frame.shared, &reexport, &memory));
        expect_in_place(memory, &frame);
        require(vxmGetMemoryInfo(memory, &info));
        cr_expect_eq(info.memoryCount, planes);
        cr_expect_not(info.dedicated);
        planes_export(memory, type_modifier(), &shared);
        cr_expect_eq(shared.memoryCount, planes);
        cr_expect(shared.image.flags & VK_IMAGE_CREATE_DISJOINT_BIT);
        again = import(device, &shared);
        expect_same_planes(memory, again);
        vxmDestroyMemory(again);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
        frame_close(&frame);
    }
    vxmDestroyDevice(device);
}

/* Two planes in one payload and the third elsewhere; and the planes' handles in another order. */
Test(planes_import, some_planes_share_a_payload)
{
    VxmDevice device = contract_device();
    struct frame frame;
    VxmMemory memory;

    frame_open(&frame, YUV420, 128, 64, 2, 32768);
    frame.shared.image.planes[0].memoryIndex = 1;
    frame.shared.image.planes[1].memoryIndex = 0;
    frame.shared.image.planes[2].memoryIndex = 0;
    frame.shared.image.planes[2].offset = 16384;
    memory = import(device, &frame.shared);
    expect_in_place(memory, &frame);
    vxmDestroyMemory(memory);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_import, handles_handed_over_are_closed_once)
{
    VxmImportInfo info = {.flags = VXM_IMPORT_TAKE_HANDLES_BIT};
    VxmDevice device = contract_device();
    size_t open = backend_handle_count();

    for (int i = 0; i < 2; i++) {
        VxmMemory memory = NULL;
        struct frame frame;
        size_t before;

        contract_note("case %d", i);
        frame_open(&frame, NV12, 64, 64, i == 0 ? 1 : 2, 16384);
        if (i == 0) {
            frame_spread(&frame);
        }
        /* Refused: they stay the caller's. */
        frame.shared.image.planes[1].rowPitch = 8;
        before = backend_handle_count();
        fill(memory);
        expect_failure(vxmImportMemory(device, &frame.shared, &info, &memory));
        expect_untouched(memory);
        cr_expect_eq(backend_handle_count(), before);
        cr_expect_eq(frame.shared.memories[1].handle.type, type_modifier()->type);
        frame.shared.image.planes[1].rowPitch = 64;
        require(vxmImportMemory(device, &frame.shared, &info, &memory));
        cr_expect_eq(frame.shared.memories[0].handle.type, 0);
        cr_expect_eq(frame.shared.memories[1].handle.type, 0);
        vxmDestroyMemory(memory);
        cr_expect_eq(backend_handle_count(), open);
    }
    vxmDestroyDevice(device);
}

/* ---- sizes ---- */

/* 64x64 NV12 takes 6144 bytes. */
Test(planes_import, larger_payload_is_fine_and_a_smaller_one_is_not)
{
    VxmDevice device = contract_device();
    struct frame frame;
    VxmMemory memory;

    frame_open(&frame, NV12, 64, 64, 1, 6144);
    memory = import(device, &frame.shared);
    expect_in_place(memory, &frame);
    vxmDestroyMemory(memory);
    frame_close(&frame);

    frame_open(&frame, NV12, 64, 64, 1, 1 << 20);
    memory = import(device, &frame.shared);
    expect_in_place(memory, &frame);
    vxmDestroyMemory(memory);
    frame_close(&frame);

    frame_open(&frame, NV12, 64, 64, 1, 6143);
    fill(memory);
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "6143");
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "6144");
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "planes[1]");
    expect_untouched(memory);
    cr_expect_eq(model_call_count("vkAllocateMemory"), 2);
    frame_close(&frame);

    /* The second payload of two is too small for its plane. */
    frame_open(&frame, NV12, 64, 64, 2, 4096);
    frame.shared.image.planes[1].offset = 4096;
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "planes[1]");
    expect_untouched(memory);
    cr_expect_eq(model_call_count("vkAllocateMemory"), 2);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* V3DV and others ask for more than the planes take up. */
Test(planes_import, driver_that_asks_for_more_than_the_planes)
{
    VxmDevice device = contract_device();
    struct frame frame;
    VxmMemory memory;

    model_config()->habits.explicitPadding = 4096;
    frame_open(&frame, NV12, 64, 64, 1, 6144);
    fill(memory);
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "6144");
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "10240");
    expect_untouched(memory);
    cr_expect_eq(model_call_count("vkAllocateMemory"), 0);
    frame_close(&frame);
    frame_open(&frame, NV12, 64, 64, 1, 10240);
    memory = import(device, &frame.shared);
    expect_in_place(memory, &frame);
    vxmDestroyMemory(memory);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* What only the driver knows of its layouts it says itself. */
Test(planes_import, driver_that_wants_another_pitch)
{
    VxmDevice device = contract_device();
    struct frame frame;
    VxmMemory memory;

    model_config()->devices[0].modifiers[3].rowPitchAlignment = 256;
    frame_open(&frame, NV12, 64, 64, 1, 16384);
    fill(memory);
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT, VXM_ERROR_REASON_DRIVER,
                 "rowPitch");
    expect_untouched(memory);
    frame.shared.image.planes[0].rowPitch = frame.shared.image.planes[1].rowPitch = 256;
    frame.shared.image.planes[1].offset = 64 * 256;
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "16384");
    expect_untouched(memory);
    frame_close(&frame);
    frame_open(&frame, NV12, 256, 64, 1, 24576);
    memory = import(device, &frame.shared);
    expect_in_place(memory, &frame);
    vxmDestroyMemory(memory);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_import, driver_without_disjoint_images)
{
    VxmDevice device = contract_device();
    struct frame frame;
    VxmMemory memory;

    model_config()->devices[0].modifiers[3].disjoint = false;
    frame_open(&frame, NV12, 64, 64, 2, 16384);
    fill(memory);
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "DISJOINT");
    expect_untouched(memory);
    frame_close(&frame);
    frame_open(&frame, NV12, 64, 64, 1, 16384);
    frame_spread(&frame);
    memory = import(device, &frame.shared);
    expect_in_place(memory, &frame);
    vxmDestroyMemory(memory);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* ---- planned ---- */

Test(planes_import, plan_of_several_payloads)
{
    VxmDevice device = contract_device();

    for (int spread = 0; spread < 2; spread++) {
        VxmPlanResult result = {.takeObjects = VK_TRUE};
        struct made made = {0};
        VxmMemory memory = NULL;
        struct frame frame;
        VxmPlan plan;

        contract_note("spread %d", spread);
        frame_open(&frame, NV12, 64, 64, spread ? 1 : 2, 16384);
        if (spread) {
            frame_spread(&frame);
        }
        require(vxmPlanImport(device, &frame.shared, NULL, &plan));
        cr_assert_eq(plan.memoryCount, spread ? 1 : 2);
        if (!spread) {
            cr_expect_eq(plan.memories[0].planeAspect, VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT);
            cr_expect_eq(plan.memories[1].planeAspect, VK_IMAGE_ASPECT_MEMORY_PLANE_1_BIT_EXT);
            cr_expect(plan.imageCreateInfo.flags & VK_IMAGE_CREATE_DISJOINT_BIT);
        }
        require(app_make(device, &plan, &made));
        made_result(&made, &result);
        require(vxmFinishPlan(&plan, &result, &memory));
        expect_in_place(memory, &frame);
        vxmDestroyMemory(memory);
        frame_close(&frame);
    }
    vxmDestroyDevice(device);
}

/* The app gave up after the first of two: the driver has one handle, and the other is closed. */
Test(planes_import, plan_given_up_in_the_middle)
{
    VxmDevice device = contract_device();
    size_t open = backend_handle_count();

    for (uint32_t allocated = 0; allocated < 3; allocated++) {
        PFN_vkAllocateMemory allocate =
            (PFN_vkAllocateMemory)contract_command(device, "vkAllocateMemory");
        PFN_vkFreeMemory release = (PFN_vkFreeMemory)contract_command(device, "vkFreeMemory");
        VkDeviceMemory memories[2] = {VK_NULL_HANDLE, VK_NULL_HANDLE};
        VxmPlanResult result = {.result = VK_ERROR_OUT_OF_DEVICE_MEMORY, .memoryCount = allocated};
        struct frame frame;
        VxmPlan plan;

        contract_note("%u allocated", allocated);
        frame_open(&frame, NV12, 64, 64, 2, 16384);
        require(vxmPlanImport(device, &frame.shared, NULL, &plan));
        for (uint32_t i = 0; i < allocated; i++) {
            require(allocate(contract_vk_device(device), &plan.memories[i].allocateInfo, NULL,
                             &memories[i]));
        }
        require(vxmFinishPlan(&plan, &result, NULL));
        for (uint32_t i = 0; i < allocated; i++) {
            release(contract_vk_device(device), memories[i], NULL);
        }
        cr_expect_eq(backend_handle_count(), open + 2);
        frame_close(&frame);
        cr_expect_eq(backend_handle_count(), open);
    }
    vxmDestroyDevice(device);
}

/* ---- one plane as an image of its own ---- */

Test(planes_import, each_plane_is_an_image_of_its_own)
{
    static const VkFormat formats[2] = {VK_FORMAT_R8_UNORM, VK_FORMAT_R8G8_UNORM};
    VxmDevice device = contract_device();

    for (int i = 0; i < 4; i++) {
        uint32_t plane = (uint32_t)i % 2;
        ModelImagePlanes planes;
        VxmShared single;
        struct frame frame;
        VxmMemory memory;

        contract_note("plane %u of case %d", plane, i / 2);
        frame_open(&frame, NV12, 128, 64, i < 2 ? 1 : 2, 32768);
        require(vxmDescribePlane(&frame.shared, plane, &single));
        cr_expect_eq(single.image.format, formats[plane]);
        cr_expect_eq(single.image.extent.width, plane == 0 ? 128 : 64);
        cr_expect_eq(single.image.extent.height, plane == 0 ? 64 : 32);
        cr_expect_eq(single.memoryCount, 1);
        cr_expect_eq(single.image.planeCount, 1);
        memory = import(device, &single);
        cr_assert(model_image_planes(vxmGetVkImage(memory), &planes));
        cr_expect_eq(planes.planes[0].memoryOffset + planes.planes[0].offset,
                     frame.shared.image.planes[plane].offset);
        cr_expect_eq(planes.planes[0].rowPitch, frame.shared.image.planes[plane].rowPitch);
        cr_expect(backend_same(&single.memories[0].handle, &frame.handles[i < 2 ? 0 : plane]));
        vxmDestroyMemory(memory);
        vxmCloseShared(&single);
        frame_close(&frame);
    }
    vxmDestroyDevice(device);
}

/* LINEAR tiling takes no layout: who says where the image begins in a buffer gets it bound there.
 */
Test(planes_import, linear_image_that_begins_elsewhere)
{
    VxmDevice device = contract_device();

    for (int i = 0; i < 3; i++) {
        const VkFormat format = i == 0 ? VK_FORMAT_R8G8B8A8_UNORM : NV12;
        VxmMemory memory = NULL;
        struct frame frame;

        contract_note("image %d", i);
        frame_open(&frame, format, 64, 64, i == 2 ? 2 : 1, 65536);
        frame.shared.image.tiling = VK_IMAGE_TILING_LINEAR;
        /* The driver's own layout, of which only the beginning is another. */
        frame.shared.image.planeCount = 0;
        if (i == 2) {
            frame.shared.image.flags |= VK_IMAGE_CREATE_DISJOINT_BIT;
        }
        memory = import(device, &frame.shared);
        {
            VxmMemoryInfo info;

            require(vxmGetMemoryInfo(memory, &info));
            frame.shared.image.planeCount = info.planeCount;
            for (uint32_t j = 0; j < info.planeCount; j++) {
                frame.shared.image.planes[j] = info.planes[j];
                frame.shared.image.planes[j].offset += 8192;
            }
        }
        vxmDestroyMemory(memory);
        memory = import(device, &frame.shared);
        expect_in_place(memory, &frame);
        vxmDestroyMemory(memory);
        /* Not where a resource can begin. */
        frame.shared.image.planes[0].offset += 4;
        fill(memory);
        expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "planes[0].offset");
        expect_untouched(memory);
        frame_close(&frame);
    }
    vxmDestroyDevice(device);
}
