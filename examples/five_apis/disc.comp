#version 450
/* Adds a disc to the picture; disc.h holds this as SPIR-V. */
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) buffer Picture { uint pixels[]; };
layout(push_constant) uniform Disc { uint width, height, x, y, radius, colour; };

/* Each byte by itself, at most to 255: two of them at a time, with a bit between for the carry. */
uint add(uint a, uint b)
{
    uint even = (a & 0x00ff00ffu) + (b & 0x00ff00ffu);
    uint odd = (a >> 8 & 0x00ff00ffu) + (b >> 8 & 0x00ff00ffu);
    even |= (even >> 8 & 0x00010001u) * 255u;
    odd |= (odd >> 8 & 0x00010001u) * 255u;
    return (even & 0x00ff00ffu) | (odd & 0x00ff00ffu) << 8;
}

void main()
{
    uint row = gl_GlobalInvocationID.y;
    uint column = gl_GlobalInvocationID.x;
    int dx = int(column) - int(x);
    int dy = int(row) - int(y);
    if (column < width && row < height && dx * dx + dy * dy < int(radius * radius)) {
        pixels[row * width + column] = add(pixels[row * width + column], colour);
    }
}
