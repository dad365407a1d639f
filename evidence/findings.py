"""Judging claims: what the runs say of each form."""
from evidence import accuracies, deaths
from evidence.finding import Evidence, Finding
from evidence.forms import Claim

JUDGES = {
    'compare': accuracies.compare, 'grow': accuracies.grow,
    'agree': accuracies.agree, 'steadier': accuracies.steadier,
    'gain': accuracies.gain, 'alive': deaths.alive, 'saves': deaths.saves,
    'dies': deaths.dies}


def judge(claim: Claim, evidence: Evidence) -> Finding:
    """Return the Finding on a claim.

    Raises:
        MissingRuns: if not all of its runs are there.
        Unproven: if too many died to compare the rest.
    """
    return JUDGES[claim.form](claim, evidence)
