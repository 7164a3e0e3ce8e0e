/*
 * Bad habits of a driver's, for programs that look for them: one of the names below in the
 * environment variable VXM_MODEL_HABIT.
 *
 *   export-fails     what can be exported by the driver's word can't
 *   import-fails     what can be imported by its word can't
 *   import-other     an import gives memory, but other memory
 *   import-hangs     an import never returns
 *   import-crashes   an import is the end of the process
 *   modifier-fails   an image of one modifier, MODEL_MODIFIER_COMPRESSED, can't be imported
 *   signals-lost     no submission signals a semaphore
 *   begin-hangs      an instance is never made
 *   begin-crashes    making one is the end of the process
 *
 * With "-elsewhere" behind it, one about imports acts only in a process that has made nothing to be
 * exported.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LOADER_HABITS_H_
#define VXM_TESTS_LOADER_HABITS_H_ 1

#include "model/model.h"

/* Of the environment's; to be called before there is an instance. */
void habits_begin(void);
/* Before an allocation: hangs or crashes, or says with what it must fail. */
VkResult habits_allocate(const VkMemoryAllocateInfo *info);
/* Whether what was allocated so must be other memory. */
bool habits_other(const VkMemoryAllocateInfo *info);
/* Before an image is created: says with what that must fail. */
VkResult habits_create_image(const VkImageCreateInfo *info);
bool habits_lose_signals(void);

#endif /* VXM_TESTS_LOADER_HABITS_H_ */
