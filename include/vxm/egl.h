/*
 * vxm with EGL: shared dma-bufs as EGL images and back, sync files.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_EGL_H_
#define VXM_EGL_H_ 1

/**
 * @file egl.h
 * @brief EGL images of what vxm shares as dma-bufs, and the other way round; sync files.
 *
 * @code{.c}
 * VxmEgl egl = {0};
 * vxmEglLoad(getProc, NULL, display, &egl);
 * vxmEglGetModifiers(&egl, fourcc, VK_FALSE, &theirs);   // to choose the image's modifier by
 * vxmEglImportMemory(&egl, image, NULL, &imported);      // imported.image
 * glEGLImageTargetTexture2DOES(GL_TEXTURE_2D, imported.image);
 * vxmEglWaitSemaphore(&egl, drawn);                      // Vulkan's, of type SYNC_FD
 * ... draw ...
 * vxmEglSignalSemaphore(&egl, shown);
 *
 * vxmEglExportImage(&egl, eglImage, &info, &shared, NULL);   // and back
 * vxmImportMemory(device, &shared, NULL, &memory);
 * @endcode
 *
 * Inline functions over EGL's own headers; nothing of EGL or OpenGL is linked. vxmEglLoad() fills a
 * table for one display, and every other call takes that table. Linux only, as dma-bufs are.
 *
 * What holds for every function here, beside what vxm/vxm.h says:
 *
 * - **Import borrows**, as everywhere. EGL's own rule is the same for dma-bufs, which it takes a
 *   reference of. It takes the descriptor of a sync file, and is given a duplicate.
 * - **Any GPU.** Dma-bufs go from one device and driver to another: what must agree is the
 *   modifier. Nothing here compares devices but vxmEglCheckDevice().
 * - **EGL's errors.** A failure of EGL's has the reason VXM_ERROR_REASON_FOREIGN, and EGL's error
 *   as the code.
 * - **Threads.** EGL may be called from any thread, with or without a context, but waits and
 *   signals need OpenGL's context current.
 *
 * Vulkan's side: hand the image over to VK_QUEUE_FAMILY_FOREIGN_EXT, which is what
 * vxmCmdReleaseMemory() does by itself for dma-bufs.
 *
 * Spec: EGL_EXT_image_dma_buf_import, EGL_EXT_image_dma_buf_import_modifiers,
 * EGL_MESA_image_dma_buf_export, EGL_ANDROID_native_fence_sync, EGL_KHR_wait_sync,
 * EGL_EXT_device_drm, EGL_EXT_device_drm_render_node.
 */

#include <stdio.h>
#include <string.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <EGL/egl.h>
#include <EGL/eglext.h>

#include <vxm/vxm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @cond INTERNAL */
/* What older eglext.h don't have. */
#ifndef EGL_EXT_device_drm_render_node
#define EGL_DRM_RENDER_NODE_FILE_EXT 0x3377
#endif
/** @endcond */

/** Any function of EGL's. */
typedef void (*VxmEglFunction)(void);

/** What vxmEglLoad() is given: a function by its name, such as "eglGetError"; NULL: there is none.
 * A line around eglGetProcAddress(), which finds EGL's and OpenGL's own functions, too, with EGL
 * 1.5 or EGL_KHR_client_get_all_proc_addresses. */
typedef VxmEglFunction (*VxmEglGetProc)(void *user, const char *name);

/** What a display offers, and EGL's functions under their names without "egl". `VxmEgl egl = {0};`
 * before vxmEglLoad(). It does not change after, and owns nothing. */
typedef struct VxmEgl {
    EGLDisplay display; /**< The display, which stays the app's. */
    VkBool32 modifiers; /**< EGL_EXT_image_dma_buf_import_modifiers. */
    VkBool32 exports;   /**< EGL_MESA_image_dma_buf_export. */
    VkBool32 waits;     /**< EGL_ANDROID_native_fence_sync and EGL_KHR_wait_sync. */
    VkBool32 signals;   /**< EGL_ANDROID_native_fence_sync. */
    VkBool32 devices;   /**< EGL_EXT_device_query: vxmEglCheckDevice() can ask. */

    /** @cond INTERNAL */
    EGLint(EGLAPIENTRYP GetError)(void);
    const char *(EGLAPIENTRYP QueryString)(EGLDisplay, EGLint);
    PFNEGLCREATEIMAGEKHRPROC CreateImageKHR;
    PFNEGLDESTROYIMAGEKHRPROC DestroyImageKHR;
    PFNEGLQUERYDMABUFMODIFIERSEXTPROC QueryDmaBufModifiersEXT;
    PFNEGLEXPORTDMABUFIMAGEQUERYMESAPROC ExportDMABUFImageQueryMESA;
    PFNEGLEXPORTDMABUFIMAGEMESAPROC ExportDMABUFImageMESA;
    PFNEGLCREATESYNCKHRPROC CreateSyncKHR;
    PFNEGLDESTROYSYNCKHRPROC DestroySyncKHR;
    PFNEGLWAITSYNCKHRPROC WaitSyncKHR;
    PFNEGLDUPNATIVEFENCEFDANDROIDPROC DupNativeFenceFDANDROID;
    PFNEGLQUERYDISPLAYATTRIBEXTPROC QueryDisplayAttribEXT;
    PFNEGLQUERYDEVICESTRINGEXTPROC QueryDeviceStringEXT;
    void(EGLAPIENTRYP Flush)(void); /* glFlush */
    /** @endcond */
} VxmEgl;

/** The modifiers that EGL imports a format with. */
typedef struct VxmEglModifiers {
    uint32_t modifierCount;                   /**< Entries of modifiers and externalOnly. */
    uint64_t modifiers[VXM_MAX_MODIFIERS];    /**< In EGL's order: "theirs" for
                                                   vxmChooseModifiers(). */
    VkBool32 externalOnly[VXM_MAX_MODIFIERS]; /**< Only GL_TEXTURE_EXTERNAL_OES reads it. */
    uint32_t leftOut; /**< More than there is room for: EGL's last ones, not looked at. */
    char reason[512]; /**< "", or why there is none, in words, and what to do instead. */
} VxmEglModifiers;

/** How an image becomes EGL's. All zero is a good start. */
typedef struct VxmEglImportInfo {
    /** DRM's code for the format; 0: vxmGetFormatFourcc()'s. Any other is passed on as it is:
     * DRM_FORMAT_NV21 for a G8_B8R8_2PLANE_420 image, say, with Cb and Cr changed over. */
    uint32_t fourcc;
    /** With fourcc 0, the one with an X in place of the alpha channel. */
    VkBool32 opaque;
    /** @name Hints for YCbCr formats
     * 0: EGL guesses. EGL is free not to heed them.
     * @{ */
    EGLint colorSpace;    /**< EGL_ITU_REC601_EXT, EGL_ITU_REC709_EXT, EGL_ITU_REC2020_EXT. */
    EGLint sampleRange;   /**< EGL_YUV_FULL_RANGE_EXT, EGL_YUV_NARROW_RANGE_EXT. */
    EGLint chromaSitingX; /**< EGL_YUV_CHROMA_SITING_0_EXT, EGL_YUV_CHROMA_SITING_0_5_EXT. */
    EGLint chromaSitingY; /**< As chromaSitingX. */
    /** @} */
} VxmEglImportInfo;

/** A shared image in EGL. Empty if image is EGL_NO_IMAGE_KHR. */
typedef struct VxmEglImage {
    EGLImageKHR image;     /**< For glEGLImageTargetTexture2DOES() and its like. */
    uint32_t fourcc;       /**< As it was imported. */
    uint64_t modifier;     /**< As it was imported. */
    VkBool32 externalOnly; /**< A texture of it has the target GL_TEXTURE_EXTERNAL_OES; otherwise
                                GL_TEXTURE_2D will do. */
} VxmEglImage;

/** What EGL can't tell of an image that it exports. */
typedef struct VxmEglExportInfo {
    VkExtent2D extent;        /**< In texels. EGL has no question for it. */
    VkImageUsageFlags usage;  /**< What Vulkan is to use it for. */
    VkImageCreateFlags flags; /**< As for vkCreateImage; most often 0. */
    /** UNDEFINED: what vxmGetFourccFormat() says. Any other must have the same bytes, such as the
     * SRGB one; where Vulkan has none for EGL's code, it is taken as it is. */
    VkFormat format;
} VxmEglExportInfo;

/* ---------------------------------------------------------------------------------------------- */
/* Inside                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/* EGL's name of an error. */
static inline const char *vxm__egl_error_name(EGLint error)
{
    /* EGL_SUCCESS and what follows it. */
    static const char *const names[] = {
        "no error",          "EGL_NOT_INITIALIZED",     "EGL_BAD_ACCESS",
        "EGL_BAD_ALLOC",     "EGL_BAD_ATTRIBUTE",       "EGL_BAD_CONFIG",
        "EGL_BAD_CONTEXT",   "EGL_BAD_CURRENT_SURFACE", "EGL_BAD_DISPLAY",
        "EGL_BAD_MATCH",     "EGL_BAD_NATIVE_PIXMAP",   "EGL_BAD_NATIVE_WINDOW",
        "EGL_BAD_PARAMETER", "EGL_BAD_SURFACE",         "EGL_CONTEXT_LOST",
    };
    const EGLint index = error - EGL_SUCCESS;

    return index >= 0 && index < (EGLint)(sizeof(names) / sizeof(names[0]))
               ? names[index]
               : "an error unknown here";
}

/* Refuses a table that isn't loaded. */
static inline VkResult vxm__egl_begin(const char *caller, const VxmEgl *egl)
{
    if (egl == NULL || egl->GetError == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: egl is %s. Fill it with vxmEglLoad() first.", caller,
                               egl == NULL ? "NULL" : "not loaded");
    }
    return VK_SUCCESS;
}

/* A call of EGL's has failed, with this error. `result` is for errors that have no better one. */
static inline VkResult vxm__egl_fail(const char *caller, EGLint error, VkResult result,
                                     const char *call, const char *advice)
{
    if (error == EGL_BAD_ALLOC) {
        result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    } else if (error == EGL_CONTEXT_LOST) {
        result = VK_ERROR_DEVICE_LOST;
    } else if (error == EGL_NOT_INITIALIZED || error == EGL_BAD_DISPLAY) {
        result = VK_ERROR_INITIALIZATION_FAILED;
    }
    return vxmSetLastError(result, VXM_ERROR_REASON_FOREIGN, (int64_t)error,
                           "%s: %s failed with %s (0x%04x).%s", caller, call,
                           vxm__egl_error_name(error), (unsigned)error, advice);
}

/* DRM's code as people write it. text: 5 characters. */
static inline const char *vxm__egl_fourcc_text(uint32_t fourcc, char *text)
{
    for (unsigned i = 0; i < 4; i++) {
        const char letter = (char)(fourcc >> (8 * i) & 0x7f);

        text[i] = letter >= ' ' && letter <= '~' ? letter : '?';
    }
    text[4] = '\0';
    return text;
}

/* Whether a name is one of the words of a list of extensions. */
static inline VkBool32 vxm__egl_has(const char *extensions, const char *name)
{
    const size_t length = strlen(name);
    const char *place = extensions;

    while (place != NULL && (place = strstr(place, name)) != NULL) {
        if ((place == extensions || place[-1] == ' ') &&
            (place[length] == ' ' || place[length] == '\0')) {
            return VK_TRUE;
        }
        place += length;
    }
    return VK_FALSE;
}

/* One function by its name. Through memcpy, since C has no cast that all compilers are content
 * with. */
static inline int vxm__egl_load_one(VxmEglGetProc getProc, void *user, const char *name, void *slot)
{
    VxmEglFunction function = getProc(user, name);

    memcpy(slot, &function, sizeof(function));
    return function != NULL;
}

/* ---------------------------------------------------------------------------------------------- */
/* Display                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Finds EGL's functions, and what a display offers of them.
 *
 * The call succeeds without modifiers, exports and fences: VxmEgl's flags tell.
 *
 * @param      getProc  finds a function by its name. Some loaders answer with an address for every
 *                      name, so the extensions that EGL names decide what is there.
 * @param      user     optional: passed on to getProc.
 * @param      display  initialised. It stays the app's, and must stay so as long as the table is
 *                      used.
 * @param[out] egl      receives the table; nothing of it needs to be ended.
 *
 * Errors: VK_ERROR_INITIALIZATION_FAILED if a function is missing, or the display isn't
 * initialised; VK_ERROR_EXTENSION_NOT_PRESENT without EGL_EXT_image_dma_buf_import.
 */
static inline VkResult vxmEglLoad(VxmEglGetProc getProc, void *user, EGLDisplay display,
                                  VxmEgl *egl)
{
    const char *missing = NULL, *extensions, *clients;
    VxmEgl table;

    if (getProc == NULL || egl == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmEglLoad: %s must not be NULL.",
                               getProc == NULL ? "getProc" : "egl");
    }
    if (display == EGL_NO_DISPLAY) { /* EGL would answer with what it has without any */
        return vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmEglLoad: display is EGL_NO_DISPLAY. Give one of "
                               "eglGetPlatformDisplay() that eglInitialize() has succeeded for.");
    }
    memset(&table, 0, sizeof(table));
    table.display = display;
#define VXM__EGL_NEED(name)                                                                        \
    if (!vxm__egl_load_one(getProc, user, "egl" #name, &table.name) && missing == NULL) {          \
        missing = "egl" #name;                                                                     \
    }
    VXM__EGL_NEED(GetError)
    VXM__EGL_NEED(QueryString)
    if (missing != NULL) {
        return vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "vxmEglLoad: getProc finds no %s, which every EGL has. Before EGL "
                               "1.5 eglGetProcAddress() may know extensions' functions only: "
                               "return those of EGL itself by their names.",
                               missing);
    }
    extensions = table.QueryString(display, EGL_EXTENSIONS);
    if (extensions == NULL) {
        return vxm__egl_fail("vxmEglLoad", table.GetError(), VK_ERROR_INITIALIZATION_FAILED,
                             "eglQueryString(EGL_EXTENSIONS)",
                             " Give a display that eglInitialize() has succeeded for.");
    }
    if (!vxm__egl_has(extensions, "EGL_EXT_image_dma_buf_import")) {
        return vxmSetLastError(
            VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "vxmEglLoad: this display has no EGL_EXT_image_dma_buf_import. Take "
            "a display of a GPU, or, on one device and driver, OPAQUE_FD with "
            "vxm/gl.h. Of Mesa's software renderers 25.0 has the extension, 22.3 hasn't.");
    }
    table.modifiers = vxm__egl_has(extensions, "EGL_EXT_image_dma_buf_import_modifiers");
    table.exports = vxm__egl_has(extensions, "EGL_MESA_image_dma_buf_export");
    table.signals = vxm__egl_has(extensions, "EGL_ANDROID_native_fence_sync");
    table.waits = table.signals && vxm__egl_has(extensions, "EGL_KHR_wait_sync");
    /* NULL where EGL has no client extensions, such as before 1.5; that is no error of ours. */
    clients = table.QueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
    table.devices = vxm__egl_has(clients, "EGL_EXT_device_query") ||
                    vxm__egl_has(clients, "EGL_EXT_device_base");
    VXM__EGL_NEED(CreateImageKHR)
    VXM__EGL_NEED(DestroyImageKHR)
    if (table.modifiers) {
        VXM__EGL_NEED(QueryDmaBufModifiersEXT)
    }
    if (table.exports) {
        VXM__EGL_NEED(ExportDMABUFImageQueryMESA)
        VXM__EGL_NEED(ExportDMABUFImageMESA)
    }
    if (table.signals) {
        VXM__EGL_NEED(CreateSyncKHR)
        VXM__EGL_NEED(DestroySyncKHR)
        VXM__EGL_NEED(DupNativeFenceFDANDROID)
        if (!vxm__egl_load_one(getProc, user, "glFlush", &table.Flush) && missing == NULL) {
            missing = "glFlush";
        }
    }
    if (table.waits) {
        VXM__EGL_NEED(WaitSyncKHR)
    }
    if (table.devices) {
        VXM__EGL_NEED(QueryDisplayAttribEXT)
        VXM__EGL_NEED(QueryDeviceStringEXT)
    }
#undef VXM__EGL_NEED
    if (missing != NULL) {
        return vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "vxmEglLoad: getProc finds no %s, although the display has what it "
                               "belongs to. Ask eglGetProcAddress() of the EGL that made the "
                               "display.",
                               missing);
    }
    *egl = table;
    return VK_SUCCESS;
}

/* Compares one node of the display's device. 1: the same; 0: another; -1: nobody tells. */
static inline int vxm__egl_compare_node(const VxmEgl *egl, EGLDeviceEXT device,
                                        const char *extension, EGLint name, VkBool32 valid,
                                        int64_t wantedMajor, int64_t wantedMinor, const char **path)
{
    struct stat node;
    uint64_t number;

    if (!valid || !vxm__egl_has(egl->QueryDeviceStringEXT(device, EGL_EXTENSIONS), extension)) {
        return -1;
    }
    *path = egl->QueryDeviceStringEXT(device, name);
    if (*path == NULL || stat(*path, &node) != 0) {
        return -1;
    }
    /* As <sys/sysmacros.h> takes it apart, whose macros "major" and "minor" are not for a header
     * that programs include. */
    number = (uint64_t)node.st_rdev;
    return (int64_t)((number >> 32 & 0xfffff000u) | (number >> 8 & 0xfffu)) == wantedMajor &&
           (int64_t)((number >> 12 & 0xffffff00u) | (number & 0xffu)) == wantedMinor;
}

/**
 * Whether the display is of the GPU that a Vulkan device is of, by the nodes in /dev/dri.
 *
 * Dma-bufs go to another GPU as well; on the same one more modifiers are in common, and no copy
 * crosses the bus.
 *
 * @param[in] egl       the table.
 * @param[in] identity  VxmDeviceInfo::identity.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if it is another; VK_ERROR_FEATURE_NOT_PRESENT if EGL or
 * Vulkan doesn't tell its nodes, as software renderers have none.
 *
 * Spec: EGL_EXT_device_query, EGL_EXT_device_drm, EGL_EXT_device_drm_render_node,
 * VK_EXT_physical_device_drm.
 */
static inline VkResult vxmEglCheckDevice(const VxmEgl *egl, const VxmIdentity *identity)
{
    const char *path = NULL;
    EGLAttrib device = 0;
    int same = -1;
    VkResult result = vxm__egl_begin("vxmEglCheckDevice", egl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (identity == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmEglCheckDevice: identity must not be NULL.");
    }
    if (egl->devices && egl->QueryDisplayAttribEXT(egl->display, EGL_DEVICE_EXT, &device)) {
        EGLDeviceEXT handle = (EGLDeviceEXT)device;

        same = vxm__egl_compare_node(egl, handle, "EGL_EXT_device_drm_render_node",
                                     EGL_DRM_RENDER_NODE_FILE_EXT, identity->drmRenderValid,
                                     identity->drmRenderMajor, identity->drmRenderMinor, &path);
        if (same < 0) {
            same = vxm__egl_compare_node(egl, handle, "EGL_EXT_device_drm", EGL_DRM_DEVICE_FILE_EXT,
                                         identity->drmPrimaryValid, identity->drmPrimaryMajor,
                                         identity->drmPrimaryMinor, &path);
        }
    }
    if (same < 0) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "vxmEglCheckDevice: whether EGL's display is of Vulkan's %s can't be "
            "told: %s. Go by the modifiers that both have.",
            identity->deviceName,
            !identity->drmRenderValid && !identity->drmPrimaryValid ? "Vulkan names no node of DRM"
                                                                    : "EGL names no node of DRM");
    }
    if (same == 0) {
        return vxmSetLastError(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                               "vxmEglCheckDevice: EGL's display is of %s, and Vulkan's %s isn't. "
                               "Take the display of that GPU (EGL_EXT_platform_device), or choose "
                               "the modifier LINEAR, if both have it.",
                               path, identity->deviceName);
    }
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* Modifiers                                                                                      */
/* ---------------------------------------------------------------------------------------------- */

/* See the call below. What only GL_TEXTURE_EXTERNAL_OES reads is in it; known: EGL has the format.
 */
static inline VkResult vxm__egl_list_modifiers(const char *caller, const VxmEgl *egl,
                                               uint32_t fourcc, VxmEglModifiers *list,
                                               VkBool32 *known)
{
    EGLuint64KHR modifiers[VXM_MAX_MODIFIERS];
    /* Mesa's software renderer leaves what it doesn't set as it is. */
    EGLBoolean external[VXM_MAX_MODIFIERS] = {EGL_FALSE};
    EGLint count = 0, total = 0, error;
    char text[5];

    memset(list, 0, sizeof(*list));
    *known = VK_FALSE;
    if (!egl->QueryDmaBufModifiersEXT(egl->display, (EGLint)fourcc, 0, NULL, NULL, &total) ||
        (total > 0 &&
         !egl->QueryDmaBufModifiersEXT(egl->display, (EGLint)fourcc, (EGLint)VXM_MAX_MODIFIERS,
                                       modifiers, external, &count))) {
        error = egl->GetError();
        if (error != EGL_BAD_PARAMETER) {
            return vxm__egl_fail(caller, error, VK_ERROR_UNKNOWN, "eglQueryDmaBufModifiersEXT", "");
        }
        (void)snprintf(list->reason, sizeof(list->reason),
                       "EGL's display can't import %s at all (eglQueryDmaBufFormatsEXT has the "
                       "formats that it can). Take another format.",
                       vxm__egl_fourcc_text(fourcc, text));
        return VK_SUCCESS;
    }
    *known = VK_TRUE;
    count = count < 0 ? 0 : count;
    count = count > (EGLint)VXM_MAX_MODIFIERS ? (EGLint)VXM_MAX_MODIFIERS : count;
    list->modifierCount = (uint32_t)count;
    list->leftOut = total > count ? (uint32_t)(total - count) : 0;
    for (EGLint i = 0; i < count; i++) {
        list->modifiers[i] = modifiers[i];
        list->externalOnly[i] = external[i] ? VK_TRUE : VK_FALSE;
    }
    if (count == 0) {
        (void)snprintf(list->reason, sizeof(list->reason),
                       "EGL's display imports %s, and names no modifier that it does so with: a "
                       "LINEAR image is all that can be tried.",
                       vxm__egl_fourcc_text(fourcc, text));
    }
    return VK_SUCCESS;
}

/**
 * The modifiers that EGL imports a format with: those to choose the image's by.
 *
 * @param[in]  egl        the table.
 * @param      fourcc     DRM's code for the format, such as vxmGetFormatFourcc() gives.
 * @param      external   VK_FALSE: only those that textures of GL_TEXTURE_2D have; VK_TRUE: also
 *                        those that only GL_TEXTURE_EXTERNAL_OES reads.
 * @param[out] modifiers  receives them. None is an answer: the call still succeeds, and
 *                        modifiers->reason says why.
 *
 * Errors: VK_ERROR_UNKNOWN if EGL fails for another reason than the format.
 *
 * Spec: eglQueryDmaBufModifiersEXT.
 */
static inline VkResult vxmEglGetModifiers(const VxmEgl *egl, uint32_t fourcc, VkBool32 external,
                                          VxmEglModifiers *modifiers)
{
    VxmEglModifiers list;
    VkBool32 known = VK_FALSE;
    char text[5];
    uint32_t kept = 0;
    VkResult result = vxm__egl_begin("vxmEglGetModifiers", egl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (modifiers == NULL || fourcc == 0) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0, "vxmEglGetModifiers: %s.",
            modifiers == NULL ? "modifiers must not be NULL" : "fourcc is 0, which is no format");
    }
    memset(&list, 0, sizeof(list));
    if (!egl->modifiers) {
        (void)snprintf(list.reason, sizeof(list.reason),
                       "EGL's display has no EGL_EXT_image_dma_buf_import_modifiers, and so can't "
                       "be told a modifier: a LINEAR image is all that can be tried.");
        *modifiers = list;
        return VK_SUCCESS;
    }
    result = vxm__egl_list_modifiers("vxmEglGetModifiers", egl, fourcc, &list, &known);
    if (result != VK_SUCCESS) {
        return result;
    }
    for (uint32_t i = 0; i < list.modifierCount; i++) {
        if (external || !list.externalOnly[i]) {
            list.modifiers[kept] = list.modifiers[i];
            list.externalOnly[kept++] = list.externalOnly[i];
        }
    }
    if (kept == 0 && list.modifierCount > 0) {
        (void)snprintf(list.reason, sizeof(list.reason),
                       "EGL's display imports %s for GL_TEXTURE_EXTERNAL_OES only. Ask for those, "
                       "too, and sample it with samplerExternalOES.",
                       vxm__egl_fourcc_text(fourcc, text));
    }
    list.modifierCount = kept;
    *modifiers = list;
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* Images                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Ends what an import has made, and sets it to empty. Textures of it, and the shared memory itself,
 * live on as long as anybody has them.
 *
 * @param[in]     egl    the table; with none nothing is ended, and image stays as it is.
 * @param[in,out] image  NULL or an empty one is ignored.
 *
 * Spec: eglDestroyImageKHR.
 */
static inline void vxmEglDestroyImage(const VxmEgl *egl, VxmEglImage *image)
{
    if (egl == NULL || egl->DestroyImageKHR == NULL || image == NULL) {
        return;
    }
    if (image->image != EGL_NO_IMAGE_KHR) {
        (void)egl->DestroyImageKHR(egl->display, image->image);
    }
    memset(image, 0, sizeof(*image));
}

/* A hint is unset, or a value that the attribute may have. */
static inline VkResult vxm__egl_check_hint(const char *caller, const char *field, EGLint value,
                                           EGLint first, EGLint last)
{
    if (value == 0 || (value >= first && value <= last)) {
        return VK_SUCCESS;
    }
    return vxmSetLastError(
        VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
        "%s: %s is 0x%04x, which is none of its values (0x%04x to 0x%04x, or 0).", caller, field,
        (unsigned)value, (unsigned)first, (unsigned)last);
}

/* What EGL takes as an image: one level of one 2D layer, in planes that it can be told. */
static inline VkResult vxm__egl_check_image(const char *caller, const VxmEgl *egl,
                                            const VxmShared *shared)
{
    const VxmImageDescription *const image = &shared->image;
    const uint32_t most = egl->modifiers ? 4 : 3;

    if (image->imageType != VK_IMAGE_TYPE_2D || image->extent.depth != 1 || image->mipLevels != 1 ||
        image->arrayLayers != 1 || image->samples != VK_SAMPLE_COUNT_1_BIT) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the image is of VkImageType %d with %u mips, %u layers and %u "
                               "samples; an EGL image of a dma-buf is 2D, and has one of each.",
                               caller, (int)image->imageType, image->mipLevels, image->arrayLayers,
                               (unsigned)image->samples);
    }
    if (image->tiling != VK_IMAGE_TILING_LINEAR &&
        image->tiling != VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the image has OPTIMAL tiling, which means nothing outside of "
            "its driver. Create it with DRM_FORMAT_MODIFIER_EXT tiling and one of "
            "the modifiers that vxmEglGetModifiers() lists.",
            caller);
    }
    if (image->planeCount == 0 || image->planeCount > most) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: image.planeCount is %u; EGL wants the layout of every plane, 1 "
                               "to %u here.",
                               caller, image->planeCount, most);
    }
    if (image->extent.width > (uint32_t)INT32_MAX || image->extent.height > (uint32_t)INT32_MAX) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: an extent of %ux%u is more than an EGLint can say.", caller,
                               image->extent.width, image->extent.height);
    }
    for (uint32_t i = 0; i < image->planeCount; i++) {
        const VxmPlaneLayout *const plane = &image->planes[i];

        if (plane->rowPitch == 0 || plane->rowPitch > (VkDeviceSize)INT32_MAX ||
            plane->offset > (VkDeviceSize)INT32_MAX || plane->memoryIndex >= shared->memoryCount) {
            return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                   "%s: planes[%u] has rowPitch %llu, offset %llu, memoryIndex %u "
                                   "of %u memories. EGL needs a pitch, and numbers of 31 bits.",
                                   caller, i, (unsigned long long)plane->rowPitch,
                                   (unsigned long long)plane->offset, plane->memoryIndex,
                                   shared->memoryCount);
        }
    }
    return VK_SUCCESS;
}

/* Whether EGL would have to convert what a texture of the format is read as, which only
 * GL_TEXTURE_EXTERNAL_OES does. */
static inline VkBool32 vxm__egl_is_ycbcr(VkFormat format)
{
    switch (format) {
    case VK_FORMAT_G8B8G8R8_422_UNORM:
    case VK_FORMAT_B8G8R8G8_422_UNORM:
    case VK_FORMAT_G10X6B10X6G10X6R10X6_422_UNORM_4PACK16:
    case VK_FORMAT_G12X4B12X4G12X4R12X4_422_UNORM_4PACK16:
    case VK_FORMAT_G16B16G16R16_422_UNORM:
        return VK_TRUE;
    default:
        return vxmGetPlaneFormat(format, 1) != VK_FORMAT_UNDEFINED;
    }
}

/* Format, modifier, and whether EGL has them. */
static inline VkResult vxm__egl_describe_image(const char *caller, const VxmEgl *egl,
                                               const VxmImageDescription *image,
                                               const VxmEglImportInfo *info, VkBool32 *tell,
                                               VxmEglImage *out)
{
    const VkBool32 linear = image->tiling == VK_IMAGE_TILING_LINEAR ||
                            image->drmFormatModifier == VXM_DRM_FORMAT_MOD_LINEAR;
    VxmFourccFormat facts;
    VxmEglModifiers list;
    VkBool32 known = VK_FALSE;
    uint32_t at = 0;
    char text[5];
    VkResult result;

    out->fourcc =
        info->fourcc != 0 ? info->fourcc : vxmGetFormatFourcc(image->format, info->opaque);
    out->modifier = linear ? VXM_DRM_FORMAT_MOD_LINEAR : image->drmFormatModifier;
    if (out->fourcc == 0) {
        return vxmSetLastError(
            VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: DRM has no code for VkFormat %d, and EGL knows formats by that "
            "only. Use one that it has, such as VK_FORMAT_B8G8R8A8_UNORM, or name "
            "a code of the same bytes yourself (VxmEglImportInfo::fourcc).",
            caller, (int)image->format);
    }
    (void)vxm__egl_fourcc_text(out->fourcc, text);
    memset(&facts, 0, sizeof(facts));
    if (vxmGetFourccFormat(out->fourcc, &facts) == VK_SUCCESS &&
        (image->planeCount < facts.planeCount ||
         (linear && image->planeCount > facts.planeCount))) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: image.planeCount is %u, but %s has %u planes.", caller,
                               image->planeCount, text, facts.planeCount);
    }
    memset(&list, 0, sizeof(list));
    if (egl->modifiers) {
        result = vxm__egl_list_modifiers(caller, egl, out->fourcc, &list, &known);
        if (result != VK_SUCCESS) {
            return result;
        }
        if (!known) {
            return vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                                   "%s: %s", caller, list.reason);
        }
    }
    *tell = VK_FALSE;
    out->externalOnly = vxm__egl_is_ycbcr(facts.format);
    while (at < list.modifierCount && list.modifiers[at] != out->modifier) {
        at++;
    }
    if (at < list.modifierCount) {
        *tell = VK_TRUE;
        out->externalOnly = list.externalOnly[at];
    } else if (list.leftOut > 0) {
        *tell = VK_TRUE; /* the list is cut: EGL itself must say */
    } else if (list.modifierCount > 0 || !linear) {
        return vxmSetLastError(
            VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the image has the modifier 0x%016llx, which is none of the %u "
            "that EGL's display imports %s with%s. Choose one that both have: "
            "vxmEglGetModifiers(), vxmChooseModifiers().",
            caller, (unsigned long long)out->modifier, list.modifierCount, text,
            egl->modifiers ? "" : ", for want of EGL_EXT_image_dma_buf_import_modifiers");
    }
    return VK_SUCCESS;
}

/* Whether it can be a dma-buf at all; the sentence says which of the handles isn't. */
static inline VkResult vxm__egl_check_handle(const char *caller, uint32_t index,
                                             const VxmHandle *handle)
{
    VxmError error;

    if (vxmCheckHandle(handle) == VK_SUCCESS) {
        return VK_SUCCESS;
    }
    vxmGetLastError(&error);
    return vxmSetLastError(error.result, error.reason, error.code,
                           "%s: memories[%u].handle can't be used. %s", caller, index,
                           error.message);
}

/* Checks all that can be without making anything. */
static inline VkResult vxm__egl_check_shared(const char *caller, const VxmEgl *egl,
                                             const VxmShared *shared, const VxmEglImportInfo *info,
                                             VkBool32 *tell, VxmEglImage *out)
{
    const struct {
        const char *field;
        EGLint value, first, last;
    } hints[] = {
        {"colorSpace", info->colorSpace, EGL_ITU_REC601_EXT, EGL_ITU_REC2020_EXT},
        {"sampleRange", info->sampleRange, EGL_YUV_FULL_RANGE_EXT, EGL_YUV_NARROW_RANGE_EXT},
        {"chromaSitingX", info->chromaSitingX, EGL_YUV_CHROMA_SITING_0_EXT,
         EGL_YUV_CHROMA_SITING_0_5_EXT},
        {"chromaSitingY", info->chromaSitingY, EGL_YUV_CHROMA_SITING_0_EXT,
         EGL_YUV_CHROMA_SITING_0_5_EXT},
    };
    VxmShared sized;
    VkResult result;

    if (shared->resourceType != VXM_RESOURCE_TYPE_IMAGE ||
        shared->handleType != VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: EGL imports images of type DMA_BUF, and this is %s of type %s. "
                               "For other types and for buffers see vxm/gl.h.",
                               caller,
                               shared->resourceType == VXM_RESOURCE_TYPE_IMAGE    ? "an image"
                               : shared->resourceType == VXM_RESOURCE_TYPE_BUFFER ? "a buffer"
                                                                                  : "raw memory",
                               vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, shared->handleType));
    }
    result = vxmCheckDescription(shared);
    if (result == VK_SUCCESS) {
        result = vxm__egl_check_image(caller, egl, shared);
    }
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]) && result == VK_SUCCESS; i++) {
        result = vxm__egl_check_hint(caller, hints[i].field, hints[i].value, hints[i].first,
                                     hints[i].last);
    }
    for (uint32_t i = 0; i < shared->memoryCount && result == VK_SUCCESS; i++) {
        const VxmHandle *const handle = &shared->memories[i].handle;

        if (handle->kind != VXM_HANDLE_KIND_MEMORY || handle->type != shared->handleType) {
            result =
                vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                                "%s: memories[%u].handle is %s, but the description says "
                                "DMA_BUF.",
                                caller, i, handle->type == 0 ? "empty" : "of another kind or type");
        } else {
            result = vxm__egl_check_handle(caller, i, handle);
        }
    }
    /* Again, with the sizes that the kernel knows: planes that leave the dma-buf are no error to
     * some drivers of EGL's, until they are read. */
    sized = *shared;
    for (uint32_t i = 0; i < shared->memoryCount && result == VK_SUCCESS; i++) {
        const off_t size = lseek(shared->memories[i].handle.fd, 0, SEEK_END);

        if (size > 0 && (sized.memories[i].allocationSize == 0 ||
                         sized.memories[i].allocationSize > (VkDeviceSize)size)) {
            sized.memories[i].allocationSize = (VkDeviceSize)size;
        }
    }
    if (result == VK_SUCCESS) {
        result = vxmCheckDescription(&sized);
    }
    if (result == VK_SUCCESS) {
        result = vxm__egl_describe_image(caller, egl, &shared->image, info, tell, out);
    }
    return result;
}

/* The attributes of eglCreateImageKHR(), ended by EGL_NONE. */
static inline void vxm__egl_list_attributes(const VxmShared *shared, const VxmEglImportInfo *info,
                                            VkBool32 tell, const VxmEglImage *image, EGLint *list)
{
    static const struct {
        EGLint fd, offset, pitch, low, high;
    } names[] = {
        {EGL_DMA_BUF_PLANE0_FD_EXT, EGL_DMA_BUF_PLANE0_OFFSET_EXT, EGL_DMA_BUF_PLANE0_PITCH_EXT,
         EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT},
        {EGL_DMA_BUF_PLANE1_FD_EXT, EGL_DMA_BUF_PLANE1_OFFSET_EXT, EGL_DMA_BUF_PLANE1_PITCH_EXT,
         EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT},
        {EGL_DMA_BUF_PLANE2_FD_EXT, EGL_DMA_BUF_PLANE2_OFFSET_EXT, EGL_DMA_BUF_PLANE2_PITCH_EXT,
         EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE2_MODIFIER_HI_EXT},
        {EGL_DMA_BUF_PLANE3_FD_EXT, EGL_DMA_BUF_PLANE3_OFFSET_EXT, EGL_DMA_BUF_PLANE3_PITCH_EXT,
         EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT},
    };
    const EGLint hints[][2] = {
        {EGL_YUV_COLOR_SPACE_HINT_EXT, info->colorSpace},
        {EGL_SAMPLE_RANGE_HINT_EXT, info->sampleRange},
        {EGL_YUV_CHROMA_HORIZONTAL_SITING_HINT_EXT, info->chromaSitingX},
        {EGL_YUV_CHROMA_VERTICAL_SITING_HINT_EXT, info->chromaSitingY},
    };
#define VXM__EGL_ADD(name, value) (*list++ = (name), *list++ = (EGLint)(value))
    VXM__EGL_ADD(EGL_WIDTH, shared->image.extent.width);
    VXM__EGL_ADD(EGL_HEIGHT, shared->image.extent.height);
    VXM__EGL_ADD(EGL_LINUX_DRM_FOURCC_EXT, image->fourcc);
    for (uint32_t i = 0; i < shared->image.planeCount; i++) {
        const VxmPlaneLayout *const plane = &shared->image.planes[i];

        VXM__EGL_ADD(names[i].fd, shared->memories[plane->memoryIndex].handle.fd);
        VXM__EGL_ADD(names[i].offset, plane->offset);
        VXM__EGL_ADD(names[i].pitch, plane->rowPitch);
        if (tell) {
            VXM__EGL_ADD(names[i].low, image->modifier & 0xffffffffu);
            VXM__EGL_ADD(names[i].high, image->modifier >> 32);
        }
    }
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (hints[i][1] != 0) {
            VXM__EGL_ADD(hints[i][0], hints[i][1]);
        }
    }
#undef VXM__EGL_ADD
    *list = EGL_NONE;
}

/* See the two calls below. */
static inline VkResult vxm__egl_import(const char *caller, const VxmEgl *egl,
                                       const VxmShared *shared, const VxmEglImportInfo *info,
                                       VxmEglImage *image)
{
    EGLint attributes[2 * (3 + 5 * 4 + 4) + 1];
    VxmEglImportInfo wanted;
    VkBool32 tell = VK_FALSE;
    VxmEglImage made;
    VkResult result;

    memset(&wanted, 0, sizeof(wanted));
    memset(&made, 0, sizeof(made));
    if (info != NULL) {
        wanted = *info;
    }
    result = vxm__egl_check_shared(caller, egl, shared, &wanted, &tell, &made);
    if (result != VK_SUCCESS) {
        return result;
    }
    vxm__egl_list_attributes(shared, &wanted, tell, &made, attributes);
    made.image = egl->CreateImageKHR(egl->display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT,
                                     (EGLClientBuffer)NULL, attributes);
    if (made.image == EGL_NO_IMAGE_KHR) {
        const EGLint error = egl->GetError();
        const char *advice = "";

        result = VK_ERROR_INVALID_EXTERNAL_HANDLE;
        if (error == EGL_BAD_MATCH || error == EGL_BAD_ATTRIBUTE) {
            result = VK_ERROR_FORMAT_NOT_SUPPORTED;
        } else if (error == EGL_BAD_ACCESS) {
            advice = " A pitch or an offset isn't one that this EGL can use.";
        } else if (error == EGL_BAD_ALLOC) {
            advice = " Mesa says so of all that its driver can't import: another device's dma-buf, "
                     "or several planes (vxmDescribePlane() makes an image of each).";
        }
        return vxm__egl_fail(caller, error, result, "eglCreateImageKHR(EGL_LINUX_DMA_BUF_EXT)",
                             advice);
    }
    *image = made;
    return VK_SUCCESS;
}

/**
 * Makes an EGL image of an image that came with its description, with all of its planes.
 *
 * The image must be acquired before its first use and released after: vxmEglWaitSemaphore() and
 * vxmEglSignalSemaphore(), implicitly (vxm/dmabuf.h), or on the CPU.
 *
 * @param[in]  egl     the table.
 * @param[in]  shared  from vxmExportMemory() or vxmReceiveMemory(), or filled in by hand: a 2D
 *                     image of type DMA_BUF with LINEAR or DRM_FORMAT_MODIFIER_EXT tiling, and the
 *                     layout of each plane. Its handles stay yours.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] image   receives it; end it with vxmEglDestroyImage().
 *
 * Errors, before EGL sees a handle: VK_ERROR_FEATURE_NOT_PRESENT for what can't be an EGL image;
 * VK_ERROR_FORMAT_NOT_SUPPORTED for a format or a modifier that EGL's display doesn't have;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE if a handle is missing, closed or no dma-buf. After:
 * VK_ERROR_INVALID_EXTERNAL_HANDLE or VK_ERROR_FORMAT_NOT_SUPPORTED if EGL refuses it;
 * VK_ERROR_OUT_OF_DEVICE_MEMORY for EGL_BAD_ALLOC, which Mesa answers for much that isn't that.
 *
 * Where EGL names no modifiers, LINEAR is imported without one, and EGL has to find out the layout
 * by itself. An SRGB format is imported as its UNORM one: EGL decodes nothing.
 *
 * Mesa's software renderer (25.0) names formats of several planes, and imports none of them: give
 * it each plane as an image of its own (vxmDescribePlane()). It imports on the display of its own
 * device only (EGL_MESA_device_software).
 *
 * Spec: EGL_LINUX_DMA_BUF_EXT.
 */
static inline VkResult vxmEglImportShared(const VxmEgl *egl, const VxmShared *shared,
                                          const VxmEglImportInfo *info, VxmEglImage *image)
{
    VkResult result = vxm__egl_begin("vxmEglImportShared", egl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared == NULL || image == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmEglImportShared: %s must not be NULL.",
                               shared == NULL ? "shared" : "image");
    }
    return vxm__egl_import("vxmEglImportShared", egl, shared, info, image);
}

/**
 * The same for an image of this process: exports it, imports it, and closes the handles.
 *
 * @param[in]  egl     the table.
 * @param      memory  an image that was made for DMA_BUF.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] image   receives it; end it with vxmEglDestroyImage(). It keeps the memory, not the
 *                     VkImage.
 *
 * Errors: as vxmEglImportShared() and vxmExportMemory().
 */
static inline VkResult vxmEglImportMemory(const VxmEgl *egl, VxmMemory memory,
                                          const VxmEglImportInfo *info, VxmEglImage *image)
{
    VxmShared shared;
    VkResult result = vxm__egl_begin("vxmEglImportMemory", egl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (image == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmEglImportMemory: image must not be NULL.");
    }
    result = vxmExportMemory(memory, VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, &shared);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__egl_import("vxmEglImportMemory", egl, &shared, info, image);
    vxmCloseShared(&shared);
    return result;
}

/* The image's format: what the code is in Vulkan, or the caller's if it has the same bytes. facts:
 * all zero where only the caller knows. */
static inline VkResult vxm__egl_choose_format(const char *caller, uint32_t fourcc, VkFormat wanted,
                                              VkFormat *format, VxmFourccFormat *facts)
{
    const uint32_t own = vxmGetFormatFourcc(wanted, VK_FALSE);
    const VkResult result = vxmGetFourccFormat(fourcc, facts);
    VxmFourccFormat other;
    char texts[2][5];

    if (result != VK_SUCCESS && wanted == VK_FORMAT_UNDEFINED) {
        return result;
    }
    /* What DRM has no code for, such as an integer format, can't be compared. */
    if (result == VK_SUCCESS && own != 0 && vxmGetFourccFormat(own, &other) == VK_SUCCESS &&
        other.format != facts->format) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: info->format is %d, which has the bytes of %s, but the image "
                               "has those of %s: VkFormat %d. Name that, its SRGB sibling, or "
                               "VK_FORMAT_UNDEFINED.",
                               caller, (int)wanted, vxm__egl_fourcc_text(own, texts[0]),
                               vxm__egl_fourcc_text(fourcc, texts[1]), (int)facts->format);
    }
    *format = wanted != VK_FORMAT_UNDEFINED ? wanted : facts->format;
    return VK_SUCCESS;
}

/* Takes the descriptors that EGL gave into the description, each once, and says where each plane
 * lies. */
static inline VkResult vxm__egl_take_planes(const char *caller, const int *fds,
                                            const EGLint *strides, const EGLint *offsets,
                                            VxmShared *shared)
{
    const uint32_t planeCount = shared->image.planeCount;
    uint32_t alone = 0;

    for (uint32_t i = 0; i < planeCount; i++) {
        uint32_t at = 0;

        while (at < shared->memoryCount && shared->memories[at].handle.fd != fds[i]) {
            at++;
        }
        shared->image.planes[i].memoryIndex = at;
        if (fds[i] < 0) {
            shared->image.planes[i].memoryIndex = 0;
            alone++;
        } else if (at == shared->memoryCount) {
            VxmHandle *const handle = &shared->memories[shared->memoryCount++].handle;

            handle->kind = VXM_HANDLE_KIND_MEMORY;
            handle->type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
            handle->fd = fds[i];
            (void)fcntl(handle->fd, F_SETFD, FD_CLOEXEC); /* the extension doesn't say */
        }
        shared->image.planes[i].offset = (VkDeviceSize)offsets[i];
        shared->image.planes[i].rowPitch = (VkDeviceSize)strides[i];
    }
    if (fds[0] < 0) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN, 0,
                               "%s: eglExportDMABUFImageMESA succeeded, and gave no descriptor, as "
                               "Mesa does where the driver can't export the image.",
                               caller);
    }
    if (alone > 0 && shared->memoryCount > 1) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_FOREIGN, 0,
            "%s: EGL gave %u descriptors for %u planes, and doesn't say which of "
            "them the others lie in.",
            caller, shared->memoryCount, planeCount);
    }
    for (uint32_t i = 0; i < planeCount; i++) {
        if (strides[i] <= 0 || offsets[i] < 0) {
            return vxmSetLastError(
                VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_FOREIGN, 0,
                "%s: EGL doesn't say where plane %u of %u lies (stride %d, offset "
                "%d), as Mesa doesn't for planes but the first. Allocate the "
                "image in Vulkan, or with GBM (vxm/drm.h).",
                caller, i, planeCount, (int)strides[i], (int)offsets[i]);
        }
    }
    return VK_SUCCESS;
}

/**
 * Describes an EGL image for Vulkan, with new dma-bufs: one that OpenGL has made
 * (EGL_GL_TEXTURE_2D_KHR), or an imported one.
 *
 * Vulkan must be able to import the modifier that OpenGL has chosen, which nothing but EGL's driver
 * had a say in; where OpenGL needn't be the one that allocates, let Vulkan do it.
 *
 * The modifier may be VXM_DRM_FORMAT_MOD_INVALID: EGL itself doesn't know the layout, or doesn't
 * say. vxmImportMemory() refuses that. A program that knows better, such as that Mesa's software
 * renderer has nothing but rows, may write VXM_DRM_FORMAT_MOD_LINEAR in its place.
 *
 * @param[in]  egl     the table.
 * @param      image   the EGL image; it stays yours, and may be ended right after.
 * @param[in]  info    what EGL can't tell.
 * @param[out] shared  receives description and handles, close-on-exec. Yours: end them with
 *                     vxmCloseShared(). Planes of one dma-buf have one memory.
 * @param[out] format  optional: receives what the format is, such as whether it has an X channel.
 *
 * Errors: VK_ERROR_EXTENSION_NOT_PRESENT without EGL_MESA_image_dma_buf_export;
 * VK_ERROR_FORMAT_NOT_SUPPORTED for a format that Vulkan has nothing for;
 * VK_ERROR_VALIDATION_FAILED_EXT also if info->format has other bytes;
 * VK_ERROR_FEATURE_NOT_PRESENT if EGL doesn't say where a plane lies;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE if it gives no dma-buf; VK_ERROR_UNKNOWN if it refuses the
 * image.
 *
 * Spec: eglExportDMABUFImageQueryMESA, eglExportDMABUFImageMESA.
 */
static inline VkResult vxmEglExportImage(const VxmEgl *egl, EGLImageKHR image,
                                         const VxmEglExportInfo *info, VxmShared *shared,
                                         VxmFourccFormat *format)
{
    const char *const caller = "vxmEglExportImage";
    EGLuint64KHR modifiers[VXM_MAX_PLANES] = {0};
    int fds[VXM_MAX_PLANES], fourcc = 0, planeCount = 0;
    EGLint strides[VXM_MAX_PLANES], offsets[VXM_MAX_PLANES];
    VxmFourccFormat facts;
    VxmShared made;
    VkResult result = vxm__egl_begin(caller, egl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (image == EGL_NO_IMAGE_KHR || info == NULL || shared == NULL || info->extent.width == 0 ||
        info->extent.height == 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: %s.", caller,
                               image == EGL_NO_IMAGE_KHR ? "image is EGL_NO_IMAGE_KHR"
                               : info == NULL            ? "info must not be NULL"
                               : shared == NULL          ? "shared must not be NULL"
                                                         : "info->extent is empty");
    }
    if (!egl->exports) {
        return vxmSetLastError(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: EGL's display has no EGL_MESA_image_dma_buf_export. Allocate "
                               "the image in Vulkan, and import it into EGL.",
                               caller);
    }
    /* The count first: the array of modifiers must have room for all of them. */
    if (!egl->ExportDMABUFImageQueryMESA(egl->display, image, &fourcc, &planeCount, NULL)) {
        return vxm__egl_fail(caller, egl->GetError(), VK_ERROR_UNKNOWN,
                             "eglExportDMABUFImageQueryMESA",
                             " The image is none that EGL can export.");
    }
    if (planeCount < 1 || planeCount > (int)VXM_MAX_PLANES) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_FOREIGN, 0,
                               "%s: EGL says that the image has %d planes; 1 to %u can be.", caller,
                               planeCount, VXM_MAX_PLANES);
    }
    memset(&facts, 0, sizeof(facts));
    memset(&made, 0, sizeof(made));
    result =
        vxm__egl_choose_format(caller, (uint32_t)fourcc, info->format, &made.image.format, &facts);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* What EGL doesn't write must not be taken for an answer. */
    for (uint32_t i = 0; i < VXM_MAX_PLANES; i++) {
        fds[i] = -1;
        strides[i] = -1;
        offsets[i] = -1;
    }
    if (!egl->ExportDMABUFImageQueryMESA(egl->display, image, NULL, NULL, modifiers)) {
        return vxm__egl_fail(caller, egl->GetError(), VK_ERROR_UNKNOWN,
                             "eglExportDMABUFImageQueryMESA", "");
    }
    if (!egl->ExportDMABUFImageMESA(egl->display, image, fds, strides, offsets)) {
        return vxm__egl_fail(caller, egl->GetError(), VK_ERROR_UNKNOWN, "eglExportDMABUFImageMESA",
                             "");
    }
    made.resourceType = VXM_RESOURCE_TYPE_IMAGE;
    made.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
    made.image.flags = info->flags;
    made.image.imageType = VK_IMAGE_TYPE_2D;
    made.image.extent.width = info->extent.width;
    made.image.extent.height = info->extent.height;
    made.image.extent.depth = 1;
    made.image.mipLevels = 1;
    made.image.arrayLayers = 1;
    made.image.samples = VK_SAMPLE_COUNT_1_BIT;
    made.image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    made.image.usage = info->usage;
    made.image.drmFormatModifier = modifiers[0];
    made.image.planeCount = (uint32_t)planeCount;
    result = vxm__egl_take_planes(caller, fds, strides, offsets, &made);
    if (result != VK_SUCCESS) {
        vxmCloseShared(&made);
        return result;
    }
    *shared = made;
    if (format != NULL) {
        *format = facts;
    }
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* Semaphores                                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/* See the two calls below. */
static inline VkResult vxm__egl_wait(const char *caller, const VxmEgl *egl,
                                     const VxmSharedSemaphore *shared)
{
    EGLint attributes[] = {EGL_SYNC_NATIVE_FENCE_FD_ANDROID, EGL_NO_NATIVE_FENCE_FD_ANDROID,
                           EGL_NONE};
    EGLSyncKHR sync = EGL_NO_SYNC_KHR;
    VxmHandle duplicate;
    VkResult result;

    if (shared->handleType != VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT ||
        shared->handle.kind != VXM_HANDLE_KIND_SEMAPHORE ||
        shared->handle.type != shared->handleType) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: EGL waits for handles of type SYNC_FD, and this one is %s.", caller,
            shared->handle.type == 0 ? "empty"
                                     : vxmHandleTypeName(shared->handle.kind, shared->handle.type));
    }
    if (shared->handle.fd == -1) {
        return VK_SUCCESS; /* signalled already; to EGL, -1 would mean a new fence */
    }
    result = vxmCheckHandle(&shared->handle);
    if (result == VK_SUCCESS) {
        result = vxmDuplicateHandle(&shared->handle, &duplicate);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    attributes[1] = duplicate.fd;
    sync = egl->CreateSyncKHR(egl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, attributes);
    if (sync == EGL_NO_SYNC_KHR) {
        result = vxm__egl_fail(caller, egl->GetError(), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                               "eglCreateSyncKHR(EGL_SYNC_NATIVE_FENCE_ANDROID)",
                               " OpenGL's context must be current on this thread.");
        vxmCloseUnlessTaken(&shared->handle, &duplicate);
        return result;
    }
    if (!egl->WaitSyncKHR(egl->display, sync, 0)) {
        result = vxm__egl_fail(caller, egl->GetError(), VK_ERROR_UNKNOWN, "eglWaitSyncKHR", "");
    }
    (void)egl->DestroySyncKHR(egl->display, sync);
    return result;
}

static inline VkResult vxm__egl_begin_sync(const char *caller, const VxmEgl *egl, int isSignal)
{
    VkResult result = vxm__egl_begin(caller, egl);

    if (result == VK_SUCCESS && !(isSignal ? egl->signals : egl->waits)) {
        result = vxmSetLastError(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                                 "%s: EGL's display lacks EGL_ANDROID_native_fence_sync%s. Wait on "
                                 "the CPU in its place: for Vulkan's fence before OpenGL's use, by "
                                 "glFinish after it.",
                                 caller, isSignal ? "" : " or EGL_KHR_wait_sync");
    }
    return result;
}

/**
 * Makes OpenGL's commands from here on wait, on the GPU, for a sync file.
 *
 * @param[in] egl     the table, with OpenGL's context current.
 * @param[in] shared  of type SYNC_FD, from vxmExportSemaphore() or vxmReceiveSemaphore(). Its
 *                    handle stays yours; -1, signalled already, is nothing to wait for.
 *
 * Errors: VK_ERROR_EXTENSION_NOT_PRESENT without EGL_ANDROID_native_fence_sync or
 * EGL_KHR_wait_sync; VK_ERROR_FEATURE_NOT_PRESENT for another type;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE if the handle is closed, or EGL refuses it.
 *
 * Thread safety: the context must be current on the calling thread.
 *
 * Spec: EGL_SYNC_NATIVE_FENCE_ANDROID, eglWaitSyncKHR.
 */
static inline VkResult vxmEglWaitSharedSemaphore(const VxmEgl *egl,
                                                 const VxmSharedSemaphore *shared)
{
    VkResult result = vxm__egl_begin_sync("vxmEglWaitSharedSemaphore", egl, 0);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmEglWaitSharedSemaphore: shared must not be NULL.");
    }
    return vxm__egl_wait("vxmEglWaitSharedSemaphore", egl, shared);
}

/**
 * The same for a semaphore of this process, whose payload it takes: as after any wait, the
 * semaphore is unsignalled. After a failure the signal is still in it.
 *
 * @param[in] egl        the table, with OpenGL's context current.
 * @param     semaphore  binary, made for SYNC_FD, with its signal submitted.
 *
 * Errors: as vxmEglWaitSharedSemaphore() and vxmExportSemaphore().
 *
 * Thread safety: the context must be current on the calling thread.
 */
static inline VkResult vxmEglWaitSemaphore(const VxmEgl *egl, VxmSemaphore semaphore)
{
    VxmSharedSemaphore shared;
    VxmError error;
    VkResult result = vxm__egl_begin_sync("vxmEglWaitSemaphore", egl, 0);

    if (result == VK_SUCCESS) {
        result =
            vxmExportSemaphore(semaphore, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT, &shared);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__egl_wait("vxmEglWaitSemaphore", egl, &shared);
    if (result != VK_SUCCESS) {
        /* The export took the signal out of the semaphore; the failure to tell of is EGL's. */
        vxmGetLastError(&error);
        (void)vxmImportSemaphorePayload(semaphore, &shared, VXM_IMPORT_TEMPORARY_BIT);
        (void)vxmSetLastError(error.result, error.reason, error.code, "%s", error.message);
    }
    vxmCloseSharedSemaphore(&shared);
    return result;
}

/* See the two calls below. */
static inline VkResult vxm__egl_signal(const char *caller, const VxmEgl *egl,
                                       VxmSharedSemaphore *shared)
{
    const EGLint attributes[] = {EGL_NONE};
    EGLSyncKHR sync = egl->CreateSyncKHR(egl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, attributes);
    VkResult result = VK_SUCCESS;
    VxmSharedSemaphore made;

    if (sync == EGL_NO_SYNC_KHR) {
        return vxm__egl_fail(caller, egl->GetError(), VK_ERROR_INITIALIZATION_FAILED,
                             "eglCreateSyncKHR(EGL_SYNC_NATIVE_FENCE_ANDROID)",
                             " OpenGL's context must be current on this thread.");
    }
    /* The fence has no descriptor before the commands have left. */
    egl->Flush();
    memset(&made, 0, sizeof(made));
    made.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
    made.handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
    made.handle.fd = egl->DupNativeFenceFDANDROID(egl->display, sync);
    if (made.handle.fd == EGL_NO_NATIVE_FENCE_FD_ANDROID) {
        result = vxm__egl_fail(caller, egl->GetError(), VK_ERROR_INITIALIZATION_FAILED,
                               "eglDupNativeFenceFDANDROID", "");
    } else {
        made.handle.type = made.handleType;
        (void)fcntl(made.handle.fd, F_SETFD, FD_CLOEXEC); /* the extension doesn't say */
    }
    (void)egl->DestroySyncKHR(egl->display, sync);
    if (result == VK_SUCCESS) {
        *shared = made;
    }
    return result;
}

/**
 * A sync file that is signalled when OpenGL's commands so far are done. It ends with glFlush.
 *
 * @param[in]  egl     the table, with OpenGL's context current.
 * @param[out] shared  receives it, of type SYNC_FD, close-on-exec, for vxmImportSemaphore() with
 *                     VXM_IMPORT_TEMPORARY_BIT, for vxm/dmabuf.h, or to be sent. Yours: end it with
 *                     vxmCloseSharedSemaphore().
 *
 * Errors: VK_ERROR_EXTENSION_NOT_PRESENT without EGL_ANDROID_native_fence_sync;
 * VK_ERROR_INITIALIZATION_FAILED if EGL makes none, such as without a current context.
 *
 * Thread safety: the context must be current on the calling thread.
 *
 * Spec: EGL_SYNC_NATIVE_FENCE_ANDROID, eglDupNativeFenceFDANDROID.
 */
static inline VkResult vxmEglSignalSharedSemaphore(const VxmEgl *egl, VxmSharedSemaphore *shared)
{
    VkResult result = vxm__egl_begin_sync("vxmEglSignalSharedSemaphore", egl, 1);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmEglSignalSharedSemaphore: shared must not be NULL.");
    }
    return vxm__egl_signal("vxmEglSignalSharedSemaphore", egl, shared);
}

/**
 * The same into a semaphore of this process, temporarily: Vulkan's next submission waits for it as
 * for any other.
 *
 * @param[in] egl        the table, with OpenGL's context current.
 * @param     semaphore  binary, with no submission pending on it, on a device that imports SYNC_FD.
 *
 * Errors: as vxmEglSignalSharedSemaphore() and vxmImportSemaphorePayload().
 *
 * Thread safety: the context must be current on the calling thread.
 */
static inline VkResult vxmEglSignalSemaphore(const VxmEgl *egl, VxmSemaphore semaphore)
{
    VxmSharedSemaphore shared;
    VkResult result = vxm__egl_begin_sync("vxmEglSignalSemaphore", egl, 1);

    if (result == VK_SUCCESS && semaphore == NULL) {
        result = vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                 "vxmEglSignalSemaphore: semaphore must not be NULL.");
    }
    if (result == VK_SUCCESS) {
        result = vxm__egl_signal("vxmEglSignalSemaphore", egl, &shared);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxmImportSemaphorePayload(semaphore, &shared, VXM_IMPORT_TEMPORARY_BIT);
    vxmCloseSharedSemaphore(&shared);
    return result;
}

#ifdef __cplusplus
}
#endif

#endif /* VXM_EGL_H_ */
