/*
 * The steps of a plan, which create, import and the public plan layer are all made of:
 * begin (check and fill in), settle (requirements, size, memory type), build or let the app build,
 * and release the private handles.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_PLAN_H_
#define VXM_PLAN_H_ 1

#include "internal.h"

/* What is to be created; exactly one of buffer and image, or neither and a size. */
struct vxm_request {
    const VkBufferCreateInfo *buffer;
    const VkImageCreateInfo *image;
    VkDeviceSize size;
};

/* Checks the request against this device and fills in everything that is known before the resource
 * exists. On success the plan may hold a payload that the system made: end it with
 * vxm__plan_release(). */
VkResult vxm__plan_begin_export(const char *caller, VxmDevice device,
                                const struct vxm_request *request, const VxmMemoryCreateInfo *info,
                                VxmPlan *plan);

/* The same for an import. On success the plan holds private duplicates of the handles: end it with
 * vxm__plan_release(). */
VkResult vxm__plan_begin_import(const char *caller, VxmDevice device, VxmShared *given,
                                const VxmImportInfo *info, VxmPlan *plan);

/* Whether the plan has a buffer or image to be created. An import for the app's own dedicated
 * resource, and raw memory, have none. */
bool vxm__plan_creates_buffer(const VxmPlan *plan);
bool vxm__plan_creates_image(const VxmPlan *plan);

/* A command answered an error for this plan: words what was asked. */
VkResult vxm__plan_fail(VkResult result, const char *command, const char *caller,
                        const VxmPlan *plan);

/* Asks for the resource's requirements and decides size, memory type and dedicated. */
VkResult vxm__plan_settle(const char *caller, VxmPlan *plan, VkBuffer buffer, VkImage image);

/* Makes the structs of a plan point at each other: those of the resource once they are filled in,
 * those of the memories once they are, and all of them after the plan was copied. */
void vxm__plan_link_resource(VxmPlan *plan);
void vxm__plan_link_memories(VxmPlan *plan);
void vxm__plan_link(VxmPlan *plan);

/* Settles who owns the import's handles: the driver took the first `allocated` of them; if
 * `success`, a hand-over by the caller becomes effective. Empties the plan. */
void vxm__plan_release(VxmPlan *plan, uint32_t allocated, bool success);

/* Creates, allocates and binds everything of a begun plan, and ends it in any case. */
VkResult vxm__plan_build(const char *caller, VxmPlan *plan, VxmMemory *memory);

/* wrap_memory.c: makes the object of what an app has created. The app's objects are not touched on
 * failure. */
VkResult vxm__wrap_memory(const char *caller, VxmDevice device, const VxmMemoryWrapInfo *info,
                          uint32_t importHandleType, VxmMemory *memory);

/* ---- plan_image.c ---- */

/* Whether each plane of the plan's image has a memory of its own. */
bool vxm__plan_is_disjoint(const VxmPlan *plan);

/* Whether types whose handle is of a whole image are left out of a disjoint one. */
VkResult vxm__plan_check_disjoint(const char *caller, const VxmPlan *plan, uint32_t handleTypes);

/* The modifiers that the driver may choose from: those of the app's list in `next` (without one:
 * all of the device's) that can be exported as all the types. */
VkResult vxm__plan_offer_modifiers(const char *caller, VxmPlan *plan, const void *next,
                                   VkExternalMemoryHandleTypeFlags handleTypes);

/* Layouts that are known beforehand, from the plan's description and sources into the structs of
 * Vulkan's. */
void vxm__plan_take_layouts(VxmPlan *plan);

/* Chains the struct of the modifiers, if there is one, before `next`. */
const void *vxm__plan_link_modifiers(VxmPlan *plan, const void *next);

/* What the created image, the app's or a probe, tells: modifier, planes, how many memories. */
VkResult vxm__plan_settle_image(const char *caller, VxmPlan *plan, VkImage image);

/* The layouts that the driver has chosen for the image, into its description; `image` is bound as
 * planned, or of a format of one plane. */
VkResult vxm__plan_settle_planes(const char *caller, const VxmPlan *plan, VkImage image,
                                 VxmImageDescription *description);

/* A linear image's row pitch is the driver's choice; when the exporter of an import tells its own,
 * both must agree, or every row but the first is read askew. */
VkResult vxm__plan_compare_planes(const char *caller, const VxmPlan *plan,
                                  const VxmImageDescription *image);

/* vkCreateImage answered an error for this plan. */
VkResult vxm__plan_fail_image(VkResult result, const char *caller, const VxmPlan *plan);

/* ---- pieces that plan.c, plan_import.c and plan_settle.c offer each other ---------------------
 */

/* What the driver says of the plan's resource and a type; an error and a sentence if it lacks
 * `needed`. Notes DEDICATED_ONLY in the plan. */
VkResult vxm__plan_ask(const char *caller, VxmPlan *plan, const struct vxm_handle_type *type,
                       VkExternalMemoryFeatureFlags needed, struct vxm_capability *capability);

/* Whether a size can be on this device at all; `field` names it in the sentence. */
VkResult vxm__plan_check_size(const char *caller, VxmDevice device, const char *field,
                              VkDeviceSize size);

/* Whether the queue families of a CONCURRENT resource are this device's, each named once. */
VkResult vxm__plan_check_families(const char *caller, VxmDevice device, uint32_t count,
                                  const uint32_t *families);

/* Whether the app's own chain leaves the library's structs to the library, and goes with the types.
 */
VkResult vxm__plan_check_next(const char *caller, const void *next, uint32_t handleTypes);

/* The memory types that an import may use, and the size to allocate given what the resource
 * requires (0 for raw memory). */
VkResult vxm__plan_import_types(const char *caller, const VxmPlan *plan, uint32_t index,
                                uint32_t *bits);
VkResult vxm__plan_import_size(const char *caller, const VxmPlan *plan, uint32_t index,
                               VkDeviceSize required, VkDeviceSize *size);

#endif /* VXM_PLAN_H_ */
