/*
 * --probe: what a driver claims is done, by child processes that may crash or hang.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_PROBE_H_
#define VXM_INFO_PROBE_H_ 1

#include "report.h"

/* Whether a child process has lived through opening the device of that index, if there is one; why
 * not goes into the report's failure. To be asked before this process opens it. */
bool probe_survives(const char *program, unsigned seconds, struct device_report *report);
/* Fills in the verdicts of a device. program: argv[0]; seconds: for each step. */
void probe_device(const char *program, unsigned seconds, VxmDevice device,
                  const struct subject *subject, struct device_report *report);
/* Whether something claimed fails. */
bool probe_failed(const struct device_report *report);

#endif /* VXM_INFO_PROBE_H_ */
