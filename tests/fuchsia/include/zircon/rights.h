/*
 * Stands in for the Fuchsia SDK's header of this name: the rights that a VMO, an event or the end
 * of a channel is made with. The SDK's own drops in.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ZIRCON_RIGHTS_H_
#define VXM_TESTS_ZIRCON_RIGHTS_H_ 1

#include <stdint.h>

typedef uint32_t zx_rights_t;

#define ZX_RIGHT_NONE         ((zx_rights_t)0)
#define ZX_RIGHT_DUPLICATE    ((zx_rights_t)0x00000001)
#define ZX_RIGHT_TRANSFER     ((zx_rights_t)0x00000002)
#define ZX_RIGHT_READ         ((zx_rights_t)0x00000004)
#define ZX_RIGHT_WRITE        ((zx_rights_t)0x00000008)
#define ZX_RIGHT_MAP          ((zx_rights_t)0x00000020)
#define ZX_RIGHT_GET_PROPERTY ((zx_rights_t)0x00000040)
#define ZX_RIGHT_SET_PROPERTY ((zx_rights_t)0x00000080)
#define ZX_RIGHT_SIGNAL       ((zx_rights_t)0x00001000)
#define ZX_RIGHT_SIGNAL_PEER  ((zx_rights_t)0x00002000)
#define ZX_RIGHT_WAIT         ((zx_rights_t)0x00004000)
#define ZX_RIGHT_INSPECT      ((zx_rights_t)0x00008000)
#define ZX_RIGHT_SAME_RIGHTS  ((zx_rights_t)0x80000000)

#define ZX_RIGHTS_BASIC    (ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT)
#define ZX_RIGHTS_IO       (ZX_RIGHT_READ | ZX_RIGHT_WRITE)
#define ZX_RIGHTS_PROPERTY (ZX_RIGHT_GET_PROPERTY | ZX_RIGHT_SET_PROPERTY)

#define ZX_DEFAULT_VMO_RIGHTS                                                                      \
    (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_EVENT_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHT_SIGNAL)
/* No duplicates: an end of a channel has one owner. */
#define ZX_DEFAULT_CHANNEL_RIGHTS                                                                  \
    (ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL |       \
     ZX_RIGHT_SIGNAL_PEER)

#endif /* VXM_TESTS_ZIRCON_RIGHTS_H_ */
