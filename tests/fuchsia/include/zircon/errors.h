/*
 * Stands in for the Fuchsia SDK's header of this name: the statuses that src/fuchsia speaks of. The
 * SDK's own drops in.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ZIRCON_ERRORS_H_
#define VXM_TESTS_ZIRCON_ERRORS_H_ 1

#define ZX_OK                   (0)
#define ZX_ERR_INTERNAL         (-1)
#define ZX_ERR_NOT_SUPPORTED    (-2)
#define ZX_ERR_NO_RESOURCES     (-3)
#define ZX_ERR_NO_MEMORY        (-4)
#define ZX_ERR_INVALID_ARGS     (-10)
#define ZX_ERR_BAD_HANDLE       (-11)
#define ZX_ERR_WRONG_TYPE       (-12)
#define ZX_ERR_OUT_OF_RANGE     (-14)
#define ZX_ERR_BUFFER_TOO_SMALL (-15)
#define ZX_ERR_BAD_STATE        (-20)
#define ZX_ERR_TIMED_OUT        (-21)
#define ZX_ERR_SHOULD_WAIT      (-22)
#define ZX_ERR_CANCELED         (-23)
#define ZX_ERR_PEER_CLOSED      (-24)
#define ZX_ERR_ACCESS_DENIED    (-30)

#endif /* VXM_TESTS_ZIRCON_ERRORS_H_ */
