/*
 * Finding a display of KMS's.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef KMS_FRAMEBUFFER_DISPLAY_H_
#define KMS_FRAMEBUFFER_DISPLAY_H_ 1

#include <stdbool.h>
#include <stdint.h>

#include <xf86drmMode.h>

/* A connected display, and what drives it. */
struct display {
    int fd;
    uint32_t connector, crtc, plane;
    drmModeModeInfo mode;
};

/* The first display of /dev/dri/cardN that is connected; false: there is none, or this process may
 * not open it. Close display->fd. */
bool find_display(unsigned card, struct display *display);

#endif /* KMS_FRAMEBUFFER_DISPLAY_H_ */
