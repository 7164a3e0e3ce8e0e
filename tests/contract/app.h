/*
 * An app that does with plain Vulkan what a plan says.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_APP_H_
#define VXM_TESTS_CONTRACT_APP_H_ 1

#include "contract/common.h"

struct made {
    /* Wishes, before app_make(). */
    VkDeviceSize extraSize; /* bytes to allocate beyond the plan's */
    VkDeviceSize offset;    /* where to bind instead of the plan's offset; 0: the plan's */
    /* What was made. */
    VkBuffer buffer;
    VkImage image;
    uint32_t memoryCount;
    VkDeviceMemory memories[VXM_MAX_PLANES];
    VkDeviceSize boundAt;       /* the first; the others as planned */
    ModelAllocation allocation; /* of the first */
    VkDeviceSize sizes[VXM_MAX_PLANES];
    uint32_t typeIndices[VXM_MAX_PLANES];
};

/* Creates, sets, allocates and binds. On failure nothing is left; the plan is still to be ended. */
VkResult app_make(VxmDevice device, VxmPlan *plan, struct made *made);
void app_unmake(VxmDevice device, struct made *made);

/* Fills in a plan's result; flags that are set in it stay. */
void made_result(const struct made *made, VxmPlanResult *result);

#endif /* VXM_TESTS_CONTRACT_APP_H_ */
