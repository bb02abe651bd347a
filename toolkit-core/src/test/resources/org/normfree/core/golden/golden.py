"""Writes golden.json, the test vectors of GoldenTest: python3 golden.py (needs numpy).

Forward values follow the formulas of docs/ops in double precision. No gradient formula appears here:
every gradient is a complex-step derivative, Im f(x + ih)/h with h = 1e-30, which is exact to rounding.
"""
import json
import math
import os

import numpy as np

H = 1e-30
rng = np.random.default_rng(20261123)


def erf(z):
    real = np.vectorize(math.erf)(z.real)
    return real + 1j * z.imag * 2 / math.sqrt(math.pi) * np.exp(-z.real**2)


def arctan(z):
    return np.arctan(z.real) + 1j * z.imag / (1 + z.real**2)


SQUASHES = {
    "TANH": np.tanh,
    "HARDTANH": lambda u: np.where(abs(u.real) < 1, u, np.sign(u.real)),
    "SIGMOID": lambda u: 1 / (1 + np.exp(-u)),
    "IDENTITY": lambda u: u,
    "ERF": erf,
    "ISRU": lambda u: u / np.sqrt(1 + u * u),
    "ARCTAN": lambda u: 2 / math.pi * arctan(u),
}


def channels(vector, case):
    return vector if case.get("channelsLast", True) else vector.reshape(-1, 1, 1)


def activation(case, v):
    u = v["x"] * v.get("alpha", 1) + v.get("shift", 0)
    y = SQUASHES[case["squash"]](u)
    return channels(v["gamma"], case) * y + channels(v["beta"], case) if "gamma" in v else y


def dyt(case, v):
    return channels(v["gamma"], case) * np.tanh(v["alpha"] * v["x"]) + channels(v["beta"], case)


def layer_norm(case, v, x=None):
    x = v["x"] if x is None else x
    deviation = x - x.mean(-1, keepdims=True)
    variance = (deviation * deviation).mean(-1, keepdims=True)
    return v["gain"] * deviation / np.sqrt(variance + case["eps"]) + v["bias"]


def deep_norm(case, v):
    return layer_norm(case, v, case["alpha"] * v["x"] + v["branch"])


def rms_norm(case, v):
    return v["gain"] * v["x"] / np.sqrt((v["x"] * v["x"]).mean(-1, keepdims=True) + case["eps"])


def gelu(case, v):
    return v["x"] * (1 + erf(v["x"] / math.sqrt(2))) / 2


def linear(case, v):
    y = v["x"] @ v["weight"]
    return y + v["bias"] if "bias" in v else y


def normalize(v):
    return v / max(np.linalg.norm(v), 1e-12)


def power_step(weight, u):
    v = normalize(weight @ u)
    return normalize(weight.T @ v), v


def sigma_linear(case, v):
    u, left = power_step(v["W"].real, case["u"])  # u and v carry no gradient
    return v["x"] @ (v["gamma"] / (left @ v["W"] @ u) * v["W"]).T + v["bias"]


def gradients(f, case, values, upstream):
    def loss(v):
        return (upstream * f(case, v)).sum()

    result = {}
    for name, value in values.items():
        gradient = np.zeros(value.shape)
        for i in np.ndindex(value.shape):
            stepped = {k: a.astype(complex) for k, a in values.items()}
            stepped[name][i] += 1j * H
            gradient[i] = loss(stepped).imag / H
        result["d" + name] = gradient
    return result


def packed(value):
    if not isinstance(value, np.ndarray):
        return value
    return {"shape": list(value.shape), "data": value.ravel().tolist()}


def pack(case):
    return {name: packed(value) for name, value in case.items()}


def run(f, values, **case):
    y = f(case, {k: a.astype(complex) for k, a in values.items()}).real
    upstream = rng.normal(size=y.shape)
    return {**case, **values, "upstream": upstream, "y": y, **gradients(f, case, values, upstream)}


def normal(*shape, mean=0.0, std=1.0):
    return rng.normal(mean, std, shape)


def affine(width):
    return {"gamma": normal(width, mean=1, std=0.3), "beta": normal(width, std=0.3)}


def norm(width):
    return {"gain": normal(width, mean=1, std=0.3), "bias": normal(width, std=0.3)}


def sigma_reparam(out, width, batch, rate, steps):
    weight = normal(out, width, std=0.3)
    u = np.linalg.svd(weight)[2][0]
    gamma, bias = np.array([1.3]), normal(out, std=0.1)
    case = {"kind": "sigma_reparam", "W0": weight, "u0": u, "gamma0": 1.3, "bias0": bias, "lr": rate}
    case["steps"] = []
    for _ in range(steps):
        values = {"x": normal(batch, width), "W": weight, "gamma": gamma, "bias": bias}
        step = run(sigma_linear, values, u=u)
        u = power_step(weight, u)[0]
        weight = weight - rate * step["dW"]
        gamma = gamma - rate * step["dgamma"]
        bias = bias - rate * step["dbias"]
        names = ("x", "upstream", "y", "dx", "dW", "dgamma", "dbias")
        case["steps"].append({**{n: packed(step[n]) for n in names}, "u_after": packed(u)})
    return case


def cases():
    alpha = lambda value: {"alpha": np.array([value])}
    x = lambda *shape: {"x": normal(*shape, std=1.5)}
    yield run(dyt, x(2, 3, 5) | alpha(0.5) | affine(5), kind="dyt", channelsLast=True)
    yield run(dyt, x(7) | alpha(1.3) | affine(7), kind="dyt", channelsLast=True)
    yield run(dyt, x(2, 3, 2, 5) | alpha(0.8) | affine(3), kind="dyt", channelsLast=False)
    for squash in SQUASHES:
        shift = {"shift": np.array([0.2])}
        values = x(3, 7) | {"alpha": normal(7, mean=0.8, std=0.2)} | shift | affine(7)
        yield run(activation, values, kind="activation", squash=squash)
        yield run(activation, x(4, 3), kind="activation", squash=squash)
    values = x(2, 3, 7) | {"branch": normal(2, 3, 7)} | norm(7)
    yield run(deep_norm, values, kind="deepnorm", alpha=12**0.25, eps=1e-5)
    yield run(layer_norm, x(3, 2, 5) | norm(5), kind="layernorm", eps=1e-5)
    yield run(layer_norm, x(11) | norm(11), kind="layernorm", eps=1e-2)
    yield run(rms_norm, x(5, 7) | {"gain": norm(7)["gain"]}, kind="rmsnorm", eps=1e-6)
    yield run(gelu, {"x": normal(3, 7, std=2)}, kind="gelu")
    yield run(linear, x(2, 3, 5) | {"weight": normal(5, 7), "bias": normal(7)}, kind="linear")
    yield run(linear, x(3, 5) | {"weight": normal(5, 2)}, kind="linear")
    yield sigma_reparam(out=7, width=5, batch=3, rate=0.05, steps=3)


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(pack(case)) for case in cases()) + "\n]\n")
