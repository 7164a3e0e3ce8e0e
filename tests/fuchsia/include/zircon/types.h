/*
 * Stands in for the Fuchsia SDK's header of this name: the types and constants that src/fuchsia
 * uses. The SDK's own drops in.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ZIRCON_TYPES_H_
#define VXM_TESTS_ZIRCON_TYPES_H_ 1

#include <stddef.h>
#include <stdint.h>

#include <zircon/errors.h>
#include <zircon/rights.h>
#include <zircon/time.h>

typedef uint32_t zx_handle_t;
typedef int32_t zx_status_t;
typedef uint32_t zx_signals_t;
typedef uint64_t zx_koid_t;
typedef uint32_t zx_obj_type_t;

#define ZX_HANDLE_INVALID ((zx_handle_t)0)

#define ZX_CHANNEL_READABLE    ((zx_signals_t)0x1)
#define ZX_CHANNEL_WRITABLE    ((zx_signals_t)0x2)
#define ZX_CHANNEL_PEER_CLOSED ((zx_signals_t)0x4)

#define ZX_USER_SIGNAL_0 ((zx_signals_t)0x01000000)

#define ZX_CHANNEL_READ_MAY_DISCARD ((uint32_t)1)
#define ZX_CHANNEL_MAX_MSG_BYTES    ((uint32_t)65536)
#define ZX_CHANNEL_MAX_MSG_HANDLES  ((uint32_t)64)

#define ZX_OBJ_TYPE_PROCESS   ((zx_obj_type_t)1)
#define ZX_OBJ_TYPE_THREAD    ((zx_obj_type_t)2)
#define ZX_OBJ_TYPE_VMO       ((zx_obj_type_t)3)
#define ZX_OBJ_TYPE_CHANNEL   ((zx_obj_type_t)4)
#define ZX_OBJ_TYPE_EVENT     ((zx_obj_type_t)5)
#define ZX_OBJ_TYPE_PORT      ((zx_obj_type_t)6)
#define ZX_OBJ_TYPE_SOCKET    ((zx_obj_type_t)14)
#define ZX_OBJ_TYPE_EVENTPAIR ((zx_obj_type_t)16)
#define ZX_OBJ_TYPE_JOB       ((zx_obj_type_t)17)
#define ZX_OBJ_TYPE_VMAR      ((zx_obj_type_t)18)
#define ZX_OBJ_TYPE_FIFO      ((zx_obj_type_t)19)
#define ZX_OBJ_TYPE_TIMER     ((zx_obj_type_t)22)
#define ZX_OBJ_TYPE_STREAM    ((zx_obj_type_t)31)

#endif /* VXM_TESTS_ZIRCON_TYPES_H_ */
