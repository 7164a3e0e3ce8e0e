/*
 * The model of EGL: images of dma-bufs, and what can be asked about them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/egl/model_internal.h"

#include <stdio.h>
#include <string.h>

static struct egl_model_image images[EGL_MODEL_MAX];

struct egl_model_image *egl_model_image(EGLImageKHR image)
{
    for (unsigned i = 0; i < EGL_MODEL_MAX; i++) {
        if (images[i].image == image) {
            return &images[i];
        }
    }
    return NULL;
}

static void release(struct egl_model_image *image)
{
    for (uint32_t i = 0; i < image->planeCount; i++) {
        model__native_close(model__native_of_fd(image->planes[i].fd));
    }
    memset(image, 0, sizeof(*image));
}

void egl_model__reset_images(void)
{
    for (unsigned i = 0; i < EGL_MODEL_MAX; i++) {
        release(&images[i]);
    }
}

size_t egl_model__live_images(char *text, size_t size)
{
    size_t count = 0;

    for (unsigned i = 0; i < EGL_MODEL_MAX; i++) {
        count += images[i].image != EGL_NO_IMAGE_KHR;
    }
    if (count != 0) {
        snprintf(text, size, "alive: %zu images\n", count);
    }
    return count;
}

/* EGL's own reference of each dma-buf. */
static EGLImageKHR keep(const struct egl_model_image *given)
{
    struct egl_model_image *image = egl_model_image(EGL_NO_IMAGE_KHR);

    *image = *given;
    image->image = egl_model__new_handle();
    for (uint32_t i = 0; i < image->planeCount; i++) {
        union model_native copy = model__native_of_fd(-1);

        (void)model__native_duplicate(model__native_of_fd(given->planes[i].fd), false, &copy);
        image->planes[i].fd = copy.fd;
    }
    return image->image;
}

EGLImageKHR egl_model_make_image(const struct egl_model_image *image)
{
    return keep(image);
}

void egl_model_end_image(EGLImageKHR image)
{
    release(egl_model_image(image));
}

/* ---- eglCreateImageKHR ---- */

/* The attributes that a list may hold, each once. */
static const EGLint known[] = {
    EGL_WIDTH,
    EGL_HEIGHT,
    EGL_LINUX_DRM_FOURCC_EXT,
    EGL_YUV_COLOR_SPACE_HINT_EXT,
    EGL_SAMPLE_RANGE_HINT_EXT,
    EGL_YUV_CHROMA_HORIZONTAL_SITING_HINT_EXT,
    EGL_YUV_CHROMA_VERTICAL_SITING_HINT_EXT,
    EGL_DMA_BUF_PLANE0_FD_EXT,
    EGL_DMA_BUF_PLANE0_OFFSET_EXT,
    EGL_DMA_BUF_PLANE0_PITCH_EXT,
    EGL_DMA_BUF_PLANE1_FD_EXT,
    EGL_DMA_BUF_PLANE1_OFFSET_EXT,
    EGL_DMA_BUF_PLANE1_PITCH_EXT,
    EGL_DMA_BUF_PLANE2_FD_EXT,
    EGL_DMA_BUF_PLANE2_OFFSET_EXT,
    EGL_DMA_BUF_PLANE2_PITCH_EXT,
    /* from here on EGL_EXT_image_dma_buf_import_modifiers */
    EGL_DMA_BUF_PLANE3_FD_EXT,
    EGL_DMA_BUF_PLANE3_OFFSET_EXT,
    EGL_DMA_BUF_PLANE3_PITCH_EXT,
    EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
    EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT,
    EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT,
    EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT,
    EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT,
    EGL_DMA_BUF_PLANE2_MODIFIER_HI_EXT,
    EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT,
    EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT,
};
enum {
    KNOWN = sizeof(known) / sizeof(known[0]),
    FIRST_OF_MODIFIERS = 16
};

struct attributes {
    bool given[KNOWN];
    EGLint values[KNOWN];
};

static unsigned index_of(EGLint name)
{
    unsigned i = 0;

    while (i < KNOWN && known[i] != name) {
        i++;
    }
    return i;
}

static bool get(const struct attributes *attributes, EGLint name, EGLint *value)
{
    const unsigned i = index_of(name);

    *value = attributes->values[i];
    return attributes->given[i];
}

static EGLint read_attributes(const EGLint *list, struct attributes *out)
{
    memset(out, 0, sizeof(*out));
    for (; *list != EGL_NONE; list += 2) {
        const unsigned i = index_of(list[0]);

        if (i == KNOWN || (i >= FIRST_OF_MODIFIERS &&
                           !egl_model__has("EGL_EXT_image_dma_buf_import_modifiers"))) {
            return EGL_BAD_PARAMETER;
        }
        if (out->given[i]) {
            egl_model__breach("attribute 0x%04x is given twice", (unsigned)list[0]);
        }
        out->given[i] = true;
        out->values[i] = list[1];
    }
    return EGL_SUCCESS;
}

static EGLint read_hint(const struct attributes *attributes, EGLint name, EGLint first, EGLint last,
                        EGLint *out)
{
    return !get(attributes, name, out) || (*out >= first && *out <= last) ? EGL_SUCCESS
                                                                          : EGL_BAD_ATTRIBUTE;
}

/* One plane's five; how many of fd, offset and pitch there are. */
static unsigned read_plane(const struct attributes *attributes, uint32_t i,
                           struct egl_model_plane *plane, EGLint modifier[2], unsigned *parts)
{
    static const EGLint first[] = {EGL_DMA_BUF_PLANE0_FD_EXT, EGL_DMA_BUF_PLANE1_FD_EXT,
                                   EGL_DMA_BUF_PLANE2_FD_EXT, EGL_DMA_BUF_PLANE3_FD_EXT};
    static const EGLint low[] = {
        EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT,
        EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT};
    unsigned count = 0;

    count += get(attributes, first[i], &plane->fd);
    count += get(attributes, first[i] + 1, &plane->offset);
    count += get(attributes, first[i] + 2, &plane->pitch);
    *parts = 0;
    *parts += get(attributes, low[i], &modifier[0]);
    *parts += get(attributes, low[i] + 1, &modifier[1]);
    return count;
}

/* Rows of a plane and bytes of a row, as far as the model knows the format. */
static void plane_size(const struct egl_model_image *image, uint32_t plane, uint64_t *rows,
                       uint64_t *bytes)
{
    const uint64_t width = (uint64_t)image->width, height = (uint64_t)image->height;

    *rows = plane == 0 ? height : (height + 1) / 2;
    *bytes = plane == 0 ? width * (image->fourcc == NV12 || image->fourcc == YUV420 ? 1 : 4)
                        : (width + 1) / 2 * (image->fourcc == NV12 ? 2 : 1);
}

static EGLint check_plane(const struct egl_model_image *image, uint32_t i)
{
    const struct egl_model_plane *const plane = &image->planes[i];
    struct model_payload_info info;
    uint64_t identity[2], rows, bytes;

    if (!model__native_read(model__native_of_fd(plane->fd), &info, identity) ||
        info.kind != MODEL_PAYLOAD_MEMORY ||
        (info.handleTypes & VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT) == 0) {
        return EGL_BAD_ALLOC; /* the extension has no error for it; this is Mesa's */
    }
    plane_size(image, i, &rows, &bytes);
    if (plane->offset < 0 || plane->pitch <= 0 ||
        (uint32_t)plane->pitch % egl_model_config()->pitchAlignment != 0 ||
        (image->modifier == 0 &&
         ((uint64_t)plane->pitch < bytes ||
          (uint64_t)plane->offset + (uint64_t)plane->pitch * (rows - 1) + bytes > info.size))) {
        return EGL_BAD_ACCESS;
    }
    return EGL_SUCCESS;
}

static EGLint read_planes(const struct attributes *attributes, struct egl_model_image *image)
{
    const struct egl_model_format *format = egl_model_format(image->fourcc);
    EGLint modifiers[4][2];
    unsigned given[4], parts[4];
    uint32_t i = 0;

    if (format == NULL) {
        return EGL_BAD_MATCH;
    }
    for (i = 0; i < 4; i++) {
        given[i] = read_plane(attributes, i, &image->planes[i], modifiers[i], &parts[i]);
        if (parts[i] == 1) {
            return EGL_BAD_PARAMETER;
        }
    }
    image->planeCount = format->planeCount;
    image->modifierTold = parts[0] == 2;
    if (image->modifierTold) {
        image->modifier = (uint64_t)(uint32_t)modifiers[0][1] << 32 | (uint32_t)modifiers[0][0];
        i = 0;
        while (i < format->modifierCount && format->modifiers[i].modifier != image->modifier) {
            i++;
        }
        if (i == format->modifierCount) {
            return EGL_BAD_MATCH;
        }
        image->planeCount = format->modifiers[i].planeCount;
    }
    for (i = 0; i < 4; i++) {
        const bool wanted = i < image->planeCount;

        if (given[i] != (wanted ? 3u : 0u)) {
            return wanted ? EGL_BAD_PARAMETER : EGL_BAD_ATTRIBUTE;
        }
        if (parts[i] != (wanted && image->modifierTold ? 2u : 0u) ||
            (parts[i] == 2 && memcmp(modifiers[i], modifiers[0], sizeof(modifiers[0])) != 0)) {
            egl_model__breach("plane %u has another modifier than plane 0, or none", (unsigned)i);
            return EGL_BAD_MATCH;
        }
    }
    for (i = 0; i < image->planeCount; i++) {
        const EGLint error = check_plane(image, i);

        if (error != EGL_SUCCESS) {
            return error;
        }
    }
    return EGL_SUCCESS;
}

static EGLint read_image(const EGLint *list, struct egl_model_image *image)
{
    struct attributes attributes;
    EGLint fourcc = 0, fd;
    EGLint error = read_attributes(list, &attributes);

    memset(image, 0, sizeof(*image));
    if (error != EGL_SUCCESS) {
        return error;
    }
    if (!get(&attributes, EGL_WIDTH, &image->width) ||
        !get(&attributes, EGL_HEIGHT, &image->height) || image->width <= 0 || image->height <= 0 ||
        !get(&attributes, EGL_LINUX_DRM_FOURCC_EXT, &fourcc) ||
        !get(&attributes, EGL_DMA_BUF_PLANE0_FD_EXT, &fd)) {
        return EGL_BAD_PARAMETER;
    }
    image->fourcc = (uint32_t)fourcc;
    if (read_hint(&attributes, EGL_YUV_COLOR_SPACE_HINT_EXT, EGL_ITU_REC601_EXT,
                  EGL_ITU_REC2020_EXT, &image->colorSpace) != EGL_SUCCESS ||
        read_hint(&attributes, EGL_SAMPLE_RANGE_HINT_EXT, EGL_YUV_FULL_RANGE_EXT,
                  EGL_YUV_NARROW_RANGE_EXT, &image->sampleRange) != EGL_SUCCESS ||
        read_hint(&attributes, EGL_YUV_CHROMA_HORIZONTAL_SITING_HINT_EXT,
                  EGL_YUV_CHROMA_SITING_0_EXT, EGL_YUV_CHROMA_SITING_0_5_EXT,
                  &image->sitingX) != EGL_SUCCESS ||
        read_hint(&attributes, EGL_YUV_CHROMA_VERTICAL_SITING_HINT_EXT, EGL_YUV_CHROMA_SITING_0_EXT,
                  EGL_YUV_CHROMA_SITING_0_5_EXT, &image->sitingY) != EGL_SUCCESS) {
        return EGL_BAD_ATTRIBUTE;
    }
    return read_planes(&attributes, image);
}

static EGLImageKHR EGLAPIENTRY create_image(EGLDisplay display, EGLContext context, EGLenum target,
                                            EGLClientBuffer buffer, const EGLint *list)
{
    struct egl_model_image image;
    EGLint error;

    if (!egl_model__enter("eglCreateImageKHR", display)) {
        return EGL_NO_IMAGE_KHR;
    }
    if (target != EGL_LINUX_DMA_BUF_EXT || context != EGL_NO_CONTEXT || buffer != NULL) {
        egl_model__error(EGL_BAD_PARAMETER);
        return EGL_NO_IMAGE_KHR;
    }
    error = read_image(list, &image);
    if (error != EGL_SUCCESS) {
        egl_model__error(error);
        return EGL_NO_IMAGE_KHR;
    }
    return keep(&image);
}

static EGLBoolean EGLAPIENTRY destroy_image(EGLDisplay display, EGLImageKHR image)
{
    struct egl_model_image *found = image != EGL_NO_IMAGE_KHR ? egl_model_image(image) : NULL;

    if (!egl_model__enter("eglDestroyImageKHR", display)) {
        return EGL_FALSE;
    }
    if (found == NULL) {
        egl_model__breach("eglDestroyImageKHR of %p, which is none", image);
        egl_model__error(EGL_BAD_PARAMETER);
        return EGL_FALSE;
    }
    release(found);
    return EGL_TRUE;
}

/* ---- questions ---- */

static EGLBoolean EGLAPIENTRY query_modifiers(EGLDisplay display, EGLint fourcc, EGLint most,
                                              EGLuint64KHR *modifiers, EGLBoolean *externalOnly,
                                              EGLint *count)
{
    const struct egl_model_format *format = egl_model_format((uint32_t)fourcc);

    if (!egl_model__enter("eglQueryDmaBufModifiersEXT", display)) {
        return EGL_FALSE;
    }
    if (format == NULL || most < 0 || (most > 0 && modifiers == NULL)) {
        egl_model__error(EGL_BAD_PARAMETER);
        return EGL_FALSE;
    }
    *count = (EGLint)format->modifierCount;
    if (most > 0 && *count > most) {
        *count = most;
    }
    for (EGLint i = 0; most > 0 && i < *count; i++) {
        modifiers[i] = format->modifiers[i].modifier;
        if (externalOnly != NULL &&
            (format->modifiers[i].externalOnly || !egl_model_config()->setsExternalOnlyIfTrue)) {
            externalOnly[i] = format->modifiers[i].externalOnly ? EGL_TRUE : EGL_FALSE;
        }
    }
    return EGL_TRUE;
}

static struct egl_model_image *find_for_export(const char *name, EGLDisplay display,
                                               EGLImageKHR image)
{
    struct egl_model_image *found = image != EGL_NO_IMAGE_KHR ? egl_model_image(image) : NULL;

    if (!egl_model__enter(name, display)) {
        return NULL;
    }
    if (found == NULL) {
        egl_model__error(EGL_BAD_PARAMETER);
    }
    return found;
}

static EGLBoolean EGLAPIENTRY export_query(EGLDisplay display, EGLImageKHR image, int *fourcc,
                                           int *planeCount, EGLuint64KHR *modifiers)
{
    const struct egl_model_image *found =
        find_for_export("eglExportDMABUFImageQueryMESA", display, image);

    if (found == NULL) {
        return EGL_FALSE;
    }
    if (fourcc != NULL) {
        *fourcc = (int)found->fourcc;
    }
    if (planeCount != NULL) {
        *planeCount = (int)found->planeCount;
    }
    for (uint32_t i = 0; modifiers != NULL && i < found->planeCount; i++) {
        modifiers[i] = found->modifier;
    }
    return EGL_TRUE;
}

static bool same_dma_buf(int a, int b)
{
    struct model_payload_info info;
    uint64_t one[2], other[2];

    return model__native_read(model__native_of_fd(a), &info, one) &&
           model__native_read(model__native_of_fd(b), &info, other) &&
           memcmp(one, other, sizeof(one)) == 0;
}

/* The first plane that lies in the same dma-buf. */
static uint32_t first_in_same(const struct egl_model_image *image, uint32_t plane)
{
    uint32_t first = 0;

    while (first < plane && !same_dma_buf(image->planes[first].fd, image->planes[plane].fd)) {
        first++;
    }
    return first;
}

static EGLBoolean EGLAPIENTRY export_image(EGLDisplay display, EGLImageKHR image, int *fds,
                                           EGLint *strides, EGLint *offsets)
{
    const struct egl_model_config *const config = egl_model_config();
    const struct egl_model_image *found =
        find_for_export("eglExportDMABUFImageMESA", display, image);

    if (found == NULL) {
        return EGL_FALSE;
    }
    for (uint32_t i = 0; i < found->planeCount && !config->exportsNothing; i++) {
        const uint32_t first = first_in_same(found, i);
        union model_native copy = model__native_of_fd(-1);

        if (i == first || config->exportsEachPlane) {
            (void)model__native_duplicate(model__native_of_fd(found->planes[i].fd),
                                          config->exportsWithoutCloexec, &copy);
        } else if (config->exportsSameNumber) {
            copy.fd = fds[first];
        }
        fds[i] = copy.fd;
        if (i == 0 || !config->exportsFirstPlane) {
            strides[i] = found->planes[i].pitch;
            offsets[i] = found->planes[i].offset;
        }
    }
    return EGL_TRUE;
}

VxmEglFunction egl_model__image_function(const char *name)
{
    static const struct {
        const char *name;
        VxmEglFunction function;
    } functions[] = {
        {"eglCreateImageKHR", (VxmEglFunction)create_image},
        {"eglDestroyImageKHR", (VxmEglFunction)destroy_image},
        {"eglQueryDmaBufModifiersEXT", (VxmEglFunction)query_modifiers},
        {"eglExportDMABUFImageQueryMESA", (VxmEglFunction)export_query},
        {"eglExportDMABUFImageMESA", (VxmEglFunction)export_image},
    };

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcmp(functions[i].name, name) == 0) {
            return functions[i].function;
        }
    }
    return NULL;
}
