/*
 * What every test of vxm/drm.h on the models of libgbm and libdrm begins and ends with.
 *
 *   TestSuite(name, .init = drm_begin, .fini = drm_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_DRM_FIXTURE_H_
#define VXM_TESTS_ADAPTERS_DRM_FIXTURE_H_ 1

#include "support/test.h"

#include "adapters/drm/model_drm.h"
#include "model/model.h"

#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT

/* Fresh models of Vulkan, libgbm and libdrm; handles are counted. */
void drm_begin(void);
/* Fails the test for a breach in any, for what is alive in any, for handles and memory. */
void drm_end(void);

/* A device of the model Vulkan driver's; the table, loaded from the models. */
VxmDevice drm_device(void);
VxmDrm drm_load(void);

/* The description of an image in one dma-buf of 64 KiB: 64x32 texels with rows of 256 bytes; of
 * NV12 the second plane lies behind the first. Close it with vxmCloseShared(). */
VxmShared drm_describe(VkFormat format, uint64_t modifier);
/* Gives the second plane a handle of its own: of the same dma-buf, or of another. */
void drm_split(VxmShared *shared, bool sameBuffer);
/* A buffer object of GBM's with one plane, as drm_describe() has it. */
struct drm_model_bo drm_bo_info(uint32_t fourcc, uint64_t modifier);

/* A call that must succeed. */
#define REQUIRE(call) drm_require(__FILE__, __LINE__, #call, (call))
void drm_require(const char *file, int line, const char *call, VkResult got);

/* A call that must fail with this result and reason, and a sentence with these words in it. */
#define EXPECT_ERROR(call, result, reason, words)                                                  \
    (drm_forget_error(), drm_expect_error(__FILE__, __LINE__, #call, (call), result, reason, words))
void drm_expect_error(const char *file, int line, const char *call, VkResult got, VkResult result,
                      VxmErrorReason reason, const char *words);
/* The same, and nothing of the other API's was called. */
#define EXPECT_REFUSED(call, result, reason, words)                                                \
    do {                                                                                           \
        const unsigned made_ = drm_model_calls(NULL);                                              \
        EXPECT_ERROR(call, result, reason, words);                                                 \
        cr_expect_eq(drm_model_calls(NULL), made_, "%s:%d: " #call ": a library was called",       \
                     __FILE__, __LINE__);                                                          \
    } while (0)
/* Puts a last error in place that no other call leaves. */
void drm_forget_error(void);

/* Outputs of a call that fails are filled before, and looked at after. */
#define FILL(object) memset(&(object), 0xa5, sizeof(object))
#define EXPECT_UNTOUCHED(object)                                                                   \
    cr_expect(drm_untouched(&(object), sizeof(object)), "%s:%d: " #object " was written",          \
              __FILE__, __LINE__)
bool drm_untouched(const void *memory, size_t size);

#endif /* VXM_TESTS_ADAPTERS_DRM_FIXTURE_H_ */
