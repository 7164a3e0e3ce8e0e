/*
 * The kernel's GPU without hardware.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "real/dmabuf/vgem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "real/fixture.h"

/* What the test needs of drm.h, drm_mode.h and vgem_drm.h, which come in packages of their own. */
struct version {
    int numbers[3];
    size_t nameSize;
    char *name;
    size_t dateSize;
    char *date;
    size_t descriptionSize;
    char *description;
};
struct dumb {
    uint32_t height, width, bpp, flags, handle, pitch;
    uint64_t size;
};
struct prime {
    uint32_t handle, flags;
    int32_t fd;
};
struct gem {
    uint32_t handle, pad;
};
struct attach {
    uint32_t handle, flags, fence, pad;
};
struct signal {
    uint32_t fence, flags;
};
#define IOCTL_VERSION _IOWR('d', 0x00, struct version)
#define IOCTL_CLOSE   _IOW('d', 0x09, struct gem)
#define IOCTL_PRIME   _IOWR('d', 0x2d, struct prime)
#define IOCTL_DUMB    _IOWR('d', 0xb2, struct dumb)
#define IOCTL_ATTACH  _IOWR('d', 0x41, struct attach)
#define IOCTL_SIGNAL  _IOW('d', 0x42, struct signal)
#define WRITES        1u

static int open_card(void)
{
    for (int i = 0; i < 16; i++) {
        char path[32];
        char name[16] = "";
        struct version version = {.nameSize = sizeof(name) - 1, .name = name};

        snprintf(path, sizeof(path), "/dev/dri/card%d", i);
        const int card = open(path, O_RDWR | O_CLOEXEC);
        if (card >= 0 && ioctl(card, IOCTL_VERSION, &version) == 0 && strcmp(name, "vgem") == 0) {
            return card;
        }
        if (card >= 0) {
            close(card);
        }
    }
    return -1;
}

void vgem_open(struct vgem *vgem)
{
    struct dumb dumb = {.width = 64, .height = 64, .bpp = 32};
    struct prime prime = {.flags = O_RDWR | O_CLOEXEC};

    memset(vgem, 0, sizeof(*vgem));
    vgem->card = open_card();
    if (vgem->card < 0) {
        cr_skip_test("no /dev/dri/card* is vgem's (modprobe vgem, as root)");
    }
    cr_assert_eq(ioctl(vgem->card, IOCTL_DUMB, &dumb), 0);
    vgem->object = prime.handle = dumb.handle;
    cr_assert_eq(ioctl(vgem->card, IOCTL_PRIME, &prime), 0);
    vgem->shared = (VxmShared){
        .resourceType = VXM_RESOURCE_TYPE_BUFFER,
        .handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
        .memoryCount = 1,
        .memories[0].handle = {.kind = VXM_HANDLE_KIND_MEMORY,
                               .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
                               .fd = prime.fd},
        .buffer = {.size = dumb.size, .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT},
    };
}

void vgem_close(struct vgem *vgem)
{
    const struct gem gem = {.handle = vgem->object};

    vxmCloseShared(&vgem->shared);
    cr_expect_eq(ioctl(vgem->card, IOCTL_CLOSE, &gem), 0);
    close(vgem->card);
}

uint32_t vgem_begin(struct vgem *vgem, bool writes)
{
    struct attach attach = {.handle = vgem->object, .flags = writes ? WRITES : 0};

    cr_assert_eq(ioctl(vgem->card, IOCTL_ATTACH, &attach), 0);
    return attach.fence;
}

bool vgem_end(struct vgem *vgem, uint32_t fence)
{
    const struct signal signal = {.fence = fence};

    if (ioctl(vgem->card, IOCTL_SIGNAL, &signal) == 0) {
        return true;
    }
    cr_assert_eq(errno, ETIMEDOUT);
    return false;
}
