/*
 * A texture that Direct3D 11 makes and fills, and Vulkan reads without a copy. They take turns by
 * the texture's keyed mutex.
 *
 *   vulkan_d3d11
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VXM_D3D11 1 /* this part of the header alone */
#include <vxm/d3d.h>

#include "gpu.h"

#define WIDTH  2048u
#define HEIGHT 1024u
#define SIZE   ((size_t)4 * WIDTH * HEIGHT)

/* Whose turn it is: the keys of the mutex. A new texture's is 0. */
enum {
    DIRECT3D = 0,
    VULKAN = 1
};

struct d3d11 {
    ID3D11Device *device;
    ID3D11DeviceContext *context;
    ID3D11Texture2D *texture;
    IDXGIKeyedMutex *mutex;
};

static void create_texture(struct d3d11 *d3d)
{
    const D3D11_TEXTURE2D_DESC desc = {
        .Width = WIDTH,
        .Height = HEIGHT,
        .MipLevels = 1,
        .ArraySize = 1,
        .Format = DXGI_FORMAT_R8G8B8A8_UNORM,
        .SampleDesc = {.Count = 1},
        .BindFlags = D3D11_BIND_SHADER_RESOURCE | D3D11_BIND_RENDER_TARGET,
        .MiscFlags = D3D11_RESOURCE_MISC_SHARED_NTHANDLE | D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX};

    D3D(d3d->device->lpVtbl->CreateTexture2D(d3d->device, &desc, NULL, &d3d->texture));
    CHECK(vxmD3D11GetKeyedMutex(d3d->texture, &d3d->mutex));
}

static void fill_texture(struct d3d11 *d3d, const uint32_t *pixels)
{
    CHECK(vxmD3DAcquireKeyedMutex(d3d->mutex, DIRECT3D, TIME_LIMIT));
    d3d->context->lpVtbl->UpdateSubresource(d3d->context, (ID3D11Resource *)d3d->texture, 0, NULL,
                                            pixels, 4 * WIDTH, 0);
    CHECK(vxmD3DReleaseKeyedMutex(d3d->mutex, VULKAN));
}

/* What the sharing saves: out of Direct3D's texture to the CPU, and from there to Vulkan's GPU. */
static double copy_by_host(struct d3d11 *d3d, struct gpu *gpu, struct buffer *staging)
{
    D3D11_TEXTURE2D_DESC desc;
    D3D11_MAPPED_SUBRESOURCE mapped;
    ID3D11Texture2D *readable = NULL;
    struct buffer target;
    double begin;

    d3d->texture->lpVtbl->GetDesc(d3d->texture, &desc);
    desc.Usage = D3D11_USAGE_STAGING;
    desc.BindFlags = 0;
    desc.MiscFlags = 0;
    desc.CPUAccessFlags = D3D11_CPU_ACCESS_READ;
    D3D(d3d->device->lpVtbl->CreateTexture2D(d3d->device, &desc, NULL, &readable));
    gpu_create_buffer(gpu, SIZE, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, &target);
    CHECK(vxmD3DAcquireKeyedMutex(d3d->mutex, DIRECT3D, TIME_LIMIT));

    begin = seconds();
    d3d->context->lpVtbl->CopyResource(d3d->context, (ID3D11Resource *)readable,
                                       (ID3D11Resource *)d3d->texture);
    D3D(d3d->context->lpVtbl->Map(d3d->context, (ID3D11Resource *)readable, 0, D3D11_MAP_READ, 0,
                                  &mapped));
    for (size_t row = 0; row < HEIGHT; row++) {
        memcpy((char *)staging->data + 4 * WIDTH * row,
               (const char *)mapped.pData + mapped.RowPitch * row, 4 * WIDTH);
    }
    d3d->context->lpVtbl->Unmap(d3d->context, (ID3D11Resource *)readable, 0);
    gpu_begin(gpu);
    vkCmdCopyBuffer(gpu->commands, staging->buffer, target.buffer, 1,
                    &(const VkBufferCopy){.size = SIZE});
    gpu_submit(gpu, NULL, VK_NULL_HANDLE, VK_NULL_HANDLE);
    gpu_wait(gpu);
    begin = seconds() - begin;

    CHECK(vxmD3DReleaseKeyedMutex(d3d->mutex, DIRECT3D));
    gpu_destroy_buffer(gpu, &target);
    readable->lpVtbl->Release(readable);
    return begin;
}

/* Vulkan takes the mutex with its key, and gives it back with Direct3D's. */
static void read_texture(struct gpu *gpu, VxmMemory memory, struct buffer *staging)
{
    const VxmKeyedMutexUse turn = {.memory = memory,
                                   .acquire = VK_TRUE,
                                   .acquireKey = VULKAN,
                                   .timeout = TIME_LIMIT,
                                   .release = VK_TRUE,
                                   .releaseKey = DIRECT3D};
    const VkBufferImageCopy whole = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                     .imageExtent = {WIDTH, HEIGHT, 1}};
    const VxmUse use = gpu_use(gpu);
    VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                            .queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL};
    VxmKeyedMutexes mutexes;
    const void *chain;

    CHECK(vxmChainKeyedMutexes(gpu->vxm, 1, &turn, NULL, &mutexes, &chain));
    gpu_begin(gpu);
    CHECK(vxmCmdAcquireMemory(gpu->commands, memory, &handover, &use));
    vkCmdCopyImageToBuffer(gpu->commands, vxmGetVkImage(memory), VK_IMAGE_LAYOUT_GENERAL,
                           staging->buffer, 1, &whole);
    CHECK(vxmCmdReleaseMemory(gpu->commands, memory, &use, &handover));
    gpu_submit(gpu, chain, VK_NULL_HANDLE, VK_NULL_HANDLE);
    gpu_wait(gpu);
}

int main(void)
{
    const VkImageCreateInfo wanted = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                      .imageType = VK_IMAGE_TYPE_2D,
                                      .format = VK_FORMAT_R8G8B8A8_UNORM,
                                      .extent = {WIDTH, HEIGHT, 1},
                                      .mipLevels = 1,
                                      .arrayLayers = 1,
                                      .samples = VK_SAMPLE_COUNT_1_BIT,
                                      .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
                                               VK_IMAGE_USAGE_SAMPLED_BIT};
    uint8_t luid[VK_LUID_SIZE];
    uint32_t *pixels = malloc(SIZE);
    struct d3d11 d3d = {0};
    struct gpu gpu = {0};
    struct buffer staging;
    VxmShared shared;
    VxmMemory memory;
    size_t wrong;
    double share, copy;

    if (pixels == NULL) {
        fprintf(stderr, "There is no memory for the picture.\n");
        return EXIT_FAILURE;
    }
    /* The same GPU on both sides. */
    D3D(D3D11CreateDevice(NULL, D3D_DRIVER_TYPE_HARDWARE, NULL, 0, NULL, 0, D3D11_SDK_VERSION,
                          &d3d.device, NULL, &d3d.context));
    CHECK(vxmD3D11GetDeviceLuid(d3d.device, luid));
    gpu_open(&gpu, luid, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT, NULL, &wanted);

    write_pattern(pixels, SIZE / 4);
    create_texture(&d3d);
    fill_texture(&d3d, pixels);

    share = seconds();
    CHECK(vxmD3D11ShareTexture(d3d.texture, NULL, &shared));
    CHECK(vxmImportMemory(gpu.vxm, &shared, NULL, &memory));
    vxmCloseShared(&shared); /* importing borrows: the handle is still ours */
    share = seconds() - share;

    gpu_create_buffer(&gpu, SIZE,
                      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                      &staging);
    read_texture(&gpu, memory, &staging);
    wrong = compare_pattern(staging.data, SIZE / 4);
    copy = copy_by_host(&d3d, &gpu, &staging);
    const int status = report(&gpu, "the texture's keyed mutex", SIZE, wrong, share, copy);

    gpu_destroy_buffer(&gpu, &staging);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
    d3d.mutex->lpVtbl->Release(d3d.mutex);
    d3d.texture->lpVtbl->Release(d3d.texture);
    d3d.context->lpVtbl->Release(d3d.context);
    d3d.device->lpVtbl->Release(d3d.device);
    free(pixels);
    return status;
}
