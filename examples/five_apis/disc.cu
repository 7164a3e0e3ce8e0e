/* Adds a disc to the picture; disc_ptx.h holds this as PTX. */

/* Each byte by itself, at most to 255: two of them at a time, with a bit between for the carry. */
__device__ unsigned add(unsigned a, unsigned b)
{
    unsigned even = (a & 0x00ff00ffu) + (b & 0x00ff00ffu);
    unsigned odd = (a >> 8 & 0x00ff00ffu) + (b >> 8 & 0x00ff00ffu);
    even |= (even >> 8 & 0x00010001u) * 255u;
    odd |= (odd >> 8 & 0x00010001u) * 255u;
    return (even & 0x00ff00ffu) | (odd & 0x00ff00ffu) << 8;
}

extern "C" __global__ void disc(unsigned *pixels, unsigned width, unsigned height, unsigned x,
                                unsigned y, unsigned radius, unsigned colour)
{
    unsigned row = blockIdx.y;
    unsigned column = blockIdx.x * 64u + threadIdx.x;
    int dx = (int)(column - x), dy = (int)(row - y);

    if (column < width && row < height && dx * dx + dy * dy < (int)(radius * radius)) {
        pixels[row * width + column] = add(pixels[row * width + column], colour);
    }
}
