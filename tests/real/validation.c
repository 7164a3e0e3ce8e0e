/*
 * Keeps what the validation layer reports, and knows which of it is false.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/validation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/thread.h"

#define LAYER         "VK_LAYER_KHRONOS_validation"
#define MAX_MESSAGES  64
#define MAX_INSTANCES 16
#define MAX_IMAGES    64

struct message {
    char id[128];
    char text[1024];
};

static struct message messages[MAX_MESSAGES];
static unsigned messageCount; /* may be above MAX_MESSAGES: those are counted only */
static struct {
    VkInstance instance; /* NULL: free */
    VkDebugUtilsMessengerEXT messenger;
} messengers[MAX_INSTANCES];

static uint64_t acquired[MAX_IMAGES];
static unsigned acquiredCount;
static bool numbersReused;

/* Seen, and looked into: the layer is wrong there. Each row is for the versions that it was seen
 * with, so that a later layer is listened to again. */
static const struct {
    uint32_t firstVersion;
    uint32_t lastVersion;
    const char *id;   /* NULL: any */
    const char *part; /* of the text */
    bool acquired;    /* only if it is about an image that was acquired from outside */
    bool reused;      /* only while threads export and import at once */
} knownFalse[] = {
    /* It does not see that an acquire from VK_QUEUE_FAMILY_EXTERNAL says what the layout is. */
    {VK_MAKE_API_VERSION(0, 1, 3, 239), VK_MAKE_API_VERSION(0, 1, 3, 239),
     "UNASSIGNED-CoreValidation-DrawState-InvalidImageLayout",
     "current layout is VK_IMAGE_LAYOUT_UNDEFINED", true, false},
    /* It keeps what it knows of an exported descriptor by the number, also when that is closed. */
    {VK_MAKE_API_VERSION(0, 1, 4, 309), VK_MAKE_API_VERSION(0, 1, 4, 309),
     "VUID-VkMemoryAllocateInfo-allocationSize-01742", "VkImportMemoryFdInfoKHR>.fd", false, true},
    {VK_MAKE_API_VERSION(0, 1, 4, 309), VK_MAKE_API_VERSION(0, 1, 4, 309),
     "VUID-VkMemoryDedicatedAllocateInfo-buffer-01879", "VkImportMemoryFdInfoKHR>.fd", false, true},
    /* Lavapipe 25.0 leaves VkDrmFormatModifierPropertiesList2EXT as it was, which the layer takes
     * for modifiers without any feature. */
    {VK_MAKE_API_VERSION(0, 1, 4, 309), VK_MAKE_API_VERSION(0, 1, 4, 309), NULL,
     "VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT which have VkFormatFeatureFlags2 "
     "(VkFormatFeatureFlags2(0))",
     false, false},
};

static uint32_t layer_version(void)
{
    static uint32_t version = UINT32_MAX; /* not looked for yet; 0: not installed */
    VkLayerProperties layers[64];
    uint32_t count = 64;

    if (version != UINT32_MAX) {
        return version;
    }
    version = 0;
    VkResult result = vkEnumerateInstanceLayerProperties(&count, layers);
    for (uint32_t i = 0; (result == VK_SUCCESS || result == VK_INCOMPLETE) && i < count; i++) {
        if (strcmp(layers[i].layerName, LAYER) == 0) {
            version = layers[i].specVersion;
        }
    }
    if (version == 0) {
        fprintf(stderr, "VALIDATION ABSENT: the layer " LAYER
                        " is not installed, so nothing checks the calls of this test.\n");
    }
    return version;
}

bool validation_is_there(void)
{
    return layer_version() != 0;
}

void validation_acquired(VkImage image)
{
    support_lock();
    if (acquiredCount < MAX_IMAGES) {
        acquired[acquiredCount++] = (uint64_t)(uintptr_t)image;
    }
    support_unlock();
}

void validation_numbers_reused(bool reused)
{
    support_lock();
    numbersReused = reused;
    support_unlock();
}

static bool numbers_are_reused(void)
{
    support_lock();
    bool reused = numbersReused;
    support_unlock();
    return reused;
}

static bool names_acquired_image(const char *text)
{
    static const char before[] = "expects VkImage ";
    const char *place = strstr(text, before);
    uint64_t image = place != NULL ? strtoull(place + strlen(before), NULL, 16) : 0;
    bool found = false;

    support_lock();
    for (unsigned i = 0; i < acquiredCount; i++) {
        found = found || acquired[i] == image;
    }
    support_unlock();
    return found;
}

static bool is_known_false(const char *id, const char *text)
{
    uint32_t version = layer_version();

    for (size_t i = 0; i < sizeof(knownFalse) / sizeof(knownFalse[0]); i++) {
        if (version >= knownFalse[i].firstVersion && version <= knownFalse[i].lastVersion &&
            (knownFalse[i].id == NULL || strcmp(id, knownFalse[i].id) == 0) &&
            strstr(text, knownFalse[i].part) != NULL &&
            (!knownFalse[i].acquired || names_acquired_image(text)) &&
            (!knownFalse[i].reused || numbers_are_reused())) {
            return true;
        }
    }
    return false;
}

/* Only what the layer itself has found: drivers and the loader report through the same messenger,
 * and lavapipe calls each failed command an error. */
static bool is_finding(const char *id)
{
    static const char *const prefixes[] = {"VUID-", "UNASSIGNED-", "SYNC-"};

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (strncmp(id, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}

static VKAPI_ATTR VkBool32 VKAPI_CALL keep(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                           VkDebugUtilsMessageTypeFlagsEXT types,
                                           const VkDebugUtilsMessengerCallbackDataEXT *data,
                                           void *user)
{
    const char *id = data->pMessageIdName != NULL ? data->pMessageIdName : "";
    const char *text = data->pMessage != NULL ? data->pMessage : "";

    (void)severity;
    (void)types;
    (void)user;
    if (!is_finding(id) || is_known_false(id, text)) {
        return VK_FALSE;
    }
    support_lock();
    if (messageCount < MAX_MESSAGES) {
        snprintf(messages[messageCount].id, sizeof(messages[0].id), "%s", id);
        snprintf(messages[messageCount].text, sizeof(messages[0].text), "%s", text);
    }
    messageCount++;
    support_unlock();
    return VK_FALSE;
}

static const VkDebugUtilsMessengerCreateInfoEXT messengerInfo = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT |
                   VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
    .pfnUserCallback = keep,
};

const struct validation_setup *validation_setup(void)
{
    static const VkValidationFeatureEnableEXT enables[] = {
        VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT,
    };
    static const VkValidationFeaturesEXT features = {
        .sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
        .pNext = &messengerInfo, /* for the creation and the end of the instance itself */
        .enabledValidationFeatureCount = sizeof(enables) / sizeof(enables[0]),
        .pEnabledValidationFeatures = enables,
    };
    static const struct validation_setup with = {
        .layerCount = 1,
        .layers = {LAYER},
        .extensionCount = 2,
        .extensions = {VK_EXT_DEBUG_UTILS_EXTENSION_NAME,
                       VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME},
        .next = &features,
    };
    static const struct validation_setup without = {0};

    return validation_is_there() ? &with : &without;
}

/* The place that holds this instance, or a free one for NULL; the mutex is held. */
static int find_instance(VkInstance instance)
{
    for (int i = 0; i < MAX_INSTANCES; i++) {
        if (messengers[i].instance == instance) {
            return i;
        }
    }
    return -1;
}

static VKAPI_ATTR VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo *info,
                                                      const VkAllocationCallbacks *allocator,
                                                      VkInstance *instance)
{
    VkDebugUtilsMessengerEXT messenger;
    VkResult result = vkCreateInstance(info, allocator, instance);
    if (result != VK_SUCCESS || !validation_is_there()) {
        return result;
    }
    PFN_vkCreateDebugUtilsMessengerEXT create =
        (PFN_vkCreateDebugUtilsMessengerEXT)vkGetInstanceProcAddr(*instance,
                                                                  "vkCreateDebugUtilsMessengerEXT");
    /* NULL without the extension, as in a test that does not pass the setup. */
    if (create != NULL && create(*instance, &messengerInfo, NULL, &messenger) == VK_SUCCESS) {
        support_lock();
        int place = find_instance(NULL);
        if (place >= 0) {
            messengers[place].instance = *instance;
            messengers[place].messenger = messenger;
        }
        support_unlock();
    }
    return VK_SUCCESS;
}

static VKAPI_ATTR void VKAPI_CALL destroy_instance(VkInstance instance,
                                                   const VkAllocationCallbacks *allocator)
{
    support_lock();
    int place = find_instance(instance);
    VkDebugUtilsMessengerEXT messenger =
        place >= 0 ? messengers[place].messenger : (VkDebugUtilsMessengerEXT)VK_NULL_HANDLE;
    if (place >= 0) {
        messengers[place].instance = NULL;
    }
    support_unlock();
    if (place >= 0) {
        PFN_vkDestroyDebugUtilsMessengerEXT destroy =
            (PFN_vkDestroyDebugUtilsMessengerEXT)vkGetInstanceProcAddr(
                instance, "vkDestroyDebugUtilsMessengerEXT");
        destroy(instance, messenger, NULL);
    }
    vkDestroyInstance(instance, allocator);
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL validation_get_instance_proc_addr(VkInstance instance,
                                                                           const char *name)
{
    if (strcmp(name, "vkCreateInstance") == 0) {
        return (PFN_vkVoidFunction)create_instance;
    }
    if (strcmp(name, "vkDestroyInstance") == 0) {
        return (PFN_vkVoidFunction)destroy_instance;
    }
    if (strcmp(name, "vkGetInstanceProcAddr") == 0) {
        return (PFN_vkVoidFunction)validation_get_instance_proc_addr;
    }
    return vkGetInstanceProcAddr(instance, name);
}

unsigned validation_problems(char *text, size_t capacity)
{
    size_t used = 0;

    support_lock();
    unsigned count = messageCount;
    text[0] = '\0';
    for (unsigned i = 0; i < count && i < MAX_MESSAGES && used < capacity; i++) {
        int length =
            snprintf(text + used, capacity - used, "%s: %s\n", messages[i].id, messages[i].text);
        used += length > 0 ? (size_t)length : 0u;
    }
    support_unlock();
    return count;
}

bool validation_take(const char *id)
{
    bool found = false;

    support_lock();
    for (unsigned i = 0; i < messageCount && i < MAX_MESSAGES && !found; i++) {
        if (strncmp(messages[i].id, id, strlen(id)) == 0) {
            memmove(&messages[i], &messages[i + 1], (MAX_MESSAGES - 1 - i) * sizeof(messages[0]));
            messageCount--;
            found = true;
        }
    }
    support_unlock();
    return found;
}
