/*
 * Choosing among the handle types of a back end by what they can do.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_TYPES_H_
#define VXM_TESTS_CONTRACT_TYPES_H_ 1

#include "contract/backend.h"
#include "contract/common.h"

/* Each handle type of the back end, which is named in every message meanwhile. */
#define FOR_EACH_TYPE(type)                                                                        \
    for (const struct backend_type *type = backend_types;                                          \
         type < backend_types + backend_type_count && (contract_note("%s", type->name), true);     \
         type++)

/* Whether the handle type can be of that resource. */
bool type_can(const struct backend_type *type, VxmResourceType resourceType);

/* What it is tried with where any resource will do: a buffer, or an image if it takes no other. */
VxmResourceType type_resource(const struct backend_type *type);

/* An exportable type for that resource, the opaque one where that can. Ends the test if there is
 * none. */
const struct backend_type *type_for(VxmResourceType resourceType);
uint32_t image_type(void);

/* The first exportable type whose import must be exactly as the export; NULL: none. */
const struct backend_type *type_exact(void);

/* An exportable type other than this one for the same resource; NULL: none. */
const struct backend_type *type_beside(const struct backend_type *type,
                                       VxmResourceType resourceType);

/* The first type of buffers that is made elsewhere and whose size the system tells; NULL: none. */
const struct backend_type *type_of_told_size(void);

/* The first exportable type that any device and driver may import as a buffer; NULL: none. */
const struct backend_type *type_of_any_device(void);

/* Some other type of this system, which need not be exportable. */
const struct backend_type *type_other_than(const struct backend_type *type);

/* The first type that is an address of this process; NULL: none. */
const struct backend_type *type_pointer(void);

/* The tiling of an image of that type. */
VkImageTiling type_tiling(const struct backend_type *type);

/* The bit as Vulkan's own enum. */
VkExternalMemoryHandleTypeFlagBits type_bit(const struct backend_type *type);

/* ---- semaphores ---- */

/* The first type: it refers to its payload. */
const struct backend_semaphore_type *semaphore_reference(void);
/* The first that copies the payload (binary, temporary); NULL: none. */
const struct backend_semaphore_type *semaphore_copy(void);
/* The first that a semaphore of the plain type may be exported as beside the first; NULL: none. */
const struct backend_semaphore_type *semaphore_second(void);

/* Whether the reference type can be of it. */
bool semaphore_can(VkSemaphoreType semaphoreType);
/* Binary if the reference type can, otherwise timeline; and the other way round. */
VkSemaphoreType semaphore_plain(void);
VkSemaphoreType semaphore_counting(void);

#endif /* VXM_TESTS_CONTRACT_TYPES_H_ */
