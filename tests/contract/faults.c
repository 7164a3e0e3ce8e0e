/*
 * The failed-nth-call sweep over every entry point: each Vulkan command, each allocation, each
 * system call fails once and for good, and afterwards all is as it was.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/sweep.h"

#include <ctype.h>

TestSuite(faults, .init = contract_begin, .fini = contract_end);

static void sweep_all(const struct scenario *scenarios, size_t count, enum sweep_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        sweep(&scenarios[i], kind);
    }
}

#define SWEEP_TESTS(group)                                                                         \
    Test(faults, group##_vulkan)                                                                   \
    {                                                                                              \
        sweep_all(group##_scenarios, group##_scenario_count, SWEEP_VULKAN);                        \
    }                                                                                              \
    Test(faults, group##_callbacks)                                                                \
    {                                                                                              \
        sweep_all(group##_scenarios, group##_scenario_count, SWEEP_CALLBACK);                      \
    }                                                                                              \
    Test(faults, group##_heap)                                                                     \
    {                                                                                              \
        sweep_all(group##_scenarios, group##_scenario_count, SWEEP_MALLOC);                        \
    }                                                                                              \
    Test(faults, group##_system)                                                                   \
    {                                                                                              \
        sweep_all(group##_scenarios, group##_scenario_count, SWEEP_SYSTEM);                        \
    }

SWEEP_TESTS(device)
SWEEP_TESTS(memory)
SWEEP_TESTS(plan)
SWEEP_TESTS(planes)
SWEEP_TESTS(semaphore)
SWEEP_TESTS(channel)

/* ---- nobody is left out ---- */

static const struct {
    const struct scenario *scenarios;
    const size_t *count;
} groups[] = {
    {device_scenarios, &device_scenario_count},       {memory_scenarios, &memory_scenario_count},
    {plan_scenarios, &plan_scenario_count},           {planes_scenarios, &planes_scenario_count},
    {semaphore_scenarios, &semaphore_scenario_count}, {channel_scenarios, &channel_scenario_count},
};

static bool is_swept(const char *name)
{
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        for (size_t j = 0; j < *groups[i].count; j++) {
            if (strcmp(groups[i].scenarios[j].entry, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Every function of the header that returns a VkResult has a scenario. */
Test(faults, every_entry_point_is_swept)
{
    static const char start[] = "VXM_API VkResult ";
    FILE *header = fopen(VXM_HEADER, "r");
    unsigned found = 0;
    char line[512];

    cr_assert_not_null(header, "%s can't be read", VXM_HEADER);
    while (fgets(line, sizeof(line), header) != NULL) {
        char *name = line + sizeof(start) - 1;
        size_t length = 0;

        if (strncmp(line, start, sizeof(start) - 1) != 0) {
            continue;
        }
        while (isalnum((unsigned char)name[length])) {
            length++;
        }
        name[length] = '\0';
        found++;
        if (strcmp(name, "vxmSetLastError") == 0) {
            continue; /* it returns what it is given, and nothing of it can fail */
        }
        cr_expect(is_swept(name), "%s has no scenario", name);
    }
    fclose(header);
    cr_expect_gt(found, 50, "only %u functions were found in %s", found, VXM_HEADER);
}
