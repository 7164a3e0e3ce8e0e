#version 450
// Samples a frame in its own format; the sampler's conversion makes it RGB.
//   glslangValidator -V --target-env vulkan1.1 --vn convert_words -o convert_spv.h convert.comp
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform sampler2D frame;
layout(binding = 1) writeonly buffer Output { uint pixels[]; };

void main()
{
    const uvec2 at = gl_GlobalInvocationID.xy;
    const uvec2 size = uvec2(textureSize(frame, 0));

    if (all(lessThan(at, size))) {
        const vec4 colour = textureLod(frame, (vec2(at) + 0.5) / vec2(size), 0.0);
        pixels[at.y * size.x + at.x] = packUnorm4x8(vec4(colour.rgb, 1.0));
    }
}
