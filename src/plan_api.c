/*
 * The public plan layer: the app creates and allocates, the library says what and settles the end.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

/* Requirements need a resource, and the app's doesn't exist yet; one with the same creation data
 * has the same ("Resource Memory Association" in the specification), so a short-lived one is asked.
 * vkGetDeviceBufferMemoryRequirements would do without, but Vulkan 1.1 doesn't have it. */
static VkResult settle_by_probe(const char *caller, VxmPlan *plan)
{
    const VxmDevice device = plan->state.device;
    VkBuffer buffer = VK_NULL_HANDLE;
    VkImage image = VK_NULL_HANDLE;
    VkResult result = VK_SUCCESS;

    if (vxm__plan_creates_buffer(plan)) {
        result = device->vk.CreateBuffer(device->device, &plan->bufferCreateInfo, device->allocator,
                                         &buffer);
    } else if (vxm__plan_creates_image(plan)) {
        result = device->vk.CreateImage(device->device, &plan->imageCreateInfo, device->allocator,
                                        &image);
    }
    if (result != VK_SUCCESS) {
        return vxm__plan_creates_buffer(plan)
                   ? vxm__plan_fail(result, "vkCreateBuffer", caller, plan)
                   : vxm__plan_fail_image(result, caller, plan);
    }
    result = vxm__plan_settle(caller, plan, buffer, image);
    /* Of several planes lavapipe tells only once they are bound: see wrap_result(). */
    if (result == VK_SUCCESS && image != VK_NULL_HANDLE && plan->state.givenHandleType != 0 &&
        vxm__format_plane_count(plan->state.image.format) == 1) {
        VxmImageDescription description = plan->state.image;

        result = vxm__plan_settle_planes(caller, plan, image, &description);
    }
    device->vk.DestroyBuffer(device->device, buffer, device->allocator);
    device->vk.DestroyImage(device->device, image, device->allocator);
    /* The app's own resource comes with vxmSetPlanResource(). */
    if (plan->state.dedicatedBuffer == VK_NULL_HANDLE &&
        plan->state.dedicatedImage == VK_NULL_HANDLE) {
        for (uint32_t i = 0; i < plan->memoryCount; i++) {
            plan->state.dedicatedInfo[i].buffer = VK_NULL_HANDLE;
            plan->state.dedicatedInfo[i].image = VK_NULL_HANDLE;
        }
    }
    return result;
}

static VkResult finish_making(const char *caller, VxmPlan *made, VxmPlan *plan)
{
    VkResult result = settle_by_probe(caller, made);

    if (result != VK_SUCCESS) {
        vxm__plan_release(made, 0, false);
        return result;
    }
    *plan = *made;
    vxm__plan_link(plan);
    return VK_SUCCESS;
}

static VkResult plan_export(const char *caller, VxmDevice device, const struct vxm_request *request,
                            const VxmMemoryCreateInfo *info, VxmPlan *plan)
{
    VxmPlan made;
    VkResult result = vxm__plan_begin_export(caller, device, request, info, &made);

    return result == VK_SUCCESS ? finish_making(caller, &made, plan) : result;
}

VkResult vxmPlanBuffer(VxmDevice device, const VkBufferCreateInfo *buffer,
                       const VxmMemoryCreateInfo *info, VxmPlan *plan)
{
    const struct vxm_request request = {.buffer = buffer};

    if (device == NULL || buffer == NULL || info == NULL || plan == NULL) {
        return vxm__fail_argument("vxmPlanBuffer: %s must not be NULL.", device == NULL   ? "device"
                                                                         : buffer == NULL ? "buffer"
                                                                         : info == NULL   ? "info"
                                                                                          : "plan");
    }
    return plan_export("vxmPlanBuffer", device, &request, info, plan);
}

VkResult vxmPlanImage(VxmDevice device, const VkImageCreateInfo *image,
                      const VxmMemoryCreateInfo *info, VxmPlan *plan)
{
    const struct vxm_request request = {.image = image};

    if (device == NULL || image == NULL || info == NULL || plan == NULL) {
        return vxm__fail_argument("vxmPlanImage: %s must not be NULL.", device == NULL  ? "device"
                                                                        : image == NULL ? "image"
                                                                        : info == NULL  ? "info"
                                                                                        : "plan");
    }
    return plan_export("vxmPlanImage", device, &request, info, plan);
}

VkResult vxmPlanMemory(VxmDevice device, VkDeviceSize size, const VxmMemoryCreateInfo *info,
                       VxmPlan *plan)
{
    const struct vxm_request request = {.size = size};

    if (device == NULL || info == NULL || plan == NULL) {
        return vxm__fail_argument("vxmPlanMemory: %s must not be NULL.", device == NULL ? "device"
                                                                         : info == NULL ? "info"
                                                                                        : "plan");
    }
    return plan_export("vxmPlanMemory", device, &request, info, plan);
}

VkResult vxmPlanImport(VxmDevice device, VxmShared *shared, const VxmImportInfo *info,
                       VxmPlan *plan)
{
    VxmPlan made;
    VkResult result;

    if (device == NULL || shared == NULL || plan == NULL) {
        return vxm__fail_argument("vxmPlanImport: %s must not be NULL.", device == NULL   ? "device"
                                                                         : shared == NULL ? "shared"
                                                                                          : "plan");
    }
    result = vxm__plan_begin_import("vxmPlanImport", device, shared, info, &made);
    return result == VK_SUCCESS ? finish_making("vxmPlanImport", &made, plan) : result;
}

VkResult vxmSetPlanResource(VxmPlan *plan, VkBuffer buffer, VkImage image)
{
    if (plan == NULL) {
        return vxm__fail_argument("vxmSetPlanResource: plan must not be NULL.");
    }
    if (plan->state.device == NULL) {
        return vxm__fail_argument("vxmSetPlanResource: plan is empty: it was never made, or has "
                                  "ended.");
    }
    if ((buffer != VK_NULL_HANDLE) != vxm__plan_creates_buffer(plan) ||
        (image != VK_NULL_HANDLE) != vxm__plan_creates_image(plan)) {
        return vxm__fail_argument("vxmSetPlanResource: the plan is for %s; give that and nothing "
                                  "else.",
                                  vxm__plan_creates_buffer(plan)  ? "a buffer"
                                  : vxm__plan_creates_image(plan) ? "an image"
                                                                  : "memory without a resource");
    }
    if (vxm__plan_creates_buffer(plan) || vxm__plan_creates_image(plan)) {
        for (uint32_t i = 0; i < plan->memoryCount; i++) {
            plan->state.dedicatedInfo[i].buffer = buffer;
            plan->state.dedicatedInfo[i].image = image;
        }
    }
    return VK_SUCCESS;
}

static VkResult check_finish(const VxmPlan *plan, const VxmPlanResult *result)
{
    if (result->memoryCount > plan->memoryCount ||
        (result->result == VK_SUCCESS && result->memoryCount != plan->memoryCount)) {
        return vxm__fail_argument("vxmFinishPlan: result->memoryCount is %u, but the plan has %u.",
                                  result->memoryCount, plan->memoryCount);
    }
    if (result->result == VK_SUCCESS &&
        ((result->buffer != VK_NULL_HANDLE) != vxm__plan_creates_buffer(plan) ||
         (result->image != VK_NULL_HANDLE) != vxm__plan_creates_image(plan))) {
        return vxm__fail_argument("vxmFinishPlan: result->buffer and image don't go with the plan, "
                                  "which is for %s.",
                                  vxm__plan_creates_buffer(plan)  ? "a buffer"
                                  : vxm__plan_creates_image(plan) ? "an image"
                                                                  : "memory without a resource");
    }
    return VK_SUCCESS;
}

static VkResult wrap_result(VxmPlan *plan, const VxmPlanResult *result, VxmMemory *memory)
{
    static const char caller[] = "vxmFinishPlan";
    VxmMemory made;
    VkResult answer;
    VxmMemoryWrapInfo info = {
        .takeObjects = result->takeObjects,
        .buffer = result->buffer,
        .image = result->image,
        .bufferCreateInfo = &plan->bufferCreateInfo,
        .imageCreateInfo = &plan->imageCreateInfo,
        .handleTypes = plan->handleTypes,
        .dedicated = plan->dedicated,
        .memoryCount = plan->memoryCount,
    };

    /* The pointers of a plan that was moved lead to where it has been. */
    vxm__plan_link(plan);
    for (uint32_t i = 0; i < plan->memoryCount; i++) {
        const VkMemoryAllocateInfo *planned = &plan->memories[i].allocateInfo;

        info.memories[i] = result->memories[i];
        info.memories[i].handle =
            plan->state.keptHandleTypes != 0 ? plan->state.source[i].handle : (VxmHandle){0};
        if (info.memories[i].allocationSize == 0) {
            info.memories[i].allocationSize = planned->allocationSize;
            info.memories[i].memoryTypeIndex = planned->memoryTypeIndex;
            info.memories[i].offset = plan->memories[i].offset;
        }
    }
    answer =
        vxm__wrap_memory(caller, plan->state.device, &info, plan->state.givenHandleType, &made);
    if (answer != VK_SUCCESS) {
        return answer;
    }
    answer = vxm__plan_compare_planes(caller, plan, &made->imageDescription);
    if (answer == VK_SUCCESS) {
        *memory = made;
    } else {
        made->ownsObjects = false; /* the app's, as after any failure */
        vxmDestroyMemory(made);
    }
    return answer;
}

VkResult vxmFinishPlan(VxmPlan *plan, const VxmPlanResult *result, VxmMemory *memory)
{
    VkResult answer;

    if (plan == NULL || result == NULL) {
        return vxm__fail_argument("vxmFinishPlan: %s must not be NULL.",
                                  plan == NULL ? "plan" : "result");
    }
    if (plan->state.device == NULL) {
        return VK_SUCCESS;
    }
    answer = check_finish(plan, result);
    if (answer == VK_SUCCESS && result->result == VK_SUCCESS && memory != NULL) {
        answer = wrap_result(plan, result, memory);
    }
    vxm__plan_release(
        plan, result->memoryCount < plan->memoryCount ? result->memoryCount : plan->memoryCount,
        answer == VK_SUCCESS && result->result == VK_SUCCESS);
    *plan = (VxmPlan){0};
    return answer;
}
