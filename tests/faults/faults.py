"""The table of all planted faults."""

from __future__ import annotations

from tests.faults.claim_faults import CLAIM_FAULTS
from tests.faults.equation_faults import EQUATION_FAULTS
from tests.faults.module_faults import MODULE_FAULTS
from tests.faults.tex_faults import TEX_FAULTS
from tests.faults.yaml_faults import YAML_FAULTS

FAULTS = (*YAML_FAULTS, *MODULE_FAULTS, *CLAIM_FAULTS, *EQUATION_FAULTS, *TEX_FAULTS)
