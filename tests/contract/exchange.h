/*
 * Objects to import from, whatever way their handle type has: exported from an object of the
 * library's, or made outside of Vulkan and described by hand. And a watch over the caller's
 * handles.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_EXCHANGE_H_
#define VXM_TESTS_CONTRACT_EXCHANGE_H_ 1

#include "contract/types.h"

/* Not a round number, so that a size that was rounded or guessed is noticed. */
#define EXCHANGE_SIZE 5000u

/* The image that a source of this type is. */
VkImageCreateInfo exchange_image(const struct backend_type *type);

struct source {
    VxmMemory memory; /* NULL if it came from outside */
    VxmShared shared;
    VxmHandle foreign;
};

/* A raw memory or buffer of EXCHANGE_SIZE bytes, host visible, or an image that takes more than
 * that, and its description with a handle of that type. Ends the test if it can't be made. */
void source_open(VxmDevice device, const struct backend_type *type, VxmResourceType resourceType,
                 struct source *source);

/* The object alone, of an exportable type. */
VxmMemory source_make(VxmDevice device, const struct backend_type *type,
                      VxmResourceType resourceType);

/* The same for a payload from outside, for types that have that: false if not. */
bool source_open_foreign(const struct backend_type *type, VxmResourceType resourceType,
                         uint64_t payload, struct source *source);

/* Ends the description's handles and the object. */
void source_close(struct source *source);

/* Whether a byte written in one is seen in the other, at the first byte and at the last of
 * EXCHANGE_SIZE, in both directions: through the mappings, or for images, which need not be linear,
 * in the driver's own. */
void expect_aliases(VxmMemory a, VxmMemory b);

/* What the library borrows must be open afterwards, and be the same object. */
struct watch {
    VxmHandle original;
    VxmHandle kept;
    bool on;
};
void watch_begin(const VxmHandle *handle, const struct backend_type *type, struct watch *watch);
void watch_end(const char *file, int line, struct watch *watch, const VxmHandle *now);
#define expect_borrowed(watch, now) watch_end(__FILE__, __LINE__, watch, now)

/* The model driver's entry with vkAllocateMemory in between: after one that failed, the number of a
 * handle that the driver has closed is taken by an object that has nothing to do with it, as
 * another thread could do. */
PFN_vkVoidFunction VKAPI_PTR interposed_vkGetInstanceProcAddr(VkInstance instance,
                                                              const char *name);
void interpose_begin(void);
/* The object that took the number; false if that has not come about. */
bool interpose_unrelated(VxmHandle *unrelated);

#endif /* VXM_TESTS_CONTRACT_EXCHANGE_H_ */
