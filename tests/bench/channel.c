/*
 * What a channel costs: shares per second and one-way latency between two processes, beside a bare
 * sendmsg() and recvmsg() of one descriptor.
 *
 *   bench-channel [--rounds N] [--batch N] [--json FILE]
 *
 * Ways: "bare" sends one byte and one descriptor; "bare, same bytes" as many bytes as the library's
 * description has; "vxm" is vxmSendMemory() and vxmReceiveMemory(). The receiver closes what it
 * gets. Latency is half a round trip, with the same message both ways. The ways take turns; medians
 * are compared. No GPU is used: what travels is a descriptor, whatever stands behind it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* memfd_create() */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define ROUNDS  2000
#define BATCHES 40
#define BATCH   250
#define TIMEOUT ((uint64_t)20 * 1000 * 1000 * 1000)

enum {
    BARE,
    SAME_BYTES,
    LIBRARY,
    WAYS
};
static const char *const names[WAYS] = {"bare", "bare, same bytes", "vxm"};

/* One end, in either process. */
struct end {
    VxmChannel channel;
    int socket;
    size_t bytes[WAYS];
    VxmShared shared;
};

static void send_bare(int to, size_t size, int fd)
{
    union {
        struct cmsghdr header;
        unsigned char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    unsigned char data[VXM_MAX_ENCODED_SIZE] = {0};
    struct iovec vector = {.iov_base = data, .iov_len = size};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    CHECK_SYSTEM(sendmsg(to, &message, MSG_NOSIGNAL));
}

static void receive_bare(int from, size_t size)
{
    union {
        struct cmsghdr header;
        unsigned char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    unsigned char data[VXM_MAX_ENCODED_SIZE];
    struct iovec vector = {.iov_base = data, .iov_len = size};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header;
    int fd;

    if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != (ssize_t)size) {
        fputs("recvmsg: the other side is gone\n", stderr);
        exit(EXIT_FAILURE);
    }
    header = CMSG_FIRSTHDR(&message);
    if (header == NULL) {
        fputs("recvmsg: no descriptor came\n", stderr);
        exit(EXIT_FAILURE);
    }
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    CHECK_SYSTEM(close(fd));
}

static void send_one(struct end *end, int way)
{
    if (way == LIBRARY) {
        CHECK(vxmSendMemory(end->channel, &end->shared, TIMEOUT));
    } else {
        send_bare(end->socket, end->bytes[way], end->shared.memories[0].handle.fd);
    }
}

static void receive_one(struct end *end, int way)
{
    VxmShared shared;

    if (way == LIBRARY) {
        CHECK(vxmReceiveMemory(end->channel, &shared, TIMEOUT));
        vxmCloseShared(&shared);
    } else {
        receive_bare(end->socket, end->bytes[way]);
    }
}

/* The child does what the parent does, from the other side. */
static void answer(struct end *end, size_t rounds, size_t batch)
{
    for (size_t i = 0; i < rounds * WAYS; i++) {
        const int way = (int)((i / WAYS + i % WAYS) % WAYS);

        receive_one(end, way);
        send_one(end, way);
    }
    for (size_t i = 0; i < BATCHES * WAYS; i++) {
        const int way = (int)((i / WAYS + i % WAYS) % WAYS);

        for (size_t k = 0; k < batch; k++) {
            receive_one(end, way);
        }
        send_one(end, way);
    }
}

/* A description as the library makes it, of a file that stands for memory. */
static void describe(VxmShared *shared)
{
    int fd = memfd_create("vxm bench", MFD_CLOEXEC);

    CHECK_SYSTEM(fd);
    CHECK_SYSTEM(ftruncate(fd, 1 << 20));
    *shared = (VxmShared){.resourceType = VXM_RESOURCE_TYPE_BUFFER,
                          .handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                          .handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                          .dedicated = VK_TRUE,
                          .memoryCount = 1,
                          .buffer = {.size = 1 << 20, .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT},
                          .deviceUUID = {1},
                          .driverUUID = {1}};
    shared->memories[0] =
        (VxmSharedMemory){.handle = {.kind = VXM_HANDLE_KIND_MEMORY,
                                     .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                                     .fd = fd},
                          .allocationSize = 1 << 20,
                          .memoryTypeBits = 1};
}

int main(int argc, char **argv)
{
    static const char *const options[] = {"--rounds", "--batch", "--json", NULL};
    unsigned char encoded[VXM_MAX_ENCODED_SIZE];
    struct bench_report report;
    VxmChannel channels[2];
    double *latencies[WAYS];
    double *shares[WAYS];
    double latency[WAYS];
    double rate[WAYS];
    struct end end = {0};
    size_t size = 0;
    int sockets[2];
    int status = 0;
    pid_t child;

    bench_only_options(argc, argv, options);
    const size_t rounds = (size_t)bench_number(argc, argv, "--rounds", ROUNDS);
    const size_t batch = (size_t)bench_number(argc, argv, "--batch", BATCH);
    for (int way = 0; way < WAYS; way++) {
        latencies[way] = bench_allocate(rounds, sizeof(double));
        shares[way] = bench_allocate(BATCHES, sizeof(double));
    }
    describe(&end.shared);
    CHECK(vxmEncodeShared(&end.shared, sizeof encoded, encoded, &size));
    end.bytes[BARE] = 1;
    end.bytes[SAME_BYTES] = size;
    end.bytes[LIBRARY] = size; /* and a frame around them */
    CHECK_SYSTEM(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
    CHECK(vxmCreateChannelPair(channels));
    CHECK_SYSTEM(child = fork());
    end.channel = channels[child == 0 ? 1 : 0];
    end.socket = sockets[child == 0 ? 1 : 0];
    /* So that either side sees the other one end. */
    vxmCloseChannel(channels[child == 0 ? 0 : 1]);
    CHECK_SYSTEM(close(sockets[child == 0 ? 0 : 1]));
    if (child == 0) {
        answer(&end, rounds, batch);
        vxmCloseChannel(end.channel);
        _exit(EXIT_SUCCESS);
    }
    for (size_t i = 0; i < rounds * WAYS; i++) {
        const int way = (int)((i / WAYS + i % WAYS) % WAYS);
        const double start = bench_microseconds();

        send_one(&end, way);
        receive_one(&end, way);
        latencies[way][i / WAYS] = (bench_microseconds() - start) / 2;
    }
    for (size_t i = 0; i < BATCHES * WAYS; i++) {
        const int way = (int)((i / WAYS + i % WAYS) % WAYS);
        const double start = bench_microseconds();

        for (size_t k = 0; k < batch; k++) {
            send_one(&end, way);
        }
        receive_one(&end, way);
        shares[way][i / WAYS] = (double)batch * 1e6 / (bench_microseconds() - start);
    }
    vxmCloseChannel(end.channel);
    vxmCloseShared(&end.shared);
    CHECK_SYSTEM(close(end.socket));
    CHECK_SYSTEM(waitpid(child, &status, 0));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
        fprintf(stderr, "the other process ended with status 0x%x\n", (unsigned int)status);
        return EXIT_FAILURE;
    }
    printf("one descriptor from process to process, %zu round trips, %d batches of %zu\n\n", rounds,
           BATCHES, batch);
    printf("%-18s %8s %12s %10s %12s %10s\n", "", "bytes", "one way, us", "vxm by it", "shares/s",
           "it by vxm");
    for (int way = 0; way < WAYS; way++) {
        latency[way] = bench_median(latencies[way], rounds);
        rate[way] = bench_median(shares[way], BATCHES);
        free(latencies[way]);
        free(shares[way]);
    }
    bench_open(&report, bench_option(argc, argv, "--json"), "channel", NULL);
    for (int way = 0; way < WAYS; way++) {
        printf("%-18s %8zu %12.2f %10.2f %12.0f %10.2f\n", names[way], end.bytes[way], latency[way],
               latency[LIBRARY] / latency[way], rate[way], rate[way] / rate[LIBRARY]);
        bench_begin_row(&report);
        bench_text(&report, "way", names[way]);
        bench_value(&report, "one_way_us", latency[way]);
        bench_value(&report, "vxm_by_it", latency[LIBRARY] / latency[way]);
        bench_value(&report, "shares_per_s", rate[way]);
        bench_value(&report, "it_by_vxm", rate[way] / rate[LIBRARY]);
        bench_end_row(&report);
    }
    bench_close(&report);
    return EXIT_SUCCESS;
}
