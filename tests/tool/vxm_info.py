"""Tests of vxm-info as its user meets it: options, output, exit status.

  vxm_info.py --source ROOT --mode driver|model [--ask PROGRAM] [--filter TEXT] -- PROGRAM...

driver: on the driver that the Vulkan loader finds; model: on the model driver, which is in the
loader's place already (LD_LIBRARY_PATH, or beside the program) and takes bad habits from
VXM_MODEL_HABIT.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import sys

# Each adds its tests to the harness's, in this order.
import claims  # noqa: F401
import modifiers  # noqa: F401
import options  # noqa: F401
import no_vulkan  # noqa: F401
import peer  # noqa: F401
import probe  # noqa: F401
import misuse  # noqa: F401
from harness import Skip, arguments, tests

passed, failed, skipped = 0, 0, 0
for function in tests:
    if arguments.filter not in function.__name__:
        continue
    try:
        function()
        passed += 1
    except Skip as reason:
        skipped += 1
        print(f"SKIPPED {function.__name__}: {reason}")
    except Exception as problem:  # whatever it is, the next test is run
        failed += 1
        print(f"FAILED {function.__name__}: {type(problem).__name__}: {problem}")
label = "tool vxm-info" + (" on the model driver" if arguments.mode == "model" else "")
print(f"{label}: {passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or passed == 0 else 0)
