/*
 * The semaphore handle types that the suites run with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_SEMAPHORES_H_
#define VXM_TESTS_CONTRACT_SEMAPHORES_H_ 1

#include "contract/types.h"

typedef VkExternalSemaphoreHandleTypeFlagBits semaphore_bit;

/* Refers to the payload, for binary and timeline. */
#define SEMAPHORE_REFERENCE ((semaphore_bit)semaphore_reference()->type)
/* A copy of the payload: binary, temporary. 0 where there is none. */
#define SEMAPHORE_COPY ((semaphore_bit)(semaphore_copy() != NULL ? semaphore_copy()->type : 0))
/* Another one that a semaphore may be exported as beside the first. 0 where there is none. */
#define SEMAPHORE_SECOND                                                                           \
    ((semaphore_bit)(semaphore_second() != NULL ? semaphore_second()->type : 0))
/* A type of another system, and its name. */
#define SEMAPHORE_OTHER_SYSTEM ((semaphore_bit)backend_other_semaphore_types[0])
#define SEMAPHORE_OTHER_SYSTEM_NAME                                                                \
    vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, backend_other_semaphore_types[0])

/* What the driver answers about the reference type. */
static inline ModelExternal *semaphore_row(VkSemaphoreType semaphoreType, uint32_t handleType)
{
    ModelDeviceConfig *model = &model_config()->devices[0];

    return model_external(semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? model->timelineSemaphores
                                                                      : model->binarySemaphores,
                          handleType);
}

/* How often the driver was asked to import a payload of the reference type. */
static inline size_t semaphore_import_calls(void)
{
    const char *command = semaphore_reference()->importCommand;

    return command != NULL ? model_call_count(command) : 0;
}

static inline VxmSemaphore semaphore_open(VxmDevice device, VkSemaphoreType semaphoreType,
                                          VkExternalSemaphoreHandleTypeFlags handleTypes)
{
    VxmSemaphoreCreateInfo info = {.semaphoreType = semaphoreType, .handleTypes = handleTypes};
    VxmSemaphore semaphore = NULL;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    return semaphore;
}

#endif /* VXM_TESTS_CONTRACT_SEMAPHORES_H_ */
