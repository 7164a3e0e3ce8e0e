/*
 * What the model driver's own files share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODEL_INTERNAL_H_
#define VXM_TESTS_MODEL_INTERNAL_H_ 1

#include <stdatomic.h>

#include "model.h"

#include "native.h"
#include "rules.h"

#define MODEL_COUNT(array) (sizeof(array) / sizeof(array)[0])

#if defined(__GNUC__)
#define MODEL_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define MODEL_PRINTF(text, first)
#endif

/* ---- platform_<system>.c: what the C library hasn't got everywhere ----------------------------
 */

/* The one mutex. */
void model__mutex_lock(void);
void model__mutex_unlock(void);

/* Nanoseconds of the system's monotonic clock. */
uint64_t model__now(void);
void model__sleep(uint64_t nanoseconds);

/* Host memory, which is not malloc()'s. */
void *model__host_allocate(size_t size);
void model__host_free(void *memory);

/* Private memory that no native stands for, zeroed, and given a page only where it is written to.
 */
void *model__private_map(uint64_t size);
void model__private_unmap(void *data, uint64_t size);
/* Whether there is memory of the app's at all of these bytes. */
bool model__range_mapped(const void *pointer, uint64_t size);

/* ---- report.c: calls, injection, breaches, host memory ----------------------------------------
 */

/* The model's own host memory: zeroed, and not by malloc(), which tests make fail. */
void *model__allocate(size_t size);
void model__free(void *memory);

/* Begins and ends each command, under the mutex. model__enter() records the chain and answers what
 * was injected, or VK_SUCCESS; model__enter_void() is for commands that can't fail. */
VkResult model__enter(const char *command, const void *chain);
void model__enter_void(const char *command, const void *chain);
VkResult model__leave(VkResult result);

void model__lock(void);
void model__unlock(void);

/* More structs of the current call, such as the other elements of an array. */
void model__record_chain(const void *chain);

/* Sleeps without the mutex in the middle of a command. */
void model__pause(uint64_t nanoseconds);

/* Notes a breach by the current command. `rule` is the valid-usage ID's end, or a few words. */
void model__breach(const char *rule, const char *format, ...) MODEL_PRINTF(2, 3);

/* Undefined contents of an output, after a failure. */
void model__garbage(VkResult result, void *output, size_t size);

void model__clear_report(void);
void model__note_barrier(const ModelBarrier *barrier);
void model__set_last_allocation(const ModelAllocation *allocation);

/* ---- object.c: what a handle stands for -------------------------------------------------------
 */

struct model_object {
    struct model_object *next;
    uint64_t id; /* the handle's value, never used again */
    ModelObject kind;
    struct model_device *device; /* NULL for instances and physical devices */
    bool hasAllocator;
    VkAllocationCallbacks allocator;
    void *block; /* a piece of the app's own host memory */
};

#define MODEL_ID(handle)         ((uint64_t)(uintptr_t)(handle))
#define MODEL_HANDLE(type, item) ((type)(uintptr_t)(item)->object.id)

/* A zeroed object of `size` bytes that begins with a struct model_object; NULL: out of memory. */
void *model__new_object(ModelObject kind, size_t size, struct model_device *device,
                        const VkAllocationCallbacks *allocator);

/* NULL, and a breach, if the handle is not a live object of that kind. */
void *model__find_object(uint64_t id, ModelObject kind);

/* The same without a breach. */
void *model__peek_object(uint64_t id, ModelObject kind);

/* As model__find_object(), and it must belong to the device. */
void *model__find_child(struct model_device *device, uint64_t id, ModelObject kind);

/* For vkDestroy...: 0 is ignored (NULL without a breach); checks the allocator too. */
void *model__find_doomed(struct model_device *device, uint64_t id, ModelObject kind,
                         const VkAllocationCallbacks *allocator);

void model__delete_object(struct model_object *object);

/* Live objects of a kind, one after the other; the cursor begins as 0. NULL: no more. */
void *model__next_object(ModelObject kind, uint64_t *cursor);

/* Any live object of that kind, or of a device (kind MODEL_OBJECT_COUNT: of any kind but queues);
 * NULL: none. */
struct model_object *model__any_object(const struct model_device *device, ModelObject kind);
uint32_t model__count_objects(const struct model_device *device, ModelObject kind);

extern const char *const model__object_names[MODEL_OBJECT_COUNT];

/* ---- chain.c ----------------------------------------------------------------------------------
 */

/* The struct of that type in a chain, or NULL. */
const void *model__find_struct(const void *chain, VkStructureType sType);

/* Breaches unless the first struct is a `head` and each further one is in `allowed`, once, with its
 * extension on (device may be NULL: not looked at). True: fine. */
bool model__check_chain(const struct model_device *device, const void *chain, VkStructureType head,
                        const VkStructureType *allowed, size_t allowedCount);

/* ---- objects ----------------------------------------------------------------------------------
 */

struct model_instance {
    struct model_object object;
    uint32_t apiVersion;
    bool portability;
    bool metalDevice; /* its devices' MTLDevice may be exported */
    char extensions[MODEL_MAX_EXTENSIONS][VK_MAX_EXTENSION_NAME_SIZE];
    uint32_t extensionCount;
    struct model_physical *physical[MODEL_DEVICE_COUNT];
};

struct model_physical {
    struct model_object object;
    struct model_instance *instance;
    uint32_t index;
};

struct model_submission;

#define MODEL_MAX_QUERIES 64
#define MODEL_PAGE        4096u

struct model_device {
    struct model_object object;
    struct model_physical *physical;
    uint32_t apiVersion;
    bool timelineSemaphore, synchronization2, samplerYcbcrConversion, maintenance4;
    uint32_t extensionCount;
    char extensions[MODEL_MAX_EXTENSIONS][VK_MAX_EXTENSION_NAME_SIZE];
    uint32_t queueCreated[4];
    struct model_queue *queues[4];
    struct model_submission *pending;
    const void *queriedPointers[MODEL_MAX_QUERIES]; /* host pointers asked about */
    uint32_t queriedPointerCount;
    uint64_t queriedPayloads[MODEL_MAX_QUERIES]; /* by their identity */
    uint32_t queriedPayloadCount;
};

struct model_queue {
    struct model_object object;
    uint32_t family;
};

struct model_buffer {
    struct model_object object;
    uint64_t size;
    VkSharingMode sharingMode;
    uint32_t handleTypes;
    uint64_t hash;
    VkMemoryRequirements requirements;
    bool requiresDedicated;
    uint64_t memory; /* id; 0: not bound */
};

#define MODEL_MAX_PLANES 4

struct model_plane {
    uint64_t offset; /* from the image's begin; of a disjoint image from the plane's own */
    uint64_t rowPitch, arrayPitch, depthPitch;
    uint64_t size;   /* of its bytes */
    uint64_t needs;  /* disjoint: of its memory */
    uint64_t memory; /* id; 0: not bound; that of the first plane counts unless disjoint */
    uint64_t memoryOffset;
};

struct model_image {
    struct model_object object;
    VkImageCreateFlags flags;
    VkImageType imageType;
    VkFormat format;
    VkImageTiling tiling;
    uint64_t modifier; /* with DRM_FORMAT_MODIFIER tiling */
    VkExtent3D extent;
    uint32_t mipLevels, arrayLayers, samples;
    VkSharingMode sharingMode;
    uint32_t handleTypes;
    uint64_t hash;
    uint32_t planeCount; /* of the format; with a modifier its memory planes */
    struct model_plane planes[MODEL_MAX_PLANES];
    uint64_t totalSize;
    uint32_t typeBits;
    uint64_t alignment;
    bool requiresDedicated;
    bool hasSurface;      /* the IOSurface below underlies it */
    bool surfaceDeclared; /* and may be exported */
    union model_native surface;
    uint64_t surfaceIdentity[2];
    VkImageLayout layout; /* after what was submitted */
};

struct model_memory {
    struct model_object object;
    struct model_payload *payload;
    bool hasNative; /* the driver holds it */
    union model_native native;
    uint64_t size;
    uint32_t typeIndex;
    uint32_t exportTypes;
    uint32_t exportedTypes; /* that somebody was given a native of */
    uint32_t importType;
    uint64_t dedicatedBuffer, dedicatedImage; /* ids */
    bool mapped;
};

struct model_semaphore_payload {
    struct model_payload *payload;
    struct model_sync_page *page; /* the payload's data, or memory of its own */
    bool hasNative;
    union model_native native;
    uint32_t references;
    bool elsewhere; /* somebody else may signal it */
    bool copy;      /* a wait leaves it as it is, for others have the same sync file */
    uint32_t importType;
    uint32_t exportedTypes; /* that somebody was given a native of */
};

struct model_semaphore {
    struct model_object object;
    VkSemaphoreType type;
    uint32_t exportTypes;
    bool eventDeclared; /* its MTLSharedEvent may be exported */
    struct model_semaphore_payload *permanent;
    struct model_semaphore_payload *temporary; /* in force while there is one */
};

struct model_fence {
    struct model_object object;
    bool signalled;
    bool pending;
};

struct model_pool {
    struct model_object object;
    uint32_t family;
};

struct model_command_buffer {
    struct model_object object;
    struct model_pool *pool;
    enum {
        MODEL_CB_INITIAL,
        MODEL_CB_RECORDING,
        MODEL_CB_EXECUTABLE
    } state;
    uint32_t barrierCount, barrierCapacity;
    ModelBarrier *barriers;
};

static inline const ModelDeviceConfig *model__physical_config(const struct model_physical *physical)
{
    return &model_config()->devices[physical->index];
}

static inline const ModelDeviceConfig *model__device_config(const struct model_device *device)
{
    return model__physical_config(device->physical);
}

/* Whether a device of it is alive. */
bool model__physical_in_use(const struct model_physical *physical);

/* device.c */
struct model_device *model__device(VkDevice device);
/* Enabled, or core in the device's version. */
bool model__enabled(const struct model_device *device, const char *extension);
/* Breaches if the extension isn't enabled (and not core in the device's version). */
bool model__require_extension(const struct model_device *device, const char *extension);

/* format.c */
bool model__format_known(VkFormat format);
uint32_t model__format_planes(VkFormat format);
VkFormatFeatureFlags model__format_features(VkFormat format);
/* Fills planes and sizes of an image whose creation is filled in. */
void model__format_layout(const ModelDeviceConfig *config, struct model_image *image);
/* Lays out a plane as the app wants it. False: the image doesn't fit into that. */
bool model__plane_layout(struct model_image *image, uint32_t index,
                         const VkSubresourceLayout *given);
VkImageAspectFlags model__format_aspects(VkFormat format);

/* modifier.c */
const ModelModifier *model__find_modifier(const ModelDeviceConfig *config, uint64_t modifier);
/* Memory planes; 0: it is not for that format. */
uint32_t model__modifier_planes(const ModelModifier *modifier, VkFormat format);
VkFormatFeatureFlags model__modifier_features(const ModelModifier *modifier, VkFormat format);
/* The driver's answer for one handle type; a row without features if there is none. */
ModelExternal model__modifier_row(const ModelDeviceConfig *config, const ModelModifier *modifier,
                                  uint32_t handleType);
bool model__check_modifiers(struct model_device *device, const VkImageCreateInfo *info);
uint64_t model__choose_modifier(const ModelDeviceConfig *config, const VkImageCreateInfo *info);
/* The app's own layouts of the planes, if there are any. */
VkResult model__apply_layouts(const ModelDeviceConfig *config, const VkImageCreateInfo *info,
                              struct model_image *image);
void model__list_modifiers(const ModelDeviceConfig *config, VkFormat format,
                           VkDrmFormatModifierPropertiesListEXT *list);
void model__list_modifiers2(const ModelDeviceConfig *config, VkFormat format,
                            VkDrmFormatModifierPropertiesList2EXT *list);

/* resource.c: what a resource with that create-info would be, after the same checks. */
bool model__blank_buffer(struct model_device *device, const VkBufferCreateInfo *info,
                         struct model_buffer *buffer);
bool model__blank_image(struct model_device *device, const VkImageCreateInfo *info,
                        struct model_image *image);

/* semaphore.c: what a semaphore's value lies in, shared by everybody who has the payload. A binary
 * one is 1 when it is signalled. */
struct model_sync_page {
    _Atomic uint64_t value;
};
#define MODEL_SYNC_PAGE_SIZE 4096u

/* memory_win32.c, for semaphores too. */
/* As model_import::open. */
bool model__open_win32(const struct model_import *words, const struct model_rule *rule,
                       const void *handle, const wchar_t *name, union model_native *native,
                       bool *fresh);
/* What a getter answers: a duplicate of the native, or its number. */
VkResult model__give_win32(const struct model_rule *rule, union model_native native, void **handle);
/* metal_objects.c: what VK_EXT_metal_objects has to do with creation. */
/* Whether the chain says that such an object may be exported. */
bool model__declares_metal(const void *chain, uint32_t objectType);
/* Breaches for declarations of objects other than `objectTypes`. */
bool model__check_metal(const void *chain, uint32_t objectTypes, const char *rule);
/* The IOSurface that the image's chain asks for. */
VkResult model__make_surface(struct model_device *device, const VkImageCreateInfo *info,
                             struct model_image *image);
void model__drop_surface(struct model_image *image);
ModelImageFacts model__image_facts(const struct model_image *image);
/* From here on the memory's contents are the surface's. */
void model__bind_surface(struct model_image *image, struct model_memory *memory);
/* A native of the MTLSharedEvent that the semaphore's chain asks for. *asked: it does. */
VkResult model__make_event(const struct model_device *device, const VkSemaphoreCreateInfo *info,
                           const struct model_payload_info *payload, bool *asked,
                           union model_native *native);
/* The MTLDevice of a physical device, in config_metal.c's programs only. */
const void *model__native_device(uint32_t index);

/* What Fuchsia's getters answer: a duplicate of the native. */
VkResult model__give_zircon(union model_native native, uint32_t *handle);
/* The name that the creation of a memory or semaphore gives its payload, "" without one. False: a
 * breach. */
bool model__read_export_name(const void *chain, uint32_t kind, uint32_t exportTypes,
                             wchar_t name[MODEL_MAX_NAME]);

/* semaphore_external.c: what export and import have in common in every system. */
struct model_semaphore_import {
    const struct model_import *words;
    VkSemaphore semaphore;
    VkSemaphoreImportFlags flags;
    uint32_t handleType;
    bool signalled; /* there is no native, and the payload is signalled */
    union model_native native;
    bool fresh; /* the driver's already: a failed import closes it */
};
/* The native is the driver's after success, as the rule has it. */
VkResult model__import_semaphore(struct model_device *device,
                                 const struct model_semaphore_import *import);
/* The semaphore, if its payload may be exported so; otherwise NULL, and a breach. */
struct model_semaphore *model__exported_semaphore(struct model_device *device,
                                                  const struct model_import *words,
                                                  VkSemaphore semaphore, uint32_t handleType,
                                                  const struct model_rule **rule);

/* memory.c: the memory, if it may be exported so; otherwise NULL, and a breach. */
struct model_memory *model__exported_memory(struct model_device *device,
                                            const struct model_import *words, VkDeviceMemory memory,
                                            uint32_t handleType, const struct model_rule **rule);
/* A breach if it was imported by a number, and the payload went with who gave that. */
void model__check_alive(const struct model_memory *memory);
/* Whether the properties of a type can be asked for by that system's command. */
const struct model_rule *model__queried_type(const struct model_device *device,
                                             const struct model_import *words, uint32_t handleType);

/* Takes the native over on success. NULL: out of memory. */
struct model_semaphore_payload *model__sync_payload_new(const struct model_payload_info *info,
                                                        const union model_native *native);
struct model_semaphore_payload *
model__sync_payload_reference(struct model_semaphore_payload *payload);
void model__sync_payload_release(struct model_semaphore_payload *payload);
void model__describe_semaphore(const struct model_device *device, uint32_t kind,
                               VkSemaphoreType type, uint32_t handleTypes,
                               struct model_payload_info *info);
/* The payload in force. */
struct model_semaphore_payload *model__semaphore_payload(struct model_semaphore *semaphore);
uint64_t model__sync_value(const struct model_semaphore_payload *payload);
bool model__sync_ready(const struct model_semaphore_payload *payload, VkSemaphoreType type,
                       uint64_t value);
void model__sync_signal(struct model_semaphore_payload *payload, VkSemaphoreType type,
                        uint64_t value);
uint64_t model__deadline(uint64_t timeout);
/* Pauses; false when the time is over. */
bool model__poll(uint64_t deadline);

/* queue.c */
/* Executes whatever can be, on every device. */
void model__run_all(void);
void model__drop_pending(struct model_device *device);
/* Whether a submission that is not done yet waits for it or signals it. */
bool model__semaphore_pending(const struct model_semaphore *semaphore);
bool model__signal_pending(const struct model_semaphore_payload *payload);
void model__retarget_signals(struct model_semaphore_payload *from,
                             struct model_semaphore_payload *to);
/* As if a queue had waited for a binary semaphore. */
void model__semaphore_waited(struct model_semaphore *semaphore);

/* keyed_mutex.c: takes and gives back what a submission's chain says. */
void model__run_keyed_mutexes(struct model_device *device, const void *chain);

/* barrier.c: the rules of a barrier when it is recorded, and when it is executed. */
void model__check_barrier(const struct model_command_buffer *commands, const ModelBarrier *barrier);
void model__execute_barrier(const ModelBarrier *barrier);

/* command.c: the checks of a command buffer's barriers when it is executed. */
void model__execute(struct model_command_buffer *commandBuffer);
void model__forget_command_buffer(struct model_command_buffer *commandBuffer);

/* Frees what an object holds beyond itself, for model_reset() and vkDestroy.... */
void model__memory_drop(struct model_memory *memory);
/* Closes a semaphore's native; a breach if it isn't the payload's any more. */
void model__check_held(const union model_native *native, const struct model_payload *payload);
void model__semaphore_drop(struct model_semaphore *semaphore);

/* ---- proc.c: names to functions ---------------------------------------------------------------
 */

typedef enum model_level {
    MODEL_GLOBAL,
    MODEL_OF_INSTANCE,
    MODEL_OF_DEVICE
} model_level;

struct model_command {
    const char *name;
    PFN_vkVoidFunction function;
    model_level level;
    uint32_t core;         /* since that version; 0: never core */
    const char *extension; /* or by this one */
};

#define MODEL_COMMAND(name, function, level, core, extension)                                      \
    {                                                                                              \
        "vk" name, (PFN_vkVoidFunction)(function), level, core, extension                          \
    }

/* One table per file, ended by a NULL name. */
extern const struct model_command model__instance_commands[];
extern const struct model_command model__physical_commands[];
extern const struct model_command model__external_commands[];
extern const struct model_command model__device_commands[];
extern const struct model_command model__resource_commands[];
extern const struct model_command model__modifier_commands[];
extern const struct model_command model__bind_commands[];
extern const struct model_command model__memory_commands[];
extern const struct model_command model__memory_map_commands[];
extern const struct model_command model__memory_fd_commands[];
extern const struct model_command model__memory_win32_commands[];
extern const struct model_command model__memory_zircon_commands[];
extern const struct model_command model__memory_metal_commands[];
extern const struct model_command model__metal_objects_commands[];
extern const struct model_command model__semaphore_commands[];
extern const struct model_command model__semaphore_fd_commands[];
extern const struct model_command model__semaphore_win32_commands[];
extern const struct model_command model__semaphore_zircon_commands[];
extern const struct model_command model__queue_commands[];
extern const struct model_command model__command_commands[];

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL model__get_device_proc_addr(VkDevice device,
                                                                     const char *pName);

#endif /* VXM_TESTS_MODEL_INTERNAL_H_ */
