/*
 * What the two files of the example have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef PINGPONG_H_
#define PINGPONG_H_ 1

#include <stdbool.h>

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

#define WIDTH      60u /* not a power of two: a row's pitch may differ from its length */
#define HEIGHT     64u
#define TIME_LIMIT 60000000000u /* nanoseconds: a peer that hangs must not hang us */

#define DMA_BUF   VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define OPAQUE_FD VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define SYNC_FD   VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT

/* In the buffer that the CPU sees are two frames, what was read from the image and what is to be
 * written to it; behind them scratch that a slow turn fills. Few and large fills: recording them
 * must take less time than the GPU's work. */
#define FRAME_PIXELS (WIDTH * HEIGHT)
#define FRAME_SIZE   (4u * FRAME_PIXELS)
#define SCRATCH_SIZE (4u << 20)
#define FILLS        16u

struct player {
    VxmDevice device;
    VxmDeviceInfo gpu;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
    VxmMemory image;           /* the one that both have */
    VxmMemory buffer;          /* this side's own */
    uint32_t *pixels;          /* the buffer's */
    VxmSemaphore ours, theirs; /* their payloads travel as sync fds; NULL: the CPU waits */
};

/* What a turn does beside taking the image and giving it back. */
struct turn {
    bool read;  /* There is a frame of the other side's in it. */
    bool write; /* Put one of our own into it. */
    bool wait;  /* The GPU waits for `theirs`, and signals `ours`. */
    bool slow;  /* Keep the GPU busy for a while between the two. */
};

void check(VkResult result, const char *call);
#define CHECK(call) check(call, #call)

void player_open(struct player *player, bool sync_fds);
VkExternalMemoryHandleTypeFlagBits player_create_image(struct player *player);
void player_close(struct player *player);

/* Submits a turn; player_wait() waits until the GPU is done with it. */
void player_submit(struct player *player, const struct turn *turn, VxmHandover *handover);
void player_wait(struct player *player);

#endif /* PINGPONG_H_ */
