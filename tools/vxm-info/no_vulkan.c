/*
 * What somebody does who has no Vulkan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "text.h"

#include <stdio.h>

void print_no_vulkan(const char *reason)
{
    fputs("vxm-info: ", stderr);
    text_wrap(stderr, 10, 0, reason);
    fputs("\n", stderr);
#if defined(_WIN32)
    fputs("Vulkan comes with the graphics driver: install the newest one of the GPU's maker.\n"
          "Without a GPU, Mesa's lavapipe is a driver that runs on the CPU.\n",
          stderr);
#elif defined(__APPLE__)
    fputs("Vulkan runs on top of Metal by MoltenVK:\n"
          "  Homebrew         brew install molten-vk vulkan-loader\n"
          "  or LunarG's SDK  https://vulkan.lunarg.com\n",
          stderr);
#else
    fputs(
        "Vulkan is a loader and a driver. Mesa's are in these packages; its lavapipe runs on the\n"
        "CPU, so that no GPU is needed:\n"
        "  Debian, Ubuntu   apt install libvulkan1 mesa-vulkan-drivers\n"
        "  Fedora           dnf install vulkan-loader mesa-vulkan-drivers\n"
        "  Arch             pacman -S vulkan-icd-loader vulkan-swrast\n"
        "                   or, for a GPU, vulkan-radeon, vulkan-intel, nvidia-utils\n"
        "  openSUSE         zypper install libvulkan1 libvulkan_lvp\n"
        "  Alpine           apk add vulkan-loader mesa-vulkan-swrast\n"
        "NVIDIA's own driver comes with NVIDIA's packages. In a container, the GPU has to be let\n"
        "in: NVIDIA_DRIVER_CAPABILITIES=graphics, or --device /dev/dri.\n",
        stderr);
#endif
}
