/*
 * The Khronos validation layer in the tests on a real driver: what it reports is kept, judged by
 * its id, and fails the test.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_REAL_VALIDATION_H_
#define VXM_TESTS_REAL_VALIDATION_H_ 1

#include <stdbool.h>
#include <stddef.h>

#include <vulkan/vulkan.h>

/* Whether the layer is installed; says so once, loudly, if it is not. */
bool validation_is_there(void);

/* Layer, extensions and chain for the creation of an instance, all empty without the layer: core
 * and synchronization validation. The result is static. */
struct validation_setup {
    uint32_t layerCount;
    const char *layers[1];
    uint32_t extensionCount;
    const char *extensions[2];
    const void *next; /* for VkInstanceCreateInfo::pNext */
};
const struct validation_setup *validation_setup(void);

/* The loader's vkGetInstanceProcAddr, but that instances have a messenger from their creation to
 * their end, so that objects which outlive their device are reported too. */
VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL validation_get_instance_proc_addr(VkInstance instance,
                                                                           const char *name);

/* This image's next use follows an acquire from outside: see knownFalse in validation.c. */
void validation_acquired(VkImage image);

/* Whether threads export and import at once, so that one's import may have the descriptor number
 * that another's export had: see knownFalse in validation.c. */
void validation_numbers_reused(bool reused);

/* Messages so far that are neither known to be false nor forgotten. Writes them into text. */
unsigned validation_problems(char *text, size_t capacity);

/* Whether a message with this id, or with an id that begins so, has come; forgets it. */
bool validation_take(const char *id);

#endif /* VXM_TESTS_REAL_VALIDATION_H_ */
