"""Unit tests. The functions' modules lie in `src`, as they do at the root of `/var/task` in Lambda."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
