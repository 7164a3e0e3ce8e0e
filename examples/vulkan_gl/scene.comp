// What Vulkan draws: a Julia set in cosine colours, another one in each frame.
// The words in scene_spv.h come from
//   glslangValidator -V -g0 --target-env vulkan1.1 --vn scene_spv -o words.h scene.comp
#version 450

layout(local_size_x = 8, local_size_y = 8) in;
layout(rgba8, binding = 0) uniform writeonly image2D target;
layout(push_constant) uniform Push
{
    float time;
};

void main()
{
    ivec2 size = imageSize(target);
    ivec2 pixel = ivec2(gl_GlobalInvocationID.xy);
    if (any(greaterThanEqual(pixel, size))) {
        return;
    }
    vec2 z = (vec2(pixel) + 0.5 - 0.5 * vec2(size)) * (2.3 / float(size.y));
    vec2 c = 0.7885 * vec2(cos(time), sin(time));
    float trap = 10.0;
    int i = 0;
    for (; i < 160 && dot(z, z) < 64.0; i++) {
        z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
        trap = min(trap, abs(z.x * z.y) + 0.15 * length(z));
    }
    float smoothed = float(i) - log2(max(log2(max(dot(z, z), 1.0001)), 0.0001));
    float t = i == 160 ? 2.0 * sqrt(trap) : 0.045 * smoothed;
    vec3 colour = 0.5 + 0.5 * cos(6.2831853 * (vec3(1.0, 0.9, 0.7) * t + vec3(0.55, 0.65, 0.80)));
    colour *= i == 160 ? 0.85 : 0.3 + 0.7 * clamp(0.06 * smoothed, 0.0, 1.0);
    // No two corners alike, so that a turned picture can't be taken for an upright one.
    vec2 place = vec2(pixel) / vec2(size);
    colour += 0.35 * (1.0 - colour) * place.y * mix(vec3(0.9, 0.3, 0.1), vec3(0.2, 0.1, 0.8), place.x);
    imageStore(target, pixel, vec4(colour, 1.0));
}
