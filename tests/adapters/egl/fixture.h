/*
 * What every test of vxm/egl.h on the model of EGL begins and ends with.
 *
 *   TestSuite(name, .init = egl_begin, .fini = egl_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_EGL_FIXTURE_H_
#define VXM_TESTS_ADAPTERS_EGL_FIXTURE_H_ 1

#include <stdio.h>
#include <string.h>

#include "support/test.h"

#include "adapters/egl/model_egl.h"
#include "model/model.h"

#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define SYNC_FD VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT

/* Fresh models of Vulkan and EGL; handles are counted. */
void egl_begin(void);
/* Fails the test for a breach in either, for what is alive in either, for handles and memory. */
void egl_end(void);

/* A device of the model Vulkan driver's, and EGL's table, loaded from the model of EGL. */
VxmDevice egl_device(void);
VxmEgl egl_load(void);

/* An image of 64 x 32 texels, filled in by hand, its planes in one dma-buf, or in one each. End it
 * with vxmCloseShared(). */
VxmShared egl_shared(VkFormat format, uint64_t modifier, uint32_t planeCount, uint32_t memoryCount);
/* The same, of the most usual kind: B8G8R8A8, LINEAR by its modifier. */
VxmShared egl_shared_rgb(void);

/* A call that must succeed. */
#define REQUIRE(call) egl_require(__FILE__, __LINE__, #call, (call))
void egl_require(const char *file, int line, const char *call, VkResult got);

/* A call that must fail with this result and reason, and a sentence with these words in it. */
#define EXPECT_ERROR(call, result, reason, words)                                                  \
    (egl_forget_error(), egl_expect_error(__FILE__, __LINE__, #call, (call), result, reason, words))
void egl_expect_error(const char *file, int line, const char *call, VkResult got, VkResult result,
                      VxmErrorReason reason, const char *words);
/* The same, and EGL was asked for nothing but facts: it made nothing. */
#define EXPECT_REFUSED(call, result, reason, words)                                                \
    do {                                                                                           \
        const unsigned made_ = egl_made();                                                         \
        EXPECT_ERROR(call, result, reason, words);                                                 \
        cr_expect_eq(egl_made(), made_, "%s:%d: " #call ": EGL was called", __FILE__, __LINE__);   \
    } while (0)
unsigned egl_made(void);
/* Puts a last error in place that no other call leaves. */
void egl_forget_error(void);

/* Outputs of a call that fails are filled before, and looked at after. */
#define FILL(object) memset(&(object), 0xa5, sizeof(object))
#define EXPECT_UNTOUCHED(object)                                                                   \
    cr_expect(egl_untouched(&(object), sizeof(object)), "%s:%d: " #object " was written",          \
              __FILE__, __LINE__)
bool egl_untouched(const void *memory, size_t size);

#endif /* VXM_TESTS_ADAPTERS_EGL_FIXTURE_H_ */
