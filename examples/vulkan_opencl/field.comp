#version 450
/* Computes the field of one round, or counts where it is not what OpenCL should have made of it.
 * field.h holds this as SPIR-V. */
layout(local_size_x = 256) in;
layout(set = 0, binding = 0) buffer Field { uint field[]; };
layout(set = 0, binding = 1) buffer Wrong { uint wrong; };
layout(push_constant) uniform Push { uint count; uint round; uint check; };

void main()
{
    uint i = gl_GlobalInvocationID.y * gl_NumWorkGroups.x * 256u + gl_GlobalInvocationID.x;
    if (i >= count) {
        return;
    }
    uint value = i * 1664525u + round * 1013904223u;
    if (check == 0u) {
        field[i] = value;
    } else if (field[i] != (value ^ (value >> 7)) + 1u) {
        atomicAdd(wrong, 1u);
    }
}
