/*
 * Encodings: what is written is read again, and whatever else is read is refused.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "contract/common.h"

TestSuite(encode, .init = contract_begin, .fini = contract_end);

/* ---- descriptions to encode ---- */

static uint64_t random_state = 1;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uint32_t any32(void)
{
    return (uint32_t)(next_random() >> 16);
}

static void any_bytes(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(next_random() >> 24);
}

static void any_image(VxmImageDescription *image, uint32_t memoryCount, uint32_t formatCount)
{
    image->flags = any32();
    image->imageType = VK_IMAGE_TYPE_2D;
    image->format = (VkFormat)(any32() >> 1);
    image->extent = (VkExtent3D){any32(), any32(), any32()};
    image->mipLevels = any32();
    image->arrayLayers = any32();
    image->samples = VK_SAMPLE_COUNT_8_BIT;
    image->tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    image->usage = any32();
    image->stencilUsage = any32();
    image->sharingMode = VK_SHARING_MODE_CONCURRENT;
    image->drmFormatModifier = next_random();
    image->viewFormatCount = formatCount;
    for (uint32_t i = 0; i < formatCount; i++)
        image->viewFormats[i] = (VkFormat)(any32() >> 1);
    image->planeCount = memoryCount;
    for (uint32_t i = 0; i < memoryCount; i++)
        image->planes[i] = (VxmPlaneLayout){memoryCount - 1 - i, next_random(), next_random(),
                                            next_random(), next_random()};
}

/* Every field that counts has a value of its own. Cleared before, so that memcmp() compares. */
static void any_shared(VxmShared *shared, VxmResourceType resourceType, uint32_t memoryCount)
{
    memset(shared, 0, sizeof(*shared));
    shared->resourceType = resourceType;
    shared->handleType = 0x200;
    shared->handleTypes = any32();
    shared->dedicated = VK_TRUE;
    shared->memoryCount = memoryCount;
    for (uint32_t i = 0; i < memoryCount; i++) {
        shared->memories[i].allocationSize = next_random();
        shared->memories[i].offset = next_random();
        shared->memories[i].memoryTypeBits = any32();
        shared->memories[i].propertyFlags = any32();
    }
    if (resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        shared->buffer.flags = any32();
        shared->buffer.size = next_random();
        shared->buffer.usage = any32();
        shared->buffer.sharingMode = VK_SHARING_MODE_CONCURRENT;
    } else if (resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        any_image(&shared->image, memoryCount, memoryCount * 4);
    }
    any_bytes(shared->deviceUUID, sizeof(shared->deviceUUID));
    any_bytes(shared->driverUUID, sizeof(shared->driverUUID));
    any_bytes(shared->deviceLUID, sizeof(shared->deviceLUID));
    shared->deviceNodeMask = any32();
    shared->deviceLUIDValid = VK_TRUE;
}

static void any_semaphore(VxmSharedSemaphore *shared)
{
    memset(shared, 0, sizeof(*shared));
    shared->handleType = 0x10;
    shared->semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    any_bytes(shared->deviceUUID, sizeof(shared->deviceUUID));
    any_bytes(shared->driverUUID, sizeof(shared->driverUUID));
}

static void any_handover(VxmHandover *handover)
{
    memset(handover, 0, sizeof(*handover));
    handover->layout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
    handover->queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL;
    handover->flags = VXM_HANDOVER_DISCARD_BIT | VXM_HANDOVER_SEMAPHORE_VALUE_BIT;
    handover->semaphoreValue = next_random();
}

/* ---- what is written is read again ---- */

Test(encode, shared_round_trip)
{
    unsigned char data[VXM_MAX_ENCODED_SIZE];

    for (int i = 0; i < 300; i++) {
        VxmShared before;
        VxmShared after;
        size_t size = 0;

        any_shared(&before, (VxmResourceType)(i % 3), 1 + (uint32_t)(i / 3) % VXM_MAX_PLANES);
        require(vxmEncodeShared(&before, sizeof(data), data, &size));
        memset(&after, 0xFF, sizeof(after));
        require(vxmDecodeShared(size, data, &after));
        cr_assert_arr_eq(&before, &after, sizeof(before), "round %d is not as it was", i);
    }
}

Test(encode, semaphore_and_handover_round_trip)
{
    unsigned char data[VXM_MAX_ENCODED_SIZE];
    VxmSharedSemaphore semaphore, semaphoreAfter;
    VxmHandover handover, handoverAfter;
    size_t size = 0;

    for (int i = 0; i < 50; i++) {
        any_semaphore(&semaphore);
        require(vxmEncodeSharedSemaphore(&semaphore, sizeof(data), data, &size));
        require(vxmDecodeSharedSemaphore(size, data, &semaphoreAfter));
        cr_expect_arr_eq(&semaphore, &semaphoreAfter, sizeof(semaphore));
        any_handover(&handover);
        require(vxmEncodeHandover(&handover, sizeof(data), data, &size));
        require(vxmDecodeHandover(size, data, &handoverAfter));
        cr_expect_arr_eq(&handover, &handoverAfter, sizeof(handover));
    }
}

/* The other side may be another build of the library, on a machine of the other byte order. */
Test(encode, bytes_are_little_endian_and_stay)
{
    static const unsigned char expected[] = {
        'V',  'X',  'M',  'H',  1,    0,    0,    0,    32, 0, 0, 0, /* magic, version, size */
        0xEA, 0xCD, 0x9A, 0x3B,                                      /* PRESENT_SRC, 1000001002 */
        0xFE, 0xFF, 0xFF, 0xFF, 2,    0,    0,    0,                 /* EXTERNAL, SEMAPHORE_VALUE */
        0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,              /* semaphoreValue */
    };
    const VxmHandover handover = {
        .layout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR,
        .queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL,
        .flags = VXM_HANDOVER_SEMAPHORE_VALUE_BIT,
        .semaphoreValue = 0x1122334455667788u,
    };
    unsigned char data[VXM_MAX_ENCODED_SIZE];
    size_t size = 0;

    require(vxmEncodeHandover(&handover, sizeof(data), data, &size));
    cr_assert_eq(size, sizeof(expected));
    cr_expect_arr_eq(data, expected, sizeof(expected));
}

Test(encode, handles_do_not_travel)
{
    unsigned char data[VXM_MAX_ENCODED_SIZE];
    VxmShared shared;
    size_t size = 0;

    any_shared(&shared, VXM_RESOURCE_TYPE_MEMORY, 2);
    shared.memories[1].handle =
        (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = 0x200, .fd = 12345};
    require(vxmEncodeShared(&shared, sizeof(data), data, &size));
    require(vxmDecodeShared(size, data, &shared));
    cr_expect_eq(shared.memories[0].handle.type, 0);
    cr_expect_eq(shared.memories[1].handle.type, 0);
}

Test(encode, only_the_room_that_it_needs)
{
    unsigned char full[VXM_MAX_ENCODED_SIZE];
    unsigned char small[VXM_MAX_ENCODED_SIZE];
    VxmShared shared;
    size_t needed = 0;
    size_t size;

    /* The largest that there is. */
    any_shared(&shared, VXM_RESOURCE_TYPE_IMAGE, VXM_MAX_PLANES);
    any_image(&shared.image, VXM_MAX_PLANES, VXM_MAX_VIEW_FORMATS);
    require(vxmEncodeShared(&shared, sizeof(full), full, &needed));
    for (size_t capacity = 0; capacity < needed; capacity++) {
        fill(small);
        fill(size);
        cr_assert_eq(vxmEncodeShared(&shared, capacity, small, &size), VK_INCOMPLETE);
        expect_untouched(small);
        expect_untouched(size);
    }
    expect_error(vxmEncodeShared(&shared, needed - 1, small, &size), VK_INCOMPLETE,
                 VXM_ERROR_REASON_ARGUMENT, "capacity");
    require(vxmEncodeShared(&shared, needed, small, &size));
    cr_expect_arr_eq(small, full, needed);
}

/* ---- whatever else is refused ---- */

/* One encoding, and its decoder as a function of a common form: decodes from a buffer that ends
 * where the encoding does, and encodes what came of it again. */
struct sample {
    const char *name;
    unsigned char data[VXM_MAX_ENCODED_SIZE];
    size_t size;
    VkResult (*again)(size_t size, const void *data, unsigned char *again, size_t *againSize);
};

#define AGAIN(function, type, decode, encode)                                                      \
    static VkResult function(size_t size, const void *data, unsigned char *again,                  \
                             size_t *againSize)                                                    \
    {                                                                                              \
        type object;                                                                               \
        VkResult result;                                                                           \
                                                                                                   \
        fill(object);                                                                              \
        result = decode(size, data, &object);                                                      \
        if (result != VK_SUCCESS) {                                                                \
            expect_untouched(object);                                                              \
            return result;                                                                         \
        }                                                                                          \
        require(encode(&object, VXM_MAX_ENCODED_SIZE, again, againSize));                          \
        return VK_SUCCESS;                                                                         \
    }

AGAIN(shared_again, VxmShared, vxmDecodeShared, vxmEncodeShared)
AGAIN(semaphore_again, VxmSharedSemaphore, vxmDecodeSharedSemaphore, vxmEncodeSharedSemaphore)
AGAIN(handover_again, VxmHandover, vxmDecodeHandover, vxmEncodeHandover)

#define SAMPLE_COUNT 5

static bool make_sample(int index, struct sample *sample)
{
    static const char *const names[SAMPLE_COUNT] = {"memory", "buffer", "image", "semaphore",
                                                    "handover"};
    VxmSharedSemaphore semaphore;
    VxmHandover handover;
    VxmShared shared;

    if (index >= SAMPLE_COUNT)
        return false;
    sample->name = names[index];
    sample->again = shared_again;
    if (index < 3) {
        any_shared(&shared, (VxmResourceType)index, index == 2 ? VXM_MAX_PLANES : 1);
        require(vxmEncodeShared(&shared, sizeof(sample->data), sample->data, &sample->size));
    } else if (index == 3) {
        sample->again = semaphore_again;
        any_semaphore(&semaphore);
        require(vxmEncodeSharedSemaphore(&semaphore, sizeof(sample->data), sample->data,
                                         &sample->size));
    } else {
        sample->again = handover_again;
        any_handover(&handover);
        require(vxmEncodeHandover(&handover, sizeof(sample->data), sample->data, &sample->size));
    }
    contract_note("%s", sample->name);
    return true;
}

/* In memory of exactly that size, so that the address sanitizer sees a read behind it. */
static VkResult decode_exactly(const struct sample *sample, size_t size, const unsigned char *data,
                               unsigned char *again, size_t *againSize)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);
    VkResult result;

    cr_assert_not_null(copy);
    memcpy(copy, data, size);
    result = sample->again(size, copy, again, againSize);
    free(copy);
    return result;
}

Test(encode, every_truncation_is_refused)
{
    unsigned char data[VXM_MAX_ENCODED_SIZE + 1] = {0};
    unsigned char again[VXM_MAX_ENCODED_SIZE];
    struct sample sample;
    size_t againSize;

    for (int i = 0; make_sample(i, &sample); i++) {
        memcpy(data, sample.data, sample.size);
        for (size_t size = 0; size <= sample.size + 1; size++) {
            if (size == sample.size)
                continue;
            expect_error(decode_exactly(&sample, size, data, again, &againSize),
                         VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, NULL);
            /* Also when the size within says the same. */
            data[8] = (unsigned char)(size & 0xFF);
            data[9] = (unsigned char)(size >> 8);
            expect_error(decode_exactly(&sample, size, data, again, &againSize),
                         VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, NULL);
            memcpy(data, sample.data, sample.size);
        }
    }
}

/* Each byte takes each value. What is accepted was understood to the last bit: encoded again, it is
 * the same. */
Test(encode, every_changed_byte_is_refused_or_understood)
{
    unsigned char again[VXM_MAX_ENCODED_SIZE];
    struct sample sample;

    for (int i = 0; make_sample(i, &sample); i++) {
        unsigned long refused = 0;

        for (size_t at = 0; at < sample.size; at++) {
            unsigned char original = sample.data[at];

            for (unsigned value = 0; value < 256; value++) {
                size_t againSize = 0;
                VkResult result;

                sample.data[at] = (unsigned char)value;
                result = decode_exactly(&sample, sample.size, sample.data, again, &againSize);
                if (result == VK_SUCCESS) {
                    cr_expect(againSize == sample.size &&
                                  memcmp(again, sample.data, againSize) == 0,
                              "%s: byte %zu with value %u was accepted, but not understood",
                              sample.name, at, value);
                } else {
                    cr_expect_eq(result, VXM_ERROR_BAD_MESSAGE);
                    refused++;
                }
            }
            sample.data[at] = original;
        }
        /* Magic, version and size allow no other value in any of their twelve bytes. */
        cr_expect_geq(refused, 12ul * 255ul);
    }
}

Test(encode, junk_is_refused)
{
    unsigned char junk[VXM_MAX_ENCODED_SIZE];
    unsigned char again[VXM_MAX_ENCODED_SIZE];
    struct sample sample;
    size_t againSize;

    for (int i = 0; make_sample(i, &sample); i++) {
        for (int round = 0; round < 500; round++) {
            size_t size = next_random() % sizeof(junk);

            any_bytes(junk, sizeof(junk));
            cr_assert_eq(decode_exactly(&sample, size, junk, again, &againSize),
                         VXM_ERROR_BAD_MESSAGE);
        }
    }
}

Test(encode, another_kind_or_version_is_refused_in_words)
{
    struct sample samples[SAMPLE_COUNT];
    unsigned char again[VXM_MAX_ENCODED_SIZE];
    static const unsigned char versions[] = {0, 2, 3, 255};
    size_t againSize;

    for (int i = 0; i < SAMPLE_COUNT; i++)
        make_sample(i, &samples[i]);
    contract_note(NULL);
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        for (int j = 0; j < SAMPLE_COUNT; j++) {
            if (samples[i].again != samples[j].again)
                expect_error(samples[i].again(samples[j].size, samples[j].data, again, &againSize),
                             VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, "magic");
        }
        for (size_t j = 0; j < sizeof(versions); j++) {
            samples[i].data[4] = versions[j];
            expect_error(samples[i].again(samples[i].size, samples[i].data, again, &againSize),
                         VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, "version");
        }
    }
}

/* ---- fields at their extremes ---- */

#define EXPECT_FIELD(field, value, name)                                                           \
    do {                                                                                           \
        VxmShared changed = shared;                                                                \
                                                                                                   \
        memcpy(&changed.field, &(uint32_t){value}, sizeof(uint32_t));                              \
        expect_error(vxmEncodeShared(&changed, sizeof(data), data, &size),                         \
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, name " is ");      \
        expect_untouched(data);                                                                    \
        expect_untouched(size);                                                                    \
    } while (0)

Test(encode, fields_out_of_range_are_named)
{
    unsigned char data[VXM_MAX_ENCODED_SIZE];
    VxmShared shared;
    size_t size;

    fill(data);
    fill(size);
    any_shared(&shared, VXM_RESOURCE_TYPE_IMAGE, 2);
    EXPECT_FIELD(resourceType, 3, "resourceType");
    EXPECT_FIELD(resourceType, UINT32_MAX, "resourceType");
    EXPECT_FIELD(handleType, 0, "handleType");
    EXPECT_FIELD(handleType, 3, "handleType");
    EXPECT_FIELD(handleType, UINT32_MAX, "handleType");
    EXPECT_FIELD(dedicated, 2, "dedicated");
    EXPECT_FIELD(memoryCount, 0, "memoryCount");
    EXPECT_FIELD(memoryCount, 5, "memoryCount");
    EXPECT_FIELD(memoryCount, UINT32_MAX, "memoryCount");
    EXPECT_FIELD(deviceLUIDValid, 2, "deviceLUIDValid");
    EXPECT_FIELD(image.imageType, 3, "image.imageType");
    EXPECT_FIELD(image.format, UINT32_MAX, "image.format");
    EXPECT_FIELD(image.samples, 0, "image.samples");
    EXPECT_FIELD(image.samples, 3, "image.samples");
    EXPECT_FIELD(image.tiling, 2, "image.tiling");
    EXPECT_FIELD(image.sharingMode, 2, "image.sharingMode");
    EXPECT_FIELD(image.viewFormatCount, 17, "image.viewFormatCount");
    EXPECT_FIELD(image.viewFormatCount, UINT32_MAX, "image.viewFormatCount");
    EXPECT_FIELD(image.viewFormats[3], UINT32_MAX, "image.viewFormats[3].format");
    EXPECT_FIELD(image.planeCount, 5, "image.planeCount");
    EXPECT_FIELD(image.planeCount, UINT32_MAX, "image.planeCount");
    EXPECT_FIELD(image.planes[1].memoryIndex, 2, "image.planes[1].memoryIndex");
    EXPECT_FIELD(image.planes[1].memoryIndex, UINT32_MAX, "image.planes[1].memoryIndex");
    any_shared(&shared, VXM_RESOURCE_TYPE_BUFFER, 1);
    EXPECT_FIELD(buffer.sharingMode, 2, "buffer.sharingMode");
}

Test(encode, semaphore_and_handover_fields_out_of_range_are_named)
{
    unsigned char data[VXM_MAX_ENCODED_SIZE];
    VxmSharedSemaphore semaphore;
    VxmHandover handover;
    size_t size;

    any_semaphore(&semaphore);
    semaphore.handleType = 0x11;
    expect_error(vxmEncodeSharedSemaphore(&semaphore, sizeof(data), data, &size),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "handleType is 17");
    any_semaphore(&semaphore);
    semaphore.semaphoreType = (VkSemaphoreType)2;
    expect_error(vxmEncodeSharedSemaphore(&semaphore, sizeof(data), data, &size),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "semaphoreType is 2");
    any_handover(&handover);
    handover.flags = 4;
    expect_error(vxmEncodeHandover(&handover, sizeof(data), data, &size),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "flags is 4");
}

/* A field of another resource type may hold anything: it does not count, and does not travel. */
Test(encode, what_does_not_count_does_not_travel)
{
    unsigned char data[VXM_MAX_ENCODED_SIZE];
    VxmShared shared;
    VxmShared after;
    size_t size = 0;

    any_shared(&shared, VXM_RESOURCE_TYPE_BUFFER, 1);
    memset(&shared.image, 0xFF, sizeof(shared.image));
    require(vxmEncodeShared(&shared, sizeof(data), data, &size));
    require(vxmDecodeShared(size, data, &after));
    cr_expect_eq(after.image.planeCount, 0);
    cr_expect_eq(after.image.viewFormatCount, 0);
    cr_expect_eq(after.buffer.size, shared.buffer.size);
}

Test(encode, null_pointers_are_named)
{
    unsigned char data[VXM_MAX_ENCODED_SIZE] = {0};
    VxmSharedSemaphore semaphore;
    VxmHandover handover;
    VxmShared shared;
    size_t size;

#define EXPECT_NULL(call, name)                                                                    \
    expect_error(call, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,                  \
                 ": " name " must not be NULL")
    any_shared(&shared, VXM_RESOURCE_TYPE_MEMORY, 1);
    any_semaphore(&semaphore);
    any_handover(&handover);
    EXPECT_NULL(vxmEncodeShared(NULL, sizeof(data), data, &size), "shared");
    EXPECT_NULL(vxmEncodeShared(&shared, sizeof(data), NULL, &size), "data");
    EXPECT_NULL(vxmEncodeShared(&shared, sizeof(data), data, NULL), "size");
    EXPECT_NULL(vxmDecodeShared(sizeof(data), NULL, &shared), "data");
    EXPECT_NULL(vxmDecodeShared(sizeof(data), data, NULL), "shared");
    EXPECT_NULL(vxmEncodeSharedSemaphore(NULL, sizeof(data), data, &size), "shared");
    EXPECT_NULL(vxmEncodeSharedSemaphore(&semaphore, sizeof(data), NULL, &size), "data");
    EXPECT_NULL(vxmEncodeSharedSemaphore(&semaphore, sizeof(data), data, NULL), "size");
    EXPECT_NULL(vxmDecodeSharedSemaphore(sizeof(data), NULL, &semaphore), "data");
    EXPECT_NULL(vxmDecodeSharedSemaphore(sizeof(data), data, NULL), "shared");
    EXPECT_NULL(vxmEncodeHandover(NULL, sizeof(data), data, &size), "handover");
    EXPECT_NULL(vxmEncodeHandover(&handover, sizeof(data), NULL, &size), "data");
    EXPECT_NULL(vxmEncodeHandover(&handover, sizeof(data), data, NULL), "size");
    EXPECT_NULL(vxmDecodeHandover(sizeof(data), NULL, &handover), "data");
    EXPECT_NULL(vxmDecodeHandover(sizeof(data), data, NULL), "handover");
#undef EXPECT_NULL
}
