/*
 * The kernel, as PTX that any GPU since Maxwell (sm_50) can run: the driver compiles it. The same
 * in CUDA C++:
 *
 *   extern "C" __global__ void halve(float *field, unsigned count)
 *   {
 *       unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
 *       if (i < count) field[i] = 0.5f * field[i] + 1.0f;
 *   }
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VULKAN_CUDA_KERNEL_H_
#define VULKAN_CUDA_KERNEL_H_ 1

static const char kernel_code[] = ".version 6.0\n"
                                  ".target sm_50\n"
                                  ".address_size 64\n"
                                  ".visible .entry halve(.param .u64 field, .param .u32 count)\n"
                                  "{\n"
                                  "    .reg .pred %outside;\n"
                                  "    .reg .f32 %value;\n"
                                  "    .reg .b32 %i, %block, %size, %n;\n"
                                  "    .reg .b64 %address, %offset;\n"
                                  "    mov.u32 %i, %tid.x;\n"
                                  "    mov.u32 %block, %ctaid.x;\n"
                                  "    mov.u32 %size, %ntid.x;\n"
                                  "    mad.lo.u32 %i, %block, %size, %i;\n"
                                  "    ld.param.u32 %n, [count];\n"
                                  "    setp.ge.u32 %outside, %i, %n;\n"
                                  "    @%outside ret;\n"
                                  "    ld.param.u64 %address, [field];\n"
                                  "    cvta.to.global.u64 %address, %address;\n"
                                  "    mul.wide.u32 %offset, %i, 4;\n"
                                  "    add.u64 %address, %address, %offset;\n"
                                  "    ld.global.f32 %value, [%address];\n"
                                  "    fma.rn.f32 %value, %value, 0f3F000000, 0f3F800000;\n"
                                  "    st.global.f32 [%address], %value;\n"
                                  "    ret;\n"
                                  "}\n";

#endif /* VULKAN_CUDA_KERNEL_H_ */
