/*
 * Five APIs, one buffer: what the parts of the example have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef FIVE_APIS_FIVE_H_
#define FIVE_APIS_FIVE_H_ 1

#include <stdbool.h>
#include <stdint.h>

#include <vxm/vxm.h>

#define TIME_LIMIT 60000000000u /* 60 s, in nanoseconds: PyTorch takes its time to start */

/* A disc that is added to the picture: each byte of the colour to each pixel's, at most to 255. The
 * picture has one uint32_t for each pixel, red in the lowest byte. Each API's kernel has these
 * parameters in this order. */
struct disc {
    uint32_t width, height; /* of the picture */
    uint32_t x, y, radius;
    uint32_t colour;
};

/* What one API knows of the others' buffer. */
struct visit {
    const VxmIdentity *identity; /* of the GPU */
    VxmMemory picture;
    VkDeviceSize size; /* bytes of the picture */
    struct disc disc;
    void *host;     /* as many bytes of the CPU's, for copy() */
    double sharing; /* out of open(): milliseconds that the import took */
    char why[1024]; /* out of open(), if it can't: a sentence */
    void *own;      /* the API's own things */
};

/* An API other than Vulkan. */
struct visitor {
    const char *name;
    /* Finds the GPU and imports the picture. False: `why` says what is missing. */
    bool (*open)(struct visit *visit);
    /* Adds the disc, and returns when that is done. */
    void (*draw)(struct visit *visit);
    /* Copies from the CPU's memory into the API's own and back: milliseconds. */
    double (*copy)(struct visit *visit);
    void (*close)(struct visit *visit);
};
extern const struct visitor visitor_cuda, visitor_opengl, visitor_opencl, visitor_pytorch;

/* ---- vulkan.c: the one that allocates ---- */

struct vulkan {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VxmMemory picture;
    VkDeviceSize size;
    VkBuffer staging; /* the picture where the CPU reads it */
    VkDeviceMemory stagingMemory;
    void *pixels;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
    VkDescriptorSetLayout setLayout;
    VkDescriptorPool sets;
    VkDescriptorSet set;
    VkPipelineLayout layout;
    VkPipeline pipeline;
    VxmHandover handover; /* from the release to the acquire */
};

void vulkan_open(struct vulkan *vulkan, VkDeviceSize size, const char *deviceName);
/* Fills the picture with the background, adds the disc, and hands the buffer over. */
void vulkan_draw(struct vulkan *vulkan, uint32_t background, struct disc disc);
/* Takes the buffer back, and copies it to where the CPU reads it. */
void vulkan_read(struct vulkan *vulkan);
/* Copies the picture to the CPU and back: milliseconds. */
double vulkan_copy(struct vulkan *vulkan);
void vulkan_close(struct vulkan *vulkan);

/* ---- main.c ---- */

double milliseconds(void);
/* Prints and exits. */
void fail(const char *format, ...);
void check_vxm(VkResult result, const char *call);
#define VXM(call) check_vxm((call), #call)

#endif /* FIVE_APIS_FIVE_H_ */
