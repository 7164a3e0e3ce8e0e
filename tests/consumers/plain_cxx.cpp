/*
 * A consumer in C++17 that has nothing of Vulkan's but the headers.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "consumer.h"

int main()
{
    return consumer_share_a_buffer("plain_cxx");
}
