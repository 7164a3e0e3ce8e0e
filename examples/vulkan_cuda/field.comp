#version 450
/* Computes the field of one step, or counts where it is not what CUDA should have made of it.
 * field.h holds this as SPIR-V:
 *   glslangValidator -V --target-env vulkan1.1 --vn field_code -o field.h field.comp */
layout(local_size_x = 256) in;
layout(set = 0, binding = 0) buffer Field { float field[]; };
layout(set = 0, binding = 1) buffer Wrong { uint wrong; };
layout(push_constant) uniform Push { uint count; uint round; uint check; };

void main()
{
    uint i = (gl_GlobalInvocationID.y * gl_NumWorkGroups.x * 256u) + gl_GlobalInvocationID.x;
    if (i >= count) {
        return;
    }
    /* 23 bits: this, its half, and one more are exact in a float. */
    float value = float((i * 1664525u + round * 1013904223u) >> 9);
    if (check == 0u) {
        field[i] = value;
    } else if (field[i] != 0.5 * value + 1.0) {
        atomicAdd(wrong, 1u);
    }
}
