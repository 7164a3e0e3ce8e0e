/*
 * Stands in for the Fuchsia SDK's header of this name: what a handle says of itself. The SDK's own
 * drops in.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ZIRCON_SYSCALLS_OBJECT_H_
#define VXM_TESTS_ZIRCON_SYSCALLS_OBJECT_H_ 1

#include <zircon/types.h>

#define ZX_INFO_HANDLE_BASIC ((uint32_t)2)

typedef struct zx_info_handle_basic {
    zx_koid_t koid; /* of the object; never used again */
    zx_rights_t rights;
    zx_obj_type_t type;
    zx_koid_t related_koid; /* of a channel: the other end's */
    uint32_t reserved;
    uint8_t padding1[4];
} zx_info_handle_basic_t;

#endif /* VXM_TESTS_ZIRCON_SYSCALLS_OBJECT_H_ */
