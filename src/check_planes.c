/*
 * Whether the planes of an image can lie as a description says, on whatever device.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <stdio.h>

const struct vxm_layout_words vxm__shared_words = {
    .layouts = "image.planes",
    .count = "image.planeCount",
    .modifier = "image.drmFormatModifier",
    .otherModifier = "Let the exporter choose among those that vxmGetModifiers() gives here.",
};

const struct vxm_layout_words vxm__create_words = {
    .layouts = "pPlaneLayouts",
    .count = "drmFormatModifierPlaneCount",
    .modifier = "drmFormatModifier of the VkImageDrmFormatModifierExplicitCreateInfoEXT",
    .otherModifier = "Name one that vxmGetModifiers() gives.",
};

/* What is being checked. */
struct check {
    const char *caller;
    const struct vxm_layout_words *words;
    const VxmImageDescription *image;
    uint32_t memoryCount;
    const struct vxm_span *memories;
    /* A vendor's modifier may make anything of offsets and pitches. */
    bool isLinear;
};

/* A plane as a stack of equal rows, where the layout is known to be one. */
struct extent {
    uint64_t rowBytes;
    uint64_t rows;
    uint64_t end;  /* in the memory; UINT64_MAX: beyond all numbers */
    uint64_t step; /* what every row begins at a multiple of, counted from the first */
};

static VkResult check_counts(const struct check *check)
{
    const VxmImageDescription *image = check->image;
    const bool byModifier = image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    const uint32_t formatPlanes = vxm__format_plane_count(image->format);

    if (image->planeCount > VXM_MAX_PLANES) {
        return vxm__fail_argument("%s: %s is %u; at most %u planes can be.", check->caller,
                                  check->words->count, image->planeCount, VXM_MAX_PLANES);
    }
    for (uint32_t i = 0; i < image->planeCount; i++) {
        if (image->planes[i].memoryIndex >= check->memoryCount) {
            return vxm__fail_argument("%s: %s[%u].memoryIndex is %u, but memoryCount is %u.",
                                      check->caller, check->words->layouts, i,
                                      image->planes[i].memoryIndex, check->memoryCount);
        }
    }
    if (byModifier && image->planeCount == 0) {
        return vxm__fail_argument("%s: %s is 0, but an image with a DRM format "
                                  "modifier lies where %s say. Fill them in: the exporter knows "
                                  "offset and rowPitch of each.",
                                  check->caller, check->words->count, check->words->layouts);
    }
    if (image->tiling == VK_IMAGE_TILING_OPTIMAL && image->planeCount > 1) {
        return vxm__fail_argument("%s: %s is %u, but an image with OPTIMAL tiling "
                                  "has no layout to tell. Leave it 0.",
                                  check->caller, check->words->count, image->planeCount);
    }
    if (check->isLinear && image->planeCount != 0 && image->planeCount != formatPlanes) {
        return vxm__fail_argument("%s: %s is %u, but format %s has %u plane%s, and "
                                  "with %s each has one layout.",
                                  check->caller, check->words->count, image->planeCount,
                                  vxm__format_name(image->format).text, formatPlanes,
                                  formatPlanes == 1 ? "" : "s",
                                  byModifier ? "the modifier LINEAR" : "LINEAR tiling");
    }
    return VK_SUCCESS;
}

static VkResult check_every_memory_used(const struct check *check)
{
    for (uint32_t i = 0; check->image->planeCount != 0 && i < check->memoryCount; i++) {
        bool used = false;

        for (uint32_t j = 0; j < check->image->planeCount; j++) {
            used = used || check->image->planes[j].memoryIndex == i;
        }
        if (!used) {
            return vxm__fail_argument("%s: memories[%u] has none of the image's %u planes in it: "
                                      "no memoryIndex of %s names it. Leave it out.",
                                      check->caller, i, check->image->planeCount,
                                      check->words->layouts);
        }
    }
    return VK_SUCCESS;
}

static uint64_t divide_up(uint64_t value, uint64_t by)
{
    return (value + by - 1) / by;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        const uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Adds steps of a pitch; UINT64_MAX once it is beyond all numbers. */
static uint64_t add_steps(uint64_t end, uint64_t steps, uint64_t pitch)
{
    return steps != 0 && pitch > (UINT64_MAX - end) / steps ? UINT64_MAX : end + steps * pitch;
}

/* What is known of a vendor's layout: that each layer and slice has a byte. */
static const struct vxm_format_plane anything = {
    .bytes = 1,
    .blockWidth = UINT32_MAX,
    .blockHeight = UINT32_MAX,
    .divideX = 1,
    .divideY = 1,
};

/* What a plane takes up; an unknown pitch adds nothing. */
static struct extent measure(const VxmImageDescription *image, uint32_t index,
                             const struct vxm_format_plane *facts)
{
    const VxmPlaneLayout *plane = &image->planes[index];
    const uint64_t width = divide_up(image->extent.width, facts->divideX);
    const uint64_t height = divide_up(image->extent.height, facts->divideY);
    const uint64_t layers = image->arrayLayers - 1;
    const uint64_t slices = image->extent.depth - 1;
    struct extent extent;

    extent.rowBytes = divide_up(width, facts->blockWidth) * facts->bytes;
    extent.rows = divide_up(height, facts->blockHeight);
    extent.end = add_steps(plane->offset, 1, extent.rowBytes);
    extent.end = add_steps(extent.end, extent.rows - 1, plane->rowPitch);
    extent.end = add_steps(extent.end, layers, plane->arrayPitch);
    extent.end = add_steps(extent.end, slices, plane->depthPitch);
    extent.step = plane->rowPitch;
    extent.step = common_divisor(extent.step, layers != 0 ? plane->arrayPitch : 0);
    extent.step = common_divisor(extent.step, slices != 0 ? plane->depthPitch : 0);
    return extent;
}

static VkResult check_pitch(const struct check *check, uint32_t index,
                            const struct vxm_format_plane *facts, const struct extent *extent)
{
    const VxmImageDescription *image = check->image;
    const uint64_t rowPitch = image->planes[index].rowPitch;
    const bool wholeBlocks = (facts->bytes & (facts->bytes - 1)) != 0 ||
                             rowPitch % facts->bytes == 0; /* 3 bytes are padded to 4 at times */

    if (rowPitch < extent->rowBytes && rowPitch != 0) {
        return vxm__fail_argument("%s: %s[%u].rowPitch is %llu bytes, but a row of that plane "
                                  "takes %llu (format %s, image width %u). Give the bytes from "
                                  "one row to the next.",
                                  check->caller, check->words->layouts, index,
                                  (unsigned long long)rowPitch,
                                  (unsigned long long)extent->rowBytes,
                                  vxm__format_name(image->format).text, image->extent.width);
    }
    if (!wholeBlocks) {
        return vxm__fail_argument("%s: %s[%u].rowPitch is %llu bytes, which is not a multiple of "
                                  "the %u bytes that a texel of that plane takes (format %s).",
                                  check->caller, check->words->layouts, index,
                                  (unsigned long long)rowPitch, facts->bytes,
                                  vxm__format_name(image->format).text);
    }
    return VK_SUCCESS;
}

/* Whether the next layer or slice, `pitch` bytes on, begins or ends in a row of this one. Rows of
 * both may take turns, or stand side by side. */
static bool begins_within(uint64_t pitch, uint64_t rowPitch, const struct extent *extent)
{
    const uint64_t row = rowPitch != 0 ? pitch / rowPitch : 0;
    const uint64_t column = rowPitch != 0 ? pitch % rowPitch : pitch;

    return (row < extent->rows && column < extent->rowBytes) ||
           (row + 1 < extent->rows && rowPitch != 0 && rowPitch - column < extent->rowBytes);
}

static VkResult check_layers(const struct check *check, uint32_t index, const struct extent *extent)
{
    const VxmImageDescription *image = check->image;
    const VxmPlaneLayout *plane = &image->planes[index];
    const struct {
        const char *field, *what;
        uint32_t count;
        uint64_t pitch; /* 0: unknown */
    } stacks[] = {
        {"arrayPitch", "layer", image->arrayLayers, plane->arrayPitch},
        {"depthPitch", "slice", image->extent.depth, plane->depthPitch},
    };

    for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        if (stacks[i].count > 1 && stacks[i].pitch != 0 &&
            begins_within(stacks[i].pitch, plane->rowPitch, extent)) {
            return vxm__fail_argument(
                "%s: %s[%u].%s is %llu bytes, but a %s has %llu rows of %llu bytes with a rowPitch "
                "of %llu: the next %s would overlap it.",
                check->caller, check->words->layouts, index, stacks[i].field,
                (unsigned long long)stacks[i].pitch, stacks[i].what,
                (unsigned long long)extent->rows, (unsigned long long)extent->rowBytes,
                (unsigned long long)plane->rowPitch, stacks[i].what);
        }
    }
    return VK_SUCCESS;
}

/* Of a size that was told, the description contradicts itself; otherwise the handle's payload is
 * too small for it. */
static VkResult result_of(const struct vxm_span *memory)
{
    return memory->measured ? VK_ERROR_INVALID_EXTERNAL_HANDLE : VK_ERROR_VALIDATION_FAILED_EXT;
}

static VxmErrorReason reason_of(const struct vxm_span *memory)
{
    return memory->measured ? VXM_ERROR_REASON_MISMATCH : VXM_ERROR_REASON_ARGUMENT;
}

/* What is wrong with any layout, also with one that only its vendor understands. */
static VkResult check_place(const struct check *check, uint32_t index)
{
    const VxmImageDescription *image = check->image;
    const VxmPlaneLayout *plane = &image->planes[index];
    const struct vxm_span *memory = &check->memories[plane->memoryIndex];
    const bool byModifier = image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;

    if (plane->offset < memory->begin) {
        return vxm__fail_argument("%s: %s[%u].offset is %llu, before the image's begin at "
                                  "memories[%u].offset %llu. Both count from the allocation's "
                                  "begin.",
                                  check->caller, check->words->layouts, index,
                                  (unsigned long long)plane->offset, plane->memoryIndex,
                                  (unsigned long long)memory->begin);
    }
    if (memory->size != 0 && plane->offset >= memory->size) {
        return vxm__fail(result_of(memory), reason_of(memory), 0,
                         "%s: %s[%u].offset is %llu, but memories[%u] has only %llu bytes: the "
                         "plane lies outside.",
                         check->caller, check->words->layouts, index,
                         (unsigned long long)plane->offset, plane->memoryIndex,
                         (unsigned long long)memory->size);
    }
    if (!byModifier) {
        return VK_SUCCESS;
    }
    /* Planes beyond the format's hold what a vendor puts there. */
    if (plane->rowPitch == 0 && index < vxm__format_plane_count(image->format)) {
        return vxm__fail_argument("%s: %s[%u].rowPitch is 0 (unknown), but with a DRM format "
                                  "modifier the driver takes it from there. Fill it in.",
                                  check->caller, check->words->layouts, index);
    }
    if (plane->rowPitch > UINT32_MAX) {
        return vxm__fail_argument("%s: %s[%u].rowPitch is %llu bytes, but with a DRM format "
                                  "modifier it has 32 bits (drm_mode_fb_cmd2), and drivers count "
                                  "on that. Give the bytes from one row to the next.",
                                  check->caller, check->words->layouts, index,
                                  (unsigned long long)plane->rowPitch);
    }
    if (check->isLinear && image->arrayLayers > 1 && plane->arrayPitch == 0) {
        return vxm__fail_argument("%s: %s[%u].arrayPitch is 0 (unknown), but the image has %u "
                                  "layers. Fill it in.",
                                  check->caller, check->words->layouts, index, image->arrayLayers);
    }
    if (check->isLinear && image->extent.depth > 1 && plane->depthPitch == 0) {
        return vxm__fail_argument("%s: %s[%u].depthPitch is 0 (unknown), but the image has %u "
                                  "slices. Fill it in.",
                                  check->caller, check->words->layouts, index, image->extent.depth);
    }
    return VK_SUCCESS;
}

static VkResult check_end(const struct check *check, uint32_t index, const struct extent *extent)
{
    const VxmImageDescription *image = check->image;
    const VxmPlaneLayout *plane = &image->planes[index];
    const struct vxm_span *memory = &check->memories[plane->memoryIndex];

    if (extent->end == UINT64_MAX) {
        return vxm__fail_argument(
            "%s: %s[%u] begins at %llu, with a rowPitch of %llu, arrayPitch "
            "of %llu and depthPitch of %llu: it would end beyond 2^64.",
            check->caller, check->words->layouts, index, (unsigned long long)plane->offset,
            (unsigned long long)plane->rowPitch, (unsigned long long)plane->arrayPitch,
            (unsigned long long)plane->depthPitch);
    }
    if (memory->size != 0 && extent->end > memory->size) {
        return vxm__fail(
            result_of(memory), reason_of(memory), 0,
            "%s: %s[%u] begins at %llu, with a rowPitch of %llu, arrayPitch of %llu and depthPitch "
            "of %llu: %llu rows, %u layers and %u slices end at %llu, but memories[%u] has %llu "
            "bytes.",
            check->caller, check->words->layouts, index, (unsigned long long)plane->offset,
            (unsigned long long)plane->rowPitch, (unsigned long long)plane->arrayPitch,
            (unsigned long long)plane->depthPitch, (unsigned long long)extent->rows,
            image->arrayLayers, image->extent.depth, (unsigned long long)extent->end,
            plane->memoryIndex, (unsigned long long)memory->size);
    }
    return VK_SUCCESS;
}

/* Whether the rows of two planes are in columns of their own, as where Cb and Cr stand side by side
 * in each row, or rows of both take turns. */
static bool columns_apart(const VxmPlaneLayout *a, const struct extent *extentA,
                          const VxmPlaneLayout *b, const struct extent *extentB)
{
    const uint64_t step = common_divisor(extentA->step, extentB->step);
    uint64_t distance;

    if (step == 0) {
        return false;
    }
    /* From a's column on to b's, going round. */
    distance = (b->offset % step + step - a->offset % step) % step;
    return distance >= extentA->rowBytes && step - distance >= extentB->rowBytes;
}

static VkResult check_apart(const struct check *check, const bool *isKnown,
                            const struct extent *extents, uint32_t first, uint32_t second)
{
    const VxmPlaneLayout *a = &check->image->planes[first];
    const VxmPlaneLayout *b = &check->image->planes[second];

    if (a->memoryIndex != b->memoryIndex) {
        return VK_SUCCESS;
    }
    if (!isKnown[first] || !isKnown[second]) {
        if (check->isLinear || a->offset != b->offset) {
            return VK_SUCCESS;
        }
        return vxm__fail_argument("%s: %s[%u] and [%u] both begin at %llu of memories[%u]: they "
                                  "overlap.",
                                  check->caller, check->words->layouts, first, second,
                                  (unsigned long long)a->offset, a->memoryIndex);
    }
    if (a->offset >= extents[second].end || b->offset >= extents[first].end ||
        columns_apart(a, &extents[first], b, &extents[second])) {
        return VK_SUCCESS;
    }
    return vxm__fail_argument("%s: %s[%u] and [%u] overlap: bytes %llu to %llu with a rowPitch of "
                              "%llu, and %llu to %llu with one of %llu, of memories[%u].",
                              check->caller, check->words->layouts, first, second,
                              (unsigned long long)a->offset, (unsigned long long)extents[first].end,
                              (unsigned long long)a->rowPitch, (unsigned long long)b->offset,
                              (unsigned long long)extents[second].end,
                              (unsigned long long)b->rowPitch, a->memoryIndex);
}

static VkResult check_all(const struct check *check)
{
    struct extent extents[VXM_MAX_PLANES] = {{0}};
    bool isKnown[VXM_MAX_PLANES] = {false};
    VkResult result = check_counts(check);

    if (result == VK_SUCCESS) {
        result = check_every_memory_used(check);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < check->image->planeCount; i++) {
        struct vxm_format_plane facts;

        result = check_place(check, i);
        isKnown[i] = check->isLinear && vxm__format_plane(check->image->format, i, &facts);
        if (result == VK_SUCCESS && isKnown[i]) {
            extents[i] = measure(check->image, i, &facts);
            result = check_pitch(check, i, &facts, &extents[i]);
        }
        if (result == VK_SUCCESS && isKnown[i]) {
            result = check_layers(check, i, &extents[i]);
        }
        if (result == VK_SUCCESS && !isKnown[i]) {
            extents[i] = measure(check->image, i, &anything);
        }
        if (result == VK_SUCCESS) {
            result = check_end(check, i, &extents[i]);
        }
        /* Of an unknown pitch nothing follows but where the first row lies. */
        isKnown[i] = isKnown[i] && check->image->planes[i].rowPitch != 0;
        for (uint32_t j = 0; result == VK_SUCCESS && j < i; j++) {
            result = check_apart(check, isKnown, extents, j, i);
        }
    }
    return result;
}

VkResult vxm__check_planes(const char *caller, const struct vxm_layout_words *words,
                           const VxmImageDescription *image, uint32_t memoryCount,
                           const struct vxm_span *memories)
{
    const struct check check = {
        .caller = caller,
        .words = words,
        .image = image,
        .memoryCount = memoryCount,
        .memories = memories,
        .isLinear = image->tiling == VK_IMAGE_TILING_LINEAR ||
                    (image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT &&
                     image->drmFormatModifier == VXM_DRM_FORMAT_MOD_LINEAR),
    };

    return check_all(&check);
}

VkResult vxm__check_shared_planes(const char *caller, const VxmShared *shared,
                                  const uint64_t *sizes)
{
    struct vxm_span spans[VXM_MAX_PLANES] = {{0}};

    for (uint32_t i = 0; i < shared->memoryCount; i++) {
        spans[i].begin = shared->memories[i].offset;
        spans[i].size = shared->memories[i].allocationSize;
        if (spans[i].size == 0 && sizes != NULL) {
            spans[i].size = sizes[i];
            spans[i].measured = true;
        }
    }
    return vxm__check_planes(caller, &vxm__shared_words, &shared->image, shared->memoryCount,
                             spans);
}
