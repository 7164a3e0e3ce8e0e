/*
 * --probe: what a driver claims is done, by child processes that may crash or hang.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_PROBE_H_
#define VXM_INFO_PROBE_H_ 1

#include "report.h"

/* Fills in the verdicts of a device. program: argv[0]; seconds: for each step. */
void probe_device(const char *program, unsigned seconds, VxmDevice device,
                  const struct subject *subject, struct device_report *report);
/* Whether something claimed fails. */
bool probe_failed(const struct device_report *report);

#endif /* VXM_INFO_PROBE_H_ */
