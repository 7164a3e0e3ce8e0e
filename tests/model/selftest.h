/*
 * The self-test's small harness: raw Vulkan calls into the model driver, and expected breaches.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODEL_SELFTEST_H_
#define VXM_TESTS_MODEL_SELFTEST_H_ 1

#include "model.h"

struct context {
    VkInstance instance;
    VkPhysicalDevice physical[2];
    VkDevice device, other; /* on physical device 0 and 1 */
    VkQueue queue;          /* of family 1 */
};

extern struct context context;

#define SELFTEST_MAX_TESTS 12

/* Of each program: selftest_<system>.c. */
struct selftest_system {
    const char *const *extensions; /* of the devices */
    uint32_t extensionCount;
    bool portability;               /* its devices are enumerated only if they are asked for */
    const void *instanceNext;       /* chained to VkInstanceCreateInfo */
    uint32_t (*open_natives)(void); /* in the process */
    void (*tests[SELFTEST_MAX_TESTS + 1])(void);
};

extern const struct selftest_system selftest_system;

#define INSTANCE_CALL(name)                                                                        \
    ((PFN_vk##name)model_vkGetInstanceProcAddr(context.instance, "vk" #name))
#define DEVICE_CALL(name)                                                                          \
    ((PFN_vk##name)INSTANCE_CALL(GetDeviceProcAddr)(context.device, "vk" #name))
#define OTHER_CALL(name) ((PFN_vk##name)INSTANCE_CALL(GetDeviceProcAddr)(context.other, "vk" #name))

void check_at(bool condition, const char *text, const char *file, int line);
#define CHECK(condition) check_at(condition, #condition, __FILE__, __LINE__)

/* Exactly this rule was broken, once or more; forgets it. */
void expect_at(const char *rule, const char *file, int line);
#define EXPECT_BREACH(rule) expect_at(rule, __FILE__, __LINE__)

/* A configuration (NULL: the default), instance and two devices; and their end, with everything
 * that a test may have left behind looked at. */
void begin(const ModelConfig *config);
void end(void);

VkDevice make_device(VkPhysicalDevice physical, bool features, uint32_t extensionCount,
                     const char *const *extensions);

/* Simple resources; handle types 0: not external. */
VkBuffer make_buffer(VkDevice device, VkDeviceSize size, uint32_t handleTypes);
VkImage make_image(VkDevice device, VkImageTiling tiling, uint32_t handleTypes);
VkDeviceSize buffer_size(VkBuffer buffer);
VkResult allocate(VkDevice device, VkDeviceSize size, uint32_t type, const void *next,
                  VkDeviceMemory *memory);
/* On POSIX: exportable memory of 4096 bytes and type 2, and an fd of it. */
VkDeviceMemory make_exported(uint32_t handleTypes, uint32_t handleType, int *fd);
VkResult import_fd(VkDevice device, uint32_t handleType, int fd, VkDeviceSize size, uint32_t type,
                   const void *next, VkDeviceMemory *memory);
VkSemaphore make_semaphore(VkDevice device, bool timeline, uint32_t handleTypes);
VkResult get_semaphore_fd(VkSemaphore semaphore, uint32_t handleType, int *fd);
VkResult import_semaphore_fd(VkDevice device, VkSemaphore semaphore, uint32_t handleType, int fd,
                             bool temporary);

void test_memory(void);
void test_resources(void);
void test_planes(void);
void test_semaphores(void);
void test_handover(void);
void test_driver(void);

#endif /* VXM_TESTS_MODEL_SELFTEST_H_ */
