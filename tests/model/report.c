/*
 * The model driver's book-keeping: calls, injected failures and breaches.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_CALLS      16384u
#define MAX_BREACHES   256u
#define MAX_INJECTIONS 8u
#define MAX_BARRIERS   256u
#define MAX_SENTENCE   400u

struct injection {
    char command[64]; /* "": any */
    uint32_t left;    /* calls until it bites; 0: over */
    VkResult result;
    bool forGood;
};

static ModelCall *calls; /* a ring */
static size_t callCount; /* ever */
static size_t current;   /* index of the call that is being made */
static uint32_t resultCalls;
static struct injection injections[MAX_INJECTIONS];
static uint32_t injectionCount;
static uint32_t failureCount;
static char breaches[MAX_BREACHES][MAX_SENTENCE];
static size_t breachCount;
static ModelBarrier barriers[MAX_BARRIERS];
static size_t barrierCount;
static ModelAllocation lastAllocation;
static bool hasLastAllocation;

void *model__allocate(size_t size)
{
    void *memory = model__host_allocate(size);

    if (memory)
        memset(memory, 0, size);
    return memory;
}

void model__free(void *memory)
{
    model__host_free(memory);
}

void model__lock(void)
{
    model__mutex_lock();
}

void model__unlock(void)
{
    model__mutex_unlock();
}

static ModelCall *call_at(size_t index)
{
    return &calls[index % MAX_CALLS];
}

void model__record_chain(const void *chain)
{
    const VkBaseInStructure *item = chain;
    ModelCall *call;

    if (!calls)
        return;
    call = call_at(current);
    for (; item && call->chainCount < MODEL_MAX_CHAIN; item = item->pNext)
        call->chain[call->chainCount++] = item->sType;
}

void model__pause(uint64_t nanoseconds)
{
    size_t mine = current;

    model__mutex_unlock();
    model__sleep(nanoseconds);
    model__mutex_lock();
    current = mine;
}

void model__enter_void(const char *command, const void *chain)
{
    ModelCall *call;

    model__mutex_lock();
    if (!calls)
        calls = model__allocate(MAX_CALLS * sizeof *calls);
    current = callCount++;
    if (calls) {
        call = call_at(current);
        memset(call, 0, sizeof *call);
        call->name = command;
        model__record_chain(chain);
    }
    if (model_config()->habits.slowNanoseconds)
        model__pause(model_config()->habits.slowNanoseconds);
}

VkResult model__enter(const char *command, const void *chain)
{
    VkResult result = VK_SUCCESS;

    model__enter_void(command, chain);
    resultCalls++;
    for (uint32_t i = 0; i < injectionCount; i++) {
        struct injection *injection = &injections[i];

        if (injection->left == 0 ||
            (injection->command[0] && strcmp(injection->command, command) != 0))
            continue;
        if (injection->left > 1) {
            injection->left--;
            continue;
        }
        if (!injection->forGood)
            injection->left = 0;
        if (result == VK_SUCCESS)
            result = injection->result;
    }
    if (result != VK_SUCCESS) {
        failureCount++;
        if (calls)
            call_at(current)->injected = true;
    }
    return result;
}

VkResult model__leave(VkResult result)
{
    if (calls)
        call_at(current)->result = result;
    model__mutex_unlock();
    return result;
}

void model__breach(const char *rule, const char *format, ...)
{
    va_list arguments;
    char *text;
    int begin;

    if (breachCount < MAX_BREACHES) {
        text = breaches[breachCount];
        begin = snprintf(text, MAX_SENTENCE,
                         "%s [%s]: ", calls && callCount ? call_at(current)->name : "model", rule);
        va_start(arguments, format);
        if (begin > 0 && (size_t)begin < MAX_SENTENCE)
            vsnprintf(text + begin, MAX_SENTENCE - (size_t)begin, format, arguments);
        va_end(arguments);
    }
    breachCount++;
}

void model__garbage(VkResult result, void *output, size_t size)
{
    if (result >= VK_SUCCESS || !output || model_config()->habits.keepOutputsOnFailure)
        return;
    memset(output, 0x5e, size);
}

void model__set_last_allocation(const ModelAllocation *allocation)
{
    lastAllocation = *allocation;
    hasLastAllocation = true;
}

void model__note_barrier(const ModelBarrier *barrier)
{
    if (barrierCount < MAX_BARRIERS)
        barriers[barrierCount++] = *barrier;
}

void model__clear_report(void)
{
    barrierCount = 0;
    callCount = 0;
    current = 0;
    resultCalls = 0;
    injectionCount = 0;
    failureCount = 0;
    breachCount = 0;
    hasLastAllocation = false;
}

/* ---- for tests ---- */

void model_fail(const char *command, uint32_t nth, VkResult result, bool forGood)
{
    struct injection *injection;

    model__mutex_lock();
    if (injectionCount < MAX_INJECTIONS && nth > 0) {
        injection = &injections[injectionCount++];
        memset(injection, 0, sizeof *injection);
        if (command)
            snprintf(injection->command, sizeof injection->command, "%s", command);
        injection->left = nth;
        injection->result = result;
        injection->forGood = forGood;
    }
    model__mutex_unlock();
}

void model_clear_failures(void)
{
    model__mutex_lock();
    injectionCount = 0;
    failureCount = 0;
    model__mutex_unlock();
}

uint32_t model_failures(void)
{
    return failureCount;
}

uint32_t model_result_calls(void)
{
    return resultCalls;
}

static size_t first_kept(void)
{
    return callCount > MAX_CALLS ? callCount - MAX_CALLS : 0;
}

size_t model_call_count(const char *name)
{
    size_t count = 0;

    if (!name)
        return callCount;
    model__mutex_lock();
    for (size_t i = first_kept(); calls && i < callCount; i++)
        count += strcmp(call_at(i)->name, name) == 0;
    model__mutex_unlock();
    return count;
}

bool model_call(const char *name, size_t index, ModelCall *call)
{
    bool found = false;

    model__mutex_lock();
    for (size_t i = first_kept(); calls && i < callCount && !found; i++) {
        if (name && strcmp(call_at(i)->name, name) != 0)
            continue;
        if (index-- == 0) {
            *call = *call_at(i);
            found = true;
        }
    }
    model__mutex_unlock();
    return found;
}

bool model_last_call(const char *name, ModelCall *call)
{
    size_t count = model_call_count(name);

    return count > 0 && model_call(name, count - 1, call);
}

bool model_chain_contains(const char *name, VkStructureType sType)
{
    ModelCall call;

    if (!model_last_call(name, &call))
        return false;
    for (uint32_t i = 0; i < call.chainCount; i++) {
        if (call.chain[i] == sType)
            return true;
    }
    return false;
}

bool model_last_allocation(ModelAllocation *allocation)
{
    if (hasLastAllocation)
        *allocation = lastAllocation;
    return hasLastAllocation;
}

size_t model_barrier_count(void)
{
    return barrierCount;
}

bool model_barrier(size_t index, ModelBarrier *barrier)
{
    if (index < barrierCount)
        *barrier = barriers[index];
    return index < barrierCount;
}

size_t model_breach_count(void)
{
    return breachCount;
}

const char *model_breach(size_t index)
{
    return index < breachCount && index < MAX_BREACHES ? breaches[index] : NULL;
}

bool model_breach_contains(const char *text)
{
    for (size_t i = 0; model_breach(i); i++) {
        if (strstr(breaches[i], text))
            return true;
    }
    return false;
}

size_t model_take_breaches(void)
{
    size_t count = breachCount;

    breachCount = 0;
    return count;
}

size_t model_problems(char *text, size_t size)
{
    size_t used = 0, count = breachCount;

    if (size)
        text[0] = '\0';
    for (size_t i = 0; model_breach(i) && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "breach: %s\n", breaches[i]);
    for (int kind = 0; kind < MODEL_OBJECT_COUNT; kind++) {
        uint32_t live = model_live_objects((ModelObject)kind);

        if (live == 0 || kind == MODEL_QUEUE || kind == MODEL_PHYSICAL_DEVICE)
            continue;
        count += live;
        if (used < size)
            used += (size_t)snprintf(text + used, size - used, "still alive: %u of %s\n", live,
                                     model__object_names[kind]);
    }
    return count;
}
