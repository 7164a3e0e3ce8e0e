/*
 * vxm with OpenGL: shared memory as textures and buffers, shared semaphores.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_GL_H_
#define VXM_GL_H_ 1

/**
 * @file gl.h
 * @brief OpenGL textures, buffers and semaphores of what vxm shares.
 *
 * @code{.c}
 * VxmGl gl = {0};
 * vxmGlLoad(getProc, NULL, &gl);                         // with the context current
 * vxmGlCheckDevice(&gl, deviceInfo.identity);            // the same GPU and driver as Vulkan's
 * vxmGlImportMemory(&gl, image, NULL, &memory);          // memory.texture
 * vxmGlImportSemaphore(&gl, timeline, 0, &semaphore);
 * VxmGlBarrier barrier = {.texture = memory.texture, .layout = handover.layout};
 * vxmGlWaitSemaphore(&gl, &semaphore, 1, 1, &barrier);
 * ... draw ...
 * vxmGlSignalSemaphore(&gl, &semaphore, 2, 1, &barrier);
 * @endcode
 *
 * Inline functions over OpenGL's own headers; nothing of OpenGL is linked. vxmGlLoad() fills a
 * table from the window system's loader function, and every other call takes that table.
 *
 * What holds for every function here, beside what vxm/vxm.h says:
 *
 * - **The context** that vxmGlLoad() was called with, or one that shares objects with it on the
 *   same device, is current on the calling thread. It is of OpenGL 3.0, OpenGL ES 3.0 or later,
 *   with GL_EXT_memory_object.
 * - **Import borrows**, as everywhere: OpenGL takes a descriptor when it succeeds, and is given a
 *   duplicate; a Win32 handle it never takes.
 * - **OpenGL's errors.** Errors that the application has left in the context are taken out and lost
 *   before the first call of OpenGL that can fail: look at them before, if you care. A failure of
 *   OpenGL's has the reason VXM_ERROR_REASON_FOREIGN, and OpenGL's error as the code. A context
 *   made without errors (GL_KHR_no_error) can't tell of a failure.
 * - **Bindings** that a function has to change, of the active texture unit and
 *   GL_COPY_WRITE_BUFFER, are as they were when it returns.
 *
 * Vulkan's side: vxm hands memory over in GENERAL layout unless asked otherwise; name the same
 * layout here. The specification wants an image that OpenGL uses to have been created with
 * VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT and with every usage that its format has, since OpenGL can't
 * be told; llvmpipe's and NVIDIA's drivers do with less.
 *
 * Include a loader's header (glad, epoxy, GLEW) before this one. For OpenGL ES, too, the constants
 * are those of `<GL/gl.h>` and `<GL/glext.h>`.
 *
 * Spec: GL_EXT_memory_object, GL_EXT_memory_object_fd, GL_EXT_memory_object_win32,
 * GL_EXT_semaphore, GL_EXT_semaphore_fd, GL_EXT_semaphore_win32, GL_NV_timeline_semaphore.
 */

#include <string.h>

#include <vxm/vxm.h>

#ifdef _WIN32
/* Windows' own GL/gl.h can't be included without it. */
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
#endif
#include <GL/gl.h>
#include <GL/glext.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @cond INTERNAL */
/* What older glext.h don't have. */
#ifndef GL_NV_timeline_semaphore
#define GL_TIMELINE_SEMAPHORE_VALUE_NV 0x9595
#define GL_SEMAPHORE_TYPE_NV           0x95B3
#define GL_SEMAPHORE_TYPE_TIMELINE_NV  0x95B5
#endif

#ifdef _WIN32
#define VXM__GL_CALL           __stdcall
#define VXM__GL_SEMAPHORE_TYPE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#else
#define VXM__GL_CALL
#define VXM__GL_SEMAPHORE_TYPE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#endif
/** @endcond */

/** Buffers and textures that one wait or signal names at most. */
#define VXM_GL_MAX_BARRIERS 16u

/** Any function of OpenGL's. */
typedef void (*VxmGlFunction)(void);

/** What vxmGlLoad() is given: a function by its name, such as "glFlush"; NULL: there is none. A few
 * lines around eglGetProcAddress() or glXGetProcAddress(); on Windows around wglGetProcAddress(),
 * and GetProcAddress() of opengl32.dll for what that doesn't know. */
typedef VxmGlFunction (*VxmGlGetProc)(void *user, const char *name);

/** What a context offers, and its functions under their names without "gl". `VxmGl gl = {0};`
 * before vxmGlLoad(). It does not change after, and owns nothing. */
typedef struct VxmGl {
    VkBool32 memoryFd;          /**< GL_EXT_memory_object_fd. */
    VkBool32 memoryWin32;       /**< GL_EXT_memory_object_win32. */
    VkBool32 semaphoreFd;       /**< GL_EXT_semaphore_fd. */
    VkBool32 semaphoreWin32;    /**< GL_EXT_semaphore_win32. */
    VkBool32 timelineSemaphore; /**< GL_NV_timeline_semaphore. */

    /** @cond INTERNAL */
    GLenum(VXM__GL_CALL *GetError)(void);
    const GLubyte *(VXM__GL_CALL *GetString)(GLenum);
    const GLubyte *(VXM__GL_CALL *GetStringi)(GLenum, GLuint);
    void(VXM__GL_CALL *GetIntegerv)(GLenum, GLint *);
    void(VXM__GL_CALL *GetInternalformativ)(GLenum, GLenum, GLenum, GLsizei, GLint *);
    void(VXM__GL_CALL *GetUnsignedBytevEXT)(GLenum, GLubyte *);
    void(VXM__GL_CALL *GetUnsignedBytei_vEXT)(GLenum, GLuint, GLubyte *);
    void(VXM__GL_CALL *Flush)(void);

    void(VXM__GL_CALL *CreateMemoryObjectsEXT)(GLsizei, GLuint *);
    void(VXM__GL_CALL *DeleteMemoryObjectsEXT)(GLsizei, const GLuint *);
    void(VXM__GL_CALL *MemoryObjectParameterivEXT)(GLuint, GLenum, const GLint *);
    void(VXM__GL_CALL *ImportMemoryFdEXT)(GLuint, GLuint64, GLenum, GLint);
    void(VXM__GL_CALL *ImportMemoryWin32HandleEXT)(GLuint, GLuint64, GLenum, void *);
    void(VXM__GL_CALL *ImportMemoryWin32NameEXT)(GLuint, GLuint64, GLenum, const void *);

    void(VXM__GL_CALL *GenBuffers)(GLsizei, GLuint *);
    void(VXM__GL_CALL *DeleteBuffers)(GLsizei, const GLuint *);
    void(VXM__GL_CALL *BindBuffer)(GLenum, GLuint);
    void(VXM__GL_CALL *BufferStorageMemEXT)(GLenum, GLsizeiptr, GLuint, GLuint64);

    void(VXM__GL_CALL *GenTextures)(GLsizei, GLuint *);
    void(VXM__GL_CALL *DeleteTextures)(GLsizei, const GLuint *);
    void(VXM__GL_CALL *BindTexture)(GLenum, GLuint);
    void(VXM__GL_CALL *TexParameteri)(GLenum, GLenum, GLint);
    void(VXM__GL_CALL *TexStorageMem1DEXT)(GLenum, GLsizei, GLenum, GLsizei, GLuint, GLuint64);
    void(VXM__GL_CALL *TexStorageMem2DEXT)(GLenum, GLsizei, GLenum, GLsizei, GLsizei, GLuint,
                                           GLuint64);
    void(VXM__GL_CALL *TexStorageMem2DMultisampleEXT)(GLenum, GLsizei, GLenum, GLsizei, GLsizei,
                                                      GLboolean, GLuint, GLuint64);
    void(VXM__GL_CALL *TexStorageMem3DEXT)(GLenum, GLsizei, GLenum, GLsizei, GLsizei, GLsizei,
                                           GLuint, GLuint64);
    void(VXM__GL_CALL *TexStorageMem3DMultisampleEXT)(GLenum, GLsizei, GLenum, GLsizei, GLsizei,
                                                      GLsizei, GLboolean, GLuint, GLuint64);

    void(VXM__GL_CALL *GenSemaphoresEXT)(GLsizei, GLuint *);
    void(VXM__GL_CALL *DeleteSemaphoresEXT)(GLsizei, const GLuint *);
    void(VXM__GL_CALL *SemaphoreParameterui64vEXT)(GLuint, GLenum, const GLuint64 *);
    void(VXM__GL_CALL *WaitSemaphoreEXT)(GLuint, GLuint, const GLuint *, GLuint, const GLuint *,
                                         const GLenum *);
    void(VXM__GL_CALL *SignalSemaphoreEXT)(GLuint, GLuint, const GLuint *, GLuint, const GLuint *,
                                           const GLenum *);
    void(VXM__GL_CALL *ImportSemaphoreFdEXT)(GLuint, GLenum, GLint);
    void(VXM__GL_CALL *ImportSemaphoreWin32HandleEXT)(GLuint, GLenum, void *);
    void(VXM__GL_CALL *ImportSemaphoreWin32NameEXT)(GLuint, GLenum, const void *);
    void(VXM__GL_CALL *CreateSemaphoresNV)(GLsizei, GLuint *);
    void(VXM__GL_CALL *SemaphoreParameterivNV)(GLuint, GLenum, const GLint *);
    /** @endcond */
} VxmGl;

/** How memory becomes an object of OpenGL's. All zero is a good start. */
typedef struct VxmGlImportInfo {
    /** Make the memory object only, and neither buffer nor texture; raw memory becomes nothing else
     * in any case. */
    VkBool32 memoryOnly;
    /** The texture's target; 0: what the image is, such as GL_TEXTURE_2D, or GL_TEXTURE_CUBE_MAP
     * for a cube-compatible image of six layers. Any other must be one that such an image can be:
     * GL_TEXTURE_RECTANGLE, GL_TEXTURE_2D_ARRAY of one layer, ... */
    GLenum target;
    /** The texture's internal format; 0: the image's (vxmGlGetFormat()). Any other is passed on as
     * it is: GL_RGBA8 for a B8G8R8A8 image, say, with GL_TEXTURE_SWIZZLE_R and _B exchanged. */
    GLenum internalFormat;
} VxmGlImportInfo;

/** Shared memory in OpenGL. Empty if memory is 0. */
typedef struct VxmGlMemory {
    GLuint memory;         /**< The memory object. */
    GLuint buffer;         /**< Of a shared buffer; otherwise 0. */
    GLuint texture;        /**< Of a shared image; otherwise 0. */
    GLenum target;         /**< The texture's; otherwise 0. */
    GLenum internalFormat; /**< The texture's; otherwise 0. */
    uint64_t size;         /**< Bytes of the allocation. */
} VxmGlMemory;

/** A shared semaphore in OpenGL. Empty if semaphore is 0. */
typedef struct VxmGlSemaphore {
    GLuint semaphore;              /**< The semaphore. */
    VkSemaphoreType semaphoreType; /**< Binary or timeline, as a Direct3D 12 fence always is. */
} VxmGlSemaphore;

/** A buffer or a texture that changes hands with a wait or signal. */
typedef struct VxmGlBarrier {
    GLuint buffer;        /**< VxmGlMemory::buffer, or any that has shared memory; or 0. */
    GLuint texture;       /**< VxmGlMemory::texture, or any that has shared memory; or 0. */
    VkImageLayout layout; /**< The texture's while nobody owns it: VxmHandover::layout. */
} VxmGlBarrier;

/* ---------------------------------------------------------------------------------------------- */
/* Inside                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/* OpenGL's name of an error. */
static inline const char *vxm__gl_error_name(GLenum error)
{
    static const struct {
        GLenum error;
        const char *name;
    } names[] = {
        {GL_INVALID_ENUM, "GL_INVALID_ENUM"},
        {GL_INVALID_VALUE, "GL_INVALID_VALUE"},
        {GL_INVALID_OPERATION, "GL_INVALID_OPERATION"},
        {GL_INVALID_FRAMEBUFFER_OPERATION, "GL_INVALID_FRAMEBUFFER_OPERATION"},
        {GL_OUT_OF_MEMORY, "GL_OUT_OF_MEMORY"},
        {GL_CONTEXT_LOST, "GL_CONTEXT_LOST"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].error == error) {
            return names[i].name;
        }
    }
    return "an error unknown here";
}

/* Refuses a table that isn't loaded, and takes old errors out of the context. */
static inline VkResult vxm__gl_begin(const char *caller, const VxmGl *gl)
{
    if (gl == NULL || gl->GetError == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: gl is %s. Fill it with vxmGlLoad() first.", caller,
                               gl == NULL ? "NULL" : "not loaded");
    }
    for (unsigned i = 0; i < 64; i++) {
        if (gl->GetError() == GL_NO_ERROR) {
            return VK_SUCCESS;
        }
    }
    return vxmSetLastError(VK_ERROR_DEVICE_LOST, VXM_ERROR_REASON_FOREIGN, GL_CONTEXT_LOST,
                           "%s: glGetError answers one error after the other. The context is lost, "
                           "or none is current on this thread.",
                           caller);
}

/* What a call of OpenGL's came to. `result` is for errors that have no better one. */
static inline VkResult vxm__gl_check(const char *caller, const VxmGl *gl, VkResult result,
                                     const char *call)
{
    const GLenum error = gl->GetError();

    if (error == GL_NO_ERROR) {
        return VK_SUCCESS;
    }
    if (error == GL_OUT_OF_MEMORY) {
        result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    } else if (error == GL_CONTEXT_LOST) {
        result = VK_ERROR_DEVICE_LOST;
    }
    return vxmSetLastError(result, VXM_ERROR_REASON_FOREIGN, (int64_t)error,
                           "%s: %s failed with %s (0x%04x).", caller, call,
                           vxm__gl_error_name(error), (unsigned)error);
}

/* A name that OpenGL has made: 0 and no error is what functions do without a context. */
static inline VkResult vxm__gl_check_name(const char *caller, const VxmGl *gl, GLuint name,
                                          const char *call)
{
    VkResult result = vxm__gl_check(caller, gl, VK_ERROR_INITIALIZATION_FAILED, call);

    if (result == VK_SUCCESS && name == 0) {
        result = vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN, 0,
                                 "%s: %s made nothing and told no error, as where no context is "
                                 "current on the thread. Make the context current.",
                                 caller, call);
    }
    return result;
}

/* ---- which device ---- */

static inline int vxm__gl_is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return 0;
        }
    }
    return 1;
}

/* text: at least 2 * size + 1 characters. */
static inline const char *vxm__gl_hex(const uint8_t *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
    return text;
}

static inline VkResult vxm__gl_refuse_device(const char *caller, const VxmGl *gl, const char *what,
                                             const uint8_t *wanted, const uint8_t *found,
                                             size_t size)
{
    const GLubyte *renderer = gl->GetString(GL_RENDERER);
    char texts[2][2 * VK_UUID_SIZE + 1];

    return vxmSetLastError(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                           "%s: what Vulkan shares is of the %s %s, but the OpenGL context "
                           "(%s) is of %s. OpenGL can import only what the same device and driver "
                           "has made: make the context on that GPU, or choose Vulkan's device by "
                           "this UUID.",
                           caller, what, vxm__gl_hex(wanted, size, texts[0]),
                           renderer != NULL ? (const char *)renderer : "unknown",
                           vxm__gl_hex(found, size, texts[1]));
}

/* Device and driver by their UUIDs, or by the LUID where Vulkan's are unknown, as Direct3D's
 * memory comes. */
static inline VkResult vxm__gl_check_origin(const char *caller, const VxmGl *gl,
                                            const uint8_t *deviceUUID, const uint8_t *driverUUID,
                                            const uint8_t *deviceLUID)
{
    GLubyte found[VK_UUID_SIZE] = {0};
    GLint count = 0;
    VkResult result;
    int same = 0;

    if (vxm__gl_is_zero(deviceUUID, VK_UUID_SIZE)) {
        if (deviceLUID == NULL || !gl->memoryWin32) {
            return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                   "%s: deviceUUID is all zero (unknown). OpenGL can import only "
                                   "what its own device has made; fill in the exporter's UUIDs.",
                                   caller);
        }
        gl->GetUnsignedBytevEXT(GL_DEVICE_LUID_EXT, found);
        result = vxm__gl_check(caller, gl, VK_ERROR_INITIALIZATION_FAILED,
                               "glGetUnsignedBytevEXT(GL_DEVICE_LUID_EXT)");
        if (result == VK_SUCCESS && memcmp(found, deviceLUID, VK_LUID_SIZE) != 0) {
            result =
                vxm__gl_refuse_device(caller, gl, "device LUID", deviceLUID, found, VK_LUID_SIZE);
        }
        return result;
    }
    gl->GetIntegerv(GL_NUM_DEVICE_UUIDS_EXT, &count);
    /* Linked GPUs have one context, and several UUIDs. */
    for (GLint i = 0; i < count && !same; i++) {
        gl->GetUnsignedBytei_vEXT(GL_DEVICE_UUID_EXT, (GLuint)i, found);
        same = memcmp(found, deviceUUID, VK_UUID_SIZE) == 0;
    }
    result = vxm__gl_check(caller, gl, VK_ERROR_INITIALIZATION_FAILED,
                           "glGetUnsignedBytei_vEXT(GL_DEVICE_UUID_EXT)");
    if (result == VK_SUCCESS && count == 0) {
        return vxmSetLastError(
            VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN, 0,
            "%s: OpenGL names no device (GL_NUM_DEVICE_UUIDS_EXT is 0), as where "
            "no context is current on the thread. Make the context current.",
            caller);
    }
    if (result == VK_SUCCESS && !same) {
        result = vxm__gl_refuse_device(caller, gl, "device UUID", deviceUUID, found, VK_UUID_SIZE);
    }
    if (result != VK_SUCCESS || vxm__gl_is_zero(driverUUID, VK_UUID_SIZE)) {
        return result;
    }
    gl->GetUnsignedBytevEXT(GL_DRIVER_UUID_EXT, found);
    result = vxm__gl_check(caller, gl, VK_ERROR_INITIALIZATION_FAILED,
                           "glGetUnsignedBytevEXT(GL_DRIVER_UUID_EXT)");
    if (result == VK_SUCCESS && memcmp(found, driverUUID, VK_UUID_SIZE) != 0) {
        result = vxm__gl_refuse_device(caller, gl, "driver UUID", driverUUID, found, VK_UUID_SIZE);
    }
    return result;
}

/* ---- handles ---- */

/* OpenGL's name of a handle type; 0: it has none. The bits of the opaque types are the same for
 * memory and semaphores. */
static inline GLenum vxm__gl_handle_type(VxmHandleKind kind, uint32_t type)
{
    static const struct {
        uint32_t type;
        GLenum memory;
        GLenum semaphore;
    } types[] = {
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, GL_HANDLE_TYPE_OPAQUE_FD_EXT,
         GL_HANDLE_TYPE_OPAQUE_FD_EXT},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, GL_HANDLE_TYPE_OPAQUE_WIN32_EXT,
         GL_HANDLE_TYPE_OPAQUE_WIN32_EXT},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, GL_HANDLE_TYPE_OPAQUE_WIN32_KMT_EXT,
         GL_HANDLE_TYPE_OPAQUE_WIN32_KMT_EXT},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT, GL_HANDLE_TYPE_D3D11_IMAGE_EXT, 0},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT, GL_HANDLE_TYPE_D3D11_IMAGE_KMT_EXT,
         0},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT, GL_HANDLE_TYPE_D3D12_TILEPOOL_EXT, 0},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT, GL_HANDLE_TYPE_D3D12_RESOURCE_EXT, 0},
        {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, 0, GL_HANDLE_TYPE_D3D12_FENCE_EXT},
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        const GLenum found = kind == VXM_HANDLE_KIND_MEMORY ? types[i].memory : types[i].semaphore;

        if (types[i].type == type && found != 0) {
            return found;
        }
    }
    return 0;
}

/* The type that OpenGL imports, if the context has its extension. */
static inline VkResult vxm__gl_check_handle(const char *caller, VkBool32 hasFd, VkBool32 hasWin32,
                                            VxmHandleKind kind, uint32_t type,
                                            const VxmHandle *handle, const wchar_t *name,
                                            GLenum *handleType)
{
    const char *const noun = kind == VXM_HANDLE_KIND_MEMORY ? "memory_object" : "semaphore";
    const char *const named = vxmHandleTypeName(kind, type);
    const GLenum found = vxm__gl_handle_type(kind, type);
    const int fd = found == GL_HANDLE_TYPE_OPAQUE_FD_EXT;

    if (found == 0) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: OpenGL has no import of %s handles. Export it as OPAQUE_FD, on "
                               "Windows as OPAQUE_WIN32 (dma-bufs and sync fds are EGL's to "
                               "import: vxm/egl.h).",
                               caller, named);
    }
    if (fd ? !hasFd : !hasWin32) {
        return vxmSetLastError(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: this OpenGL context has no GL_EXT_%s_%s, which %s handles need."
                               "%s",
                               caller, noun, fd ? "fd" : "win32", named,
                               kind == VXM_HANDLE_KIND_MEMORY
                                   ? ""
                                   : " Wait on the CPU in its place: for Vulkan's fence before "
                                     "OpenGL's use, by glFinish after it.");
    }
    if (name != NULL && (fd || handle->type != 0 || name[0] == L'\0')) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the name is %s. Give either a handle or a name.", caller,
                               fd                  ? "given, but an OPAQUE_FD has none"
                               : handle->type != 0 ? "given, and so is a handle"
                                                   : "empty");
    }
    if (name == NULL && (handle->kind != kind || handle->type != type)) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the handle is %s, but the description says %s.", caller,
                               handle->type == 0 ? "empty" : "of another kind or type", named);
    }
    *handleType = found;
    return VK_SUCCESS;
}

/* ---- images ---- */

/* What an image can be in OpenGL. */
typedef struct vxm__gl_target {
    GLenum target;
    GLenum binding;        /* glGetIntegerv: the texture bound to it */
    VkImageType imageType; /* ... of such an image */
    unsigned sizes;        /* extents that its storage has */
    unsigned layers;       /* 1; 6; 0: any number */
    int cube, multisample;
    const char *name;
} vxm__gl_target;

/* The first that fits is what the image is by default. */
static inline const vxm__gl_target *vxm__gl_find_target(const VxmImageDescription *image,
                                                        GLenum wanted)
{
    static const vxm__gl_target targets[] = {
        {GL_TEXTURE_1D, GL_TEXTURE_BINDING_1D, VK_IMAGE_TYPE_1D, 1, 1, 0, 0, "GL_TEXTURE_1D"},
        {GL_TEXTURE_1D_ARRAY, GL_TEXTURE_BINDING_1D_ARRAY, VK_IMAGE_TYPE_1D, 2, 0, 0, 0,
         "GL_TEXTURE_1D_ARRAY"},
        {GL_TEXTURE_CUBE_MAP, GL_TEXTURE_BINDING_CUBE_MAP, VK_IMAGE_TYPE_2D, 2, 6, 1, 0,
         "GL_TEXTURE_CUBE_MAP"},
        {GL_TEXTURE_CUBE_MAP_ARRAY, GL_TEXTURE_BINDING_CUBE_MAP_ARRAY, VK_IMAGE_TYPE_2D, 3, 0, 1, 0,
         "GL_TEXTURE_CUBE_MAP_ARRAY"},
        {GL_TEXTURE_2D, GL_TEXTURE_BINDING_2D, VK_IMAGE_TYPE_2D, 2, 1, 0, 0, "GL_TEXTURE_2D"},
        {GL_TEXTURE_2D_ARRAY, GL_TEXTURE_BINDING_2D_ARRAY, VK_IMAGE_TYPE_2D, 3, 0, 0, 0,
         "GL_TEXTURE_2D_ARRAY"},
        {GL_TEXTURE_2D_MULTISAMPLE, GL_TEXTURE_BINDING_2D_MULTISAMPLE, VK_IMAGE_TYPE_2D, 2, 1, 0, 1,
         "GL_TEXTURE_2D_MULTISAMPLE"},
        {GL_TEXTURE_2D_MULTISAMPLE_ARRAY, GL_TEXTURE_BINDING_2D_MULTISAMPLE_ARRAY, VK_IMAGE_TYPE_2D,
         3, 0, 0, 1, "GL_TEXTURE_2D_MULTISAMPLE_ARRAY"},
        {GL_TEXTURE_3D, GL_TEXTURE_BINDING_3D, VK_IMAGE_TYPE_3D, 3, 1, 0, 0, "GL_TEXTURE_3D"},
        {GL_TEXTURE_RECTANGLE, GL_TEXTURE_BINDING_RECTANGLE, VK_IMAGE_TYPE_2D, 2, 1, 0, 0,
         "GL_TEXTURE_RECTANGLE"},
    };

    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        const vxm__gl_target *row = &targets[i];
        const int isCube = (image->flags & VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT) != 0 &&
                           image->arrayLayers % 6 == 0;
        const int isMultisample = image->samples > VK_SAMPLE_COUNT_1_BIT;

        if ((wanted == 0 || wanted == row->target) && row->imageType == image->imageType &&
            (row->layers == 0 || row->layers == image->arrayLayers) && (!row->cube || isCube) &&
            row->multisample == isMultisample &&
            (row->target != GL_TEXTURE_RECTANGLE || image->mipLevels == 1)) {
            return row;
        }
    }
    return NULL;
}

/* What a texture is going to be. */
typedef struct vxm__gl_image {
    const vxm__gl_target *row;
    GLenum format;
    GLenum tiling;
    GLsizei levels, samples, width, height, depth;
} vxm__gl_image;

/* Whether OpenGL reads the tiling. A context that can't tell is believed to read OPTIMAL. */
static inline VkResult vxm__gl_check_tiling(const char *caller, const VxmGl *gl,
                                            const vxm__gl_image *image)
{
    GLint tilings[8] = {0};
    GLint count = 0;
    int told = 0;

    if (gl->GetInternalformativ != NULL) {
        gl->GetInternalformativ(image->row->target, image->format, GL_NUM_TILING_TYPES_EXT, 1,
                                &count);
        count = count > 8 ? 8 : count;
        if (gl->GetError() == GL_NO_ERROR && count > 0) {
            gl->GetInternalformativ(image->row->target, image->format, GL_TILING_TYPES_EXT, count,
                                    tilings);
            told = gl->GetError() == GL_NO_ERROR;
        }
    }
    for (GLint i = 0; told && i < count; i++) {
        if ((GLenum)tilings[i] == image->tiling) {
            return VK_SUCCESS;
        }
    }
    if (!told && image->tiling == GL_OPTIMAL_TILING_EXT) {
        return VK_SUCCESS;
    }
    return vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "%s: the image has %s tiling, which this OpenGL %s for %s with internal "
                           "format 0x%04x (GL_TILING_TYPES_EXT). Create it with %s tiling.",
                           caller, image->tiling == GL_LINEAR_TILING_EXT ? "LINEAR" : "OPTIMAL",
                           told ? "can't read" : "doesn't say to read", image->row->name,
                           (unsigned)image->format,
                           image->tiling == GL_LINEAR_TILING_EXT ? "OPTIMAL" : "LINEAR");
}

/* Gives the bound texture its storage, and tells by which call. */
static inline const char *vxm__gl_store_texture(const VxmGl *gl, const vxm__gl_image *image,
                                                GLuint memory, uint64_t offset)
{
    const vxm__gl_target *const row = image->row;

    if (row->multisample && row->sizes == 3) {
        gl->TexStorageMem3DMultisampleEXT(row->target, image->samples, image->format, image->width,
                                          image->height, image->depth, GL_TRUE, memory, offset);
        return "glTexStorageMem3DMultisampleEXT";
    }
    if (row->multisample) {
        gl->TexStorageMem2DMultisampleEXT(row->target, image->samples, image->format, image->width,
                                          image->height, GL_TRUE, memory, offset);
        return "glTexStorageMem2DMultisampleEXT";
    }
    if (row->sizes == 3) {
        gl->TexStorageMem3DEXT(row->target, image->levels, image->format, image->width,
                               image->height, image->depth, memory, offset);
        return "glTexStorageMem3DEXT";
    }
    if (row->sizes == 2) {
        gl->TexStorageMem2DEXT(row->target, image->levels, image->format, image->width,
                               image->height, memory, offset);
        return "glTexStorageMem2DEXT";
    }
    gl->TexStorageMem1DEXT(row->target, image->levels, image->format, image->width, memory, offset);
    return "glTexStorageMem1DEXT";
}

/* A texture with its storage in the memory object. */
static inline VkResult vxm__gl_create_texture(const char *caller, const VxmGl *gl,
                                              const vxm__gl_image *image, GLuint memory,
                                              uint64_t offset, GLuint *out)
{
    const vxm__gl_target *const row = image->row;
    const char *call;
    GLuint texture = 0;
    GLint bound = 0;
    VkResult result;

    gl->GetIntegerv(row->binding, &bound);
    gl->GenTextures(1, &texture);
    result = vxm__gl_check_name(caller, gl, texture, "glGenTextures");
    if (result == VK_SUCCESS) {
        gl->BindTexture(row->target, texture);
        gl->TexParameteri(row->target, GL_TEXTURE_TILING_EXT, (GLint)image->tiling);
        result = vxm__gl_check(caller, gl, VK_ERROR_FORMAT_NOT_SUPPORTED,
                               "glTexParameteri(GL_TEXTURE_TILING_EXT)");
        if (result == VK_SUCCESS) {
            call = vxm__gl_store_texture(gl, image, memory, offset);
            result = vxm__gl_check(caller, gl, VK_ERROR_FORMAT_NOT_SUPPORTED, call);
        }
        gl->BindTexture(row->target, (GLuint)bound);
    }
    if (result != VK_SUCCESS) {
        if (texture != 0) {
            gl->DeleteTextures(1, &texture);
        }
        return result;
    }
    *out = texture;
    return VK_SUCCESS;
}

/* A buffer with its storage in the memory object. */
static inline VkResult vxm__gl_create_buffer(const char *caller, const VxmGl *gl, uint64_t size,
                                             GLuint memory, uint64_t memorySize, uint64_t offset,
                                             GLuint *out)
{
    GLuint buffer = 0;
    GLint bound = 0;
    VkResult result;

    gl->GetIntegerv(GL_COPY_WRITE_BUFFER_BINDING, &bound);
    gl->GenBuffers(1, &buffer);
    result = vxm__gl_check_name(caller, gl, buffer, "glGenBuffers");
    if (result == VK_SUCCESS) {
        gl->BindBuffer(GL_COPY_WRITE_BUFFER, buffer);
        gl->BufferStorageMemEXT(GL_COPY_WRITE_BUFFER, (GLsizeiptr)size, memory, offset);
        result = vxm__gl_check(caller, gl, VK_ERROR_UNKNOWN, "glBufferStorageMemEXT");
        if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY && memorySize - offset - size < 64) {
            result =
                vxmSetLastError(result, VXM_ERROR_REASON_FOREIGN, GL_OUT_OF_MEMORY,
                                "%s: glBufferStorageMemEXT failed with GL_OUT_OF_MEMORY (0x0505) "
                                "for a buffer of %llu bytes, which fills its memory. Mesa's "
                                "llvmpipe wants 48 bytes behind a buffer: create Vulkan's 64 "
                                "bytes longer, and set VxmShared::buffer.size to what OpenGL is "
                                "to see.",
                                caller, (unsigned long long)size);
        }
        gl->BindBuffer(GL_COPY_WRITE_BUFFER, (GLuint)bound);
    }
    if (result != VK_SUCCESS) {
        if (buffer != 0) {
            gl->DeleteBuffers(1, &buffer);
        }
        return result;
    }
    *out = buffer;
    return VK_SUCCESS;
}

/* The memory object. A descriptor is OpenGL's after a success, so it gets one of its own. */
static inline VkResult vxm__gl_create_memory(const char *caller, const VxmGl *gl,
                                             const VxmShared *shared, GLenum handleType,
                                             GLuint *out)
{
    const VxmSharedMemory *const source = &shared->memories[0];
    const GLint dedicated = shared->dedicated ? GL_TRUE : GL_FALSE;
    const char *call = "glImportMemoryFdEXT";
    VxmHandle duplicate;
    GLuint memory = 0;
    VkResult result;

    memset(&duplicate, 0, sizeof(duplicate));
    result = source->handle.type != 0 ? vxmCheckHandle(&source->handle) : VK_SUCCESS;
    if (result == VK_SUCCESS && handleType == GL_HANDLE_TYPE_OPAQUE_FD_EXT) {
        result = vxmDuplicateHandle(&source->handle, &duplicate);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    gl->CreateMemoryObjectsEXT(1, &memory);
    result = vxm__gl_check_name(caller, gl, memory, "glCreateMemoryObjectsEXT");
    if (result == VK_SUCCESS) {
        gl->MemoryObjectParameterivEXT(memory, GL_DEDICATED_MEMORY_OBJECT_EXT, &dedicated);
        result = vxm__gl_check(caller, gl, VK_ERROR_UNKNOWN,
                               "glMemoryObjectParameterivEXT(GL_DEDICATED_MEMORY_OBJECT_EXT)");
    }
    if (result == VK_SUCCESS) {
        if (handleType == GL_HANDLE_TYPE_OPAQUE_FD_EXT) {
            gl->ImportMemoryFdEXT(memory, source->allocationSize, handleType, duplicate.fd);
        } else if (source->name != NULL) {
            call = "glImportMemoryWin32NameEXT";
            gl->ImportMemoryWin32NameEXT(memory, source->allocationSize, handleType, source->name);
        } else {
            call = "glImportMemoryWin32HandleEXT";
            gl->ImportMemoryWin32HandleEXT(memory, source->allocationSize, handleType,
                                           source->handle.ptr);
        }
        result = vxm__gl_check(caller, gl, VK_ERROR_INVALID_EXTERNAL_HANDLE, call);
    }
    if (result != VK_SUCCESS) {
        vxmCloseUnlessTaken(&source->handle, &duplicate);
        if (memory != 0) {
            gl->DeleteMemoryObjectsEXT(1, &memory);
        }
        return result;
    }
    *out = memory;
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* Vulkan's words in OpenGL's                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/**
 * The sized internal format whose texels lie in memory as a VkFormat's do.
 *
 * Formats of three bytes or words (R8G8B8, R16G16B16, R32G32B32) have none, since drivers store
 * GL_RGB8 and its like in other sizes; nor do those that begin with blue, and several planes.
 *
 * @param      format          Vulkan's format.
 * @param[out] internalFormat  receives OpenGL's.
 *
 * Errors: VK_ERROR_FORMAT_NOT_SUPPORTED if there is none.
 *
 * Thread safety: any thread; no context is needed.
 */
static inline VkResult vxmGlGetFormat(VkFormat format, GLenum *internalFormat)
{
    static const struct {
        VkFormat format;
        GLenum internalFormat;
    } formats[] = {
        {VK_FORMAT_R8_UNORM, GL_R8},
        {VK_FORMAT_R8_SNORM, GL_R8_SNORM},
        {VK_FORMAT_R8_UINT, GL_R8UI},
        {VK_FORMAT_R8_SINT, GL_R8I},
        {VK_FORMAT_R8G8_UNORM, GL_RG8},
        {VK_FORMAT_R8G8_SNORM, GL_RG8_SNORM},
        {VK_FORMAT_R8G8_UINT, GL_RG8UI},
        {VK_FORMAT_R8G8_SINT, GL_RG8I},
        {VK_FORMAT_R8G8B8A8_UNORM, GL_RGBA8},
        {VK_FORMAT_A8B8G8R8_UNORM_PACK32, GL_RGBA8},
        {VK_FORMAT_R8G8B8A8_SNORM, GL_RGBA8_SNORM},
        {VK_FORMAT_A8B8G8R8_SNORM_PACK32, GL_RGBA8_SNORM},
        {VK_FORMAT_R8G8B8A8_UINT, GL_RGBA8UI},
        {VK_FORMAT_A8B8G8R8_UINT_PACK32, GL_RGBA8UI},
        {VK_FORMAT_R8G8B8A8_SINT, GL_RGBA8I},
        {VK_FORMAT_A8B8G8R8_SINT_PACK32, GL_RGBA8I},
        {VK_FORMAT_R8G8B8A8_SRGB, GL_SRGB8_ALPHA8},
        {VK_FORMAT_A8B8G8R8_SRGB_PACK32, GL_SRGB8_ALPHA8},
        {VK_FORMAT_R5G6B5_UNORM_PACK16, GL_RGB565},
        {VK_FORMAT_A2B10G10R10_UNORM_PACK32, GL_RGB10_A2},
        {VK_FORMAT_A2B10G10R10_UINT_PACK32, GL_RGB10_A2UI},
        {VK_FORMAT_B10G11R11_UFLOAT_PACK32, GL_R11F_G11F_B10F},
        {VK_FORMAT_E5B9G9R9_UFLOAT_PACK32, GL_RGB9_E5},
        {VK_FORMAT_R16_UNORM, GL_R16},
        {VK_FORMAT_R16_SNORM, GL_R16_SNORM},
        {VK_FORMAT_R16_UINT, GL_R16UI},
        {VK_FORMAT_R16_SINT, GL_R16I},
        {VK_FORMAT_R16_SFLOAT, GL_R16F},
        {VK_FORMAT_R16G16_UNORM, GL_RG16},
        {VK_FORMAT_R16G16_SNORM, GL_RG16_SNORM},
        {VK_FORMAT_R16G16_UINT, GL_RG16UI},
        {VK_FORMAT_R16G16_SINT, GL_RG16I},
        {VK_FORMAT_R16G16_SFLOAT, GL_RG16F},
        {VK_FORMAT_R16G16B16A16_UNORM, GL_RGBA16},
        {VK_FORMAT_R16G16B16A16_SNORM, GL_RGBA16_SNORM},
        {VK_FORMAT_R16G16B16A16_UINT, GL_RGBA16UI},
        {VK_FORMAT_R16G16B16A16_SINT, GL_RGBA16I},
        {VK_FORMAT_R16G16B16A16_SFLOAT, GL_RGBA16F},
        {VK_FORMAT_R32_UINT, GL_R32UI},
        {VK_FORMAT_R32_SINT, GL_R32I},
        {VK_FORMAT_R32_SFLOAT, GL_R32F},
        {VK_FORMAT_R32G32_UINT, GL_RG32UI},
        {VK_FORMAT_R32G32_SINT, GL_RG32I},
        {VK_FORMAT_R32G32_SFLOAT, GL_RG32F},
        {VK_FORMAT_R32G32B32A32_UINT, GL_RGBA32UI},
        {VK_FORMAT_R32G32B32A32_SINT, GL_RGBA32I},
        {VK_FORMAT_R32G32B32A32_SFLOAT, GL_RGBA32F},
        {VK_FORMAT_D16_UNORM, GL_DEPTH_COMPONENT16},
        {VK_FORMAT_X8_D24_UNORM_PACK32, GL_DEPTH_COMPONENT24},
        {VK_FORMAT_D32_SFLOAT, GL_DEPTH_COMPONENT32F},
        {VK_FORMAT_S8_UINT, GL_STENCIL_INDEX8},
        {VK_FORMAT_D24_UNORM_S8_UINT, GL_DEPTH24_STENCIL8},
        {VK_FORMAT_D32_SFLOAT_S8_UINT, GL_DEPTH32F_STENCIL8},
        {VK_FORMAT_BC1_RGB_UNORM_BLOCK, GL_COMPRESSED_RGB_S3TC_DXT1_EXT},
        {VK_FORMAT_BC1_RGB_SRGB_BLOCK, GL_COMPRESSED_SRGB_S3TC_DXT1_EXT},
        {VK_FORMAT_BC1_RGBA_UNORM_BLOCK, GL_COMPRESSED_RGBA_S3TC_DXT1_EXT},
        {VK_FORMAT_BC1_RGBA_SRGB_BLOCK, GL_COMPRESSED_SRGB_ALPHA_S3TC_DXT1_EXT},
        {VK_FORMAT_BC2_UNORM_BLOCK, GL_COMPRESSED_RGBA_S3TC_DXT3_EXT},
        {VK_FORMAT_BC2_SRGB_BLOCK, GL_COMPRESSED_SRGB_ALPHA_S3TC_DXT3_EXT},
        {VK_FORMAT_BC3_UNORM_BLOCK, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT},
        {VK_FORMAT_BC3_SRGB_BLOCK, GL_COMPRESSED_SRGB_ALPHA_S3TC_DXT5_EXT},
        {VK_FORMAT_BC4_UNORM_BLOCK, GL_COMPRESSED_RED_RGTC1},
        {VK_FORMAT_BC4_SNORM_BLOCK, GL_COMPRESSED_SIGNED_RED_RGTC1},
        {VK_FORMAT_BC5_UNORM_BLOCK, GL_COMPRESSED_RG_RGTC2},
        {VK_FORMAT_BC5_SNORM_BLOCK, GL_COMPRESSED_SIGNED_RG_RGTC2},
        {VK_FORMAT_BC6H_UFLOAT_BLOCK, GL_COMPRESSED_RGB_BPTC_UNSIGNED_FLOAT},
        {VK_FORMAT_BC6H_SFLOAT_BLOCK, GL_COMPRESSED_RGB_BPTC_SIGNED_FLOAT},
        {VK_FORMAT_BC7_UNORM_BLOCK, GL_COMPRESSED_RGBA_BPTC_UNORM},
        {VK_FORMAT_BC7_SRGB_BLOCK, GL_COMPRESSED_SRGB_ALPHA_BPTC_UNORM},
        {VK_FORMAT_ETC2_R8G8B8_UNORM_BLOCK, GL_COMPRESSED_RGB8_ETC2},
        {VK_FORMAT_ETC2_R8G8B8_SRGB_BLOCK, GL_COMPRESSED_SRGB8_ETC2},
        {VK_FORMAT_ETC2_R8G8B8A1_UNORM_BLOCK, GL_COMPRESSED_RGB8_PUNCHTHROUGH_ALPHA1_ETC2},
        {VK_FORMAT_ETC2_R8G8B8A1_SRGB_BLOCK, GL_COMPRESSED_SRGB8_PUNCHTHROUGH_ALPHA1_ETC2},
        {VK_FORMAT_ETC2_R8G8B8A8_UNORM_BLOCK, GL_COMPRESSED_RGBA8_ETC2_EAC},
        {VK_FORMAT_ETC2_R8G8B8A8_SRGB_BLOCK, GL_COMPRESSED_SRGB8_ALPHA8_ETC2_EAC},
        {VK_FORMAT_EAC_R11_UNORM_BLOCK, GL_COMPRESSED_R11_EAC},
        {VK_FORMAT_EAC_R11_SNORM_BLOCK, GL_COMPRESSED_SIGNED_R11_EAC},
        {VK_FORMAT_EAC_R11G11_UNORM_BLOCK, GL_COMPRESSED_RG11_EAC},
        {VK_FORMAT_EAC_R11G11_SNORM_BLOCK, GL_COMPRESSED_SIGNED_RG11_EAC},
    };
    GLenum found = 0;

    if (internalFormat == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmGlGetFormat: internalFormat must not be NULL.");
    }
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]) && found == 0; i++) {
        found = formats[i].format == format ? formats[i].internalFormat : 0;
    }
    /* Both list the block sizes in one order; Vulkan has linear and sRGB in turn. */
    if (format >= VK_FORMAT_ASTC_4x4_UNORM_BLOCK && format <= VK_FORMAT_ASTC_12x12_SRGB_BLOCK) {
        const GLenum index = (GLenum)format - (GLenum)VK_FORMAT_ASTC_4x4_UNORM_BLOCK;

        found = (index % 2 == 0 ? GL_COMPRESSED_RGBA_ASTC_4x4_KHR
                                : GL_COMPRESSED_SRGB8_ALPHA8_ASTC_4x4_KHR) +
                index / 2;
    }
    if (found == 0) {
        return vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "OpenGL has no internal format that is in memory as VkFormat %d is. "
                               "Use one that it has, such as VK_FORMAT_R8G8B8A8_UNORM, or name an "
                               "internal format of the same size yourself "
                               "(VxmGlImportInfo::internalFormat).",
                               (int)format);
    }
    *internalFormat = found;
    return VK_SUCCESS;
}

/**
 * The layout of OpenGL's that is one of Vulkan's, for waits and signals of the app's own.
 *
 * @param      layout    Vulkan's layout, such as VxmHandover::layout.
 * @param[out] glLayout  receives OpenGL's; GL_NONE for UNDEFINED, which keeps no contents.
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT for a layout that OpenGL doesn't know, such as
 * PRESENT_SRC_KHR.
 *
 * Thread safety: any thread; no context is needed.
 *
 * Spec: GL_EXT_semaphore, table 4.4.
 */
static inline VkResult vxmGlGetLayout(VkImageLayout layout, GLenum *glLayout)
{
    static const struct {
        VkImageLayout layout;
        GLenum glLayout;
    } layouts[] = {
        {VK_IMAGE_LAYOUT_UNDEFINED, GL_NONE},
        {VK_IMAGE_LAYOUT_GENERAL, GL_LAYOUT_GENERAL_EXT},
        {VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, GL_LAYOUT_COLOR_ATTACHMENT_EXT},
        {VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL, GL_LAYOUT_DEPTH_STENCIL_ATTACHMENT_EXT},
        {VK_IMAGE_LAYOUT_DEPTH_STENCIL_READ_ONLY_OPTIMAL, GL_LAYOUT_DEPTH_STENCIL_READ_ONLY_EXT},
        {VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, GL_LAYOUT_SHADER_READ_ONLY_EXT},
        {VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, GL_LAYOUT_TRANSFER_SRC_EXT},
        {VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, GL_LAYOUT_TRANSFER_DST_EXT},
        {VK_IMAGE_LAYOUT_DEPTH_READ_ONLY_STENCIL_ATTACHMENT_OPTIMAL,
         GL_LAYOUT_DEPTH_READ_ONLY_STENCIL_ATTACHMENT_EXT},
        {VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_STENCIL_READ_ONLY_OPTIMAL,
         GL_LAYOUT_DEPTH_ATTACHMENT_STENCIL_READ_ONLY_EXT},
    };

    if (glLayout == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmGlGetLayout: glLayout must not be NULL.");
    }
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        if (layouts[i].layout == layout) {
            *glLayout = layouts[i].glLayout;
            return VK_SUCCESS;
        }
    }
    return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "OpenGL has no layout that is VkImageLayout %d. Hand the image over in "
                           "VK_IMAGE_LAYOUT_GENERAL.",
                           (int)layout);
}

/* The texture that an image is going to be, or why it can't be one. */
static inline VkResult vxm__gl_describe_image(const char *caller, const VxmImageDescription *image,
                                              const VxmGlImportInfo *info, vxm__gl_image *out)
{
    const vxm__gl_target *row = vxm__gl_find_target(image, info->target);
    GLenum format = info->internalFormat;
    VkResult result;

    if (image->tiling != VK_IMAGE_TILING_OPTIMAL && image->tiling != VK_IMAGE_TILING_LINEAR) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the image's tiling is VkImageTiling %d; OpenGL's memory "
                               "objects know OPTIMAL and LINEAR only (EGL knows DRM modifiers: "
                               "vxm/egl.h). Create it with VK_IMAGE_TILING_OPTIMAL.",
                               caller, (int)image->tiling);
    }
    if (row == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: an image of VkImageType %d with %u layers, %u mips, %u samples "
                               "and flags 0x%x is no texture of target 0x%04x. Leave "
                               "VxmGlImportInfo::target 0 for what it is.",
                               caller, (int)image->imageType, image->arrayLayers, image->mipLevels,
                               (unsigned)image->samples, (unsigned)image->flags,
                               (unsigned)info->target);
    }
    if (image->extent.width > (uint32_t)INT32_MAX || image->extent.height > (uint32_t)INT32_MAX ||
        image->extent.depth > (uint32_t)INT32_MAX || image->arrayLayers > (uint32_t)INT32_MAX) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: an extent of %ux%ux%u or %u arrayLayers are more than a GLsizei "
            "can say.",
            caller, image->extent.width, image->extent.height, image->extent.depth,
            image->arrayLayers);
    }
    if (format == 0) {
        result = vxmGlGetFormat(image->format, &format);
        if (result != VK_SUCCESS) {
            return result;
        }
    }
    memset(out, 0, sizeof(*out));
    out->row = row;
    out->format = format;
    out->tiling =
        image->tiling == VK_IMAGE_TILING_LINEAR ? GL_LINEAR_TILING_EXT : GL_OPTIMAL_TILING_EXT;
    out->levels = (GLsizei)image->mipLevels;
    out->samples = (GLsizei)image->samples;
    out->width = (GLsizei)image->extent.width;
    out->height = (GLsizei)image->extent.height;
    out->depth = (GLsizei)image->extent.depth;
    /* Where layers are one of the storage's extents, they are its last. */
    if (row->layers == 0 && row->sizes == 3) {
        out->depth = (GLsizei)image->arrayLayers;
    } else if (row->layers == 0) {
        out->height = (GLsizei)image->arrayLayers;
    }
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* Context                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/* One function by its name. Through memcpy, since C has no cast that all compilers are content
 * with. */
static inline int vxm__gl_load_one(VxmGlGetProc getProc, void *user, const char *name, void *slot)
{
    VxmGlFunction function = getProc(user, name);

    memcpy(slot, &function, sizeof(function));
    return function != NULL;
}

/* Whether the context has an extension. */
static inline VkBool32 vxm__gl_has(const VxmGl *gl, const char *extension)
{
    GLint count = 0;

    gl->GetIntegerv(GL_NUM_EXTENSIONS, &count);
    for (GLint i = 0; i < count; i++) {
        const GLubyte *name = gl->GetStringi(GL_EXTENSIONS, (GLuint)i);

        if (name != NULL && strcmp((const char *)name, extension) == 0) {
            return VK_TRUE;
        }
    }
    return VK_FALSE;
}

/**
 * Finds OpenGL's functions, and what the current context offers of them.
 *
 * Without semaphores (llvmpipe of Mesa 22.3 has none) the call still succeeds, since memory can be
 * shared all the same; VxmGl::semaphoreFd tells.
 *
 * @param      getProc  finds a function by its name. Some loaders answer with an address for every
 *                      name, so the extensions that the context names decide what is there.
 * @param      user     optional: passed on to getProc.
 * @param[out] gl       receives the table; nothing of it needs to be ended. It is good for every
 *                      context of the same driver and version.
 *
 * Errors: VK_ERROR_INITIALIZATION_FAILED if a function that each context has is missing, or no
 * context is current; VK_ERROR_EXTENSION_NOT_PRESENT without GL_EXT_memory_object and one of
 * GL_EXT_memory_object_fd and GL_EXT_memory_object_win32.
 *
 * Thread safety: the context must be current on the calling thread.
 */
static inline VkResult vxmGlLoad(VxmGlGetProc getProc, void *user, VxmGl *gl)
{
    const char *missing = NULL;
    const GLubyte *renderer;
    VxmGl table;

    if (getProc == NULL || gl == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmGlLoad: %s must not be NULL.",
                               getProc == NULL ? "getProc" : "gl");
    }
    memset(&table, 0, sizeof(table));
#define VXM__GL_LOAD(name) vxm__gl_load_one(getProc, user, "gl" #name, &table.name)
#define VXM__GL_NEED(name)                                                                         \
    if (!VXM__GL_LOAD(name) && missing == NULL) {                                                  \
        missing = "gl" #name;                                                                      \
    }
    VXM__GL_NEED(GetError)
    VXM__GL_NEED(GetString)
    VXM__GL_NEED(GetStringi)
    VXM__GL_NEED(GetIntegerv)
    VXM__GL_NEED(Flush)
    VXM__GL_NEED(GenBuffers)
    VXM__GL_NEED(DeleteBuffers)
    VXM__GL_NEED(BindBuffer)
    VXM__GL_NEED(GenTextures)
    VXM__GL_NEED(DeleteTextures)
    VXM__GL_NEED(BindTexture)
    VXM__GL_NEED(TexParameteri)
    if (missing != NULL) {
        return vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "vxmGlLoad: getProc finds no %s, which every OpenGL 3.0 and OpenGL "
                               "ES 3.0 has. On Windows wglGetProcAddress() knows none of OpenGL "
                               "1.1: ask GetProcAddress() of opengl32.dll, too.",
                               missing);
    }
    (void)VXM__GL_LOAD(GetInternalformativ);
    renderer = table.GetString(GL_RENDERER);
    if (renderer == NULL) {
        return vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN, 0,
                               "vxmGlLoad: glGetString(GL_RENDERER) answers NULL. Make an OpenGL "
                               "context current on this thread first.");
    }
    table.memoryFd = vxm__gl_has(&table, "GL_EXT_memory_object_fd");
    table.memoryWin32 = vxm__gl_has(&table, "GL_EXT_memory_object_win32");
    if (!vxm__gl_has(&table, "GL_EXT_memory_object") || (!table.memoryFd && !table.memoryWin32)) {
        return vxmSetLastError(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "vxmGlLoad: the OpenGL of %s can't share memory: it lacks "
                               "GL_EXT_memory_object, or both GL_EXT_memory_object_fd and "
                               "GL_EXT_memory_object_win32. Update the driver, or make the "
                               "context on another GPU.",
                               (const char *)renderer);
    }
    VXM__GL_NEED(GetUnsignedBytevEXT)
    VXM__GL_NEED(GetUnsignedBytei_vEXT)
    VXM__GL_NEED(CreateMemoryObjectsEXT)
    VXM__GL_NEED(DeleteMemoryObjectsEXT)
    VXM__GL_NEED(MemoryObjectParameterivEXT)
    VXM__GL_NEED(BufferStorageMemEXT)
    VXM__GL_NEED(TexStorageMem2DEXT)
    VXM__GL_NEED(TexStorageMem2DMultisampleEXT)
    VXM__GL_NEED(TexStorageMem3DEXT)
    VXM__GL_NEED(TexStorageMem3DMultisampleEXT)
    (void)VXM__GL_LOAD(TexStorageMem1DEXT); /* not in OpenGL ES */
    if (table.memoryFd) {
        VXM__GL_NEED(ImportMemoryFdEXT)
    }
    if (table.memoryWin32) {
        VXM__GL_NEED(ImportMemoryWin32HandleEXT)
        VXM__GL_NEED(ImportMemoryWin32NameEXT)
    }
    if (vxm__gl_has(&table, "GL_EXT_semaphore")) {
        table.semaphoreFd = vxm__gl_has(&table, "GL_EXT_semaphore_fd");
        table.semaphoreWin32 = vxm__gl_has(&table, "GL_EXT_semaphore_win32");
    }
    if (table.semaphoreFd || table.semaphoreWin32) {
        table.timelineSemaphore = vxm__gl_has(&table, "GL_NV_timeline_semaphore");
        VXM__GL_NEED(GenSemaphoresEXT)
        VXM__GL_NEED(DeleteSemaphoresEXT)
        VXM__GL_NEED(SemaphoreParameterui64vEXT)
        VXM__GL_NEED(WaitSemaphoreEXT)
        VXM__GL_NEED(SignalSemaphoreEXT)
    }
    if (table.semaphoreFd) {
        VXM__GL_NEED(ImportSemaphoreFdEXT)
    }
    if (table.semaphoreWin32) {
        VXM__GL_NEED(ImportSemaphoreWin32HandleEXT)
        VXM__GL_NEED(ImportSemaphoreWin32NameEXT)
    }
    if (table.timelineSemaphore) {
        VXM__GL_NEED(CreateSemaphoresNV)
        VXM__GL_NEED(SemaphoreParameterivNV)
    }
#undef VXM__GL_NEED
#undef VXM__GL_LOAD
    if (missing != NULL) {
        return vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "vxmGlLoad: getProc finds no %s, although the context of %s names "
                               "the extension that it belongs to. Ask the loader function of the "
                               "window system that made the context.",
                               missing, (const char *)renderer);
    }
    *gl = table;
    return VK_SUCCESS;
}

/**
 * Whether the context is of the GPU and driver that a Vulkan device is of: what every import here
 * checks, too.
 *
 * @param[in] gl        the table, with its context current.
 * @param[in] identity  VxmDeviceInfo::identity.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if it is another (the sentence has both);
 * VK_ERROR_VALIDATION_FAILED_EXT if Vulkan's device is unknown.
 *
 * Thread safety: the context must be current on the calling thread.
 *
 * Spec: GL_DEVICE_UUID_EXT, GL_DRIVER_UUID_EXT, GL_DEVICE_LUID_EXT.
 */
static inline VkResult vxmGlCheckDevice(const VxmGl *gl, const VxmIdentity *identity)
{
    VkResult result = vxm__gl_begin("vxmGlCheckDevice", gl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (identity == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmGlCheckDevice: identity must not be NULL.");
    }
    return vxm__gl_check_origin("vxmGlCheckDevice", gl, identity->deviceUUID, identity->driverUUID,
                                identity->deviceLUIDValid ? identity->deviceLUID : NULL);
}

/* ---------------------------------------------------------------------------------------------- */
/* Memory                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Ends what an import has made, and sets it to empty. The shared memory itself lives on as long as
 * anybody else has it.
 *
 * @param[in]     gl      the table; with none nothing is ended, and memory stays as it is.
 * @param[in,out] memory  NULL or an empty one is ignored.
 *
 * Thread safety: the context must be current on the calling thread.
 */
static inline void vxmGlDestroyMemory(const VxmGl *gl, VxmGlMemory *memory)
{
    if (gl == NULL || gl->DeleteMemoryObjectsEXT == NULL || memory == NULL) {
        return;
    }
    if (memory->texture != 0) {
        gl->DeleteTextures(1, &memory->texture);
    }
    if (memory->buffer != 0) {
        gl->DeleteBuffers(1, &memory->buffer);
    }
    if (memory->memory != 0) {
        gl->DeleteMemoryObjectsEXT(1, &memory->memory);
    }
    memset(memory, 0, sizeof(*memory));
}

/* Checks all that can be without a call of OpenGL's. */
static inline VkResult vxm__gl_check_shared(const char *caller, const VxmGl *gl,
                                            const VxmShared *shared, const VxmGlImportInfo *info,
                                            GLenum *handleType, vxm__gl_image *image)
{
    const VxmSharedMemory *const source = &shared->memories[0];
    VkResult result;

    if (shared->memoryCount != 1) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the image has %u memories; an OpenGL texture has one. Create "
                               "it without VK_IMAGE_CREATE_DISJOINT_BIT.",
                               caller, shared->memoryCount);
    }
    result = vxm__gl_check_handle(caller, gl->memoryFd, gl->memoryWin32, VXM_HANDLE_KIND_MEMORY,
                                  shared->handleType, &source->handle, source->name, handleType);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (source->allocationSize == 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: memories[0].allocationSize is 0 (unknown). OpenGL needs the "
                               "exporter's VkMemoryAllocateInfo::allocationSize.",
                               caller);
    }
    if (info->memoryOnly) {
        return VK_SUCCESS;
    }
    if (shared->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        if (shared->buffer.size == 0 || shared->buffer.size > source->allocationSize ||
            source->offset > source->allocationSize - shared->buffer.size ||
            shared->buffer.size > (VkDeviceSize)PTRDIFF_MAX) {
            return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                   "%s: a buffer of %llu bytes at offset %llu can't be in %llu "
                                   "bytes of memory.",
                                   caller, (unsigned long long)shared->buffer.size,
                                   (unsigned long long)source->offset,
                                   (unsigned long long)source->allocationSize);
        }
    }
    if (shared->resourceType != VXM_RESOURCE_TYPE_IMAGE) {
        return vxmCheckDescription(shared);
    }
    result = vxm__gl_describe_image(caller, &shared->image, info, image);
    if (result == VK_SUCCESS && image->row->sizes == 1 && gl->TexStorageMem1DEXT == NULL) {
        result = vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                                 "%s: the image is one-dimensional, which OpenGL ES has no "
                                 "textures of. Create it as 2D with a height of 1.",
                                 caller);
    }
    return result == VK_SUCCESS ? vxmCheckDescription(shared) : result;
}

/* See the two calls below. */
static inline VkResult vxm__gl_import(const char *caller, const VxmGl *gl, const VxmShared *shared,
                                      const VxmGlImportInfo *info, VxmGlMemory *memory)
{
    VxmGlImportInfo wanted;
    VxmGlMemory made;
    vxm__gl_image image;
    GLenum handleType = 0;
    VkResult result;

    memset(&wanted, 0, sizeof(wanted));
    memset(&made, 0, sizeof(made));
    memset(&image, 0, sizeof(image));
    if (info != NULL) {
        wanted = *info;
    }
    result = vxm__gl_check_shared(caller, gl, shared, &wanted, &handleType, &image);
    if (result == VK_SUCCESS) {
        result = vxm__gl_check_origin(caller, gl, shared->deviceUUID, shared->driverUUID,
                                      shared->deviceLUIDValid ? shared->deviceLUID : NULL);
    }
    if (result == VK_SUCCESS && image.row != NULL) {
        result = vxm__gl_check_tiling(caller, gl, &image);
    }
    if (result == VK_SUCCESS) {
        made.size = shared->memories[0].allocationSize;
        result = vxm__gl_create_memory(caller, gl, shared, handleType, &made.memory);
    }
    if (result == VK_SUCCESS && image.row != NULL) {
        made.target = image.row->target;
        made.internalFormat = image.format;
        result = vxm__gl_create_texture(caller, gl, &image, made.memory, shared->memories[0].offset,
                                        &made.texture);
    } else if (result == VK_SUCCESS && shared->resourceType == VXM_RESOURCE_TYPE_BUFFER &&
               !wanted.memoryOnly) {
        result = vxm__gl_create_buffer(caller, gl, shared->buffer.size, made.memory, made.size,
                                       shared->memories[0].offset, &made.buffer);
    }
    if (result != VK_SUCCESS) {
        vxmGlDestroyMemory(gl, &made);
        return result;
    }
    *memory = made;
    return VK_SUCCESS;
}

/**
 * Makes a texture, a buffer or a bare memory object of memory that came with its description.
 *
 * What it is must be acquired before its first use and released after: vxmGlWaitSemaphore() and
 * vxmGlSignalSemaphore(), or, where the driver has no semaphores, glFinish and Vulkan's fence.
 *
 * @param[in]  gl      the table, with its context current.
 * @param[in]  shared  from vxmExportMemory() or vxmReceiveMemory(), or filled in by hand. Its
 *                     handle stays yours.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] memory  receives the objects; end them with vxmGlDestroyMemory().
 *
 * Errors, before any foreign call: VK_ERROR_INCOMPATIBLE_DRIVER for another GPU or driver;
 * VK_ERROR_EXTENSION_NOT_PRESENT and VK_ERROR_FEATURE_NOT_PRESENT for a handle type or an image
 * that this OpenGL has nothing for; VK_ERROR_FORMAT_NOT_SUPPORTED for a format without equivalent
 * or a tiling that it can't read; VK_ERROR_INVALID_EXTERNAL_HANDLE if the handle is missing or
 * closed. After: VK_ERROR_INVALID_EXTERNAL_HANDLE if OpenGL refuses the handle;
 * VK_ERROR_FORMAT_NOT_SUPPORTED if it refuses the texture; VK_ERROR_OUT_OF_DEVICE_MEMORY for
 * GL_OUT_OF_MEMORY; VK_ERROR_DEVICE_LOST for GL_CONTEXT_LOST.
 *
 * Give it handles of vxm's only. What is no memory, Mesa (22.3) takes without a word; NVIDIA's
 * driver (580) answers GL_OUT_OF_MEMORY, and then allocates nothing more for export in this
 * process.
 *
 * A LINEAR image has the row pitch that Vulkan chose, which OpenGL can't be told.
 *
 * Thread safety: the context must be current on the calling thread.
 *
 * Spec: glImportMemoryFdEXT, glImportMemoryWin32HandleEXT, glImportMemoryWin32NameEXT,
 * glTexStorageMem2DEXT and its siblings, glBufferStorageMemEXT, GL_DEDICATED_MEMORY_OBJECT_EXT,
 * GL_TEXTURE_TILING_EXT.
 */
static inline VkResult vxmGlImportShared(const VxmGl *gl, const VxmShared *shared,
                                         const VxmGlImportInfo *info, VxmGlMemory *memory)
{
    VkResult result = vxm__gl_begin("vxmGlImportShared", gl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared == NULL || memory == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmGlImportShared: %s must not be NULL.",
                               shared == NULL ? "shared" : "memory");
    }
    return vxm__gl_import("vxmGlImportShared", gl, shared, info, memory);
}

/**
 * The same for an object of this process: exports it, imports it, and closes the handle.
 *
 * @param[in]  gl      the table, with its context current.
 * @param      memory  made for OPAQUE_FD, on Windows for OPAQUE_WIN32 or another type that OpenGL
 *                     imports (VxmMemoryCreateInfo::handleTypes).
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] out     receives the objects; end them with vxmGlDestroyMemory(). They keep the
 *                     memory, not the VkImage or VkBuffer.
 *
 * Errors: as vxmGlImportShared() and vxmExportMemory(); VK_ERROR_FEATURE_NOT_PRESENT if it was made
 * for no type that OpenGL imports.
 *
 * Thread safety: the context must be current on the calling thread.
 */
static inline VkResult vxmGlImportMemory(const VxmGl *gl, VxmMemory memory,
                                         const VxmGlImportInfo *info, VxmGlMemory *out)
{
    const char *const caller = "vxmGlImportMemory";
    VxmMemoryInfo facts;
    VxmShared shared;
    uint32_t type = 1;
    VkResult result = vxm__gl_begin(caller, gl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (out == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: out must not be NULL.", caller);
    }
    result = vxmGetMemoryInfo(memory, &facts);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* Vulkan's bits begin with the opaque types. */
    while (type != 0 && ((facts.exportHandleTypes & type) == 0 ||
                         vxm__gl_handle_type(VXM_HANDLE_KIND_MEMORY, type) == 0)) {
        type <<= 1;
    }
    if (type == 0) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the memory can be exported as no type that OpenGL imports. "
                               "Create it for OPAQUE_FD, on Windows for OPAQUE_WIN32 "
                               "(VxmMemoryCreateInfo::handleTypes).",
                               caller);
    }
    result = vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type, &shared);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__gl_import(caller, gl, &shared, info, out);
    vxmCloseShared(&shared);
    return result;
}

/* ---------------------------------------------------------------------------------------------- */
/* Semaphores                                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Ends a semaphore, and sets it to empty.
 *
 * @param[in]     gl         the table; with none nothing is ended, and semaphore stays as it is.
 * @param[in,out] semaphore  NULL or an empty one is ignored.
 *
 * Thread safety: the context must be current on the calling thread.
 */
static inline void vxmGlDestroySemaphore(const VxmGl *gl, VxmGlSemaphore *semaphore)
{
    if (gl == NULL || gl->DeleteSemaphoresEXT == NULL || semaphore == NULL) {
        return;
    }
    if (semaphore->semaphore != 0) {
        gl->DeleteSemaphoresEXT(1, &semaphore->semaphore);
    }
    memset(semaphore, 0, sizeof(*semaphore));
}

/* See the two calls below. */
static inline VkResult vxm__gl_import_semaphore(const char *caller, const VxmGl *gl,
                                                const VxmSharedSemaphore *shared,
                                                VxmGlSemaphore *semaphore)
{
    const GLint timeline = GL_SEMAPHORE_TYPE_TIMELINE_NV;
    const char *call = "glGenSemaphoresEXT";
    GLenum handleType = 0;
    VxmHandle duplicate;
    VxmGlSemaphore made;
    VkResult result;
    int isFence, isTimeline;

    memset(&duplicate, 0, sizeof(duplicate));
    memset(&made, 0, sizeof(made));
    if (shared->semaphoreType != VK_SEMAPHORE_TYPE_BINARY &&
        shared->semaphoreType != VK_SEMAPHORE_TYPE_TIMELINE) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: semaphoreType is %d, neither BINARY nor TIMELINE.", caller,
                               (int)shared->semaphoreType);
    }
    result =
        vxm__gl_check_handle(caller, gl->semaphoreFd, gl->semaphoreWin32, VXM_HANDLE_KIND_SEMAPHORE,
                             shared->handleType, &shared->handle, shared->name, &handleType);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* A fence of Direct3D's is a timeline by itself, and wants values. */
    isFence = handleType == GL_HANDLE_TYPE_D3D12_FENCE_EXT;
    made.semaphoreType = isFence ? VK_SEMAPHORE_TYPE_TIMELINE : shared->semaphoreType;
    isTimeline = shared->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE && !isFence;
    if (isTimeline && !gl->timelineSemaphore) {
        return vxmSetLastError(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the semaphore is a timeline, and this OpenGL context has no "
                               "GL_NV_timeline_semaphore. Share a binary semaphore.",
                               caller);
    }
    result = vxm__gl_check_origin(caller, gl, shared->deviceUUID, shared->driverUUID,
                                  shared->deviceLUIDValid ? shared->deviceLUID : NULL);
    if (result == VK_SUCCESS && shared->handle.type != 0) {
        result = vxmCheckHandle(&shared->handle);
    }
    if (result == VK_SUCCESS && handleType == GL_HANDLE_TYPE_OPAQUE_FD_EXT) {
        result = vxmDuplicateHandle(&shared->handle, &duplicate);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if (isTimeline) {
        call = "glCreateSemaphoresNV";
        gl->CreateSemaphoresNV(1, &made.semaphore);
    } else {
        gl->GenSemaphoresEXT(1, &made.semaphore);
    }
    result = vxm__gl_check_name(caller, gl, made.semaphore, call);
    if (result == VK_SUCCESS && isTimeline) {
        gl->SemaphoreParameterivNV(made.semaphore, GL_SEMAPHORE_TYPE_NV, &timeline);
        result = vxm__gl_check(caller, gl, VK_ERROR_UNKNOWN,
                               "glSemaphoreParameterivNV(GL_SEMAPHORE_TYPE_NV)");
    }
    if (result == VK_SUCCESS) {
        if (handleType == GL_HANDLE_TYPE_OPAQUE_FD_EXT) {
            call = "glImportSemaphoreFdEXT";
            gl->ImportSemaphoreFdEXT(made.semaphore, handleType, duplicate.fd);
        } else if (shared->name != NULL) {
            call = "glImportSemaphoreWin32NameEXT";
            gl->ImportSemaphoreWin32NameEXT(made.semaphore, handleType, shared->name);
        } else {
            call = "glImportSemaphoreWin32HandleEXT";
            gl->ImportSemaphoreWin32HandleEXT(made.semaphore, handleType, shared->handle.ptr);
        }
        result = vxm__gl_check(caller, gl, VK_ERROR_INVALID_EXTERNAL_HANDLE, call);
    }
    if (result != VK_SUCCESS) {
        vxmCloseUnlessTaken(&shared->handle, &duplicate);
        vxmGlDestroySemaphore(gl, &made);
        return result;
    }
    *semaphore = made;
    return VK_SUCCESS;
}

/**
 * Makes a semaphore of OpenGL's of one that came with its description.
 *
 * @param[in]  gl         the table, with its context current.
 * @param[in]  shared     from vxmExportSemaphore() or vxmReceiveSemaphore(); its handle stays
 *                        yours. Not a sync fd, which OpenGL doesn't import.
 * @param[out] semaphore  receives it; end it with vxmGlDestroySemaphore().
 *
 * Errors: as vxmGlImportShared(); VK_ERROR_EXTENSION_NOT_PRESENT without GL_EXT_semaphore_fd (on
 * Windows GL_EXT_semaphore_win32), or for a timeline without GL_NV_timeline_semaphore.
 *
 * Thread safety: the context must be current on the calling thread.
 *
 * Spec: glImportSemaphoreFdEXT, glImportSemaphoreWin32HandleEXT, glImportSemaphoreWin32NameEXT,
 * GL_SEMAPHORE_TYPE_NV.
 */
static inline VkResult vxmGlImportSharedSemaphore(const VxmGl *gl, const VxmSharedSemaphore *shared,
                                                  VxmGlSemaphore *semaphore)
{
    VkResult result = vxm__gl_begin("vxmGlImportSharedSemaphore", gl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared == NULL || semaphore == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmGlImportSharedSemaphore: %s must not be NULL.",
                               shared == NULL ? "shared" : "semaphore");
    }
    return vxm__gl_import_semaphore("vxmGlImportSharedSemaphore", gl, shared, semaphore);
}

/**
 * The same for a semaphore of this process: exports it, imports it, and closes the handle.
 *
 * @param[in]  gl          the table, with its context current.
 * @param      semaphore   the semaphore.
 * @param      handleType  one of the types that it was made for; 0: OPAQUE_FD, on Windows
 *                         OPAQUE_WIN32.
 * @param[out] out         receives it; end it with vxmGlDestroySemaphore().
 *
 * Errors: as vxmGlImportSharedSemaphore() and vxmExportSemaphore().
 *
 * Thread safety: the context must be current on the calling thread.
 */
static inline VkResult vxmGlImportSemaphore(const VxmGl *gl, VxmSemaphore semaphore,
                                            uint32_t handleType, VxmGlSemaphore *out)
{
    const uint32_t type = handleType != 0 ? handleType : (uint32_t)VXM__GL_SEMAPHORE_TYPE;
    VxmSharedSemaphore shared;
    VkResult result = vxm__gl_begin("vxmGlImportSemaphore", gl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (out == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmGlImportSemaphore: out must not be NULL.");
    }
    result = vxmExportSemaphore(semaphore, (VkExternalSemaphoreHandleTypeFlagBits)type, &shared);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__gl_import_semaphore("vxmGlImportSemaphore", gl, &shared, out);
    vxmCloseSharedSemaphore(&shared);
    return result;
}

/* What waits and signals have in common. */
static inline VkResult vxm__gl_submit(const char *caller, const VxmGl *gl, int isSignal,
                                      const VxmGlSemaphore *semaphore, uint64_t value,
                                      uint32_t barrierCount, const VxmGlBarrier *barriers)
{
    const char *const call = isSignal ? "glSignalSemaphoreEXT" : "glWaitSemaphoreEXT";
    GLuint buffers[VXM_GL_MAX_BARRIERS] = {0};
    GLuint textures[VXM_GL_MAX_BARRIERS] = {0};
    GLenum layouts[VXM_GL_MAX_BARRIERS] = {0};
    GLuint bufferCount = 0, textureCount = 0;
    const GLuint64 glValue = value;
    VkResult result = vxm__gl_begin(caller, gl);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (semaphore == NULL || semaphore->semaphore == 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: semaphore is %s.", caller,
                               semaphore == NULL ? "NULL" : "empty");
    }
    if (barrierCount > VXM_GL_MAX_BARRIERS) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: barrierCount is %u, and may be %u at most.", caller,
                               barrierCount, VXM_GL_MAX_BARRIERS);
    }
    if (barrierCount > 0 && barriers == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: barriers must not be NULL with a barrierCount of %u.", caller,
                               barrierCount);
    }
    if (gl->WaitSemaphoreEXT == NULL) {
        return vxmSetLastError(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the context that the table was loaded in has no "
                               "GL_EXT_semaphore, so that the semaphore can't be its.",
                               caller);
    }
    for (uint32_t i = 0; i < barrierCount; i++) {
        if ((barriers[i].buffer == 0) == (barriers[i].texture == 0)) {
            return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                   "%s: barriers[%u] must name a buffer or a texture.", caller, i);
        }
        if (barriers[i].buffer != 0) {
            buffers[bufferCount++] = barriers[i].buffer;
            continue;
        }
        result = vxmGlGetLayout(barriers[i].layout, &layouts[textureCount]);
        if (result != VK_SUCCESS) {
            return result;
        }
        textures[textureCount++] = barriers[i].texture;
    }
    if (semaphore->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE) {
        /* GL_D3D12_FENCE_VALUE_EXT is the same number. */
        gl->SemaphoreParameterui64vEXT(semaphore->semaphore, GL_TIMELINE_SEMAPHORE_VALUE_NV,
                                       &glValue);
        result = vxm__gl_check(caller, gl, VK_ERROR_UNKNOWN,
                               "glSemaphoreParameterui64vEXT(GL_TIMELINE_SEMAPHORE_VALUE_NV)");
        if (result != VK_SUCCESS) {
            return result;
        }
    }
    if (isSignal) {
        gl->SignalSemaphoreEXT(semaphore->semaphore, bufferCount, buffers, textureCount, textures,
                               layouts);
        /* A signal that stays in the client's queue never comes to who waits for it. */
        gl->Flush();
    } else {
        gl->WaitSemaphoreEXT(semaphore->semaphore, bufferCount, buffers, textureCount, textures,
                             layouts);
    }
    return vxm__gl_check(caller, gl, VK_ERROR_UNKNOWN, call);
}

/**
 * Makes OpenGL's commands from here on wait, on the GPU, for a signal; and takes over buffers and
 * textures from Vulkan, which vxmCmdReleaseMemory() gave away before that signal.
 *
 * @param[in] gl            the table, with its context current.
 * @param[in] semaphore     the semaphore. The signal of a binary one must have been submitted
 *                          already: OpenGL's rule.
 * @param     value         to wait for; ignored for a binary semaphore.
 * @param     barrierCount  0 to VXM_GL_MAX_BARRIERS.
 * @param[in] barriers      what comes over, textures with the layout of the hand-over.
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT for a layout that OpenGL doesn't know; VK_ERROR_UNKNOWN for
 * what OpenGL refuses.
 *
 * Thread safety: the context must be current on the calling thread.
 *
 * Spec: glWaitSemaphoreEXT, GL_TIMELINE_SEMAPHORE_VALUE_NV, GL_D3D12_FENCE_VALUE_EXT.
 */
static inline VkResult vxmGlWaitSemaphore(const VxmGl *gl, const VxmGlSemaphore *semaphore,
                                          uint64_t value, uint32_t barrierCount,
                                          const VxmGlBarrier *barriers)
{
    return vxm__gl_submit("vxmGlWaitSemaphore", gl, 0, semaphore, value, barrierCount, barriers);
}

/**
 * Signals after OpenGL's commands so far, and gives buffers and textures over to Vulkan, where
 * vxmCmdAcquireMemory() takes them with the same layout. It ends with glFlush.
 *
 * @param[in] gl            the table, with its context current.
 * @param[in] semaphore     the semaphore.
 * @param     value         to signal; ignored for a binary semaphore.
 * @param     barrierCount  0 to VXM_GL_MAX_BARRIERS.
 * @param[in] barriers      what goes over, textures with the layout to hand them over in.
 *
 * Errors: as vxmGlWaitSemaphore().
 *
 * Thread safety: the context must be current on the calling thread.
 *
 * Spec: glSignalSemaphoreEXT, GL_TIMELINE_SEMAPHORE_VALUE_NV, GL_D3D12_FENCE_VALUE_EXT.
 */
static inline VkResult vxmGlSignalSemaphore(const VxmGl *gl, const VxmGlSemaphore *semaphore,
                                            uint64_t value, uint32_t barrierCount,
                                            const VxmGlBarrier *barriers)
{
    return vxm__gl_submit("vxmGlSignalSemaphore", gl, 1, semaphore, value, barrierCount, barriers);
}

#ifdef __cplusplus
}
#endif

#endif /* VXM_GL_H_ */
