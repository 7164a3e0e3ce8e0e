/*
 * Plain Vulkan that samples NV12 and writes RGBA.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "nv12.h"

#include "convert_spv.h"

/* The conversion is part of the sampler, and the sampler of the set's layout. */
static void create_sampler(struct gpu *gpu)
{
    const VkSamplerYcbcrConversionCreateInfo conversion = {
        .sType = VK_STRUCTURE_TYPE_SAMPLER_YCBCR_CONVERSION_CREATE_INFO,
        .format = NV12,
        .ycbcrModel = VK_SAMPLER_YCBCR_MODEL_CONVERSION_YCBCR_709,
        .ycbcrRange = VK_SAMPLER_YCBCR_RANGE_ITU_NARROW,
        .xChromaOffset = VK_CHROMA_LOCATION_MIDPOINT,
        .yChromaOffset = VK_CHROMA_LOCATION_MIDPOINT,
        .chromaFilter = VK_FILTER_NEAREST};

    CHECK(vkCreateSamplerYcbcrConversion(gpu->info.device, &conversion, NULL, &gpu->conversion));
    const VkSamplerYcbcrConversionInfo chain = {
        .sType = VK_STRUCTURE_TYPE_SAMPLER_YCBCR_CONVERSION_INFO, .conversion = gpu->conversion};
    const VkSamplerCreateInfo sampler = {.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
                                         .pNext = &chain,
                                         .addressModeU = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                         .addressModeV = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                         .addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE};
    CHECK(vkCreateSampler(gpu->info.device, &sampler, NULL, &gpu->sampler));
}

static void create_pipeline(struct gpu *gpu)
{
    const VkDevice device = gpu->info.device;
    const VkDescriptorSetLayoutBinding bindings[] = {
        {.binding = 0,
         .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
         .descriptorCount = 1,
         .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
         .pImmutableSamplers = &gpu->sampler},
        {.binding = 1,
         .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
         .descriptorCount = 1,
         .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT}};
    const VkDescriptorSetLayoutCreateInfo setLayout = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 2,
        .pBindings = bindings};
    CHECK(vkCreateDescriptorSetLayout(device, &setLayout, NULL, &gpu->setLayout));
    const VkPipelineLayoutCreateInfo layout = {.sType =
                                                   VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                               .setLayoutCount = 1,
                                               .pSetLayouts = &gpu->setLayout};
    CHECK(vkCreatePipelineLayout(device, &layout, NULL, &gpu->layout));

    const VkShaderModuleCreateInfo words = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                            .codeSize = sizeof(convert_words),
                                            .pCode = convert_words};
    VkShaderModule shader;
    CHECK(vkCreateShaderModule(device, &words, NULL, &shader));
    const VkComputePipelineCreateInfo pipeline = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = shader,
                  .pName = "main"},
        .layout = gpu->layout};
    CHECK(vkCreateComputePipelines(device, VK_NULL_HANDLE, 1, &pipeline, NULL, &gpu->pipeline));
    vkDestroyShaderModule(device, shader, NULL);
}

void convert_open(struct gpu *gpu, uint32_t textures)
{
    /* One sampler may take up a descriptor for each plane. */
    const VkDescriptorPoolSize sizes[] = {{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 3 * textures},
                                          {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, textures}};
    const VkDescriptorPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = textures,
                                             .poolSizeCount = 2,
                                             .pPoolSizes = sizes};

    if (!gpu->info.samplerYcbcrConversion) {
        fail("%s does not sample YCbCr: it lacks the feature samplerYcbcrConversion. Import the "
             "planes one by one (vxmDescribePlane), or choose another driver (VK_DRIVER_FILES).",
             gpu->info.identity->deviceName);
    }
    create_sampler(gpu);
    create_pipeline(gpu);
    CHECK(vkCreateDescriptorPool(gpu->info.device, &pool, NULL, &gpu->sets));
}

void convert_prepare(struct gpu *gpu, struct texture *texture)
{
    const VkSamplerYcbcrConversionInfo conversion = {
        .sType = VK_STRUCTURE_TYPE_SAMPLER_YCBCR_CONVERSION_INFO, .conversion = gpu->conversion};
    const VkImageViewCreateInfo view = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
        .pNext = &conversion,
        .image = vxmGetVkImage(texture->memory),
        .viewType = VK_IMAGE_VIEW_TYPE_2D,
        .format = NV12,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1}};
    const VkDescriptorSetAllocateInfo set = {.sType =
                                                 VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                             .descriptorPool = gpu->sets,
                                             .descriptorSetCount = 1,
                                             .pSetLayouts = &gpu->setLayout};

    CHECK(vkCreateImageView(gpu->info.device, &view, NULL, &texture->view));
    CHECK(vkAllocateDescriptorSets(gpu->info.device, &set, &texture->set));
    const VkDescriptorImageInfo source = {.imageView = texture->view,
                                          .imageLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    const VkDescriptorBufferInfo target = {vxmGetVkBuffer(gpu->output), 0, VK_WHOLE_SIZE};
    const VkWriteDescriptorSet writes[] = {
        {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
         .dstSet = texture->set,
         .dstBinding = 0,
         .descriptorCount = 1,
         .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
         .pImageInfo = &source},
        {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
         .dstSet = texture->set,
         .dstBinding = 1,
         .descriptorCount = 1,
         .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
         .pBufferInfo = &target}};
    vkUpdateDescriptorSets(gpu->info.device, 2, writes, 0, NULL);
}

void convert_record(struct gpu *gpu, const struct texture *texture)
{
    vkCmdBindPipeline(gpu->commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->pipeline);
    vkCmdBindDescriptorSets(gpu->commands, VK_PIPELINE_BIND_POINT_COMPUTE, gpu->layout, 0, 1,
                            &texture->set, 0, NULL);
    vkCmdDispatch(gpu->commands, (WIDTH + 7) / 8, (HEIGHT + 7) / 8, 1);
}

void convert_close(struct gpu *gpu)
{
    const VkDevice device = gpu->info.device;

    vkDestroyDescriptorPool(device, gpu->sets, NULL);
    vkDestroyPipeline(device, gpu->pipeline, NULL);
    vkDestroyPipelineLayout(device, gpu->layout, NULL);
    vkDestroyDescriptorSetLayout(device, gpu->setLayout, NULL);
    vkDestroySampler(device, gpu->sampler, NULL);
    vkDestroySamplerYcbcrConversion(device, gpu->conversion, NULL);
}
