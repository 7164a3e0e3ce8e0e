/*
 * What the demo's two processes have in common: what is shared, how it is reported, and who starts
 * whom.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef TWO_PROCESS_DEMO_H_
#define TWO_PROCESS_DEMO_H_ 1

#include "gpu.h"

#ifdef _WIN32
#define DEMO_TYPE      VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define DEMO_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#else
#define DEMO_TYPE      VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define DEMO_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#endif
#define DEMO_BUFFER_SIZE (64u << 20)
#define DEMO_WIDTH       1920u
#define DEMO_HEIGHT      1080u
#define DEMO_IMAGE_SIZE  (4u * DEMO_WIDTH * DEMO_HEIGHT)

/* The shared objects of one process. */
struct demo {
    struct gpu gpu;
    VxmChannel channel;
    VxmMemory buffer;
    VxmMemory image;
    VxmSemaphore timeline; /* NULL where the driver can't share it */
    struct staging bufferView;
    struct staging imageView; /* what the checksums are taken of */
};

/* The two parts; each returns its process's exit status. */
int run_producer(VxmChannel channel);
int run_consumer(VxmChannel channel, const char *pngPath);

/* The producer's picture, drawn by blits of small patches. The image is in GENERAL. */
struct scene {
    struct staging colours;
    struct picture sky, sun, floor;
};
void scene_create(struct gpu *gpu, struct scene *scene);
void scene_draw(struct gpu *gpu, const struct scene *scene, VkImage image);
void scene_destroy(struct gpu *gpu, struct scene *scene);

/* How each side uses the shared memory: by transfer commands on its own queue. */
VxmUse demo_use(const struct demo *demo);
/* Records a copy of the shared buffer and image to where the CPU can read them. */
void demo_record_views(struct demo *demo);

/* Sends both hand-overs. With a value, the other side's GPU waits for it on the timeline. */
void demo_send_handovers(struct demo *demo, VxmHandover handovers[2], uint64_t value);

struct checksums {
    uint64_t buffer;
    uint64_t image;
};
struct checksums demo_checksums(const struct demo *demo);
void demo_send_checksums(VxmChannel channel, struct checksums checksums);
struct checksums demo_receive_checksums(VxmChannel channel);
/* Prints both rows; returns whether they agree. */
bool demo_compare(const char *whose, struct checksums mine, struct checksums theirs);

/* The table. */
void print_title(const char *role);
void print_row(const char *name, const char *format, ...);

/* The consumer's view of the image, as a PNG: picture_png.c with libpng, picture_plain.c without.
 */
void write_png(const char *path, const void *pixels);

/* The system's part: process_posix.c, process_win32.c. */
long process_id(void);
double milliseconds(void);
/* Starts this program again as the consumer, which inherits that end of the channel. */
void process_start_consumer(const char *program, const VxmHandle *channel, const char *pngPath);
/* There: the end of the channel, by what followed "--inherited". */
VxmHandle process_channel(const char *inherited);
/* Its exit status. */
int process_wait_for_consumer(void);

#endif /* TWO_PROCESS_DEMO_H_ */
