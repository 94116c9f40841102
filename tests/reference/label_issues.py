#!/usr/bin/env python3
"""What cleanlab says of labels and probabilities: `python label_issues.py > tests/golden/health/label_issues.json`.

Needs cleanlab (2.9) and NumPy. The tests of `src/health/labels/confident.rs` compare ours with it. Sorting is made stable:
which of two equal numbers comes first is otherwise the processor's to say."""

import functools
import json
import warnings

import numpy as np

np.argsort = functools.partial(np.argsort, kind="stable")

from cleanlab.count import compute_confident_joint
from cleanlab.filter import find_label_issues

warnings.filterwarnings("ignore")


def case(n, shares, noise, sharpness, seed):
    """Images of classes in these shares, some of them labelled as another one."""
    rng = np.random.default_rng(seed)
    k = len(shares)
    true = rng.choice(k, size=n, p=shares)
    labels = true.copy()
    flipped = rng.random(n) < noise
    labels[flipped] = rng.integers(0, k, flipped.sum())
    logits = rng.normal(size=(n, k)) + sharpness * np.eye(k)[true]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    probabilities = probabilities.round(6)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    ranked = find_label_issues(labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    return {
        "labels": labels.tolist(),
        "probabilities": probabilities.tolist(),
        "joint": compute_confident_joint(labels, probabilities).tolist(),
        "issues": ranked.tolist(),
    }


cases = [
    case(60, [0.8, 0.2], 0.15, 2.5, 0),
    case(120, [0.9, 0.1], 0.05, 1.0, 1),
    case(90, [0.5, 0.3, 0.2], 0.2, 2.0, 2),
    case(150, [0.4, 0.2, 0.15, 0.1, 0.08, 0.07], 0.25, 3.0, 3),
    case(40, [0.94, 0.06], 0.3, 0.5, 4),
    case(60, [0.25, 0.25, 0.25, 0.25], 0.9, 1.0, 5),
]
print(json.dumps(cases))
