/*
 * Zircon's system calls as far as src/fuchsia makes them, over the table of modelled handles: each
 * handle has rights, an end of a channel has one owner, messages are read whole, and a write takes
 * the handles that it is given, also when it fails. Closing what is not open ends the process in
 * words.
 *
 * The calls themselves are declared by <zircon/syscalls.h>. Those that can't fail on a handle that
 * is open (looking at it, closing it, the size of a VMO) have no faults.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODELLED_ZIRCON_H_
#define VXM_TESTS_MODELLED_ZIRCON_H_ 1

#include <zircon/syscalls.h>
#include <zircon/syscalls/object.h>

#include "modelled/table.h"

/* Forgets all channels; after modelled_reset(). */
void zircon_reset(void);

/* An object of that type, with the rights that the system gives new ones; ZX_HANDLE_INVALID: no
 * more handles. Types other than VMO and event are objects that can't do anything. */
zx_handle_t zircon_make(zx_obj_type_t type, uint64_t size);

/* Leaves the handle these rights of those that it has, as zx_handle_replace() does. */
void zircon_limit_rights(zx_handle_t handle, zx_rights_t rights);

/* Messages in all channels that nobody has read. */
size_t zircon_message_count(void);

#endif /* VXM_TESTS_MODELLED_ZIRCON_H_ */
