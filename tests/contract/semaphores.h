/*
 * The semaphore handle types that the suites run with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_SEMAPHORES_H_
#define VXM_TESTS_CONTRACT_SEMAPHORES_H_ 1

#include "contract/common.h"

/* Refers to the payload, for binary and timeline. */
#define SEMAPHORE_REFERENCE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
/* A copy of the payload: binary, temporary. */
#define SEMAPHORE_COPY VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT
/* A type of another system, and its name. */
#define SEMAPHORE_OTHER_SYSTEM      VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT
#define SEMAPHORE_OTHER_SYSTEM_NAME "D3D12_FENCE"
/* The driver's commands behind export and import. */
#define SEMAPHORE_GET_COMMAND    "vkGetSemaphoreFdKHR"
#define SEMAPHORE_IMPORT_COMMAND "vkImportSemaphoreFdKHR"

static inline VxmSemaphore semaphore_open(VxmDevice device, VkSemaphoreType semaphoreType,
                                          VkExternalSemaphoreHandleTypeFlags handleTypes)
{
    VxmSemaphoreCreateInfo info = {.semaphoreType = semaphoreType, .handleTypes = handleTypes};
    VxmSemaphore semaphore = NULL;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    return semaphore;
}

#endif /* VXM_TESTS_CONTRACT_SEMAPHORES_H_ */
