/*
 * Format codes of DRM's, and the formats of Vulkan's with the same bytes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"
