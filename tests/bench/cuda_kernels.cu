/*
 * The kernels of cuda_bandwidth.c, whose PTX stands in cuda_kernels.h:
 *
 *   nvcc -ptx -arch=compute_75 -O3 cuda_kernels.cu
 *
 * then with ".version 6.4", so that drivers from CUDA 10.1 on take it, and without comments.
 *
 * A tile is what a block moves at a time: 512 threads, four times 16 bytes each. Memory is a table of
 * pieces of a power of two of bytes. Either all blocks sweep over it together (chunked 0), or each
 * has a part of its own (chunked 1), which touches as many pages at once as there are blocks.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
typedef unsigned long long u64;

#define TILE 32768ull

__device__ static inline uint4 *address(uint4 *const *pieces, unsigned shift, u64 tile)
{
    const u64 offset = tile * TILE;

    return (uint4 *)((char *)pieces[offset >> shift] + (offset & ((1ull << shift) - 1))) +
           threadIdx.x;
}

__device__ static inline void range(u64 tiles, unsigned chunked, u64 *first, u64 *end, u64 *step)
{
    *first = chunked ? tiles * blockIdx.x / gridDim.x : blockIdx.x;
    *end = chunked ? tiles * (blockIdx.x + 1) / gridDim.x : tiles;
    *step = chunked ? 1 : gridDim.x;
}

extern "C" __global__ void readAll(uint4 *const *pieces, unsigned shift, u64 tiles,
                                   unsigned chunked, unsigned *sink)
{
    unsigned sum = 0;
    u64 first, end, step;

    range(tiles, chunked, &first, &end, &step);
    for (u64 tile = first; tile < end; tile += step) {
        const uint4 *at = address(pieces, shift, tile);
        const uint4 a = __ldcs(at), b = __ldcs(at + 512), c = __ldcs(at + 1024),
                    d = __ldcs(at + 1536);

        sum ^= a.x ^ a.y ^ a.z ^ a.w ^ b.x ^ b.y ^ b.z ^ b.w ^ c.x ^ c.y ^ c.z ^ c.w ^ d.x ^ d.y ^
               d.z ^ d.w;
    }
    if (sum == 0x12345678u) {
        *sink = sum;
    }
}

/* Nothing that a GPU could compress: it does so with some kinds of memory. */
__device__ static inline unsigned scramble(unsigned x)
{
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

__device__ static inline uint4 noise(unsigned seed)
{
    const unsigned x = scramble(seed);

    return make_uint4(x, x * 0x9e3779b1u, x * 0x85ebca6bu, x * 0xc2b2ae35u);
}

extern "C" __global__ void writeAll(uint4 *const *pieces, unsigned shift, u64 tiles,
                                    unsigned chunked, unsigned *sink)
{
    (void)sink;
    u64 first, end, step;

    range(tiles, chunked, &first, &end, &step);
    for (u64 tile = first; tile < end; tile += step) {
        uint4 *at = address(pieces, shift, tile);
        const unsigned seed = (unsigned)tile * 2048u + threadIdx.x;

        __stcs(at, noise(seed));
        __stcs(at + 512, noise(seed + 512));
        __stcs(at + 1024, noise(seed + 1024));
        __stcs(at + 1536, noise(seed + 1536));
    }
}

/* The first half into the second. */
extern "C" __global__ void copyHalf(uint4 *const *pieces, unsigned shift, u64 tiles,
                                    unsigned chunked, unsigned *sink)
{
    const u64 half = tiles / 2;
    u64 first, end, step;

    range(half, chunked, &first, &end, &step);
    for (u64 tile = first; tile < end; tile += step) {
        const uint4 *from = address(pieces, shift, tile);
        uint4 *to = address(pieces, shift, tile + half);
        const uint4 a = __ldcs(from), b = __ldcs(from + 512), c = __ldcs(from + 1024),
                    d = __ldcs(from + 1536);

        __stcs(to, a);
        __stcs(to + 512, b);
        __stcs(to + 1024, c);
        __stcs(to + 1536, d);
    }
}

/* A chain of pointers through the memory, `stride` bytes from one to the next, and back. */
extern "C" __global__ void linkChain(char *const *pieces, unsigned shift, u64 count, u64 stride)
{
    const u64 mask = (1ull << shift) - 1;
    const u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x;

    if (i < count) {
        const u64 at = i * stride, next = (i + 1) % count * stride;

        *(char **)(pieces[at >> shift] + (at & mask)) = pieces[next >> shift] + (next & mask);
    }
}

/* Goes along it: every step waits for the one before, and so for the page's translation. */
extern "C" __global__ void followChain(char *const *pieces, u64 steps, unsigned *sink)
{
    char *at = pieces[0];

    for (u64 i = 0; i < steps; i++) {
        at = *(char *volatile *)at;
    }
    if (at == 0) {
        *sink = 1;
    }
}
