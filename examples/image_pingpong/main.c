/*
 * Two processes hand one image to each other, and each checks every pixel that the other wrote.
 *
 *   cc main.c gpu.c -o image_pingpong $(pkg-config --cflags --libs vxm) -lvulkan
 *   ./image_pingpong [FRAMES] [--fence] [--slow] [--no-wait]
 *
 * --fence: the CPU waits, also where the driver shares sync fds. --slow: a turn keeps the GPU busy
 * for some milliseconds. --no-wait: nobody waits for the other's GPU; then success means that
 * frames came out wrong, since they must.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "pingpong.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct game {
    uint32_t frames;
    bool fence, slow, careless; /* as the options: --fence, --slow, --no-wait */
};

/* No pixel is the same in any two frames. */
static uint32_t pixel(uint32_t frame, uint32_t index)
{
    return (frame + 1) * 2654435761u ^ index * 40503u;
}

static bool is_frame(const uint32_t *pixels, uint32_t frame)
{
    for (uint32_t i = 0; i < FRAME_PIXELS; i++) {
        if (pixels[i] != pixel(frame, i)) {
            return false;
        }
    }
    return true;
}

/* One of the two players writes the even frames, the other one the odd; each reads the frame
 * before. Returns how many were not what they should be. */
static uint32_t play(struct player *player, VxmChannel channel, const struct game *game,
                     uint32_t frame)
{
    const bool sync_fds = player->ours != NULL && !game->careless;
    const bool fence = !sync_fds && !game->careless;
    uint32_t wrong = 0;

    for (; frame <= game->frames; frame += 2) {
        const struct turn turn = {
            .read = frame > 0, .write = frame < game->frames, .wait = sync_fds, .slow = game->slow};
        VxmHandover handover = {0};
        VxmSharedSemaphore shared;

        if (turn.read && sync_fds) {
            CHECK(vxmReceiveSemaphore(channel, &shared, TIME_LIMIT));
            CHECK(vxmImportSemaphorePayload(
                player->theirs, &shared, VXM_IMPORT_TEMPORARY_BIT | VXM_IMPORT_TAKE_HANDLES_BIT));
        }
        if (turn.read) {
            CHECK(vxmReceiveHandover(channel, &handover, TIME_LIMIT));
        }
        for (uint32_t i = 0; i < FRAME_PIXELS; i++) {
            player->pixels[FRAME_PIXELS + i] = pixel(frame, i);
        }
        player_submit(player, &turn, &handover);
        if (sync_fds) { /* only now that it is submitted does it have something to export */
            CHECK(vxmExportSemaphore(player->ours, SYNC_FD, &shared));
            if (turn.write) {
                CHECK(vxmSendSemaphore(channel, &shared, TIME_LIMIT));
            }
            vxmCloseSharedSemaphore(&shared);
        }
        if (fence) {
            player_wait(player);
        }
        if (turn.write) {
            CHECK(vxmSendHandover(channel, &handover, TIME_LIMIT));
        }
        if (!fence) {
            player_wait(player); /* not for the other one: before we read, and record anew */
        }
        if (turn.read && !is_frame(player->pixels, frame - 1)) {
            wrong++;
        }
    }
    return wrong;
}

/* The child is this program again, with the number of its end of the channel. */
static pid_t start_child(const char *program, VxmChannel end)
{
    VxmHandle handle;
    char number[16];

    CHECK(vxmExportChannel(end, &handle));
    pid_t child = fork();
    if (child == 0) {
        snprintf(number, sizeof(number), "%d", handle.fd);
        fcntl(handle.fd, F_SETFD, 0); /* it is close-on-exec otherwise */
        execlp(program, program, "child", number, (char *)NULL);
        _exit(127);
    }
    vxmCloseHandle(&handle);
    return child;
}

static int child_main(int fd)
{
    const VxmHandle handle = {VXM_HANDLE_KIND_CHANNEL, VXM_CHANNEL_HANDLE_TYPE_NATIVE, {fd}};
    struct player player = {0};
    struct game game;
    VxmChannel channel;
    VxmShared shared;
    size_t size;

    CHECK(vxmImportChannel(&handle, &channel));
    close(fd); /* the channel has a duplicate */
    CHECK(vxmReceiveBytes(channel, sizeof(game), &game, &size, TIME_LIMIT));
    player_open(&player, !game.fence);
    CHECK(vxmReceiveMemory(channel, &shared, TIME_LIMIT));
    CHECK(vxmImportMemory(player.device, &shared, NULL, &player.image));
    vxmCloseShared(&shared);

    const uint32_t wrong = play(&player, channel, &game, 1);
    CHECK(vxmSendBytes(channel, sizeof(wrong), &wrong, TIME_LIMIT));
    player_close(&player);
    vxmCloseChannel(channel);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct game game = {.frames = 10000};
    struct player player = {0};
    VxmChannel ends[2];
    VxmShared shared;
    uint32_t theirs;
    size_t size;
    int status;

    if (argc == 3 && strcmp(argv[1], "child") == 0) {
        return child_main(atoi(argv[2]));
    }
    for (int i = 1; i < argc; i++) {
        game.fence |= strcmp(argv[i], "--fence") == 0;
        game.slow |= strcmp(argv[i], "--slow") == 0;
        game.careless |= strcmp(argv[i], "--no-wait") == 0;
        game.frames = atoi(argv[i]) > 0 ? (uint32_t)atoi(argv[i]) : game.frames;
    }
    CHECK(vxmCreateChannelPair(ends));
    const pid_t child = start_child(argv[0], ends[1]);
    vxmCloseChannel(ends[1]); /* so that we notice if the child dies */
    CHECK(vxmSendBytes(ends[0], sizeof(game), &game, TIME_LIMIT));
    player_open(&player, !game.fence);
    const VkExternalMemoryHandleTypeFlagBits type = player_create_image(&player);
    CHECK(vxmExportMemory(player.image, type, &shared));
    CHECK(vxmSendMemory(ends[0], &shared, TIME_LIMIT));
    vxmCloseShared(&shared);

    const uint32_t wrong = play(&player, ends[0], &game, 0);
    CHECK(vxmReceiveBytes(ends[0], sizeof(theirs), &theirs, &size, TIME_LIMIT));
    printf("%s, %s, %s: %u of %u frames wrong\n", player.gpu.identity->deviceName,
           vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, type),
           game.careless         ? "nobody waits"
           : player.ours != NULL ? "the GPU waits for sync fds"
                                 : "the CPU waits for fences",
           wrong + theirs, game.frames);
    player_close(&player);
    vxmCloseChannel(ends[0]);
    if (waitpid(child, &status, 0) != child || status != 0) {
        return EXIT_FAILURE;
    }
    return (wrong + theirs > 0) == game.careless ? EXIT_SUCCESS : EXIT_FAILURE;
}
