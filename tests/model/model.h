/*
 * The model driver: a small Vulkan driver inside the test process that keeps the specification's
 * rules on external memory and semaphores to the letter, and tells who broke one.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODEL_H_
#define VXM_TESTS_MODEL_H_ 1

/*
 * How a test uses it:
 *
 *     ModelConfig config = model_default_config();
 *     config.devices[0].timelineSemaphore = false;       // whatever the test is about
 *     model_reset(&config);                              // forgets everything that was
 *     ... hand model_vkGetInstanceProcAddr to the library, or call it raw ...
 *     char text[4096];
 *     cr_assert_eq(model_problems(text, sizeof text), 0, "%s", text);  // breaches, live objects
 *
 * - The state is per process, behind one mutex. There are MODEL_DEVICE_COUNT physical devices.
 * - A handle is a number that is never used again, so a stale one is always noticed.
 * - Payloads are real objects of the program's system, or of a model of it: payload_<natives>.c is
 *   chosen per program. What the driver must know of a payload (types, size, memory type, dedicated
 *   to what, device, driver, semaphore type) travels with it, so another process's model driver
 *   checks it too; a semaphore's value lies in its shared page. On POSIX they are memfds, and
 *   lseek(fd, 0, SEEK_END) gives exactly the allocation's size.
 * - The rules, commands and extensions of every system are in every program; which of them a device
 *   offers by default is in config_<system>.c.
 * - The driver keeps a native that it took by import open until the object is destroyed, and looks
 *   then whether it is still the same object: a caller that closes it too is a breach.
 * - A call that breaks a rule is noted as a breach and fails (VK_ERROR_UNKNOWN, imports with
 *   VK_ERROR_INVALID_EXTERNAL_HANDLE), or goes on where it returns nothing.
 * - When a command fails, its outputs are undefined, as the spec has it: the model writes garbage.
 * - What a bad native is told by is no breach: /dev/null, a pipe, a plain memfd or a closed number
 *   answer VK_ERROR_INVALID_EXTERNAL_HANDLE, and stay the caller's.
 * - An alias (vkWaitSemaphoresKHR) is recorded and injected under the core name.
 * - Submissions are executed at once, unless they wait for a semaphore that isn't signalled yet.
 *   Fills, copies and draws don't exist: write and read through vkMapMemory.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <vulkan/vulkan_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The driver's entry. */
VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL model_vkGetInstanceProcAddr(VkInstance instance,
                                                                     const char *pName);

/* ---- configuration ----------------------------------------------------------------------------
 */

#define MODEL_DEVICE_COUNT    2
#define MODEL_MAX_EXTENSIONS  48
#define MODEL_MAX_EXTERNAL    12
#define MODEL_MAX_MEMORY_TYPE 8
#define MODEL_MAX_MODIFIERS   8

/* The modifiers that a device has by default, beside LINEAR; and one that no device has. */
#define MODEL_MODIFIER_COMPRESSED  0x7f00000000000001ull
#define MODEL_MODIFIER_TILED       0x7f00000000000002ull
#define MODEL_MODIFIER_IMPORT_ONLY 0x7f00000000000003ull
#define MODEL_MODIFIER_STRANGE     0x7f000000000000ffull

/* A handle of the system's, as it stands in Vulkan's structs. */
union model_native {
    int fd;
    void *pointer;
    uint32_t zircon;
};

/* What the driver answers about one handle type; a row with handleType 0 ends a table. */
typedef struct ModelExternal {
    uint32_t handleType;
    uint32_t features;           /* VkExternalMemory/Semaphore/FenceFeatureFlags */
    uint32_t exportFromImported; /* exportFromImportedHandleTypes */
    uint32_t compatible;         /* compatibleHandleTypes */
    bool linearOnly;             /* images: not with VK_IMAGE_TILING_OPTIMAL */
} ModelExternal;

/* A DRM format modifier. */
typedef struct ModelModifier {
    uint64_t modifier;
    bool compressed;   /* each plane of the format has a second one, after all those */
    bool disjoint;     /* the planes may have a memory each */
    uint32_t features; /* of VkExternalMemoryFeatureFlags, what the handle types have
                          with it at most; 0: images with it can't be shared */
    uint32_t maxMipLevels, maxArrayLayers;
    uint64_t rowPitchAlignment, offsetAlignment; /* of the layouts that an app brings along */
} ModelModifier;

typedef struct ModelDeviceConfig {
    char name[VK_MAX_PHYSICAL_DEVICE_NAME_SIZE];
    uint32_t apiVersion;
    uint32_t vendorID, deviceID, driverVersion;
    VkDriverId driverID;
    uint8_t deviceUUID[VK_UUID_SIZE];
    uint8_t driverUUID[VK_UUID_SIZE];
    uint8_t deviceLUID[VK_LUID_SIZE];
    bool deviceLUIDValid;
    uint32_t deviceNodeMask;
    uint32_t pciDomain, pciBus, pciDevice, pciFunction;
    bool drmPrimaryValid, drmRenderValid;
    int64_t drmPrimaryMajor, drmPrimaryMinor, drmRenderMajor, drmRenderMinor;

    /* Device extensions that exist; NULL ends the list. Change it with model_add_extension() and
     * model_drop_extension(). */
    const char *extensions[MODEL_MAX_EXTENSIONS];

    /* Features that exist; they count only if the app enables them. maintenance4 needs 1.3 or its
     * extension. */
    bool timelineSemaphore, synchronization2, samplerYcbcrConversion, maintenance4;

    /* Type 0 is host visible, not device-local, and never allowed for an external resource. */
    uint32_t memoryTypeCount;
    VkMemoryType memoryTypes[MODEL_MAX_MEMORY_TYPE];
    uint64_t heapSizes[2];
    uint32_t bufferTypeBits;         /* memoryTypeBits of a buffer */
    uint32_t imageTypeBits;          /* of an OPTIMAL image */
    uint32_t linearTypeBits;         /* of any other image */
    uint32_t externalBufferTypeBits; /* of a buffer with external handle types */
    uint32_t externalImageTypeBits;  /* of an OPTIMAL image with external handle types */
    uint32_t externalLinearTypeBits; /* of any other image with external handle types */
    uint32_t dmaBufTypeBits;         /* what vkGetMemoryFdPropertiesKHR and its likes answer */
    uint32_t hostTypeBits;           /* what vkGetMemoryHostPointerPropertiesEXT answers */
    uint64_t alignment;              /* of every resource's offset */
    uint64_t sizeGranularity;        /* requirement sizes are multiples of it */
    uint64_t minImportedHostPointerAlignment;
    uint32_t maxMemoryAllocationCount;
    bool prefersDedicated;  /* for external resources */
    bool requiresDedicated; /* for external resources; DEDICATED_ONLY requires it anyway */

    /* Queue families. By default family 0 is transfer only and family 1 does everything. */
    uint32_t queueFamilyCount;
    VkQueueFlags queueFlags[4];

    ModelExternal buffers[MODEL_MAX_EXTERNAL];
    ModelExternal images[MODEL_MAX_EXTERNAL];
    ModelExternal binarySemaphores[MODEL_MAX_EXTERNAL];
    ModelExternal timelineSemaphores[MODEL_MAX_EXTERNAL];
    ModelExternal fences[MODEL_MAX_EXTERNAL]; /* answered only; fences can't be shared here */

    /* With VK_EXT_image_drm_format_modifier: the fastest first, as it takes them from a list. */
    uint32_t modifierCount;
    ModelModifier modifiers[MODEL_MAX_MODIFIERS];
} ModelDeviceConfig;

/* What real drivers do, and the spec forbids or the caller hardly expects. All off by default. */
typedef struct ModelHabits {
    bool closeFdOnFailedImport; /* lavapipe 22.3 to 25.0; memory and semaphores */
    bool exportWithoutCloexec;  /* the same; memory and semaphores */
    bool importForExportIsNew;  /* NVIDIA 580: an import with export types is a new allocation, and
                                   the fd stays open */
    bool exportMinusOne;        /* vkGet...FdKHR answers VK_SUCCESS with fd -1 */
    bool exportNull;            /* other getters answer VK_SUCCESS with an empty handle */
    bool keepOutputsOnFailure;  /* a failed command leaves its outputs as they were */
    bool syncFdMinusOne;        /* legal: a signalled payload is exported as sync fd -1 */
    bool unlikelyTypeBits;      /* legal: the properties query answers 0 memory types */
    bool untoldDedicated;       /* DEDICATED_ONLY is told by the question about formats alone, not
                                   by the requirements */
    bool untoldDisjoint;        /* legal: the question about formats doesn't look at DISJOINT */
    uint64_t explicitPadding;   /* legal: an image with the app's own plane layouts asks for that
                                   many bytes more than they take up (V3DV) */
    bool forgetsModifierList2;  /* VkDrmFormatModifierPropertiesList2EXT is left as it is (lavapipe
                                   25.0) */
    bool firstPlaneAlways;      /* asked for the layout of a memory plane, it answers the first
                                   one's (lavapipe 26.2) */
    bool ownArrayPitch;         /* the app's own arrayPitch is taken and not kept to (lavapipe
                                   26.2) */
    bool strangeModifier;       /* an image's modifier is none of those it was created with */
    uint64_t slowNanoseconds;   /* each command takes this long */
} ModelHabits;

typedef struct ModelConfig {
    uint32_t instanceVersion;                             /* vkEnumerateInstanceVersion */
    const char *instanceExtensions[MODEL_MAX_EXTENSIONS]; /* NULL ends the list */
    const char *instanceLayers[8];                        /* NULL ends the list */
    uint32_t deviceCount;                                 /* 0 to MODEL_DEVICE_COUNT */
    ModelDeviceConfig devices[MODEL_DEVICE_COUNT];        /* different GPUs, one driver */
    ModelHabits habits;
    bool checkLayoutPairs; /* release and acquire in this process name the same layouts (default) */
} ModelConfig;

/* Two GPUs of one driver, Vulkan 1.3, every extension and handle type that the model knows for this
 * system, all features, no bad habit. Device 1 has its memory types in another order. */
ModelConfig model_default_config(void);

/* A row of a table, added if it isn't there: model_external(config.devices[0].buffers,
 * VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT)->features &= ~... */
ModelExternal *model_external(ModelExternal rows[MODEL_MAX_EXTERNAL], uint32_t handleType);

void model_add_extension(ModelDeviceConfig *device, const char *name); /* a static string */
void model_drop_extension(ModelDeviceConfig *device, const char *name);

/* Puts the configuration to use (NULL: the default one) and forgets everything else: objects are
 * destroyed, fds closed, breaches, calls and injections cleared. Also the way to start afresh in a
 * forked child. */
void model_reset(const ModelConfig *config);

/* The configuration in use. Habits and tables may be changed while it is running. */
ModelConfig *model_config(void);

/* ---- failure injection ------------------------------------------------------------------------
 */

/* Makes the nth call (1: the next one) of a command fail, counted from now; with forGood every
 * later one too. command NULL: of any command that returns VkResult. Up to 8 at once; they add up.
 * A failed call does nothing else, and its outputs are garbage. */
void model_fail(const char *command, uint32_t nth, VkResult result, bool forGood);

/* Takes all of these away again. */
void model_clear_failures(void);

/* How many calls were failed by injection since model_reset() or model_clear_failures(). */
uint32_t model_failures(void);

/* Calls of commands that return VkResult, since model_reset(): the bound for a sweep. */
uint32_t model_result_calls(void);

/* ---- what was called --------------------------------------------------------------------------
 */

#define MODEL_MAX_CHAIN 24

typedef struct ModelCall {
    const char *name;
    VkResult result;                        /* VK_SUCCESS for commands that return nothing */
    bool injected;                          /* failed by model_fail() */
    uint32_t chainCount;                    /* sTypes below */
    VkStructureType chain[MODEL_MAX_CHAIN]; /* the input structs with their pNext, in order */
} ModelCall;

/* Calls of a command since model_reset(); NULL: of all commands. */
size_t model_call_count(const char *name);

/* The index-th call (from 0) of a command, or of all with NULL. False if there is none; only the
 * last 16,384 calls are kept. */
bool model_call(const char *name, size_t index, ModelCall *call);

/* The last call of a command. */
bool model_last_call(const char *name, ModelCall *call);

/* Whether the last call of that command had that struct in its chain. */
bool model_chain_contains(const char *name, VkStructureType sType);

/* The last vkAllocateMemory, whatever came of it. */
typedef struct ModelAllocation {
    VkDeviceMemory memory; /* VK_NULL_HANDLE if it failed */
    uint64_t allocationSize;
    uint32_t memoryTypeIndex;
    uint32_t importHandleType;       /* 0: no import */
    union model_native importNative; /* as it stood in the import struct */
    uint32_t exportHandleTypes;
    VkBuffer dedicatedBuffer;
    VkImage dedicatedImage;
} ModelAllocation;

bool model_last_allocation(ModelAllocation *allocation);

/* A recorded buffer or image barrier. */
typedef struct ModelBarrier {
    bool synchronization2; /* by vkCmdPipelineBarrier2 */
    VkBuffer buffer;
    VkImage image;
    uint64_t srcStageMask, dstStageMask, srcAccessMask, dstAccessMask;
    uint32_t srcQueueFamilyIndex, dstQueueFamilyIndex;
    VkImageLayout oldLayout, newLayout;
    VkImageSubresourceRange subresourceRange;
    uint64_t offset, size;
} ModelBarrier;

/* Barriers recorded since model_reset(), in the order of recording (256 are kept). */
size_t model_barrier_count(void);
bool model_barrier(size_t index, ModelBarrier *barrier);

/* ---- breaches ---------------------------------------------------------------------------------
 */

/* Breaches of the spec since model_reset() or model_take_breaches(). Each is a sentence such as
 * "vkAllocateMemory [01742]: OPAQUE_FD was exported with 4096 bytes and imported with 8192". */
size_t model_breach_count(void);

/* The index-th sentence, valid until model_reset() or model_take_breaches(); NULL past the end. */
const char *model_breach(size_t index);

/* Whether some sentence contains the text, such as "01742". */
bool model_breach_contains(const char *text);

/* Forgets the breaches and returns how many there were. */
size_t model_take_breaches(void);

/* ---- live objects -----------------------------------------------------------------------------
 */

typedef enum ModelObject {
    MODEL_INSTANCE,
    MODEL_DEVICE,
    MODEL_BUFFER,
    MODEL_IMAGE,
    MODEL_MEMORY,
    MODEL_SEMAPHORE,
    MODEL_FENCE,
    MODEL_COMMAND_POOL,
    MODEL_COMMAND_BUFFER,
    MODEL_QUEUE,           /* live with their device; not in model_live_total() */
    MODEL_PHYSICAL_DEVICE, /* live with their instance; not in model_live_total() */
    MODEL_PAYLOAD_NATIVE,  /* natives that the driver itself holds */
    MODEL_OBJECT_COUNT
} ModelObject;

uint32_t model_live_objects(ModelObject kind);
uint32_t model_live_total(void);

/* Breaches plus live objects; writes them as lines into text (may be NULL with size 0). */
size_t model_problems(char *text, size_t size);

/* ---- natives from outside -----------------------------------------------------------------------
 */

/* Memory of foreign origin (a camera's, Direct3D's), of that many bytes and of the first device
 * where that counts. False on failure, and for types that Vulkan alone can make. The native is the
 * caller's, to end with model_free_foreign(). */
bool model_make_foreign(uint32_t handleType, uint64_t size, union model_native *native);
void model_free_foreign(uint32_t handleType, union model_native native);

/* A semaphore of foreign origin (Direct3D 12's fence), a timeline at that value, and its signal. */
bool model_make_foreign_semaphore(uint32_t handleType, uint64_t value, union model_native *native);
bool model_signal_foreign(union model_native native, uint64_t value);

/* Metal: what an object of the system's tells of an image by itself. */
typedef struct ModelImageFacts {
    uint32_t width, height, depth, mipLevels, arrayLayers, samples;
    VkFormat format;
} ModelImageFacts;

/* An MTLTEXTURE or IOSURFACE of foreign origin, made on that device. */
bool model_make_foreign_image(uint32_t handleType, uint32_t deviceIndex,
                              const ModelImageFacts *image, union model_native *native);

/* Whether it is a payload of the model driver's (this or another process's). */
bool model_is_payload_native(union model_native native);

/* The same with POSIX's own type. A dma-buf: -1 on failure. */
int model_make_dma_buf(uint64_t size);
bool model_is_payload(int fd);

/* A sync fd of foreign origin, and its signal. The fd is the caller's. */
int model_make_sync_fd(bool signalled);
bool model_signal_sync_fd(int fd);

/* ---- a look inside ------------------------------------------------------------------------------
 */

/* Where the contents of a memory lie, whatever its memory type is; NULL for an unknown memory.
 * Valid until vkFreeMemory. For "the GPU wrote something" in a test. */
void *model_memory_data(VkDeviceMemory memory);

/* The native that the driver holds for this memory or semaphore; false: none. */
bool model_memory_native(VkDeviceMemory memory, union model_native *native);
bool model_semaphore_native(VkSemaphore semaphore, union model_native *native);
/* The same on POSIX; -1: none. */
int model_memory_fd(VkDeviceMemory memory);
int model_semaphore_fd(VkSemaphore semaphore);

/* Where the planes of an image lie, and what memory they are bound to. */
typedef struct ModelImagePlanes {
    uint64_t modifier;
    uint32_t planeCount;
    struct {
        uint64_t offset, rowPitch, arrayPitch, depthPitch;
        VkDeviceMemory memory; /* VK_NULL_HANDLE: not bound */
        uint64_t memoryOffset;
    } planes[4];
} ModelImagePlanes;

bool model_image_planes(VkImage image, ModelImagePlanes *planes);

/* Whether the keyed mutex of an imported Direct3D 11 texture is taken; the key that it was given
 * back with last. */
bool model_keyed_mutex(VkDeviceMemory memory, uint64_t *key);

/* Whether a binary semaphore is signalled. */
bool model_semaphore_signalled(VkSemaphore semaphore);

/* Signals a semaphore as a queue would: a binary one (value ignored) or a timeline. */
void model_gpu_signal(VkSemaphore semaphore, uint64_t value);

#ifdef __cplusplus
}
#endif

#endif /* VXM_TESTS_MODEL_H_ */
