/*
 * What the contract suites share: begin and end of a test on the model driver, devices,
 * create-infos to start from, and assertions about failures.
 *
 *   Test(suite, name, .init = contract_begin, .fini = contract_end)
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_COMMON_H_
#define VXM_TESTS_CONTRACT_COMMON_H_ 1

#include "support/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "model/model.h"
#include "vxm/vxm.h"

/* ---- begin and end ----------------------------------------------------------------------------
 */

/* Resets the model driver to its default configuration and counts the system's handles. */
void contract_begin(void);

/* Fails the test if the model driver saw a breach of the specification or still has objects, if
 * the system's handles are not as they were, or if memory leaked. */
void contract_end(void);

/* What contract_end() asks, in the middle of a test: no breach so far and nothing alive. Prints and
 * fails, and then forgets the breaches. */
void contract_expect_idle(const char *file, int line);
#define expect_idle() contract_expect_idle(__FILE__, __LINE__)

/* Words that stand in front of every message of this file from here on, such as the handle type
 * that a loop is at. NULL: none. */
void contract_note(const char *format, ...);

/* ---- devices ----------------------------------------------------------------------------------
 */

/* A device on the model driver's first GPU, or on the index-th; ends with vxmDestroyDevice(). */
VxmDevice contract_device(void);
VxmDevice contract_device_at(uint32_t index);

/* The same for a configuration of the test's own: model_reset(config) and the first device. */
VxmDevice contract_device_with(const ModelConfig *config);

/* A Vulkan command of a device, for tests that call Vulkan themselves:
 * PFN_vkCreateBuffer create = (PFN_vkCreateBuffer)contract_command(device, "vkCreateBuffer"); */
PFN_vkVoidFunction contract_command(VxmDevice device, const char *name);
VkDevice contract_vk_device(VxmDevice device);

/* ---- create-infos -----------------------------------------------------------------------------
 */

VkBufferCreateInfo contract_buffer_info(VkDeviceSize size);
VkImageCreateInfo contract_image_info(uint32_t width, uint32_t height); /* 2D, RGBA8 */
VxmMemoryCreateInfo contract_memory_info(VkExternalMemoryHandleTypeFlags handleTypes);

/* The same, host visible, so that it can be mapped. */
VxmMemoryCreateInfo contract_mappable_info(VkExternalMemoryHandleTypeFlags handleTypes);

/* ---- assertions -------------------------------------------------------------------------------
 */

/* Expects that a call returns `result` and leaves a last error with that reason and that result,
 * whose sentence holds `part` (NULL: any) and is a sentence. The test goes on. True if so. */
bool contract_check_error(const char *file, int line, const char *call, VkResult got,
                          VkResult result, VxmErrorReason reason, const char *part);
#define expect_error(call, result, reason, part)                                                   \
    (contract_forget_error(),                                                                      \
     contract_check_error(__FILE__, __LINE__, #call, (call), result, reason, part))

/* Expects some failure with a last error of its own, whatever its result. */
bool contract_check_failure(const char *file, int line, const char *call, VkResult got);
#define expect_failure(call)                                                                       \
    (contract_forget_error(), contract_check_failure(__FILE__, __LINE__, #call, (call)))

/* Ends the test if the call fails, with the library's sentence. */
void contract_require(const char *file, int line, const char *call, VkResult got);
#define require(call) contract_require(__FILE__, __LINE__, #call, (call))

/* Puts a last error in place that no real call leaves, so that a stale one is noticed. */
void contract_forget_error(void);

/* Outputs that a failing call must not touch are filled first and looked at afterwards. */
void contract_fill(void *memory, size_t size);
bool contract_untouched(const void *memory, size_t size);
#define fill(object) contract_fill(&(object), sizeof(object))
#define expect_untouched(object)                                                                   \
    cr_expect(contract_untouched(&(object), sizeof(object)),                                       \
              "%s:%d: " #object " was written although the call failed", __FILE__, __LINE__)

#endif /* VXM_TESTS_CONTRACT_COMMON_H_ */
