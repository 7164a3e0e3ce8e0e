/*
 * What the Fuchsia back end's own files share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_FUCHSIA_H_
#define VXM_FUCHSIA_H_ 1

#include <zircon/syscalls.h>
#include <zircon/syscalls/object.h>
#include <zircon/types.h>

#include "internal.h"

/* A system call failed with `status`: chooses the result, and words the error as "<sentence>: <the
 * status's name>. <what to change>". The sentence has no full stop. */
VkResult vxm__fuchsia_fail(zx_status_t status, const char *format, ...) VXM_PRINTF(2, 3);

/* What the system says of a handle; false if it is not open, and then *info is all zero. */
bool vxm__fuchsia_look(zx_handle_t zircon, zx_info_handle_basic_t *info);

/* Whether a handle is open, of an object of that type, and has all of those rights, which `why`
 * says what they are for: VK_ERROR_INVALID_EXTERNAL_HANDLE and a sentence if not. */
VkResult vxm__fuchsia_check(const VxmHandle *handle, zx_obj_type_t type, zx_rights_t rights,
                            const char *why);

#endif /* VXM_FUCHSIA_H_ */
