/*
 * Finding a display of KMS's. Nothing of vxm is needed for it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "display.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

static bool is_primary(int fd, uint32_t plane)
{
    drmModeObjectProperties *all = drmModeObjectGetProperties(fd, plane, DRM_MODE_OBJECT_PLANE);
    bool found = false;

    for (uint32_t i = 0; all != NULL && i < all->count_props; i++) {
        drmModePropertyRes *property = drmModeGetProperty(fd, all->props[i]);
        found = found || (property != NULL && strcmp(property->name, "type") == 0 &&
                          all->prop_values[i] == DRM_PLANE_TYPE_PRIMARY);
        drmModeFreeProperty(property);
    }
    drmModeFreeObjectProperties(all);
    return found;
}

static uint32_t find_plane(int fd, uint32_t crtcIndex)
{
    drmModePlaneRes *planes = drmModeGetPlaneResources(fd);
    uint32_t found = 0;

    for (uint32_t i = 0; planes != NULL && i < planes->count_planes && found == 0; i++) {
        drmModePlane *plane = drmModeGetPlane(fd, planes->planes[i]);
        if (plane != NULL && (plane->possible_crtcs >> crtcIndex & 1) != 0 &&
            is_primary(fd, plane->plane_id)) {
            found = plane->plane_id;
        }
        drmModeFreePlane(plane);
    }
    drmModeFreePlaneResources(planes);
    return found;
}

bool find_display(unsigned card, struct display *display)
{
    drmModeRes *resources;
    bool found = false;
    char path[64];

    snprintf(path, sizeof(path), "/dev/dri/card%u", card);
    display->fd = open(path, O_RDWR | O_CLOEXEC);
    if (display->fd < 0) {
        return false;
    }
    drmSetClientCap(display->fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
    resources = drmModeGetResources(display->fd);
    for (int i = 0; resources != NULL && i < resources->count_connectors && !found; i++) {
        drmModeConnector *connector = drmModeGetConnector(display->fd, resources->connectors[i]);
        drmModeEncoder *encoder = NULL;
        int crtc = 0;

        if (connector != NULL && connector->connection == DRM_MODE_CONNECTED &&
            connector->count_modes > 0 && connector->count_encoders > 0) {
            encoder = drmModeGetEncoder(display->fd, connector->encoders[0]);
        }
        while (encoder != NULL && crtc < resources->count_crtcs &&
               (encoder->possible_crtcs >> crtc & 1) == 0) {
            crtc++;
        }
        if (encoder != NULL && crtc < resources->count_crtcs) {
            display->connector = connector->connector_id;
            display->crtc = resources->crtcs[crtc];
            display->plane = find_plane(display->fd, (uint32_t)crtc);
            display->mode = connector->modes[0];
            found = display->plane != 0;
        }
        drmModeFreeEncoder(encoder);
        drmModeFreeConnector(connector);
    }
    drmModeFreeResources(resources);
    if (!found) {
        close(display->fd);
    }
    return found;
}
