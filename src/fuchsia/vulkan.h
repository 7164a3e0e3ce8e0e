/*
 * Vulkan's Fuchsia declarations, on Fuchsia with the system's own handle type, elsewhere with one
 * of the same shape: what fills these structs compiles on every system, and is tested on each.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_FUCHSIA_VULKAN_H_
#define VXM_FUCHSIA_VULKAN_H_ 1

#include <vulkan/vulkan_core.h>

#ifdef __Fuchsia__
#include <zircon/types.h>
#else
typedef uint32_t zx_handle_t;
#endif

#include <vulkan/vulkan_fuchsia.h>

#endif /* VXM_FUCHSIA_VULKAN_H_ */
