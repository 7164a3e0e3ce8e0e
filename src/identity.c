/*
 * Which GPU and which driver a physical device is.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

void vxm__read_identity(const struct vxm_dispatch *vk, VkPhysicalDevice physicalDevice,
                        uint32_t apiVersion, const struct vxm_extensions *available,
                        VxmIdentity *identity)
{
    VkPhysicalDeviceIDProperties id = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES};
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
        .pNext = &id,
    };
    VkPhysicalDeviceDriverProperties driver = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
    VkPhysicalDevicePCIBusInfoPropertiesEXT pci = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT};
    VkPhysicalDeviceDrmPropertiesEXT drm = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRM_PROPERTIES_EXT};

    /* What a physical device tells of itself needs no enabled extension, only a listed one. */
    bool has_driver = apiVersion >= VK_API_VERSION_1_2 ||
                      vxm__has_extension(available, VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME);
    bool has_pci = vxm__has_extension(available, VK_EXT_PCI_BUS_INFO_EXTENSION_NAME);
    bool has_drm = vxm__has_extension(available, VK_EXT_PHYSICAL_DEVICE_DRM_EXTENSION_NAME);
    if (has_driver) {
        driver.pNext = properties.pNext;
        properties.pNext = &driver;
    }
    if (has_pci) {
        pci.pNext = properties.pNext;
        properties.pNext = &pci;
    }
    if (has_drm) {
        drm.pNext = properties.pNext;
        properties.pNext = &drm;
    }
    vk->GetPhysicalDeviceProperties2(physicalDevice, &properties);

    const VkPhysicalDeviceProperties *core = &properties.properties;
    *identity = (VxmIdentity){
        .deviceLUIDValid = id.deviceLUIDValid,
        .pciValid = has_pci,
        .pciDomain = pci.pciDomain,
        .pciBus = pci.pciBus,
        .pciDevice = pci.pciDevice,
        .pciFunction = pci.pciFunction,
        .drmPrimaryValid = drm.hasPrimary,
        .drmRenderValid = drm.hasRender,
        .vendorID = core->vendorID,
        .deviceID = core->deviceID,
        .apiVersion = core->apiVersion,
        .driverVersion = core->driverVersion,
        .driverID = driver.driverID,
    };
    memcpy(identity->deviceUUID, id.deviceUUID, VK_UUID_SIZE);
    memcpy(identity->driverUUID, id.driverUUID, VK_UUID_SIZE);
    /* The rest is undefined unless it is said to be valid. */
    if (id.deviceLUIDValid) {
        memcpy(identity->deviceLUID, id.deviceLUID, VK_LUID_SIZE);
        identity->deviceNodeMask = id.deviceNodeMask;
    }
    if (drm.hasPrimary) {
        identity->drmPrimaryMajor = drm.primaryMajor;
        identity->drmPrimaryMinor = drm.primaryMinor;
    }
    if (drm.hasRender) {
        identity->drmRenderMajor = drm.renderMajor;
        identity->drmRenderMinor = drm.renderMinor;
    }
    (void)snprintf(identity->deviceName, sizeof identity->deviceName, "%s", core->deviceName);
    (void)snprintf(identity->driverName, sizeof identity->driverName, "%s", driver.driverName);
    (void)snprintf(identity->driverInfo, sizeof identity->driverInfo, "%s", driver.driverInfo);
}
