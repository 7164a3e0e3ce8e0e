/*
 * Stands in for the Fuchsia SDK's header of this name: the system calls that src/fuchsia makes, and
 * no other. The SDK's own drops in.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ZIRCON_SYSCALLS_H_
#define VXM_TESTS_ZIRCON_SYSCALLS_H_ 1

#include <zircon/types.h>

zx_status_t zx_handle_close(zx_handle_t handle);
zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t *out);

zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void *buffer, size_t buffer_size,
                               size_t *actual, size_t *avail);
zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals, zx_time_t deadline,
                               zx_signals_t *observed);

/* Signals of the object's, and of the other end's: those to clear, those to set. */
zx_status_t zx_object_signal(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);
zx_status_t zx_object_signal_peer(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);

zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t *size);

zx_status_t zx_channel_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1);
zx_status_t zx_channel_read(zx_handle_t handle, uint32_t options, void *bytes, zx_handle_t *handles,
                            uint32_t num_bytes, uint32_t num_handles, uint32_t *actual_bytes,
                            uint32_t *actual_handles);
/* Takes the handles, also when it fails. */
zx_status_t zx_channel_write(zx_handle_t handle, uint32_t options, const void *bytes,
                             uint32_t num_bytes, const zx_handle_t *handles, uint32_t num_handles);

zx_time_t zx_clock_get_monotonic(void);

#endif /* VXM_TESTS_ZIRCON_SYSCALLS_H_ */
