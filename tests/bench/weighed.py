"""Run another program and say how long it took and how much memory it had: `python -I -S weighed.py COMMAND…`.

A process begins with the peak of the one that started it, so this one is small: it imports nothing of ours. The last
line on standard output is `seconds megabytes status`.
"""

import os
import sys
import time

os.sync()
began = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(child, 0)
os.sync()
print(time.perf_counter() - began, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
