/*
 * A device that consists of nothing but a back end's own commands, for the suites that look at one
 * vk.c alone, and what holds for every table of handle types.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_VK_DEVICE_H_
#define VXM_TESTS_CONTRACT_VK_DEVICE_H_ 1

#include "contract/common.h"
#include "internal.h"

struct vk_command {
    const char *name;
    PFN_vkVoidFunction command;
};

/* Every command that the back end asks for must be among them. */
struct VxmDevice_T vk_device(const struct vk_command *commands, size_t count);

/* One whose extensions are off. */
struct VxmDevice_T vk_empty_device(void);

/* Fails the test where a row of vxm__handle_types contradicts itself or another. */
void vk_expect_sound_table(void);

#endif /* VXM_TESTS_CONTRACT_VK_DEVICE_H_ */
