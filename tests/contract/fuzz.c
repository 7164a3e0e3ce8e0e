/*
 * Descriptions, questions and encodings with fields that were changed at random, always in the same
 * way: whatever they say, the answer is a result, nothing leaks, and the driver is asked for
 * nothing that the specification forbids. A description that lies about its handle can't be found
 * out by anybody but the driver; those breaches are left out.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "contract/app.h"
#include "contract/plane_images.h"

TestSuite(fuzz, .init = contract_begin, .fini = contract_end);

#define DESCRIPTIONS 4000u
#define ENCODINGS    20000u

/* VXM_TEST_FUZZ=short is for processors that are emulated: their system's kernel changes nothing in
 * what is tried here. */
static uint32_t rounds(uint32_t all)
{
    const char *length = getenv("VXM_TEST_FUZZ");

    return length != NULL && strcmp(length, "short") == 0 ? all / 4 : all;
}

/* ---- chance ---- */

static uint64_t state;

static uint64_t next_number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1du;
}

static uint32_t below(uint32_t count)
{
    return (uint32_t)((next_number() >> 32) % count);
}

/* Mostly what stands at some edge. */
static uint64_t next_value(void)
{
    static const uint64_t edges[] = {
        0,          1,           2,          3,
        4,          5,           16,         17,
        4096,       65535,       0x7fffffff, 0x80000000,
        0xffffffff, 0x100000000, 1ull << 63, UINT64_MAX - 4095,
        UINT64_MAX,
    };

    switch (below(4)) {
    case 0:
        return edges[below(sizeof(edges) / sizeof(edges[0]))];
    case 1:
        return 1ull << below(64);
    case 2:
        return below(40);
    default:
        return next_number() >> below(64);
    }
}

/* ---- fields ---- */

struct field {
    size_t offset;
    size_t size;
};

#define FIELD(member)                                                                              \
    {                                                                                              \
        offsetof(VxmShared, member), sizeof(((VxmShared *)0)->member)                              \
    }

/* The handle's value stays: what a wrong one does is for other suites. */
static const struct field fields[] = {
    FIELD(resourceType),
    FIELD(handleType),
    FIELD(handleTypes),
    FIELD(dedicated),
    FIELD(memoryCount),
    FIELD(memories[0].handle.kind),
    FIELD(memories[0].handle.type),
    FIELD(memories[0].allocationSize),
    FIELD(memories[0].offset),
    FIELD(memories[0].memoryTypeBits),
    FIELD(memories[0].propertyFlags),
    FIELD(buffer.flags),
    FIELD(buffer.size),
    FIELD(buffer.usage),
    FIELD(buffer.sharingMode),
    FIELD(image.flags),
    FIELD(image.imageType),
    FIELD(image.format),
    FIELD(image.extent.width),
    FIELD(image.extent.height),
    FIELD(image.extent.depth),
    FIELD(image.mipLevels),
    FIELD(image.arrayLayers),
    FIELD(image.samples),
    FIELD(image.tiling),
    FIELD(image.usage),
    FIELD(image.stencilUsage),
    FIELD(image.sharingMode),
    FIELD(image.viewFormatCount),
    FIELD(image.viewFormats[0]),
    FIELD(image.drmFormatModifier),
    FIELD(image.planeCount),
    FIELD(image.planes[0].memoryIndex),
    FIELD(image.planes[0].offset),
    FIELD(image.planes[0].rowPitch),
    FIELD(deviceUUID[0]),
    FIELD(deviceNodeMask),
    FIELD(deviceLUIDValid),
};

/* Of images with several planes; half of the changes are to these. */
static const struct field plane_fields[] = {
    FIELD(memoryCount),
    FIELD(memories[1].handle.type),
    FIELD(memories[1].allocationSize),
    FIELD(memories[1].offset),
    FIELD(memories[1].memoryTypeBits),
    FIELD(image.flags),
    FIELD(image.format),
    FIELD(image.extent.width),
    FIELD(image.extent.height),
    FIELD(image.extent.depth),
    FIELD(image.arrayLayers),
    FIELD(image.drmFormatModifier),
    FIELD(image.planeCount),
    FIELD(image.planes[0].memoryIndex),
    FIELD(image.planes[0].offset),
    FIELD(image.planes[0].rowPitch),
    FIELD(image.planes[0].arrayPitch),
    FIELD(image.planes[0].depthPitch),
    FIELD(image.planes[1].memoryIndex),
    FIELD(image.planes[1].offset),
    FIELD(image.planes[1].rowPitch),
    FIELD(image.planes[1].arrayPitch),
    FIELD(image.planes[1].depthPitch),
    FIELD(image.planes[2].offset),
    FIELD(image.planes[2].rowPitch),
};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static void change(VxmShared *shared, bool planes)
{
    for (uint32_t count = 1 + below(4); count > 0; count--) {
        const struct field *field = planes && below(2) == 0
                                        ? &plane_fields[below(COUNT(plane_fields))]
                                        : &fields[below(COUNT(fields))];
        unsigned char *place = (unsigned char *)shared + field->offset;
        const uint64_t value = next_value();
        const uint32_t value32 = (uint32_t)value;

        if (field->size == sizeof(value)) {
            memcpy(place, &value, sizeof(value));
        } else if (field->size == sizeof(value32)) {
            memcpy(place, &value32, sizeof(value32));
        } else {
            *place = (unsigned char)value;
        }
    }
}

static void change_info(VxmImportInfo *info)
{
    static const uint32_t families[3] = {0, 1, UINT32_MAX};

    *info = (VxmImportInfo){0};
    if (below(2) == 0) {
        info->queueFamilyIndexCount = below(4);
        info->queueFamilyIndices = below(4) == 0 ? NULL : families;
    }
    if (below(8) == 0) {
        info->flags = (uint32_t)next_value() & ~(uint32_t)VXM_IMPORT_TAKE_HANDLES_BIT;
    }
    if (below(4) == 0) {
        info->reexportHandleTypes = (uint32_t)next_value();
    }
    if (below(8) == 0) {
        info->requiredFlags = (uint32_t)next_value();
    }
}

/* ---- descriptions ---- */

/* What only the driver can tell: the handle's size, memory type, dedication, and its addresses. */
static bool is_lie(const struct backend_type *type, const char *breach)
{
    static const char *const rules[] = {"00647", "01742", "01743", "01750", "01876",
                                        "01877", "01878", "01879", "04751", "04752"};

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (strstr(breach, rules[i]) != NULL) {
            return true;
        }
    }
    /* A texture of the right extent and another format. */
    return type->sizeZero && strstr(breach, "01617") != NULL;
}

static void expect_no_breach_but_lies(const struct backend_type *type, uint32_t round)
{
    for (size_t i = 0; i < model_breach_count(); i++) {
        cr_expect(is_lie(type, model_breach(i)), "%s, round %u: %s", type->name, round,
                  model_breach(i));
    }
    model_take_breaches();
}

static void use(VxmMemory memory)
{
    const VxmHandle none = {0};
    VxmHandle handle = none;
    VxmMemoryInfo info;
    void *data;

    require(vxmGetMemoryInfo(memory, &info));
    for (uint32_t rest = info.exportHandleTypes; rest != 0; rest &= rest - 1) {
        const uint32_t bit = rest & (~rest + 1u);

        if (vxmGetMemoryHandle(memory, 0, (VkExternalMemoryHandleTypeFlagBits)bit, &handle) ==
            VK_SUCCESS) {
            vxmCloseHandle(&handle);
        }
    }
    (void)vxmMapMemory(memory, below(2), &data);
    vxmUnmapMemory(memory, below(2));
    vxmDestroyMemory(memory);
}

static bool try_import(VxmDevice device, VxmShared *shared, const VxmImportInfo *info)
{
    VxmMemory memory;

    fill(memory);
    contract_forget_error();
    if (vxmImportMemory(device, shared, info, &memory) == VK_SUCCESS) {
        use(memory);
        return true;
    }
    VxmError error;
    vxmGetLastError(&error);
    cr_expect_neq(error.message[0], '\0');
    expect_untouched(memory);
    return false;
}

static void try_plan(VxmDevice device, VxmShared *shared, const VxmImportInfo *info)
{
    VxmPlanResult result = {.result = VK_ERROR_OUT_OF_DEVICE_MEMORY};
    VxmMemory memory;
    VxmPlan plan;

    fill(plan);
    fill(memory);
    if (vxmPlanImport(device, shared, info, &plan) == VK_SUCCESS) {
        require(vxmFinishPlan(&plan, &result, &memory));
        require(vxmFinishPlan(&plan, &result, &memory));
    } else {
        expect_untouched(plan);
    }
    expect_untouched(memory);
}

/* What can be imported can be planned, made by the app and adopted, and the other way round. */
static void try_made(VxmDevice device, VxmShared *shared, uint32_t round)
{
    const bool imported = try_import(device, shared, NULL);
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmPlan plan;
    VkResult finished = vxmPlanImport(device, shared, NULL, &plan);

    if (finished == VK_SUCCESS) {
        require(app_make(device, &plan, &made));
        made_result(&made, &result);
        for (uint32_t i = 1; i < made.memoryCount; i++) {
            result.memories[i].offset = plan.memories[i].offset;
        }
        finished = vxmFinishPlan(&plan, &result, &memory);
        if (finished == VK_SUCCESS) {
            use(memory);
        } else {
            app_unmake(device, &made);
        }
    }
    cr_expect_eq(imported, finished == VK_SUCCESS, "round %u: imported %d, planned %d", round,
                 imported, finished == VK_SUCCESS);
}

static void try_query(VxmDevice device, const VxmShared *shared)
{
    VxmQueryInfo info = {
        .kind = below(8) == 0 ? (VxmHandleKind)next_value() : (VxmHandleKind)below(2),
        .handleType = below(2) == 0 ? shared->handleType : (uint32_t)next_value(),
        .semaphoreType = (VkSemaphoreType)below(3),
        .peerShared = shared,
    };
    VxmQueryResult result;

    fill(result);
    if (vxmQuery(device, &info, &result) == VK_SUCCESS) {
        cr_expect_not_null(memchr(result.reason, '\0', sizeof(result.reason)));
        cr_expect((result.reason[0] == '\0') == (result.exportable && result.importable),
                  "\"%s\" although exportable is %u and importable %u", result.reason,
                  result.exportable, result.importable);
    } else {
        expect_untouched(result);
    }
}

static void try_one_plane(const VxmShared *shared)
{
    VxmShared single;

    fill(single);
    if (vxmDescribePlane(shared, below(4), &single) == VK_SUCCESS) {
        cr_expect_eq(single.memoryCount, 1);
        vxmCloseShared(&single);
    } else {
        expect_untouched(single);
    }
}

/* What the good description becomes by many changes. */
static void try_changed(VxmDevice device, const struct backend_type *type, const VxmShared *good,
                        bool planes)
{
    const size_t handles = backend_handle_count();
    const uint32_t live = model_live_total();
    const uint32_t roundCount = rounds(DESCRIPTIONS);
    uint32_t imported = 0;

    expect_no_breach_but_lies(type, 0);
    for (uint32_t i = 0; i < roundCount; i++) {
        VxmShared shared = *good;
        VxmShared before;
        VxmImportInfo info;

        change(&shared, planes);
        change_info(&info);
        before = shared;
        (void)vxmCheckShared(device, &shared);
        try_query(device, &shared);
        imported += try_import(device, &shared, below(4) == 0 ? &info : NULL) ? 1 : 0;
        try_plan(device, &shared, below(4) == 0 ? &info : NULL);
        if (planes) {
            try_one_plane(&shared);
        }
        if (planes && type == type_modifier()) {
            try_made(device, &shared, i);
        }
        cr_expect_eq(memcmp(&before, &shared, sizeof(before)), 0, "round %u changed it", i);
        expect_no_breach_but_lies(type, i);
        cr_assert_eq(model_live_total(), live, "%s: round %u left objects", type->name, i);
        if (i % 64 == 0) {
            cr_assert_eq(backend_handle_count(), handles, "%s: round %u left handles", type->name,
                         i);
        }
    }
    cr_expect_eq(backend_handle_count(), handles);
    cr_expect_gt(imported, roundCount / 200, "%s: only %u were imported", type->name, imported);
}

Test(fuzz, descriptions_of_any_content)
{
    VxmDevice device = contract_device();

    state = 0x9e3779b97f4a7c15u;
    FOR_EACH_TYPE(type)
    {
        for (int resource = 0; resource < 3; resource++) {
            struct source source;

            const VxmResourceType wanted =
                resource == 2 ? VXM_RESOURCE_TYPE_BUFFER : VXM_RESOURCE_TYPE_MEMORY;

            if (!type_can(type, resource == 1 ? VXM_RESOURCE_TYPE_IMAGE : wanted)) {
                continue;
            }
            source_open(device, type, type_can(type, wanted) ? wanted : VXM_RESOURCE_TYPE_IMAGE,
                        &source);
            if (resource == 1) {
                source.shared.resourceType = VXM_RESOURCE_TYPE_IMAGE;
                source.shared.image = (VxmImageDescription){
                    .imageType = VK_IMAGE_TYPE_2D,
                    .format = VK_FORMAT_R8G8B8A8_UNORM,
                    .extent = exchange_image(type).extent,
                    .mipLevels = 1,
                    .arrayLayers = 1,
                    .samples = VK_SAMPLE_COUNT_1_BIT,
                    .tiling = type_tiling(type),
                    .usage = exchange_image(type).usage,
                };
            }
            try_changed(device, type, &source.shared, false);
            source_close(&source);
        }
    }
    vxmDestroyDevice(device);
}

Test(fuzz, disjoint_images_of_any_content)
{
    VxmDevice device = contract_device();

    state = 0x2b992ddfa23249d6u;
    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = disjoint_info(type);
        VxmMemory memory;
        VxmShared shared;

        if (!type->exportable || !type_can_be_disjoint(type)) {
            continue;
        }
        memory = planes_create(device, &image, type->type);
        planes_export(memory, type, &shared);
        try_changed(device, type, &shared, true);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* The same by LINEAR tiling, as this driver lays it out. */
static void make_linear(VxmDevice device, struct frame *frame, bool disjoint)
{
    VxmImageDescription *image = &frame->shared.image;
    const uint32_t memoryCount = frame->shared.memoryCount;
    VxmMemory memory = NULL;
    VxmMemoryInfo info;

    image->tiling = VK_IMAGE_TILING_LINEAR;
    image->flags = disjoint ? VK_IMAGE_CREATE_DISJOINT_BIT : 0;
    image->planeCount = 0;
    frame->shared.memoryCount = disjoint ? memoryCount : 1;
    require(vxmImportMemory(device, &frame->shared, NULL, &memory));
    require(vxmGetMemoryInfo(memory, &info));
    vxmDestroyMemory(memory);
    frame->shared.memoryCount = memoryCount;
    image->planeCount = info.planeCount;
    for (uint32_t i = 0; i < info.planeCount; i++) {
        const uint32_t index = image->planes[i].memoryIndex;

        image->planes[i] = info.planes[i];
        image->planes[i].memoryIndex = index;
    }
}

/* Frames of code that isn't ours: in one payload, with two handles of it, and in one for each
 * plane.
 */
Test(fuzz, frames_of_any_content)
{
    static const VkFormat formats[] = {NV12, YUV420, VK_FORMAT_R8G8B8A8_UNORM};
    const struct backend_type *type = type_modifier();
    VxmDevice device = contract_device();

    state = 0xda942042e4dd58b5u;
    for (uint32_t i = 0; i < 18 && type != NULL; i++) {
        const VkFormat format = formats[i / 3 % 3];
        struct frame frame;

        contract_note("frame %u", i);
        if (format == VK_FORMAT_R8G8B8A8_UNORM && i % 3 != 0) {
            continue;
        }
        frame_open(&frame, format, 128, 64, i % 3 != 2 ? 1 : format == NV12 ? 2 : 3, 65536);
        if (i % 3 == 1) {
            frame_spread(&frame);
        }
        if (i >= 9) {
            make_linear(device, &frame, i % 3 == 2);
        }
        try_changed(device, type, &frame.shared, true);
        frame_close(&frame);
    }
    vxmDestroyDevice(device);
}

/* ---- encodings ---- */

static size_t encode(const VxmShared *shared, uint32_t kind, unsigned char *bytes)
{
    const VxmSharedSemaphore semaphore = {.handleType = 1};
    const VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL};
    size_t size = 0;

    if (kind == 0) {
        require(vxmEncodeShared(shared, VXM_MAX_ENCODED_SIZE, bytes, &size));
    } else if (kind == 1) {
        require(vxmEncodeSharedSemaphore(&semaphore, VXM_MAX_ENCODED_SIZE, bytes, &size));
    } else {
        require(vxmEncodeHandover(&handover, VXM_MAX_ENCODED_SIZE, bytes, &size));
    }
    return size;
}

/* What is accepted is encoded as it came, so that no byte of it was overlooked. */
static bool decode(uint32_t kind, const unsigned char *bytes, size_t size, unsigned char *again,
                   size_t *againSize)
{
    VxmSharedSemaphore semaphore;
    VxmHandover handover;
    VxmShared shared;
    VkResult result = VK_SUCCESS;

    fill(shared);
    fill(semaphore);
    fill(handover);
    if (kind == 0 && (result = vxmDecodeShared(size, bytes, &shared)) == VK_SUCCESS) {
        require(vxmEncodeShared(&shared, VXM_MAX_ENCODED_SIZE, again, againSize));
        return true;
    }
    if (kind == 1 && (result = vxmDecodeSharedSemaphore(size, bytes, &semaphore)) == VK_SUCCESS) {
        require(vxmEncodeSharedSemaphore(&semaphore, VXM_MAX_ENCODED_SIZE, again, againSize));
        return true;
    }
    if (kind == 2 && (result = vxmDecodeHandover(size, bytes, &handover)) == VK_SUCCESS) {
        require(vxmEncodeHandover(&handover, VXM_MAX_ENCODED_SIZE, again, againSize));
        return true;
    }
    cr_expect_eq(result, VXM_ERROR_BAD_MESSAGE);
    expect_untouched(shared);
    expect_untouched(semaphore);
    expect_untouched(handover);
    return false;
}

Test(fuzz, encodings_of_any_content)
{
    const uint32_t roundCount = rounds(ENCODINGS);
    VxmDevice device = contract_device();
    uint32_t accepted = 0;
    struct source source;

    state = 0x853c49e6748fea9bu;
    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    for (uint32_t i = 0; i < roundCount; i++) {
        unsigned char bytes[VXM_MAX_ENCODED_SIZE];
        unsigned char again[VXM_MAX_ENCODED_SIZE];
        const uint32_t kind = below(3);
        size_t size = encode(&source.shared, kind, bytes);
        size_t againSize = 0;

        for (uint32_t count = 1 + below(4); count > 0; count--) {
            bytes[below(8) == 0 ? below((uint32_t)size) : 12 + below((uint32_t)size - 12)] =
                (unsigned char)next_value();
        }
        if (below(16) == 0) {
            size = below((uint32_t)size + 1);
        }
        if (decode(kind, bytes, size, again, &againSize)) {
            accepted++;
            cr_expect_eq(againSize, size);
            cr_expect_eq(memcmp(bytes, again, size), 0, "round %u is encoded differently", i);
        }
    }
    cr_expect_gt(accepted, roundCount / 20);
    source_close(&source);
    vxmDestroyDevice(device);
}
