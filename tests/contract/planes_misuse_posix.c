/*
 * Descriptions of images with planes as a careless or a hostile program fills them in.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "contract/plane_images.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

TestSuite(planes_misuse, .init = contract_begin, .fini = contract_end);

/* ---- one number in several memories ---- */

/* What is closed is another thread's the next moment: from the first close of `watched` on,
 * `stranger` stands there. */
static int watched = -1;
static int stranger = -1;
static unsigned closes;

int close(int fd);
int close(int fd)
{
    const int result = (int)syscall(SYS_close, fd);

    if (fd == watched) {
        closes++;
        (void)syscall(SYS_dup3, stranger, fd, O_CLOEXEC);
    }
    return result;
}

static void watch(int fd)
{
    stranger = memfd_create("stranger", MFD_CLOEXEC);
    watched = fd;
    closes = 0;
}

static void expect_closed_once(void)
{
    const int fd = watched;

    watched = -1;
    cr_expect_eq(closes, 1, "fd %d was closed %u times", fd, closes);
    cr_assert_eq(close(fd), 0);
    cr_assert_eq(close(stranger), 0);
}

/* As EGL and GStreamer name the descriptor of each plane. */
static void repeat_handle(struct frame *frame)
{
    for (uint32_t i = 1; i < frame->shared.image.planeCount; i++) {
        frame->shared.memories[i].handle = frame->shared.memories[0].handle;
        frame->shared.image.planes[i].memoryIndex = i;
    }
    frame->shared.memoryCount = frame->shared.image.planeCount;
}

Test(planes_misuse, one_descriptor_for_every_plane_is_closed_once)
{
    static const VkFormat formats[] = {NV12, YUV420};
    VxmImportInfo info = {.flags = VXM_IMPORT_TAKE_HANDLES_BIT};
    VxmDevice device = contract_device();
    size_t open = backend_handle_count();

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        VxmMemory memory = NULL;
        VxmMemoryInfo facts;
        struct frame frame;
        VxmPlan plan;

        contract_note("format %d", (int)formats[i]);
        frame_open(&frame, formats[i], 128, 64, 1, 65536);
        repeat_handle(&frame);
        /* Borrowed, and of a plan that was given up: none. */
        watch(frame.handles[0].fd);
        require(vxmImportMemory(device, &frame.shared, NULL, &memory));
        require(vxmGetMemoryInfo(memory, &facts));
        cr_expect_eq(facts.memoryCount, 1);
        vxmDestroyMemory(memory);
        require(vxmPlanImport(device, &frame.shared, &info, &plan));
        require(vxmFinishPlan(&plan, &(VxmPlanResult){.result = VK_ERROR_UNKNOWN}, NULL));
        cr_expect_eq(closes, 0);
        require(vxmImportMemory(device, &frame.shared, &info, &memory));
        expect_closed_once();
        for (uint32_t j = 0; j < VXM_MAX_PLANES; j++) {
            cr_expect_eq(frame.shared.memories[j].handle.type, 0);
        }
        vxmDestroyMemory(memory);
        cr_expect_eq(backend_handle_count(), open);
    }
    vxmDestroyDevice(device);
}

Test(planes_misuse, one_descriptor_is_closed_once_with_its_description)
{
    struct frame frame;

    frame_open(&frame, YUV420, 128, 64, 1, 65536);
    repeat_handle(&frame);
    watch(frame.handles[0].fd);
    vxmCloseShared(&frame.shared);
    expect_closed_once();
    vxmCloseShared(&frame.shared);
}

/* ---- handles of another kind ---- */

Test(planes_misuse, plane_of_a_semaphore)
{
    const uint32_t types[] = {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, type_modifier()->type};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        static wchar_t name[] = L"name";
        struct frame frame;
        VxmShared single;

        frame_open(&frame, NV12, 128, 64, 1, 65536);
        frame.shared.handleType = types[i];
        frame.shared.memories[0].handle.type = types[i];
        frame.shared.memories[0].handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
        fill(single);
        expect_error(vxmDescribePlane(&frame.shared, 1, &single), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_ARGUMENT, "memories[0]");
        frame.shared.memories[0].name = name;
        expect_error(vxmDescribePlane(&frame.shared, 1, &single), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_ARGUMENT, "memories[0]");
        expect_untouched(single);
        frame_close(&frame);
    }
}

/* ---- numbers ---- */

static void expect_refused(VxmDevice device, VxmShared *shared, VkResult result,
                           VxmErrorReason reason, const char *word)
{
    VxmMemory memory;

    fill(memory);
    expect_error(vxmImportMemory(device, shared, NULL, &memory), result, reason, word);
    expect_untouched(memory);
    cr_expect_eq(model_call_count("vkCreateImage"), 0, "the driver was asked for an image");
}

/* Of one row the pitch adds nothing to the size, and yet the driver is told it. */
Test(planes_misuse, pitch_beyond_32_bits)
{
    static const uint64_t pitches[] = {UINT64_MAX - 255, (uint64_t)1 << 32, (uint64_t)1 << 63};
    static const uint64_t modifiers[] = {VXM_DRM_FORMAT_MOD_LINEAR, MODEL_MODIFIER_TILED};
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(pitches) / sizeof(pitches[0]); i++) {
        for (size_t j = 0; j < sizeof(modifiers) / sizeof(modifiers[0]); j++) {
            struct frame frame;
            char word[32];

            frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 1, 1, 65536);
            frame.shared.image.drmFormatModifier = modifiers[j];
            frame.shared.image.planes[0].rowPitch = pitches[i];
            snprintf(word, sizeof(word), "planes[0].rowPitch is %llu",
                     (unsigned long long)pitches[i]);
            expect_error(vxmCheckDescription(&frame.shared), VK_ERROR_VALIDATION_FAILED_EXT,
                         VXM_ERROR_REASON_ARGUMENT, "32 bits");
            expect_refused(device, &frame.shared, VK_ERROR_VALIDATION_FAILED_EXT,
                           VXM_ERROR_REASON_ARGUMENT, "planes[0].rowPitch is");
            frame_close(&frame);
        }
    }
    vxmDestroyDevice(device);
}

/* What a vendor's layout is, nobody knows; where its layers and slices begin, everybody does. */
Test(planes_misuse, vendors_layers_leave_the_payload)
{
    static const struct {
        uint64_t offset, arrayPitch, depthPitch;
        uint32_t layers, depth;
        VkResult result;
        const char *word;
    } cases[] = {
        {0, 16384, 0, 5, 1, VK_ERROR_INVALID_EXTERNAL_HANDLE, "5 layers"},
        {0, 0, 32768, 1, 3, VK_ERROR_INVALID_EXTERNAL_HANDLE, "3 slices"},
        {4096, UINT64_MAX - 4095, 0, 2, 1, VK_ERROR_VALIDATION_FAILED_EXT, "beyond 2^64"},
        {0, (uint64_t)1 << 63, 0, 3, 1, VK_ERROR_VALIDATION_FAILED_EXT, "beyond 2^64"},
        {0, 0, UINT64_MAX, 1, 2, VK_ERROR_VALIDATION_FAILED_EXT, "beyond 2^64"},
    };
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        VxmImageDescription *image;
        struct frame frame;

        contract_note("case %zu", i);
        frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 16, 1, 65536);
        image = &frame.shared.image;
        image->drmFormatModifier = MODEL_MODIFIER_TILED;
        image->imageType = cases[i].depth > 1 ? VK_IMAGE_TYPE_3D : VK_IMAGE_TYPE_2D;
        image->arrayLayers = cases[i].layers;
        image->extent.depth = cases[i].depth;
        image->planes[0] = (VxmPlaneLayout){
            .offset = cases[i].offset,
            .rowPitch = 512,
            .arrayPitch = cases[i].arrayPitch,
            .depthPitch = cases[i].depthPitch,
        };
        expect_refused(device, &frame.shared, cases[i].result,
                       cases[i].result == VK_ERROR_INVALID_EXTERNAL_HANDLE
                           ? VXM_ERROR_REASON_MISMATCH
                           : VXM_ERROR_REASON_ARGUMENT,
                       cases[i].word);
        frame_close(&frame);
    }
    vxmDestroyDevice(device);
}

/* ---- what sentences say ---- */

Test(planes_misuse, sentence_names_the_memory_of_a_wrong_handle)
{
    VxmDevice device = contract_device();
    struct frame frame;
    VxmShared shared;
    VxmShared single;
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    frame_open(&frame, NV12, 128, 64, 2, 65536);
    shared = frame.shared;
    fill(single);
    for (uint32_t i = 0; i < 2; i++) {
        shared.memories[1].handle.fd = i == 0 ? ends[0] : INT32_MAX;
        expect_refused(device, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       i == 0 ? VXM_ERROR_REASON_ARGUMENT : VXM_ERROR_REASON_SYSTEM,
                       "memories[1].handle");
    }
    shared = frame.shared;
    shared.memories[0].handle.fd = ends[0];
    shared.memoryCount = 1;
    shared.image.planes[1] = (VxmPlaneLayout){.offset = 16384, .rowPitch = 128};
    expect_error(vxmDescribePlane(&shared, 1, &single), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "memories[0].handle");
    expect_untouched(single);
    frame_close(&frame);
    cr_assert_eq(close(ends[0]), 0);
    cr_assert_eq(close(ends[1]), 0);
    vxmDestroyDevice(device);
}

/* A create-info has no image.planeCount, and its caller is the exporter. */
Test(planes_misuse, sentence_speaks_of_the_create_info)
{
    static const VkSubresourceLayout layouts[3] = {
        {.offset = 0, .rowPitch = 512},
        {.offset = 32768, .rowPitch = 512},
        {.offset = 65536, .rowPitch = 512},
    };
    static const struct {
        uint64_t modifier;
        uint32_t planes;
        VkResult result;
        const char *word;
    } cases[] = {
        {VXM_DRM_FORMAT_MOD_LINEAR, 3, VK_ERROR_VALIDATION_FAILED_EXT,
         "drmFormatModifierPlaneCount is 3"},
        {MODEL_MODIFIER_TILED, 3, VK_ERROR_VALIDATION_FAILED_EXT,
         "drmFormatModifierPlaneCount is 3"},
        {MODEL_MODIFIER_STRANGE, 2, VK_ERROR_FORMAT_NOT_SUPPORTED,
         "Name one that vxmGetModifiers() gives"},
    };
    VxmMemoryCreateInfo info = contract_memory_info(type_modifier()->type);
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct modifier_image image;
        VxmMemory memory;

        modifier_image(&image, NV12, 64, 32);
        modifier_image_explicit(&image, cases[i].modifier, cases[i].planes, layouts);
        fill(memory);
        expect_error(vxmCreateImage(device, &image.info, &info, &memory), cases[i].result,
                     cases[i].result == VK_ERROR_FORMAT_NOT_SUPPORTED ? VXM_ERROR_REASON_UNSUPPORTED
                                                                      : VXM_ERROR_REASON_ARGUMENT,
                     cases[i].word);
        expect_untouched(memory);
    }
    vxmDestroyDevice(device);
}

/* Of several modifiers one was named: "it" would be which? */
Test(planes_misuse, reason_speaks_of_what_was_named)
{
    static const uint64_t named[] = {MODEL_MODIFIER_TILED};
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmModifiers modifiers;

    modifier_image(&image, VK_FORMAT_R8G8B8A8_UNORM, 1u << 30, 64);
    require(vxmGetModifiers(device, &image.info, type_bit(type_modifier()), &modifiers));
    cr_expect(strstr(modifiers.reason, "with any of them.") != NULL, "%s", modifiers.reason);
    modifier_image_list(&image, 1, named);
    require(vxmGetModifiers(device, &image.info, type_bit(type_modifier()), &modifiers));
    cr_expect(strstr(modifiers.reason, "with the one asked for.") != NULL, "%s", modifiers.reason);
    vxmDestroyDevice(device);
}
