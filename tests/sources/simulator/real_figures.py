"""What real seasons are like, 2021-22 to 2024-25, as printed by

    python -m tools.studies.fidelity ../shared/data LEAGUE --json

test_fidelity.py measures the real side again and compares.
"""

REAL: dict[str, dict[str, float]] = {
    "points": {
        "entropy": 2.996,
        "variance/mean": 3.4187,
        "over rate": 0.48675,
        "line's skill": 0.031733,
        "EWMA's 80%": 0.77349,
    },
    "rebounds": {
        "entropy": 2.2034,
        "variance/mean": 1.5318,
        "over rate": 0.48066,
        "line's skill": 0.014192,
        "EWMA's 80%": 0.79946,
    },
    "assists": {
        "entropy": 1.7664,
        "variance/mean": 1.345,
        "over rate": 0.49219,
        "line's skill": 0.015395,
        "EWMA's 80%": 0.79982,
    },
    "threes": {
        "entropy": 1.3015,
        "variance/mean": 1.26,
        "over rate": 0.47305,
        "line's skill": -0.0073869,
        "EWMA's 80%": 0.78997,
    },
    "steals": {
        "entropy": 1.1085,
        "variance/mean": 1.1384,
        "over rate": 0.47954,
        "line's skill": -0.0035409,
        "EWMA's 80%": 0.78977,
    },
    "blocks": {
        "entropy": 0.83066,
        "variance/mean": 1.162,
        "over rate": 0.35379,
        "line's skill": -0.12478,
        "EWMA's 80%": 0.78482,
    },
    "pra": {
        "entropy": 3.3937,
        "variance/mean": 3.5858,
        "over rate": 0.48572,
        "line's skill": 0.048955,
        "EWMA's 80%": 0.78529,
    },
    "pr": {
        "entropy": 3.2912,
        "variance/mean": 3.5385,
        "over rate": 0.48911,
        "line's skill": 0.032348,
        "EWMA's 80%": 0.78255,
    },
    "pa": {
        "entropy": 3.1701,
        "variance/mean": 3.3526,
        "over rate": 0.49315,
        "line's skill": 0.036485,
        "EWMA's 80%": 0.78089,
    },
    "ra": {
        "entropy": 2.5476,
        "variance/mean": 1.7639,
        "over rate": 0.48125,
        "line's skill": 0.023014,
        "EWMA's 80%": 0.79683,
    },
}
"""Market -> measure -> value."""
SKILL_INTERVAL: dict[str, tuple[float, float]] = {
    "points": (0.02754, 0.03608),
    "rebounds": (0.00967, 0.01912),
    "assists": (0.01044, 0.02026),
    "threes": (-0.01169, -0.00312),
    "steals": (-0.01270, 0.00563),
    "blocks": (-0.14095, -0.11035),
    "pra": (0.04234, 0.05576),
    "pr": (0.02621, 0.03827),
    "pa": (0.02952, 0.04364),
    "ra": (0.01628, 0.03011),
}
"""Market -> the 95% interval of the line's skill over the EWMA."""
GAMES: dict[str, float] = {
    "regulars absent per team-game": 0.86494,
    "players used per team-game": 10.621,
    "points per team-game": 112.94,
    "sd of team points": 12.703,
    "sd of the margin": 15.186,
    "blow-outs (20 points or more)": 0.1891,
    "overtime": 0.051297,
    "starter minutes, margin up to 6": 31.993,
    "starter minutes, margin 20 or more": 27.648,
    "mean absolute spread": 6.2342,
    "minutes: rms error of EWMA": 6.829,
    "minutes: correlation with their last game's": 0.32297,
}
"""Measures of games."""
