/*
 * Queues and fences. A submission is done at once, unless it waits for something.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#define MAX_OPERATIONS 16u
/* A submission that can't be done for so long has nobody who signals it. */
#define IDLE_LIMIT 5000000000u

struct operation {
    struct model_semaphore_payload *payload;
    VkSemaphoreType type;
    uint64_t value;
};

struct model_submission {
    struct model_submission *next;
    uint32_t waitCount, signalCount, commandBufferCount;
    struct operation waits[MAX_OPERATIONS], signals[MAX_OPERATIONS];
    uint64_t commandBuffers[MAX_OPERATIONS]; /* ids */
    uint64_t fence;                          /* id */
};

/* ---- what is pending ---- */

static void finish(struct model_submission *submission)
{
    for (uint32_t i = 0; i < submission->waitCount; i++)
        model__sync_payload_release(submission->waits[i].payload);
    for (uint32_t i = 0; i < submission->signalCount; i++)
        model__sync_payload_release(submission->signals[i].payload);
    model__free(submission);
}

static bool ready(const struct model_submission *submission)
{
    for (uint32_t i = 0; i < submission->waitCount; i++) {
        const struct operation *wait = &submission->waits[i];

        if (!model__sync_ready(wait->payload, wait->type, wait->value))
            return false;
    }
    return true;
}

static void carry_out(struct model_submission *submission)
{
    struct model_fence *fence;

    for (uint32_t i = 0; i < submission->waitCount; i++) {
        struct operation *wait = &submission->waits[i];

        if (wait->type == VK_SEMAPHORE_TYPE_BINARY && !wait->payload->copy)
            model__sync_signal(wait->payload, VK_SEMAPHORE_TYPE_TIMELINE, 0);
    }
    for (uint32_t i = 0; i < submission->commandBufferCount; i++) {
        struct model_command_buffer *commands =
            model__find_object(submission->commandBuffers[i], MODEL_COMMAND_BUFFER);

        if (commands)
            model__execute(commands);
    }
    for (uint32_t i = 0; i < submission->signalCount; i++) {
        struct operation *signal = &submission->signals[i];
        bool timeline = signal->type == VK_SEMAPHORE_TYPE_TIMELINE;

        if (timeline ? signal->value <= model__sync_value(signal->payload)
                     : model__sync_value(signal->payload) != 0)
            model__breach(timeline ? "03242" : "00067",
                          timeline ? "a timeline is signalled with a value it has passed"
                                   : "a binary semaphore is signalled that is signalled already");
        model__sync_signal(signal->payload, signal->type, signal->value);
    }
    fence = model__peek_object(submission->fence, MODEL_FENCE);
    if (fence) {
        fence->signalled = true;
        fence->pending = false;
    }
}

static bool run_device(struct model_device *device)
{
    struct model_submission **link = &device->pending;
    bool progress = false;

    while (*link) {
        struct model_submission *submission = *link;

        if (!ready(submission)) {
            link = &submission->next;
            continue;
        }
        *link = submission->next;
        carry_out(submission);
        finish(submission);
        progress = true;
    }
    return progress;
}

void model__run_all(void)
{
    bool progress;

    do {
        uint64_t cursor = 0;
        struct model_device *device;

        progress = false;
        while ((device = model__next_object(MODEL_DEVICE, &cursor)) != NULL)
            progress = run_device(device) || progress;
    } while (progress);
}

void model__drop_pending(struct model_device *device)
{
    while (device->pending) {
        struct model_submission *submission = device->pending;

        device->pending = submission->next;
        finish(submission);
    }
}

static bool uses(const struct model_submission *submission,
                 const struct model_semaphore_payload *payload, bool signalsOnly)
{
    for (uint32_t i = 0; i < submission->signalCount; i++) {
        if (submission->signals[i].payload == payload)
            return true;
    }
    for (uint32_t i = 0; !signalsOnly && i < submission->waitCount; i++) {
        if (submission->waits[i].payload == payload)
            return true;
    }
    return false;
}

static bool pending_use(const struct model_semaphore_payload *payload, bool signalsOnly)
{
    uint64_t cursor = 0;
    struct model_device *device;

    while (payload && (device = model__next_object(MODEL_DEVICE, &cursor)) != NULL) {
        for (struct model_submission *item = device->pending; item; item = item->next) {
            if (uses(item, payload, signalsOnly))
                return true;
        }
    }
    return false;
}

bool model__semaphore_pending(const struct model_semaphore *semaphore)
{
    return pending_use(semaphore->permanent, false) || pending_use(semaphore->temporary, false);
}

bool model__signal_pending(const struct model_semaphore_payload *payload)
{
    return pending_use(payload, true);
}

void model__retarget_signals(struct model_semaphore_payload *from,
                             struct model_semaphore_payload *to)
{
    uint64_t cursor = 0;
    struct model_device *device;

    while ((device = model__next_object(MODEL_DEVICE, &cursor)) != NULL) {
        for (struct model_submission *item = device->pending; item; item = item->next) {
            for (uint32_t i = 0; i < item->signalCount; i++) {
                if (item->signals[i].payload != from)
                    continue;
                item->signals[i].payload = model__sync_payload_reference(to);
                model__sync_payload_release(from);
            }
        }
    }
}

/* A binary payload that was waited for: the permanent one comes back, or it is unsignalled. */
void model__semaphore_waited(struct model_semaphore *semaphore)
{
    struct model_semaphore_payload *payload = model__semaphore_payload(semaphore);

    if (!payload->copy)
        model__sync_signal(payload, VK_SEMAPHORE_TYPE_TIMELINE, 0);
    model__sync_payload_release(semaphore->temporary);
    semaphore->temporary = NULL;
}

/* ---- submission ---- */

static void add_wait(struct model_submission *submission, struct model_device *device,
                     VkSemaphore handle, uint64_t value)
{
    struct model_semaphore *semaphore =
        model__find_child(device, MODEL_ID(handle), MODEL_SEMAPHORE);
    struct model_semaphore_payload *payload;

    if (!semaphore || submission->waitCount == MAX_OPERATIONS)
        return;
    payload = model__semaphore_payload(semaphore);
    if (semaphore->type == VK_SEMAPHORE_TYPE_BINARY && !model__sync_value(payload) &&
        !payload->elsewhere && !model__signal_pending(payload))
        model__breach("00068 03238", "a wait for a binary semaphore that nothing signals");
    submission->waits[submission->waitCount++] =
        (struct operation){model__sync_payload_reference(payload), semaphore->type, value};
    /* A temporary payload is used up by the wait. */
    model__sync_payload_release(semaphore->temporary);
    semaphore->temporary = NULL;
}

static void add_signal(struct model_submission *submission, struct model_device *device,
                       VkSemaphore handle, uint64_t value)
{
    struct model_semaphore *semaphore =
        model__find_child(device, MODEL_ID(handle), MODEL_SEMAPHORE);

    if (!semaphore || submission->signalCount == MAX_OPERATIONS)
        return;
    submission->signals[submission->signalCount++] = (struct operation){
        model__sync_payload_reference(model__semaphore_payload(semaphore)), semaphore->type, value};
}

static void add_commands(struct model_submission *submission, const struct model_queue *queue,
                         VkCommandBuffer handle)
{
    struct model_command_buffer *commands =
        model__find_child(queue->object.device, MODEL_ID(handle), MODEL_COMMAND_BUFFER);

    if (!commands || submission->commandBufferCount == MAX_OPERATIONS)
        return;
    if (commands->state != MODEL_CB_EXECUTABLE)
        model__breach("00070", "a command buffer is submitted that was not recorded to its end");
    if (commands->pool->family != queue->family)
        model__breach("00074", "a command buffer for family %u in a queue of family %u",
                      commands->pool->family, queue->family);
    submission->commandBuffers[submission->commandBufferCount++] = commands->object.id;
}

static void enqueue(struct model_device *device, struct model_submission *submission)
{
    struct model_submission **link = &device->pending;

    while (*link)
        link = &(*link)->next;
    *link = submission;
    model__run_all();
}

static uint64_t value_at(uint32_t count, const uint64_t *values, uint32_t index, const char *rule,
                         struct model_device *device, VkSemaphore handle)
{
    struct model_semaphore *semaphore = model__peek_object(MODEL_ID(handle), MODEL_SEMAPHORE);

    (void)device;
    if (semaphore && semaphore->type == VK_SEMAPHORE_TYPE_TIMELINE && index >= count)
        model__breach(rule, "a timeline without a value in VkTimelineSemaphoreSubmitInfo");
    return index < count ? values[index] : 0;
}

static void read_submit(struct model_submission *submission, struct model_queue *queue,
                        const VkSubmitInfo *info)
{
    const VkTimelineSemaphoreSubmitInfo *values =
        model__find_struct(info, VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO);
    struct model_device *device = queue->object.device;

    for (uint32_t i = 0; i < info->waitSemaphoreCount; i++)
        add_wait(submission, device, info->pWaitSemaphores[i],
                 value_at(values ? values->waitSemaphoreValueCount : 0,
                          values ? values->pWaitSemaphoreValues : NULL, i, "03239 03240", device,
                          info->pWaitSemaphores[i]));
    for (uint32_t i = 0; i < info->commandBufferCount; i++)
        add_commands(submission, queue, info->pCommandBuffers[i]);
    for (uint32_t i = 0; i < info->signalSemaphoreCount; i++)
        add_signal(submission, device, info->pSignalSemaphores[i],
                   value_at(values ? values->signalSemaphoreValueCount : 0,
                            values ? values->pSignalSemaphoreValues : NULL, i, "03239 03241",
                            device, info->pSignalSemaphores[i]));
}

static void read_submit2(struct model_submission *submission, struct model_queue *queue,
                         const VkSubmitInfo2 *info)
{
    struct model_device *device = queue->object.device;

    for (uint32_t i = 0; i < info->waitSemaphoreInfoCount; i++)
        add_wait(submission, device, info->pWaitSemaphoreInfos[i].semaphore,
                 info->pWaitSemaphoreInfos[i].value);
    for (uint32_t i = 0; i < info->commandBufferInfoCount; i++)
        add_commands(submission, queue, info->pCommandBufferInfos[i].commandBuffer);
    for (uint32_t i = 0; i < info->signalSemaphoreInfoCount; i++)
        add_signal(submission, device, info->pSignalSemaphoreInfos[i].semaphore,
                   info->pSignalSemaphoreInfos[i].value);
}

/* infos or infos2 is NULL. */
static VkResult do_submit(struct model_queue *queue, uint32_t count, const VkSubmitInfo *infos,
                          const VkSubmitInfo2 *infos2, VkFence fenceHandle)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_WIN32_KEYED_MUTEX_ACQUIRE_RELEASE_INFO_KHR,
        VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
    };
    struct model_device *device = queue->object.device;
    struct model_fence *fence = NULL;
    struct model_submission *submission;

    if (fenceHandle) {
        fence = model__find_child(device, MODEL_ID(fenceHandle), MODEL_FENCE);
        if (fence && (fence->signalled || fence->pending))
            model__breach("00063 00064", "the fence is signalled or in use");
        if (fence)
            fence->pending = true;
    }
    if (infos2 && !device->synchronization2)
        model__breach("03866", "synchronization2 is not enabled");
    /* With a fence alone there is one empty submission. */
    for (uint32_t i = 0; i < count || (i == 0 && fence); i++) {
        submission = model__allocate(sizeof *submission);
        if (!submission)
            return VK_ERROR_OUT_OF_HOST_MEMORY;
        if (i < count && infos &&
            model__check_chain(device, &infos[i], VK_STRUCTURE_TYPE_SUBMIT_INFO, allowed, 2)) {
            model__run_keyed_mutexes(device, &infos[i]);
            read_submit(submission, queue, &infos[i]);
        }
        if (i < count && infos2 &&
            model__check_chain(device, &infos2[i], VK_STRUCTURE_TYPE_SUBMIT_INFO_2, allowed, 1)) {
            model__run_keyed_mutexes(device, &infos2[i]);
            read_submit2(submission, queue, &infos2[i]);
        }
        if (fence && i + 1 >= count)
            submission->fence = fence->object.id;
        enqueue(device, submission);
    }
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL queue_submit(VkQueue queue, uint32_t submitCount,
                                                   const VkSubmitInfo *pSubmits, VkFence fence)
{
    VkResult result = model__enter("vkQueueSubmit", pSubmits);
    struct model_queue *found = model__find_object(MODEL_ID(queue), MODEL_QUEUE);

    if (result == VK_SUCCESS)
        result = found ? do_submit(found, submitCount, pSubmits, NULL, fence) : VK_ERROR_UNKNOWN;
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL queue_submit2(VkQueue queue, uint32_t submitCount,
                                                    const VkSubmitInfo2 *pSubmits, VkFence fence)
{
    VkResult result = model__enter("vkQueueSubmit2", pSubmits);
    struct model_queue *found = model__find_object(MODEL_ID(queue), MODEL_QUEUE);

    if (result == VK_SUCCESS)
        result = found ? do_submit(found, submitCount, NULL, pSubmits, fence) : VK_ERROR_UNKNOWN;
    return model__leave(result);
}

static VkResult wait_idle(struct model_device *device)
{
    uint64_t deadline = model__deadline(IDLE_LIMIT);

    model__run_all();
    while (device->pending) {
        if (!model__poll(deadline)) {
            model__breach("hang", "a submission waits for a semaphore that nobody signals");
            return VK_ERROR_DEVICE_LOST;
        }
        model__run_all();
    }
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL queue_wait_idle(VkQueue queue)
{
    VkResult result = model__enter("vkQueueWaitIdle", NULL);
    struct model_queue *found = model__find_object(MODEL_ID(queue), MODEL_QUEUE);

    if (result == VK_SUCCESS)
        result = found ? wait_idle(found->object.device) : VK_ERROR_UNKNOWN;
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL device_wait_idle(VkDevice device)
{
    VkResult result = model__enter("vkDeviceWaitIdle", NULL);
    struct model_device *found = model__device(device);

    if (result == VK_SUCCESS)
        result = found ? wait_idle(found) : VK_ERROR_UNKNOWN;
    return model__leave(result);
}

/* ---- fences ---- */

static VKAPI_ATTR VkResult VKAPI_CALL create_fence(VkDevice device,
                                                   const VkFenceCreateInfo *pCreateInfo,
                                                   const VkAllocationCallbacks *pAllocator,
                                                   VkFence *pFence)
{
    VkResult result = model__enter("vkCreateFence", pCreateInfo);
    struct model_device *owner = model__device(device);
    struct model_fence *fence = NULL;

    if (result == VK_SUCCESS) {
        if (owner &&
            model__check_chain(owner, pCreateInfo, VK_STRUCTURE_TYPE_FENCE_CREATE_INFO, NULL, 0))
            fence = model__new_object(MODEL_FENCE, sizeof *fence, owner, pAllocator);
        result = fence ? VK_SUCCESS : VK_ERROR_UNKNOWN;
        if (fence) {
            fence->signalled = (pCreateInfo->flags & VK_FENCE_CREATE_SIGNALED_BIT) != 0;
            *pFence = MODEL_HANDLE(VkFence, fence);
        }
    }
    model__garbage(result, pFence, sizeof *pFence);
    return model__leave(result);
}

static VKAPI_ATTR void VKAPI_CALL destroy_fence(VkDevice device, VkFence fence,
                                                const VkAllocationCallbacks *pAllocator)
{
    struct model_fence *doomed;

    model__enter_void("vkDestroyFence", NULL);
    model__run_all();
    doomed = model__find_doomed(model__device(device), MODEL_ID(fence), MODEL_FENCE, pAllocator);
    if (doomed) {
        if (doomed->pending)
            model__breach("01120", "the fence is in use by a submission that is not done");
        model__delete_object(&doomed->object);
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR VkResult VKAPI_CALL wait_fences(VkDevice device, uint32_t fenceCount,
                                                  const VkFence *pFences, VkBool32 waitAll,
                                                  uint64_t timeout)
{
    VkResult result = model__enter("vkWaitForFences", NULL);
    struct model_device *owner = model__device(device);
    uint64_t deadline = model__deadline(timeout);
    uint32_t reached = 0;

    if (result == VK_SUCCESS && owner) {
        do {
            reached = 0;
            model__run_all();
            for (uint32_t i = 0; i < fenceCount; i++) {
                struct model_fence *fence = model__peek_object(MODEL_ID(pFences[i]), MODEL_FENCE);

                reached += fence && fence->signalled;
            }
        } while (reached < (waitAll ? fenceCount : 1) && model__poll(deadline));
        result = reached < (waitAll ? fenceCount : 1) ? VK_TIMEOUT : VK_SUCCESS;
    }
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL reset_fences(VkDevice device, uint32_t fenceCount,
                                                   const VkFence *pFences)
{
    VkResult result = model__enter("vkResetFences", NULL);
    struct model_device *owner = model__device(device);

    for (uint32_t i = 0; owner && result == VK_SUCCESS && i < fenceCount; i++) {
        struct model_fence *fence = model__find_child(owner, MODEL_ID(pFences[i]), MODEL_FENCE);

        if (fence && fence->pending)
            model__breach("01123", "the fence is in use by a submission that is not done");
        if (fence)
            fence->signalled = false;
    }
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL fence_status(VkDevice device, VkFence fence)
{
    VkResult result = model__enter("vkGetFenceStatus", NULL);
    struct model_device *owner = model__device(device);
    struct model_fence *found =
        owner ? model__find_child(owner, MODEL_ID(fence), MODEL_FENCE) : NULL;

    model__run_all();
    if (result == VK_SUCCESS)
        result = !found ? VK_ERROR_UNKNOWN : found->signalled ? VK_SUCCESS : VK_NOT_READY;
    return model__leave(result);
}

#define CORE_1_0(name, function)                                                                   \
    MODEL_COMMAND(name, function, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL)

const struct model_command model__queue_commands[] = {
    CORE_1_0("QueueSubmit", queue_submit),
    MODEL_COMMAND("QueueSubmit2", queue_submit2, MODEL_OF_DEVICE, VK_API_VERSION_1_3, NULL),
    MODEL_COMMAND("QueueSubmit2KHR", queue_submit2, MODEL_OF_DEVICE, 0, "VK_KHR_synchronization2"),
    CORE_1_0("QueueWaitIdle", queue_wait_idle),
    CORE_1_0("DeviceWaitIdle", device_wait_idle),
    CORE_1_0("CreateFence", create_fence),
    CORE_1_0("DestroyFence", destroy_fence),
    CORE_1_0("WaitForFences", wait_fences),
    CORE_1_0("ResetFences", reset_fences),
    CORE_1_0("GetFenceStatus", fence_status),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
