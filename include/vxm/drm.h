/*
 * vxm with GBM and KMS: buffer objects and framebuffers, on Linux.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_DRM_H_
#define VXM_DRM_H_ 1

/**
 * @file drm.h
 * @brief Buffer objects of GBM and framebuffers of KMS, shared with Vulkan as dma-bufs.
 *
 * @code{.c}
 * VxmDrm drm = {0};
 * vxmDrmLoad(dlsym, NULL, &drm);                             // what the program links
 * vxmDrmGetModifiers(&drm, fd, plane, fourcc, &theirs);      // what a plane can show
 * vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, theirs.modifierCount,
 *                    theirs.modifiers, &choice);
 * ... vxmCreateImage() with choice.modifiers ...
 * vxmDrmAddFramebuffer(&drm, fd, image, NULL, &framebuffer); // for drmModeSetCrtc() and so on
 * vxmDrmShareBo(&drm, bo, &info, &shared);                   // GBM's, for vxmImportMemory()
 * vxmDrmImportBo(&drm, gbm, image, NULL, &bo);               // Vulkan's, for GBM
 * @endcode
 *
 * Inline functions over the headers of libgbm and libdrm; neither is linked. vxmDrmLoad() fills a
 * table with their functions, and every other call takes that table. A program may have one of the
 * two libraries only.
 *
 * What holds for every function here, beside what vxm/vxm.h says:
 *
 * - **Import borrows**, as everywhere: GBM and the kernel keep references of their own.
 * - **Modifiers.** An image is shared by the exact layout of its planes. DRM_FORMAT_MOD_INVALID,
 *   which says that the layout is known to one driver only, is refused, with what to do instead.
 * - **One GPU or two.** What one GPU's driver lays out, another's can read if both have the
 *   modifier, as a rule LINEAR only. vxmDrmCheckDevice() tells whether it is one.
 * - **GEM handles** stand for a buffer in one open DRM file, once: the kernel doesn't count how
 *   often it has given one out. See vxmDrmAddSharedFramebuffer().
 * - **Failures of theirs** have the reason VXM_ERROR_REASON_FOREIGN and errno as the code.
 *
 * Spec: gbm.h; DRM's userland interfaces (PRIME buffer sharing, GEM handles, KMS planes and
 * framebuffers) in the kernel's documentation; drm_fourcc.h.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gbm.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include <vxm/vxm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------- */
/* The table of functions                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Looks a function of libgbm or libdrm up by its name. dlsym() is one: with NULL for user it finds
 * what the program has linked, with what dlopen() gave the functions of that library.
 *
 * @param user  what vxmDrmLoad() was given.
 * @param name  such as "drmPrimeFDToHandle".
 * @return NULL if there is no such function.
 */
typedef void *(*VxmDrmGetProc)(void *user, const char *name);

/** The functions of libgbm and libdrm, as far as these adapters call them, each as a member of its
 * own name. `VxmDrm drm = {0};` before vxmDrmLoad(). It does not change after, owns nothing, and
 * may be used by any number of threads. */
typedef struct VxmDrm {
    VkBool32 gbm; /**< libgbm's are there, of Mesa 21.1 or later. */
    VkBool32 kms; /**< libdrm's are there. */

    /** @cond INTERNAL */
    int (*gbm_bo_get_plane_count)(struct gbm_bo *);
    uint32_t (*gbm_bo_get_width)(struct gbm_bo *);
    uint32_t (*gbm_bo_get_height)(struct gbm_bo *);
    uint32_t (*gbm_bo_get_format)(struct gbm_bo *);
    uint64_t (*gbm_bo_get_modifier)(struct gbm_bo *);
    uint32_t (*gbm_bo_get_offset)(struct gbm_bo *, int);
    uint32_t (*gbm_bo_get_stride_for_plane)(struct gbm_bo *, int);
    union gbm_bo_handle (*gbm_bo_get_handle_for_plane)(struct gbm_bo *, int);
    int (*gbm_bo_get_fd_for_plane)(struct gbm_bo *, int);
    struct gbm_device *(*gbm_bo_get_device)(struct gbm_bo *);
    int (*gbm_device_get_fd)(struct gbm_device *);
    struct gbm_bo *(*gbm_bo_import)(struct gbm_device *, uint32_t, void *, uint32_t);

    int (*drmGetNodeTypeFromFd)(int);
    int (*drmGetCap)(int, uint64_t, uint64_t *);
    int (*drmIoctl)(int, unsigned long, void *);
    int (*drmPrimeFDToHandle)(int, int, uint32_t *);
    int (*drmPrimeHandleToFD)(int, uint32_t, uint32_t, int *);
    int (*drmModeAddFB2WithModifiers)(int, uint32_t, uint32_t, uint32_t, const uint32_t *,
                                      const uint32_t *, const uint32_t *, const uint64_t *,
                                      uint32_t *, uint32_t);
    int (*drmModeRmFB)(int, uint32_t);
    drmModePlanePtr (*drmModeGetPlane)(int, uint32_t);
    void (*drmModeFreePlane)(drmModePlanePtr);
    drmModeObjectPropertiesPtr (*drmModeObjectGetProperties)(int, uint32_t, uint32_t);
    void (*drmModeFreeObjectProperties)(drmModeObjectPropertiesPtr);
    drmModePropertyPtr (*drmModeGetProperty)(int, uint32_t);
    void (*drmModeFreeProperty)(drmModePropertyPtr);
    drmModePropertyBlobPtr (*drmModeGetPropertyBlob)(int, uint32_t);
    void (*drmModeFreePropertyBlob)(drmModePropertyBlobPtr);
    /** @endcond */
} VxmDrm;

/** What GBM can't tell of a buffer object that it shares. All zero describes it. */
typedef struct VxmDrmShareInfo {
    VkImageUsageFlags usage;  /**< What Vulkan is to use it for; an import needs it. */
    VkImageCreateFlags flags; /**< As for vkCreateImage; most often 0. */
    /** UNDEFINED: what vxmGetFourccFormat() says. Any other must have the same bytes, such as the
     * SRGB one; where Vulkan has none for GBM's code, it is taken as it is. */
    VkFormat format;
    /** The buffer object was made with GBM_BO_USE_LINEAR: where GBM then names
     * DRM_FORMAT_MOD_INVALID, the layout is LINEAR all the same. */
    VkBool32 linear;
} VxmDrmShareInfo;

/** How an image becomes a buffer object. All zero is a good start. */
typedef struct VxmDrmImportInfo {
    /** DRM's code for the format; 0: vxmGetFormatFourcc()'s. Any other must have the same bytes,
     * such as DRM_FORMAT_XRGB8888 for a B8G8R8A8 image whose alpha is to be ignored. */
    uint32_t fourcc;
    /** With fourcc 0, the one with an X in place of the alpha channel. */
    VkBool32 opaque;
    /** GBM_BO_USE_SCANOUT and so on. */
    uint32_t flags;
} VxmDrmImportInfo;

/** How an image becomes a framebuffer. All zero is a good start. */
typedef struct VxmDrmFramebufferInfo {
    /** As VxmDrmImportInfo::fourcc. */
    uint32_t fourcc;
    /** As VxmDrmImportInfo::opaque. Many primary planes show X formats only. */
    VkBool32 opaque;
    /** Somebody else has GEM handles of the same buffer in this DRM file, and closes them:
     * vxmDrmAddSharedFramebuffer() has more on it. */
    VkBool32 keepHandles;
} VxmDrmFramebufferInfo;

/** The modifiers that a KMS plane shows a format with. */
typedef struct VxmDrmModifiers {
    uint32_t modifierCount;                /**< Entries of modifiers. */
    uint64_t modifiers[VXM_MAX_MODIFIERS]; /**< In the driver's order: "theirs" for
                                                vxmChooseModifiers(). */
    uint32_t leftOut; /**< More than there is room for: the driver's last ones, but LINEAR. */
    char reason[512]; /**< "", or why there is none, in words, and what to do instead. */
} VxmDrmModifiers;

/* ---------------------------------------------------------------------------------------------- */
/* Inside                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* With -std=c11 alone <fcntl.h> hides O_CLOEXEC, which DRM_CLOEXEC is. */
#ifdef O_CLOEXEC
#define VXM__DRM_EXPORT_FLAGS (DRM_CLOEXEC | DRM_RDWR)
#else
#define VXM__DRM_EXPORT_FLAGS DRM_RDWR
#endif

static inline VkResult vxm__drm_null(const char *caller, const char *name)
{
    return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                           "%s: %s must not be NULL.", caller, name);
}

/* Refuses a table without the functions of a library. */
static inline VkResult vxm__drm_begin(const char *caller, const VxmDrm *drm, int wantsGbm)
{
    if (drm == NULL) {
        return vxm__drm_null(caller, "drm");
    }
    if (wantsGbm ? !drm->gbm : !drm->kms) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: drm has no functions of %s. Fill it with vxmDrmLoad(), and "
                               "link that library or dlopen() it with RTLD_GLOBAL (linkers "
                               "leave out what no code calls by name).",
                               caller, wantsGbm ? "libgbm (Mesa 21.1 or later)" : "libdrm");
    }
    return VK_SUCCESS;
}

/* What a call of theirs came to. `result` is for errors that have no better one. */
static inline VkResult vxm__drm_fail(const char *caller, VkResult result, int error,
                                     const char *call, const char *advice)
{
    if (error == ENOMEM) {
        result = VK_ERROR_OUT_OF_HOST_MEMORY;
    } else if (error == EMFILE || error == ENFILE) {
        result = VK_ERROR_TOO_MANY_OBJECTS;
    }
    if (error == 0) {
        return vxmSetLastError(result, VXM_ERROR_REASON_FOREIGN, 0,
                               "%s: %s failed, and doesn't say why.%s", caller, call, advice);
    }
    return vxmSetLastError(result, VXM_ERROR_REASON_FOREIGN, error,
                           "%s: %s failed with errno %d (%s).%s", caller, call, error,
                           strerror(error), advice);
}

/* text: 5 characters. */
static inline const char *vxm__drm_fourcc_text(uint32_t fourcc, char *text)
{
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t letter = (fourcc >> (8 * i)) & 0xff;

        text[i] = letter >= 0x20 && letter < 0x7f ? (char)letter : '?';
    }
    text[4] = '\0';
    return text;
}

/* An image in the words of GBM and KMS. */
typedef struct vxm__drm_image {
    uint32_t width, height;
    uint32_t fourcc;
    uint64_t modifier;
    uint32_t planeCount;
    int fds[VXM_MAX_PLANES];
    uint32_t pitches[VXM_MAX_PLANES];
    uint32_t offsets[VXM_MAX_PLANES];
} vxm__drm_image;

/* The format code: the image's own, or the caller's if it has the same bytes. */
static inline VkResult vxm__drm_choose_fourcc(const char *caller, VkFormat format, uint32_t wanted,
                                              VkBool32 opaque, uint32_t *fourcc)
{
    const uint32_t own = vxmGetFormatFourcc(format, opaque);
    char texts[2][5];
    VxmFourccFormat a, b;

    if (own == 0) {
        return vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: DRM has no format code for VkFormat %d. Create the image with "
                               "a format that vxmGetFormatFourcc() knows.",
                               caller, (int)format);
    }
    *fourcc = wanted != 0 ? wanted : own;
    if (wanted == 0 || wanted == own) {
        return VK_SUCCESS;
    }
    if (vxmGetFourccFormat(own, &a) != VK_SUCCESS || vxmGetFourccFormat(wanted, &b) != VK_SUCCESS ||
        a.format != b.format) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: info->fourcc is %s (0x%08x), but VkFormat %d has other bytes, "
                               "those of %s. Name that, its X variant, or 0.",
                               caller, vxm__drm_fourcc_text(wanted, texts[0]), (unsigned)wanted,
                               (int)format, vxm__drm_fourcc_text(own, texts[1]));
    }
    return VK_SUCCESS;
}

/* Whether a plane's handle and layout can be given to GBM and KMS. */
static inline VkResult vxm__drm_describe_plane(const char *caller, const VxmShared *shared,
                                               uint32_t plane, vxm__drm_image *image)
{
    const VxmPlaneLayout *const layout = &shared->image.planes[plane];
    const VxmHandle *handle;
    VxmError error;

    if (layout->memoryIndex >= shared->memoryCount) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: planes[%u].memoryIndex is %u, but memoryCount is %u.", caller,
                               plane, layout->memoryIndex, shared->memoryCount);
    }
    /* gbm_import_fd_modifier_data has them as int. */
    if (layout->rowPitch == 0 || layout->rowPitch > INT_MAX || layout->offset > INT_MAX) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: planes[%u] has a rowPitch of %llu at offset %llu; GBM and KMS "
                               "need a pitch that is known, and neither above %d.",
                               caller, plane, (unsigned long long)layout->rowPitch,
                               (unsigned long long)layout->offset, INT_MAX);
    }
    handle = &shared->memories[layout->memoryIndex].handle;
    if (handle->kind != VXM_HANDLE_KIND_MEMORY ||
        handle->type != VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: memories[%u].handle, of plane %u, is %s.", caller,
                               layout->memoryIndex, plane,
                               handle->type == 0 ? "empty" : "no DMA_BUF");
    }
    if (vxmCheckHandle(handle) != VK_SUCCESS) {
        vxmGetLastError(&error);
        return vxmSetLastError(error.result, error.reason, error.code,
                               "%s: memories[%u].handle, of plane %u, can't be used. %s", caller,
                               layout->memoryIndex, plane, error.message);
    }
    image->fds[plane] = handle->fd;
    image->pitches[plane] = (uint32_t)layout->rowPitch;
    image->offsets[plane] = (uint32_t)layout->offset;
    return VK_SUCCESS;
}

/* Whether the planes lie within the dma-bufs, whose sizes the kernel knows: not every driver of
 * GBM's looks. The handles have been checked. */
static inline VkResult vxm__drm_check_sizes(const VxmShared *shared)
{
    VxmShared sized = *shared;

    for (uint32_t i = 0; i < shared->memoryCount; i++) {
        const off_t size = lseek(shared->memories[i].handle.fd, 0, SEEK_END);
        VkDeviceSize *const told = &sized.memories[i].allocationSize;

        if (size > 0 && (*told == 0 || *told > (VkDeviceSize)size)) {
            *told = (VkDeviceSize)size;
        }
    }
    return vxmCheckDescription(&sized);
}

/* Checks all that can be without a call of theirs. image: all zero before. */
static inline VkResult vxm__drm_describe(const char *caller, const VxmShared *shared,
                                         uint32_t fourcc, VkBool32 opaque, vxm__drm_image *image)
{
    const VxmImageDescription *const from = &shared->image;
    VkResult result;

    if (shared->handleType != VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the handles are %s; GBM and KMS take DMA_BUF. Create the image for that type "
            "(VxmMemoryCreateInfo::handleTypes) and export it as that.",
            caller, vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, shared->handleType));
    }
    if (shared->resourceType != VXM_RESOURCE_TYPE_IMAGE) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: resourceType is %d; GBM and KMS take images only.", caller,
                               (int)shared->resourceType);
    }
    if (from->tiling == VK_IMAGE_TILING_OPTIMAL) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the image has OPTIMAL tiling, whose layout is known to its "
                               "driver only. Create it with DRM_FORMAT_MODIFIER_EXT tiling, or "
                               "LINEAR.",
                               caller);
    }
    if (from->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT &&
        from->drmFormatModifier == VXM_DRM_FORMAT_MOD_INVALID) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: drmFormatModifier is DRM_FORMAT_MOD_INVALID: the layout is not "
                               "known. Ask who made the image for its modifier.",
                               caller);
    }
    result = vxmCheckDescription(shared);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (from->imageType != VK_IMAGE_TYPE_2D || from->mipLevels != 1 || from->arrayLayers != 1 ||
        from->samples != VK_SAMPLE_COUNT_1_BIT) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the image has VkImageType %d, %u mip levels, %u layers and %d "
                               "samples; GBM and KMS have 2D images of one each.",
                               caller, (int)from->imageType, from->mipLevels, from->arrayLayers,
                               (int)from->samples);
    }
    if (from->planeCount < 1 || from->planeCount > VXM_MAX_PLANES ||
        shared->memoryCount > VXM_MAX_PLANES) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: image.planeCount is %u, but GBM and KMS need the layout of 1 "
                               "to %u planes.",
                               caller, from->planeCount, VXM_MAX_PLANES);
    }
    result = vxm__drm_choose_fourcc(caller, from->format, fourcc, opaque, &image->fourcc);
    for (uint32_t i = 0; i < from->planeCount && result == VK_SUCCESS; i++) {
        result = vxm__drm_describe_plane(caller, shared, i, image);
    }
    if (result == VK_SUCCESS) {
        result = vxm__drm_check_sizes(shared);
    }
    image->width = from->extent.width;
    image->height = from->extent.height;
    image->planeCount = from->planeCount;
    image->modifier = from->tiling == VK_IMAGE_TILING_LINEAR ? VXM_DRM_FORMAT_MOD_LINEAR
                                                             : from->drmFormatModifier;
    return result;
}

/** @endcond */

/* ---------------------------------------------------------------------------------------------- */
/* Loading                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Fills the table with the functions of libgbm and libdrm, as far as they are found.
 *
 * @param      getProc  the lookup, such as dlsym(); called during this call only.
 * @param      user     its first argument; NULL with dlsym(): what the program has loaded.
 * @param[out] drm      receives the table. There is nothing to end; the libraries must stay loaded.
 *
 * Linkers leave out libraries that no code calls by name (--as-needed); dlopen() with RTLD_GLOBAL
 * loads them all the same.
 *
 * Errors: VK_ERROR_INITIALIZATION_FAILED if neither library is there with all that is needed; the
 * sentence names what is missing.
 *
 * Thread safety: any thread.
 */
static inline VkResult vxmDrmLoad(VxmDrmGetProc getProc, void *user, VxmDrm *drm)
{
    static const struct {
        const char *name;
        size_t offset;
    } functions[] = {
        {"gbm_bo_get_plane_count", offsetof(VxmDrm, gbm_bo_get_plane_count)},
        {"gbm_bo_get_width", offsetof(VxmDrm, gbm_bo_get_width)},
        {"gbm_bo_get_height", offsetof(VxmDrm, gbm_bo_get_height)},
        {"gbm_bo_get_format", offsetof(VxmDrm, gbm_bo_get_format)},
        {"gbm_bo_get_modifier", offsetof(VxmDrm, gbm_bo_get_modifier)},
        {"gbm_bo_get_offset", offsetof(VxmDrm, gbm_bo_get_offset)},
        {"gbm_bo_get_stride_for_plane", offsetof(VxmDrm, gbm_bo_get_stride_for_plane)},
        {"gbm_bo_get_handle_for_plane", offsetof(VxmDrm, gbm_bo_get_handle_for_plane)},
        {"gbm_bo_get_fd_for_plane", offsetof(VxmDrm, gbm_bo_get_fd_for_plane)},
        {"gbm_bo_get_device", offsetof(VxmDrm, gbm_bo_get_device)},
        {"gbm_device_get_fd", offsetof(VxmDrm, gbm_device_get_fd)},
        {"gbm_bo_import", offsetof(VxmDrm, gbm_bo_import)},
        {"drmGetNodeTypeFromFd", offsetof(VxmDrm, drmGetNodeTypeFromFd)},
        {"drmGetCap", offsetof(VxmDrm, drmGetCap)},
        {"drmIoctl", offsetof(VxmDrm, drmIoctl)},
        {"drmPrimeFDToHandle", offsetof(VxmDrm, drmPrimeFDToHandle)},
        {"drmPrimeHandleToFD", offsetof(VxmDrm, drmPrimeHandleToFD)},
        {"drmModeAddFB2WithModifiers", offsetof(VxmDrm, drmModeAddFB2WithModifiers)},
        {"drmModeRmFB", offsetof(VxmDrm, drmModeRmFB)},
        {"drmModeGetPlane", offsetof(VxmDrm, drmModeGetPlane)},
        {"drmModeFreePlane", offsetof(VxmDrm, drmModeFreePlane)},
        {"drmModeObjectGetProperties", offsetof(VxmDrm, drmModeObjectGetProperties)},
        {"drmModeFreeObjectProperties", offsetof(VxmDrm, drmModeFreeObjectProperties)},
        {"drmModeGetProperty", offsetof(VxmDrm, drmModeGetProperty)},
        {"drmModeFreeProperty", offsetof(VxmDrm, drmModeFreeProperty)},
        {"drmModeGetPropertyBlob", offsetof(VxmDrm, drmModeGetPropertyBlob)},
        {"drmModeFreePropertyBlob", offsetof(VxmDrm, drmModeFreePropertyBlob)},
    };
    const char *missingGbm = NULL, *missingDrm = NULL;
    VxmDrm loaded;

    if (getProc == NULL || drm == NULL) {
        return vxm__drm_null("vxmDrmLoad", getProc == NULL ? "getProc" : "drm");
    }
    memset(&loaded, 0, sizeof(loaded));
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        const char *const name = functions[i].name;
        const char **const missing = strncmp(name, "gbm", 3) == 0 ? &missingGbm : &missingDrm;
        void *const function = getProc(user, name);

        if (function == NULL && *missing == NULL) {
            *missing = name;
        }
        memcpy((char *)&loaded + functions[i].offset, &function, sizeof(function));
    }
    loaded.gbm = missingGbm == NULL;
    loaded.kms = missingDrm == NULL;
    if (!loaded.gbm && !loaded.kms) {
        return vxmSetLastError(
            VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "vxmDrmLoad: getProc knows no %s, which libgbm.so.1 of Mesa 21.1 or later has, and no "
            "%s, which libdrm.so.2 has. Link one of them, or dlopen() it with RTLD_GLOBAL: linkers "
            "leave out what no code calls by name (--as-needed). Debian and Ubuntu: libgbm1, "
            "libdrm2.",
            missingGbm, missingDrm);
    }
    *drm = loaded;
    return VK_SUCCESS;
}

/**
 * Whether an open DRM node is of the GPU that a Vulkan device is of.
 *
 * A yes means that all modifiers which both name are understood by both. A no forbids nothing: a
 * display and a GPU that are two devices share LINEAR images as a rule.
 *
 * @param[in] drm       the table.
 * @param     fd        the node, /dev/dri/cardN or renderDN; gbm_device_get_fd() of a GBM device.
 * @param[in] identity  VxmDeviceInfo::identity.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if it is another (the sentence has both);
 * VK_ERROR_FEATURE_NOT_PRESENT if the Vulkan device doesn't tell a node of that type, as software
 * renderers don't; VK_ERROR_VALIDATION_FAILED_EXT if fd is no DRM node.
 *
 * Thread safety: any thread. Spec: VkPhysicalDeviceDrmPropertiesEXT, drmGetNodeTypeFromFd.
 */
static inline VkResult vxmDrmCheckDevice(const VxmDrm *drm, int fd, const VxmIdentity *identity)
{
    static const char caller[] = "vxmDrmCheckDevice";
    VkResult result = vxm__drm_begin(caller, drm, 0);
    const char *noun, *other;
    int64_t wantedMajor, wantedMinor, foundMajor, foundMinor;
    VkBool32 known, otherKnown;
    int type, isRender;
    struct stat node;
    uint64_t number;

    if (result != VK_SUCCESS) {
        return result;
    }
    if (identity == NULL) {
        return vxm__drm_null(caller, "identity");
    }
    errno = 0;
    type = drm->drmGetNodeTypeFromFd(fd);
    if (type < 0 || fstat(fd, &node) != 0) {
        return vxm__drm_fail(caller, VK_ERROR_VALIDATION_FAILED_EXT, errno, "drmGetNodeTypeFromFd",
                             " fd must be an open DRM node.");
    }
    isRender = type == DRM_NODE_RENDER;
    noun = isRender ? "render" : "primary";
    other = isRender ? "primary" : "render";
    known = isRender ? identity->drmRenderValid : identity->drmPrimaryValid;
    otherKnown = isRender ? identity->drmPrimaryValid : identity->drmRenderValid;
    if (!known) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the Vulkan device (%s) tells no %s node "
                               "(VK_EXT_physical_device_drm), so that it can't be compared.%s%s%s",
                               caller, identity->deviceName, noun, otherKnown ? " Open the " : "",
                               otherKnown ? other : "", otherKnown ? " node: that it tells." : "");
    }
    /* As makedev() has packed them. Its header isn't included: it defines macros by the names of
     * major and minor. */
    number = (uint64_t)node.st_rdev;
    foundMajor = (int64_t)(((number >> 8) & 0xfff) | ((number >> 32) & 0xfffff000u));
    foundMinor = (int64_t)((number & 0xff) | ((number >> 12) & 0xffffff00u));
    wantedMajor = isRender ? identity->drmRenderMajor : identity->drmPrimaryMajor;
    wantedMinor = isRender ? identity->drmRenderMinor : identity->drmPrimaryMinor;
    if (foundMajor != wantedMajor || foundMinor != wantedMinor) {
        return vxmSetLastError(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                               "%s: the open %s node is %lld:%lld, but that of the Vulkan device "
                               "(%s) is %lld:%lld. Open that one, or share LINEAR images.",
                               caller, noun, (long long)foundMajor, (long long)foundMinor,
                               identity->deviceName, (long long)wantedMajor,
                               (long long)wantedMinor);
    }
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* GBM                                                                                            */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* GBM's descriptor of a plane. The first export of a buffer decides whether its dma-buf can be
 * mapped for writing; Mesa's drivers don't ask for that, and lavapipe maps what it imports. So it
 * is asked for before GBM exports, which stays the one that knows. */
static inline int vxm__drm_export_plane(const VxmDrm *drm, struct gbm_bo *bo, int plane,
                                        uint32_t gemHandle)
{
    int writable = -1;
    int fd;

    if (drm->kms && drm->drmPrimeHandleToFD(drm->gbm_device_get_fd(drm->gbm_bo_get_device(bo)),
                                            gemHandle, VXM__DRM_EXPORT_FLAGS, &writable) != 0) {
        writable = -1;
    }
    errno = 0;
    fd = drm->gbm_bo_get_fd_for_plane(bo, plane);
    if (writable >= 0) {
        const int error = errno;

        (void)close(writable);
        errno = error;
    }
    return fd;
}

/* The layout of each plane, and a new handle for each of the buffers that they lie in. */
static inline VkResult vxm__drm_take_planes(const char *caller, const VxmDrm *drm,
                                            struct gbm_bo *bo, uint32_t planeCount,
                                            VxmShared *shared)
{
    uint32_t gemHandles[VXM_MAX_PLANES] = {0};

    shared->image.planeCount = planeCount;
    for (uint32_t i = 0; i < planeCount; i++) {
        VxmPlaneLayout *const layout = &shared->image.planes[i];
        union gbm_bo_handle handle;
        VxmHandle *taken;
        uint32_t index = 0;

        errno = 0;
        handle = drm->gbm_bo_get_handle_for_plane(bo, (int)i);
        if (handle.s32 == -1) {
            return vxm__drm_fail(caller, VK_ERROR_INITIALIZATION_FAILED, errno,
                                 "gbm_bo_get_handle_for_plane", "");
        }
        while (index < shared->memoryCount && gemHandles[index] != handle.u32) {
            index++;
        }
        layout->memoryIndex = index;
        layout->offset = drm->gbm_bo_get_offset(bo, (int)i);
        layout->rowPitch = drm->gbm_bo_get_stride_for_plane(bo, (int)i);
        if (index < shared->memoryCount) {
            continue;
        }
        taken = &shared->memories[index].handle;
        taken->fd = vxm__drm_export_plane(drm, bo, (int)i, handle.u32);
        if (taken->fd < 0) {
            return vxm__drm_fail(caller, VK_ERROR_INITIALIZATION_FAILED, errno,
                                 "gbm_bo_get_fd_for_plane",
                                 " Mesa exports no buffer that was made with GBM_BO_USE_WRITE.");
        }
        taken->kind = VXM_HANDLE_KIND_MEMORY;
        taken->type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
        gemHandles[index] = handle.u32;
        shared->memoryCount++;
        if (fcntl(taken->fd, F_SETFD, FD_CLOEXEC) != 0) {
            return vxm__drm_fail(caller, VK_ERROR_INITIALIZATION_FAILED, errno, "fcntl(F_SETFD)",
                                 "");
        }
    }
    return VK_SUCCESS;
}

/* The image's format: what the code is in Vulkan, or the caller's if it has the same bytes. */
static inline VkResult vxm__drm_choose_format(const char *caller, uint32_t fourcc, VkFormat wanted,
                                              VkFormat *format)
{
    const uint32_t own = vxmGetFormatFourcc(wanted, VK_FALSE);
    VxmFourccFormat facts, other;
    const VkResult result = vxmGetFourccFormat(fourcc, &facts);
    char texts[2][5];

    if (result != VK_SUCCESS && wanted == VK_FORMAT_UNDEFINED) {
        return result;
    }
    /* What DRM has no code for, such as an integer format, can't be compared. */
    if (result == VK_SUCCESS && own != 0 && vxmGetFourccFormat(own, &other) == VK_SUCCESS &&
        other.format != facts.format) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: info->format is %d, which has the bytes of %s, but the image "
                               "has those of %s: VkFormat %d. Name that, its SRGB sibling, or "
                               "VK_FORMAT_UNDEFINED.",
                               caller, (int)wanted, vxm__drm_fourcc_text(own, texts[0]),
                               vxm__drm_fourcc_text(fourcc, texts[1]), (int)facts.format);
    }
    *format = wanted != VK_FORMAT_UNDEFINED ? wanted : facts.format;
    return VK_SUCCESS;
}
/** @endcond */

/**
 * Describes a buffer object of GBM's, with new handles, for vxmImportMemory() and whoever else
 * takes a VxmShared.
 *
 * Planes that lie in one buffer become one memory, others one each.
 *
 * @param[in]  drm     the table, with libgbm.
 * @param      bo      borrowed; made with gbm_bo_create_with_modifiers2() or its likes.
 * @param[in]  info    optional: what GBM can't tell; NULL is the same as all zero.
 * @param[out] shared  receives description and handles. Yours: end it with vxmCloseShared(). They
 *                     keep the buffer alive, also after gbm_bo_destroy(). With libdrm in the table
 *                     too they can be mapped for writing, unless GBM has exported them before.
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT for a buffer object without a modifier;
 * VK_ERROR_FORMAT_NOT_SUPPORTED for a format that Vulkan has nothing for;
 * VK_ERROR_VALIDATION_FAILED_EXT also if info->format has other bytes; VK_ERROR_TOO_MANY_OBJECTS;
 * VK_ERROR_INITIALIZATION_FAILED for what GBM refuses.
 *
 * Thread safety: as the buffer object. Spec: gbm_bo_get_modifier, gbm_bo_get_fd_for_plane,
 * gbm_bo_get_offset, gbm_bo_get_stride_for_plane.
 */
static inline VkResult vxmDrmShareBo(const VxmDrm *drm, struct gbm_bo *bo,
                                     const VxmDrmShareInfo *info, VxmShared *shared)
{
    static const char caller[] = "vxmDrmShareBo";
    VkResult result = vxm__drm_begin(caller, drm, 1);
    VxmShared made;
    int planeCount;

    memset(&made, 0, sizeof(made));
    if (result != VK_SUCCESS) {
        return result;
    }
    if (bo == NULL || shared == NULL) {
        return vxm__drm_null(caller, bo == NULL ? "bo" : "shared");
    }
    result = vxm__drm_choose_format(caller, drm->gbm_bo_get_format(bo),
                                    info != NULL ? info->format : VK_FORMAT_UNDEFINED,
                                    &made.image.format);
    if (result != VK_SUCCESS) {
        return result;
    }
    errno = 0;
    planeCount = drm->gbm_bo_get_plane_count(bo);
    if (planeCount < 1 || planeCount > (int)VXM_MAX_PLANES) {
        return vxm__drm_fail(caller, VK_ERROR_INITIALIZATION_FAILED, errno,
                             "gbm_bo_get_plane_count", "");
    }
    made.image.drmFormatModifier = drm->gbm_bo_get_modifier(bo);
    if (made.image.drmFormatModifier == VXM_DRM_FORMAT_MOD_INVALID && info != NULL &&
        info->linear) {
        made.image.drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR;
    }
    if (made.image.drmFormatModifier == VXM_DRM_FORMAT_MOD_INVALID) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: gbm_bo_get_modifier answers DRM_FORMAT_MOD_INVALID: the layout is known to GBM's "
            "driver only. Make the buffer object with gbm_bo_create_with_modifiers2() and what "
            "vxmGetModifiers() lists; where GBM's driver has no modifiers, with GBM_BO_USE_LINEAR, "
            "and say so in info->linear.",
            caller);
    }
    made.resourceType = VXM_RESOURCE_TYPE_IMAGE;
    made.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
    made.handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
    made.image.flags = info != NULL ? info->flags : 0;
    made.image.imageType = VK_IMAGE_TYPE_2D;
    made.image.extent.width = drm->gbm_bo_get_width(bo);
    made.image.extent.height = drm->gbm_bo_get_height(bo);
    made.image.extent.depth = 1;
    made.image.mipLevels = 1;
    made.image.arrayLayers = 1;
    made.image.samples = VK_SAMPLE_COUNT_1_BIT;
    made.image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    made.image.usage = info != NULL ? info->usage : 0;
    result = vxm__drm_take_planes(caller, drm, bo, (uint32_t)planeCount, &made);
    if (result != VK_SUCCESS) {
        vxmCloseShared(&made);
        return result;
    }
    *shared = made;
    return VK_SUCCESS;
}

/** @cond INTERNAL */
/* See the two calls below. */
static inline VkResult vxm__drm_import_bo(const char *caller, const VxmDrm *drm,
                                          struct gbm_device *gbm, const VxmShared *shared,
                                          const VxmDrmImportInfo *info, struct gbm_bo **bo)
{
    struct gbm_import_fd_modifier_data data;
    vxm__drm_image image;
    struct gbm_bo *made;
    char text[5], call[160];
    VkResult result;

    memset(&data, 0, sizeof(data));
    memset(&image, 0, sizeof(image));
    result = vxm__drm_describe(caller, shared, info != NULL ? info->fourcc : 0,
                               info != NULL && info->opaque, &image);
    if (result != VK_SUCCESS) {
        return result;
    }
    data.width = image.width;
    data.height = image.height;
    data.format = image.fourcc;
    data.num_fds = image.planeCount;
    data.modifier = image.modifier;
    for (unsigned i = 0; i < GBM_MAX_PLANES; i++) {
        data.fds[i] = image.fds[i];
        data.strides[i] = (int)image.pitches[i];
        data.offsets[i] = (int)image.offsets[i];
    }
    errno = 0;
    made =
        drm->gbm_bo_import(gbm, GBM_BO_IMPORT_FD_MODIFIER, &data, info != NULL ? info->flags : 0);
    if (made == NULL) {
        const int error = errno;

        snprintf(call, sizeof(call),
                 "gbm_bo_import(%ux%u, %s, modifier 0x%016llx, %u planes, flags 0x%x)", image.width,
                 image.height, vxm__drm_fourcc_text(image.fourcc, text),
                 (unsigned long long)image.modifier, image.planeCount,
                 (unsigned)(info != NULL ? info->flags : 0));
        return vxm__drm_fail(caller, VK_ERROR_INVALID_EXTERNAL_HANDLE, error, call,
                             " GBM's driver must have this modifier for the format, and what the "
                             "flags ask for.");
    }
    *bo = made;
    return VK_SUCCESS;
}

/* A description of an object of this process, as a dma-buf. */
static inline VkResult vxm__drm_export(const char *caller, VxmMemory memory, VxmShared *shared)
{
    VxmMemoryInfo facts;
    VkResult result = vxmGetMemoryInfo(memory, &facts);

    if (result != VK_SUCCESS) {
        return result;
    }
    if ((facts.exportHandleTypes & VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT) == 0) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the memory can't be exported as DMA_BUF, which GBM and KMS "
                               "take. Create it for that type (VxmMemoryCreateInfo::handleTypes).",
                               caller);
    }
    return vxmExportMemory(memory, VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, shared);
}
/** @endcond */

/**
 * Makes a buffer object of an image that came with its description.
 *
 * @param[in]  drm     the table, with libgbm.
 * @param      gbm     borrowed.
 * @param[in]  shared  an image as DMA_BUF with DRM_FORMAT_MODIFIER_EXT or LINEAR tiling; its
 *                     handles stay yours.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] bo      receives the buffer object; end it with gbm_bo_destroy(). It keeps the memory
 *                     alive.
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT for another handle type, OPTIMAL tiling, and what is no
 * plain 2D image; VK_ERROR_FORMAT_NOT_SUPPORTED for a format without a code of DRM's;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE for a handle that is missing or closed, and if GBM refuses;
 * VK_ERROR_VALIDATION_FAILED_EXT as vxmCheckDescription().
 *
 * Thread safety: as the GBM device. Spec: gbm_bo_import, GBM_BO_IMPORT_FD_MODIFIER.
 */
static inline VkResult vxmDrmImportSharedBo(const VxmDrm *drm, struct gbm_device *gbm,
                                            const VxmShared *shared, const VxmDrmImportInfo *info,
                                            struct gbm_bo **bo)
{
    static const char caller[] = "vxmDrmImportSharedBo";
    VkResult result = vxm__drm_begin(caller, drm, 1);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (gbm == NULL || shared == NULL || bo == NULL) {
        return vxm__drm_null(caller, gbm == NULL ? "gbm" : shared == NULL ? "shared" : "bo");
    }
    return vxm__drm_import_bo(caller, drm, gbm, shared, info, bo);
}

/**
 * The same for an image of this process: exports it, imports it, and closes the handles.
 *
 * @param[in]  drm     the table, with libgbm.
 * @param      gbm     borrowed.
 * @param      memory  made for DMA_BUF.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] bo      receives the buffer object; end it with gbm_bo_destroy(). It keeps the
 *                     memory, not the VkImage.
 *
 * Errors: as vxmDrmImportSharedBo() and vxmExportMemory(); VK_ERROR_FEATURE_NOT_PRESENT if it was
 * not made for DMA_BUF.
 *
 * Thread safety: as the GBM device.
 */
static inline VkResult vxmDrmImportBo(const VxmDrm *drm, struct gbm_device *gbm, VxmMemory memory,
                                      const VxmDrmImportInfo *info, struct gbm_bo **bo)
{
    static const char caller[] = "vxmDrmImportBo";
    VkResult result = vxm__drm_begin(caller, drm, 1);
    VxmShared shared;

    if (result != VK_SUCCESS) {
        return result;
    }
    if (gbm == NULL || bo == NULL) {
        return vxm__drm_null(caller, gbm == NULL ? "gbm" : "bo");
    }
    result = vxm__drm_export(caller, memory, &shared);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__drm_import_bo(caller, drm, gbm, &shared, info, bo);
    vxmCloseShared(&shared);
    return result;
}

/* ---------------------------------------------------------------------------------------------- */
/* KMS                                                                                            */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* The number of the blob in a plane's IN_FORMATS; 0: it has no such property. */
static inline VkResult vxm__drm_find_in_formats(const char *caller, const VxmDrm *drm, int fd,
                                                uint32_t plane, uint32_t *blob)
{
    drmModeObjectPropertiesPtr properties;
    uint32_t found = 0;

    errno = 0;
    properties = drm->drmModeObjectGetProperties(fd, plane, DRM_MODE_OBJECT_PLANE);
    if (properties == NULL) {
        return vxm__drm_fail(caller, VK_ERROR_INITIALIZATION_FAILED, errno,
                             "drmModeObjectGetProperties",
                             " plane must be the number of a plane of this node, from "
                             "drmModeGetPlaneResources().");
    }
    for (uint32_t i = 0; i < properties->count_props && found == 0; i++) {
        drmModePropertyPtr property = drm->drmModeGetProperty(fd, properties->props[i]);

        if (property == NULL) {
            const int error = errno;

            drm->drmModeFreeObjectProperties(properties);
            return vxm__drm_fail(caller, VK_ERROR_INITIALIZATION_FAILED, error,
                                 "drmModeGetProperty", "");
        }
        if (strncmp(property->name, "IN_FORMATS", DRM_PROP_NAME_LEN) == 0) {
            found = (uint32_t)properties->prop_values[i];
        }
        drm->drmModeFreeProperty(property);
    }
    drm->drmModeFreeObjectProperties(properties);
    *blob = found;
    return VK_SUCCESS;
}

/* LINEAR, the last resort of two sides, is kept if there are more than fit. */
static inline void vxm__drm_add_modifier(VxmDrmModifiers *list, uint64_t modifier)
{
    if (list->modifierCount < VXM_MAX_MODIFIERS) {
        list->modifiers[list->modifierCount++] = modifier;
        return;
    }
    list->leftOut++;
    if (modifier == VXM_DRM_FORMAT_MOD_LINEAR) {
        list->modifiers[VXM_MAX_MODIFIERS - 1] = modifier;
    }
}

/* Reads an IN_FORMATS blob: a list of formats, and modifiers with a mask over 64 of them each.
 * False if it isn't one. */
static inline int vxm__drm_read_in_formats(const uint8_t *data, uint32_t size, uint32_t fourcc,
                                           VxmDrmModifiers *list)
{
    struct drm_format_modifier_blob header;
    struct drm_format_modifier entry;
    uint32_t format, index = 0;

    if (data == NULL || size < sizeof(header)) {
        return 0;
    }
    memcpy(&header, data, sizeof(header));
    if (header.version < FORMAT_BLOB_CURRENT || header.formats_offset > size ||
        header.count_formats > (size - header.formats_offset) / sizeof(format) ||
        header.modifiers_offset > size ||
        header.count_modifiers > (size - header.modifiers_offset) / sizeof(entry)) {
        return 0;
    }
    for (; index < header.count_formats; index++) {
        memcpy(&format, data + header.formats_offset + index * sizeof(format), sizeof(format));
        if (format == fourcc) {
            break;
        }
    }
    for (uint32_t i = 0; i < header.count_modifiers && index < header.count_formats; i++) {
        memcpy(&entry, data + header.modifiers_offset + i * sizeof(entry), sizeof(entry));
        if (index >= entry.offset && index - entry.offset < 64 &&
            ((entry.formats >> (index - entry.offset)) & 1) != 0) {
            vxm__drm_add_modifier(list, entry.modifier);
        }
    }
    return 1;
}

/* Whether a plane shows a format at all, with whatever layout. */
static inline VkResult vxm__drm_shows_format(const char *caller, const VxmDrm *drm, int fd,
                                             uint32_t plane, uint32_t fourcc, int *shows)
{
    drmModePlanePtr facts;

    errno = 0;
    facts = drm->drmModeGetPlane(fd, plane);
    if (facts == NULL) {
        return vxm__drm_fail(caller, VK_ERROR_INITIALIZATION_FAILED, errno, "drmModeGetPlane", "");
    }
    *shows = 0;
    for (uint32_t i = 0; i < facts->count_formats; i++) {
        *shows |= facts->formats[i] == fourcc;
    }
    drm->drmModeFreePlane(facts);
    return VK_SUCCESS;
}
/** @endcond */

/**
 * The modifiers that a KMS plane shows a format with: `theirs` of vxmChooseModifiers().
 *
 * @param[in]  drm        the table, with libdrm.
 * @param      fd         the primary node.
 * @param      plane      the plane's number. drmModeGetPlaneResources() lists the primary and
 *                        cursor planes only after drmSetClientCap(fd,
 *                        DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1).
 * @param      fourcc     such as DRM_FORMAT_XRGB8888.
 * @param[out] modifiers  receives them, VXM_MAX_MODIFIERS at most, LINEAR always among them. None
 *                        is an answer: the call still succeeds, and modifiers->reason says why. For
 *                        a driver that tells no modifiers it is VXM_DRM_FORMAT_MOD_INVALID alone,
 *                        and a reason: as a rule LINEAR images can be shown then.
 *
 * Errors: VK_ERROR_INITIALIZATION_FAILED for what libdrm refuses, such as the number of no plane.
 *
 * Thread safety: any thread. Spec: the plane property IN_FORMATS, drm_format_modifier_blob.
 */
static inline VkResult vxmDrmGetModifiers(const VxmDrm *drm, int fd, uint32_t plane,
                                          uint32_t fourcc, VxmDrmModifiers *modifiers)
{
    static const char caller[] = "vxmDrmGetModifiers";
    VkResult result = vxm__drm_begin(caller, drm, 0);
    drmModePropertyBlobPtr blob;
    VxmDrmModifiers list;
    uint32_t number = 0;
    int known, shows = 0;
    char text[5];

    memset(&list, 0, sizeof(list));
    if (result != VK_SUCCESS) {
        return result;
    }
    if (modifiers == NULL) {
        return vxm__drm_null(caller, "modifiers");
    }
    result = vxm__drm_find_in_formats(caller, drm, fd, plane, &number);
    if (result == VK_SUCCESS && number != 0) {
        errno = 0;
        blob = drm->drmModeGetPropertyBlob(fd, number);
        if (blob == NULL) {
            return vxm__drm_fail(caller, VK_ERROR_INITIALIZATION_FAILED, errno,
                                 "drmModeGetPropertyBlob(IN_FORMATS)", "");
        }
        known = vxm__drm_read_in_formats((const uint8_t *)blob->data, blob->length, fourcc, &list);
        drm->drmModeFreePropertyBlob(blob);
        if (!known) {
            return vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN, 0,
                                   "%s: the IN_FORMATS blob of plane %u is cut short, or of a "
                                   "version unknown here.",
                                   caller, plane);
        }
    } else if (result == VK_SUCCESS) {
        result = vxm__drm_shows_format(caller, drm, fd, plane, fourcc, &shows);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if (shows) {
        list.modifiers[list.modifierCount++] = VXM_DRM_FORMAT_MOD_INVALID;
        snprintf(list.reason, sizeof(list.reason),
                 "Plane %u shows %s, but has no IN_FORMATS property: its driver tells no "
                 "modifiers. As a rule it shows LINEAR images; vxmDrmAddFramebuffer() will tell.",
                 plane, vxm__drm_fourcc_text(fourcc, text));
    } else if (list.modifierCount == 0) {
        snprintf(list.reason, sizeof(list.reason),
                 "Plane %u doesn't show %s. drmModeGetPlane() lists the formats that it does; "
                 "where one with alpha is missing, the one with an X in its place is there as a "
                 "rule.",
                 plane, vxm__drm_fourcc_text(fourcc, text));
    }
    *modifiers = list;
    return VK_SUCCESS;
}

/** @cond INTERNAL */
/* Closes each GEM handle once: planes of one buffer have the same. */
static inline void vxm__drm_close_handles(const VxmDrm *drm, int fd, const uint32_t *handles,
                                          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct drm_gem_close request;
        int closed = handles[i] == 0;

        for (uint32_t j = 0; j < i && !closed; j++) {
            closed = handles[j] == handles[i];
        }
        if (!closed) {
            memset(&request, 0, sizeof(request));
            request.handle = handles[i];
            (void)drm->drmIoctl(fd, DRM_IOCTL_GEM_CLOSE, &request);
        }
    }
}

/* See the two calls below. */
static inline VkResult vxm__drm_add_framebuffer(const char *caller, const VxmDrm *drm, int fd,
                                                const VxmShared *shared,
                                                const VxmDrmFramebufferInfo *info,
                                                uint32_t *framebuffer)
{
    uint32_t handles[VXM_MAX_PLANES] = {0};
    uint64_t modifiers[VXM_MAX_PLANES] = {0};
    uint64_t hasModifiers = 0;
    uint32_t made = 0;
    vxm__drm_image image;
    char text[5], call[200];
    VkResult result;

    memset(&image, 0, sizeof(image));
    result = vxm__drm_describe(caller, shared, info != NULL ? info->fourcc : 0,
                               info != NULL && info->opaque, &image);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (drm->drmGetCap(fd, DRM_CAP_ADDFB2_MODIFIERS, &hasModifiers) != 0) {
        hasModifiers = 0;
    }
    if (!hasModifiers && image.modifier != VXM_DRM_FORMAT_MOD_LINEAR) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the image has the modifier 0x%016llx, but this node takes "
                               "framebuffers without modifiers only (DRM_CAP_ADDFB2_MODIFIERS is "
                               "0). Create the image with DRM_FORMAT_MOD_LINEAR.",
                               caller, (unsigned long long)image.modifier);
    }
    for (uint32_t i = 0; i < image.planeCount && result == VK_SUCCESS; i++) {
        modifiers[i] = image.modifier;
        errno = 0;
        if (drm->drmPrimeFDToHandle(fd, image.fds[i], &handles[i]) != 0) {
            const int error = errno;

            handles[i] = 0;
            snprintf(call, sizeof(call), "drmPrimeFDToHandle of plane %u", i);
            result = vxm__drm_fail(caller, VK_ERROR_INVALID_EXTERNAL_HANDLE, error, call,
                                   " This display's driver can't import the dma-buf: allocate "
                                   "where it can, such as with GBM on this node.");
        }
    }
    if (result == VK_SUCCESS) {
        errno = 0;
        if (drm->drmModeAddFB2WithModifiers(fd, image.width, image.height, image.fourcc, handles,
                                            image.pitches, image.offsets, modifiers, &made,
                                            hasModifiers ? DRM_MODE_FB_MODIFIERS : 0) != 0) {
            const int error = errno;

            snprintf(call, sizeof(call),
                     "drmModeAddFB2WithModifiers(%ux%u, %s, modifier 0x%016llx%s, %u planes, pitch "
                     "%u)",
                     image.width, image.height, vxm__drm_fourcc_text(image.fourcc, text),
                     (unsigned long long)image.modifier, hasModifiers ? "" : " not told",
                     image.planeCount, image.pitches[0]);
            result = vxm__drm_fail(caller, VK_ERROR_FORMAT_NOT_SUPPORTED, error, call,
                                   " vxmDrmGetModifiers() lists what a plane shows.");
        }
    }
    /* The framebuffer has references of its own. */
    if (info == NULL || !info->keepHandles) {
        vxm__drm_close_handles(drm, fd, handles, image.planeCount);
    }
    if (result == VK_SUCCESS) {
        *framebuffer = made;
    }
    return result;
}
/** @endcond */

/**
 * Makes a KMS framebuffer of an image that came with its description, for drmModeSetCrtc(),
 * drmModePageFlip() or the FB_ID of a plane.
 *
 * The buffer's GEM handles in this DRM file are made for the purpose and closed again; the
 * framebuffer keeps the memory alive. The kernel gives one handle per buffer and open file,
 * however often it is asked: if GBM, or anybody else, holds the same buffer in the same open file
 * (which dup() shares), closing takes it from them. So open the node once more for this, or set
 * info->keepHandles, and they close it as ever.
 *
 * @param[in]  drm          the table, with libdrm.
 * @param      fd           the primary node. Making a framebuffer needs no DRM master; showing it
 *                          does.
 * @param[in]  shared       an image as DMA_BUF with DRM_FORMAT_MODIFIER_EXT or LINEAR tiling; its
 *                          handles stay yours.
 * @param[in]  info         optional; NULL is the same as all zero.
 * @param[out] framebuffer  receives the number; end it with vxmDrmRemoveFramebuffer() or
 *                          drmModeRmFB(), on the same open file.
 *
 * Errors: as vxmDrmImportSharedBo(); VK_ERROR_FEATURE_NOT_PRESENT also for a modifier on a node
 * that takes none; VK_ERROR_INVALID_EXTERNAL_HANDLE if the display's driver can't import the
 * dma-buf; VK_ERROR_FORMAT_NOT_SUPPORTED if it refuses format, modifier or layout.
 *
 * Thread safety: calls on one open file for one buffer are yours to put in order, for the handles'
 * sake. Spec: drmPrimeFDToHandle, DRM_IOCTL_GEM_CLOSE, drmModeAddFB2WithModifiers,
 * DRM_CAP_ADDFB2_MODIFIERS.
 */
static inline VkResult vxmDrmAddSharedFramebuffer(const VxmDrm *drm, int fd,
                                                  const VxmShared *shared,
                                                  const VxmDrmFramebufferInfo *info,
                                                  uint32_t *framebuffer)
{
    static const char caller[] = "vxmDrmAddSharedFramebuffer";
    VkResult result = vxm__drm_begin(caller, drm, 0);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared == NULL || framebuffer == NULL) {
        return vxm__drm_null(caller, shared == NULL ? "shared" : "framebuffer");
    }
    return vxm__drm_add_framebuffer(caller, drm, fd, shared, info, framebuffer);
}

/**
 * The same for an image of this process: exports it, makes the framebuffer, and closes the handles.
 *
 * @param[in]  drm          the table, with libdrm.
 * @param      fd           the primary node.
 * @param      memory       made for DMA_BUF.
 * @param[in]  info         optional; NULL is the same as all zero.
 * @param[out] framebuffer  as vxmDrmAddSharedFramebuffer(). It keeps the memory, not the VkImage.
 *
 * Errors: as vxmDrmAddSharedFramebuffer() and vxmExportMemory(); VK_ERROR_FEATURE_NOT_PRESENT if it
 * was not made for DMA_BUF.
 *
 * Thread safety: as vxmDrmAddSharedFramebuffer().
 */
static inline VkResult vxmDrmAddFramebuffer(const VxmDrm *drm, int fd, VxmMemory memory,
                                            const VxmDrmFramebufferInfo *info,
                                            uint32_t *framebuffer)
{
    static const char caller[] = "vxmDrmAddFramebuffer";
    VkResult result = vxm__drm_begin(caller, drm, 0);
    VxmShared shared;

    if (result != VK_SUCCESS) {
        return result;
    }
    if (framebuffer == NULL) {
        return vxm__drm_null(caller, "framebuffer");
    }
    result = vxm__drm_export(caller, memory, &shared);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__drm_add_framebuffer(caller, drm, fd, &shared, info, framebuffer);
    vxmCloseShared(&shared);
    return result;
}

/**
 * Ends a framebuffer, and sets its number to 0. A display that still shows it goes dark: show
 * another before.
 *
 * @param[in]     drm          the table; with none nothing is ended.
 * @param         fd           the open file that it was made in.
 * @param[in,out] framebuffer  NULL or 0 is ignored.
 *
 * Thread safety: any thread. Spec: drmModeRmFB.
 */
static inline void vxmDrmRemoveFramebuffer(const VxmDrm *drm, int fd, uint32_t *framebuffer)
{
    if (drm == NULL || drm->drmModeRmFB == NULL || framebuffer == NULL || *framebuffer == 0) {
        return;
    }
    (void)drm->drmModeRmFB(fd, *framebuffer);
    *framebuffer = 0;
}

#ifdef __cplusplus
}
#endif

#endif /* VXM_DRM_H_ */
