/*
 * What every test of vxm/gl.h on the model of OpenGL begins and ends with.
 *
 *   TestSuite(name, .init = gl_begin, .fini = gl_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_GL_FIXTURE_H_
#define VXM_TESTS_ADAPTERS_GL_FIXTURE_H_ 1

#include <stdio.h>
#include <string.h>

#include "support/test.h"

#include "adapters/gl/model_gl.h"
#include "model/model.h"

/* The types of the system that the program is for. */
#ifdef _WIN32
#define NATIVE_MEMORY    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define NATIVE_GL        GL_HANDLE_TYPE_OPAQUE_WIN32_EXT
#define NATIVE_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define NATIVE_SUFFIX    "win32"
#define NATIVE_IMPORT    "ImportMemoryWin32HandleEXT"
#else
#define NATIVE_MEMORY    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define NATIVE_GL        GL_HANDLE_TYPE_OPAQUE_FD_EXT
#define NATIVE_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define NATIVE_SUFFIX    "fd"
#define NATIVE_IMPORT    "ImportMemoryFdEXT"
#endif

/* Fresh models of Vulkan and OpenGL; handles are counted. */
void gl_begin(void);
/* Fails the test for a breach in either, for what is alive in either, for handles and memory. */
void gl_end(void);

/* A device of the model Vulkan driver's, and OpenGL's table, loaded from the model of OpenGL. */
VxmDevice gl_device(uint32_t index);
VxmGl gl_load(void);

VkImageCreateInfo gl_image_info(VkFormat format, uint32_t width, uint32_t height);
VxmMemory gl_make_buffer(VxmDevice device, VkDeviceSize size);
VxmMemory gl_make_image(VxmDevice device, const VkImageCreateInfo *info);
/* The description of an object made for the purpose, with a handle that keeps the payload. */
VxmShared gl_share_buffer(VxmDevice device, VkDeviceSize size);
VxmShared gl_share_image(VxmDevice device, const VkImageCreateInfo *info);
VxmSharedSemaphore gl_share_semaphore(VxmDevice device, VkSemaphoreType type);

/* A call that must succeed. */
#define REQUIRE(call) gl_require(__FILE__, __LINE__, #call, (call))
void gl_require(const char *file, int line, const char *call, VkResult got);

/* A call that must fail with this result and reason, and a sentence with these words in it. */
#define EXPECT_ERROR(call, result, reason, words)                                                  \
    (gl_forget_error(), gl_expect_error(__FILE__, __LINE__, #call, (call), result, reason, words))
void gl_expect_error(const char *file, int line, const char *call, VkResult got, VkResult result,
                     VxmErrorReason reason, const char *words);
/* The same, and OpenGL was asked for nothing but errors and facts: it made nothing. */
#define EXPECT_REFUSED(call, result, reason, words)                                                \
    do {                                                                                           \
        const unsigned made_ = gl_made();                                                          \
        EXPECT_ERROR(call, result, reason, words);                                                 \
        cr_expect_eq(gl_made(), made_, "%s:%d: " #call ": OpenGL was called", __FILE__, __LINE__); \
    } while (0)
unsigned gl_made(void);
/* Puts a last error in place that no other call leaves. */
void gl_forget_error(void);

/* Outputs of a call that fails are filled before, and looked at after. */
#define FILL(object) memset(&(object), 0xa5, sizeof(object))
#define EXPECT_UNTOUCHED(object)                                                                   \
    cr_expect(gl_untouched(&(object), sizeof(object)), "%s:%d: " #object " was written", __FILE__, \
              __LINE__)
bool gl_untouched(const void *memory, size_t size);

#endif /* VXM_TESTS_ADAPTERS_GL_FIXTURE_H_ */
