/*
 * The versioned, little-endian encoding of descriptions, semaphores and hand-overs: tables of their
 * fields, which one walk writes, reads and judges.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* ---- bytes ----------------------------------------------------------------------------------- */

void vxm__write(struct vxm_writer *writer, uint64_t value, size_t bytes)
{
    unsigned char little[8];

    for (size_t i = 0; i < bytes; i++) {
        little[i] = (unsigned char)(value >> (8 * i) & 0xFF);
    }
    vxm__write_bytes(writer, little, bytes);
}

void vxm__write_bytes(struct vxm_writer *writer, const void *bytes, size_t size)
{
    if (writer->full || size > writer->capacity - writer->size) {
        writer->full = true;
        return;
    }
    memcpy(writer->data + writer->size, bytes, size);
    writer->size += size;
}

uint64_t vxm__read(struct vxm_reader *reader, size_t bytes)
{
    unsigned char little[8] = {0};
    uint64_t value = 0;

    vxm__read_bytes(reader, little, bytes);
    for (size_t i = 0; i < bytes; i++) {
        value |= (uint64_t)little[i] << (8 * i);
    }
    return value;
}

void vxm__read_bytes(struct vxm_reader *reader, void *bytes, size_t size)
{
    if (reader->bad || size > reader->size - reader->position) {
        reader->bad = true;
        memset(bytes, 0, size);
        return;
    }
    memcpy(bytes, reader->data + reader->position, size);
    reader->position += size;
}

/* ---- fields ---------------------------------------------------------------------------------- */

enum rule {
    NUMBER,  /* first to last */
    ONE_BIT, /* of 32 */
    TILING,  /* OPTIMAL, LINEAR, or by DRM format modifier */
    BYTES    /* an array that is copied as it is */
};

struct field {
    const char *name;
    size_t offset;
    size_t size;
    enum rule rule;
    uint64_t first;
    uint64_t last;
};

#define FIELD(object, member, rule, first, last)                                                   \
    {                                                                                              \
#member, offsetof(object, member), sizeof(((object *)0)->member), rule, first, last        \
    }
#define ANY32(object, member)      FIELD(object, member, NUMBER, 0, UINT32_MAX)
#define ANY64(object, member)      FIELD(object, member, NUMBER, 0, UINT64_MAX)
#define UP_TO(object, member, max) FIELD(object, member, NUMBER, 0, max)
#define BOOLEAN(object, member)    UP_TO(object, member, 1)
/* Vulkan's enums grow: any value that one can hold. The driver knows which there are. */
#define ENUM(object, member) UP_TO(object, member, INT32_MAX)

static const struct field shared_fields[] = {
    UP_TO(VxmShared, resourceType, VXM_RESOURCE_TYPE_IMAGE),
    FIELD(VxmShared, handleType, ONE_BIT, 0, 0),
    ANY32(VxmShared, handleTypes),
    BOOLEAN(VxmShared, dedicated),
    FIELD(VxmShared, memoryCount, NUMBER, 1, VXM_MAX_PLANES),
    FIELD(VxmShared, deviceUUID, BYTES, 0, 0),
    FIELD(VxmShared, driverUUID, BYTES, 0, 0),
    FIELD(VxmShared, deviceLUID, BYTES, 0, 0),
    ANY32(VxmShared, deviceNodeMask),
    BOOLEAN(VxmShared, deviceLUIDValid),
};

static const struct field memory_fields[] = {
    ANY64(VxmSharedMemory, allocationSize),
    ANY64(VxmSharedMemory, offset),
    ANY32(VxmSharedMemory, memoryTypeBits),
    ANY32(VxmSharedMemory, propertyFlags),
};

static const struct field buffer_fields[] = {
    ANY32(VxmBufferDescription, flags),
    ANY64(VxmBufferDescription, size),
    ANY32(VxmBufferDescription, usage),
    UP_TO(VxmBufferDescription, sharingMode, VK_SHARING_MODE_CONCURRENT),
};

static const struct field image_fields[] = {
    ANY32(VxmImageDescription, flags),
    UP_TO(VxmImageDescription, imageType, VK_IMAGE_TYPE_3D),
    ENUM(VxmImageDescription, format),
    ANY32(VxmImageDescription, extent.width),
    ANY32(VxmImageDescription, extent.height),
    ANY32(VxmImageDescription, extent.depth),
    ANY32(VxmImageDescription, mipLevels),
    ANY32(VxmImageDescription, arrayLayers),
    FIELD(VxmImageDescription, samples, ONE_BIT, 0, 0),
    FIELD(VxmImageDescription, tiling, TILING, 0, 0),
    ANY32(VxmImageDescription, usage),
    ANY32(VxmImageDescription, stencilUsage),
    UP_TO(VxmImageDescription, sharingMode, VK_SHARING_MODE_CONCURRENT),
    ANY64(VxmImageDescription, drmFormatModifier),
    UP_TO(VxmImageDescription, viewFormatCount, VXM_MAX_VIEW_FORMATS),
    UP_TO(VxmImageDescription, planeCount, VXM_MAX_PLANES),
};

static const struct field view_format_fields[] = {
    {"format", 0, sizeof(VkFormat), NUMBER, 0, INT32_MAX},
};

static const struct field plane_fields[] = {
    UP_TO(VxmPlaneLayout, memoryIndex, VXM_MAX_PLANES - 1),
    ANY64(VxmPlaneLayout, offset),
    ANY64(VxmPlaneLayout, rowPitch),
    ANY64(VxmPlaneLayout, arrayPitch),
    ANY64(VxmPlaneLayout, depthPitch),
};

static const struct field semaphore_fields[] = {
    FIELD(VxmSharedSemaphore, handleType, ONE_BIT, 0, 0),
    UP_TO(VxmSharedSemaphore, semaphoreType, VK_SEMAPHORE_TYPE_TIMELINE),
    FIELD(VxmSharedSemaphore, deviceUUID, BYTES, 0, 0),
    FIELD(VxmSharedSemaphore, driverUUID, BYTES, 0, 0),
    FIELD(VxmSharedSemaphore, deviceLUID, BYTES, 0, 0),
    BOOLEAN(VxmSharedSemaphore, deviceLUIDValid),
};

static const struct field handover_fields[] = {
    ENUM(VxmHandover, layout),
    ANY32(VxmHandover, queueFamilyIndex),
    UP_TO(VxmHandover, flags, VXM_HANDOVER_DISCARD_BIT | VXM_HANDOVER_SEMAPHORE_VALUE_BIT),
    ANY64(VxmHandover, semaphoreValue),
};

/* ---- the walk -------------------------------------------------------------------------------- */

struct codec {
    const char *what; /* for sentences */
    bool decoding;    /* which of the two below is in use */
    struct vxm_reader reader;
    struct vxm_writer writer;
    VkResult result; /* the first failure; everything after it does nothing */
};

#define VERSION     1u
#define MAGIC_SIZE  4u
#define HEADER_SIZE (MAGIC_SIZE + 4u + 4u) /* magic, version, size of the whole */

static void refuse(struct codec *codec, const char *sentence)
{
    if (codec->decoding) {
        codec->result = vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                                  "What was to be decoded is no %s: %s.", codec->what, sentence);
    } else {
        codec->result = vxm__fail_argument("This %s can't be encoded: %s.", codec->what, sentence);
    }
}

static uint64_t get(const unsigned char *place, size_t size)
{
    uint32_t value32;
    uint64_t value64;

    if (size == sizeof(value64)) {
        memcpy(&value64, place, sizeof(value64));
        return value64;
    }
    memcpy(&value32, place, sizeof(value32));
    return value32;
}

static void set(unsigned char *place, size_t size, uint64_t value)
{
    uint32_t value32 = (uint32_t)value;

    if (size == sizeof(value)) {
        memcpy(place, &value, sizeof(value));
    } else {
        memcpy(place, &value32, sizeof(value32));
    }
}

static bool is_allowed(const struct field *field, uint64_t value)
{
    switch (field->rule) {
    case ONE_BIT:
        return value != 0 && (value & (value - 1)) == 0;
    case TILING:
        return value == VK_IMAGE_TILING_OPTIMAL || value == VK_IMAGE_TILING_LINEAR ||
               value == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    case NUMBER:
    case BYTES:
        break;
    }
    return value >= field->first && value <= field->last;
}

/* `group` and `index` say which struct it is, as in "memories[2]"; an index below 0: no array. */
static void refuse_field(struct codec *codec, const char *group, int index,
                         const struct field *field, uint64_t value)
{
    char allowed[64] = "must be exactly one bit";
    char sentence[256];
    char element[16] = "";

    if (field->rule == NUMBER) {
        snprintf(allowed, sizeof(allowed), "must be from %" PRIu64 " to %" PRIu64, field->first,
                 field->last);
    } else if (field->rule == TILING) {
        snprintf(allowed, sizeof(allowed), "must be OPTIMAL, LINEAR or DRM_FORMAT_MODIFIER_EXT");
    }
    if (index >= 0) {
        snprintf(element, sizeof(element), "[%d]", index);
    }
    snprintf(sentence, sizeof(sentence), "%s%s%s%s is %" PRIu64 " and %s", group, element,
             group[0] != '\0' ? "." : "", field->name, value, allowed);
    refuse(codec, sentence);
}

static void transfer(struct codec *codec, const struct field *field, unsigned char *place)
{
    if (codec->decoding && field->rule == BYTES) {
        vxm__read_bytes(&codec->reader, place, field->size);
    } else if (codec->decoding) {
        set(place, field->size, vxm__read(&codec->reader, field->size));
    } else if (field->rule == BYTES) {
        vxm__write_bytes(&codec->writer, place, field->size);
    } else {
        vxm__write(&codec->writer, get(place, field->size), field->size);
    }
}

static void walk_struct(struct codec *codec, const char *group, int index,
                        const struct field *fields, size_t count, void *object)
{
    for (size_t i = 0; i < count && codec->result == VK_SUCCESS; i++) {
        unsigned char *place = (unsigned char *)object + fields[i].offset;
        uint64_t value;

        transfer(codec, &fields[i], place);
        if (codec->reader.bad) {
            refuse(codec, "it ends before its last field");
        } else if (fields[i].rule != BYTES) {
            value = get(place, fields[i].size);
            if (!is_allowed(&fields[i], value)) {
                refuse_field(codec, group, index, &fields[i], value);
            }
        }
    }
}

#define WALK(codec, group, index, fields, object)                                                  \
    walk_struct(codec, group, index, fields, sizeof(fields) / sizeof((fields)[0]), object)

static void walk_image(struct codec *codec, uint32_t memoryCount, VxmImageDescription *image)
{
    char sentence[128];

    WALK(codec, "image", -1, image_fields, image);
    for (uint32_t i = 0; codec->result == VK_SUCCESS && i < image->viewFormatCount; i++) {
        WALK(codec, "image.viewFormats", (int)i, view_format_fields, &image->viewFormats[i]);
    }
    for (uint32_t i = 0; codec->result == VK_SUCCESS && i < image->planeCount; i++) {
        WALK(codec, "image.planes", (int)i, plane_fields, &image->planes[i]);
        if (codec->result != VK_SUCCESS || image->planes[i].memoryIndex < memoryCount) {
            continue;
        }
        snprintf(sentence, sizeof(sentence),
                 "image.planes[%u].memoryIndex is %u and must be less than memoryCount, which is "
                 "%u",
                 i, image->planes[i].memoryIndex, memoryCount);
        refuse(codec, sentence);
    }
}

static void walk_shared(struct codec *codec, void *object)
{
    VxmShared *shared = object;

    WALK(codec, "", -1, shared_fields, shared);
    for (uint32_t i = 0; codec->result == VK_SUCCESS && i < shared->memoryCount; i++) {
        WALK(codec, "memories", (int)i, memory_fields, &shared->memories[i]);
    }
    if (codec->result == VK_SUCCESS && shared->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        WALK(codec, "buffer", -1, buffer_fields, &shared->buffer);
    }
    if (codec->result == VK_SUCCESS && shared->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        walk_image(codec, shared->memoryCount, &shared->image);
    }
}

static void walk_semaphore(struct codec *codec, void *object)
{
    WALK(codec, "", -1, semaphore_fields, object);
}

static void walk_handover(struct codec *codec, void *object)
{
    WALK(codec, "", -1, handover_fields, object);
}

/* ---- whole encodings ------------------------------------------------------------------------- */

struct encoding {
    const char *what;  /* for sentences */
    const char *magic; /* MAGIC_SIZE letters */
    void (*walk)(struct codec *codec, void *object);
};

static const struct encoding shared_encoding = {"shared description", "VXMS", walk_shared};
static const struct encoding semaphore_encoding = {"shared semaphore", "VXMQ", walk_semaphore};
static const struct encoding handover_encoding = {"hand-over", "VXMH", walk_handover};

static VkResult encode(const struct encoding *encoding, void *object, size_t capacity, void *data,
                       size_t *size)
{
    unsigned char bytes[VXM_MAX_ENCODED_SIZE];
    struct vxm_writer head = {.data = bytes, .capacity = HEADER_SIZE};
    struct codec codec = {
        .what = encoding->what,
        .writer = {.data = bytes, .capacity = sizeof(bytes), .size = HEADER_SIZE},
        .result = VK_SUCCESS,
    };

    encoding->walk(&codec, object);
    if (codec.result != VK_SUCCESS) {
        return codec.result;
    }
    vxm__write_bytes(&head, encoding->magic, MAGIC_SIZE);
    vxm__write(&head, VERSION, 4);
    vxm__write(&head, codec.writer.size, 4);
    assert(!codec.writer.full && head.size == HEADER_SIZE);
    if (codec.writer.size > capacity) {
        return vxm__fail(VK_INCOMPLETE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "Encoding this %s takes %zu bytes, but capacity is %zu. "
                         "VXM_MAX_ENCODED_SIZE is always enough.",
                         encoding->what, codec.writer.size, capacity);
    }
    memcpy(data, bytes, codec.writer.size);
    *size = codec.writer.size;
    return VK_SUCCESS;
}

static void read_header(struct codec *codec, const char *magic)
{
    char letters[MAGIC_SIZE];
    char sentence[128];
    uint64_t version;
    uint64_t size;

    vxm__read_bytes(&codec->reader, letters, sizeof(letters));
    version = vxm__read(&codec->reader, 4);
    size = vxm__read(&codec->reader, 4);
    if (codec->reader.bad) {
        refuse(codec, "it is shorter than any");
    } else if (memcmp(letters, magic, sizeof(letters)) != 0) {
        refuse(codec, "it begins with another magic");
    } else if (version != VERSION) {
        snprintf(sentence, sizeof(sentence),
                 "its version is %" PRIu64 ", and this library reads version %u", version, VERSION);
        refuse(codec, sentence);
    } else if (size != codec->reader.size) {
        snprintf(sentence, sizeof(sentence), "its size is %" PRIu64 ", but %zu bytes were given",
                 size, codec->reader.size);
        refuse(codec, sentence);
    }
}

static VkResult decode(const struct encoding *encoding, size_t size, const void *data, void *object)
{
    struct codec codec = {
        .what = encoding->what,
        .decoding = true,
        .reader = {.data = data, .size = size},
        .result = VK_SUCCESS,
    };

    read_header(&codec, encoding->magic);
    if (codec.result == VK_SUCCESS) {
        encoding->walk(&codec, object);
    }
    if (codec.result == VK_SUCCESS && codec.reader.position != size) {
        refuse(&codec, "bytes follow its last field");
    }
    return codec.result;
}

#define CHECK_ENCODE(caller, object)                                                               \
    do {                                                                                           \
        if ((object) == NULL || data == NULL || size == NULL)                                      \
            return vxm__fail_argument("%s: %s must not be NULL.", caller,                          \
                                      (object) == NULL ? #object                                   \
                                      : data == NULL   ? "data"                                    \
                                                       : "size");                                    \
    } while (0)

#define CHECK_DECODE(caller, object)                                                               \
    do {                                                                                           \
        if (data == NULL || (object) == NULL)                                                      \
            return vxm__fail_argument("%s: %s must not be NULL.", caller,                          \
                                      data == NULL ? "data" : #object);                            \
    } while (0)

VkResult vxmEncodeShared(const VxmShared *shared, size_t capacity, void *data, size_t *size)
{
    VxmShared copy;

    CHECK_ENCODE("vxmEncodeShared", shared);
    copy = *shared;
    return encode(&shared_encoding, &copy, capacity, data, size);
}

VkResult vxmDecodeShared(size_t size, const void *data, VxmShared *shared)
{
    VxmShared decoded = {0};
    VkResult result;

    CHECK_DECODE("vxmDecodeShared", shared);
    result = decode(&shared_encoding, size, data, &decoded);
    if (result == VK_SUCCESS) {
        *shared = decoded;
    }
    return result;
}

VkResult vxmEncodeSharedSemaphore(const VxmSharedSemaphore *shared, size_t capacity, void *data,
                                  size_t *size)
{
    VxmSharedSemaphore copy;

    CHECK_ENCODE("vxmEncodeSharedSemaphore", shared);
    copy = *shared;
    return encode(&semaphore_encoding, &copy, capacity, data, size);
}

VkResult vxmDecodeSharedSemaphore(size_t size, const void *data, VxmSharedSemaphore *shared)
{
    VxmSharedSemaphore decoded = {0};
    VkResult result;

    CHECK_DECODE("vxmDecodeSharedSemaphore", shared);
    result = decode(&semaphore_encoding, size, data, &decoded);
    if (result == VK_SUCCESS) {
        *shared = decoded;
    }
    return result;
}

VkResult vxmEncodeHandover(const VxmHandover *handover, size_t capacity, void *data, size_t *size)
{
    VxmHandover copy;

    CHECK_ENCODE("vxmEncodeHandover", handover);
    copy = *handover;
    return encode(&handover_encoding, &copy, capacity, data, size);
}

VkResult vxmDecodeHandover(size_t size, const void *data, VxmHandover *handover)
{
    VxmHandover decoded = {0};
    VkResult result;

    CHECK_DECODE("vxmDecodeHandover", handover);
    result = decode(&handover_encoding, size, data, &decoded);
    if (result == VK_SUCCESS) {
        *handover = decoded;
    }
    return result;
}
